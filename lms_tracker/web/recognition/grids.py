"""The grid of scores, of a thôn or of all, which works without a script: one form, saved whole."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms_tracker.actions.recognition import grid_saves, grids
from lms_tracker.actions.recognition.grid_saves import Saved
from lms_tracker.actions.recognition.grids import Grid, Typed
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.web import sessions
from lms_tracker.web.recognition import forms

blueprint = Blueprint("grids", __name__, url_prefix="/organiser/recognition")

# Of 500 rows with ten cells and a long note each, written as forms are.
MOST_BYTES = 4 * 1024 * 1024
SIZES = (50, 100, 200, 500)


@blueprint.get("/rounds/<number:number>/grid/<kind>")
def one(number: int, kind: str) -> ResponseReturnValue:
    found = grids.grid(sessions.signed_in(), number, kind, forms.asked("place"), _after(number), _size())
    return _page(found, {}, None)


def _after(number: int) -> tuple[str, int] | None:
    row = forms.asked("after")
    return None if row is None else grids.after_row(number, row)


def _size() -> int:
    size = forms.asked("rows") or grids.PAGE
    if size not in SIZES:
        abort(404)
    return size


def _page(
    found: Grid,
    typed: Mapping[int, Typed],
    saved: Saved | None,
    problem: str = "",
    *,
    is_preview: bool = False,
) -> str:
    return render_template(
        "organisers/recognition/grid.html",
        found=found,
        typed=typed,
        saved=saved,
        problem=problem,
        is_preview=is_preview,
        sizes=SIZES,
        size=_size(),
        place_id=forms.asked("place"),
        done=forms.asked("done"),
        door="organiser",
    )


def shown(found: Grid, typed: Mapping[int, Typed], saved: Saved) -> str:
    """A grid with what a sheet says, unsaved; `saved` holds what somebody changed since it was made."""
    return _page(found, typed, saved, is_preview=True)


@blueprint.post("/rounds/<number:number>/grid/<kind>")
def save(number: int, kind: str) -> ResponseReturnValue:
    """Save a page; of rows that are wrong or changed meanwhile all that was typed is shown again."""
    viewer, typed = sessions.signed_in(), _typed()
    try:
        saved = grid_saves.save(viewer, number, kind, typed)
    except RecognitionRefused as refused:
        found = grids.grid(viewer, number, kind, only=list(typed))
        return _page(found, typed, None, refused.rule), 422
    if not saved.is_whole:
        found = grids.grid(viewer, number, kind, only=list(typed))
        wrong = {one: typed[one] for one in (*saved.problems, *saved.conflicts)}
        return _page(found, wrong, saved), 409 if saved.conflicts else 422
    return redirect(_address(number, kind, done=saved.count), 303)


def _address(number: int, kind: str, **more: int) -> str:
    """The page that was sent, or the one after it where that was asked for."""
    asked = {name: forms.asked(name) for name in ("place", "after", "rows")}
    if request.form.get("then") == "next":
        asked["after"] = forms.chosen("last")
    kept = {name: value for name, value in asked.items() if value is not None}
    return url_for("grids.one", number=number, kind=kind, **kept, **more)  # type: ignore[arg-type]


def _typed() -> dict[int, Typed]:
    """Rows by number, from the names of fields: r12 the revision and digest, p12-3 a cell, n12 the note."""
    found: dict[int, Typed] = {}
    cells: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        if name[:1] == "r" and name[1:].isascii() and name[1:].isdigit() and len(name) <= 13:
            revision, _, base = text.partition(".")
            if not (revision.isascii() and revision.isdigit() and len(revision) <= 9):
                abort(400)
            found[int(name[1:])] = Typed({}, "", int(revision), base[:8])
        elif name[:1] == "p":
            row, _, code = name[1:].partition("-")
            if row.isascii() and row.isdigit() and len(row) <= 12:
                cells.setdefault(int(row), {})[code[:80]] = text[:40]
    if len(found) > grids.MOST_ROWS:
        abort(400)
    return {
        row: replace(one, cells=cells.get(row, {}), note=request.form.get(f"n{row}", "")[: forms.MOST_TYPED])
        for row, one in found.items()
    }


@blueprint.post("/rounds/<number:number>/accept")
def accept(number: int) -> ResponseReturnValue:
    """Review everybody of a thôn, or of all, by their own scores."""
    viewer, place_id = sessions.signed_in(), forms.chosen("place")
    try:
        done = grid_saves.accept(viewer, number, place_id)
    except RecognitionRefused as refused:
        found = grids.grid(viewer, number, grids.REVIEW, place_id)
        return _page(found, {}, None, refused.rule), 422
    return redirect(url_for("grids.one", number=number, kind=grids.REVIEW, done=done, place=place_id), 303)
