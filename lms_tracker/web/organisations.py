"""The organisers' pages of units, schools, sectors and associations: their tree and who belongs to them."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import memberships, organisations
from lms_tracker.actions.organisation_rules import CAPACITIES, KINDS, MOST_NAME, OrganisationRefused, Problem
from lms_tracker.actions.organisations import Wanted
from lms_tracker.actions.rights import Viewer
from lms_tracker.web import addresses, sessions
from lms_tracker.web.days import read_day

blueprint = Blueprint("organisations", __name__, url_prefix="/organiser/organisations")

KIND_WORDS = {
    "unit": _l("Đơn vị, cơ quan"),
    "school": _l("Trường học"),
    "sector": _l("Ngành"),
    "association": _l("Hội, đoàn thể"),
}
CAPACITY_WORDS = {
    "head": _l("Người đứng đầu"),
    "staff": _l("Cán bộ, nhân viên"),
    "learner": _l("Học sinh, học viên"),
    "member": _l("Hội viên, thành viên"),
}
# A sentence for whoever sent a form, and the field that it is about.
PROBLEMS = {
    Problem.KIND: (_l("Mời Ông/Bà chọn loại."), "kind"),
    Problem.NAME: (_l("Tên gồm 1 đến %(most)s ký tự.", most=MOST_NAME), "name"),
    Problem.THERE_ALREADY: (_l("Ở đây đã có đơn vị cùng loại và cùng tên."), "name"),
    Problem.ABOVE: (_l("Đơn vị cấp trên không có vào ngày đó, hoặc đã quá nhiều cấp."), ""),
    Problem.PLACE: (_l("Không có nơi này vào ngày đó."), ""),
    Problem.DAY: (_l("Mời Ông/Bà ghi ngày đúng, muộn nhất là một năm nữa."), "on"),
    Problem.ENDED: (_l("Đã kết thúc từ trước; mời Ông/Bà xem lại trang."), ""),
    Problem.CAPACITY: (_l("Mời Ông/Bà chọn người này là gì trong đơn vị."), "capacity"),
    Problem.LOGIN: (_l("Không có ai trong phạm vi của Ông/Bà có tên đăng nhập này."), "login"),
    Problem.MEMBER_ALREADY: (_l("Vào thời gian đó người này đã có tên trong danh sách."), "login"),
    Problem.NO_MEMBER: (_l("Không có tên này trong danh sách."), ""),
}
FIELDS = ("kind", "name", "on", "login", "capacity")
MOST_TYPED = 1_000


@blueprint.get("", strict_slashes=False)
def tree() -> ResponseReturnValue:
    """Those at the top; with `find`, by a word of their name."""
    viewer = sessions.signed_in()
    text = request.args.get("find", "")[:MOST_NAME].strip()
    found = organisations.listed(viewer, text)
    return render_template(
        "organisers/organisations.html", found=found, sought=text, kind_words=KIND_WORDS, door="organiser"
    )


@blueprint.get("/<number:organisation>")
def show(organisation: int) -> ResponseReturnValue:
    return _page(sessions.signed_in(), organisation)


@blueprint.post("/<number:organisation>/add")
def add(organisation: int) -> ResponseReturnValue:
    """Add one below this."""
    viewer = sessions.signed_in()

    def work() -> int:
        kind, name = request.form.get("kind", ""), request.form.get("name", "")[:MOST_TYPED]
        return organisations.add(viewer, Wanted(kind, name, organisation)).id

    return _changed(viewer, organisation, "add", work)


@blueprint.post("/<number:organisation>/rename")
def rename(organisation: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> int:
        organisations.rename(viewer, organisation, request.form.get("name", "")[:MOST_TYPED])
        return organisation

    return _changed(viewer, organisation, "rename", work)


@blueprint.post("/<number:organisation>/end")
def end(organisation: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> int:
        day = read_day(request.form.get("on", ""))
        if day is None:
            raise OrganisationRefused(Problem.DAY)
        organisations.end(viewer, organisation, day)
        return organisation

    return _changed(viewer, organisation, "end", work)


@blueprint.post("/<number:organisation>/join")
def join(organisation: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> int:
        login, capacity = request.form.get("login", "")[:MOST_TYPED], request.form.get("capacity", "")
        text = request.form.get("on", "").strip()
        day = read_day(text)
        if text and day is None:
            raise OrganisationRefused(Problem.DAY)
        memberships.join(viewer, organisation, login, capacity, day)
        return organisation

    return _changed(viewer, organisation, "join", work)


@blueprint.post("/<number:organisation>/leave")
def leave(organisation: int) -> ResponseReturnValue:
    """Let a membership end today."""
    viewer = sessions.signed_in()

    def work() -> int:
        text = request.form.get("member", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise OrganisationRefused(Problem.NO_MEMBER)
        return memberships.leave(viewer, int(text))

    return _changed(viewer, organisation, "leave", work)


def _changed(viewer: Viewer, organisation: int, form: str, work: Callable[[], int]) -> ResponseReturnValue:
    """Do the work and lead to what came of it; else the page again, with what was typed and what is wrong."""
    # Whoever may not is not told what is wrong with the form.
    organisations.demand_change(viewer, organisation, members=form in ("join", "leave"))
    try:
        made = work()
    except OrganisationRefused as refused:
        status = 409 if refused.problem is Problem.ENDED else 422
        return _page(viewer, organisation, form, refused.problem), status
    flash(_("Đã lưu thay đổi."))
    return redirect(url_for("organisations.show", organisation=made), 303)


def _page(viewer: Viewer, organisation: int, form: str = "", problem: Problem | None = None) -> str:
    """One organisation. `form` names the form that was sent, of which `problem` tells what is wrong."""
    page = addresses.page()
    sentence, field = PROBLEMS[problem] if problem else ("", "")
    return render_template(
        "organisers/organisation.html",
        sheet=organisations.sheet(viewer, organisation, page),
        page=page,
        kinds=KINDS,
        kind_words=KIND_WORDS,
        capacities=CAPACITIES,
        capacity_words=CAPACITY_WORDS,
        form=form,
        typed={name: request.form.get(name, "")[:MOST_TYPED] for name in FIELDS},
        sentence=sentence,
        field=field,
        most_name=MOST_NAME,
        door="organiser",
    )
