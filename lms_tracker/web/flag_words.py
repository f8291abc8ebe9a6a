"""What people read of flags: what each kind means, its figures in words, and what to do."""

from dataclasses import dataclass

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms_tracker.learning.watching import Bar, Figures, Kind
from lms_tracker.web import languages

# What it is called, what it means, and what a reviewer would look at.
KINDS = {
    Kind.LONG_DAYS: (
        _l("Khai quá nhiều giờ trong một ngày"),
        _l(
            "Tổng thời gian mà các đơn vị gửi cho một người trong một ngày nhiều hơn một người có thể học. "
            "Giờ trùng nhau đã được trừ khi ghi nhận."
        ),
        _l(
            "Mời xem các lần học dài nhất: trang bài để mở cả ngày, nhiều máy cùng chạy, hay người khác học "
            "thay."
        ),
    ),
    Kind.COURSE_JUMPS: (
        _l("Số người hoàn thành khóa học tăng vọt"),
        _l("Trong tuần này có nhiều người hoàn thành khóa học hơn hẳn các tuần trước của chính khóa ấy."),
        _l(
            "Có thể là ngày thi chung hoặc dữ liệu cũ được gửi một lần; nếu không, mời hỏi lại đơn vị và một "
            "vài người học."
        ),
    ),
    Kind.SAME_TIMES: (
        _l("Nhiều người học có giờ giống hệt nhau"),
        _l("Nhiều người trong một khóa học có cùng giờ bắt đầu và cùng thời lượng, đúng đến từng giây."),
        _l(
            "Có thể là một lớp trực tuyến chung; nếu không, dữ liệu có thể được chép từ một người cho cả lớp."
        ),
    ),
    Kind.AT_THE_CAP: (
        _l("Thời lượng của một đơn vị đều chạm mức tối đa"),
        _l("Hầu hết các lần học gần đây của đơn vị này dài bằng hoặc hơn mức tối đa của một lần học."),
        _l("Thời lượng thật thường dài ngắn khác nhau. Mời hỏi đơn vị thời lượng được đo như thế nào."),
    ),
    Kind.CLAIMED_TWICE: (
        _l("Một tài khoản học có hai người nhận"),
        _l("Hai người cùng cho rằng tài khoản này là của mình. Giờ học của tài khoản đang được giữ lại."),
        _l("Mời làm rõ tài khoản là của ai ở trang tài khoản học, rồi đóng cảnh báo này."),
    ),
    Kind.SHARED_ACCOUNT: (
        _l("Tài khoản học có vẻ nhiều người dùng chung"),
        _l(
            "Tài khoản này học nhiều nơi cùng một lúc, có nhiều giờ hơn một ngày, hoặc mang tên của tài "
            "khoản khách."
        ),
        _l("Nếu đúng là dùng chung, mời đánh dấu tài khoản là dùng chung để thời gian không tính cho ai."),
    ),
}
STATES = {
    "waiting": _l("Đang chờ xem"),
    "confirmed": _l("Xác nhận là bất thường"),
    "harmless": _l("Không có gì bất thường"),
}
STEPS = {
    "raised": _l("Hệ thống nêu cảnh báo"),
    "raised-again": _l("Hệ thống nêu lại vì số liệu tăng thêm"),
    "confirmed": _l("Xác nhận là bất thường"),
    "harmless": _l("Không có gì bất thường"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The title of a kind's chart and the heads of its table; `other` is empty where bars have one figure."""

    title: str
    label: str
    value: str
    other: str = ""


def flag_kind(kind: str) -> str:
    return str(KINDS[Kind(kind)][0])


def flag_meaning(kind: str) -> str:
    return str(KINDS[Kind(kind)][1])


def flag_advice(kind: str) -> str:
    return str(KINDS[Kind(kind)][2])


def flag_state(state: str) -> str:
    return str(STATES[state])


def flag_step(what: str) -> str:
    return str(STEPS[what])


def flag_value(figures: Figures, kind: str) -> str:
    """The figure that is over its threshold."""
    if kind == Kind.SHARED_ACCOUNT and figures.value <= figures.threshold:
        return languages.hours(figures.facts["most"])
    return amount(Kind(kind), figures.value)


def flag_threshold(figures: Figures, kind: str) -> str:
    """In words; empty for a kind that has none."""
    if kind == Kind.CLAIMED_TWICE:
        return ""
    if kind == Kind.SHARED_ACCOUNT and figures.value <= figures.threshold:
        return languages.hours(figures.facts["day_threshold"])
    return amount(Kind(kind), figures.threshold)


def amount(kind: Kind, value: int) -> str:
    """A bar or a threshold of a kind in words."""
    if kind is Kind.LONG_DAYS:
        return languages.hours(value)
    if kind is Kind.AT_THE_CAP:
        return f"{languages.number(value)}%"
    if kind is Kind.SHARED_ACCOUNT:
        return _sessions(value)
    return _people(value)


def measured(kind: Kind, figures: Figures) -> Measured | None:
    """None for a kind without a chart."""
    day, hours = _("Ngày"), _("Thời gian đơn vị gửi")
    apart = _("Sau khi trừ giờ trùng")
    if kind is Kind.COURSE_JUMPS and figures.facts["by_day"]:
        return Measured(_("Số người hoàn thành theo từng ngày"), day, _("Số người"))
    return {
        Kind.LONG_DAYS: Measured(_("Thời gian đơn vị gửi theo từng ngày"), day, hours, apart),
        Kind.SHARED_ACCOUNT: Measured(_("Những ngày có nhiều giờ nhất"), day, hours, apart),
        Kind.COURSE_JUMPS: Measured(_("Số người hoàn thành theo từng tuần"), _("Tuần từ"), _("Số người")),
        Kind.SAME_TIMES: Measured(
            _("Số người có cùng giờ học"), _("Giờ bắt đầu"), _("Số người"), _("Thời lượng")
        ),
        Kind.AT_THE_CAP: Measured(_("Số lần học theo thời lượng"), _("Thời lượng từ"), _("Số lần học")),
    }.get(kind)


def bar_label(kind: Kind, bar: Bar) -> str:
    if kind is Kind.AT_THE_CAP:
        return languages.exact(bar.at)
    if kind is Kind.SAME_TIMES:
        return languages.clock_exact(bar.at)
    return languages.short_day(bar.at)


def bar_value(kind: Kind, value: int) -> str:
    if kind in (Kind.LONG_DAYS, Kind.SHARED_ACCOUNT):
        return languages.hours(value)
    return languages.number(value)


def bar_other(kind: Kind, value: int) -> str:
    return languages.exact(value) if kind is Kind.SAME_TIMES else bar_value(kind, value)


def facts(kind: Kind, figures: Figures) -> list[tuple[str, str]]:
    """Everything else the figures say, as a name and words."""
    known, hours, number = figures.facts, languages.hours, languages.number
    if kind is Kind.LONG_DAYS:
        return [
            (_("Nhiều nhất trong một ngày"), hours(figures.value)),
            (_("Sau khi trừ giờ trùng"), hours(known["union"])),
            (_("Ngưỡng nêu cảnh báo"), hours(figures.threshold)),
            (_("Số ngày vượt ngưỡng trong tháng"), number(known["days"])),
            (_("Số lần học trong ngày nhiều nhất"), number(known["sessions"])),
            (_("Số đơn vị gửi trong ngày ấy"), number(known["providers"])),
            (_("Lần học dài nhất trong ngày ấy"), hours(known["longest"])),
        ]
    if kind is Kind.COURSE_JUMPS:
        return [
            (_("Số người hoàn thành trong tuần"), _people(known["week"])),
            (_("Ngưỡng của tuần"), _people(known["week_threshold"])),
            (_("Ngày nhiều nhất"), languages.short_day(known["peak_day"])),
            (_("Số người hoàn thành trong ngày ấy"), _people(known["on_peak_day"])),
            (_("Ngưỡng của một ngày"), _people(known["day_threshold"])),
            (
                _("So sánh với"),
                _("ngưỡng chung cho khóa học mới")
                if known["new"]
                else _("trung vị %(number)s người của các tuần trước", number=number(known["median"])),
            ),
        ]
    if kind is Kind.SAME_TIMES:
        return [
            (_("Nhóm đông nhất"), _people(figures.value)),
            (_("Thời lượng của nhóm ấy"), languages.exact(known["seconds"])),
            (_("Ngưỡng nêu cảnh báo"), _people(figures.threshold)),
            (_("Số nhóm vượt ngưỡng trong ngày"), number(known["groups"])),
            (_("Số người trong các nhóm"), _people(figures.weight)),
        ]
    if kind is Kind.AT_THE_CAP:
        return [
            (_("Số lần học đã xét"), number(known["times"])),
            (_("Số lần chạm mức tối đa"), number(known["at_cap"])),
            (_("Số người của các lần ấy"), _people(known["people"])),
            (_("Mức tối đa của một lần học"), languages.hours(known["cap"])),
            (_("Ngưỡng nêu cảnh báo"), amount(kind, figures.threshold)),
        ]
    if kind is Kind.SHARED_ACCOUNT:
        return _facts_of_shared(figures)
    return [(_("Có hai người nhận từ"), languages.moment(known["since_s"] * 1_000_000))]


def _facts_of_shared(figures: Figures) -> list[tuple[str, str]]:
    known = figures.facts
    found = [
        (_("Nhiều nhất cùng một lúc"), _sessions(figures.value)),
        (_("Ngưỡng cùng một lúc"), _sessions(figures.threshold)),
        (_("Nhiều nhất trong một ngày"), languages.hours(known["most"])),
        (_("Ngưỡng trong một ngày"), languages.hours(known["day_threshold"])),
        (_("Số mục có thời gian"), languages.number(known["claims"])),
    ]
    if "moment" in known:
        found.insert(1, (_("Vào lúc"), languages.moment(known["moment"] * 1_000_000)))
    if known["known_name"]:
        found.append((_("Tên tài khoản"), _("là tên thường dùng cho tài khoản khách")))
    return found


def _people(count: int) -> str:
    return str(ngettext("%(number)s người", "%(number)s người", count, number=languages.number(count)))


def _sessions(count: int) -> str:
    return str(ngettext("%(number)s lần học", "%(number)s lần học", count, number=languages.number(count)))


def set_up(app: Flask) -> None:
    for filter_ in (
        flag_kind,
        flag_meaning,
        flag_advice,
        flag_state,
        flag_step,
        flag_value,
        flag_threshold,
    ):
        app.add_template_filter(filter_, filter_.__name__)
