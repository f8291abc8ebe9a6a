"""Statistics of a place and a year: the models' ratios, what stands below, a chart, and files of it."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.reporting import statistics
from lms_tracker.actions.reporting.statistics import NotThere, Part, Statistics
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning import names
from lms_tracker.learning.reporting.measures import MODELS
from lms_tracker.web import addresses, sessions
from lms_tracker.web.languages import language
from lms_tracker.web.place_words import place_name
from lms_tracker.web.reporting import asked, statistics_charts, statistics_exports
from lms_tracker.web.reporting import statistics_words as words

blueprint = Blueprint("statistics", __name__, url_prefix="/organiser/statistics")

INDICATORS = tuple(one.indicator for one in MODELS)
SORTS = {
    "name": _l("Tên đơn vị"),
    "ratio": _l("Tỷ lệ, cao nhất trước"),
    "achieved": _l("Số đạt, nhiều nhất trước"),
}


@blueprint.get("", strict_slashes=False)
def show() -> ResponseReturnValue:
    """One place and year, the units below it by one model; without a place where to begin."""
    viewer, number, year = sessions.signed_in(), addresses.asked_number("place"), asked.year()
    if number is None:
        found = statistics.beginnings(viewer, year)
        return render_template("organisers/reporting/statistics_places.html", places=found, door="organiser")
    try:
        return _page(viewer, number, year)
    except NotThere as gone:
        return render_template("organisers/reporting/statistics_gone.html", gone=gone, door="organiser")


def _page(viewer: Viewer, number: int, year: int | None) -> str:
    model, sort = _one_of("model", INDICATORS, "citizen"), _one_of("sort", tuple(SORTS), "name")
    found = statistics.of_place(viewer, number, year)
    index = INDICATORS.index(model)
    parts = _sorted(found, index, sort)
    named = [(_name(found, part), part.lines[index].ratio) for part in parts]
    return render_template(
        "organisers/reporting/statistics.html",
        found=found,
        parts=parts,
        index=index,
        model=model,
        models=INDICATORS,
        sort=sort,
        sorts=SORTS,
        chart=statistics_charts.bars(named, words.title(model), language()),
        most_drawn=statistics_charts.MOST if statistics_charts.is_cut(named) else None,
        door="organiser",
    )


def _name(found: Statistics, part: Part) -> str:
    return place_name(part.place) if part.place else words.part_name(found.place.level)


def _sorted(found: Statistics, index: int, sort: str) -> list[Part]:
    """By name, or the greatest first; what is known of no unit comes last."""
    keys: dict[str, Callable[[Part], Any]] = {
        "name": lambda part: names.sort_key(part.place.name) if part.place else "",
        "ratio": lambda part: -(part.lines[index].ratio.exact or Fraction(-1)),
        "achieved": lambda part: -part.lines[index].ratio.numerator,
    }
    return sorted(found.parts, key=lambda part: (part.place is None, keys[sort](part)))


def _one_of(name: str, values: tuple[str, ...], default: str) -> str:
    text = request.args.get(name, default)
    if text not in values:
        abort(404)
    return text


@blueprint.get("/export.<form>")
def export(form: str) -> ResponseReturnValue:
    """What the page shows as XLSX, CSV or JSON."""
    number = addresses.asked_number("place")
    if form not in statistics_exports.FORMS or number is None:
        abort(404)
    try:
        found = statistics.of_place(sessions.signed_in(), number, asked.year())
    except NotThere:
        abort(404)
    body, kind = statistics_exports.export(found, form)
    response = Response(body, content_type=kind)
    name = f"statistics-{found.place.code or found.place.id}-{found.year}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
