"""Officers' and reviewers' pages of people's identifiers: linked by sight, settled, merged and parted."""

import json
from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import accounts, linking, merging, proving
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.actions.linking import Decision
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.web import addresses, sessions
from lms_tracker.web.accounts import asked_actor, pop_told, told
from xapi.actors import Identified, read_agent
from xapi.faults import Refusal

blueprint = Blueprint("identities", __name__)

# Longer than any identifier that people type.
MOST_CHARACTERS = 500


@blueprint.get("/organiser/identities")
def disputed() -> ResponseReturnValue:
    found = accounts.disputed(sessions.signed_in())
    return render_template("organisers/identities.html", found=found, door="organiser")


@blueprint.get("/people/<key>/accounts")
def of_person(key: str) -> ResponseReturnValue:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    leads_to = accounts.leads_to(viewer, person_key)
    if leads_to != person_key:
        return redirect(url_for("identities.of_person", key=leads_to.hex()))
    return _page(person_key, {}, "", "")


def _page(person_key: bytes, typed: Mapping[str, str], form: str, problem: str) -> str:
    return render_template(
        "organisers/accounts.html",
        found=accounts.of_person(sessions.signed_in(), person_key),
        told=pop_told(),
        typed=typed,
        form=form,
        problem=problem,
        example_site="https://lms.example.vn",
        decisions=[decision.value for decision in Decision],
        door="organiser",
    )


def _refused(person_key: bytes, form: str, problem: str) -> ResponseReturnValue:
    names = ("address", "site", "account", "why", "actor", "decision", "merge")
    typed = {name: request.form.get(name, "")[:MOST_CHARACTERS] for name in names}
    return make_response(_page(person_key, typed, form, problem), 422)


@blueprint.post("/people/<key>/accounts")
def link(key: str) -> ResponseReturnValue:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    accounts.demand_enterable(viewer, person_key)
    try:
        outcome = linking.link_by_sight(viewer, person_key, asked_identifier(), request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused(person_key, "link", refused.rule)
    return told(outcome.value, "identities.of_person", key=key)


def asked_identifier() -> Identified:
    """The identifier that a form names: an e-mail address, or a site and the account there."""
    address, site, account = (
        request.form.get(name, "").strip()[:MOST_CHARACTERS] for name in ("address", "site", "account")
    )
    if bool(address) == bool(site or account) or bool(site) != bool(account):
        raise IdentityRefused("not-an-identifier", "expected one identifier")
    if address:
        return proving.mailbox(address)
    try:
        return read_agent(json.dumps({"account": {"homePage": site, "name": account}}), "2.0.0")
    except Refusal as refusal:
        raise IdentityRefused("not-an-identifier", "expected a site and an account") from refusal


@blueprint.post("/people/<key>/accounts/unlink")
def unlink(key: str) -> ResponseReturnValue:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    accounts.demand_enterable(viewer, person_key)
    actor_key = asked_actor()
    try:
        linking.unlink(viewer, person_key, actor_key, request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused(person_key, "unlink", refused.rule)
    return told("unlinked", "identities.of_person", key=key)


@blueprint.post("/people/<key>/accounts/settle")
def settle(key: str) -> ResponseReturnValue:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    accounts.demand_reviewable(viewer, person_key)
    actor_key = asked_actor()
    decision = request.form.get("decision", "")
    if decision not in tuple(Decision):
        return _refused(person_key, "settle", "decision")
    try:
        linking.settle(viewer, actor_key, Decision(decision), request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused(person_key, "settle", refused.rule)
    return told("settled", "identities.of_person", key=key)


@blueprint.get("/people/<key>/merge")
def merge_preview(key: str) -> ResponseReturnValue:
    """The form; with `other`, what merging that record into this one would change."""
    return _merge_page(addresses.person_key(key), request.args.get("other", ""), "", "")


def _merge_page(person_key: bytes, other: str, why: str, problem: str) -> str:
    viewer = sessions.signed_in()
    name = accounts.name_for_merge(viewer, person_key)
    found, loser = None, None
    if other:
        loser = accounts.find(viewer, other)
        if loser is None:
            problem = problem or "no-record"
        else:
            try:
                found = merging.preview(viewer, person_key, loser)
            except IdentityRefused as refused:
                problem = problem or refused.rule
    return render_template(
        "organisers/merge.html",
        person_key=person_key,
        name=name,
        other=other[:MOST_CHARACTERS],
        found=found,
        loser_name=accounts.name_for_merge(viewer, loser) if found and loser else "",
        why=why,
        problem=problem,
        door="organiser",
    )


@blueprint.post("/people/<key>/merge")
def merge(key: str) -> ResponseReturnValue:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    accounts.name_for_merge(viewer, person_key)
    other, why = request.form.get("other", ""), request.form.get("why", "")[:MOST_CHARACTERS]
    loser = accounts.find(viewer, other)
    try:
        if loser is None:
            raise IdentityRefused("no-record", "there is no such record")
        merging.merge(viewer, person_key, loser, why)
    except IdentityRefused as refused:
        return make_response(_merge_page(person_key, other, why, refused.rule), 422)
    return told("merged", "identities.of_person", key=key)


@blueprint.post("/people/<key>/unmerge")
def unmerge(key: str) -> ResponseReturnValue:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    accounts.name_for_merge(viewer, person_key)
    number = addresses.form_number("merge")
    if not accounts.survived(person_key, number):
        raise NotAllowed
    try:
        merging.unmerge(viewer, number, request.form.get("why", ""))
    except IdentityRefused as refused:
        return _refused(person_key, "unmerge", refused.rule)
    return told("unmerged", "identities.of_person", key=key)
