"""Errors of the JSON doors: one shape, whatever went wrong.

`{"error": sentence, "faults": [{"index", "path", "rule", "expected", "got", "clause"}]}`; `faults` is empty
when the error is not about a property of what was sent.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import structlog
from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from lms_tracker.actions.availability import UNAVAILABLE
from xapi.faults import Fault, Refusal

log = structlog.get_logger()


def register(blueprint: Blueprint) -> None:
    """Answer this blueprint's errors in JSON."""
    blueprint.register_error_handler(Refusal, refusal_response)
    blueprint.register_error_handler(HTTPException, http_error)
    for kind in UNAVAILABLE:
        blueprint.register_error_handler(kind, _unavailable)
    blueprint.register_error_handler(Exception, _our_bug)


def refusal_response(refusal: Refusal) -> Response:
    response = answer(refusal.status, summary(refusal.faults), refusal.faults)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def summary(faults: Iterable[Fault]) -> str:
    """One sentence for logs of senders that show nothing but text, as Moodle's does."""
    faults = list(faults)
    if not faults:
        return "The request was refused."
    first = faults[0]
    where = "" if first.index is None else f"statement {first.index}"
    place = ", ".join(part for part in (where, first.path) if part)
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    came = f"; got {first.got}" if first.got else ""
    return f"{place + ': ' if place else ''}{first.message}{came}{more}"


def answer(status: int, sentence: str, faults: Iterable[Fault] = ()) -> Response:
    body = {"error": sentence, "faults": [as_json(fault) for fault in faults]}
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def as_json(fault: Fault) -> dict[str, Any]:
    return {
        "index": fault.index,
        "path": fault.path,
        "rule": fault.rule,
        "expected": fault.message,
        "got": fault.got,
        "clause": fault.clause,
    }


def http_error(error: HTTPException) -> Response:
    """An error of HTTP in the shape of all others, with the headers that its status asks for."""
    response = answer(error.code or 500, error.description or error.name)
    if error.code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="xAPI", charset="UTF-8"'
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unavailable(error: Exception) -> Response:
    log.error("database unavailable", kind=type(error).__name__)
    # Where the connection was lost with the answer to a COMMIT, nobody knows what became of it.
    sentence = "The database cannot be reached at the moment; what was sent may not be stored. Send it again."
    response = answer(503, sentence)
    response.headers["Retry-After"] = "5"
    return response


def _our_bug(error: Exception) -> Response:
    # The traceback without its message, which could carry what a learner sent.
    log.error("unhandled", kind=type(error).__name__, frames=_frames(error))
    return answer(500, "Something is wrong on our side, and what was sent may not be stored.")


def _frames(error: Exception) -> list[str]:
    frames, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-12:]
