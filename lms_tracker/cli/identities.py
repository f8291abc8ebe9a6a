"""Whose identifiers are whose, as those who run the service set it right: `person link`, `person merge` …"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show

if TYPE_CHECKING:
    from lms_tracker.actions.merging import Preview

_IDENTIFIER = "IDENTIFIER is mailto:… or an xAPI agent as JSON."
_why = click.option("--why", required=True, help="The reason, kept in the story of the identifier.")


@click.command("link", epilog=_IDENTIFIER)
@click.argument("who", metavar="PERSON")
@click.argument("identifier")
@_why
@as_json_option
def link(who: str, identifier: str, why: str, as_json: bool) -> None:
    """Link IDENTIFIER to PERSON, a login or the key of a record.

    Where it is somebody else's, it becomes disputed, and a reviewer settles whose it is.
    """
    from lms_tracker.actions import linking, people

    with opened():
        try:
            key = people.key_of(who)
            outcome = linking.link_by_command(key, people.identified(identifier), why)
        except ValueError as error:
            raise Refused(str(error)) from None
    said = {
        "linked": f"The identifier is now {who}'s.",
        "already": f"The identifier was {who}'s before.",
        "disputed": "The identifier is somebody else's: it is disputed now, and earns nobody until a reviewer"
        " has settled it.",
    }
    show({"person": key.hex(), "outcome": outcome.value}, said[outcome.value], as_json)


@click.command("unlink", epilog=_IDENTIFIER)
@click.argument("identifier")
@_why
@as_json_option
def unlink(identifier: str, why: str, as_json: bool) -> None:
    """Make IDENTIFIER nobody's: its time goes on under itself, and returns when it is linked again."""
    from lms_tracker.actions import linking, people

    with opened():
        try:
            holder = linking.unlink_by_command(people.identified(identifier).key, why)
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"person": holder.hex()}, "The identifier is nobody's now.", as_json)


@click.command("share", epilog=_IDENTIFIER)
@click.argument("identifier")
@click.option("--end", is_flag=True, help="It is not shared any more.")
@_why
@as_json_option
def share(identifier: str, end: bool, why: str, as_json: bool) -> None:
    """Mark IDENTIFIER as an account shared by many, such as a guest's: it earns nobody.

    Ended, it goes back to whom the marking took it from.
    """
    from lms_tracker.actions import people, sharing

    holder = None
    with opened():
        try:
            if end:
                holder = sharing.unmark(None, people.identified(identifier), why)
            else:
                sharing.mark(None, people.identified(identifier), why)
        except ValueError as error:
            raise Refused(str(error)) from None
    text = "The account may earn again." if end else "The account is shared by many and earns nobody."
    if holder is not None:
        text += " It is linked again to whom it was taken from."
    found = {"person": None if holder is None else holder.hex()} if end else {}
    show({"shared": not end, **found}, text, as_json)


@click.command("merge")
@click.argument("survivor")
@click.argument("loser")
@_why
@click.option("--dry-run", is_flag=True, help="Say what it would change, and change nothing.")
@as_json_option
def merge(survivor: str, loser: str, why: str, dry_run: bool, as_json: bool) -> None:
    """Merge the record LOSER into SURVIVOR, each a login or the key of a record: they are one person."""
    from lms_tracker.actions import merging, people

    with opened():
        try:
            keys = people.key_of(survivor), people.key_of(loser)
            preview = merging.preview(None, *keys)
            number = None if dry_run else merging.merge(None, *keys, why)
        except ValueError as error:
            raise Refused(str(error)) from None
    done = "" if number is None else f" Merged; undo it with: person unmerge {number}"
    show({"merge": number, **_as_json(preview)}, f"{_told(preview)}{done}", as_json)


def _as_json(preview: Preview) -> dict[str, object]:
    return {
        "survivor": preview.survivor.hex(),
        "loser": preview.loser.hex(),
        "survivor_seconds": preview.of_survivor.total,
        "loser_seconds": preview.of_loser.total,
        "together_seconds": preview.together.total,
        "identifiers": preview.identifiers,
        "courses": [
            {"course": one.course, "before_seconds": one.before.total, "after_seconds": one.after.total}
            for one in preview.differences
        ],
    }


def _told(preview: Preview) -> str:
    hours = [
        f"{sum_.total / 3600:.1f} h" for sum_ in (preview.of_survivor, preview.of_loser, preview.together)
    ]
    return f"{hours[0]} and {hours[1]} become {hours[2]}: time at both at once counts once."


@click.command("unmerge")
@click.argument("number", type=click.IntRange(min=1))
@_why
@as_json_option
def unmerge(number: int, why: str, as_json: bool) -> None:
    """Undo the merge NUMBER: what it moved goes back, what was linked or settled since stays."""
    from lms_tracker.actions import merging

    with opened():
        try:
            undone = merging.unmerge(None, number, why)
        except ValueError as error:
            raise Refused(str(error)) from None
    result = {
        "survivor": undone.survivor.hex(),
        "loser": undone.loser.hex(),
        "back": undone.back,
        "stayed": [key.hex() for key in undone.stayed],
    }
    text = f"Undone: {undone.back} identifiers went back, {len(undone.stayed)} linked since stay."
    show(result, text, as_json)


COMMANDS = (link, unlink, share, merge, unmerge)
