"""Who may do what where: the administrators' table of a place, and what somebody holds and hands on."""

from datetime import date

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import grant_lists, grants
from lms_tracker.actions import rights as questions
from lms_tracker.actions.grants import GrantRefused, Problem, Wanted
from lms_tracker.actions.rights import ORGANISER, NotAllowed, Right, Role, Scope, Viewer
from lms_tracker.web import sessions

blueprint = Blueprint("rights", __name__, url_prefix="/organiser/rights")

ROLES = {
    Role.VIEWER: _l("Xem"),
    Role.OFFICER: _l("Nhập liệu"),
    Role.REVIEWER: _l("Thẩm định"),
    Role.APPROVER: _l("Phê duyệt"),
    Role.ADMINISTRATOR: _l("Quản trị"),
    Role.PROVIDER: _l("Đơn vị cung cấp"),
    Role.GUARDIAN: _l("Giám hộ"),
    ORGANISER: _l("Nhập liệu, thẩm định và phê duyệt"),
}
MEANINGS = {
    Role.VIEWER: _l("Xem hồ sơ của người trong phạm vi; mỗi lần xem đều được lưu lại."),
    Role.OFFICER: _l("Xem, nhập danh sách dân cư và kê khai thay người học."),
    Role.REVIEWER: _l("Xem, thẩm định bản kê khai, đề nghị xem xét lại và cảnh báo."),
    Role.APPROVER: _l("Xem, phê duyệt việc gộp hồ sơ và thay đổi quy tắc."),
    Role.ADMINISTRATOR: _l("Xem, phân quyền và quản lý đơn vị hành chính."),
}
PROBLEMS = {
    Problem.ROLE: ("role", _l("Mời Ông/Bà chọn một quyền.")),
    Problem.LOGIN: ("login", _l("Không có ai dùng tên đăng nhập này.")),
    Problem.SCOPE: ("role", _l("Quyền này không dùng được ở phạm vi này.")),
    Problem.NOWHERE: ("role", _l("Không có đơn vị này.")),
    Problem.DATES: ("last_day", _l("Ngày cuối phải sau hoặc trùng ngày đầu.")),
    Problem.ONESELF: ("login", _l("Không ai tự giao quyền cho mình.")),
    Problem.BEYOND: ("last_day", _l("Không ai giao lại quyền lâu hơn thời hạn của chính mình.")),
    Problem.NOT_HELD: ("", _l("Quyền này đã được thu hồi trước đó.")),
    Problem.LAST_ADMINISTRATOR: (
        "",
        _l("Đây là người quản trị toàn quốc cuối cùng: trước hết cần có người khác làm quản trị."),
    ),
}
TYPED = ("login", "role", "first_day", "last_day", "place", "organisation", "provider")
DAYS = ("first_day", "last_day")


def set_up(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.add_template_filter(lambda role: str(ROLES.get(role, role)), "role_name")
    app.add_template_filter(lambda role: str(MEANINGS.get(role, "")), "role_meaning")


@blueprint.get("", strict_slashes=False)
def show() -> ResponseReturnValue:
    viewer, place = sessions.signed_in(), _number(request.args.get("place", ""))
    return _page(viewer, place, {}, {})


@blueprint.post("", strict_slashes=False)
def grant() -> ResponseReturnValue:
    """Grant a role, or hand on what one holds."""
    viewer = sessions.signed_in()
    typed = {name: request.form.get(name, "").strip()[:200] for name in TYPED}
    place = _number(typed["place"])
    wrong = {name: _("Mời Ông/Bà chọn một ngày có thật.") for name in DAYS if not _is_day(typed[name])}
    if wrong:
        return _page(viewer, place, typed, wrong), 422
    first, last = (date.fromisoformat(typed[name]) if typed[name] else None for name in DAYS)
    scope = Scope(
        place_id=place, organisation_id=_number(typed["organisation"]), provider_id=_number(typed["provider"])
    )
    try:
        grants.grant(viewer, Wanted(typed["login"], typed["role"], scope, first, last))
    except GrantRefused as refused:
        field, sentence = PROBLEMS[refused.problem]
        return _page(viewer, place, typed, {field: str(sentence)}), 422
    flash(_("Đã giao quyền."))
    return _back(viewer, place)


@blueprint.post("/<number:number>/revoke")
def revoke(number: int) -> ResponseReturnValue:
    viewer, place = sessions.signed_in(), _number(request.form.get("place", ""))
    try:
        grants.revoke(viewer, number)
    except GrantRefused as refused:
        return _page(viewer, place, {}, {"": str(PROBLEMS[refused.problem][1])}), 409
    flash(_("Đã thu hồi quyền, có hiệu lực ngay."))
    return _back(viewer, place)


def _back(viewer: Viewer, place: int | None) -> ResponseReturnValue:
    return redirect(url_for("rights.show", place=place if _administers(viewer) else None), 303)


def _administers(viewer: Viewer) -> bool:
    return questions.may_somewhere(viewer, Right.ADMINISTER)


def _page(viewer: Viewer, place: int | None, typed: dict[str, str], problems: dict[str, str]) -> str:
    """The table of a place for who administers it; for others what they hold. Raises NotAllowed."""
    if not _administers(viewer):
        if place is not None and not typed:
            raise NotAllowed
        return render_template(
            "organisers/rights_own.html",
            own=grant_lists.own(viewer),
            parts=grant_lists.parts(viewer),
            typed=typed,
            problems=problems,
            door="organiser",
        )
    where = grant_lists.top(viewer) if place is None else place
    return render_template(
        "organisers/rights.html",
        board=grant_lists.board(viewer, where),
        columns=grant_lists.COLUMNS,
        roles=(*grant_lists.COLUMNS[:4], ORGANISER, Role.ADMINISTRATOR),
        typed=typed,
        problems=problems,
        door="organiser",
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(404)
    return int(text)


def _is_day(text: str) -> bool:
    """Whether this is a day as forms send it, or nothing."""
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False
