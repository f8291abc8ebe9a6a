"""Plans: the list of them, one with its phases, targets and tasks, and loading one from a file."""

from contextlib import closing

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import rights
from lms_tracker.actions.reporting import plans, targets
from lms_tracker.actions.reporting.plans import ChangeRefused, Wrong
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.reporting.plan_files import MOST_BYTES, PlanRefused, Problem
from lms_tracker.web import addresses, sessions
from lms_tracker.web.days import read_day
from lms_tracker.web.reporting import asked, words

blueprint = Blueprint("plans", __name__, url_prefix="/organiser/plans")

MOST_BYTES_OF_A_FORM = MOST_BYTES + 65_536
SENTENCES = {
    Wrong.DAY: _l("Mời Ông/Bà ghi một ngày đã qua."),
    Wrong.TEXT: _l("Nội dung dài hơn mức cho phép."),
    Wrong.OVERTAKEN: _l("Đã có người khác sửa trước đó; mời Ông/Bà xem lại rồi ghi lại nếu cần."),
}


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    return _list(sessions.signed_in())


def _list(viewer: Viewer, problems: list[Problem] | None = None, status: int = 200) -> ResponseReturnValue:
    page = asked.page()
    found, more = plans.listed(viewer, page)
    shown = render_template(
        "organisers/reporting/plans.html",
        found=found,
        page=page,
        more=more,
        may_load=plans.may_load(viewer),
        problems=problems or [],
        door="organiser",
    )
    return shown, status


@blueprint.post("", strict_slashes=False)
def load() -> ResponseReturnValue:
    """Load a plan from a JSON file."""
    viewer, file = sessions.signed_in(), request.files.get("file")
    data = b""
    if file is not None:
        with closing(file):
            data = file.read()
    rights.demand(plans.may_load(viewer))
    try:
        number = plans.load(viewer, data)
    except PlanRefused as refused:
        return _list(viewer, refused.problems, 422)
    flash(_("Đã nhập kế hoạch."))
    return redirect(url_for("plans.show", plan=number), 303)


@blueprint.get("/<number:plan>")
def show(plan: int) -> ResponseReturnValue:
    return _page(plan)


@blueprint.post("/<number:plan>/tasks/<number:task>")
def task(plan: int, task: int) -> ResponseReturnValue:
    """Say that a task is done, with its result; or, with an empty day, that it is not."""
    day = asked.typed("done_on").strip()
    try:
        done_on = read_day(day)
        if day and done_on is None:
            raise ChangeRefused(Wrong.DAY)
        plans.settle_task(
            sessions.signed_in(),
            plan,
            task,
            addresses.form_number("revision"),
            done_on,
            asked.typed("result"),
        )
    except ChangeRefused as refused:
        return _page(plan, f"task-{task}", refused.wrong)
    flash(_("Đã lưu thay đổi."))
    return redirect(url_for("plans.show", plan=plan, _anchor=f"task-{task}"), 303)


@blueprint.post("/<number:plan>/phases/<number:phase>")
def review(plan: int, phase: int) -> ResponseReturnValue:
    """Keep when the review of a phase was held, and what it found."""
    day = asked.typed("held_on").strip()
    try:
        held_on = read_day(day)
        if day and held_on is None:
            raise ChangeRefused(Wrong.DAY)
        plans.hold_review(
            sessions.signed_in(),
            plan,
            phase,
            addresses.form_number("revision"),
            held_on,
            asked.typed("findings"),
        )
    except ChangeRefused as refused:
        return _page(plan, f"phase-{phase}", refused.wrong)
    flash(_("Đã lưu thay đổi."))
    return redirect(url_for("plans.show", plan=plan, _anchor=f"phase-{phase}"), 303)


@blueprint.post("/<number:plan>/withdraw")
def withdraw(plan: int) -> ResponseReturnValue:
    plans.withdraw(sessions.signed_in(), plan)
    flash(_("Đã rút lại kế hoạch."))
    return redirect(url_for("plans.list"), 303)


def _page(plan: int, form: str = "", wrong: Wrong | None = None) -> ResponseReturnValue:
    """One plan. `form` names the form that was sent, of which `wrong` tells what is wrong."""
    page = render_template(
        "organisers/reporting/plan.html",
        sheet=targets.sheet(sessions.signed_in(), plan),
        reviews=words.REVIEWS,
        bounds=words.BOUNDS,
        form=form,
        sentence=SENTENCES[wrong] if wrong else "",
        typed={name: asked.typed(name) for name in ("done_on", "result", "held_on", "findings")},
        door="organiser",
    )
    if wrong is None:
        return page
    return page, 409 if wrong is Wrong.OVERTAKEN else 422
