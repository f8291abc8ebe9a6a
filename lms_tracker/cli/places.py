"""Provinces, districts and communes: loading them, finding them, and what became of them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.places import Became, DateNeeded, Told

day_option = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="The day that is asked about."
)
level_option = click.option(
    "--level", type=click.IntRange(1, 4), help="1 province, 2 district, 3 commune, 4 local place."
)


@click.group()
def places() -> None:
    """Provinces, districts and communes, each from one day to another."""


@places.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
def load(file: Path | None, as_json: bool) -> None:
    """Load the units of FILE, or of Vietnam before and since 1 July 2025, which come with the program.

    Loading again changes only what is different.
    """
    from lms_tracker.actions import place_loading
    from lms_tracker.actions.places import PlacesRefused
    from lms_tracker.learning.place_files import MOST_BYTES, PlaceFileError

    if file is not None and file.stat().st_size > MOST_BYTES:
        raise Refused(f"expected a file of at most {MOST_BYTES} bytes")
    with opened(), progress("Loading places") as advance:
        try:
            outcome = place_loading.load(None if file is None else file.read_bytes(), advance)
        except (PlaceFileError, PlacesRefused) as error:
            raise Refused(f"{error}. Nothing was loaded.") from None
    show(
        {
            "added": outcome.added,
            "changed": outcome.changed,
            "same": outcome.same,
            "moves": outcome.moves,
        },
        f"{outcome.added} units are new, {outcome.changed} were changed, {outcome.same} were there already;"
        f" {outcome.moves} moves.",
        as_json,
    )


@places.command()
@click.argument("text")
@day_option
@level_option
@click.option("--under", metavar="CODE", help="Only below the unit with this code.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@as_json_option
def find(
    text: str, on: datetime | None, level: int | None, under: str | None, limit: int, as_json: bool
) -> None:
    """Find places by name: today's, or those of another day. Typed without marks it finds all spellings."""
    from lms_tracker.actions import places as asked
    from lms_tracker.actions.places import PlacesRefused, described

    with opened():
        try:
            found = asked.find(text, _date(on), level, under, limit)
        except PlacesRefused as error:
            raise Refused(str(error)) from None
    show(
        {"places": [described(one) for one in found]},
        "\n".join(map(line, found)) or "Nothing found.",
        as_json,
    )


@places.command("show")
@click.argument("code")
@day_option
@level_option
@as_json_option
def show_unit(code: str, on: datetime | None, level: int | None, as_json: bool) -> None:
    """Show the unit that CODE means on a day, and what it was made of and became.

    The day is today unless given; what the code means at other times is named as well.
    """
    from lms_tracker.actions import places as asked
    from lms_tracker.actions.places import PlacesRefused, described

    others: list[Told] = []
    with opened():
        try:
            if on is None:
                found, others = asked.show_today(code, level)
            else:
                found = asked.show(code, _date(on), level)
        except PlacesRefused as error:
            raise _refusal(error) from None
    result = described(found.told) | {
        "below": found.below,
        "made_of": [described(one) for one in found.made_of],
        "became": _fate(found.became),
        "other_times": [described(one) for one in others],
    }
    lines = [line(found.told), f"  directly below it: {found.below}"]
    lines += [f"  made of: {line(one)}" for one in found.made_of]
    lines += _became_lines(found.became)
    lines += [f"  at another time the code meant: {line(one)}" for one in others]
    show(result, "\n".join(lines), as_json)


@places.command()
@click.argument("code")
@day_option
@level_option
@as_json_option
def moves(code: str, on: datetime | None, level: int | None, as_json: bool) -> None:
    """Say what became of the unit that CODE meant on a day; of a district, of its communes.

    Without a day the code has to have meant one unit alone.
    """
    from lms_tracker.actions import places as asked
    from lms_tracker.actions.places import PlacesRefused, described

    with opened():
        try:
            found = asked.show(code, _date(on), level)
        except PlacesRefused as error:
            raise _refusal(error) from None
    result = {"unit": described(found.told), **_fate(found.became)}
    show(result, "\n".join([line(found.told), *_became_lines(found.became)]), as_json)


def _date(on: datetime | None) -> date | None:
    return None if on is None else on.date()


def _refusal(error: Exception) -> Refused:
    """A code that means several units is refused with what it means when."""
    from lms_tracker.actions.places import DateNeeded, described

    if not isinstance(error, DateNeeded):
        return Refused(str(error))
    return Refused(_meanings(error), {"meanings": [described(one) for one in error.meanings]})


def _meanings(error: DateNeeded) -> str:
    return "\n".join([f"{error} (--on)", *(f"  {line(one)}" for one in error.meanings)])


def line(one: Told) -> str:
    from lms_tracker.learning.places import called

    place = one.place
    path = ", ".join(called(unit.kind, unit.name) for unit in (place, *reversed(one.above)))
    dates = f"{place.valid_from or '…'} to {place.valid_to or 'now'}"
    return f"{place.code or '-':<6}{path} ({dates})"


def _fate(became: Became) -> dict[str, Any]:
    from lms_tracker.actions.places import described

    return {
        "fate": became.fate.name.lower(),
        "heirs": [described(heir.told) | {"took_most": heir.took_most} for heir in became.heirs],
    }


def _became_lines(became: Became) -> list[str]:
    from lms_tracker.learning.places import Fate

    if became.fate is Fate.STANDS:
        return ["  it stands"]
    if became.fate is Fate.ENDED:
        return ["  it ended"]
    split = became.fate is Fate.SPLIT
    lines = ["  it was parted: ask which of these is meant"] if split else []
    for heir in became.heirs:
        most = " (took the most of it)" if heir.took_most else ""
        lines.append(f"  {'a part became' if split else 'it became'}: {line(heir.told)}{most}")
    return lines
