"""Who is in a round: the list, registering many, one row by itself, its review, taking it out."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import contents
from lms_tracker.actions.recognition import (
    entries,
    grids,
    populations,
    proofs,
    registrations,
    scopes,
    scores,
    sheets,
)
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.recognition.scores import CellsRefused
from lms_tracker.actions.rights import Right
from lms_tracker.web import addresses, sessions
from lms_tracker.web.claims import PROOF_POLICY
from lms_tracker.web.recognition import forms

blueprint = Blueprint("entries", __name__, url_prefix="/organiser/recognition")


@blueprint.get("/rounds/<number:number>/entries", endpoint="list")
def list_page(number: int) -> ResponseReturnValue:
    """Everybody in a round, a page at a time, of a thôn or of all, in one state or any."""
    viewer = sessions.signed_in()
    state = request.args.get("state", "")
    if state and state not in entries.STATES:
        abort(404)
    row = forms.asked("after")
    after = None if row is None else grids.after_row(number, row)
    found = entries.listed(viewer, number, forms.asked("place"), state, after)
    return render_template("organisers/recognition/entries.html", found=found, state=state, door="organiser")


@blueprint.get("/rounds/<number:number>/register")
def choose(number: int) -> ResponseReturnValue:
    return _choosing(number, {})


def _choosing(number: int, problems: Mapping[str, str]) -> str:
    text = request.args.get("find", "")[:200].strip()
    page = addresses.page()
    found = registrations.choosing(sessions.signed_in(), number, forms.asked("place"), text, page)
    return render_template(
        "organisers/recognition/register.html",
        found=found,
        sought=text,
        page=page,
        problems=problems,
        done=forms.asked("done"),
        door="organiser",
    )


@blueprint.post("/rounds/<number:number>/register")
def register(number: int) -> ResponseReturnValue:
    """Register a whole place ("all"), or those chosen: people by key, other subjects by number."""
    viewer = sessions.signed_in()
    place_id, keys = forms.chosen("place"), request.form.getlist("person")
    subject_ids = forms.chosen_many("subject")
    population = request.form.get("population", "")[:100]
    scopes.demand(viewer, Right.ENTER, number)
    what = request.form.get("what", "")
    chosen = {addresses.person_key(key) for key in keys[: registrations.PAGE]}
    try:
        if what == "all":
            done = registrations.register(viewer, number, place_id=place_id, population=population)
        elif what == "chosen" and chosen:
            done = registrations.register(viewer, number, person_keys=chosen, population=population)
        elif what == "chosen" and subject_ids:
            done = registrations.register(viewer, number, subject_ids=set(subject_ids))
        else:
            return _choosing(number, {"form": "nobody-chosen"}), 422
    except RecognitionRefused as refused:
        return _choosing(number, {refused.field or "form": refused.rule}), 422
    return redirect(url_for("entries.choose", number=number, done=done.new + done.back, place=place_id), 303)


@blueprint.get("/rows/<number:number>")
def row(number: int) -> ResponseReturnValue:
    return _row(number, {})


def _row(number: int, problems: Mapping[str, str], typed: Mapping[str, str] | None = None) -> str:
    found = sheets.sheet(sessions.signed_in(), number)
    return render_template(
        "organisers/recognition/row.html",
        found=found,
        problems=problems,
        typed=typed,
        own_address=None,
        door="organiser",
    )


@blueprint.post("/rows/<number:number>")
def review(number: int) -> ResponseReturnValue:
    """What the reviewers give, what they propose and why."""
    viewer = sessions.signed_in()
    typed = {name: text[: forms.MOST_TYPED] for name, text in request.form.items()}
    cells = {name[2:]: text for name, text in typed.items() if name.startswith("p-")}
    revision = addresses.form_number("revision")
    try:
        scores.review(viewer, number, revision, cells, typed.get("result", ""), typed.get("note", ""))
    except CellsRefused as refused:
        return _row(number, refused.problems, typed), 422
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _row(number, {refused.field or "form": refused.rule}, typed), status
    return redirect(url_for("entries.row", number=number), 303)


@blueprint.post("/rows/<number:number>/propose")
def propose(number: int) -> ResponseReturnValue:
    """What is proposed against the thresholds, on a list that stands."""
    viewer, typed = sessions.signed_in(), forms.typed("result", "reason")
    revision = addresses.form_number("revision")
    try:
        scores.override(viewer, number, revision, typed["result"], typed["reason"])
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _row(number, {f"propose-{refused.field}": refused.rule}, typed), status
    return redirect(url_for("entries.row", number=number), 303)


@blueprint.post("/rows/<number:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed("why")
    revision = addresses.form_number("revision")
    try:
        registrations.withdraw(viewer, number, revision, typed["why"])
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _row(number, {"why": refused.rule}, typed), status
    return redirect(url_for("entries.row", number=number), 303)


@blueprint.post("/rows/<number:number>/group")
def regroup(number: int) -> ResponseReturnValue:
    """Another population group, by whose table the row is scored."""
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    try:
        populations.change(viewer, number, revision, request.form.get("population", "")[:100])
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _row(number, {"population": refused.rule}), status
    return redirect(url_for("entries.row", number=number), 303)


@blueprint.get("/rows/<number:number>/proofs/<number:proof>")
def proof(number: int, proof: int) -> ResponseReturnValue:
    return sent_proof(number, proof)


def sent_proof(number: int, proof_id: int) -> ResponseReturnValue:
    """A proof's file: a picture that was drawn anew is shown, anything else is for downloading."""
    try:
        found, data = proofs.one_of(sessions.signed_in(), number, proof_id)
    except contents.Missing:
        abort(404)
    response = Response(stream_with_context(data), content_type=found.content_type)
    shown = "inline" if found.content_type == "image/jpeg" else "attachment"
    name = found.name or "proof"
    names = {"filename": f"proof-{proof_id}.{name.rpartition('.')[2]}"}
    names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    response.headers.set("Content-Disposition", shown, **names)
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Security-Policy"] = PROOF_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response
