"""The register of a place or an organisation: looked at, entered, withdrawn, printed, exported."""

from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms_tracker.actions.reporting import baselines, figure_sheets, figures, subjects
from lms_tracker.actions.reporting.baselines import BaselineRefused
from lms_tracker.actions.reporting.figures import FigureRefused, Overtaken, Wanted
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.learning.reporting.figure_checks import Finding
from lms_tracker.web import addresses, sessions
from lms_tracker.web.days import read_day
from lms_tracker.web.reporting import asked, exports, words

blueprint = Blueprint("figures", __name__, url_prefix="/organiser/figures")

FIELDS = (
    "value",
    "denominator",
    "denominator_counts",
    "denominator_on",
    "published_ratio",
    "published_change",
    "change_unit",
    "source",
    "note",
)


@blueprint.get("", strict_slashes=False)
def register() -> ResponseReturnValue:
    """All indicators of a year; with `view=report` those with figures alone, as they are printed."""
    about, year, period = asked.about(), asked.year(), asked.period()
    found = figure_sheets.sheet(sessions.signed_in(), about, year, period)
    is_report = request.args.get("view") == "report"
    return render_template(
        "organisers/reporting/report.html" if is_report else "organisers/reporting/register.html",
        sheet=found,
        at=asked.address(about),
        door="organiser",
    )


@blueprint.get("/export.<form>")
def export(form: str) -> ResponseReturnValue:
    """The figures of a year as XLSX, CSV or JSON."""
    if form not in exports.FORMS:
        abort(404)
    found = figure_sheets.sheet(sessions.signed_in(), asked.about(), asked.year(), asked.period())
    body, kind = exports.export(found, form)
    response = Response(body, content_type=kind)
    name = f"figures-{found.subject.about.number}-{found.year}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


# --- entering --------------------------------------------------------------------------------------------


@blueprint.get("/<code>")
def entry(code: str) -> ResponseReturnValue:
    """One indicator of one year: the form, and all that was ever reported for it."""
    return _entry(code)


@blueprint.post("/<code>")
def enter(code: str) -> ResponseReturnValue:
    viewer, about, year, period = sessions.signed_in(), asked.about(), _year(), asked.period()
    subjects.demand_enter(viewer, about)
    typed = {name: asked.typed(name) for name in FIELDS}
    counted_on = read_day(typed["denominator_on"])
    if typed["denominator_on"].strip() and counted_on is None:
        return _entry(code, (figures.Wrong("denominator_on", "date"),), typed=typed, status=422)
    wanted = Wanted(
        typed["value"],
        typed["denominator"],
        typed["denominator_counts"],
        counted_on,
        typed["published_ratio"],
        typed["published_change"],
        typed["change_unit"],
        typed["source"],
        typed["note"],
    )
    try:
        figures.enter(
            viewer,
            about,
            (year, period, code),
            wanted,
            current=addresses.form_number("current"),
            acknowledged=request.form.get("acknowledged") == "yes",
        )
    except FigureRefused as refused:
        return _entry(code, refused.wrong, refused.findings, typed, 422)
    except Overtaken:
        return _entry(code, typed=typed, status=409)
    flash(_("Đã lưu số liệu."))
    return redirect(
        url_for("figures.register", **asked.address(about), year=year, period=period, _anchor=code), 303
    )


@blueprint.post("/<code>/withdraw")
def withdraw(code: str) -> ResponseReturnValue:
    viewer, about = sessions.signed_in(), asked.about()
    subjects.demand_enter(viewer, about)
    try:
        figures.withdraw(viewer, addresses.form_number("current"))
    except Overtaken:
        flash(_("Số liệu này đã có người thay hoặc rút lại trước đó."))
    else:
        flash(_("Đã rút lại số liệu; lịch sử vẫn được giữ."))
    address = asked.address(about)
    return redirect(url_for("figures.entry", **address, year=_year(), period=asked.period(), code=code), 303)


def _entry(
    code: str,
    wrong: tuple[figures.Wrong, ...] = (),
    findings: tuple[Finding, ...] = (),
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    about = asked.about()
    found = figure_sheets.entry(sessions.signed_in(), about, _year(), asked.period(), code)
    page = render_template(
        "organisers/reporting/entry.html",
        entry=found,
        at=asked.address(about),
        wrong={one.field: one for one in wrong},
        findings=findings,
        typed=typed if typed is not None else _shown(found),
        overtaken=status == 409,
        change_units=words.CHANGE_UNITS,
        door="organiser",
    )
    return page, status


def _shown(found: figure_sheets.Entry) -> dict[str, str]:
    """The figure that holds, as it would be typed."""
    one = found.row.figure
    if one is None:
        return dict.fromkeys(FIELDS, "")
    return {
        "value": words.kept(one.value, one.bound),
        "denominator": words.exact_text(one.denominator),
        "denominator_counts": one.denominator_counts,
        "denominator_on": one.denominator_on.isoformat() if one.denominator_on else "",
        "published_ratio": words.exact_text(one.published_ratio),
        "published_change": words.exact_text(one.published_change),
        "change_unit": one.published_change_unit,
        "source": one.source,
        "note": one.note,
    }


def _year() -> int:
    year = asked.year()
    if year is None:
        abort(404)
    return year


# --- dated denominators ----------------------------------------------------------------------------------


@blueprint.get("/baselines")
def dated() -> ResponseReturnValue:
    return _dated(asked.about())


@blueprint.post("/baselines")
def add_dated() -> ResponseReturnValue:
    about = asked.about()
    day: date | None = read_day(asked.typed("on"))
    try:
        baselines.add(
            sessions.signed_in(),
            about,
            asked.typed("base"),
            asked.typed("value"),
            day,
            asked.typed("source"),
        )
    except BaselineRefused as refused:
        return _dated(about, refused, 422)
    flash(_("Đã lưu mẫu số."))
    return redirect(url_for("figures.dated", **asked.address(about)), 303)


@blueprint.post("/baselines/<number:number>/withdraw")
def withdraw_dated(number: int) -> ResponseReturnValue:
    about = baselines.withdraw(sessions.signed_in(), number)
    flash(_("Đã rút lại mẫu số."))
    return redirect(url_for("figures.dated", **asked.address(about)), 303)


def _dated(about: About, refused: BaselineRefused | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "organisers/reporting/baselines.html",
        sheet=baselines.sheet(sessions.signed_in(), about),
        at=asked.address(about),
        refused=refused,
        typed={name: asked.typed(name) for name in ("base", "value", "on", "source")},
        door="organiser",
    )
    return page, status
