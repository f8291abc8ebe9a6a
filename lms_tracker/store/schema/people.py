"""People: who they are, which identifiers are theirs, where they live, who may do what, who looked.

A person key is the actor key of an identifier until identifiers are linked; people who were entered here have
a key of their own. Only links are rows, so learners who never signed in cost nothing extra.
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
)

from lms_tracker.store.schema.base import CLUSTERED, ByteText, Hash, Key, RowNumber, metadata

people = Table(
    "people",
    metadata,
    Column("person_key", Key, primary_key=True),
    # Empty for somebody of whom a roster or an officer told and who has no account yet.
    Column("login", Text, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    # Raised when the person signs out, which ends the sessions begun before.
    Column("sessions", Integer, nullable=False, default=0, server_default="0"),
    Column("created_us", BigInteger, nullable=False),
    # learning.names: what a search compares, and what a Vietnamese order (given name first) sorts by.
    Column("search", ByteText, nullable=False, default="", server_default=""),
    Column("sort_key", ByteText, nullable=False, default="", server_default=""),
    # A year alone where nobody knows the day.
    Column("birth_year", SmallInteger),
    Column("birth_date", Date),
    # "female" or "male", where given.
    Column("sex", Text),
    Column("phone", Text),
    Column("died_on", Date),
    Index(None, "search"),
    Index(None, "birth_year"),
)

# Where somebody lives or lived, from one local date to another, both included; open where empty.
residences = Table(
    "residences",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("person_key", Key, nullable=False),
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("since", Date),
    Column("until", Date),
    Index(None, "person_key"),
    Index(None, "place_id", "person_key"),
)

# Households (gia đình) and clans (dòng họ).
kinships = Table(
    "kinships",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # "household" or "clan".
    Column("kind", Text, nullable=False),
    # As the roster calls it: a number of its book, or the name of a family.
    Column("name", Text, nullable=False),
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("search", ByteText, nullable=False),
    Column("sort_key", ByteText, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Index(None, "place_id", "kind", "search"),
)
kinship_members = Table(
    "kinship_members",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("kinship_id", ForeignKey("kinships.id"), nullable=False),
    Column("person_key", Key, nullable=False),
    # As the roster says it; "head" for the head of the household or clan.
    Column("relation", Text, nullable=False),
    Column("since", Date),
    Column("until", Date),
    Index(None, "kinship_id"),
    Index(None, "person_key"),
)

# What somebody agreed to or refused, each time anew; the newest row of a purpose holds. No row: not asked.
consents = Table(
    "consents",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("person_key", Key, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    # How it can be proved: "roster", "paper", "signed-in".
    Column("how", Text, nullable=False),
    Column("by_person", Key),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "person_key", "purpose", "id"),
)

# --- identity --------------------------------------------------------------------------------------------

# An actor without a row here is a person of its own, whose person key is the actor key.
links = Table(
    "links",
    metadata,
    Column("actor_key", Key, primary_key=True),
    Column("person_key", Key, nullable=False),
    Column("linked_us", BigInteger, nullable=False),
    Index(None, "person_key"),
    **CLUSTERED,
)

# Append-only: what was done to whose identifiers, by whom and on what proof. actions.identity has the words.
link_events = Table(
    "link_events",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("actor_key", Key, nullable=False),
    Column("person_key", Key, nullable=False),
    Column("what", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("by_person", Key),
    Column("by_credential", Integer),
    Column("merge_id", BigInteger),
    Column("note", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "actor_key", "id"),
    Index(None, "person_key", "id"),
)

# One-time codes: to be taken to a provider, or sent to an address that is to be proved.
link_codes = Table(
    "link_codes",
    metadata,
    # A keyed hash of the code.
    Column("code_hash", Hash, primary_key=True),
    Column("person_key", Key, nullable=False),
    # The address to be proved; empty for a code that is taken to a provider.
    Column("actor_key", Key),
    Column("made_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
    Column("tries", Integer, nullable=False),
    Index(None, "person_key"),
)

# Identifiers whose time nobody earns for now: claimed by two people, or shared by many. No row: neither.
barred_actors = Table(
    "barred_actors",
    metadata,
    Column("actor_key", Key, primary_key=True),
    # learning.reasons.Reason: IDENTITY_DISPUTED or SHARED_ACCOUNT.
    Column("reason", SmallInteger, nullable=False),
    # Who claims it besides the person it is linked to.
    Column("claimed_by", Key),
    Column("note", Text, nullable=False),
    Column("by_person", Key),
    Column("since_us", BigInteger, nullable=False),
    **CLUSTERED,
)

# Two records that turned out to be one person's. Undone, its links go back to where they were.
merges = Table(
    "merges",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("survivor", Key, nullable=False),
    Column("loser", Key, nullable=False),
    Column("why", Text, nullable=False),
    Column("by_person", Key),
    Column("merged_us", BigInteger, nullable=False),
    Column("undone_us", BigInteger),
    Column("undone_by", Key),
    Index(None, "survivor"),
    Index(None, "loser"),
)

# What followed the loser of a merge to the survivor, by table and its row; it goes back when that is undone.
merge_moves = Table(
    "merge_moves",
    metadata,
    Column("merge_id", ForeignKey("merges.id"), primary_key=True),
    # A table of store.merge_moves.
    Column("table_name", Text, primary_key=True),
    Column("row_id", BigInteger, primary_key=True, autoincrement=False),
    **CLUSTERED,
)

# --- rights ----------------------------------------------------------------------------------------------

# Who may do what where: in a place and all below it, in an organisation and all below it, for a provider, for
# one person (a guardian), or everywhere where all of these are empty.
grants = Table(
    "grants",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("person_key", Key, nullable=False),
    # actions.rights.Role.
    Column("role", Text, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("provider_id", ForeignKey("providers.id")),
    Column("ward_key", Key),
    # Inclusive local dates; open where empty.
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("granted_us", BigInteger, nullable=False),
    Column("granted_by", Key),
    # The grant that this one hands on; it ends with it.
    Column("delegated_from", ForeignKey("grants.id")),
    Column("revoked_us", BigInteger),
    Column("revoked_by", Key),
    Index(None, "person_key"),
    Index(None, "place_id"),
    Index(None, "organisation_id"),
    Index(None, "provider_id"),
)

# Every look at a learner's data by someone else (I17).
looks = Table(
    "looks",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("person_key", Key, nullable=False),
    Column("looked_us", BigInteger, nullable=False),
    Column("by_person", Key),
    Column("by_credential", Integer),
    Column("what", Text, nullable=False),
    Index(None, "person_key", "id"),
)

# Letters by e-mail that are to be sent, oldest first; a letter that was sent keeps no text.
letters = Table(
    "letters",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    # When to try again, how often it failed, and what was answered.
    Column("next_us", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("sent_us", BigInteger),
    Column("given_up_us", BigInteger),
    Index(None, "sent_us", "next_us"),
    Index(None, "address"),
)
