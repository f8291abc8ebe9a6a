"""The list proposed, its minutes and its submission."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions.recognition import grids, lists, scopes
from lms_tracker.actions.recognition.lists import Minutes, Submission
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Right
from lms_tracker.web import addresses, sessions
from lms_tracker.web.recognition import forms, rounds

blueprint = Blueprint("lists", __name__, url_prefix="/organiser/recognition")

MINUTES = ("held_on", "held_at", "chair", "secretary", "present", "votes_for", "votes_against", "note")
SUBMISSION = ("number", "sent_on", "to", "signed_by")


@blueprint.get("/rounds/<number:number>/list")
def one(number: int) -> ResponseReturnValue:
    return _page(number, {}, {})


def _page(number: int, typed: Mapping[str, str], problems: Mapping[str, str], form: str = "") -> str:
    row = forms.asked("after")
    after = None if row is None else grids.after_row(number, row)
    found = lists.listing(sessions.signed_in(), number, after, forms.asked("place"))
    return render_template(
        "organisers/recognition/list.html",
        found=found,
        minutes=typed if form == "minutes" else _said(found.minutes),
        submission=typed if form == "submission" else _said(found.submission),
        problems=problems,
        form=form,
        door="organiser",
    )


def _said(found: Any) -> dict[str, str]:
    """What was kept, as a form shows it."""
    if found is None:
        return {}
    return {name: str(getattr(found, name)) for name in found.__struct_fields__}


@blueprint.post("/rounds/<number:number>/list")
def make(number: int) -> ResponseReturnValue:
    """Make the list final."""
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    try:
        lists.make(viewer, number, revision)
    except RecognitionRefused as refused:
        return rounds.page(number, {"list": refused.rule}), 409 if refused.rule == "changed" else 422
    return redirect(url_for("lists.one", number=number), 303)


@blueprint.post("/rounds/<number:number>/minutes")
def keep_minutes(number: int) -> ResponseReturnValue:
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    scopes.demand(viewer, Right.APPROVE, number)
    typed = forms.typed(*MINUTES)
    try:
        lists.keep_minutes(viewer, number, revision, _minutes(typed))
    except RecognitionRefused as refused:
        return _refused(number, typed, refused, "minutes")
    return redirect(url_for("lists.one", number=number), 303)


def _minutes(typed: Mapping[str, str]) -> Minutes:
    return Minutes(
        held_on=forms.day(typed["held_on"], "held_on"),
        held_at=typed["held_at"].strip(),
        chair=typed["chair"].strip(),
        secretary=typed["secretary"].strip(),
        present=typed["present"].replace("\r\n", "\n").strip(),
        votes_for=forms.whole(typed["votes_for"], "votes", "votes_for"),
        votes_against=forms.whole(typed["votes_against"] or "0", "votes", "votes_against"),
        note=typed["note"].replace("\r\n", "\n").strip(),
    )


@blueprint.post("/rounds/<number:number>/submission")
def submit(number: int) -> ResponseReturnValue:
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    scopes.demand(viewer, Right.APPROVE, number)
    typed = forms.typed(*SUBMISSION)
    try:
        submission = Submission(
            number=typed["number"].strip(),
            sent_on=forms.day(typed["sent_on"], "sent_on"),
            to=typed["to"].strip(),
            signed_by=typed["signed_by"].strip(),
        )
        lists.submit(viewer, number, revision, submission)
    except RecognitionRefused as refused:
        return _refused(number, typed, refused, "submission")
    return redirect(url_for("lists.one", number=number), 303)


def _refused(
    number: int, typed: Mapping[str, str], refused: RecognitionRefused, form: str
) -> ResponseReturnValue:
    status = 409 if refused.rule == "changed" else 422
    return _page(number, typed, {refused.field or "form": refused.rule}, form), status
