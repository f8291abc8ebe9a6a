"""A citizen's own recognition: registering, scoring oneself, proofs, results, asking to look again."""

import os
from collections.abc import Mapping

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import proofs as files
from lms_tracker.actions.proofs import ProofRefused
from lms_tracker.actions.recognition import (
    appeals,
    own,
    populations,
    proofs,
    scores,
    self_registrations,
    sheets,
)
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.recognition.scores import CellsRefused
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.web import addresses, sessions
from lms_tracker.web.recognition import forms
from lms_tracker.web.recognition.entries import sent_proof

blueprint = Blueprint("recognition", __name__, url_prefix="/recognition")

AROUND_FILES = 65_536


def most_bytes_of_a_proof() -> int:
    """How large the form with a proof may be."""
    return files.most_bytes() + AROUND_FILES


@blueprint.get("", strict_slashes=False)
def mine() -> ResponseReturnValue:
    return _mine({}, {})


def _mine(problems: Mapping[str, str], typed: Mapping[str, str]) -> str:
    found = own.mine(sessions.signed_in())
    return render_template(
        "citizens/recognition.html", found=found, problems=problems, typed=typed, door="record"
    )


@blueprint.post("/rounds/<number:number>/register")
def register(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    try:
        self_registrations.register_self(viewer, number, request.form.get("population", "")[:100])
    except RecognitionRefused as refused:
        return _mine({f"round-{number}": refused.rule}, {}), 422
    return redirect(url_for("recognition.mine"), 303)


@blueprint.post("/rounds/<number:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    try:
        self_registrations.withdraw_self(viewer, number)
    except RecognitionRefused as refused:
        return _mine({"form": refused.rule}, {}), 409 if refused.rule == "changed" else 422
    return redirect(url_for("recognition.mine"), 303)


@blueprint.get("/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _one(number, {})


def _one(number: int, problems: Mapping[str, str], typed: Mapping[str, str] | None = None) -> str:
    found = sheets.sheet(sessions.signed_in(), number)
    if not found.is_own:
        # Others look at it by the organisers' page.
        raise NotAllowed
    g.page_path = url_for("recognition.one", number=number)
    return render_template(
        "citizens/recognition_row.html",
        found=found,
        problems=problems,
        typed=typed,
        most_megabytes=files.most_bytes() // 1024**2,
        door="record",
    )


@blueprint.post("/<number:number>")
def score(number: int) -> ResponseReturnValue:
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    typed = {name: text[:40] for name, text in request.form.items()}
    cells = {name[2:]: text for name, text in typed.items() if name.startswith("p-")}
    try:
        scores.score_self(viewer, number, revision, cells)
    except CellsRefused as refused:
        return _one(number, refused.problems, typed), 422
    except RecognitionRefused as refused:
        return _one(number, {"form": refused.rule}, typed), 409 if refused.rule == "changed" else 422
    return redirect(url_for("recognition.one", number=number), 303)


@blueprint.post("/<number:number>/group")
def regroup(number: int) -> ResponseReturnValue:
    viewer, revision = sessions.signed_in(), addresses.form_number("revision")
    try:
        populations.change_own(viewer, number, revision, request.form.get("population", "")[:100])
    except RecognitionRefused as refused:
        status = 409 if refused.rule == "changed" else 422
        return _one(number, {"population": refused.rule}), status
    return redirect(url_for("recognition.one", number=number), 303)


@blueprint.post("/<number:number>/proofs")
def add_proof(number: int) -> ResponseReturnValue:
    viewer, sent = sessions.signed_in(), request.files.get("proof")
    typed = forms.typed("item", "words")
    name, stream = "", None
    if sent is not None and (sent.filename or sent.seek(0, os.SEEK_END)):
        sent.seek(0)
        name, stream = sent.filename or "", sent.stream
    try:
        proofs.add(viewer, number, typed["item"], typed["words"], name, stream)
    except RecognitionRefused as refused:
        return _one(number, {refused.field or "form": refused.rule}, typed), 422
    except ProofRefused as refused:
        return _one(number, {"proof": refused.rule}, typed), 422
    finally:
        if sent is not None:
            sent.close()
    return redirect(url_for("recognition.one", number=number), 303)


@blueprint.post("/<number:number>/proofs/<number:proof>/remove")
def remove_proof(number: int, proof: int) -> ResponseReturnValue:
    try:
        proofs.remove(sessions.signed_in(), number, proof)
    except RecognitionRefused as refused:
        return _one(number, {"form": refused.rule}), 422
    return redirect(url_for("recognition.one", number=number), 303)


@blueprint.get("/<number:number>/proofs/<number:proof>")
def proof(number: int, proof: int) -> ResponseReturnValue:
    return sent_proof(number, proof)


@blueprint.post("/results/<number:number>/appeal")
def appeal(number: int) -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed("words")
    try:
        appeals.make(viewer, number, typed["words"])
    except RecognitionRefused as refused:
        return _mine({f"appeal-{number}": refused.rule}, {f"appeal-{number}": typed["words"]}), 422
    return redirect(url_for("recognition.mine"), 303)


@blueprint.post("/appeals/<number:number>/withdraw")
def withdraw_appeal(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    try:
        appeals.withdraw(viewer, number)
    except RecognitionRefused as refused:
        return _mine({"form": refused.rule}, {}), 422
    return redirect(url_for("recognition.mine"), 303)
