"""A household or clan by itself: who belongs to it, and the forms by which officers mend that."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import clock, kinship_changes, kinships
from lms_tracker.actions.kinship_changes import MOST_NAME, MOST_RELATION, KinshipRefused, Problem, Split
from lms_tracker.actions.rights import Viewer
from lms_tracker.web import addresses, residents, sessions
from lms_tracker.web.days import read_day

blueprint = Blueprint("kinships", __name__, url_prefix="/organiser/people/kinships")

# A sentence for whoever sent a form, and the field that it is about.
PROBLEMS = {
    Problem.NAME: (_l("Tên gồm 1 đến %(most)s ký tự.", most=MOST_NAME), "name"),
    Problem.THERE_ALREADY: (_l("Ở đây đã có hộ hoặc dòng họ cùng tên."), "name"),
    Problem.RELATION: (_l("Quan hệ gồm nhiều nhất %(most)s ký tự.", most=MOST_RELATION), "relation"),
    Problem.DAY: (_l("Mời Ông/Bà ghi ngày đã tới, sau ngày người đó bắt đầu thuộc hộ hoặc dòng họ."), "on"),
    Problem.NO_MEMBER: (_l("Không có tên này trong danh sách; mời Ông/Bà xem lại trang."), ""),
    Problem.ENDED: (_l("Người này đã rời đi từ trước; mời Ông/Bà xem lại trang."), ""),
    Problem.NO_PERSON: (_l("Không tìm thấy người này."), ""),
    Problem.MEMBER_ALREADY: (_l("Vào thời gian đó người này đã thuộc hộ hoặc dòng họ này."), ""),
    Problem.ELSEWHERE: (
        _l("Vào thời gian đó người này thuộc hộ hoặc dòng họ khác; chọn chuyển sang nếu đúng như vậy."),
        "moves",
    ),
    Problem.NOBODY: (_l("Mời Ông/Bà chọn những người ra ở riêng."), "member"),
    Problem.EVERYBODY: (_l("Phải có người ở lại; nếu cả hộ đổi tên thì chỉ cần đổi tên."), "member"),
    Problem.DEAD: (_l("Người này đã mất trước ngày đó."), "on"),
}
CONFLICTS = (Problem.ENDED, Problem.NO_MEMBER)
FIELDS = ("name", "relation", "on", "person", "head")
MOST_TYPED = 500


@blueprint.get("/<number:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(sessions.signed_in(), number)


@blueprint.post("/add")
def add() -> ResponseReturnValue:
    """A new household or clan of a place."""
    viewer = sessions.signed_in()
    place, kind = residents.number("place"), request.args.get("kind", "household")
    try:
        made = kinship_changes.add(viewer, place, kind, _typed("name"))
    except KinshipRefused as refused:
        flash(str(PROBLEMS[refused.problem][0]), "bad")
        return redirect(url_for("residents.kinships", place=place, kind=kind), 303)
    flash(_("Đã lưu thay đổi."))
    return redirect(url_for("kinships.show", number=made), 303)


@blueprint.post("/<number:number>/rename")
def rename(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    return _changed(viewer, number, "rename", lambda: kinship_changes.rename(viewer, number, _typed("name")))


@blueprint.post("/<number:number>/join")
def join(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> None:
        kinship_changes.join(
            viewer,
            number,
            addresses.person_key(_typed("person")),
            _typed("relation"),
            _day(required=False),
            moves=request.form.get("moves") == "yes",
        )

    return _changed(viewer, number, "join", work)


@blueprint.post("/<number:number>/leave")
def leave(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()

    def work() -> None:
        kinship_changes.leave(viewer, number, _member(), _day() or clock.today())

    return _changed(viewer, number, "leave", work)


@blueprint.post("/<number:number>/head")
def head(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    return _changed(viewer, number, "head", lambda: kinship_changes.make_head(viewer, number, _member()))


@blueprint.post("/<number:number>/split")
def split(number: int) -> ResponseReturnValue:
    """Some of a household leave it for a new one."""
    viewer = sessions.signed_in()

    def work() -> int:
        chosen = [_number(text) for text in request.form.getlist("member")]
        new_head = _typed("head")
        since = _day() or clock.today()
        wanted = Split(chosen, _number(new_head) if new_head else None, _typed("name"), since)
        return kinship_changes.split(viewer, number, wanted)

    return _changed(viewer, number, "split", work)


def _typed(name: str) -> str:
    return request.form.get(name, "")[:MOST_TYPED].strip()


def _day(*, required: bool = True) -> date | None:
    text = _typed("on")
    day = read_day(text)
    if day is None and (text or required):
        raise KinshipRefused(Problem.DAY)
    return day


def _member() -> int:
    return _number(request.form.get("member", ""))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise KinshipRefused(Problem.NO_MEMBER)
    return int(text)


def _changed(viewer: Viewer, number: int, form: str, work: Callable[[], int | None]) -> ResponseReturnValue:
    """Do the work and lead to what came of it; else the page again, with what was typed and what is wrong."""
    # Whoever may not is not told what is wrong with the form.
    kinship_changes.demand_enter(viewer, number)
    if form == "join" and len(_typed("person")) != 32:
        abort(400)
    try:
        made = work()
    except KinshipRefused as refused:
        status = 409 if refused.problem in CONFLICTS else 422
        return _page(viewer, number, form, refused.problem), status
    flash(_("Đã lưu thay đổi."))
    return redirect(url_for("kinships.show", number=made or number), 303)


def _page(viewer: Viewer, number: int, form: str = "", problem: Problem | None = None) -> str:
    """A household or clan. `form` names the form that was sent, of which `problem` tells what is wrong."""
    text = (request.form if form else request.args).get("find", "")[:200].strip()
    sentence, field = PROBLEMS[problem] if problem else ("", "")
    return render_template(
        "organisers/kinship.html",
        found=kinships.page(viewer, number, text),
        sought=text,
        form=form,
        typed={name: _typed(name) if form else "" for name in FIELDS},
        chosen=request.form.getlist("member")[:100] if form else [],
        sentence=sentence,
        field=field,
        today=clock.today().isoformat(),
        most_name=MOST_NAME,
        most_relation=MOST_RELATION,
        door="organiser",
    )
