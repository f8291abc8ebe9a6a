"""Who may do what where, as who sits at the machine says it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, show

if TYPE_CHECKING:
    from lms_tracker.actions.grant_lists import Line
    from lms_tracker.actions.rights import Scope

Command = Callable[..., Any]


class _Day(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"expected a day such as 2026-10-01; got {value!r}", param, ctx)


_ROLES = click.Choice(
    ["viewer", "officer", "reviewer", "approver", "organiser", "administrator", "provider", "guardian"]
)
_PLACE = (
    click.option("--place", metavar="CODE", help="The national code of a province, district or commune."),
    click.option(
        "--on", "on", type=_Day(), help="The day on which CODE meant the place; today unless given."
    ),
)
_SCOPE = (
    *_PLACE,
    click.option("--local-place", type=int, metavar="ID", help="The number of a place without a code."),
    click.option("--organisation", type=int, metavar="ID", help="The number of a unit, school, association."),
    click.option("--provider", type=int, metavar="ID", help="The provider for which the person acts."),
    click.option("--ward", metavar="LOGIN", help="Whom a guardian answers for."),
)


def _with(options: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group()
def role() -> None:
    """What a person may do beside looking at their own record, where, and from when to when."""


@role.command("grant")
@click.argument("login")
@click.argument("role", type=_ROLES)
@_with(_SCOPE)
@click.option("--from", "first_day", type=_Day(), help="The first day; from now on unless given.")
@click.option("--to", "last_day", type=_Day(), help="The last day; without end unless given.")
@as_json_option
def grant(
    login: str, role: str, first_day: date | None, last_day: date | None, as_json: bool, **where: Any
) -> None:
    """Grant ROLE to the person who signs in with LOGIN.

    It holds in a place and all below it, in an organisation and all below it, for a provider or a ward, and
    everywhere where none of these is named. organiser stands for officer, reviewer and approver together.
    """
    from lms_tracker.actions import grants

    with opened():
        try:
            scope = _scope(**where)
            grants.grant(None, grants.Wanted(login, role, scope, first_day, last_day))
        except ValueError as error:
            raise Refused(str(error)) from None
    days = {"from": _iso(first_day), "to": _iso(last_day)}
    show(_said(login, role, where, scope) | days, f"{login} is now {role}{_told(where)}.", as_json)


@role.command("revoke")
@click.argument("login")
@click.argument("role", type=_ROLES)
@_with(_SCOPE)
@as_json_option
def revoke(login: str, role: str, as_json: bool, **where: Any) -> None:
    """Take ROLE, granted for exactly this, away from the person who signs in with LOGIN, at once."""
    from lms_tracker.actions import grants

    with opened():
        try:
            scope = _scope(**where)
            grants.revoke_role(login, role, scope)
        except ValueError as error:
            raise Refused(str(error)) from None
    text = f"{login} is no longer {role}{_told(where)}."
    show(_said(login, role, where, scope), text, as_json)


@role.command("list")
@_with(_PLACE)
@as_json_option
def list_(place: str | None, on: date | None, as_json: bool) -> None:
    """List who may do what: everything that holds today, or what holds at and below a place."""
    from lms_tracker.actions import grant_lists

    with opened():
        try:
            scope = _scope(place=place, on=on)
        except ValueError as error:
            raise Refused(str(error)) from None
        lines = grant_lists.everything(scope.place_id)
    text = "\n".join(_line(line) for line in lines) or "Nobody holds a role there."
    show({"grants": [_as_json(line) for line in lines]}, text, as_json)


def _scope(
    place: str | None = None,
    on: date | None = None,
    local_place: int | None = None,
    organisation: int | None = None,
    provider: int | None = None,
    ward: str | None = None,
) -> Scope:
    """Raises ValueError where a code or login means nothing, or two places are named."""
    from lms_tracker.actions import grant_lists
    from lms_tracker.actions.rights import Scope

    if place is not None and local_place is not None:
        raise ValueError("expected one place, not several")
    if place is None and on is not None:
        raise ValueError("--on says when the code of --place meant the place: expected --place with it")
    return Scope(
        place_id=local_place if place is None else grant_lists.place_with_code(place, on),
        organisation_id=organisation,
        provider_id=provider,
        ward_key=None if ward is None else grant_lists.key_of(ward),
    )


def _said(login: str, role: str, where: dict[str, Any], scope: Scope) -> dict[str, Any]:
    named = {
        "place": scope.place_id,
        "organisation": scope.organisation_id,
        "ward": where["ward"],
    }
    found = {name: value for name, value in named.items() if value is not None}
    return {"login": login, "role": role, "provider": scope.provider_id, **found}


def _told(where: dict[str, Any]) -> str:
    place = where["place"] or where["local_place"]
    for value, words in (
        (where["provider"], "for provider"),
        (where["ward"], "of"),
        (where["organisation"], "in organisation"),
        (place, "in place"),
    ):
        if value is not None:
            return f" {words} {value}"
    return ""


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _line(line: Line) -> str:
    days = f" from {line.first_day}" if line.first_day else ""
    days += f" to {line.last_day}" if line.last_day else ""
    handed = f", handed on from {line.delegated_from}" if line.delegated_from else ""
    return f"{line.id}  {line.login or line.name}  {line.role}  {line.where or 'everywhere'}{days}{handed}"


def _as_json(line: Line) -> dict[str, Any]:
    scope = line.scope
    return {
        "grant": line.id,
        "person": line.person_key.hex(),
        "login": line.login,
        "name": line.name,
        "role": line.role,
        "place": scope.place_id,
        "organisation": scope.organisation_id,
        "provider": scope.provider_id,
        "ward": None if scope.ward_key is None else scope.ward_key.hex(),
        "where": line.where,
        "from": _iso(line.first_day),
        "to": _iso(line.last_day),
        "granted": moment(line.granted_us),
        "delegated_from": line.delegated_from,
    }
