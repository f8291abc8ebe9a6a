"""Rounds as organisers see them: the list, opening one, its page, one step back, cancelling."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import rounds, steps
from lms_tracker.actions.recognition.criteria import NoSet
from lms_tracker.actions.recognition.rounds import Wanted
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.learning.criteria import AREAS
from lms_tracker.learning.recognition.models import Model
from lms_tracker.web import addresses, sessions
from lms_tracker.web.recognition import forms

blueprint = Blueprint("rounds", __name__, url_prefix="/organiser/recognition")

FIELDS = ("model", "year", "where", "opens_on", "closes_on", "area", "title")


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    viewer, page = sessions.signed_in(), addresses.page()
    shown, more = rounds.listed(viewer, page, forms.asked("year"))
    return render_template(
        "organisers/recognition/rounds.html", shown=shown, more=more, page=page, door="organiser"
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    year = clock.today().year
    typed = {
        "model": Model.CITIZEN,
        "year": str(year),
        "opens_on": date(year, 1, 1).isoformat(),
        "closes_on": date(year, 12, 31).isoformat(),
    }
    return _form(typed, {})


def _form(typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    return render_template(
        "organisers/recognition/round_new.html",
        typed=typed,
        problems=problems,
        choices=rounds.choices(sessions.signed_in()),
        models=list(Model),
        areas=AREAS,
        door="organiser",
    )


@blueprint.post("/new")
def open_() -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed(*FIELDS)
    rounds.choices(viewer)
    try:
        number = rounds.open_round(viewer, _wanted(typed))
    except RecognitionRefused as refused:
        return _form(typed, {refused.field or "form": refused.rule}), 422
    except NoSet:
        return _form(typed, {"model": "no-set"}), 422
    return redirect(url_for("rounds.one", number=number), 303)


def _wanted(typed: Mapping[str, str]) -> Wanted:
    """What a form asks for; `where` is "place-1" or "unit-1"."""
    kind, _, text = typed["where"].partition("-")
    if kind not in ("place", "unit"):
        raise RecognitionRefused("place", "where")
    number = forms.whole(text, "place", "where")
    return Wanted(
        model=typed["model"],
        year=forms.whole(typed["year"], "year", "year", 9999),
        place_id=number if kind == "place" else None,
        organisation_id=number if kind == "unit" else None,
        opens_on=forms.day(typed["opens_on"], "opens_on"),
        closes_on=forms.day(typed["closes_on"], "closes_on"),
        area=typed["area"],
        title=typed["title"],
    )


@blueprint.get("/rounds/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return page(number, {})


def page(number: int, problems: Mapping[str, str], typed: Mapping[str, str] | None = None) -> str:
    """The page of a round; `problems` by the field of a form on it."""
    found = rounds.page_of(sessions.signed_in(), number)
    return render_template(
        "organisers/recognition/round.html",
        found=found,
        problems=problems,
        typed=typed or {},
        door="organiser",
    )


@blueprint.post("/rounds/<number:number>/back")
def back(number: int) -> ResponseReturnValue:
    return _stepped(number, "back")


@blueprint.post("/rounds/<number:number>/cancel")
def cancel(number: int) -> ResponseReturnValue:
    return _stepped(number, "cancel")


def _stepped(number: int, what: str) -> ResponseReturnValue:
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    reason = request.form.get("reason", "")
    try:
        (steps.back if what == "back" else steps.cancel)(viewer, number, revision, reason)
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return page(number, {what: refused.rule}, {what: reason[: forms.MOST_TYPED]}), status
    return redirect(url_for("rounds.one", number=number), 303)
