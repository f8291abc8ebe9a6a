"""Units, schools, sectors and associations, as who sits at the machine says it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show

if TYPE_CHECKING:
    from lms_tracker.actions.organisations import Listed

_DAY = click.DateTime(["%Y-%m-%d"])
_KINDS = click.Choice(["unit", "school", "sector", "association"])
_CAPACITIES = click.Choice(["head", "staff", "learner", "member"])
_ON = click.option(
    "--on", required=True, type=_DAY, metavar="YYYY-MM-DD", help="The first day on which it no longer holds."
)


@click.group()
def organisation() -> None:
    """Units, schools, sectors and associations, and who belongs to them."""


@organisation.command()
@click.argument("name")
@click.option("--kind", required=True, type=_KINDS)
@click.option("--under", type=int, metavar="ID", help="The organisation that it is a part of.")
@click.option("--place", metavar="CODE", help="The national code of the place that it is of, today's.")
@click.option("--from", "since", type=_DAY, metavar="YYYY-MM-DD", help="Its first day, where it is known.")
@as_json_option
def add(
    name: str, kind: str, under: int | None, place: str | None, since: datetime | None, as_json: bool
) -> None:
    """Add an organisation called NAME."""
    from lms_tracker.actions import organisations, places

    day = _date(since)
    with opened():
        try:
            place_id = None if place is None else places.number_of(place, day)
            made = organisations.add(None, organisations.Wanted(kind, name, under, place_id, day))
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"organisation": made.id}, f"{made.name} is number {made.id}.", as_json)


@organisation.command("list")
@click.option("--find", "text", default="", help="A word of the name, with marks or without.")
@click.option("--under", type=int, metavar="ID", help="Those directly below this one.")
@as_json_option
def list_(text: str, under: int | None, as_json: bool) -> None:
    """List organisations of today: those at the top, those below another, or by name."""
    from lms_tracker.actions import organisations

    with opened():
        found = organisations.listed(None, text, under)
    lines = "\n".join(_line(one) for one in found) or "There are none."
    show({"organisations": [_as_json(one) for one in found]}, lines, as_json)


@organisation.command()
@click.argument("number", type=int)
@click.argument("name")
@as_json_option
def rename(number: int, name: str, as_json: bool) -> None:
    """Give organisation NUMBER another NAME."""
    from lms_tracker.actions import organisations

    with opened():
        try:
            organisations.rename(None, number, name)
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"organisation": number, "name": name}, f"Organisation {number} is now called {name}.", as_json)


@organisation.command()
@click.argument("number", type=int)
@_ON
@as_json_option
def end(number: int, on: datetime, as_json: bool) -> None:
    """Let organisation NUMBER end, with all below it."""
    from lms_tracker.actions import organisations

    with opened():
        try:
            organisations.end(None, number, on.date())
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"organisation": number, "on": on.date().isoformat()}, f"Organisation {number} has ended.", as_json)


@organisation.command()
@click.argument("number", type=int)
@click.argument("login")
@click.option("--as", "capacity", required=True, type=_CAPACITIES)
@click.option("--from", "since", type=_DAY, metavar="YYYY-MM-DD", help="The first day, where it is known.")
@as_json_option
def join(number: int, login: str, capacity: str, since: datetime | None, as_json: bool) -> None:
    """Let the person who signs in with LOGIN belong to organisation NUMBER."""
    from lms_tracker.actions import memberships

    with opened():
        try:
            membership = memberships.join(None, number, login, capacity, _date(since))
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"membership": membership}, f"{login} is {capacity} of organisation {number}.", as_json)


@organisation.command()
@click.argument("membership", type=int)
@_ON
@as_json_option
def leave(membership: int, on: datetime, as_json: bool) -> None:
    """Let a MEMBERSHIP, by its number, end."""
    from lms_tracker.actions import memberships

    with opened():
        try:
            number = memberships.leave(None, membership, on.date())
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"organisation": number}, f"The membership of organisation {number} has ended.", as_json)


def _date(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _line(one: Listed) -> str:
    found = one.organisation
    path = ", ".join(each.name for each in (found, *reversed(one.above)))
    return f"{found.id:<6}{found.kind:<12}{path}"


def _as_json(one: Listed) -> dict[str, Any]:
    found = one.organisation
    return {
        "organisation": found.id,
        "kind": found.kind,
        "name": found.name,
        "above": [above.id for above in one.above],
        "place": found.place_id,
        "valid_from": found.valid_from and found.valid_from.isoformat(),
        "valid_to": found.valid_to and found.valid_to.isoformat(),
    }
