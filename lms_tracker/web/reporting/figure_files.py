"""Files of figures: sent, looked at, applied or thrown away. Works without scripts."""

from contextlib import closing, suppress

import msgspec
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms_tracker.actions.reporting import figure_imports
from lms_tracker.actions.reporting.figure_imports import NotAcknowledged, Settled, TooManyWaiting
from lms_tracker.learning.reporting.figure_sheets import (
    BOUNDS,
    COLUMNS,
    REQUIRED,
    FigureProblem,
    FiguresRefused,
)
from lms_tracker.web import sessions
from lms_tracker.web.reporting import asked

blueprint = Blueprint("figure_files", __name__, url_prefix="/organiser/figure-files")

MOST_BYTES = BOUNDS.bytes + 65_536
# So many wrong lines stand on a page.
SHOWN = 100
SHOWN_LINES = 500


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    """The form for a file, and the files of a place that came before."""
    return _form()


@blueprint.post("", strict_slashes=False)
def send() -> ResponseReturnValue:
    """Take a file and lead to its preview."""
    viewer, place = sessions.signed_in(), _place()
    file = request.files.get("file")
    name, data = "", b""
    if file is not None:
        with closing(file):
            name = "".join(letter for letter in (file.filename or "") if letter.isprintable())
            data = file.read()
    if not data:
        return _form(problem=_("Chưa chọn tệp, hoặc tệp trống."), status=422)
    try:
        number = figure_imports.hand_in(viewer, place, data, name)
    except FiguresRefused as refused:
        return _form(refused.problems, status=422)
    except TooManyWaiting:
        return _form(problem=_("Còn nhiều tệp đang chờ; mời Ông/Bà nhập hoặc bỏ bớt."), status=422)
    return redirect(url_for("figure_files.show", number=number), 303)


@blueprint.get("/<number:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


@blueprint.post("/<number:number>/apply")
def apply(number: int) -> ResponseReturnValue:
    """Keep all figures. Whoever presses second sees what the first has done."""
    acknowledged = request.form.get("acknowledged") == "yes"
    try:
        figure_imports.apply(sessions.signed_in(), number, acknowledged=acknowledged)
    except Settled:
        pass
    except NotAcknowledged:
        return _page(number, _("Mời Ông/Bà xem các nhận xét và đánh dấu đã xem trước khi nhập."), status=422)
    except FiguresRefused as refused:
        return _page(number, problems=refused.problems, status=422)
    return redirect(url_for("figure_files.show", number=number), 303)


@blueprint.post("/<number:number>/discard")
def discard(number: int) -> ResponseReturnValue:
    # Who presses second has nothing left to throw away.
    with suppress(Settled):
        figure_imports.discard(sessions.signed_in(), number)
    return redirect(url_for("figure_files.show", number=number), 303)


def _form(
    problems: list[FigureProblem] | None = None, problem: str = "", status: int = 200
) -> ResponseReturnValue:
    place = _place()
    subject, register, earlier = figure_imports.newest(sessions.signed_in(), place)
    page = render_template(
        "organisers/reporting/files.html",
        subject=subject,
        register=register,
        earlier=earlier,
        place=place,
        problems=problems or [],
        problem=problem,
        shown=SHOWN,
        columns=COLUMNS,
        required=REQUIRED,
        most_megabytes=BOUNDS.bytes // 1024**2,
        door="organiser",
    )
    return page, status


def _page(
    number: int, problem: str = "", problems: list[FigureProblem] | None = None, status: int = 200
) -> ResponseReturnValue:
    try:
        found = figure_imports.preview(sessions.signed_in(), number)
    except FiguresRefused as refused:
        # A place that was there when the file was sent is there no more, or is not this officer's.
        abort(409, description=str(refused))
    page = render_template(
        "organisers/reporting/file.html",
        found=found,
        summary=msgspec.json.decode(found.file.summary) if found.file.summary else {},
        problem=problem,
        problems=problems or [],
        shown=SHOWN,
        shown_lines=SHOWN_LINES,
        door="organiser",
    )
    return page, status


def _place() -> int:
    about = asked.about()
    if about.place_id is None:
        abort(404)
    return about.place_id
