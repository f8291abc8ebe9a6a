"""Samples that a higher level looks at, and what the level below answers."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import inspections
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.learning.recognition.models import Model
from lms_tracker.web import addresses, sessions
from lms_tracker.web.recognition import forms

blueprint = Blueprint("inspections", __name__, url_prefix="/organiser/recognition/inspections")

FIELDS = ("place", "model", "year", "size", "seed")


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    return _list({"year": str(clock.today().year), "size": "30"}, {})


def _list(typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    viewer, page = sessions.signed_in(), addresses.page()
    shown, more = inspections.listed(viewer, page)
    return render_template(
        "organisers/recognition/inspections.html",
        shown=shown,
        more=more,
        page=page,
        places=inspections.choices(viewer),
        models=list(Model),
        typed=typed,
        problems=problems,
        door="organiser",
    )


@blueprint.post("")
def draw() -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed(*FIELDS)
    inspections.demand_draw(viewer)
    try:
        number = inspections.draw(
            viewer,
            forms.whole(typed["place"], "place", "place"),
            typed["model"],
            forms.whole(typed["year"], "year", "year", 9999),
            forms.whole(typed["size"], "size", "size"),
            typed["seed"],
        )
    except RecognitionRefused as refused:
        return _list(typed, {refused.field or "form": refused.rule}), 422
    return redirect(url_for("inspections.one", number=number), 303)


@blueprint.get("/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _page(number, {}, {}, ())


def _page(number: int, typed: Mapping[str, str], problems: Mapping[str, str], rows: tuple[int, ...]) -> str:
    return render_template(
        "organisers/recognition/inspection.html",
        found=inspections.page_of(sessions.signed_in(), number),
        typed=typed,
        problems=problems,
        rows=rows,
        door="organiser",
    )


@blueprint.post("/<number:number>")
def find(number: int) -> ResponseReturnValue:
    """Keep findings, and return them where that was asked for; or keep answers."""
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    typed = {name: text[: forms.MOST_TYPED] for name, text in request.form.items()}
    try:
        if typed.get("what") == "answer":
            inspections.answer(viewer, number, revision, _by_row(typed, "a"))
        else:
            notes = _by_row(typed, "n")
            found = {one: (text, notes.get(one, "").strip()) for one, text in _by_row(typed, "f").items()}
            inspections.find(viewer, number, revision, found, returns=typed.get("what") == "return")
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _page(number, typed, {refused.field or "form": refused.rule}, refused.numbers), status
    return redirect(url_for("inspections.one", number=number), 303)


def _by_row(typed: Mapping[str, str], letter: str) -> dict[int, str]:
    """What stands in fields named by a letter and the number of a row: "f12"."""
    return {
        int(name[1:]): text.strip()
        for name, text in typed.items()
        if name[:1] == letter and name[1:].isascii() and name[1:].isdigit() and len(name) <= 13
    }
