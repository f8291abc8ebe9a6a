"""Numbered decisions: made about a list, looked at with their names, and titles taken back by another."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import clock, contents
from lms_tracker.actions.proofs import ProofRefused
from lms_tracker.actions.recognition import decisions, lists, revocations, scopes
from lms_tracker.actions.recognition.decisions import Deciding, Scan
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Right
from lms_tracker.learning.recognition.models import Result
from lms_tracker.web import addresses, sessions
from lms_tracker.web.claims import PROOF_POLICY
from lms_tracker.web.recognition import forms

blueprint = Blueprint("decisions", __name__, url_prefix="/organiser/recognition")

FIELDS = ("number", "decided_on", "signed_by", "authority", "why", "form", "revision")


@blueprint.get("/rounds/<number:number>/decision")
def new(number: int) -> ResponseReturnValue:
    return _form(number, {"form": forms.new_form(), "decided_on": clock.today().isoformat()}, {})


def _form(number: int, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    viewer = sessions.signed_in()
    scopes.demand(viewer, Right.APPROVE, number)
    found = lists.listing(viewer, number)
    return render_template(
        "organisers/recognition/decision_new.html",
        found=found,
        authority=decisions.who_decides(viewer, number, clock.today()),
        typed=typed,
        chosen=set(forms.chosen_many("posthumous", lists.PAGE)),
        problems=problems,
        door="organiser",
    )


@blueprint.post("/rounds/<number:number>/decision")
def decide(number: int) -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed(*FIELDS)
    scopes.demand(viewer, Right.APPROVE, number)
    revision, form_key = addresses.form_number("revision"), forms.form_key()
    sent = request.files.get("scan")
    scan = Scan(sent.filename or "", sent.stream) if sent is not None and sent.filename else None
    try:
        made = decisions.decide(viewer, number, revision, read(typed), form_key, scan)
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _form(number, typed, {refused.field or "form": refused.rule}), status
    except ProofRefused as refused:
        return _form(number, typed, {"scan": refused.rule}), 422
    finally:
        if sent is not None:
            sent.close()
    return redirect(url_for("decisions.one", number=made), 303)


def read(typed: Mapping[str, str]) -> Deciding:
    """A decision as a form says it. Raises RecognitionRefused."""
    return Deciding(
        number=typed["number"].strip(),
        decided_on=forms.day(typed["decided_on"], "decided_on"),
        signed_by=typed["signed_by"].strip(),
        why=typed["why"].strip(),
        authority=typed["authority"].strip(),
        posthumous=frozenset(forms.chosen_many("posthumous", lists.PAGE)),
    )


@blueprint.get("/decisions/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _page(number, {"form": forms.new_form(), "decided_on": clock.today().isoformat()}, {})


def _page(number: int, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    page, result = addresses.page(), request.args.get("result", "")
    found = decisions.page_of(sessions.signed_in(), number, page, result if result in tuple(Result) else "")
    return render_template(
        "organisers/recognition/decision.html",
        found=found,
        typed=typed,
        chosen=set(forms.chosen_many("chosen")),
        problems=problems,
        page=page,
        door="organiser",
    )


@blueprint.post("/decisions/<number:number>/revoke")
def revoke(number: int) -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed(*FIELDS)
    decisions.demand_revoke(viewer, number)
    form_key = forms.form_key()
    try:
        chosen = forms.chosen_many("chosen")
        made = revocations.revoke(viewer, number, chosen, read(typed), form_key)
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _page(number, typed, {refused.field or "form": refused.rule}), status
    return redirect(url_for("decisions.one", number=made), 303)


@blueprint.get("/decisions/<number:number>/scan")
def scan(number: int) -> ResponseReturnValue:
    """The signed paper of a decision."""
    try:
        found, data = decisions.scan_of(sessions.signed_in(), number)
    except contents.Missing:
        abort(404)
    response = Response(stream_with_context(data), content_type=found.content_type)
    ending = (found.content_name or "scan.pdf").rpartition(".")[2]
    response.headers.set("Content-Disposition", "attachment", filename=f"decision-{number}.{ending}")
    response.headers["Content-Security-Policy"] = PROOF_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
