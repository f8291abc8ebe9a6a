"""Everything that people see in a browser, put into the application."""

import hashlib
import traceback
from functools import cache
from pathlib import Path

import jinja2
import structlog
from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, HTTPException, InternalServerError, ServiceUnavailable
from werkzeug.exceptions import NotFound as PageNotFound

from lms_tracker import locations
from lms_tracker.actions.availability import UNAVAILABLE
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.web import (
    account_files,
    account_words,
    accounts,
    accreditation,
    addresses,
    case_reviews,
    case_words,
    citizens,
    claims,
    completions,
    disputes,
    errors,
    file_rules,
    flags,
    identities,
    kinships,
    languages,
    organisations,
    organisers,
    place_words,
    places,
    providers,
    refusals,
    residents,
    rights,
    rosters,
    security_headers,
    sessions,
    sharing,
    wording,
)
from lms_tracker.web.recognition import awards, families, model_assessments, models
from lms_tracker.web.recognition import pages as recognition_pages
from lms_tracker.web.reporting import doors as reporting

STATIC = Path(__file__).resolve().parent / "static"
YEAR_SECONDS = 31_536_000

# The longest form that people fill in needs a tenth of it.
MOST_BYTES_OF_A_FORM = 65_536
# Forms with files, by endpoint.
MOST_BYTES_OF = {
    "account_files.send": account_files.MOST_BYTES,
    "completions.send": completions.MOST_BYTES,
    "rosters.send": rosters.MOST_BYTES,
    **reporting.MOST_BYTES_OF,
    **recognition_pages.MOST_BYTES_OF,
}

log = structlog.get_logger()


def register(app: Flask) -> None:
    """Blueprints, languages, sign-in, templates, static files, error pages, headers.

    `app.config["SETTINGS"]` must be there.
    """
    app.jinja_loader = jinja2.FileSystemLoader(locations.templates())
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.url_map.converters["number"] = addresses.Number
    languages.set_up(app)
    # Before the check of forms, which reads them.
    app.before_request(_bound_forms)
    sessions.set_up(app)
    security_headers.set_up(app)
    app.register_blueprint(_assets())
    for blueprint in (
        citizens.blueprint,
        providers.blueprint,
        completions.blueprint,
        account_files.blueprint,
        organisers.blueprint,
        organisations.blueprint,
        accounts.blueprint,
        identities.blueprint,
        sharing.blueprint,
        accreditation.blueprint,
        places.blueprint,
        claims.blueprint,
        disputes.blueprint,
        case_reviews.blueprint,
        residents.blueprint,
        kinships.blueprint,
        rosters.blueprint,
        sessions.blueprint,
    ):
        app.register_blueprint(blueprint)
    reporting.register(app)
    app.add_template_global(asset, "asset")
    wording.set_up(app)
    account_words.set_up(app)
    place_words.set_up(app)
    case_words.set_up(app)
    refusals.set_up(app)
    file_rules.set_up(app)
    residents.set_up(app)
    models.set_up(app)
    model_assessments.set_up(app)
    awards.set_up(app)
    families.set_up(app)
    recognition_pages.set_up(app)
    flags.set_up(app)
    rights.set_up(app)
    app.register_error_handler(HTTPException, _error_page)
    app.register_error_handler(NotAllowed, lambda _error: _error_page(Forbidden()))
    app.register_error_handler(Exception, _our_bug)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, lambda _error: _error_page(ServiceUnavailable()))
    app.register_error_handler(NotFound, lambda _error: _error_page(PageNotFound()))


def _bound_forms() -> None:
    if request.endpoint == "claims.add_proofs":
        # Of its own size, whatever the greatest request of a program is.
        request.max_content_length = claims.most_bytes_of_proofs()
    elif request.endpoint in recognition_pages.WITH_PROOF:
        request.max_content_length = recognition_pages.most_bytes_of_proof()
    elif not languages.for_programs():
        most = MOST_BYTES_OF.get(request.endpoint or "", MOST_BYTES_OF_A_FORM)
        request.max_content_length = min(most, current_app.config["MAX_CONTENT_LENGTH"])
        # Without files a form is read whole into memory, where Flask would take half a megabyte.
        request.max_form_memory_size = request.max_content_length


def _assets() -> Blueprint:
    assets = Blueprint("assets", __name__, static_folder=str(STATIC), static_url_path="/assets")
    assets.get_send_file_max_age = lambda filename: YEAR_SECONDS  # type: ignore[method-assign]
    return assets


@cache
def _fingerprint(filename: str) -> str:
    return hashlib.blake2b((STATIC / filename).read_bytes(), digest_size=6).hexdigest()


def asset(filename: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for long."""
    return url_for("assets.static", filename=filename, v=_fingerprint(filename))


def _error_page(error: HTTPException) -> ResponseReturnValue:
    """A page for people; a program gets JSON, also where its address has no blueprint to answer."""
    if error.response is not None:
        return error
    if languages.for_programs():
        return errors.http_error(error)
    if request_ctx.url_adapter is None:
        # The header Host is no name of a host (".."), so that a page could not name a single address.
        return error
    code = error.code or 500
    if code == 413 and request.endpoint == "claims.add_proofs":
        return claims.too_large()
    unreadable = (_("Không đọc được biểu mẫu"), _("Mời Ông/Bà tải lại trang rồi gửi lại."))
    broken = (_("Hệ thống gặp lỗi"), _("Lỗi không phải do Ông/Bà. Mời Ông/Bà thử lại sau ít phút."))
    known = {
        403: (
            _("Trang này không dành cho tài khoản của Ông/Bà"),
            _("Nếu cần xem, mời Ông/Bà liên hệ người quản trị của xã, phường, đặc khu."),
        ),
        404: (_("Không tìm thấy trang"), _("Có thể địa chỉ đã gõ nhầm hoặc trang đã được dời đi.")),
        405: (_("Không tìm thấy trang"), _("Có thể địa chỉ đã gõ nhầm hoặc trang đã được dời đi.")),
        413: (_("Nội dung gửi quá lớn"), _("Mời Ông/Bà gửi tệp nhỏ hơn.")),
    }
    title, advice = known.get(code, broken if code >= 500 else unreadable)
    # What failed may be the database: the page must not ask it who is reading.
    page = render_template("error.html", title=title, advice=advice, code=code, bare=code >= 500)
    response = error.get_response()
    response.data = page
    response.content_type = "text/html; charset=utf-8"
    return response


def _our_bug(error: Exception) -> ResponseReturnValue:
    # Without its message, which could carry what somebody typed or what is known of them.
    frames = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-12:]]
    log.error("unhandled", kind=type(error).__name__, frames=frames)
    return _error_page(InternalServerError())
