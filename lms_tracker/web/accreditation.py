"""The page where providers are suspended and approved again."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import accreditation
from lms_tracker.actions.accreditation import AccreditationRefused
from lms_tracker.actions.providers import Unknown
from lms_tracker.actions.records import NotFound
from lms_tracker.web import sessions

blueprint = Blueprint("accreditation", __name__)


@blueprint.get("/organiser/providers")
def listed() -> ResponseReturnValue:
    return _page(None, "")


def _page(wrong: int | None, why: str) -> str:
    """The page; `wrong` is the provider whose form was sent without a good reason, `why` what was typed."""
    return render_template(
        "organisers/accreditation.html",
        found=accreditation.listed(sessions.signed_in()),
        wrong=wrong,
        why=why,
        least=accreditation.LEAST_REASON,
        most=accreditation.MOST_REASON,
        door="organiser",
    )


@blueprint.post("/organiser/providers/<number:provider>/suspend")
def suspend(provider: int) -> ResponseReturnValue:
    return _set(provider, is_approved=False)


@blueprint.post("/organiser/providers/<number:provider>/approve")
def approve(provider: int) -> ResponseReturnValue:
    return _set(provider, is_approved=True)


def _set(provider: int, *, is_approved: bool) -> ResponseReturnValue:
    viewer, why = sessions.signed_in(), request.form.get("why", "")
    act = accreditation.approve if is_approved else accreditation.suspend
    try:
        act(viewer, provider, why)
    except Unknown as unknown:
        raise NotFound from unknown
    except AccreditationRefused as refused:
        if refused.rule != "reason":
            raise NotFound from refused
        return make_response(_page(provider, why[: accreditation.MOST_REASON]), 422)
    return redirect(url_for("accreditation.listed"), 303)
