"""Disputes (đề nghị xem xét lại) as citizens open them, and as providers answer them."""

from collections.abc import Mapping

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import disputes, explanations
from lms_tracker.actions.claims import Changed, NotNow
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.web import addresses, providers, sessions

blueprint = Blueprint("disputes", __name__)


@blueprint.get("/disputes")
def listed() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    return render_template("citizens/disputes.html", disputes=disputes.mine(viewer), door="record")


@blueprint.get("/disputes/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _page(number, "")


def _page(number: int, problem: str) -> str:
    g.page_path = url_for("disputes.one", number=number)
    found = disputes.one(sessions.signed_in(), number)
    return render_template("citizens/dispute.html", found=found, problem=problem, door="record")


@blueprint.post("/disputes/<number:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    try:
        disputes.withdraw(sessions.signed_in(), number, addresses.form_number("revision"))
    except NotNow as refused:
        return _page(number, refused.rule), 422
    except Changed:
        return _page(number, "changed"), 409
    return redirect(url_for("disputes.one", number=number), 303)


@blueprint.get("/record/entries/<statement>/dispute")
def about(statement: str) -> ResponseReturnValue:
    return _form(statement, {}, "")


@blueprint.post("/record/entries/<statement>/dispute")
def open_about(statement: str) -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in ("about", "words")}
    try:
        number = disputes.open_about_entry(sessions.signed_in(), statement, typed["about"], typed["words"])
    except NotNow as refused:
        return _form(statement, typed, refused.rule), 422
    return redirect(url_for("disputes.one", number=number), 303)


@blueprint.get("/organiser/people/<key>/entries/<statement>/dispute")
def about_for(key: str, statement: str) -> ResponseReturnValue:
    """The form of an officer who asks in somebody's place."""
    return _form(statement, {}, "", _assisted(key))


@blueprint.post("/organiser/people/<key>/entries/<statement>/dispute")
def open_for(key: str, statement: str) -> ResponseReturnValue:
    person_key, viewer = _assisted(key), sessions.signed_in()
    typed = {name: request.form.get(name, "") for name in ("about", "words")}
    try:
        disputes.open_about_entry(viewer, statement, typed["about"], typed["words"], person_key)
    except NotNow as refused:
        return _form(statement, typed, refused.rule, person_key), 422
    return redirect(url_for("citizens.entry_of", key=key, statement=statement), 303)


def _assisted(key: str) -> bytes:
    viewer, person_key = sessions.signed_in(), addresses.person_key(key)
    if not disputes.may_assist(viewer, person_key):
        raise NotAllowed
    return person_key


def _form(statement: str, typed: Mapping[str, str], problem: str, person_key: bytes | None = None) -> str:
    viewer = sessions.signed_in()
    entry = explanations.explain(viewer, viewer.key if person_key is None else person_key, statement)
    return render_template(
        "citizens/dispute_new.html",
        entry=entry,
        typed=typed,
        problem=problem,
        door="record" if person_key is None else "organiser",
    )


# --- the provider's side ---------------------------------------------------------------------------------


@blueprint.get("/provider/disputes")
def against() -> ResponseReturnValue:
    return _against({}, {})


@blueprint.post("/provider/disputes/<number:number>/answer")
def answer(number: int) -> ResponseReturnValue:
    viewer, provider = sessions.signed_in(), providers.asked_number("provider")
    if provider is None or provider not in viewer.providers:
        raise NotAllowed
    words = request.form.get("words", "")[: disputes.MOST_WORDS]
    try:
        disputes.answer(viewer, provider, number, words)
    except NotNow as refused:
        return _against({number: refused.rule}, {number: words}, 422)
    except Changed:
        return _against({number: "changed"}, {number: words}, 409)
    here = url_for("disputes.against", provider=provider, page=addresses.page(), _anchor=f"d-{number}")
    return redirect(here, 303)


def _against(problems: Mapping[int, str], typed: Mapping[int, str], status: int = 200) -> Response:
    page = addresses.page()
    g.page_path = url_for("disputes.against")
    response = make_response(
        providers.page(
            "providers/disputes.html",
            lambda viewer, number: disputes.against(viewer, number, page),
            problems=problems,
            typed=typed,
            at="disputes.against",
        )
    )
    response.status_code = status
    return response
