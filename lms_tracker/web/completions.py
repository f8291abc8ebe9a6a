"""A provider's completions from a file: sent, looked at, confirmed. Works without scripts."""

from contextlib import closing
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge

from lms_tracker.actions import arrivals, completions, contents
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.completions import PAGE_BOUNDS, Preview, PreviewedLine
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.web import providers, sessions

blueprint = Blueprint("completions", __name__, url_prefix="/provider/completions")

# A form with a file, and what a browser writes around it.
MOST_BYTES = PAGE_BOUNDS.bytes + 65_536
# So many wrong lines, and lines of a preview, stand on a page.
SHOWN = 100
# In the session: the files that were sent, by their key, with the provider; and what became of the last.
_SENT, _OUTCOME = "completions_sent", "completions_outcome"
_MOST_SENT = 5
_REASONS = {reason.words: reason for reason in Reason}

# What a person with a file can do about it.
REMEDIES = {
    Reason.NO_DURATION: _l("Ghi thời gian học ở cột minutes, hours hoặc duration."),
    Reason.OVER_A_CAP: _l("Đã đủ số giờ được ghi nhận, hoặc khóa học này đã được ghi nhận một lần."),
    Reason.OUTSIDE_VALIDITY: _l("Kiểm tra thời hạn (valid_from, valid_to) của khóa học."),
    Reason.OVERLAPS: _l("Không cần làm gì: các khoảng thời gian của một người học được gộp lại."),
}
COLUMNS = {
    "email": _l("Thư điện tử của người học"),
    "account, home_page": _l("Hoặc tài khoản của người học và địa chỉ của hệ thống cấp tài khoản"),
    "name": _l("Họ và tên, nếu có"),
    "course": _l("Mã khóa học của đơn vị"),
    "activity": _l("Nội dung học (IRI), chỉ cần khi khóa học có nhiều nội dung"),
    "completed_at": _l("Ngày hoàn thành, hoặc cả giờ: 01/10/2026 16:30. Chỉ có ngày thì tính cho ngày đó."),
    "minutes": _l("Thời gian học kết thúc lúc đó, tính bằng phút, nếu có"),
    "hours, hour_minutes": _l(
        "Hoặc số tiết và độ dài một tiết (phút); bỏ trống độ dài thì lấy theo khóa học"
    ),
    "duration": _l("Hoặc thời lượng như 1:30 (giờ:phút)"),
    "result": _l("Đạt hoặc chưa đạt, nếu có"),
    "score, score_max": _l("Điểm và điểm tối đa, nếu có"),
}
EXAMPLE = "email;course;completed_at\nlan@example.vn;TL;01/10/2026\ntam@example.vn;TL;05/10/2026\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the preview: `day` is local; `at_us` None where no time of day is known."""

    line: PreviewedLine
    day: int
    at_us: int | None
    reasons: tuple[tuple[Reason, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the page shows: a form always, before it what became of a file."""

    provider: Provider
    preview: Preview | None = None
    rows: tuple[Row, ...] = ()
    key: str = ""
    problem: str = ""
    outcome: tuple[int, int] | None = None


@blueprint.get("", strict_slashes=False)
def show() -> ResponseReturnValue:
    """The form; with `file`, the preview of a file that was sent."""
    return providers.page(
        "providers/completions.html",
        _found,
        columns=COLUMNS,
        example=EXAMPLE,
        remedies=REMEDIES,
        shown=SHOWN,
        most_lines=PAGE_BOUNDS.lines - 1,
        most_megabytes=PAGE_BOUNDS.bytes // 1024**2,
    )


def _found(viewer: Viewer, number: int) -> Found:
    provider = _provider(viewer, number)
    key = request.args.get("file", "")
    if not key:
        return Found(provider, problem=_problem(), outcome=session.pop(_OUTCOME, None))
    data = _laid_aside(viewer, number, key)
    if data is None:
        return Found(provider, problem=_gone())
    preview = completions.preview_for(viewer, number, data)
    return Found(provider, preview, tuple(map(_row, preview.lines[:SHOWN])), key)


@blueprint.post("", strict_slashes=False)
def send() -> ResponseReturnValue:
    """Take a file and lead to its preview."""
    viewer, number = _asked()
    data = _sent_file()
    if not data:
        return redirect(url_for("completions.show", provider=number, problem="empty"), 303)
    try:
        key = completions.lay_aside(viewer, number, data).hex()
    except contents.TooLarge:
        raise RequestEntityTooLarge from None
    sent = [one for one in session.get(_SENT, []) if one != [key, number]]
    session[_SENT] = [*sent[1 - _MOST_SENT :], [key, number]]
    return redirect(url_for("completions.show", provider=number, file=key), 303)


@blueprint.post("/import")
def confirm() -> ResponseReturnValue:
    """Import a file whose preview was seen, and lead to what became of it."""
    viewer, number = _asked()
    key = request.form.get("file", "")
    data = _laid_aside(viewer, number, key)
    if data is None:
        return redirect(url_for("completions.show", provider=number, problem="gone"), 303)
    outcome = completions.import_for(viewer, number, data)
    if outcome.errors:
        # Something changed since the preview; it tells what.
        return redirect(url_for("completions.show", provider=number, file=key), 303)
    session[_OUTCOME] = (outcome.stored, outcome.known)
    return redirect(url_for("completions.show", provider=number), 303)


def _sent_file() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    with closing(file):
        return bytes(file.read())


def _asked() -> tuple[Viewer, int]:
    """Who sends a form, and for which provider. Raises NotAllowed."""
    viewer = sessions.signed_in()
    number = providers.asked_number("provider")
    if number is None or number not in viewer.providers:
        raise NotAllowed
    return viewer, number


def _provider(viewer: Viewer, number: int) -> Provider:
    for provider in arrivals.providers(viewer):
        if provider.id == number:
            return provider
    raise NotAllowed


def _laid_aside(viewer: Viewer, number: int, key: str) -> bytes | None:
    """A file that this session sent for this provider; None for any other, and for one that is gone."""
    if [key, number] not in session.get(_SENT, []):
        return None
    try:
        return completions.laid_aside(viewer, number, bytes.fromhex(key))
    except contents.Missing:
        return None


def _problem() -> str:
    problem = request.args.get("problem", "")
    if problem == "empty":
        return str(_("Chưa chọn tệp, hoặc tệp trống."))
    return _gone() if problem == "gone" else ""


def _gone() -> str:
    return str(_("Tệp này không còn được giữ; mời Ông/Bà gửi lại."))


def _row(line: PreviewedLine) -> Row:
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    at = line.completion.completed_at.astimezone(zone)
    at_us = None if at.time() == time() else int(at.timestamp()) * 1_000_000
    reasons = tuple((_REASONS[words], seconds) for words, seconds in line.refused)
    return Row(line, at.toordinal(), at_us, reasons)
