"""The page of accounts that many people use: which are marked, marking one, and taking that back."""

from collections.abc import Mapping

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms_tracker.actions import sharing
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.web import sessions
from lms_tracker.web.accounts import asked_actor, pop_told, told
from lms_tracker.web.identities import MOST_CHARACTERS, asked_identifier

blueprint = Blueprint("sharing", __name__)

FIELDS = ("address", "site", "account", "why", "actor")


@blueprint.get("/organiser/identities/shared")
def listed() -> ResponseReturnValue:
    return _page({}, "", "")


def _page(typed: Mapping[str, str], form: str, problem: str) -> str:
    return render_template(
        "organisers/shared_accounts.html",
        found=sharing.listed(sessions.signed_in()),
        most=sharing.MOST,
        told=pop_told(),
        typed=typed,
        form=form,
        problem=problem,
        example_site="https://lms.example.vn",
        door="organiser",
    )


def _refused(form: str, problem: str) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "")[:MOST_CHARACTERS] for name in FIELDS}
    return make_response(_page(typed, form, problem), 422)


@blueprint.post("/organiser/identities/shared")
def mark() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    sharing.demand_administrator(viewer)
    try:
        sharing.mark(viewer, asked_identifier(), request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused("mark", refused.rule)
    return told("shared", "sharing.listed")


@blueprint.post("/organiser/identities/shared/end")
def unmark() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    sharing.demand_administrator(viewer)
    try:
        sharing.unmark_key(viewer, asked_actor(), request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused("unmark", refused.rule)
    return told("not-shared", "sharing.listed")
