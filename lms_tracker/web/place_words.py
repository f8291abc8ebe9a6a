"""How places are said to people: their kind and name, their dates, and what is wrong with a change."""

from datetime import date
from typing import Protocol

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.local_rules import MOST_AT_ONCE, MOST_DOCUMENT, MOST_NAME, Problem
from lms_tracker.actions.places import Told
from lms_tracker.learning.places import KINDS, called
from lms_tracker.web.languages import language, short_day


class Named(Protocol):
    """A place, of which this is said."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


# A sentence for whoever sent a form, and the field that it is about.
PROBLEMS = {
    Problem.NAME: (_l("Tên gồm 1 đến %(most)s ký tự.", most=MOST_NAME), "name"),
    Problem.KIND: (_l("Mời Ông/Bà chọn loại: thôn, ấp, tổ dân phố…"), "kind"),
    Problem.DAY: (
        _l("Ngày này không đúng: vào ngày đó nơi này phải đang có. Muộn nhất là một năm nữa."),
        "on",
    ),
    Problem.DOCUMENT: (
        _l("Mời Ông/Bà ghi số và ngày của văn bản, nhiều nhất %(most)s ký tự.", most=MOST_DOCUMENT),
        "document",
    ),
    Problem.THERE_ALREADY: (_l("Vào thời gian đó đã có nơi cùng loại và cùng tên."), "name"),
    Problem.ENDED: (_l("Nơi này đã có thay đổi khác; mời Ông/Bà xem lại trang."), ""),
    Problem.NO_COMMUNE: (_l("Chỉ xã, phường, đặc khu mới có thôn, ấp, tổ dân phố."), ""),
    Problem.NO_PLACE: (_l("Chỉ chọn những nơi thuộc cùng một xã, phường, đặc khu."), ""),
    Problem.TOO_FEW: (_l("Mời Ông/Bà chọn từ 2 đến %(most)s nơi.", most=MOST_AT_ONCE), "places"),
    Problem.NO_HEIR: (_l("Nơi này không thuộc xã, phường, đặc khu cũ nào đã nhập vào đây."), ""),
}
STEPS = {
    "added": _l("Thêm mới"),
    "renamed": _l("Đổi tên hoặc đổi loại"),
    "merged": _l("Sáp nhập"),
    "split": _l("Chia tách"),
    "ended": _l("Kết thúc"),
    "corrected": _l("Sửa lại cho đúng"),
    "followed": _l("Chuyển theo xã, phường, đặc khu mới"),
}


def place_name(place: Named) -> str:
    """A place with its kind, as the beginning of a line: "Xã Gò Quao"."""
    text = called(place.kind, place.name)
    return text[:1].upper() + text[1:]


def place_called(place: Named) -> str:
    """A place with its kind, within a sentence: "xã Gò Quao"."""
    return called(place.kind, place.name)


def place_path(told: Told) -> str:
    """A place and all above it: "Xã Gò Quao, tỉnh An Giang"."""
    above = (called(unit.kind, unit.name) for unit in reversed(told.above))
    return ", ".join([place_name(told.place), *above])


def kind_gloss(kind: str) -> str:
    """A kind, explained to whoever reads the page in another language."""
    known = KINDS[kind]
    return known.vi if language() == "vi" else f"{known.vi} ({known.en})"


def place_dates(place: Named) -> str:
    """From when to when a place is there, as a part of a sentence; both days belong to it."""
    first, last = (
        None if day is None else short_day(day.toordinal()) for day in (place.valid_from, place.valid_to)
    )
    if first and last:
        return str(_("từ %(first)s đến hết %(last)s", first=first, last=last))
    if first:
        return str(_("từ %(first)s đến nay", first=first))
    if last:
        return str(_("đến hết %(last)s", last=last))
    return str(_("không rõ từ ngày nào"))


def place_step(what: str) -> str:
    return str(STEPS.get(what, what))


def set_up(app: Flask) -> None:
    for filter_ in (place_name, place_called, place_path, kind_gloss, place_dates, place_step):
        app.add_template_filter(filter_, filter_.__name__)
