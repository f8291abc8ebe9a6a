"""Calls for reports: who was asked and who has reported, and the form of a place that was asked."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import clock
from lms_tracker.actions.reporting import calls
from lms_tracker.actions.reporting.calls import CallRefused, Problem
from lms_tracker.actions.reporting.figures import Overtaken, Wanted
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.learning.reporting.figure_sheets import PERIODS
from lms_tracker.web import addresses, sessions
from lms_tracker.web.days import read_day
from lms_tracker.web.reporting import asked, words

blueprint = Blueprint("calls", __name__, url_prefix="/organiser/calls")

# A sentence for whoever sent a form, and the field that it is about.
PROBLEMS = {
    Problem.TITLE: (_l("Mời Ông/Bà ghi tên báo cáo, nhiều nhất 200 ký tự."), "title"),
    Problem.DUE: (_l("Mời Ông/Bà ghi hạn báo cáo."), "due_on"),
    Problem.ASKS: (_l("Mời Ông/Bà chọn từ 1 đến 100 chỉ tiêu."), "asks"),
    Problem.NOBODY: (_l("Năm đó không có nơi nào trực tiếp bên dưới để báo cáo."), ""),
    Problem.CLOSED: (_l("Đợt báo cáo đã khép lại."), ""),
    Problem.REASON: (_l("Mời Ông/Bà ghi lý do trả lại, nhiều nhất 1.000 ký tự."), ""),
    Problem.OVERTAKEN: (_l("Báo cáo vừa được gửi lại hoặc trả lại; mời Ông/Bà xem lại trang."), ""),
    Problem.FIGURES: (_l("Chưa lưu: mời Ông/Bà xem các số liệu dưới đây."), ""),
}


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    page = asked.page()
    found, more = calls.listed(sessions.signed_in(), page)
    return render_template(
        "organisers/reporting/calls.html", found=found, page=page, more=more, door="organiser"
    )


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    return _new()


@blueprint.post("/new")
def make() -> ResponseReturnValue:
    viewer, about, text = sessions.signed_in(), asked.about(), asked.typed("year")
    calls.demand_make(viewer, about)
    if not (text.isascii() and text.isdigit() and len(text) == 4) or asked.typed("period") not in PERIODS:
        abort(400)
    try:
        number = calls.make(
            viewer,
            about,
            asked.typed("title"),
            int(text),
            asked.typed("period"),
            read_day(asked.typed("due_on")),
            request.form.getlist("asks")[:200],
        )
    except CallRefused as refused:
        return _new(refused.problem, 422)
    flash(_("Đã gửi yêu cầu báo cáo."))
    return redirect(url_for("calls.show", call=number), 303)


def _new(problem: Problem | None = None, status: int = 200) -> ResponseReturnValue:
    about = asked.about()
    subject, register = calls.demand_make(sessions.signed_in(), about)
    sentence, field = PROBLEMS[problem] if problem else ("", "")
    page = render_template(
        "organisers/reporting/call_new.html",
        subject=subject,
        register=register,
        at=asked.address(about),
        sentence=sentence,
        field=field,
        this_year=clock.today().year,
        periods=words.PERIODS,
        typed={name: asked.typed(name) for name in ("title", "year", "period", "due_on")},
        chosen=request.form.getlist("asks")[:200],
        door="organiser",
    )
    return page, status


@blueprint.get("/<number:call>")
def show(call: int) -> ResponseReturnValue:
    return _page(call)


def _page(call: int, problem: Problem | None = None) -> ResponseReturnValue:
    found = calls.sheet(sessions.signed_in(), call)
    sentence = PROBLEMS[problem][0] if problem else ""
    page = render_template(
        "organisers/reporting/call.html",
        sheet=found,
        sentence=sentence,
        reason=asked.typed("reason"),
        door="organiser",
    )
    if problem is None:
        return page
    return page, 422 if problem is Problem.REASON else 409


@blueprint.post("/<number:call>/close")
def close(call: int) -> ResponseReturnValue:
    calls.close(sessions.signed_in(), call)
    flash(_("Đã khép đợt báo cáo."))
    return redirect(url_for("calls.show", call=call), 303)


@blueprint.post("/<number:call>/send-back")
def send_back(call: int) -> ResponseReturnValue:
    about = asked.about()
    revision = addresses.form_number("revision")
    try:
        calls.send_back(sessions.signed_in(), call, about, revision, asked.typed("reason"))
    except CallRefused as refused:
        return _page(call, refused.problem)
    flash(_("Đã trả lại báo cáo."))
    return redirect(url_for("calls.show", call=call), 303)


@blueprint.get("/<number:call>/report")
def form(call: int) -> ResponseReturnValue:
    """What one place is asked for, with what is known already."""
    return _form(call, asked.about())


@blueprint.post("/<number:call>/report")
def report(call: int) -> ResponseReturnValue:
    viewer, about = sessions.signed_in(), asked.about()
    asks = calls.form(viewer, call, about).call.asks
    values = {
        code: (
            Wanted(
                asked.typed(f"{code}.value"),
                asked.typed(f"{code}.denominator"),
                published_ratio=asked.typed(f"{code}.published_ratio"),
                note=asked.typed(f"{code}.note"),
            ),
            addresses.form_number(f"{code}.current"),
        )
        for code in asks
        if f"{code}.current" in request.form
    }
    try:
        calls.report(viewer, call, about, values, acknowledged=request.form.get("acknowledged") == "yes")
    except CallRefused as refused:
        return _form(call, about, refused)
    except Overtaken:
        return _form(call, about, CallRefused(Problem.OVERTAKEN))
    flash(_("Đã gửi báo cáo."))
    return redirect(url_for("calls.show", call=call), 303)


def _form(call: int, about: About, refused: CallRefused | None = None) -> ResponseReturnValue:
    found = calls.form(sessions.signed_in(), call, about)
    page = render_template(
        "organisers/reporting/call_form.html",
        form=found,
        at=asked.address(about),
        sentence=PROBLEMS[refused.problem][0] if refused else "",
        wrong={code: {one.field: one for one in ones} for code, ones in refused.wrong.items()}
        if refused
        else {},
        findings=refused.findings if refused else {},
        typed=request.form,
        sent=refused is not None,
        door="organiser",
    )
    if refused is None:
        return page
    return page, 422 if refused.problem is Problem.FIGURES else 409
