"""What figures, plans and reports are about: a place or an organisation, as columns of their tables."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, false, or_, select

from lms_tracker.store import schema
from lms_tracker.store.reach import at_or_below


@dataclass(frozen=True, slots=True)
class About:
    """Either of these."""

    place_id: int | None = None
    organisation_id: int | None = None

    @property
    def kind(self) -> str:
        return "place" if self.place_id is not None else "organisation"

    @property
    def number(self) -> int:
        return self.place_id if self.place_id is not None else self.organisation_id or 0


def is_about(table: Table, about: Collection[About]) -> ColumnElement[bool]:
    """The condition that a row is about one of these."""
    places = [one.place_id for one in about if one.place_id is not None]
    organisations = [one.organisation_id for one in about if one.organisation_id is not None]
    parts: list[ColumnElement[bool]] = []
    if places:
        parts.append(table.c.place_id.in_(places))
    if organisations:
        parts.append(table.c.organisation_id.in_(organisations))
    return or_(false(), *parts)


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees: all at or below these paths, and the places and organisations above them."""

    place_paths: Collection[str]
    organisation_paths: Collection[str]
    places_above: Collection[int]
    organisations_above: Collection[int]


def is_seen(table: Table, sight: Sight) -> ColumnElement[bool]:
    """The condition that a row is about something within sight."""
    place, organisation = schema.places, schema.organisations
    places = select(place.c.id).where(or_(false(), *(at_or_below(place, path) for path in sight.place_paths)))
    organisations = select(organisation.c.id).where(
        or_(
            organisation.c.place_id.in_(places),
            *(at_or_below(organisation, path) for path in sight.organisation_paths),
        )
    )
    return or_(
        table.c.place_id.in_(places),
        table.c.place_id.in_(sorted(sight.places_above)),
        table.c.organisation_id.in_(organisations),
        table.c.organisation_id.in_(sorted(sight.organisations_above)),
    )


def lock(connection: Connection, about: About) -> None:
    """Let nobody else write what is about this until the transaction ends."""
    table = schema.places if about.place_id is not None else schema.organisations
    connection.execute(select(table.c.id).where(table.c.id == about.number).with_for_update())
