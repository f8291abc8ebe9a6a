"""Course providers and the keys with which they post."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli import credentials
from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, show
from lms_tracker.learning.readings import Reading

if TYPE_CHECKING:
    from lms_tracker.actions.providers import Listed


@click.group()
def provider() -> None:
    """Course providers, who post statements."""


for command in credentials.COMMANDS:
    provider.add_command(command)


@provider.command("add")
@click.argument("name")
@credentials.scope_option
@as_json_option
def add_provider(name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Add the provider NAME, approved and ready to post; its secret is shown only now."""
    from lms_tracker.actions import providers

    with opened():
        try:
            made = providers.add_provider(name, scopes or None)
        except ValueError as error:
            raise Refused(str(error)) from None
    credentials.show_new(made, f"Provider {made.provider}, {name}, posts to {made.endpoint}", as_json)


@provider.command("list")
@as_json_option
def list_providers(as_json: bool) -> None:
    """List the providers and their keys; secrets are kept nowhere."""
    from lms_tracker.actions import providers

    with opened():
        rows = [_listed(keys) for _, keys in groupby(providers.everything(), lambda row: row.provider_id)]
    lines = [line for row in rows for line in _lines(row)]
    show({"providers": rows}, "\n".join(lines) or "There is no provider yet.", as_json)


@provider.command("reading")
@click.argument("number", type=int, metavar="ID")
@click.argument("value", type=click.Choice([reading.value for reading in Reading]), metavar="VALUE")
@as_json_option
def read_as(number: int, value: str, as_json: bool) -> None:
    """Say how the time of provider ID is read where neither a statement's profile nor its course says.

    VALUE is one of plain, cmi5, scorm, keeping-time, h5p, video, gaps. Its learners are counted anew in the
    background.
    """
    from lms_tracker.actions import readings
    from lms_tracker.actions.providers import Unknown

    with opened():
        try:
            found = readings.set_reading(number, Reading(value))
        except Unknown as error:
            raise Refused(str(error)) from None
    text = f"The time of provider {number} is read as {value}."
    text += " Its learners are counted anew." if found.changed else " It was so already."
    show(dataclasses.asdict(found), text, as_json)


def _why_option(command: Any) -> Any:
    return click.option("--why", required=True, help="The reason, which is kept.")(command)


@provider.command()
@click.argument("number", type=int, metavar="ID")
@_why_option
@as_json_option
def suspend(number: int, why: str, as_json: bool) -> None:
    """Refuse the keys of provider ID and credit nothing of its courses until it is approved again.

    What was stored stays. Its learners are counted anew in the background.
    """
    from lms_tracker.actions import accreditation

    with opened():
        try:
            found = accreditation.suspend(None, number, why)
        except ValueError as error:
            raise Refused(str(error)) from None
    text = f"{found.name} is suspended. About {found.people} learners are counted anew."
    show(dataclasses.asdict(found), text if found.changed else f"{found.name} was suspended before.", as_json)


@provider.command()
@click.argument("number", type=int, metavar="ID")
@_why_option
@as_json_option
def approve(number: int, why: str, as_json: bool) -> None:
    """Approve provider ID again after it was suspended: its keys are heard and its courses earn."""
    from lms_tracker.actions import accreditation

    with opened():
        try:
            found = accreditation.approve(None, number, why)
        except ValueError as error:
            raise Refused(str(error)) from None
    text = f"{found.name} is approved. About {found.people} learners are counted anew."
    show(dataclasses.asdict(found), text if found.changed else f"{found.name} was approved before.", as_json)


def _listed(rows: Iterable[Listed]) -> dict[str, Any]:
    """One provider with its keys; times are UTC."""
    found = list(rows)
    first = found[0]
    return {
        "provider": first.provider_id,
        "name": first.name,
        "approved": first.approved,
        "created": moment(first.provider_created_us),
        "keys": [credentials.listed(row) for row in found if row.key is not None],
    }


def _lines(row: dict[str, Any]) -> Iterable[str]:
    suspended = "" if row["approved"] else ", suspended"
    yield f"{row['provider']}  {row['name']}  (since {row['created']}{suspended})"
    yield from map(credentials.line, row["keys"])
