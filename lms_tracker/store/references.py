"""What a statement is found by because it refers to another (xAPI-Communication 2.1.3)."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from sqlalchemy import Connection

from lms_tracker.store import dialects


class Kind(IntEnum):
    """By what a target is found: `reached.kind`."""

    ACTOR = 1
    RELATED_ACTOR = 2
    ACTIVITY = 3
    RELATED_ACTIVITY = 4
    VERB = 5
    REGISTRATION = 6
    # The authority of a statement is its provider's.
    PROVIDER = 7


class Referrer(NamedTuple):
    """A stored statement whose object refers to `target_id`."""

    target_id: bytes
    statement_id: bytes
    position: int


def provider_key(provider_id: int) -> bytes:
    """What stands in `reached.key` for a provider."""
    return provider_id.to_bytes(16)


def referrers(connection: Connection, targets: Sequence[bytes], most: int) -> list[Referrer]:
    """Stored statements that refer to one of `targets`, whether or not those are stored; about `most`."""
    found = dialects.rows_by_key(
        connection,
        "SELECT r.target_id, r.statement_id, s.position FROM statement_references r"
        " JOIN statements s ON s.statement_id = r.statement_id WHERE r.target_id {keys} LIMIT ?",
        targets,
        most,
    )
    return [Referrer(*row) for row in found]
