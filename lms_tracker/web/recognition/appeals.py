"""Requests that a result be looked at again, as those who answer them see them."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import appeals, decisions
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.web import addresses, sessions
from lms_tracker.web.recognition import forms
from lms_tracker.web.recognition.decisions import FIELDS, read

blueprint = Blueprint("appeals", __name__, url_prefix="/organiser/recognition/appeals")


@blueprint.get("", strict_slashes=False)
def queue() -> ResponseReturnValue:
    page = addresses.page()
    shown, count = appeals.queue(sessions.signed_in(), page)
    return render_template(
        "organisers/recognition/appeals.html",
        shown=shown,
        count=count,
        page=page,
        more=count > page * appeals.PAGE,
        door="organiser",
    )


@blueprint.get("/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _page(number, {"form": forms.new_form(), "decided_on": clock.today().isoformat()}, {})


def _page(number: int, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    viewer = sessions.signed_in()
    found = appeals.one_of(viewer, number)
    return render_template(
        "organisers/recognition/appeal.html",
        found=found,
        authority=decisions.who_decides(viewer, found.round.id, clock.today()) if found.may_answer else None,
        typed=typed,
        problems=problems,
        door="organiser",
    )


@blueprint.post("/<number:number>")
def answer(number: int) -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed(*FIELDS, "answer", "outcome")
    appeals.demand_answer(viewer, number)
    revision, form_key = addresses.form_number("revision"), forms.form_key()
    try:
        if typed["outcome"] == "uphold":
            appeals.uphold(viewer, number, revision, typed["answer"], read(typed), form_key)
        elif typed["outcome"] == "dismiss":
            appeals.dismiss(viewer, number, revision, typed["answer"])
        else:
            raise RecognitionRefused("answer", "outcome")
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _page(number, typed, {refused.field or "form": refused.rule}), status
    return redirect(url_for("appeals.one", number=number), 303)
