"""Who proposes and who decides: the settings, entering one, ending one."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.recognition import administered, authorities
from lms_tracker.actions.recognition.authorities import MOST_BODY, MOST_SOURCE, AuthorityRefused, Wanted
from lms_tracker.actions.rights import Right, Viewer, may_somewhere
from lms_tracker.learning.recognition import authorities as known
from lms_tracker.learning.recognition.authorities import GENERAL
from lms_tracker.learning.recognition.models import Model
from lms_tracker.web import sessions
from lms_tracker.web.days import read_day
from lms_tracker.web.recognition import forms, wheres

blueprint = Blueprint("authorities", __name__, url_prefix="/organiser/authorities")

PARTS = {"proposing": _l("Đề nghị"), "deciding": _l("Quyết định")}
FIELDS = ("model", "part", "body", "signs_as", "source", "valid_from", "valid_to", "where", "code")
PROBLEMS = {
    "body": _l("Mời Ông/Bà ghi tên cơ quan, từ 1 đến %(most)s ký tự.", most=MOST_BODY),
    "signs-as": _l("Mời Ông/Bà ghi ai ký, từ 1 đến %(most)s ký tự.", most=MOST_BODY),
    "source": _l("Mời Ông/Bà ghi văn bản làm căn cứ, từ 1 đến %(most)s ký tự.", most=MOST_SOURCE),
    "model": _l("Mời Ông/Bà chọn một mô hình."),
    "part": _l("Mời Ông/Bà chọn đề nghị hay quyết định."),
    "days": _l("Mời Ông/Bà ghi ngày đúng; ngày cuối không trước ngày đầu."),
    "where": _l("Mời Ông/Bà chọn nơi áp dụng, hoặc ghi đúng mã."),
    "overlap": _l(
        "Ở đó đã có cơ quan khác trong thời gian này; mời Ông/Bà ghi ngày kết thúc cho mục cũ trước."
    ),
    "ended": _l("Mục này đã kết thúc trước ngày đó, hoặc người khác vừa sửa."),
    "today": _l("Mục này bắt đầu sau ngày đó."),
}


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    return _page(sessions.signed_in(), {}, {})


@blueprint.post("", strict_slashes=False)
def add() -> ResponseReturnValue:
    viewer, typed = sessions.signed_in(), forms.typed(*FIELDS)
    administered.of(viewer)
    try:
        authorities.add(viewer, _wanted(typed))
    except AuthorityRefused as refused:
        return _page(viewer, typed, {refused.field: refused.rule}), 422
    flash(_("Đã ghi cơ quan."))
    return redirect(url_for("authorities.list"), 303)


@blueprint.post("/<number:number>/end")
def end(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    # Whoever may not is not told what is wrong with the form.
    authorities.demand_end(viewer, number)
    try:
        authorities.end(viewer, number, _day(request.form.get("last", ""), "valid_to"))
    except AuthorityRefused as refused:
        status = 409 if refused.rule == "ended" else 422
        return _page(viewer, {}, {f"end-{number}": refused.rule}), status
    flash(_("Đã ghi ngày kết thúc."))
    return redirect(url_for("authorities.list"), 303)


def _wanted(typed: Mapping[str, str]) -> Wanted:
    """Raises AuthorityRefused."""
    where = wheres.read(typed)
    if where is None:
        raise AuthorityRefused("where", "where")
    return Wanted(
        model=typed["model"],
        part=typed["part"],
        body=" ".join(typed["body"].split()),
        signs_as=" ".join(typed["signs_as"].split()),
        source=" ".join(typed["source"].split()),
        valid_from=_day(typed["valid_from"], "valid_from") if typed["valid_from"].strip() else None,
        valid_to=_day(typed["valid_to"], "valid_to") if typed["valid_to"].strip() else None,
        place_id=where.place_id,
        organisation_id=where.organisation_id,
    )


def _day(text: str, field: str) -> date:
    found = read_day(text)
    if found is None:
        raise AuthorityRefused("days", field)
    return found


def _page(viewer: Viewer, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    may_add = may_somewhere(viewer, Right.ADMINISTER)
    return render_template(
        "organisers/recognition/authorities.html",
        found=authorities.listed(viewer),
        usual=known.shipped(),
        offered=administered.of(viewer) if may_add else None,
        models=list(Model),
        parts_words=PARTS,
        typed=typed,
        problems=problems,
        door="organiser",
    )


def authority_problem(rule: str) -> str:
    return str(PROBLEMS[rule])


def part_name(part: str) -> str:
    return str(PARTS[part])


def in_general(body: str) -> str:
    """A usual body without the name of a unit: "Ủy ban nhân dân cấp xã"."""
    return body.format_map(GENERAL)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    for filter_ in (authority_problem, part_name, in_general):
        app.add_template_filter(filter_, filter_.__name__)
