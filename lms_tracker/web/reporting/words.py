"""How figures, ratios, bounds and what does not add up are said to people."""

from datetime import date
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.reporting.figure_sheets import DIGITS, Share
from lms_tracker.actions.reporting.figures import Wrong
from lms_tracker.actions.reporting.subjects import Subject
from lms_tracker.actions.reporting.targets import Distance
from lms_tracker.learning.reporting import numbers
from lms_tracker.learning.reporting.figure_checks import Finding
from lms_tracker.learning.reporting.indicators import Base, Indicator, Named, Register
from lms_tracker.learning.reporting.numbers import Bound, Number
from lms_tracker.web import file_rules
from lms_tracker.web.languages import language, short_day
from lms_tracker.web.place_words import place_called, place_name

PERIODS = {"year": _l("cả năm"), "first-half": _l("6 tháng đầu năm"), "nine-months": _l("9 tháng đầu năm")}
REVIEWS = {"interim": _l("Sơ kết"), "final": _l("Tổng kết")}
CHANGE_UNITS = {"": _l("không rõ"), "percent": _l("phần trăm"), "points": _l("điểm phần trăm")}
BOUNDS = {"at-least": _l("ít nhất"), "about": _l("khoảng"), "at-most": _l("không quá"), "exact": ""}
WEIGHTS = {2: _l("Sai"), 1: _l("Cần xem lại"), 0: _l("Lưu ý")}

FINDINGS = {
    "numerator-above-denominator": _l("Số liệu %(value)s lớn hơn mẫu số %(denominator)s."),
    "part-above-whole": _l(
        "“%(part_indicator)s” là %(value)s, lớn hơn “%(indicator)s” là %(whole)s mà nó là một phần"
        " (trong đó)."
    ),
    "bound-at-least": _l("Là mức tối thiểu: số thật có thể cao hơn %(value)s."),
    "bound-about": _l("Là số gần đúng."),
    "attendances-below-events": _l(
        "Chỉ có %(value)s lượt người trong %(held)s lớp, hội thảo hoặc hội nghị; mời Ông/Bà kiểm tra lại."
    ),
    "ratio-truncated": _l(
        "Tính được %(exact)s%%, làm tròn là %(computed)s%%. Tài liệu ghi %(published)s%% vì cắt bớt phần sau"
        " dấu phẩy chứ không làm tròn."
    ),
    "ratio-differs": _l(
        "Tính được %(computed)s%%, tài liệu ghi %(published)s%%. Nếu tỷ lệ đã ghi là đúng thì mẫu số vào"
        " khoảng %(implied)s (từ %(least)s đến %(greatest)s)."
    ),
    "ratio-without-denominator": _l(
        "Tài liệu ghi %(published)s%% mà không nêu mẫu số. Theo tỷ lệ này mẫu số vào khoảng %(implied)s"
        " (từ %(least)s đến %(greatest)s)."
    ),
    "ratio-not-checkable": _l("Tài liệu ghi %(published)s%% mà không nêu mẫu số nên không kiểm tra được."),
    "change-large": _l(
        "Khác nhiều so với năm trước: %(last)s rồi %(value)s. Mời Ông/Bà xem lại đơn vị tính và các chữ số."
    ),
    "change-in-points": _l(
        "Tài liệu ghi thay đổi %(published)s%%. So với %(last)s của năm trước thì chênh lệch %(difference)s"
        " là %(relative)s%%; còn %(published)s là điểm phần trăm của tỷ lệ, không phải phần trăm."
    ),
    "change-in-percent": _l(
        "Tài liệu ghi %(published)s điểm phần trăm, nhưng đó là phần trăm so với %(last)s của năm trước."
    ),
    "change-differs": _l(
        "Tài liệu ghi thay đổi %(published)s; so với %(last)s của năm trước, tính được %(relative)s%%."
    ),
    "sum-differs": _l("Tổng của %(count)s nơi trực thuộc là %(sum)s, khác với số đã báo cáo %(value)s."),
    "sum-above": _l(
        "Mới có %(count)s trong %(units)s nơi trực thuộc mà tổng đã là %(sum)s, hơn số đã báo cáo %(value)s."
    ),
}
IMPLIED_BASE = _l(
    "Phù hợp nếu mẫu số năm trước vào khoảng %(implied_base)s; với mẫu số không đổi thì là %(points)s điểm."
)
RULES = {
    **file_rules.FILES,
    **file_rules.CELLS,
    "number-text": _l("Mời Ông/Bà ghi một số, nhiều nhất 100 ký tự."),
    "number-digits": _l("Phải có chữ số, ví dụ 1.681 hoặc 73,58%% hoặc trên 120."),
    "number-words": _l("Sau chữ số chỉ ghi đơn vị tính, ví dụ người, lượt, đồng, %%."),
    "number-bounds": _l("Chỉ ghi một trong các từ trên, hơn, khoảng, trở lên."),
    "number-parted": _l("Hàng nghìn phải tách từng ba chữ số, ví dụ 138.068."),
    "number-ambiguous": _l("Số này đọc được theo hai cách; mời Ông/Bà viết lại cho rõ."),
    "number-whole": _l("Phải là số nguyên."),
    "number-percent": _l("Phải là số lượng, không phải tỷ lệ phần trăm."),
    "number-ratio": _l("Phải là tỷ lệ phần trăm, ví dụ 73,58%%."),
    "number-negative": _l("Số không được âm."),
    "number-size": _l("Số dài quá 18 chữ số."),
    "unit-other": _l("Đơn vị tính ghi sau số khác với đơn vị của chỉ tiêu; lượt người không phải là người."),
    "denominator-exact": _l("Mẫu số phải là một số chính xác lớn hơn 0."),
    "value-bound": _l("Chỉ ghi số, hoặc mức tối thiểu như trên 120."),
    "value-needed": _l("Mời Ông/Bà ghi số liệu."),
    "one-of": _l("Mời Ông/Bà chọn một trong các giá trị đã cho."),
    "year": _l("Phải là năm có bốn chữ số."),
    "indicator-known": _l("Chỉ tiêu này không có trong danh mục."),
    "figure-once": _l("Mỗi chỉ tiêu của một nơi và một năm chỉ ghi một lần."),
    "place-known": _l("Vào năm đó ở đây không có nơi này."),
    "place-twice": _l("Có hai nơi cùng tên; hãy ghi mã đơn vị hành chính."),
    "place-allowed": _l("Ông/Bà không báo cáo cho nơi này."),
    "numerator-above-denominator": _l("Số liệu lớn hơn mẫu số."),
    "part-above-whole": _l("Một phần (trong đó) lớn hơn tổng."),
}


def exact(value: Decimal | int | None, digits: int | None = None) -> str:
    """A number as it is written in the language of the page; "–" for none."""
    return "–" if value is None else numbers.write(Decimal(value), language(), digits)


def exact_text(text: str) -> str:
    """A number that is kept as text, with the decimals it has there; empty stays empty."""
    if not text:
        return ""
    value = Decimal(text)
    _, _, decimals = text.partition(".")
    return numbers.write(value, language(), len(decimals))


def signed(value: Decimal | None, digits: int | None = None) -> str:
    """With its sign, for changes."""
    return "–" if value is None else f"{'+' if value > 0 else ''}{exact(value, digits)}"


def bounded(number: Number | None) -> str:
    """With its bound: "trên 120"."""
    return "–" if number is None else numbers.write_bound(number, language())


def share(one: Share) -> str:
    """Per cent with two decimals; those of a lower bound are one."""
    return numbers.write_bound(Number(one.percent, one.bound), language(), DIGITS) + "%"


def missing(one: Distance) -> str:
    """What a target lacks, or has too much."""
    return "–" if one.missing is None else bounded(Number(one.missing, one.missing_bound))


def kept(value: str, bound: str) -> str:
    """A value as it is kept, with its bound."""
    return numbers.write_bound(Number(Decimal(value), Bound(bound)), language())


def worded(one: Named | Indicator | Base) -> str:
    """The title of an indicator, a unit, a base or a group."""
    return one.title.of(language())


def subject_name(subject: Subject) -> str:
    """A place with its kind, or an organisation, at the beginning of a line."""
    if subject.place is not None:
        return place_name(subject.place)
    return subject.organisation.name if subject.organisation is not None else ""


def subject_called(subject: Subject) -> str:
    """The same within a sentence."""
    return place_called(subject.place) if subject.place is not None else subject_name(subject)


def finding(one: Finding, register: Register) -> str:
    """A sentence for what does not add up, with its numbers."""
    facts = {name: _fact(name, fact, register) for name, fact in one.facts.items()}
    sentence = str(FINDINGS[one.rule]) % facts
    if "implied_base" in facts and one.rule == "change-in-points":
        sentence += " " + str(IMPLIED_BASE) % facts
    return sentence


def _fact(name: str, fact: Decimal | int | str, register: Register) -> str:
    if isinstance(fact, str):
        return worded(register.indicators[fact]) if fact in register.indicators else fact
    if isinstance(fact, Decimal) and name in ("published", "computed", "exact"):
        return exact_text(format(fact, "f"))
    return exact(fact)


def rule(name: str) -> str:
    """What is wrong with a number, a cell or a file."""
    return str(RULES[name]).replace("%%", "%") if name in RULES else name


def wrong(one: Wrong) -> str:
    """What is wrong with a field, with both readings of an ambiguous number."""
    return with_readings(one.rule, one.readings)


def with_readings(name: str, readings: tuple[Decimal, ...] | list[str]) -> str:
    said = rule(name)
    if readings:
        ways = " / ".join(exact(Decimal(reading)) for reading in readings)
        said += " " + str(_("Hai cách đọc: %(ways)s.", ways=ways))
    return said


def day(value: date | None) -> str:
    return "–" if value is None else short_day(value.toordinal())


def period(code: str) -> str:
    return str(PERIODS[code])


def set_up(app: Flask) -> None:
    for filter_ in (
        exact,
        exact_text,
        signed,
        bounded,
        kept,
        share,
        missing,
        worded,
        subject_name,
        subject_called,
        finding,
        wrong,
        period,
    ):
        app.add_template_filter(filter_, f"figure_{filter_.__name__}")
    app.add_template_filter(day, "figure_day")
    app.add_template_filter(with_readings, "figure_rule")
    app.jinja_env.globals.update(figure_periods=PERIODS, figure_weights=WEIGHTS)
