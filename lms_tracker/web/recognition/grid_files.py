"""Points that come back in a sheet: shown in the grid, unsaved, for an officer to look at and save."""

from collections.abc import Sequence
from contextlib import closing

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from lms_tracker.actions.recognition import grids, rounds
from lms_tracker.actions.recognition.grid_saves import Saved
from lms_tracker.learning.recognition.grid_files import MOST_BYTES, SheetRefused
from lms_tracker.web import sessions
from lms_tracker.web.recognition.grids import shown

blueprint = Blueprint("grid_files", __name__, url_prefix="/organiser/recognition")

MOST_BYTES_OF_A_FORM = MOST_BYTES + 65_536


@blueprint.get("/rounds/<number:number>/file")
def one(number: int) -> ResponseReturnValue:
    return _page(number, ())


def _page(number: int, problems: Sequence[tuple[int, str]]) -> str:
    viewer = sessions.signed_in()
    grids.demand(viewer, number, grids.SELF)
    found = rounds.page_of(viewer, number)
    return render_template(
        "organisers/recognition/grid_file.html", round=found.round, problems=problems, door="organiser"
    )


@blueprint.post("/rounds/<number:number>/file")
def preview(number: int) -> ResponseReturnValue:
    viewer, sent = sessions.signed_in(), request.files.get("file")
    grids.demand(viewer, number, grids.SELF)
    if sent is None:
        return _page(number, [(0, "sheet")]), 422
    with closing(sent):
        body = sent.stream.read(MOST_BYTES + 1)
    try:
        typed, stale = grids.from_sheet(viewer, number, body)
    except SheetRefused as refused:
        return _page(number, refused.problems), 422
    found = grids.grid(viewer, number, grids.SELF, only=list(typed))
    return shown(found, typed, Saved(0, conflicts=stale))
