"""How long the watch over abuse remembers who claimed what in a course, counted from the course's newest.

What is long over is compared with nothing any more, and it is about people. Who is counted anew after that
is not remembered again: the few of them would shrink the figures of a flag about all.
"""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Connection

from lms_tracker.actions import catalogue
from lms_tracker.store import database, watching
from lms_tracker.store.watching import COMPLETIONS, TIMES, Memory

# A year, and until what belongs to it has come in.
RECENT_DAYS = 400
# Longer than any day or past weeks that something recent is compared with.
KEPT_DAYS = RECENT_DAYS + 120
AT_ONCE = 5_000

Row = TypeVar("Row", bound=tuple[int, int, *tuple[object, ...]])


def recent(connection: Connection, memory: Memory, rows: Sequence[Row]) -> list[Row]:
    """Rows (course, when, …) without those far older than the newest that is known of their course."""
    newest = {
        course_id: watching.newest(connection, memory, course_id)
        for course_id in sorted({row[0] for row in rows})
    }
    since = {course_id: at - RECENT_DAYS * memory.day for course_id, at in newest.items() if at is not None}
    return [row for row in rows if row[0] not in since or row[1] >= since[row[0]]]


def forget_old() -> int:
    """Forget what is older than anything recent is compared with; answers how much that was."""
    with database.reading() as connection:
        courses = sorted(catalogue.current(connection).courses)
        old = [
            (memory, course_id, at - KEPT_DAYS * memory.day)
            for memory in (TIMES, COMPLETIONS)
            for course_id in courses
            if (at := watching.newest(connection, memory, course_id)) is not None
            and watching.has_before(connection, memory, course_id, at - KEPT_DAYS * memory.day)
        ]
    forgotten = 0
    for memory, course_id, before in old:
        # In many short transactions, beside those who post.
        while True:
            with database.writing() as connection:
                some = watching.forget(connection, memory, course_id, before, AT_ONCE)
            forgotten += some
            if some < AT_ONCE:
                break
    return forgotten
