"""What addresses of reporting name: a place or an organisation, a year and a period."""

import re
from typing import Any

from flask import abort, request

from lms_tracker.actions.reporting.subjects import About
from lms_tracker.learning.reporting.figure_sheets import FIRST_YEAR, LAST_YEAR, PERIODS
from lms_tracker.web import addresses

MOST_TYPED = 4_100
MOST_PAGES = 10_000
# Nobody types these; one database keeps no NUL, and no spreadsheet any of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def about() -> About:
    """Of `place` or `organisation`, whichever is there; 404 for neither and for both."""
    place, organisation = request.args.get("place", ""), request.args.get("organisation", "")
    if bool(place) == bool(organisation):
        abort(404)
    number = _number(place or organisation)
    return About(place_id=number) if place else About(organisation_id=number)


def address(about: About) -> dict[str, Any]:
    """The arguments of an address that `about` reads."""
    return {about.kind: about.number}


def year() -> int | None:
    text = request.args.get("year", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        abort(404)
    return int(text)


def period() -> str:
    text = request.args.get("period", "year")
    if text not in PERIODS:
        abort(404)
    return text


def typed(name: str) -> str:
    """What stands in a field of a form, without control characters but new lines and tabs."""
    return _CONTROL.sub("", request.form.get(name, "")[:MOST_TYPED])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(404)
    return int(text)


def page() -> int:
    """The page of a list, the first unless another is asked for."""
    return max(1, min(addresses.asked_number("page") or 1, MOST_PAGES))
