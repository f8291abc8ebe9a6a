"""Places and organisations, dated (I13): a code means a unit only together with a date."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, SmallInteger, Table, Text

from lms_tracker.store.schema.base import CLUSTERED, ByteText, Key, RowNumber, metadata

# A unit as it was from `valid_from` to `valid_to`, both included; open where empty. When a unit becomes
# another (a merger, a new code, a new kind), that is another row.
places = Table(
    "places",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # 1 province, 2 district, 3 commune, 4 local (thôn, tổ dân phố, …).
    Column("level", SmallInteger, nullable=False),
    # The national code; local places have none.
    Column("code", Text),
    # A key of learning.places.KINDS, such as "xa", "phuong", "thon".
    Column("kind", Text, nullable=False),
    # Without the kind.
    Column("name", Text, nullable=False),
    Column("parent_id", ForeignKey("places.id")),
    # Ids from the top to this row, as "/1/23/456/": a subtree is a range of this.
    Column("path", ByteText, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    # learning.names: without marks and case; with marks, in one style, without case; the Vietnamese order.
    Column("search", ByteText, nullable=False),
    Column("spelling", ByteText, nullable=False),
    Column("sort_key", ByteText, nullable=False),
    Index(None, "code", "level"),
    Index(None, "parent_id", "sort_key"),
    Index(None, "path"),
    Index(None, "level", "search"),
)

# What became of a unit: one row for each unit that took it or a part of it over.
place_moves = Table(
    "place_moves",
    metadata,
    Column("from_id", ForeignKey("places.id"), primary_key=True),
    Column("to_id", ForeignKey("places.id"), primary_key=True),
    # The first day of the new unit.
    Column("on_date", Date, nullable=False),
    # The old unit went to several new ones, so that living in the old one does not tell which is the new.
    Column("is_split", Boolean, nullable=False),
    # Of a split unit the part that took most of it, where the source says so.
    Column("is_default", Boolean, nullable=False),
    Index(None, "to_id"),
    **CLUSTERED,
)

# Units, schools, sectors and associations: the other way in which people belong together.
organisations = Table(
    "organisations",
    metadata,
    Column("id", RowNumber, primary_key=True),
    # "unit", "school", "sector" or "association".
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("parent_id", ForeignKey("organisations.id")),
    Column("path", ByteText, nullable=False),
    Column("place_id", ForeignKey("places.id")),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("search", ByteText, nullable=False),
    Column("sort_key", ByteText, nullable=False),
    Index(None, "path"),
    Index(None, "parent_id"),
    Index(None, "place_id"),
)
organisation_members = Table(
    "organisation_members",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("person_key", Key, nullable=False),
    # "head", "staff", "learner" or "member".
    Column("capacity", Text, nullable=False),
    Column("since", Date),
    Column("until", Date),
    Index(None, "organisation_id", "person_key"),
    Index(None, "person_key"),
)

# Files of people that an officer handed in: looked at first, applied or thrown away.
rosters = Table(
    "rosters",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("place_id", ForeignKey("places.id"), nullable=False),
    Column("by_person", Key, nullable=False),
    Column("uploaded_us", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    # "preview", "applied" or "discarded".
    Column("state", Text, nullable=False),
    # What the preview found and what was decided about it, as JSON text; empty once it is settled.
    Column("rows", Text, nullable=False),
    # Figures of what was done, as JSON text.
    Column("summary", Text, nullable=False),
    Column("settled_us", BigInteger),
    Index(None, "place_id", "id"),
)
