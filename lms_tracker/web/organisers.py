"""The organisers' pages: everybody together, the list of learners, and the way to one record."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import overview
from lms_tracker.web import sessions

blueprint = Blueprint("organisers", __name__, url_prefix="/organiser")

LAST_PAGE = 2_000


@blueprint.get("", strict_slashes=False, endpoint="overview")
def overview_page() -> ResponseReturnValue:
    found = overview.overview_of(sessions.signed_in(), _number("year"))
    return render_template("organisers/overview.html", found=found, days=overview.DAYS, door="organiser")


@blueprint.get("/learners")
def learners() -> ResponseReturnValue:
    """The learners of a year; with `find`, straight to the record of whoever is meant."""
    viewer = sessions.signed_in()
    text = request.args.get("find", "")[:500]
    if text:
        key = overview.find(viewer, text)
        if key is not None:
            return redirect(url_for("citizens.record_of", key=key))
    page = _number("page") or 1
    if page > LAST_PAGE:
        abort(404)
    found = overview.learners(viewer, _number("year"), page)
    return render_template("organisers/learners.html", found=found, sought=text, door="organiser")


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        abort(404)
    return int(text)
