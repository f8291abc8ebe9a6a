"""What people read of the models of learning: what is counted, how a subject stands, what is missing."""

from decimal import ROUND_HALF_UP, Decimal

from flask import Flask
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.outcomes import ItemVerdict
from lms_tracker.learning.recognition.standings import State
from lms_tracker.web.languages import number

MODELS = {
    Model.CITIZEN: _l("Công dân học tập"),
    Model.HOUSEHOLD: _l("Gia đình học tập"),
    Model.CLAN: _l("Dòng họ học tập"),
    Model.COMMUNITY: _l("Cộng đồng học tập (thôn, ấp, tổ dân phố)"),
    Model.COMMUNE: _l("Cộng đồng học tập cấp xã"),
    Model.UNIT: _l("Đơn vị học tập"),
}
# One of them, as the heading of a column.
SUBJECTS = {
    Model.HOUSEHOLD: _l("Hộ gia đình"),
    Model.CLAN: _l("Dòng họ"),
    Model.COMMUNITY: _l("Thôn, ấp, tổ dân phố"),
    Model.COMMUNE: _l("Xã, phường, đặc khu"),
    Model.UNIT: _l("Đơn vị"),
}
STATES = {
    State.HELD: _l("Đã công nhận"),
    State.NO_LONGER: _l("Không còn đạt ngưỡng"),
    State.MET: _l("Đủ ngưỡng"),
    State.MISSING: _l("Chưa đủ ngưỡng"),
    State.NOBODY: _l("Chưa có ai để tính"),
    State.UNCOUNTED: _l("Không có ngưỡng tính theo số người"),
}
FILTERS = {
    "": _l("Tất cả"),
    State.MET: _l("Đủ ngưỡng, chưa công nhận"),
    "one-missing": _l("Còn thiếu đúng một"),
    State.MISSING: _l("Chưa đủ ngưỡng"),
    State.HELD: _l("Đã công nhận"),
    State.NO_LONGER: _l("Không còn đạt ngưỡng"),
}
# What a denominator counts.
COUNTED = {
    "members": _l("thành viên"),
    "adults": _l("người lớn"),
    "learners": _l("người học"),
    "households": _l("hộ gia đình"),
    "clans": _l("dòng họ"),
    "communities": _l("thôn, ấp, tổ dân phố"),
    "units": _l("đơn vị"),
}
RECOGNISED = {
    "members": MODELS[Model.CITIZEN],
    "adults": MODELS[Model.CITIZEN],
    "learners": MODELS[Model.CITIZEN],
    "households": MODELS[Model.HOUSEHOLD],
    "clans": MODELS[Model.CLAN],
    "communities": _l("Cộng đồng học tập"),
    "units": MODELS[Model.UNIT],
}


def model_name(model: str) -> str:
    return str(MODELS[Model(model)])


def subject_word(model: str) -> str:
    return str(SUBJECTS[Model(model)])


def standing_state(state: State) -> str:
    return str(STATES[state])


def counted(name: str) -> str:
    return str(COUNTED[name])


def recognised_as(name: str) -> str:
    return str(RECOGNISED[name])


def how_many(count: int, name: str) -> str:
    """So many of what is counted, in words."""
    shown = number(count)
    if name == "households":
        words = ngettext("%(shown)s hộ", "%(shown)s hộ", count, shown=shown)
    elif name == "clans":
        words = ngettext("%(shown)s dòng họ", "%(shown)s dòng họ", count, shown=shown)
    elif name == "communities":
        words = ngettext("%(shown)s thôn", "%(shown)s thôn", count, shown=shown)
    elif name == "units":
        words = ngettext("%(shown)s đơn vị", "%(shown)s đơn vị", count, shown=shown)
    else:
        words = ngettext("%(shown)s người", "%(shown)s người", count, shown=shown)
    return str(words)


def missing_words(count: int, name: str) -> str:
    return str(_("còn thiếu %(many)s", many=how_many(count, name)))


def per_cent(numerator: int | None, denominator: int | None) -> str:
    """A share with two digits, halves rounded up (I14); nothing where there is nobody to count."""
    if numerator is None or not denominator:
        return "–"
    exact = Decimal(100 * numerator) / Decimal(denominator)
    return f"{format_decimal(exact.quantize(Decimal('0.01'), ROUND_HALF_UP))}%"


def item_state(item: ItemVerdict) -> str:
    if not item.applies:
        return str(_("Không áp dụng"))
    if item.met is None:
        return str(_("Chưa rõ"))
    return str(_("Đạt")) if item.met else str(_("Chưa đạt"))


def marked_wrong(sentence_id: str) -> Markup:
    """What tells a field that the sentence with this id says what is wrong with it."""
    return Markup(' aria-invalid="true" aria-describedby="{}"').format(sentence_id)


def set_up(app: Flask) -> None:
    for name, filter_ in (
        ("learning_model", model_name),
        ("subject_word", subject_word),
        ("standing_state", standing_state),
        ("counted_word", counted),
        ("recognised_word", recognised_as),
        ("how_many", how_many),
        ("missing_words", missing_words),
        ("item_state", item_state),
    ):
        app.add_template_filter(filter_, name)
    app.add_template_global(per_cent, "per_cent")
    app.add_template_global(marked_wrong, "marked_wrong")
