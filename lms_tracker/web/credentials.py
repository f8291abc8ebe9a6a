"""HTTP Basic credentials of programs, at the LRS door and the JSON API."""

import base64
import binascii
from functools import partial

from flask import Flask, Response, after_this_request, current_app, request
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from lms_tracker.actions import providers
from lms_tracker.actions.providers import Credential
from lms_tracker.actions.rates import Rates
from lms_tracker.actions.rights import Caller
from lms_tracker.actions.uses import Uses

_REFUSED = "from this address without valid credentials"


class NoCredentials(Unauthorized):
    """401 with the challenge that RFC 7617 asks for."""

    def __init__(self) -> None:
        super().__init__(
            "expected the header Authorization: Basic with a key and secret that are valid now",
        )


def caller() -> Caller:
    """Who holds the credentials of this request. No cache may keep the answer.

    Raises NoCredentials (401), and TooManyRequests (429) where a rate is limited.
    """
    after_this_request(_private)
    rates: Rates = current_app.extensions["lms_tracker.rates"]
    found = authenticated(request.headers.get("Authorization", ""))
    if found is None:
        _demand_rate(rates.wait_refused(request.remote_addr or ""), _REFUSED)
        raise NoCredentials
    _demand_rate(rates.wait(found), f"with this credential than its limit of {rates.limit_of(found)} allows")
    return found


def demand_welcome(app: Flask, address: str) -> None:
    """Raise TooManyRequests (429) where this address was refused too often; nothing is counted.

    For what costs something to read before there are credentials to look at.
    """
    rates: Rates = app.extensions["lms_tracker.rates"]
    _demand_rate(rates.wait_of_refused(address), _REFUSED)


def authenticated(authorization: str) -> Caller | None:
    """Who holds the credentials in this header; None where there are none that are valid."""
    found = credential(authorization)
    return None if found is None else providers.caller_of(found)


def credential(authorization: str) -> Credential | None:
    """The credential in this header, as it stands in the database; None where there is none that is valid."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return providers.credential_of(key, secret) if colon and "\0" not in key else None


def _demand_rate(seconds: int, of_what: str) -> None:
    if seconds:
        raise TooManyRequests(
            f"more requests came {of_what}; try again in {seconds} seconds", retry_after=seconds
        )


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    uses: Uses = current_app.extensions["lms_tracker.uses"]
    if uses.wait:
        # After the answer, in a context of its own: that of the request is gone by then.
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(partial(_write, app, uses))
    return response


def _write(app: Flask, uses: Uses) -> None:
    with app.app_context():
        uses.write()


def demand(allowed: bool, scopes: str) -> None:
    """Raise Forbidden (403) unless the caller's scopes allow what it asks."""
    if not allowed:
        raise Forbidden(f"expected a credential with the scope {scopes}")


def base_path() -> str:
    """The path part of BASE_URL, for addresses that are resolved against the server's root."""
    base: str = current_app.config["SETTINGS"].base_url
    return "/" + "/".join(base.split("/")[3:]) if base.count("/") > 2 else ""
