"""Criteria sets for organisers: the list, handing one in and what is wrong with it, looking, adopting."""

from contextlib import closing

from flask import Blueprint, Flask, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.recognition import administered, adopting
from lms_tracker.actions.recognition.adopting import CriteriaRefused, NotPossible, Why
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer, may_somewhere
from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import AnySet, PointsSet
from lms_tracker.learning.recognition import criteria_check
from lms_tracker.learning.recognition.criteria_findings import Finding
from lms_tracker.locations import CRITERIA_EXAMPLES, criteria_format
from lms_tracker.web import sessions
from lms_tracker.web.languages import language
from lms_tracker.web.recognition import wheres
from lms_tracker.web.recognition.step_charts import steps

blueprint = Blueprint("criteria", __name__, url_prefix="/organiser/criteria")

# A file and a text of the greatest size, and what a browser writes around them.
MOST_BYTES = 2 * criteria_check.MOST_BYTES + 65_536
# Lines shown around one that is wrong.
AROUND = 2
MOST_LINE = 300

WHYS = {
    Why.ADOPTED: _l("Bộ này đã được áp dụng từ trước."),
    Why.WITHDRAWN: _l("Bộ này đã thôi áp dụng; muốn dùng lại, mời Ông/Bà nộp bộ mới với mã khác."),
    Why.FULL: _l("Đã có quá nhiều bộ tiêu chí."),
}
MANAGED_BY = {
    "commune": _l("Đơn vị thuộc cấp xã"),
    "province": _l("Đơn vị cấp tỉnh, và cấp trung gian trước 01/07/2025"),
}


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    return render_template(
        "organisers/recognition/criteria_sets.html",
        found=adopting.listed(viewer),
        may_add=may_somewhere(viewer, Right.ADMINISTER),
        door="organiser",
    )


@blueprint.get("/schema.json")
def schema() -> Response:
    """The JSON Schema of the format."""
    sessions.signed_in()
    return jsonify(criteria.schema())


@blueprint.get("/format")
def format_() -> Response:
    """How a set is written, as plain text; with `example` a complete set to begin with, as a file."""
    sessions.signed_in()
    name = request.args.get("example")
    if name is None:
        return Response(criteria_format().read_bytes(), content_type="text/plain; charset=utf-8")
    if name not in CRITERIA_EXAMPLES:
        raise NotFound
    named = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return Response(criteria_format(name).read_bytes(), content_type="application/json", headers=named)


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    return _form(sessions.signed_in(), {})


@blueprint.post("/new")
def send() -> ResponseReturnValue:
    """Check what was sent; keep it where that was asked for and nothing stands against it."""
    viewer = sessions.signed_in()
    offered = administered.of(viewer)
    typed = {name: request.form.get(name, "") for name in ("text", "where", "code")}
    data = _sent() or typed["text"].replace("\r\n", "\n").encode(errors="replace")
    typed["text"] = data[: criteria_check.MOST_BYTES].decode(errors="replace")
    where = wheres.read(typed)
    if not data.strip():
        return _form(viewer, typed, problem=_("Mời Ông/Bà chọn tệp hoặc dán văn bản.")), 422
    if where is None or where.organisation_id is not None or not _may(offered, where):
        return _form(viewer, typed, problem=_("Mời Ông/Bà chọn nơi áp dụng, hoặc ghi đúng mã.")), 422
    if request.form.get("keep") != "1":
        checked = adopting.check(data, where.place_id, beside=True)
        return _form(viewer, typed, checked.findings, checked.criteria), 422 if checked.findings else 200
    try:
        number = adopting.add(viewer, data, where.place_id)
    except CriteriaRefused as refused:
        return _form(viewer, typed, refused.findings), 422
    except NotPossible as refused:
        return _form(viewer, typed, problem=str(WHYS[refused.why])), 422
    return redirect(url_for("criteria.one", number=number), 303)


def _may(offered: administered.Administered, where: administered.Where) -> bool:
    """Whether everywhere is chosen by who may; of a place `adopting` asks."""
    return where.place_id is not None or offered.everywhere


def _sent() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with closing(file):
        return bytes(file.read())


def _form(
    viewer: Viewer,
    typed: dict[str, str],
    findings: tuple[Finding, ...] = (),
    passed: AnySet | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "organisers/recognition/criteria_new.html",
        typed=typed,
        offered=administered.of(viewer),
        findings=findings,
        excerpts=_excerpts(typed.get("text", ""), findings),
        passed=passed,
        problem=problem,
        most_kilobytes=criteria_check.MOST_BYTES // 1000,
        door="organiser",
    )


def _excerpts(text: str, findings: tuple[Finding, ...]) -> list[tuple[int, str, list[Finding]] | None]:
    """Lines that are wrong with those around them, and None where lines between are left out."""
    lines = text.split("\n")
    wrong: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.line is not None and finding.line <= len(lines):
            wrong.setdefault(finding.line, []).append(finding)
    shown = sorted(
        {
            near
            for line in wrong
            for near in range(line - AROUND, line + AROUND + 1)
            if 1 <= near <= len(lines)
        }
    )
    found: list[tuple[int, str, list[Finding]] | None] = []
    for index, number in enumerate(shown):
        if index and number > shown[index - 1] + 1:
            found.append(None)
        found.append((number, lines[number - 1].rstrip("\r")[:MOST_LINE], wrong.get(number, [])))
    return found


@blueprint.get("/<number:number>")
def one(number: int) -> ResponseReturnValue:
    return _page(number)


@blueprint.get("/<number:number>/text")
def text_of(number: int) -> Response:
    """The set as it was handed in, to be changed and handed in under another id."""
    kept = adopting.preview(sessions.signed_in(), number).listed.kept
    named = {"Content-Disposition": f'attachment; filename="{kept.code}.json"'}
    return Response(kept.body, content_type="application/json", headers=named)


@blueprint.post("/<number:number>/adopt")
def adopt(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    found = adopting.preview(viewer, number)
    adopting.demand_change(viewer, found.listed.kept.place_id)
    if request.form.get("sure") != "1":
        return _page(number, _("Mời Ông/Bà đánh dấu vào ô xác nhận.")), 422
    try:
        adopting.adopt(viewer, number)
    except CriteriaRefused:
        # The page says what stands against it.
        return _page(number, _("Không áp dụng được bộ này.")), 409
    except NotPossible as refused:
        return _page(number, str(WHYS[refused.why])), 409
    flash(_("Đã áp dụng bộ tiêu chí."))
    return redirect(url_for("criteria.one", number=number), 303)


@blueprint.post("/<number:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    found = adopting.preview(viewer, number)
    adopting.demand_change(viewer, found.listed.kept.place_id)
    if request.form.get("sure") != "1":
        return _page(number, _("Mời Ông/Bà đánh dấu vào ô xác nhận.")), 422
    try:
        adopting.withdraw(viewer, number)
    except NotPossible as refused:
        return _page(number, str(WHYS[refused.why])), 409
    flash(_("Đã thôi áp dụng bộ tiêu chí."))
    return redirect(url_for("criteria.one", number=number), 303)


def _page(number: int, problem: str = "") -> str:
    found = adopting.preview(sessions.signed_in(), number)
    return render_template(
        "organisers/recognition/criteria_set.html", found=found, problem=problem, door="organiser"
    )


def set_state(listed: adopting.Listed) -> str:
    """Whether a set is adopted, in words."""
    kept = listed.kept
    if kept.withdrawn_us is not None:
        return str(_("Đã thôi áp dụng"))
    return str(_("Đang áp dụng") if kept.adopted_us is not None else _("Chưa áp dụng"))


def expected(finding: Finding) -> str:
    """What was expected in place of what is wrong, in the page's language."""
    return finding.vi if language() == "vi" else finding.en


def is_of_points(found: AnySet) -> bool:
    return isinstance(found, PointsSet)


def managed_by_words(name: str) -> str:
    return str(MANAGED_BY[name])


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)
    for filter_ in (set_state, is_of_points, managed_by_words):
        app.add_template_filter(filter_, filter_.__name__)
    app.add_template_filter(expected, "criteria_expected")
    app.add_template_filter(steps, "steps_chart")
