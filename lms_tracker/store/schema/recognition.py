"""Criteria, the yearly rounds in which they are applied, what was decided, and what became of it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from lms_tracker.store.schema.base import ByteText, Hash, Key, RowNumber, metadata

# Versions of criteria, as data (learning.criteria). What was adopted is never changed.
criteria_sets = Table(
    "criteria_sets",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # The set's own id, such as "citizen-324-2023".
    Column("code", Text, nullable=False, unique=True),
    # learning.recognition.Model.
    Column("model", Text, nullable=False),
    # JSON text, as it was handed in.
    Column("body", Text, nullable=False),
    # Where it holds, with all below; everywhere where empty.
    Column("place_id", ForeignKey("places.id")),
    Column("is_shipped", Boolean, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key),
    # Not yet in use while empty.
    Column("adopted_us", BigInteger),
    Column("adopted_by", Key),
    Column("withdrawn_us", BigInteger),
    Column("withdrawn_by", Key),
    Index(None, "model"),
)

# Who proposes and who decides, by model and day: it changed with the districts in 2025 and will again.
authorities = Table(
    "authorities",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("model", Text, nullable=False),
    # "proposing" or "deciding".
    Column("part", Text, nullable=False),
    # Where it holds, with all below, or for one organisation and all below; everywhere where both are empty.
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    # The body, as documents write it, and who signs for it ("Chủ tịch").
    Column("body", Text, nullable=False),
    Column("signs_as", Text, nullable=False),
    # Inclusive local days; open where empty.
    Column("valid_from", Date),
    Column("valid_to", Date),
    # Where this is laid down.
    Column("source", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key),
    Column("revision", Integer, nullable=False),
    Index(None, "model", "part"),
)

# A yearly round of recognition (đợt xét) of a commune or a unit, for one model.
rounds = Table(
    "rounds",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("model", Text, nullable=False),
    Column("year", SmallInteger, nullable=False),
    # Of either a place or an organisation.
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    # The first, second, … of its year.
    Column("number", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("criteria_set_id", ForeignKey("criteria_sets.id"), nullable=False),
    # The threshold's exception by area that holds here; empty for none.
    Column("area", Text, nullable=False),
    # Inclusive local days in which one may register and score oneself.
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    # "open" (registering and scoring), "listed" (the list proposed stands), "submitted", "decided" or
    # "cancelled".
    Column("state", Text, nullable=False),
    # What the minutes (biên bản) and the submission (tờ trình) say, as JSON text; empty before.
    Column("minutes", Text, nullable=False),
    Column("submission", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    # Raised with every change: of two that act at once, one does.
    Column("revision", Integer, nullable=False),
    UniqueConstraint("model", "year", "place_id", "number"),
    UniqueConstraint("model", "year", "organisation_id", "number"),
    Index(None, "place_id", "year"),
    Index(None, "organisation_id", "year"),
    Index(None, "state", "id"),
)

# One subject in one round: a person, a household or clan (kinships), a community or commune (places), a
# unit (organisations). What happened to it step by step is in `case_steps`, of the kind "assessment".
assessments = Table(
    "assessments",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("round_id", ForeignKey("rounds.id"), nullable=False),
    # Of a citizen; empty for other models.
    Column("person_key", Key),
    # Of other models, the id in the table that the model says.
    Column("subject_id", BigInteger),
    # As it was called when it was entered, and the order of lists: thôn first, then given name.
    Column("name", Text, nullable=False),
    Column("local_place_id", ForeignKey("places.id")),
    Column("sort_key", ByteText, nullable=False),
    # A population group of the set; empty where the set has none, or nobody said.
    Column("population", Text, nullable=False),
    # "self", "paper" (entered by an officer) or "proposed" (put on the list by the body).
    Column("came_by", Text, nullable=False),
    Column("registered_us", BigInteger, nullable=False),
    Column("registered_by", Key, nullable=False),
    # By indicator number or item code, as JSON text: {"1": 7, …}; empty before.
    Column("proposed_points", Text, nullable=False),
    Column("self_points", Text, nullable=False),
    Column("reviewed_points", Text, nullable=False),
    # Totals of the latter two, so that lists need not read the points.
    Column("self_total", SmallInteger),
    Column("reviewed_total", SmallInteger),
    Column("self_us", BigInteger),
    Column("self_by", Key),
    Column("reviewed_us", BigInteger),
    Column("reviewed_by", Key),
    # "registered", "scored", "reviewed" or "withdrawn".
    Column("state", Text, nullable=False),
    # What the reviewers propose: "achieved", "not-achieved" or empty; of models with levels which one.
    Column("proposed_result", Text, nullable=False),
    Column("proposed_level", SmallInteger),
    # Why, where it differs from what the thresholds say.
    Column("note", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("round_id", "person_key"),
    UniqueConstraint("round_id", "subject_id"),
    Index(None, "person_key", "id"),
    Index(None, "round_id", "local_place_id", "sort_key", "id"),
    Index(None, "round_id", "sort_key", "id"),
)
# What somebody shows for an indicator: words, a file, or both.
assessment_proofs = Table(
    "assessment_proofs",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("assessment_id", ForeignKey("assessments.id"), nullable=False),
    # The indicator's number or the item's code.
    Column("item", Text, nullable=False),
    Column("words", Text, nullable=False),
    # All four empty where there is no file.
    Column("content_key", Hash),
    Column("content_type", Text),
    Column("name", Text),
    Column("size", BigInteger),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    Index(None, "assessment_id"),
    Index(None, "content_key"),
)

# A numbered decision (quyết định), which covers many names.
decisions = Table(
    "decisions",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # "recognition", "revocation", "appeal" or "award".
    Column("kind", Text, nullable=False),
    Column("round_id", ForeignKey("rounds.id")),
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("number", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    # As it stood on that day (`authorities`), as the document writes it; and who signed.
    Column("authority", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("why", Text, nullable=False),
    # The signed paper, where it was handed in.
    Column("content_key", Hash),
    Column("content_type", Text),
    Column("content_name", Text),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    # Drawn by the page with the form: a form that is sent twice makes one decision.
    Column("form_key", Key, nullable=False, unique=True),
    Index(None, "round_id"),
    Index(None, "place_id", "decided_on"),
    Index(None, "content_key"),
)

# What was decided about a subject for a year. Never changed but for being revoked.
recognitions = Table(
    "recognitions",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("decision_id", ForeignKey("decisions.id"), nullable=False),
    Column("assessment_id", ForeignKey("assessments.id"), nullable=False),
    Column("criteria_set_id", ForeignKey("criteria_sets.id"), nullable=False),
    Column("model", Text, nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("person_key", Key),
    Column("subject_id", BigInteger),
    # The smallest place that counts it: where the person lived on the last day of the year or, before that,
    # on the day of the decision. Not moved with a mover: figures of a year stay with its place.
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("name", Text, nullable=False),
    # "achieved" or "not-achieved".
    Column("result", Text, nullable=False),
    Column("level", SmallInteger),
    Column("points", SmallInteger),
    # Inclusive local days; open where empty.
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    # Number in the register of certificates; empty for what was not achieved.
    Column("certificate", Text),
    # The decision that took it back, and from which local day on.
    Column("revoked_by", ForeignKey("decisions.id")),
    Column("revoked_on", Date),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("assessment_id", "decision_id"),
    Index(None, "person_key", "year"),
    Index(None, "model", "subject_id", "year"),
    Index(None, "place_id", "model", "year"),
    Index(None, "organisation_id", "model", "year"),
    Index(None, "decision_id"),
    Index(None, "certificate"),
)

# Somebody asks that a result be looked at again.
appeals = Table(
    "appeals",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("recognition_id", ForeignKey("recognitions.id"), nullable=False),
    Column("person_key", Key),
    Column("words", Text, nullable=False),
    # "waiting", "upheld", "dismissed" or "withdrawn".
    Column("state", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("decided_us", BigInteger),
    Column("decided_by", Key),
    Column("answer", Text, nullable=False),
    Column("decision_id", ForeignKey("decisions.id")),
    Column("revision", Integer, nullable=False),
    Index(None, "recognition_id"),
    Index(None, "person_key"),
    Index(None, "state", "due_us"),
)

# A higher level looks at a sample of what was recognised below (thẩm định).
inspections = Table(
    "inspections",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("model", Text, nullable=False),
    Column("year", SmallInteger, nullable=False),
    # From which the sample can be drawn again: the seed, how many there were, how many were asked for.
    Column("seed", Text, nullable=False),
    Column("of_many", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    # "open" or "returned".
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    Column("returned_us", BigInteger),
    Column("returned_by", Key),
    Column("revision", Integer, nullable=False),
    Index(None, "place_id", "year"),
)
inspection_items = Table(
    "inspection_items",
    metadata,
    Column("inspection_id", ForeignKey("inspections.id"), primary_key=True),
    Column("recognition_id", ForeignKey("recognitions.id"), primary_key=True),
    # "right", "wrong", "unclear", or empty while nobody looked.
    Column("finding", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("found_us", BigInteger),
    Column("found_by", Key),
    # What the level below answered to a finding.
    Column("answer", Text, nullable=False),
    Column("answered_us", BigInteger),
    Column("answered_by", Key),
    Index(None, "recognition_id"),
)

# Honours (khen thưởng): who was given what, by whom.
awards = Table(
    "awards",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # "collective", "individual" or "household".
    Column("subject_kind", Text, nullable=False),
    # Who it is where it is known here; its name in any case.
    Column("person_key", Key),
    Column("kinship_id", ForeignKey("kinships.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("subject_place_id", ForeignKey("places.id")),
    Column("name", Text, nullable=False),
    # "bằng khen", "giấy khen", …: a key of the list that is data.
    Column("form", Text, nullable=False),
    Column("what_for", Text, nullable=False),
    Column("year", SmallInteger, nullable=False),
    # Whose report counts it.
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("decision_id", ForeignKey("decisions.id"), nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    Column("withdrawn_us", BigInteger),
    Column("withdrawn_by", Key),
    Index(None, "place_id", "year"),
    Index(None, "decision_id"),
    Index(None, "person_key"),
)
