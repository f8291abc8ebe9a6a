"""What is counted, planned and reported: kept totals, the indicator register, plans and their targets.

Values are exact decimal numbers as text ("1681", "73.58"): no database rounds them.
"""

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

from lms_tracker.store.schema.base import CLUSTERED, Key, RowNumber, metadata

# How many there are of what at a place itself, without those below it: sums over a subtree of these are all
# that statistics read. A pure function of the rows that they count; written anew when these change.
place_totals = Table(
    "place_totals",
    metadata,
    Column("place_id", ForeignKey("places.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    # learning.statistics.Measure.
    Column("measure", SmallInteger, primary_key=True),
    Column("value", BigInteger, nullable=False),
    **CLUSTERED,
)
# Units and schools likewise, each person once in an organisation itself.
organisation_totals = Table(
    "organisation_totals",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("measure", SmallInteger, primary_key=True),
    Column("value", BigInteger, nullable=False),
    **CLUSTERED,
)
# Append-only: whose totals of which year must be counted again. Removed under a lock before counting.
totals_due = Table(
    "totals_due",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # "place" or "organisation", and its id.
    Column("kind", Text, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    # All years where empty.
    Column("year", SmallInteger),
    Index(None, "kind", "subject_id"),
)

# The register of what can be reported: shipped entries are data, these are added to them or replace them.
indicators = Table(
    "indicators",
    metadata,
    Column("code", Text, primary_key=True),
    # As a shipped one is written (learning.indicators), JSON text.
    Column("body", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key),
)

# What a denominator was on a day, with its source: the population, adults, households, …
baselines = Table(
    "baselines",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("base", Text, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("on_date", Date, nullable=False),
    Column("value", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key),
    Column("withdrawn_us", BigInteger),
    Column("withdrawn_by", Key),
    Index(None, "place_id", "base", "on_date"),
    Index(None, "organisation_id", "base", "on_date"),
)

# A figure that somebody reported. Never changed: another row replaces it.
figures = Table(
    "figures",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("indicator", Text, nullable=False),
    # What it is about: either of these.
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("year", SmallInteger, nullable=False),
    # "year", "first-half" or another span that the indicator's reports know.
    Column("period", Text, nullable=False),
    Column("value", Text, nullable=False),
    # "exact", "at-least" (trên, hơn), "about" (khoảng).
    Column("bound", Text, nullable=False),
    # The denominator as reported; what it counts; on which day. Empty where none was given.
    Column("denominator", Text, nullable=False),
    Column("denominator_counts", Text, nullable=False),
    Column("denominator_on", Date),
    # The ratio and the change from the year before as they were published ("73,58%"); empty where not.
    Column("published_ratio", Text, nullable=False),
    Column("published_change", Text, nullable=False),
    # "percent" or "points": what the published change is; empty where nobody knows.
    Column("published_change_unit", Text, nullable=False),
    # Which document says so.
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key),
    # The row that took its place, or when it was withdrawn: one that has neither holds.
    Column("replaced_by", BigInteger),
    Column("withdrawn_us", BigInteger),
    Column("withdrawn_by", Key),
    Index(None, "place_id", "year", "indicator"),
    Index(None, "organisation_id", "year", "indicator"),
    Index(None, "indicator", "year"),
)

# Files of figures that somebody handed in: looked at first, applied or thrown away.
figure_files = Table(
    "figure_files",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("by_person", Key, nullable=False),
    Column("uploaded_us", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    # "preview", "applied" or "discarded".
    Column("state", Text, nullable=False),
    # What was read, as JSON text; empty once it is settled.
    Column("rows", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("settled_us", BigInteger),
    Index(None, "place_id", "id"),
    Index(None, "by_person", "id"),
)

# Plans (kế hoạch) of a place or an organisation, with phases, targets and tasks.
plans = Table(
    "plans",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("title", Text, nullable=False),
    # "21/KH-UBND", its local day and who issued it.
    Column("document", Text, nullable=False),
    Column("issued_on", Date),
    Column("issuer", Text, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    # Inclusive years.
    Column("first_year", SmallInteger, nullable=False),
    Column("last_year", SmallInteger, nullable=False),
    # The plan of a higher level that it carries out.
    Column("carries_out", ForeignKey("plans.id")),
    Column("note", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key),
    Column("withdrawn_us", BigInteger),
    Column("withdrawn_by", Key),
    Column("revision", Integer, nullable=False),
    Index(None, "place_id"),
    Index(None, "organisation_id"),
)
plan_phases = Table(
    "plan_phases",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    # "interim" (sơ kết), "final" (tổng kết) or empty; by when, and when it was held, with what it found.
    Column("review", Text, nullable=False),
    Column("review_due", Date),
    Column("reviewed_on", Date),
    Column("findings", Text, nullable=False),
    UniqueConstraint("plan_id", "number"),
)
targets = Table(
    "targets",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("indicator", Text, nullable=False),
    # In the words of the plan.
    Column("words", Text, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("year", SmallInteger, nullable=False),
    # "ratio" (per cent of the base) or "count".
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    # "at-least", "about" or "at-most".
    Column("bound", Text, nullable=False),
    # What the denominator counts, in words, and its key of the register where it has one.
    Column("base", Text, nullable=False),
    Column("base_words", Text, nullable=False),
    # The target of the same plan of which it is a part (trong đó).
    Column("part_of", ForeignKey("targets.id")),
    Column("note", Text, nullable=False),
    UniqueConstraint("plan_id", "number"),
    Index(None, "indicator", "year"),
)
tasks = Table(
    "tasks",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    # The content (nội dung) or part of the plan to which it belongs.
    Column("heading", Text, nullable=False),
    Column("title", Text, nullable=False),
    # Who does it, in the words of the plan.
    Column("done_by", Text, nullable=False),
    Column("due_on", Date),
    Column("done_on", Date),
    Column("result", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("plan_id", "number"),
    Index(None, "due_on"),
)

# A demand for a report: the places or organisations right below report by a day.
report_calls = Table(
    "report_calls",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("title", Text, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("year", SmallInteger, nullable=False),
    Column("period", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    # The codes of the indicators asked for, as a JSON list.
    Column("asks", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    Column("closed_us", BigInteger),
    Index(None, "place_id", "year"),
    Index(None, "organisation_id", "year"),
)
# Who has reported to a call; who has not is found by its absence.
reports = Table(
    "reports",
    metadata,
    Column("call_id", ForeignKey("report_calls.id"), primary_key=True),
    # "place" or "organisation", and its id.
    Column("kind", Text, primary_key=True),
    Column("subject_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reported_us", BigInteger, nullable=False),
    Column("reported_by", Key, nullable=False),
    # Sent back with a reason: not reported until it is sent again.
    Column("is_returned", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("revision", Integer, nullable=False),
)
