"""Places for programs and for forms elsewhere: JSON under `/api/v1/places`, open to everybody."""

from datetime import date

import msgspec
from flask import Blueprint, Flask, Response, request

from lms_tracker.actions import places
from lms_tracker.actions.places import PlacesRefused, described
from lms_tracker.learning.places import MOST_CHARACTERS, Level
from lms_tracker.web import errors, lrs
from xapi.faults import Fault, Refusal

blueprint = Blueprint("place_search", __name__, url_prefix="/api/v1/places")
errors.register(blueprint)
blueprint.before_request(lrs.demand_query)

PARAMETERS = ("q", "on", "level", "under")
MOST_FOUND = 50


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("", strict_slashes=False)
def search() -> Response:
    """Places by name on a day; without a name those directly below a unit, or the provinces."""
    given = _given()
    text, on, under = given.get("q", ""), _day(given.get("on")), given.get("under")
    level = _level(given.get("level"))
    if level is not None and not text:
        raise _wrong("level", "the parameter q beside it", str(int(level)))
    try:
        found = places.find(text, on, level, under, MOST_FOUND) if text else places.listed(on, under)
    except PlacesRefused as refused:
        raise _wrong("under", str(refused), under or "") from None
    body = {"places": [described(one) for one in found]}
    return Response(msgspec.json.encode(body), content_type="application/json")


def _given() -> dict[str, str]:
    """Parameters, each once. Raises Refusal."""
    for name in request.args:
        if name not in PARAMETERS:
            raise _wrong(name, f"one of {', '.join(PARAMETERS)}", name)
        if len(request.args.getlist(name)) > 1:
            raise _wrong(name, "each parameter once", name)
    text = request.args.get("q", "")
    if len(text) > MOST_CHARACTERS:
        raise _wrong("q", f"at most {MOST_CHARACTERS} characters", f"{len(text)} characters")
    return {name: text for name, text in request.args.items() if text}


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _wrong("on", "a day as 2025-07-01", text)


def _level(text: str | None) -> Level | None:
    if text is None:
        return None
    if text not in ("1", "2", "3", "4"):
        raise _wrong("level", "1 province, 2 district, 3 commune or 4 local place", text)
    return Level(int(text))


def _wrong(name: str, expected: str, got: str) -> Refusal:
    return Refusal([Fault(None, name, "parameter-wrong", f"expected {expected}", got[:80], "")])
