"""A provider's list of its learners: sent, looked at, linked; works without scripts."""

from contextlib import closing
from dataclasses import dataclass

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import RequestEntityTooLarge

from lms_tracker.actions import account_files, arrivals, contents
from lms_tracker.actions.account_files import Fate, Preview
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.learning.account_files import BOUNDS
from lms_tracker.web import providers, sessions

blueprint = Blueprint("account_files", __name__, url_prefix="/provider/accounts")

# A form with a file, and what a browser writes around it.
MOST_BYTES = BOUNDS.bytes + 65_536
# So many wrong lines, and lines of a preview, stand on a page.
SHOWN = 200
# In the session: the files that were sent, by their key, with the provider; and what became of the last.
_SENT, _OUTCOME = "account_files_sent", "account_files_outcome"
_MOST_SENT = 5

COLUMNS = {
    "email": _l("Thư điện tử của người học, như trong bản ghi của đơn vị"),
    "account, home_page": _l("Hoặc tài khoản của người học và địa chỉ của hệ thống cấp tài khoản"),
    "name": _l("Họ và tên"),
    "login": _l("Tên đăng nhập của người học ở đây, do chính người học cho biết"),
    "birth_year": _l("Hoặc năm sinh"),
}
EXAMPLE = (
    "home_page;account;name;login;birth_year\n"
    "https://lms.example.vn;42;Nguyen Thi Hoa;hoa;\n"
    "https://lms.example.vn;43;Tran Van Nam;;1960\n"
)
REQUESTS = (
    'POST /api/v1/links\n{"code": "7KQ2M-XH4TD", "agent": {…}}\n\n'
    'POST /api/v1/links/address\n{"agent": {…}}\n'
)
FATES = {
    Fate.LINK: _l("Sẽ liên kết"),
    Fate.ALREADY: _l("Đã liên kết từ trước"),
    Fate.DISPUTE: _l("Đang gắn với người khác: sẽ chờ thẩm định"),
    Fate.UNKNOWN: _l("Không tìm thấy đúng một người"),
    Fate.NOT_LINKABLE: _l("Không phải tài khoản học của đơn vị, hoặc là tài khoản dùng chung"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """`outcome` counts lines that were linked, known, disputed and not linked."""

    provider: Provider
    preview: Preview | None = None
    key: str = ""
    problem: str = ""
    outcome: tuple[int, int, int, int] | None = None


@blueprint.get("", strict_slashes=False)
def show() -> ResponseReturnValue:
    """The form; with `file`, the preview of a file that was sent."""
    return providers.page(
        "providers/accounts.html",
        _found,
        columns=COLUMNS,
        example=EXAMPLE,
        fates=FATES,
        requests=REQUESTS,
        shown=SHOWN,
        most_lines=BOUNDS.lines - 1,
        most_megabytes=BOUNDS.bytes // 1024**2,
    )


def _found(viewer: Viewer, number: int) -> Found:
    provider = next((one for one in arrivals.providers(viewer) if one.id == number), None)
    if provider is None:
        raise NotAllowed
    key = request.args.get("file", "")
    if not key:
        empty = str(_("Chưa chọn tệp, hoặc tệp trống."))
        problem = empty if request.args.get("problem") == "empty" else ""
        return Found(provider, problem=problem, outcome=session.pop(_OUTCOME, None))
    data = _laid_aside(viewer, number, key)
    if data is None:
        return Found(provider, problem=str(_("Tệp này không còn được giữ; mời Ông/Bà gửi lại.")))
    return Found(provider, account_files.preview(viewer, number, data), key)


@blueprint.post("", strict_slashes=False)
def send() -> ResponseReturnValue:
    """Take a file and lead to its preview."""
    viewer, number = _asked()
    file = request.files.get("file")
    data = b""
    if file is not None:
        with closing(file):
            data = bytes(file.read())
    if not data:
        return redirect(url_for("account_files.show", provider=number, problem="empty"), 303)
    try:
        key = account_files.lay_aside(viewer, number, data).hex()
    except contents.TooLarge:
        raise RequestEntityTooLarge from None
    sent = [one for one in session.get(_SENT, []) if one != [key, number]]
    session[_SENT] = [*sent[1 - _MOST_SENT :], [key, number]]
    return redirect(url_for("account_files.show", provider=number, file=key), 303)


@blueprint.post("/link")
def confirm() -> ResponseReturnValue:
    """Link what a file names whose preview was seen, and lead to what became of it."""
    viewer, number = _asked()
    key = request.form.get("file", "")
    data = _laid_aside(viewer, number, key)
    if data is None:
        return redirect(url_for("account_files.show", provider=number, file="gone"), 303)
    done = account_files.link(viewer, number, data)
    if done.errors:
        return redirect(url_for("account_files.show", provider=number, file=key), 303)
    others = done.count(Fate.UNKNOWN) + done.count(Fate.NOT_LINKABLE)
    session[_OUTCOME] = (
        done.count(Fate.LINK),
        done.count(Fate.ALREADY),
        done.count(Fate.DISPUTE),
        others,
    )
    return redirect(url_for("account_files.show", provider=number), 303)


def _asked() -> tuple[Viewer, int]:
    """Who sends a form, and for which provider. Raises NotAllowed."""
    viewer = sessions.signed_in()
    number = providers.asked_number("provider")
    if number is None or number not in viewer.providers:
        raise NotAllowed
    return viewer, number


def _laid_aside(viewer: Viewer, number: int, key: str) -> bytes | None:
    """A file that this session sent for this provider; None for any other, and for one that is gone."""
    if [key, number] not in session.get(_SENT, []):
        return None
    try:
        return account_files.laid_aside(viewer, number, bytes.fromhex(key))
    except contents.Missing:
        return None
