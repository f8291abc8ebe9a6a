"""What statements and credit are kept in: the three families of the design, and small tables beside them.

Tables that grow belong to one family each, and no foreign key crosses families, so that each family can
later be spread over machines by its own key:

- by statement id: `statements` (the only place the body text lives), `voidings`, `statement_references`,
  `statement_attachments`;
- by the key they are found by: `statement_activities`, `reached`;
- by actor key: `statement_actors`, `evidence`, `due_marks`;
- by person key: `ledger`, `totals`, `credit_states` (and `links`, of schema.people).

Units. Keys are 16 bytes. `position` and every `*_us` column are microseconds since the Unix epoch, UTC; a
statement's `position` is its `stored`. `*_s` columns are whole seconds since the epoch, `*_seconds` are
lengths. `day` is a proleptic Gregorian ordinal (`date.toordinal`) in the programme's time zone.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from lms_tracker.store.schema.base import CLUSTERED, Hash, Key, RowNumber, metadata

# --- small tables, which every node may hold -------------------------------------------------------------

providers = Table(
    "providers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("approved", Boolean, nullable=False),
    # The Agent that the LRS sets as `authority`, as JSON text; written once, never changed.
    Column("authority", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # How its statements' time is read where neither their profile nor the course says; learning.readings.
    Column("reading", Text, nullable=False, default="", server_default=""),
    # True for the one through which claims and attendances of our own come in.
    Column("is_ours", Boolean, nullable=False, default=False, server_default="0"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider_id", ForeignKey("providers.id"), nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger),
    Column("revoked_us", BigInteger),
    # Written now and then, not with every request.
    Column("last_used_us", BigInteger),
    # Requests per time as `limits` reads them ("600/minute"), and statements stored per local day; no limit
    # where empty.
    Column("rate_limit", Text),
    Column("daily_statements", Integer),
    # The credential at the beginning of a line of rotations: all of them go on with its count of the day. Its
    # own where empty.
    Column("quota_of", ForeignKey("credentials.id")),
    # A reader of 1.0.x is not given statements of 2.0.
    Column("leaves_out_2", Boolean, nullable=False, default=False, server_default="0"),
)

# Statements stored per credential with a quota, its successors by rotation included, and local day.
credential_days = Table(
    "credential_days",
    metadata,
    Column("credential_id", ForeignKey("credentials.id"), primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("statements", Integer, nullable=False),
    **CLUSTERED,
)

courses = Table(
    "courses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("provider_id", ForeignKey("providers.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("stated_seconds", BigInteger),
    Column("hour_minutes", SmallInteger, nullable=False),
    # Inclusive local dates; open where empty.
    Column("valid_from", Date),
    Column("valid_to", Date),
    # How the time of its statements is read; as the provider's where empty.
    Column("reading", Text, nullable=False, default="", server_default=""),
)

course_activities = Table(
    "course_activities",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("iri", Text, primary_key=True),
    Column("match", Text, primary_key=True),
    **CLUSTERED,
)

# One row. `last` is the newest promise made to a reader that no statement stands for, or the `stored` of a
# change that brought none (see store.horizon); `defined` is that of the newest statement that changed what an
# activity is said to be; `credentials` rises with every change of what a credential allows.
horizon = Table(
    "horizon",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("defined", BigInteger, nullable=False, default=0, server_default="0"),
    Column("credentials", BigInteger, nullable=False, default=0, server_default="0"),
)

# One row. `version` rises with every change of the catalogue, so that processes know when to read it again.
# `policy_version` and `timezone` are those of the policy that the ledger is decided under; 0 and empty before
# the first.
catalogue_state = Table(
    "catalogue_state",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("timezone", Text, nullable=False),
    # Up to where a reading of evidence from stored statements anew has come; 0 while none is under way.
    Column("rederived_to", BigInteger, nullable=False, default=0, server_default="0"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("provider_id", Integer, nullable=False),
    Column("refused_us", BigInteger, nullable=False),
    Column("item", Integer),
    Column("path", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Index(None, "provider_id", "id"),
)

# From a computed key to the text it was computed from.
verbs = Table(
    "verbs",
    metadata,
    Column("verb_key", Key, primary_key=True),
    Column("iri", Text, nullable=False),
    **CLUSTERED,
)
activities = Table(
    "activities",
    metadata,
    Column("activity_key", Key, primary_key=True),
    Column("iri", Text, nullable=False),
    **CLUSTERED,
)
actors = Table(
    "actors",
    metadata,
    Column("actor_key", Key, primary_key=True),
    Column("identifier", Text, nullable=False),
    Column("name", Text),
    **CLUSTERED,
)

# What one provider's statements say an activity is, merged in the order they came (xAPI-Data 2.4.4.1).
definitions = Table(
    "definitions",
    metadata,
    Column("activity_key", Key, primary_key=True),
    Column("provider_id", Integer, primary_key=True),
    # The merged definition, as JSON text.
    Column("definition", Text, nullable=False),
    # When it last changed; where providers differ the newest is shown to who has none of their own.
    Column("changed_us", BigInteger, nullable=False),
    # What others changed meanwhile.
    Index(None, "changed_us"),
    **CLUSTERED,
)

# Data of attachments and documents, once for each content. Swept when nothing refers to it and it was not
# touched for a day.
contents = Table(
    "contents",
    metadata,
    # SHA-256 of the data.
    Column("content_key", Hash, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("touched_us", BigInteger, nullable=False),
    # True: a file in the folder of the settings; False: rows of `content_pieces`.
    Column("in_folder", Boolean, nullable=False),
)
content_pieces = Table(
    "content_pieces",
    metadata,
    Column("content_key", Hash, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# State and profile documents, each provider's its own. Keys that a kind has not are empty.
documents = Table(
    "documents",
    metadata,
    Column("provider_id", Integer, primary_key=True),
    # actions.documents: 1 state, 2 activity profile, 3 agent profile.
    Column("kind", SmallInteger, primary_key=True),
    Column("actor_key", Key, primary_key=True),
    Column("activity_key", Key, primary_key=True),
    # 16 bytes, or none for a state without registration.
    Column("registration", Key, primary_key=True),
    # A hash of `name`, because an index holds no text of any length.
    Column("name_key", Key, primary_key=True),
    # The stateId or profileId.
    Column("name", Text, nullable=False),
    Column("content_key", Hash, nullable=False),
    # Its entity tag (xAPI-Communication 3.1).
    Column("sha1", LargeBinary(20), nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
    Index(None, "content_key"),
)

# Other record stores that chosen statements are sent on to.
forwards = Table(
    "forwards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # Whose statements; everybody's where empty.
    Column("provider_id", Integer),
    Column("endpoint", Text, nullable=False),
    Column("key", Text, nullable=False),
    # Encrypted with a key made of SECRET_KEY.
    Column("secret", LargeBinary, nullable=False),
    Column("version", Text, nullable=False),
    # Which statements, as JSON text: verbs, activities.
    Column("chosen", Text, nullable=False),
    # Everything at or before this position was sent or is a dead letter.
    Column("sent_to", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("paused_us", BigInteger),
    # Failures in a row, when to try again, and what was answered.
    Column("failures", Integer, nullable=False),
    Column("next_us", BigInteger, nullable=False),
    Column("last_error", Text, nullable=False),
)
dead_letters = Table(
    "dead_letters",
    metadata,
    Column("forward_id", ForeignKey("forwards.id"), primary_key=True),
    Column("statement_id", Key, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("failed_us", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    # The HTTP status that refused it, and an excerpt of the answer.
    Column("status", Integer),
    Column("answer", Text, nullable=False),
)

# --- family of the statement id --------------------------------------------------------------------------

statements = Table(
    "statements",
    metadata,
    Column("statement_id", Key, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("provider_id", Integer, nullable=False),
    Column("credential_id", Integer, nullable=False),
    Column("verb_key", Key, nullable=False),
    # The object where it is an Activity.
    Column("activity_key", Key),
    Column("registration", Key),
    # Family of the version under which it was received: 10 or 20.
    Column("version", SmallInteger, nullable=False),
    Column("is_voiding", Boolean, nullable=False),
    # Which of id (1), timestamp (2) and version (4) stand in the body because the sender gave them.
    Column("came", SmallInteger, nullable=False),
    # The exact JSON text as it came, without `stored` and `authority`, which the LRS sets.
    Column("body", Text, nullable=False),
    # Unique by how it is given (see `horizon`); a rule would have to hold the distribution column.
    Index(None, "position"),
    Index(None, "verb_key", "position"),
    Index(None, "activity_key", "position"),
    # A provider reads its own among everybody's.
    Index(None, "provider_id", "position"),
)
Index(
    "ix_statements_registration_position",
    statements.c.registration,
    statements.c.position,
    postgresql_where=statements.c.registration.is_not(None),
    sqlite_where=statements.c.registration.is_not(None),
)

# What a voiding statement aims at. It has effect when it comes from the target's provider or was posted
# with scope `all`; whether it does is decided by every reader, because it may come before its target.
voidings = Table(
    "voidings",
    metadata,
    Column("target_id", Key, primary_key=True),
    Column("statement_id", Key, primary_key=True),
    Column("provider_id", Integer, nullable=False),
    Column("by_all", Boolean, nullable=False),
    **CLUSTERED,
)

statement_references = Table(
    "statement_references",
    metadata,
    Column("target_id", Key, primary_key=True),
    Column("statement_id", Key, primary_key=True),
    **CLUSTERED,
)

statement_attachments = Table(
    "statement_attachments",
    metadata,
    Column("statement_id", Key, primary_key=True),
    # As the statement names it: 28, 32, 48 or 64 bytes.
    Column("sha2", LargeBinary(64), primary_key=True),
    Column("content_key", Hash, nullable=False),
    Index(None, "content_key"),
    **CLUSTERED,
)

# --- families of the key that statements are found by ----------------------------------------------------

# Activities beside the object, found with `related_activities=true`.
statement_activities = Table(
    "statement_activities",
    metadata,
    Column("activity_key", Key, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("statement_id", Key, nullable=False),
    **CLUSTERED,
)

# A statement whose object refers to another is found by what the other is found by, and so on along a chain
# (xAPI-Communication 2.1.3). One row for each key of the target; `kind` is store.references.Kind.
reached = Table(
    "reached",
    metadata,
    Column("key", Key, primary_key=True),
    # Position and, below, id of the statement that refers.
    Column("position", BigInteger, primary_key=True),
    Column("target_id", Key, primary_key=True),
    Column("kind", SmallInteger, primary_key=True),
    Column("statement_id", Key, nullable=False),
    **CLUSTERED,
)

# --- family of the actor key -----------------------------------------------------------------------------

statement_actors = Table(
    "statement_actors",
    metadata,
    Column("actor_key", Key, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("statement_id", Key, nullable=False),
    # False: found by `agent`; True: found only with `related_agents=true`.
    Column("related", Boolean, nullable=False),
    **CLUSTERED,
)

# What could earn credit, one row for each learner of a statement, written without asking the catalogue.
evidence = Table(
    "evidence",
    metadata,
    Column("actor_key", Key, primary_key=True),
    Column("statement_id", Key, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("provider_id", Integer, nullable=False),
    Column("verb_key", Key, nullable=False),
    Column("activity_key", Key),
    Column("registration", Key),
    # Activity keys end to end, 16 bytes each.
    Column("parents", LargeBinary, nullable=False),
    Column("groupings", LargeBinary, nullable=False),
    Column("at_s", BigInteger, nullable=False),
    Column("start_s", BigInteger),
    Column("flags", SmallInteger, nullable=False),
    Column("digest", Key, nullable=False),
    # learning.readings.Profile: which profile's conventions the statement says it follows.
    Column("profile", SmallInteger, nullable=False, default=0, server_default="0"),
    # learning.evidence.EventRole of somebody who attended.
    Column("role", SmallInteger, nullable=False, default=0, server_default="0"),
    # A hash of the session's name, where the profile has sessions.
    Column("session", Key),
    # Played segments of a video: pairs of milliseconds, 4 bytes each.
    Column("segments", LargeBinary),
    Index(None, "provider_id", "actor_key"),
    **CLUSTERED,
)

# Append-only: this learner's credit must be looked at again. A mark is removed only by the transaction that
# writes its effect.
due_marks = Table(
    "due_marks",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("actor_key", Key, primary_key=True),
    Index(None, "actor_key"),
    **CLUSTERED,
)

# Learners whose counting failed: their marks are left alone until then. `kind` is that of the error.
held_back = Table(
    "held_back",
    metadata,
    Column("actor_key", Key, primary_key=True),
    Column("person_key", Key, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("again_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    **CLUSTERED,
)

# --- family of the person key ----------------------------------------------------------------------------

# Append-only. `reason` 0 is credited time, others are learning.reasons.Reason. `pieces` is +1 for an entry
# that stands and -1 for the opposite entry that takes it back, whose `because` names the reason.
ledger = Table(
    "ledger",
    metadata,
    Column("person_key", Key, primary_key=True),
    Column("entry", BigInteger, primary_key=True),
    Column("statement_id", Key, nullable=False),
    Column("provider_id", Integer, nullable=False),
    Column("course_id", Integer),
    Column("day", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("reason", SmallInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("pieces", SmallInteger, nullable=False),
    Column("because", SmallInteger, nullable=False),
    # learning.verdicts.Note: 0, or why the day is not the day of the learning.
    Column("note", SmallInteger, nullable=False, default=0, server_default="0"),
    Column("policy", Integer, nullable=False),
    Column("written_us", BigInteger, nullable=False),
    Index(None, "person_key", "day"),
    # Whether an entry was taken back.
    Index(None, "statement_id"),
    **CLUSTERED,
)
Index(
    "ix_ledger_provider_id_written_us",
    ledger.c.provider_id,
    ledger.c.written_us,
    postgresql_where=ledger.c.reason != 0,
    sqlite_where=ledger.c.reason != 0,
)

# Net credited seconds, written in the same transaction as the ledger.
totals = Table(
    "totals",
    metadata,
    Column("person_key", Key, primary_key=True),
    Column("day", Integer, primary_key=True),
    Column("course_id", Integer, primary_key=True),
    Column("placed_seconds", BigInteger, nullable=False),
    Column("nominal_seconds", BigInteger, nullable=False),
    **CLUSTERED,
)

# `revision` is compared and raised by whoever writes a person's credit: of two workers one writes.
credit_states = Table(
    "credit_states",
    metadata,
    Column("person_key", Key, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    **CLUSTERED,
)
