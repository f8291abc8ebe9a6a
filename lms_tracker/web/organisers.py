"""The organisers' pages: everybody together, the list of learners, and the way to one record."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions import overview, recounts
from lms_tracker.web import sessions

blueprint = Blueprint("organisers", __name__, url_prefix="/organiser")

LAST_PAGE = 2_000


@blueprint.get("", strict_slashes=False, endpoint="overview")
def overview_page() -> ResponseReturnValue:
    found = overview.overview_of(sessions.signed_in(), _number("year"))
    return render_template(
        "organisers/overview.html",
        found=found,
        days=overview.DAYS,
        recounts=recounts.under_way(),
        door="organiser",
    )


@blueprint.get("/learners")
def learners() -> ResponseReturnValue:
    """The learners of a year; with `find`, whoever is meant, and of one alone straight the record."""
    viewer, year = sessions.signed_in(), _number("year")
    text = request.args.get("find", "")[:500].strip()
    page = _number("page") or 1
    if page > LAST_PAGE:
        abort(404)
    found = overview.named(viewer, text, year) if text else overview.learners(viewer, year, page)
    if text and len(found.shown) == 1:
        return redirect(url_for("citizens.record_of", key=found.shown[0].key))
    return render_template("organisers/learners.html", found=found, sought=text, door="organiser")


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        abort(404)
    return int(text)
