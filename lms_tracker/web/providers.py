"""The providers' pages: what arrived, what was refused, what was not credited, courses and credentials."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import arrivals, credentials
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.web import sessions

blueprint = Blueprint("providers", __name__, url_prefix="/provider")


@blueprint.get("", strict_slashes=False)
def arrived() -> ResponseReturnValue:
    return page("providers/arrivals.html", arrivals.arrived)


@blueprint.get("/refusals")
def refusals() -> ResponseReturnValue:
    before = asked_number("before")
    return page("providers/refusals.html", lambda viewer, number: arrivals.refused(viewer, number, before))


@blueprint.get("/uncredited")
def uncredited() -> ResponseReturnValue:
    reason, before = asked_number("reason"), _asked_cursor()
    if reason is not None and reason not in arrivals.REASONS:
        abort(404)
    return page(
        "providers/uncredited.html",
        lambda viewer, number: arrivals.uncredited(viewer, number, reason, before),
        reasons=arrivals.REASONS,
        cursor=_cursor,
    )


@blueprint.get("/courses")
def courses() -> ResponseReturnValue:
    wanted = asked_number("page")
    if wanted == 0:
        abort(404)
    return page("providers/courses.html", lambda viewer, number: arrivals.set_up(viewer, number, wanted or 1))


@blueprint.get("/credentials", endpoint="credentials")
def access() -> ResponseReturnValue:
    return page("providers/credentials.html", credentials.of_provider)


def page(template: str, ask: Callable[[Viewer, int], Any], **more: Any) -> ResponseReturnValue:
    """A page of the provider that is asked for; `ask` finds what it shows and decides who may see it."""
    viewer = sessions.signed_in()
    if not viewer.providers:
        raise NotAllowed
    asked = asked_number("provider")
    number = viewer.providers[0] if asked is None else asked
    return render_template(
        template,
        found=ask(viewer, number),
        providers=arrivals.providers(viewer),
        number=number,
        tabs=[
            (endpoint, url_for(endpoint, provider=number))
            for endpoint in (
                "providers.arrived",
                "providers.refusals",
                "providers.uncredited",
                "providers.courses",
                "providers.credentials",
                "completions.show",
                "account_files.show",
                "disputes.against",
            )
        ],
        door="provider",
        **more,
    )


def asked_number(name: str) -> int | None:
    """A parameter of the address that is a number, or None; anything else is no page of ours."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        abort(404)
    return int(text)


def _cursor(cursor: tuple[int, bytes, int]) -> str:
    return f"{cursor[0]}.{cursor[1].hex()}.{cursor[2]}"


def _asked_cursor() -> tuple[int, bytes, int] | None:
    text = request.args.get("before", "")
    if not text:
        return None
    written, _dot, rest = text.partition(".")
    person, _dot, entry = rest.partition(".")
    try:
        if len(written) > 18 or len(entry) > 18:
            abort(404)
        return int(written), bytes.fromhex(person), int(entry)
    except ValueError:
        abort(404)
