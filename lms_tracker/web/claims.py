"""Claims as citizens make them: what was learned, its proofs, handing in, and what became of it.

An officer who enters one for somebody without a telephone goes the same way, from a form of their own.
"""

import os
from collections.abc import Mapping
from contextlib import closing
from typing import Any
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms_tracker.actions import claim_reviews, claims, contents, disputes, proofs
from lms_tracker.actions.claims import Changed, ClaimRefused, NotNow
from lms_tracker.actions.proofs import ProofRefused
from lms_tracker.learning.categories import CATEGORIES
from lms_tracker.web import addresses, sessions
from xapi.keys import format_id

blueprint = Blueprint("claims", __name__)

FIELDS = (
    "category",
    "title",
    "taught_by",
    "first_day",
    "last_day",
    "hours",
    "minutes",
    "per",
    "description",
    "form",
)
# What stands around the files of a form.
AROUND_FILES = 65_536
# Nothing in a proof runs or loads anything, whatever a browser takes it for.
PROOF_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def most_bytes_of_proofs() -> int:
    """How large the form with proofs may be."""
    return claims.MOST_PROOFS * proofs.most_bytes() + AROUND_FILES


@blueprint.get("/claims")
def listed() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    return render_template("citizens/claims.html", claims=claims.mine(viewer), door="record")


@blueprint.get("/claims/new")
def new() -> ResponseReturnValue:
    sessions.signed_in()
    return _form(None, {"form": os.urandom(16).hex(), "per": "all"}, {})


@blueprint.post("/claims/new")
def begin() -> ResponseReturnValue:
    sessions.signed_in()
    return _begun(None)


@blueprint.get("/organiser/people/<key>/claims/new")
def new_for(key: str) -> ResponseReturnValue:
    """The form of an officer who enters a claim for somebody else."""
    sessions.signed_in()
    return _form(addresses.person_key(key), {"form": os.urandom(16).hex(), "per": "all"}, {})


@blueprint.post("/organiser/people/<key>/claims/new")
def begin_for(key: str) -> ResponseReturnValue:
    sessions.signed_in()
    return _begun(addresses.person_key(key))


def _begun(person_key: bytes | None) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in FIELDS}
    try:
        form_key = bytes.fromhex(typed["form"])
    except ValueError:
        form_key = b""
    if len(form_key) != 16:
        abort(400)
    try:
        number = claims.begin(sessions.signed_in(), typed, form_key, person_key)
    except ClaimRefused as refused:
        return _form(person_key, typed, refused.problems), 422
    except NotNow as refused:
        return _form(person_key, typed, {"form": refused.rule}), 422
    return redirect(url_for("claims.one", number=number), 303)


def _form(person_key: bytes | None, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    bounds = claims.bounds()
    return render_template(
        "citizens/claim_new.html",
        typed=typed,
        problems=problems,
        bounds=bounds,
        categories=list(CATEGORIES),
        name=None if person_key is None else claims.for_whom(sessions.signed_in(), person_key),
        door="record" if person_key is None else "organiser",
    )


@blueprint.get("/claims/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _page(number, {})


def _page(number: int, problems: Mapping[str, str], **more: Any) -> str:
    """The page of a claim; `problems` by the name of a file, or of the form that was sent."""
    viewer = sessions.signed_in()
    g.page_path = url_for("claims.one", number=number)
    found = claims.one(viewer, number)
    return render_template(
        "citizens/claim.html",
        found=found,
        problems=problems,
        most_proofs=claims.MOST_PROOFS,
        most_megabytes=proofs.most_bytes() // 1024**2,
        disputes=disputes.of_claim(number),
        statement=format_id(found.claim.statement_id) if found.claim.statement_id else None,
        door="record" if found.is_own else "organiser",
        **{"words": "", **more},
    )


@blueprint.post("/claims/<number:number>/proofs")
def add_proofs(number: int) -> ResponseReturnValue:
    """Each file by itself: what is right is kept although another is not."""
    viewer = sessions.signed_in()
    problems: dict[str, str] = {}
    sent = [file for file in request.files.getlist("proof") if file.filename or file.seek(0, os.SEEK_END)]
    for place, file in enumerate(sent):
        name = file.filename or ""
        with closing(file):
            if place >= claims.MOST_PROOFS:
                # What is refused does not count for a claim, and each file takes a process to look at.
                problems[name[:200]] = "proofs-many"
                continue
            file.seek(0)
            try:
                claims.add_proof(viewer, number, name, file.stream)
            except (ProofRefused, NotNow) as refused:
                problems[name[:200]] = refused.rule
            except Changed:
                problems[name[:200]] = "changed"
    if not sent:
        problems["proof"] = "proofs-none"
    return (_page(number, problems), 422) if problems else _to(number)


def too_large() -> ResponseReturnValue:
    """The page of a claim whose proofs are too large together: all that was typed is still there."""
    number = (request.view_args or {})["number"]
    return _page(number, {_("Tệp đã chọn"): "proof-large"}), 413


@blueprint.post("/claims/<number:number>/proofs/<number:proof>/remove")
def remove_proof(number: int, proof: int) -> ResponseReturnValue:
    try:
        claims.remove_proof(sessions.signed_in(), number, proof)
    except NotNow as refused:
        return _page(number, {"form": refused.rule}), 422
    except Changed:
        return _page(number, {"form": "changed"}), 409
    return _to(number)


@blueprint.post("/claims/<number:number>/send")
def hand_in(number: int) -> ResponseReturnValue:
    try:
        claims.hand_in(sessions.signed_in(), number)
    except NotNow as refused:
        return _page(number, {"form": refused.rule}), 422
    except Changed:
        return _page(number, {"form": "changed"}), 409
    return _to(number)


@blueprint.post("/claims/<number:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    try:
        claim_reviews.withdraw(sessions.signed_in(), number, addresses.form_number("revision"))
    except NotNow as refused:
        return _page(number, {"form": refused.rule}), 422
    except Changed:
        return _page(number, {"form": "changed"}), 409
    return _to(number)


@blueprint.post("/claims/<number:number>/dispute")
def dispute(number: int) -> ResponseReturnValue:
    words = request.form.get("words", "")
    try:
        opened = disputes.open_about_claim(sessions.signed_in(), number, words)
    except NotNow as refused:
        return _page(number, {"words": refused.rule}, words=words[: disputes.MOST_WORDS + 1]), 422
    # Who asked in the owner's place sees the claim, and not the owner's disputes.
    if not claims.one(sessions.signed_in(), number).is_own:
        return _to(number)
    return redirect(url_for("disputes.one", number=opened), 303)


@blueprint.get("/claims/<number:number>/proofs/<number:proof>")
def proof(number: int, proof: int) -> ResponseReturnValue:
    """A proof: a picture that was drawn anew is shown, anything else is for downloading."""
    try:
        found, data = claims.proof(sessions.signed_in(), number, proof)
    except contents.Missing:
        abort(404)
    response = Response(stream_with_context(data), content_type=found.content_type)
    shown = "inline" if found.content_type == "image/jpeg" else "attachment"
    # RFC 6266: the first for browsers that do not know the second.
    names = {"filename": f"proof-{proof}.{found.name.rpartition('.')[2]}"}
    names["filename*"] = f"UTF-8''{quote(found.name, safe='')}"
    response.headers.set("Content-Disposition", shown, **names)
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Security-Policy"] = PROOF_POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _to(number: int) -> ResponseReturnValue:
    return redirect(url_for("claims.one", number=number), 303)
