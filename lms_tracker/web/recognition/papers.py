"""The papers of a round to be taken away: DOCX to be signed, XLSX to go on working with."""

from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from lms_tracker.actions.recognition import papers, rounds
from lms_tracker.actions.recognition.papers import AT_ONCE, Made
from lms_tracker.web import addresses, sessions

blueprint = Blueprint("papers", __name__, url_prefix="/organiser/recognition")

# So many thousand forms or certificates nobody asks for.
LAST_PART = 400


@blueprint.get("/rounds/<number:number>/papers")
def of_round(number: int) -> ResponseReturnValue:
    """What there is to take away of a round."""
    found = rounds.page_of(sessions.signed_in(), number)
    return render_template(
        "organisers/recognition/papers.html",
        found=found,
        parts=papers.parts_of,
        at_once=AT_ONCE,
        door="organiser",
    )


@blueprint.get("/rounds/<number:number>/papers/<paper>.<form>")
def file_of_round(number: int, paper: str, form: str) -> ResponseReturnValue:
    place_id = addresses.asked_number("place")
    return sent(papers.of_round(sessions.signed_in(), number, paper, form, place_id, _part()))


@blueprint.get("/decisions/<number:number>/decision.<form>")
def decision(number: int, form: str) -> ResponseReturnValue:
    return sent(papers.of_decision(sessions.signed_in(), number, "decision", form))


@blueprint.get("/decisions/<number:number>/certificates.<form>")
def certificates(number: int, form: str) -> ResponseReturnValue:
    return sent(papers.of_decision(sessions.signed_in(), number, "certificates", form, _part()))


@blueprint.get("/rows/<number:number>/form.<form>")
def file_of_row(number: int, form: str) -> ResponseReturnValue:
    return sent(papers.of_row(sessions.signed_in(), number, form))


def _part() -> int:
    """Which file of several, from 1."""
    text = request.args.get("part", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LAST_PART):
        abort(404)
    return int(text)


def sent(made: Made) -> Response:
    """A file to be kept, named for old browsers and for others (RFC 6266)."""
    response = Response(made.pieces, content_type=made.media_type)
    names = {"filename": made.name, "filename*": f"UTF-8''{quote(made.shown_name, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", **names)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
