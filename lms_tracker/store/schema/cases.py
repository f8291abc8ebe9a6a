"""What people decide: the policy, claims, disputes, flags. Every step of each is kept."""

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
    UniqueConstraint,
)

from lms_tracker.store.schema.base import Hash, Key, RowNumber, metadata

# Versions of the rules that crediting follows, as data (learning.policy). The newest adopted one holds.
policies = Table(
    "policies",
    metadata,
    Column("version", Integer, primary_key=True),
    # JSON text.
    Column("rules", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("by_person", Key),
    Column("made_us", BigInteger, nullable=False),
    Column("adopted_us", BigInteger),
    Column("adopted_by", Key),
)

# Recounts of many in the background: whoever is concerned is marked some at a time, in order of keys.
recounts = Table(
    "recounts",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # Why: "policy" or "catalogue", and which version.
    Column("cause", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    # Whose evidence it concerns: a JSON list of provider ids; everybody's where empty.
    Column("providers", Text, nullable=False),
    # Actors up to this key are marked; 17 bytes when all are.
    Column("after", LargeBinary(17), nullable=False),
    # How many actors it concerns, and how many of them are counted.
    Column("people", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    # How many persons' ledgers it changed, and with how many entries.
    Column("changed", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    # Also the position of its marks, which are nobody else's.
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
)

# Learning that a citizen declares, to be accepted, reduced or refused by a reviewer.
claims = Table(
    "claims",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # Whose; a claim stays under this key when records are merged.
    Column("person_key", Key, nullable=False),
    Column("category", Text, nullable=False),
    Column("title", Text, nullable=False),
    # Who taught it, in the citizen's words.
    Column("taught_by", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("description", Text, nullable=False),
    # "draft", "waiting", "accepted", "reduced", "refused" or "withdrawn".
    Column("state", Text, nullable=False),
    Column("accepted_seconds", BigInteger),
    # The statement that carries what was accepted.
    Column("statement_id", Key),
    # The statement of an earlier decision, which is to be voided; and whether what was decided is yet to be
    # written as statements.
    Column("voids_id", Key),
    Column("is_due", Boolean, nullable=False, default=False, server_default="0"),
    # Drawn by the page with the form: a form that is sent twice makes one claim.
    Column("form_key", Key, nullable=False, unique=True),
    # When it was handed in; of a draft, when it was begun.
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    # Entered by an officer for somebody without a phone.
    Column("is_assisted", Boolean, nullable=False),
    Column("decided_us", BigInteger),
    Column("decided_by", Key),
    # Raised with every change: of two that act at once, one does.
    Column("revision", Integer, nullable=False),
    Index(None, "person_key", "id"),
    Index(None, "state", "id"),
    Index(None, "is_due", "id"),
    Index(None, "statement_id"),
)
claim_proofs = Table(
    "claim_proofs",
    metadata,
    Column("claim_id", ForeignKey("claims.id"), primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("content_key", Hash, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Index(None, "content_key"),
)

# An entry of a record that its owner wants looked at again (đề nghị xem xét lại).
disputes = Table(
    "disputes",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("person_key", Key, nullable=False),
    # The entry; empty for a claim of which nothing was accepted.
    Column("statement_id", Key),
    # Of an entry that comes from a claim, that claim; the provider is then our own.
    Column("claim_id", BigInteger),
    Column("provider_id", Integer, nullable=False),
    # "not-me", "hours-wrong" or "other".
    Column("about", Text, nullable=False),
    Column("words", Text, nullable=False),
    # "waiting", "upheld", "dismissed" or "withdrawn".
    Column("state", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("made_by", Key, nullable=False),
    # By when it should be answered.
    Column("due_us", BigInteger, nullable=False),
    Column("decided_us", BigInteger),
    Column("decided_by", Key),
    # What an upheld one led to: "voided", "barred", "claim" or "provider"; empty before.
    Column("outcome", Text, nullable=False, default="", server_default=""),
    # Whether the voiding that was decided is yet to be written as a statement.
    Column("is_due", Boolean, nullable=False, default=False, server_default="0"),
    Column("revision", Integer, nullable=False),
    Index(None, "person_key", "id"),
    Index(None, "state", "due_us"),
    Index(None, "statement_id"),
    Index(None, "claim_id"),
    Index(None, "provider_id", "id"),
    Index(None, "is_due", "id"),
)

# What a reviewer should look at; nothing is ever deleted or held back because of it alone.
flags = Table(
    "flags",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # learning.watching.Kind.
    Column("kind", Text, nullable=False),
    # What it is about, so that the same thing is raised once.
    Column("subject", Text, nullable=False),
    Column("person_key", Key),
    Column("provider_id", Integer),
    Column("course_id", Integer),
    Column("day", Integer),
    # The figures that made it, as JSON text.
    Column("figures", Text, nullable=False),
    Column("raised_us", BigInteger, nullable=False),
    # "waiting", "confirmed" or "harmless".
    Column("state", Text, nullable=False),
    Column("decided_us", BigInteger),
    Column("decided_by", Key),
    Column("revision", Integer, nullable=False),
    UniqueConstraint("kind", "subject"),
    Index(None, "state", "id"),
    Index(None, "person_key"),
)

# Append-only: every step of a claim, a dispute or a flag.
case_steps = Table(
    "case_steps",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # "claim", "dispute", "flag", "round", "assessment" or "inspection", and its id.
    Column("case_kind", Text, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("seconds", BigInteger),
    Column("by_person", Key),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "case_kind", "case_id", "id"),
)
