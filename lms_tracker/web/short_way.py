"""The short way of the request that there is most of: statements posted as JSON, with nothing against them.

Flask, its hooks and its answer cost as much as all that is done for a single statement outside the database.
A request that is plain is recorded without them. Every other goes on to Flask, and so does a plain one when
something is found against it: what was found goes with it and is raised where Flask would have found it
(`lrs.enter`), so that each refusal has one answer, written in one place. The headers of a success are those
of the last one that went the long way, so that they too are decided in one place.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from flask import Flask

from lms_tracker import logs
from lms_tracker.actions import attachments, providers
from lms_tracker.actions.holders import Holders
from lms_tracker.actions.rates import Rates
from lms_tracker.actions.recording import Outdated, Recorder
from lms_tracker.actions.uses import Uses
from lms_tracker.web import compression, credentials, lrs
from lms_tracker.web.statements import ADDRESS, ids_of
from xapi import batches, versions
from xapi.timestamps import format_position

JSON = frozenset(("application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"))
# Where one of these came there is something to look at that is not looked at here.
UNUSUAL = (
    "HTTP_CONTENT_ENCODING",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_ORIGIN",
    "HTTP_X_REQUEST_ID",
)
_OWN = frozenset(
    name.lower()
    for name in ("Content-Encoding", "Content-Length", "X-Request-ID", lrs.THROUGH_HEADER, lrs.VERSION_HEADER)
)

Headers = list[tuple[str, str]]


class ShortWay:
    """`app.wsgi_app` with the short way beside it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._long_way: WSGIApplication = app.wsgi_app
        self._most_bytes: int = app.config["SETTINGS"].max_body_bytes
        self._headers: Headers | None = None

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        length = self._length_of_plain(environ)
        if length is None:
            return self._long_way(environ, start_response)
        if self._headers is None or logs.logs_successes():
            return self._long_way(environ, self._noting(start_response))
        with self._app.app_context():
            answer = self._recorded(environ, length)
        if answer is None:
            return self._long_way(environ, start_response)
        body, headers = answer
        start_response("200 OK", [*self._headers, *headers])
        # The server sends a list at once, and asks anything else for its parts one by one.
        return [body]

    def _length_of_plain(self, environ: dict[str, Any]) -> int | None:
        if (
            environ["PATH_INFO"] != ADDRESS
            or environ["REQUEST_METHOD"] != "POST"
            or environ.get("QUERY_STRING")
            or environ.get("CONTENT_TYPE", "").lower() not in JSON
            or any(name in environ for name in UNUSUAL)
        ):
            return None
        length = environ.get("CONTENT_LENGTH", "")
        if not (length.isascii() and length.isdigit() and len(length) < 12):
            return None
        return int(length) if int(length) <= self._most_bytes else None

    def _recorded(self, environ: dict[str, Any], length: int) -> tuple[bytes, Headers] | None:
        """The body and headers of the answer; None where the request has to go the long way."""
        extensions = self._app.extensions
        request_id = uuid.uuid4().hex
        logs.name_request(request_id)
        try:
            version = versions.negotiate(environ.get("HTTP_X_EXPERIENCE_API_VERSION"), None)
            holders: Holders = extensions["lms_tracker.holders"]
            authorization: str = environ.get("HTTP_AUTHORIZATION", "")
            remembered = holders.get(authorization)
            credential = remembered or credentials.credential(authorization)
            if credential is None:
                return None
            caller = providers.caller_of(credential)
            rates: Rates = extensions["lms_tracker.rates"]
            uses: Uses = extensions["lms_tracker.uses"]
            if not caller.may_write or rates.limit_of(caller) or uses.wait:
                return None
            body: bytes = environ["wsgi.input"].read(length)
        except Exception:
            # Nothing was taken of the body or done about it: the long way finds the same.
            return None
        environ["wsgi.input"] = io.BytesIO(body)
        if len(body) < length:
            return None
        try:
            batch = batches.read(body, version=version, attached=(), **lrs.limits())
            attachments.demand_signatures(batch, version, lambda _: None)
            recorder: Recorder = extensions["lms_tracker.recorder"]
            changes = credential.changes if remembered else None
            recorded = recorder.record(batch, caller.speaking(version), version, {}, changes=changes)
        except Outdated:
            holders.forget(authorization)
            return None
        except Exception as error:
            environ[lrs.FOUND] = error
            return None
        if not remembered:
            holders.remember(authorization, credential)
        plain = ids_of(recorded)
        smaller = compression.packed(plain, environ.get("HTTP_ACCEPT_ENCODING"))
        answer = plain if smaller is None else smaller
        return answer, [
            *([] if smaller is None else [("Content-Encoding", "gzip")]),
            ("Content-Length", str(len(answer))),
            ("X-Request-ID", request_id),
            (lrs.VERSION_HEADER, version),
            (lrs.THROUGH_HEADER, format_position(recorded.through)),
        ]

    def _noting(self, start_response: StartResponse) -> StartResponse:
        """`start_response`, which keeps the headers of a success."""

        def start(status: str, headers: Headers, *more: Any) -> Any:
            if status == "200 OK":
                self._headers = [pair for pair in headers if pair[0].lower() not in _OWN]
            return start_response(status, headers, *more)

        return start
