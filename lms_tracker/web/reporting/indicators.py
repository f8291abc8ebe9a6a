"""The register of indicators: what can be reported, and adding a local one."""

import msgspec
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import rights
from lms_tracker.actions.reporting import registers
from lms_tracker.learning.reporting.indicators import IndicatorRefused
from lms_tracker.web import sessions
from lms_tracker.web.reporting import asked

blueprint = Blueprint("indicators", __name__, url_prefix="/organiser/indicators")

FIELDS = ("code", "vi", "en", "unit", "base", "part_of")
KINDS = {"vnd": "money", "percent": "ratio"}
SENTENCES = {
    "file-json": _l(
        "Mời Ông/Bà ghi mã bằng chữ thường không dấu, số và gạch nối, và tên bằng hai thứ tiếng."
    ),
    "unit-known": _l("Mời Ông/Bà chọn đơn vị tính."),
    "base-unit": _l("Đơn vị tính khác với đơn vị của mẫu số."),
    "part-unit": _l("Đơn vị tính khác với đơn vị của chỉ tiêu mà nó là một phần."),
    "part-circle": _l("Một chỉ tiêu không thể là một phần của chính nó."),
    "aggregate-only": _l("Chỉ tiêu này chỉ được lưu dưới dạng số tổng hợp."),
    "too-many": _l("Đã có quá nhiều chỉ tiêu của địa phương."),
}


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    return _page()


@blueprint.post("", strict_slashes=False)
def add() -> ResponseReturnValue:
    viewer = sessions.signed_in()
    rights.demand(registers.may_add(viewer))
    typed = {name: asked.typed(name).strip() for name in FIELDS}
    body = {
        "code": typed["code"],
        "title": {"vi": typed["vi"], "en": typed["en"]},
        "unit": typed["unit"],
        "kind": KINDS.get(typed["unit"], "count"),
        "base": typed["base"],
        "part_of": typed["part_of"],
    }
    try:
        registers.add(viewer, msgspec.json.encode(body))
    except IndicatorRefused as refused:
        return _page(str(SENTENCES.get(refused.rule, SENTENCES["file-json"])), 422)
    flash(_("Đã thêm chỉ tiêu."))
    return redirect(url_for("indicators.list", _anchor=typed["code"]), 303)


def _page(problem: str = "", status: int = 200) -> ResponseReturnValue:
    viewer = sessions.signed_in()
    page = render_template(
        "organisers/reporting/indicators.html",
        register=registers.listed(viewer),
        may_add=registers.may_add(viewer),
        problem=problem,
        typed={name: asked.typed(name) for name in FIELDS},
        door="organiser",
    )
    return page, status
