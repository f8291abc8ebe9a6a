"""An officer's way from a list to people: sent, looked at, decided, applied. Works without scripts."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import residents, roster_applying, roster_pages, rosters
from lms_tracker.actions.rights import Viewer
from lms_tracker.actions.roster_pages import Page
from lms_tracker.actions.rosters import PAGE_BOUNDS, Decisions, NoRoster, RosterRefused, Settled
from lms_tracker.learning.roster_lines import RosterProblem, RosterRefusal
from lms_tracker.learning.roster_matching import SOMEBODY_NEW
from lms_tracker.learning.roster_reports import as_csv
from lms_tracker.web import roster_words, sessions

blueprint = Blueprint("rosters", __name__, url_prefix="/organiser/rosters")

# A form with a file, and what a browser writes around it.
MOST_BYTES = PAGE_BOUNDS.bytes + 65_536
# So many wrong lines stand on a page.
SHOWN = 100
LAST_PAGE = 4_000
EXAMPLE = _l(
    "Họ và tên;Năm sinh;Giới tính;Thôn;Số hộ;Quan hệ với chủ hộ;Đồng ý\n"
    "Nguyễn Văn An;1/2/1960;Nam;Đông;12;Chủ hộ;có\n"
    "Trần Thị Lệ;1962;Nữ;Đông;12;Vợ;\n"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form for a file shows when it was refused."""

    problems: tuple[RosterProblem, ...] = ()
    problem: str = ""
    as_of: str = ""


@blueprint.get("", strict_slashes=False, endpoint="list")
def list_page() -> ResponseReturnValue:
    """The form for a list, and the lists of a place that came before."""
    return _form(sessions.signed_in(), _place(), Sent())


def _form(viewer: Viewer, place_id: int, sent: Sent, status: int = 200) -> ResponseReturnValue:
    try:
        earlier = roster_pages.newest(viewer, place_id)
    except RosterRefused:
        # Nobody lists the people of a province.
        abort(404)
    page = render_template(
        "organisers/rosters.html",
        here=residents.here(viewer, place_id),
        earlier=earlier,
        sent=sent,
        columns=roster_words.COLUMNS,
        example=EXAMPLE,
        shown=SHOWN,
        most_lines=PAGE_BOUNDS.lines - 1,
        most_megabytes=PAGE_BOUNDS.bytes // 1024**2,
        door="organiser",
    )
    return page, status


@blueprint.post("", strict_slashes=False)
def send() -> ResponseReturnValue:
    """Take a list and lead to its preview."""
    viewer, place_id = sessions.signed_in(), _place()
    typed = request.form.get("as_of", "").strip()[:20]
    name, data = _file()
    day = _day(typed)
    if typed and day is None:
        return _form(viewer, place_id, Sent(problem=_no_day(), as_of=typed), 422)
    if not data:
        return _form(viewer, place_id, Sent(problem=_("Chưa chọn tệp, hoặc tệp trống."), as_of=typed), 422)
    try:
        number = rosters.hand_in(viewer, place_id, data, name, day)
    except RosterRefusal as refusal:
        return _form(viewer, place_id, Sent(tuple(refusal.problems[:SHOWN]), as_of=typed), 422)
    except RosterRefused as refused:
        problem = roster_words.roster_rule(refused.rule)
        return _form(viewer, place_id, Sent(problem=problem, as_of=typed), 422)
    return redirect(url_for("rosters.roster", number=number), 303)


@blueprint.get("/<number:number>")
def roster(number: int) -> ResponseReturnValue:
    return _page(sessions.signed_in(), number)


def _page(viewer: Viewer, number: int, problem: str = "", status: int = 200) -> ResponseReturnValue:
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdigit() and 1 <= len(page) <= 4 and 1 <= int(page) <= LAST_PAGE):
        abort(404)
    try:
        found = roster_pages.page(viewer, number, int(page))
    except NoRoster:
        abort(404)
    text = render_template(
        "organisers/roster.html",
        found=found,
        problem=problem,
        shown=SHOWN,
        typed=request.form if status != 200 else {},
        somebody_new=SOMEBODY_NEW,
        door="organiser",
    )
    return text, status


@blueprint.post("/<number:number>")
def decide(number: int) -> ResponseReturnValue:
    """Keep the answers of one page of a preview."""
    viewer = sessions.signed_in()
    gone = _gone(request.form)
    if gone is None:
        return _page(viewer, number, roster_words.roster_rule("gone-day"), 422)
    try:
        rosters.decide(viewer, number, Decisions(_lines(request.form), _places(request.form), gone))
    except NoRoster:
        abort(404)
    except Settled:
        return redirect(url_for("rosters.roster", number=number), 303)
    except RosterRefused as refused:
        return _page(viewer, number, roster_words.roster_rule(refused.rule), 422)
    page = request.args.get("page", "1")
    return redirect(url_for("rosters.roster", number=number, page=page, saved=1), 303)


@blueprint.post("/<number:number>/apply")
def apply(number: int) -> ResponseReturnValue:
    """Enter the people of a list. Whoever presses second sees what the first has done."""
    try:
        roster_applying.apply(sessions.signed_in(), number)
    except NoRoster:
        abort(404)
    except Settled:
        pass
    return redirect(url_for("rosters.roster", number=number), 303)


@blueprint.post("/<number:number>/discard")
def discard(number: int) -> ResponseReturnValue:
    try:
        rosters.throw_away(sessions.signed_in(), number)
    except NoRoster:
        abort(404)
    except Settled:
        pass
    return redirect(url_for("rosters.roster", number=number), 303)


@blueprint.get("/<number:number>/problems.csv")
def problems(number: int) -> ResponseReturnValue:
    """What was wrong, as a file for whoever corrects the list."""
    try:
        found: Page = roster_pages.page(sessions.signed_in(), number, 1)
    except NoRoster:
        abort(404)
    if found.seen is None:
        abort(404)
    head = [_("Dòng"), _("Cột"), _("Quy tắc"), _("Giá trị nhận được")]
    rows: list[list[str | int]] = [
        [one.line, roster_words.roster_column(one.column), roster_words.roster_rule(one.rule), one.got]
        for one in found.seen.problems
    ]
    response = Response(as_csv([[*head], *rows]), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="roster-{number}-problems.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _place() -> int:
    text = request.args.get("place", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(404)
    return int(text)


def _file() -> tuple[str, bytes]:
    file = request.files.get("file")
    if file is None:
        return "", b""
    with closing(file):
        name = "".join(letter for letter in (file.filename or "") if letter.isprintable())
        return name, bytes(file.read())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _no_day() -> str:
    return str(_("Mời Ông/Bà ghi ngày có trong lịch."))


def _lines(form: Mapping[str, str]) -> dict[int, str]:
    found = {}
    for name, answer in form.items():
        kind, _, number = name.partition("-")
        if kind == "line" and number.isascii() and number.isdigit() and len(number) < 10:
            found[int(number)] = "" if answer == "wait" else answer
    return found


def _places(form: Mapping[str, str]) -> dict[str, int | None]:
    """What is meant by words that no place has: "words-3" has them, "place-3" the number of the place."""
    found: dict[str, int | None] = {}
    for name, words in form.items():
        kind, _, number = name.partition("-")
        chosen = form.get(f"place-{number}", "")
        if kind == "words" and (not chosen or (chosen.isascii() and chosen.isdigit() and len(chosen) <= 12)):
            found[words] = int(chosen) if chosen else None
    return found


def _gone(form: Mapping[str, str]) -> dict[bytes, tuple[str, date] | None] | None:
    """Who has moved or died, with the day; None where a day is missing."""
    found: dict[bytes, tuple[str, date] | None] = {}
    for name, what in form.items():
        kind, _, key = name.partition("-")
        if kind != "gone" or len(key) != 32:
            continue
        try:
            person = bytes.fromhex(key)
        except ValueError:
            continue
        day = _day(form.get(f"day-{key}", "").strip())
        if what and day is None:
            return None
        found[person] = (what, day) if what and day is not None else None
    return found
