"""The organisers' pages of places: the units of a day, one unit, and what officers change below a commune."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms_tracker.actions import local_places, place_sheets
from lms_tracker.actions.local_places import Change
from lms_tracker.actions.local_rules import (
    MOST_AT_ONCE,
    MOST_DOCUMENT,
    MOST_NAME,
    Called,
    LocalRefused,
    Problem,
)
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.places import LOCAL_KINDS, MOST_CHARACTERS
from lms_tracker.web import place_words, sessions
from lms_tracker.web.days import read_day

blueprint = Blueprint("places", __name__, url_prefix="/organiser/places")

# What a form may hold of each field before it is cut: the rules refuse far less.
MOST_TYPED = 4_000
NUMBER_DIGITS = 18
FIELDS = ("kind", "name", "names", "on", "document")


@blueprint.get("", strict_slashes=False)
def atlas() -> ResponseReturnValue:
    """The provinces of a day; with `find`, places by name."""
    viewer = sessions.signed_in()
    text = request.args.get("find", "")[:MOST_CHARACTERS].strip()
    found = place_sheets.atlas(viewer, _asked_day(), text)
    return render_template("organisers/places.html", found=found, day=_asked_day(), door="organiser")


@blueprint.get("/<number:place>")
def show(place: int) -> ResponseReturnValue:
    return _page(sessions.signed_in(), place)


@blueprint.post("/<number:place>/add")
def add(place: int) -> ResponseReturnValue:
    """Enter a local place of a commune."""
    viewer = sessions.signed_in()

    def work() -> int:
        since = _day("on") if request.form.get("on", "").strip() else None
        return local_places.add(viewer, place, _called(), since, _document()).id

    return _changed(viewer, place, "add", work, leads_to=place)


@blueprint.post("/<number:place>/merge")
def merge(place: int) -> ResponseReturnValue:
    """Make one place of those that were chosen in a commune's list."""
    viewer = sessions.signed_in()
    return _changed(
        viewer, place, "merge", lambda: local_places.merge(_change(viewer), _chosen(), _called()).id
    )


@blueprint.post("/<number:place>/rename")
def rename(place: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    return _changed(
        viewer, place, "rename", lambda: local_places.rename(_change(viewer), place, _called()).id
    )


@blueprint.post("/<number:place>/correct")
def correct(place: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> int:
        local_places.correct(viewer, place, _called())
        return place

    return _changed(viewer, place, "correct", work)


@blueprint.post("/<number:place>/split")
def split(place: int) -> ResponseReturnValue:
    """Make several places of one, each named in a line of its own."""
    viewer = sessions.signed_in()

    def work() -> int:
        kind = request.form.get("kind", "")
        lines = request.form.get("names", "")[:MOST_TYPED].splitlines()
        called = [Called(kind, line) for line in lines if line.strip()]
        local_places.split(_change(viewer), place, called)
        return place

    return _changed(viewer, place, "split", work)


@blueprint.post("/<number:place>/end")
def end(place: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> int:
        local_places.end(_change(viewer), place)
        return place

    return _changed(viewer, place, "end", work)


@blueprint.post("/<number:place>/follow")
def follow(place: int) -> ResponseReturnValue:
    """Let a local place of an old commune go on in this one."""
    viewer = sessions.signed_in()
    return _changed(
        viewer,
        place,
        "follow",
        lambda: local_places.follow(viewer, _number("local"), place).id,
        leads_to=place,
    )


# --- what all of these share -----------------------------------------------------------------------------


def _changed(
    viewer: Viewer, place: int, form: str, work: Callable[[], int], leads_to: int | None = None
) -> ResponseReturnValue:
    """Do the work and lead to what came of it; else the page again, with what was typed and what is wrong."""
    # Whoever may not is not told what is wrong with the form.
    local_places.demand_change(viewer, place)
    try:
        made = work()
    except LocalRefused as refused:
        status = 409 if refused.problem is Problem.ENDED else 422
        return _page(viewer, place, form, refused.problem), status
    flash(_("Đã lưu thay đổi."))
    return redirect(url_for("places.show", place=leads_to or made), 303)


def _page(viewer: Viewer, place: int, form: str = "", problem: Problem | None = None) -> str:
    """One place. `form` names the form that was sent, of which `problem` tells what is wrong."""
    sheet = place_sheets.sheet(viewer, place, _asked_day())
    sentence, field = place_words.PROBLEMS[problem] if problem else ("", "")
    if form == "split" and field == "name":
        field = "names"
    return render_template(
        "organisers/place.html",
        sheet=sheet,
        place=sheet.told.place,
        kinds=LOCAL_KINDS,
        form=form,
        typed={name: request.form.get(name, "")[:MOST_TYPED] for name in FIELDS},
        chosen=set(request.form.getlist("places")[:MOST_AT_ONCE]),
        sentence=sentence,
        field=field,
        most_name=MOST_NAME,
        most_document=MOST_DOCUMENT,
        door="organiser",
    )


def _asked_day() -> date | None:
    """The day in the address; anything else is today."""
    return read_day(request.args.get("on", ""))


def _day(name: str) -> date:
    found = read_day(request.form.get(name, ""))
    if found is None:
        raise LocalRefused(Problem.DAY)
    return found


def _document() -> str:
    return request.form.get("document", "")[:MOST_TYPED].strip()


def _called() -> Called:
    return Called(request.form.get("kind", ""), request.form.get("name", "")[:MOST_TYPED])


def _change(viewer: Viewer) -> Change:
    return Change(viewer, _day("on"), _document())


def _chosen() -> list[int]:
    return [_as_number(text) for text in request.form.getlist("places")[: MOST_AT_ONCE + 1]]


def _number(name: str) -> int:
    return _as_number(request.form.get(name, ""))


def _as_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise LocalRefused(Problem.NO_PLACE)
    return int(text)
