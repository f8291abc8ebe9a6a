"""A provider's list of its learners: sent, looked at, linked; works without scripts."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from lms_tracker.actions import account_files
from lms_tracker.actions.account_files import Fate, Preview
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.account_files import BOUNDS
from lms_tracker.web import providers, sent_files
from lms_tracker.web.sent_files import SentFiles

blueprint = Blueprint("account_files", __name__, url_prefix="/provider/accounts")

# A form with a file, and what a browser writes around it.
MOST_BYTES = BOUNDS.bytes + 65_536
# So many wrong lines, and lines of a preview, stand on a page.
SHOWN = 200
# In the session: the files that were sent, by their key, with the provider; and what became of the last.
_SENT, _OUTCOME = SentFiles("account_files_sent", BOUNDS.bytes), "account_files_outcome"

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
    provider = sent_files.provider_of(viewer, number)
    key = request.args.get("file", "")
    if not key:
        return Found(provider, problem=sent_files.problem(), outcome=session.pop(_OUTCOME, None))
    data = _SENT.find(viewer, number, key)
    if data is None:
        return Found(provider, problem=sent_files.gone())
    return Found(provider, account_files.preview(viewer, number, data), key)


@blueprint.post("", strict_slashes=False)
def send() -> ResponseReturnValue:
    """Take a file and lead to its preview."""
    viewer, number = sent_files.asked()
    key = _SENT.take(viewer, number)
    problem = "empty" if key is None else None
    return redirect(url_for("account_files.show", provider=number, file=key, problem=problem), 303)


@blueprint.post("/link")
def confirm() -> ResponseReturnValue:
    """Link what a file names whose preview was seen, and lead to what became of it."""
    viewer, number = sent_files.asked()
    key = request.form.get("file", "")
    data = _SENT.find(viewer, number, key)
    if data is None:
        return redirect(url_for("account_files.show", provider=number, problem="gone"), 303)
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
