"""Letters by e-mail that are to be sent; one that was sent or given up keeps no text."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects


@dataclass(frozen=True, slots=True)
class Letter:
    id: int
    address: str
    subject: str
    body: str
    made_us: int
    next_us: int
    failures: int


def add(connection: Connection, address: str, subject: str, body: str, now_us: int) -> None:
    dialects.change(
        connection,
        "INSERT INTO letters (address, subject, body, made_us, next_us, failures, last_error)"
        " VALUES (?, ?, ?, ?, ?, 0, '')",
        (address, subject, body, now_us, now_us),
    )


def count_since(connection: Connection, address: str, since_us: int) -> int:
    """How many letters to an address were made since."""
    select = "SELECT count(*) FROM letters WHERE address = ? AND made_us >= ?"
    return int(dialects.rows(connection, select, (address, since_us))[0][0])


def due(connection: Connection, now_us: int, limit: int) -> list[Letter]:
    """Letters whose time has come, the one that waits longest first."""
    found = dialects.rows(
        connection,
        "SELECT id, address, subject, body, made_us, next_us, failures FROM letters"
        " WHERE sent_us IS NULL AND given_up_us IS NULL AND next_us <= ? ORDER BY next_us, id LIMIT ?",
        (now_us, limit),
    )
    return [Letter(*row) for row in found]


def take(connection: Connection, letter: Letter, until_us: int) -> bool:
    """Have a letter in hand until an instant; False where somebody was first."""
    return _change(connection, letter.id, letter.next_us, "next_us = ?", until_us)


def sent(connection: Connection, letter_id: int, held_us: int, now_us: int) -> bool:
    """The letter went out: its text and its address are forgotten with the next sweep, the text now."""
    return _change(
        connection, letter_id, held_us, "sent_us = ?, subject = '', body = '', last_error = ''", now_us
    )


def fail(
    connection: Connection, letter_id: int, held_us: int, failures: int, next_us: int, error: str
) -> bool:
    """Let go of it until an instant, after so many failures."""
    changes = "failures = ?, next_us = ?, last_error = ?"
    return _change(connection, letter_id, held_us, changes, failures, next_us, error)


def give_up(connection: Connection, letter_id: int, held_us: int, now_us: int, error: str) -> bool:
    return _change(
        connection,
        letter_id,
        held_us,
        "given_up_us = ?, last_error = ?, subject = '', body = ''",
        now_us,
        error,
    )


def _change(connection: Connection, letter_id: int, held_us: int, changes: str, *values: int | str) -> bool:
    done = dialects.change(
        connection,
        f"UPDATE letters SET {changes}"
        " WHERE id = ? AND next_us = ? AND sent_us IS NULL AND given_up_us IS NULL",
        (*values, letter_id, held_us),
    )
    return done == 1


def drop_old(connection: Connection, before_us: int) -> int:
    """Remove letters made before that nobody will send any more; answers how many."""
    ended = "(sent_us IS NOT NULL OR given_up_us IS NOT NULL)"
    return dialects.change(connection, f"DELETE FROM letters WHERE made_us < ? AND {ended}", (before_us,))
