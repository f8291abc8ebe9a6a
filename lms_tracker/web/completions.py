"""A provider's completions from a file: sent, looked at, confirmed. Works without scripts."""

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import completions
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.completions import PAGE_BOUNDS, Preview, PreviewedLine
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.web import providers, sent_files
from lms_tracker.web.sent_files import SentFiles

blueprint = Blueprint("completions", __name__, url_prefix="/provider/completions")

# A form with a file, and what a browser writes around it.
MOST_BYTES = PAGE_BOUNDS.bytes + 65_536
# So many wrong lines, and lines of a preview, stand on a page.
SHOWN = 100
# In the session: the files that were sent, by their key, with the provider; and what became of the last.
_SENT, _OUTCOME = SentFiles("completions_sent", PAGE_BOUNDS.bytes), "completions_outcome"
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
    provider = sent_files.provider_of(viewer, number)
    key = request.args.get("file", "")
    if not key:
        return Found(provider, problem=sent_files.problem(), outcome=session.pop(_OUTCOME, None))
    data = _SENT.find(viewer, number, key)
    if data is None:
        return Found(provider, problem=sent_files.gone())
    preview = completions.preview_for(viewer, number, data)
    return Found(provider, preview, tuple(map(_row, preview.lines[:SHOWN])), key)


@blueprint.post("", strict_slashes=False)
def send() -> ResponseReturnValue:
    """Take a file and lead to its preview."""
    viewer, number = sent_files.asked()
    key = _SENT.take(viewer, number)
    problem = "empty" if key is None else None
    return redirect(url_for("completions.show", provider=number, file=key, problem=problem), 303)


@blueprint.post("/import")
def confirm() -> ResponseReturnValue:
    """Import a file whose preview was seen, and lead to what became of it."""
    viewer, number = sent_files.asked()
    key = request.form.get("file", "")
    data = _SENT.find(viewer, number, key)
    if data is None:
        return redirect(url_for("completions.show", provider=number, problem="gone"), 303)
    outcome = completions.import_for(viewer, number, data)
    if outcome.errors:
        # Something changed since the preview; it tells what.
        return redirect(url_for("completions.show", provider=number, file=key), 303)
    session[_OUTCOME] = (outcome.stored, outcome.known)
    return redirect(url_for("completions.show", provider=number), 303)


def _row(line: PreviewedLine) -> Row:
    zone = ZoneInfo(current_app.config["SETTINGS"].timezone)
    at = line.completion.completed_at.astimezone(zone)
    at_us = None if at.time() == time() else int(at.timestamp()) * 1_000_000
    reasons = tuple((_REASONS[words], seconds) for words, seconds in line.refused)
    return Row(line, at.toordinal(), at_us, reasons)
