"""How statistics are said to people: what is counted, of what, and what a published ratio is beside it."""

from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.reporting.statistics import Line
from lms_tracker.learning.places import Level
from lms_tracker.learning.reporting import measures
from lms_tracker.learning.reporting.measures import Measure
from lms_tracker.learning.reporting.numbers import Bound, Number, write_bound
from lms_tracker.learning.reporting.ratios import Explained, ExplainedChange, Meant, Ratio, Verdict
from lms_tracker.web.languages import language
from lms_tracker.web.reporting import words

VERDICTS = {
    Verdict.EQUAL: _l("Đúng với tỷ lệ tính được."),
    Verdict.OTHER_DIGITS: _l("Đúng với tỷ lệ tính được, viết với số chữ số khác sau dấu phẩy."),
    Verdict.TRUNCATED: _l(
        "Tính được %(finer)s%%, làm tròn là %(computed)s%%; số công bố cắt bớt chứ không làm tròn."
    ),
    Verdict.OTHER_DENOMINATOR: _l(
        "Tính được %(computed)s%%. Tỷ lệ công bố ứng với mẫu số vào khoảng %(likely)s (từ %(least)s đến"
        " %(greatest)s)."
    ),
    Verdict.NO_DENOMINATOR: _l(
        "Không nêu mẫu số. Tỷ lệ công bố ứng với mẫu số vào khoảng %(likely)s (từ %(least)s đến"
        " %(greatest)s)."
    ),
    Verdict.UNCHECKABLE: _l("Không nêu mẫu số nên không kiểm tra được."),
}
CHANGES = {
    Meant.POINTS: _l("Là điểm phần trăm của tỷ lệ; theo phần trăm so với năm trước là %(relative)s%%."),
    Meant.RELATIVE: _l("Là phần trăm so với năm trước, không phải điểm phần trăm của tỷ lệ."),
    Meant.EITHER: _l("Đúng cả theo điểm phần trăm và theo phần trăm so với năm trước."),
    Meant.NEITHER: _l("Không khớp: theo phần trăm so với năm trước tính được %(relative)s%%."),
}
IMPLIED_BASE = _l("Khi đó mẫu số năm trước vào khoảng %(base)s.")


def title(indicator: str) -> str:
    return measures.title(indicator, language())


def counts(base: str) -> str:
    """What a denominator counts, in two or three words."""
    return measures.counts(base, language())


def definition(base: str) -> str:
    return measures.DEFINITIONS[base].of(language())


def percent(ratio: Ratio) -> str:
    return ratio.written(language()) or "–"


def reported(line: Line) -> str:
    """A figure as it was reported, with its bound and its denominator."""
    if line.published is None:
        return ""
    figure = line.published.figure
    said = write_bound(Number(Decimal(figure.value), Bound(figure.bound)), language())
    return f"{said} / {words.exact_text(figure.denominator)}" if figure.denominator else said


def explained(one: Explained) -> str:
    facts = {
        "computed": _digits(one.computed),
        "finer": _digits(one.finer),
        "likely": words.exact(one.implied.likely if one.implied else None),
        "least": words.exact(one.implied.least if one.implied else None),
        "greatest": words.exact(one.implied.greatest if one.implied else None),
    }
    return (
        str(VERDICTS[one.verdict]) % facts
        if "%(" in str(VERDICTS[one.verdict])
        else str(VERDICTS[one.verdict])
    )


def explained_change(one: ExplainedChange) -> str:
    sentence = str(CHANGES[one.meant])
    if "%(" in sentence:
        sentence %= {"relative": _digits(one.change.relative)}
    if one.implied_base is not None:
        sentence += " " + str(IMPLIED_BASE) % {"base": words.exact(one.implied_base)}
    return sentence


def _digits(value: Decimal | None) -> str:
    return "–" if value is None else words.exact_text(format(value, "f"))


def part_name(level: int) -> str:
    """What is counted in a unit without being known of any below it."""
    return str(_("Chung, hoặc chưa rõ thôn") if level == Level.COMMUNE else _("Chưa rõ đơn vị trực thuộc"))


def set_up(app: Flask) -> None:
    for filter_ in (
        title,
        counts,
        definition,
        percent,
        reported,
        explained,
        explained_change,
        part_name,
    ):
        app.add_template_filter(filter_, f"statistics_{filter_.__name__}")
    app.add_template_global(Measure, "Measure")
