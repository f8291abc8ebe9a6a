"""What all resources of the LRS share: versions, credentials, headers, errors.

Addresses stand under `/xapi/`. Clauses are those of xAPI-Communication 1.0.3; 2.0 keeps them.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from lms_tracker.actions import refusals
from lms_tracker.actions.rights import Caller
from lms_tracker.web import alternate_syntax, compression, credentials, errors
from xapi import preconditions, versions
from xapi.faults import Fault, Refusal
from xapi.findings import ABSENT
from xapi.parameters import Reader, demand_utf8
from xapi.parameters import read as read_parameters

VERSION_HEADER = "X-Experience-API-Version"
# In the environment of a request: what was found against it before it was routed.
FOUND = "lms_tracker.found"
THROUGH_HEADER = "X-Experience-API-Consistent-Through"
# So much of a body is read at once.
CHUNK_BYTES = 64 * 1024


def resource(name: str) -> Blueprint:
    """A blueprint under `/xapi` with the errors and headers that all resources of the LRS share."""
    blueprint = Blueprint(name, __name__, url_prefix="/xapi")
    errors.register(blueprint)
    blueprint.register_error_handler(Refusal, _logged_refusal)
    blueprint.before_request(demand_query)
    return blueprint


def register(app: Flask) -> None:
    """What holds for every answer under `/xapi`, also where there is no such resource or method."""
    app.after_request(_name_version)


def enter() -> tuple[Caller, str]:
    """Who is asking, and in which version: "1.0.3" or "2.0.0".

    Raises NoCredentials (401) or Refusal (400); from here on a Refusal is noted for the caller's provider.
    """
    alternate_syntax.demand_understood()
    caller = credentials.caller()
    g.caller = caller
    # A request that names no version is refused; the setting says in which version (xAPI-Communication 3.3).
    g.version = versions.negotiate(request.headers.get(VERSION_HEADER), None)
    found: Exception | None = request.environ.get(FOUND)
    if found is not None:
        raise found
    return caller.speaking(g.version), g.version


def demand_query() -> None:
    """Raise a Refusal (400) for a query that is no UTF-8; Werkzeug would hand its escapes on as letters."""
    demand_utf8(request.query_string)


def demand(allowed: bool, caller: Caller, scopes: str) -> None:
    """Raise a Refusal with 403, which the log keeps, unless the caller's scopes allow what it asks."""
    if not allowed:
        message = f"expected a credential with the scope {scopes}"
        came = ", ".join(sorted(caller.scopes))
        raise Refusal([Fault(None, "", "scope", message, came, "xAPI-Communication 4.0")], status=403)


def body() -> bytes:
    """The body of the request; a Refusal with 413 when it is greater than the settings allow."""
    try:
        data = request.get_data(cache=False)
        # Of a body sent in chunks Werkzeug reads no more than the limit, and says nothing.
        if request.content_length is None and len(data) >= (request.max_content_length or 0):
            raise RequestEntityTooLarge
        return data
    except RequestEntityTooLarge:
        message = f"expected a body of at most {request.max_content_length} bytes; send the rest separately"
        came = "more" if request.content_length is None else f"{request.content_length} bytes"
        fault = Fault(None, "", "body-too-large", message, came, "xAPI-Communication 3.2")
        raise Refusal([fault], status=413) from None


def chunks(most: int) -> Iterator[bytes]:
    """The body of the request as it arrives, of whatever type; refused like `body`, but with `most` bytes.

    Raises ClientDisconnected (400) where it ends before it is whole: a part of a document is not a document.
    """
    compression.demand_plain()
    length, came = request.content_length, 0
    # One more, so that who takes the chunks sees that they are too many.
    request.max_content_length = most + 1
    try:
        while chunk := request.stream.read(CHUNK_BYTES):
            came += len(chunk)
            yield chunk
    except RequestEntityTooLarge:
        message = f"expected a body of at most {most} bytes"
        fault = Fault(None, "", "body-too-large", message, f"{length} bytes", "xAPI-Communication 3.2")
        raise Refusal([fault], status=413) from None
    if length is not None and came < length:
        raise ClientDisconnected


def is_unsure_of_its_end() -> bool:
    """Whether a body that breaks off looks like a whole one: the server says nothing of one sent in chunks.

    gzip says itself where it ends.
    """
    unpacked = isinstance(request.environ["wsgi.input"], compression.Unpacked)
    return "Transfer-Encoding" in request.headers and not unpacked


def parameters(readers: Mapping[str, Reader], version: str, clause: str) -> dict[str, Any]:
    """What the parameters of the request stand for, each of which has to be there once, and no other."""
    values, seen, faults = read_parameters(request.args.items(multi=True), readers, version)
    for name in readers:
        if name not in seen:
            faults.append(Fault(None, name, "parameter-required", "this parameter is needed", ABSENT, clause))
    if faults:
        raise Refusal(faults)
    return values


def tagged(body: bytes) -> Response:
    """JSON with the entity tag that xAPI-Communication 3.1 asks for; 304 where the client has it already.

    Raises Refusal with 412 where it is not what the client asks to find.
    """
    tag = hashlib.sha1(body).hexdigest()
    stated = preconditions.read(request.headers.get("If-Match"), request.headers.get("If-None-Match"))
    stated.demand(tag, reading=True)
    response = Response(status=304) if stated.is_known(tag) else Response(body)
    response.content_type = "application/json"
    response.set_etag(tag)
    return response


class Limits(TypedDict):
    """How many statements a request may hold, and how large one may be, as `xapi.batches.read` takes them."""

    max_statements: int
    max_statement_bytes: int


def limits() -> Limits:
    settings = current_app.config["SETTINGS"]
    return Limits(max_statements=settings.max_batch, max_statement_bytes=settings.max_statement_bytes)


def demand_json() -> None:
    """Raise a Refusal, with 400 or 415, unless the body is said to be JSON, in no coding but gzip."""
    compression.demand_plain()
    if request.mimetype == "application/json":
        return
    if request.mimetype == "multipart/mixed":
        message = "expected application/json: attachments' data (multipart/mixed) are not taken here"
        fault = Fault(
            None, "Content-Type", "content-type", message, request.mimetype, "xAPI-Communication 1.5"
        )
        raise Refusal([fault], status=415)
    came = request.headers.get("Content-Type", "")[:80] or "no Content-Type"
    message = "expected the header Content-Type: application/json"
    raise Refusal([Fault(None, "Content-Type", "content-type", message, came, "xAPI-Communication 1.5")])


def _logged_refusal(refusal: Refusal) -> Response:
    caller: Caller | None = g.get("caller")
    if caller is not None and request.method in ("POST", "PUT"):
        refusals.log(caller.provider_id, refusal.faults)
    return errors.refusal_response(refusal)


def _name_version(response: Response) -> Response:
    """Name the version of the answer, also where the request's was refused (xAPI-Communication 3.3)."""
    if request.path.startswith("/xapi"):
        default = current_app.config["SETTINGS"].xapi_default_version or versions.V2
        response.headers[VERSION_HEADER] = g.get("version", default)
    return response
