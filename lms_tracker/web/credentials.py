"""HTTP Basic credentials of programs, at the LRS door and the JSON API."""

import base64
import binascii

from flask import Response, after_this_request, current_app, request
from werkzeug.exceptions import Forbidden, Unauthorized

from lms_tracker.actions import providers
from lms_tracker.actions.rights import Caller


class NoCredentials(Unauthorized):
    """401 with the challenge that RFC 7617 asks for."""

    def __init__(self) -> None:
        super().__init__(
            "expected the header Authorization: Basic with a key and secret that are valid now",
        )


def caller() -> Caller:
    """Who holds the credentials of this request. Raises NoCredentials (401). No cache may keep the answer."""
    after_this_request(_private)
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise NoCredentials
    try:
        key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise NoCredentials from None
    found = providers.authenticate(key, secret) if colon and "\0" not in key else None
    if found is None:
        raise NoCredentials
    return found


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def demand(allowed: bool, scopes: str) -> None:
    """Raise Forbidden (403) unless the caller's scopes allow what it asks."""
    if not allowed:
        raise Forbidden(f"expected a credential with the scope {scopes}")


def base_path() -> str:
    """The path part of BASE_URL, for addresses that are resolved against the server's root."""
    base: str = current_app.config["SETTINGS"].base_url
    return "/" + "/".join(base.split("/")[3:]) if base.count("/") > 2 else ""
