"""Who proposes and who decides, by model, place and day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, show

if TYPE_CHECKING:
    from lms_tracker.actions.recognition.authorities import Listed
    from lms_tracker.learning.recognition.authorities import Body

_day = click.DateTime(["%Y-%m-%d"])


@click.group()
def authority() -> None:
    """Who proposes and who decides recognitions, each from one day to another."""


@authority.command("list")
@as_json_option
def list_authorities(as_json: bool) -> None:
    """All settings, the newest first, and the usual bodies that hold where there is none."""
    from lms_tracker.actions.recognition import authorities
    from lms_tracker.learning.recognition import authorities as known

    with opened():
        found = authorities.listed(None)
    usual = known.shipped()
    lines = [_line(one) for one in found] + [
        f"–  {','.join(one.models)}  {one.part}  {one.valid_from or '…'} – {one.valid_to or '…'}"
        f"  {one.body} ({one.signs_as})  [{one.status}]"
        for one in usual
    ]
    show(
        {"settings": [_facts(one) for one in found], "usual": [_usual(one) for one in usual]},
        "\n".join(lines),
        as_json,
    )


@authority.command()
@click.argument("model")
@click.argument("part", type=click.Choice(["proposing", "deciding"]))
@click.argument("body")
@click.option("--signs-as", required=True, help='Who signs for it, as in "Chủ tịch".')
@click.option("--source", required=True, help="Where this is laid down.")
@click.option("--place", metavar="CODE", help="Where it holds, with all below; everywhere without.")
@click.option("--organisation", type=click.IntRange(min=1), help="The organisation it holds for.")
@click.option("--from", "first", type=_day, metavar="YYYY-MM-DD", help="The first day; open without.")
@click.option("--to", "last", type=_day, metavar="YYYY-MM-DD", help="The last day, included; open without.")
@as_json_option
def add(
    model: str,
    part: str,
    body: str,
    signs_as: str,
    source: str,
    place: str | None,
    organisation: int | None,
    first: datetime | None,
    last: datetime | None,
    as_json: bool,
) -> None:
    """Have BODY propose or decide for MODEL (citizen, household, clan, community, commune, unit)."""
    from lms_tracker.actions import places
    from lms_tracker.actions.recognition import authorities
    from lms_tracker.actions.recognition.authorities import AuthorityRefused, Wanted
    from lms_tracker.actions.rights import NotAllowed

    with opened():
        try:
            wanted = Wanted(
                model=model,
                part=part,
                body=body,
                signs_as=signs_as,
                source=source,
                valid_from=first.date() if first else None,
                valid_to=last.date() if last else None,
                place_id=None if place is None else places.number_of(place),
                organisation_id=organisation,
            )
            number = authorities.add(None, wanted)
        except (AuthorityRefused, places.PlacesRefused, NotAllowed) as error:
            raise Refused(str(error) or "not allowed") from None
    show({"authority": number}, f"Entered as number {number}.", as_json)


@authority.command()
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--on", "last", type=_day, required=True, metavar="YYYY-MM-DD", help="Its last day, included.")
@as_json_option
def end(number: int, last: datetime, as_json: bool) -> None:
    """Have a setting hold until a day. What was decided before keeps the words of its day."""
    from lms_tracker.actions.recognition import authorities
    from lms_tracker.actions.recognition.authorities import AuthorityRefused
    from lms_tracker.actions.records import NotFound

    with opened():
        try:
            authorities.end(None, number, last.date())
        except NotFound:
            raise Refused(f"there is no number {number}") from None
        except AuthorityRefused as error:
            raise Refused(str(error)) from None
    show({"authority": number, "valid_to": last.date().isoformat()}, "It ends on that day.", as_json)


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _usual(one: Body) -> dict[str, Any]:
    return {
        "models": list(one.models),
        "part": one.part,
        "body": one.body,
        "signs_as": one.signs_as,
        "valid_from": _iso(one.valid_from),
        "valid_to": _iso(one.valid_to),
        "status": one.status,
        "source": one.source,
    }


def _facts(one: Listed) -> dict[str, Any]:
    row = one.row
    return {
        "authority": row.id,
        "model": row.model,
        "part": row.part,
        "where": one.where or None,
        "body": row.body,
        "signs_as": row.signs_as,
        "valid_from": _iso(row.valid_from),
        "valid_to": _iso(row.valid_to),
        "source": row.source,
        "entered": moment(row.made_us),
    }


def _line(one: Listed) -> str:
    row = one.row
    days = f"{row.valid_from or '…'} – {row.valid_to or '…'}"
    where = one.where or "everywhere"
    return f"{row.id}  {row.model}  {row.part}  {days}  {where}  {row.body} ({row.signs_as})  {row.source}"
