"""What the watch over abuse remembers beside the flags: how far it came, and claims by course and time.

Claims by course grow with the evidence. They are found, and would be spread, by course.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table

from lms_tracker.store.schema.base import CLUSTERED, Key, metadata
from lms_tracker.store.schema.record_store import credit_states

# Persons in the order in which they were counted: the watch looks at those who changed.
Index("ix_credit_states_decided_us_person_key", credit_states.c.decided_us, credit_states.c.person_key)

# One row: everybody counted up to here was looked at. Whoever writes flags moves it, of two workers one.
watching = Table(
    "watching",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("decided_us", BigInteger, nullable=False),
    Column("person_key", LargeBinary(16), nullable=False),
)

# Who claimed which time in a course, with the statement that first did: of measured time alone.
watched_times = Table(
    "watched_times",
    metadata,
    Column("course_id", Integer, primary_key=True, autoincrement=False),
    Column("start_s", BigInteger, primary_key=True, autoincrement=False),
    Column("seconds", BigInteger, primary_key=True, autoincrement=False),
    Column("person_key", Key, primary_key=True),
    Column("statement_id", Key, nullable=False),
    **CLUSTERED,
)

# Who completed a course, or a part of it, on which local day.
watched_completions = Table(
    "watched_completions",
    metadata,
    Column("course_id", Integer, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("person_key", Key, primary_key=True),
    Column("statement_id", Key, nullable=False),
    **CLUSTERED,
)
