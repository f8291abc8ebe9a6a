"""Whose kept totals must be counted again: append-only marks, removed under a lock before counting."""

from collections.abc import Collection

from sqlalchemy import Connection, insert

from lms_tracker.store import schema

PLACE, ORGANISATION = "place", "organisation"


def mark_places(connection: Connection, place_ids: Collection[int], year: int | None) -> None:
    """Have the totals of these places themselves counted again: of a year, or of all."""
    _mark(connection, PLACE, place_ids, year)


def mark_organisations(connection: Connection, organisation_ids: Collection[int], year: int | None) -> None:
    """The same of organisations."""
    _mark(connection, ORGANISATION, organisation_ids, year)


def _mark(connection: Connection, kind: str, ids: Collection[int], year: int | None) -> None:
    rows = [{"kind": kind, "subject_id": number, "year": year} for number in sorted(set(ids))]
    if rows:
        connection.execute(insert(schema.totals_due), rows)
