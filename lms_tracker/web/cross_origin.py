"""Content in browsers, from wherever it is served, speaks to the doors for programs (Fetch, "CORS protocol").

By default every origin may. That is safe because these doors take no cookie: who asks is said by a key and
secret in each request, which a page has only when somebody gave them to it, and with which it could ask from
anywhere else. Nothing is allowed with credentials that the browser keeps: there is no
Access-Control-Allow-Credentials. Pages of people, which do take cookies, say nothing of all this and so stay
closed.
"""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, request

from lms_tracker.web.compression import DOORS

METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
# Authorization has to be named: no wildcard means it.
REQUEST_HEADERS = ", ".join(
    (
        "Accept",
        "Accept-Language",
        "Authorization",
        "Cache-Control",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Type",
        "If-Match",
        "If-Modified-Since",
        "If-None-Match",
        "X-Experience-API-Hash",
        "X-Experience-API-Version",
        "X-Requested-With",
    )
)
ANSWER_HEADERS = ", ".join(
    (
        "Content-Length",
        "ETag",
        "Last-Modified",
        "Retry-After",
        "WWW-Authenticate",
        "X-Experience-API-Consistent-Through",
        "X-Experience-API-Version",
    )
)
SECONDS = "86400"
EVERYBODY = "*"


def register(app: Flask) -> None:
    origins: tuple[str, ...] = app.config["SETTINGS"].cors_origins
    if origins:
        app.after_request(partial(_tell, origins))


def _tell(origins: tuple[str, ...], response: Response) -> Response:
    if not request.path.startswith(DOORS):
        return response
    headers = response.headers
    origin = request.headers.get("Origin")
    if EVERYBODY in origins:
        headers["Access-Control-Allow-Origin"] = EVERYBODY
    else:
        headers.add("Vary", "Origin")
        if origin in origins:
            headers["Access-Control-Allow-Origin"] = str(origin)
    if origin is None or "Access-Control-Allow-Origin" not in headers:
        return response
    headers["Access-Control-Expose-Headers"] = ANSWER_HEADERS
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = METHODS
        headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        headers["Access-Control-Max-Age"] = SECONDS
    return response
