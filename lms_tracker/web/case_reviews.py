"""The reviewers' pages: claims and disputes that wait, each by itself, and the decision about it."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import claim_reviews, claims, dispute_reviews
from lms_tracker.actions.claims import Changed, NotNow
from lms_tracker.actions.dispute_reviews import Outcome
from lms_tracker.learning.claims import read_length
from lms_tracker.web import addresses, sessions

blueprint = Blueprint("reviews", __name__, url_prefix="/organiser")

ACCEPT, REDUCE, REFUSE, DISMISS = "accept", "reduce", "refuse", "dismiss"
_TYPED = ("decision", "hours", "minutes", "reason")


@blueprint.get("/claims")
def claim_queue() -> ResponseReturnValue:
    found = claim_reviews.queue(sessions.signed_in(), addresses.page())
    return render_template("organisers/claims.html", found=found, door="organiser")


@blueprint.get("/claims/entered")
def entered() -> ResponseReturnValue:
    """What an officer has entered for others and not handed in."""
    found = claims.drafts(sessions.signed_in())
    return render_template("organisers/claims_entered.html", found=found, door="organiser")


@blueprint.get("/claims/<number:number>")
def claim(number: int) -> ResponseReturnValue:
    return _claim(number, {}, "")


def _claim(number: int, typed: Mapping[str, str], problem: str) -> str:
    found = claim_reviews.review(sessions.signed_in(), number)
    return render_template(
        "organisers/claim.html", found=found, typed=typed, problem=problem, door="organiser"
    )


@blueprint.post("/claims/<number:number>")
def decide_claim(number: int) -> ResponseReturnValue:
    typed = _typed()
    try:
        seconds = _seconds(number, typed)
        revision = addresses.form_number("revision")
        claim_reviews.decide(sessions.signed_in(), number, revision, seconds, typed["reason"])
    except NotNow as refused:
        return _claim(number, typed, refused.rule), 422
    except Changed:
        return _claim(number, typed, "changed"), 409
    return redirect(url_for("reviews.claim_queue", done=number), 303)


def _seconds(number: int, typed: Mapping[str, str]) -> int:
    """How much a decision accepts. Raises NotNow where it is none."""
    if typed["decision"] == ACCEPT:
        return claim_reviews.review(sessions.signed_in(), number).claim.seconds
    if typed["decision"] == REFUSE:
        return 0
    if typed["decision"] != REDUCE:
        raise NotNow("decision")
    seconds = read_length(typed["hours"], typed["minutes"])
    if not seconds:
        raise NotNow("seconds")
    return seconds


@blueprint.get("/disputes")
def dispute_queue() -> ResponseReturnValue:
    found = dispute_reviews.queue(sessions.signed_in(), addresses.page())
    return render_template("organisers/disputes.html", found=found, door="organiser")


@blueprint.get("/disputes/<number:number>")
def dispute(number: int) -> ResponseReturnValue:
    return _dispute(number, {}, "")


def _dispute(number: int, typed: Mapping[str, str], problem: str) -> str:
    found = dispute_reviews.review(sessions.signed_in(), number)
    return render_template(
        "organisers/dispute.html", found=found, typed=typed, problem=problem, door="organiser"
    )


@blueprint.post("/disputes/<number:number>")
def decide_dispute(number: int) -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), _typed()
    revision = addresses.form_number("revision")
    try:
        if typed["decision"] == DISMISS:
            dispute_reviews.dismiss(viewer, number, revision, typed["reason"])
        elif typed["decision"] in tuple(Outcome):
            seconds = read_length(typed["hours"], typed["minutes"])
            outcome = typed["decision"]
            dispute_reviews.uphold(viewer, number, revision, outcome, typed["reason"], seconds)
        else:
            raise NotNow("decision")
    except NotNow as refused:
        return _dispute(number, typed, refused.rule), 422
    except Changed:
        return _dispute(number, typed, "changed"), 409
    return redirect(url_for("reviews.dispute_queue", done=number), 303)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:4_000] for name in _TYPED}
