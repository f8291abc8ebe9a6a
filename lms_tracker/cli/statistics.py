"""Statistics of places, and counting their kept totals again."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.reporting.statistics import Line, Statistics

on_option = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day on which the code means the place, instead of the last of the year.",
)


@click.group()
def statistics() -> None:
    """Figures of a place and a year, made of kept totals."""


@statistics.command("show")
@click.argument("place", metavar="PLACE")
@click.option("--year", type=click.IntRange(2000, 2100), help="The year that runs unless given.")
@on_option
@as_json_option
def show_place(place: str, year: int | None, on: datetime | None, as_json: bool) -> None:
    """Show the statistics of PLACE, a national code, by the units of the year."""
    from lms_tracker.actions import clock
    from lms_tracker.actions import places as known
    from lms_tracker.actions.places import PlacesRefused
    from lms_tracker.actions.records import NotFound
    from lms_tracker.actions.reporting import statistics, statistics_tables
    from lms_tracker.actions.reporting.statistics import NotThere
    from lms_tracker.learning.reporting.measures import day_of

    with opened():
        asked = year or clock.today().year
        day = on.date() if on else day_of(asked, clock.today())
        try:
            found = statistics.of_place(None, known.number_of(place, day), asked)
        except PlacesRefused as refused:
            raise Refused(str(refused)) from None
        except NotFound:
            raise Refused("there are no statistics of a year that is to come") from None
        except NotThere as gone:
            instead = ", ".join(one.code or one.name for one in gone.instead) or "none that is known"
            raise Refused(f"{place} was not there on {gone.on}; the units of that day: {instead}") from None
        rows = statistics_tables.rows(found, "en", statistics_tables.verdicts, "of no unit below")
        result = statistics_tables.described(found, [])
        result["rows"] = [
            {name: value if isinstance(value, int | None) else str(value) for name, value in row.items()}
            for row in rows
        ]
    show(result, "\n".join(_lines(found)), as_json)


def _lines(found: Statistics) -> list[str]:
    from lms_tracker.learning.places import called

    name = called(found.place.kind, found.place.name)
    counted = f"counted {moment(found.counted_us)}" if found.counted_us else "not counted yet"
    lines = [f"{name}, {found.year}: units of {found.on}, {counted}; {found.waiting} places wait."]
    lines += [_line(one) for one in found.lines]
    if found.undecided:
        lines.append(f"{found.undecided} people live in communes that were split and may be of here.")
    return lines


def _line(one: Line) -> str:
    from lms_tracker.learning.reporting.measures import title

    ratio, change = one.ratio, one.change
    registered = "" if one.registered is None else f", registered {one.registered}"
    said = f"  {title(one.counted.indicator, 'en')}: {ratio.numerator} of {ratio.denominator} {ratio.counts}"
    if change and change.points is not None:
        registered += f", {change.points:+} percentage points"
    if change and change.relative is not None:
        registered += f", {change.relative:+} %"
    return f"{said} = {ratio.written('en') or '-'}{registered}"


@statistics.command()
@click.option("--place", metavar="CODE", help="Only this place and all below it.")
@on_option
@click.option("--year", type=click.IntRange(2000, 2100), help="Only this year and later ones.")
@as_json_option
def recount(place: str | None, on: datetime | None, year: int | None, as_json: bool) -> None:
    """Count kept totals again. Interrupted, the next run or the jobs go on where it stopped."""
    from lms_tracker.actions import clock
    from lms_tracker.actions import places as known
    from lms_tracker.actions.places import PlacesRefused
    from lms_tracker.actions.reporting import totals

    with opened():
        if year is not None and year > clock.today().year:
            raise Refused("there is nothing to count of a year that is to come")
        try:
            number = None if place is None else known.number_of(place, on.date() if on else None)
        except PlacesRefused as refused:
            raise Refused(str(refused)) from None
        marked = totals.mark_below(number, year)
        with progress("Counting") as advance:
            found = totals.recount(advance)
    text = f"{marked} places marked; {found.places} places and {found.organisations} organisations counted."
    show({"marked": marked, **dataclasses.asdict(found)}, text, as_json)
