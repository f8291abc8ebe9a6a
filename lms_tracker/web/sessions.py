"""Signing in and out, and who is asking."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, abort, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect

from lms_tracker.actions import people, rights
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.web.languages import for_programs

blueprint = Blueprint("people", __name__)


@dataclass(frozen=True)
class SignedIn:
    """A viewer as Flask-Login wants them."""

    viewer: Viewer
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return f"{self.viewer.key.hex()}.{self.viewer.stamp}"


class PeoplesSessions(SecureCookieSessionInterface):
    """Sessions for people alone: programs' addresses neither read cookies nor set them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.make_null_session(app) if for_programs() else super().open_session(app, request)


def set_up(app: Flask) -> None:
    """Sessions, sign-in and the check of forms; programs' addresses know none of them."""
    settings = app.config["SETTINGS"]
    app.session_interface = PeoplesSessions()
    app.secret_key = app.secret_key or settings.secret_key or None
    app.config.update(
        # The prefix makes browsers refuse the cookie from any other host or over plain HTTP.
        SESSION_COOKIE_NAME="__Host-lms_tracker" if settings.secure else "lms_tracker",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        # A token lives as long as its session: who reads slowly must not lose a form.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
    )
    logins = LoginManager()
    # "basic" and "strong" sign people out when the telephone network gives them another address.
    logins.session_protection = None
    logins.user_loader(_load)
    logins.init_app(app, add_context_processor=False)
    csrf = CSRFProtect(app)

    def check_forms() -> None:
        if not for_programs():
            csrf.protect()

    app.before_request(check_forms)
    questions = {"may_somewhere": rights.may_somewhere, "may_everywhere": rights.may_everywhere}
    app.context_processor(lambda: {"viewer": viewer, "Right": Right, **questions})


def _load(identifier: str) -> SignedIn | None:
    key, _dot, stamp = identifier.partition(".")
    try:
        found = people.viewer(bytes.fromhex(key))
    except ValueError:
        return None
    return SignedIn(found) if found is not None and found.stamp == stamp else None


def viewer() -> Viewer | None:
    """Who is asking, or None for a stranger."""
    user = current_user._get_current_object()
    return user.viewer if isinstance(user, SignedIn) else None


def signed_in() -> Viewer:
    """Who is asking; a stranger is sent to sign in and comes back to this page."""
    found = viewer()
    if found is None:
        here = request.full_path.rstrip("?")
        abort(redirect(url_for("people.sign_in", next=here if request.method == "GET" else None)))
    return found


def own_address(target: str | None) -> str | None:
    """`target` when it is a path of this service, else None: a link must not lead people elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(letter) < 0x20 for letter in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def front_door(found: Viewer) -> str:
    """Where somebody begins who asked for no page in particular."""
    if rights.may_somewhere(found, Right.SEE):
        return url_for("organisers.overview")
    return url_for("providers.arrived" if found.providers else "citizens.record")


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    found = viewer()
    if found is not None:
        return redirect(own_address(request.args.get("next")) or front_door(found))
    return render_template("people/sign_in.html", next=own_address(request.args.get("next")), login="")


@blueprint.post("/sign-in")
def sign_in_with_password() -> ResponseReturnValue:
    login, password = request.form.get("login", ""), request.form.get("password", "")
    target = own_address(request.form.get("next"))
    try:
        found = people.authenticate(login, password, request.remote_addr or "")
        problem, status = _("Tên đăng nhập hoặc mật khẩu chưa đúng. Mời Ông/Bà nhập lại."), 401
    except people.TooManyAttempts as refused:
        found, status = None, 429
        problem = ngettext(
            "Đã nhập sai nhiều lần. Mời Ông/Bà thử lại sau %(num)d giây.",
            "Đã nhập sai nhiều lần. Mời Ông/Bà thử lại sau %(num)d giây.",
            refused.seconds,
        )
    if found is None:
        page = render_template("people/sign_in.html", next=target, login=login[:200], problem=problem)
        return page, status
    # Whatever a stranger may have planted in this browser's session ends here.
    session.clear()
    session.permanent = True
    login_user(SignedIn(found))
    return redirect(target or front_door(found), 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Ends all sessions of whoever asks: a cookie that somebody copied must be worth nothing afterwards."""
    found = viewer()
    logout_user()
    session.clear()
    if found is not None:
        people.sign_out(found)
    return redirect(url_for("citizens.home"), 303)
