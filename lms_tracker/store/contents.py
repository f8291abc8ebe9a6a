"""Data of attachments, documents and proofs, each content once, under the SHA-256 of its bytes.

Why what is referred to is always there, with any number of processes keeping, reading and sweeping:

1. Whoever keeps a content first claims its row in `contents`: an upsert that sets `touched_us` and holds the
   lock on the row (on SQLite, the whole database) until its transaction ends. What refers to the content is
   written in the same transaction or in one that follows within a day; the sweep leaves alone what was
   touched within a day (`UNTOUCHED_US`). The clocks of the processes differ by far less than that.
2. The sweep takes one content at a time: it locks the row and only then looks, in statements that see all
   that is committed by now, whether the row is still untouched and nothing refers to it. A keeper that came
   before it has made the row young; one that comes while it works waits for the lock, finds no row any more
   and makes row and data anew.
3. In a folder, a keeper writes the file under a name of its own and renames it, after it holds the lock and
   before it commits, and does so also when the row was there before. The sweep unlinks after it holds the
   lock and before it commits. So both happen one after the other: a committed row has its file, unless the
   sweep was cut off between unlinking and committing, which leaves a row that nothing refers to and whose
   file the next keeper writes again.
4. A keeper that is cut off between renaming and committing leaves a file without a row. The sweep gives such
   a file a row that was never touched (`adopt`) and from then on treats it like any other.
5. Large contents are written in several transactions, so that nobody waits long for the one writer of
   SQLite. All keepers of a content write the same pieces, and each writes those that are missing, so every
   one of them that ends has all pieces in place; what refers to them is written only then.
6. A content is let go by whoever replaced a document, while others may still be reading it piece by piece:
   `touch` gives them a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row

# A piece has this many bytes, the last one of a content excepted. Part of the format: it never changes.
PIECE_BYTES = 256 * 1024
UNTOUCHED_US = 86_400_000_000

_CLAIM = (
    "INSERT INTO contents (content_key, size, touched_us, in_folder) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (content_key) DO UPDATE SET touched_us ="
    " CASE WHEN excluded.touched_us > contents.touched_us THEN excluded.touched_us"
    " ELSE contents.touched_us END RETURNING in_folder"
)
_UNREFERRED = (
    "NOT EXISTS (SELECT 1 FROM statement_attachments a WHERE a.content_key = c.content_key)"
    " AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.content_key = c.content_key)"
    " AND NOT EXISTS (SELECT 1 FROM claim_proofs p WHERE p.content_key = c.content_key)"
    " AND NOT EXISTS (SELECT 1 FROM assessment_proofs p WHERE p.content_key = c.content_key)"
    " AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.content_key = c.content_key)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A content's size in bytes and where its data are."""

    size: int
    in_folder: bool


def claim(connection: Connection, content_key: bytes, size: int, now_us: int, *, in_folder: bool) -> bool:
    """Have the row of a content, young and locked until this transaction ends.

    Answers where its data are or belong: True for the folder, also when there was a row already.
    """
    return bool(dialects.rows(connection, _CLAIM, (content_key, size, now_us, in_folder))[0][0])


def move_to_database(connection: Connection, content_key: bytes) -> None:
    """Read a content from its pieces from now on; all of them are there."""
    change = "UPDATE contents SET in_folder = ? WHERE content_key = ?"
    dialects.change(connection, change, (False, content_key))


def touch(connection: Connection, content_key: bytes, now_us: int) -> None:
    """Keep a content from the sweep for a day: it was let go, but somebody may be reading it."""
    change = "UPDATE contents SET touched_us = ? WHERE content_key = ? AND touched_us < ?"
    dialects.change(connection, change, (now_us, content_key, now_us))


def add_pieces(connection: Connection, content_key: bytes, first: int, pieces: Iterable[bytes]) -> None:
    """Write those of the pieces, numbered from `first`, that are not there yet."""
    rows = [(content_key, number, piece) for number, piece in enumerate(pieces, first)]
    dialects.insert_new(connection, schema.content_pieces, rows)


def lacks_pieces(connection: Connection, content_key: bytes, size: int) -> bool:
    """Whether a piece of this content is not in the database yet."""
    count = "SELECT COUNT(*) FROM content_pieces WHERE content_key = ?"
    return int(dialects.rows(connection, count, (content_key,))[0][0]) < piece_count(size)


def piece_count(size: int) -> int:
    return -(-size // PIECE_BYTES)


def place(connection: Connection, content_key: bytes) -> Place | None:
    """Where the data of a content are; None when there is no such content."""
    select = "SELECT size, in_folder FROM contents WHERE content_key = ?"
    found = dialects.rows(connection, select, (content_key,))
    return Place(found[0][0], bool(found[0][1])) if found else None


def piece(connection: Connection, content_key: bytes, number: int) -> bytes | None:
    select = "SELECT data FROM content_pieces WHERE content_key = ? AND number = ?"
    found = dialects.rows(connection, select, (content_key, number))
    return bytes(found[0][0]) if found else None


def refer(connection: Connection, attachments: Sequence[Row]) -> None:
    """Write rows of `statement_attachments`, of statements that this transaction writes too."""
    dialects.insert(connection, schema.statement_attachments, attachments)


def attached(connection: Connection, statement_ids: Sequence[bytes]) -> dict[bytes, bytes]:
    """Contents that came with these statements, by the SHA-2 that a statement names."""
    found = dialects.rows_by_key(
        connection,
        "SELECT sha2, content_key FROM statement_attachments WHERE statement_id {keys}",
        statement_ids,
    )
    return {bytes(sha2): bytes(content_key) for sha2, content_key in found}


def unreferred(connection: Connection, before_us: int, after: bytes, most: int) -> list[bytes]:
    """Up to `most` contents after this key, in the order of keys, that the sweep has to look at."""
    found = dialects.rows(
        connection,
        "SELECT c.content_key FROM contents c WHERE c.content_key > ? AND c.touched_us < ?"
        f" AND {_UNREFERRED} ORDER BY c.content_key LIMIT ?",
        (after, before_us, most),
    )
    return [bytes(row[0]) for row in found]


def lock_if_swept(connection: Connection, content_key: bytes, before_us: int) -> Place | None:
    """Lock the row of a content, and answer where it is if it may be swept; None if it may not."""
    lock = "SELECT touched_us FROM contents WHERE content_key = ?"
    if dialects.is_postgresql(connection):
        lock += " FOR UPDATE"
    # Two statements: only what begins after the lock is held sees what those before us have committed.
    held = dialects.rows(connection, lock, (content_key,))
    if not held or held[0][0] >= before_us:
        return None
    select = f"SELECT c.size, c.in_folder FROM contents c WHERE c.content_key = ? AND {_UNREFERRED}"
    found = dialects.rows(connection, select, (content_key,))
    return Place(found[0][0], bool(found[0][1])) if found else None


def drop(connection: Connection, content_key: bytes) -> None:
    """Remove a content whose row this transaction has locked, with its pieces."""
    dialects.change(connection, "DELETE FROM content_pieces WHERE content_key = ?", (content_key,))
    dialects.change(connection, "DELETE FROM contents WHERE content_key = ?", (content_key,))


def adopt(connection: Connection, content_key: bytes, size: int) -> None:
    """Give a file without a row a row that was never touched; changes nothing where there is one."""
    dialects.insert_new(connection, schema.contents, [(content_key, size, 0, True)])
