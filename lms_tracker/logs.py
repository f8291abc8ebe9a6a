"""Logs: one line per event on standard error, for people or as JSON, with the request's id, never with
personal data.

What a log line must not hold is taken out here, whoever wrote the line: values under names that hold
personal data or secrets, and the texts of exceptions, which quote values (a driver's "Key (login)=(…)
already exists").
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import time
import traceback
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

PERSONAL = frozenset(
    (
        "account", "actor", "agent", "authorization", "birth", "body", "cookie", "email", "identifier",
        "identifiers", "login", "mbox", "name", "password", "person", "phone", "secret", "statement", "text",
        "token",
    )
)  # fmt: skip
LEFT_OUT = "(left out)"

Event = MutableMapping[str, Any]


def without_personal_data(_logger: Any, _method: str, event: Event) -> Event:
    for key in event:
        if key.lower() in PERSONAL:
            event[key] = LEFT_OUT
    return event


def with_bare_exception(_logger: Any, _method: str, event: Event) -> Event:
    """Replace ``exc_info`` by the exception's class and the places it came through, without its text."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    exception = given if isinstance(given, BaseException) else None
    if exception is None:
        exception = (given if isinstance(given, tuple) else sys.exc_info())[1]
    if exception is not None:
        event["exception"] = " < ".join(_bare(exception))
    return event


def _bare(exception: BaseException | None) -> list[str]:
    rows: list[str] = []
    while exception is not None and len(rows) < 8:
        frames = traceback.extract_tb(exception.__traceback__)[-12:]
        path = " > ".join(f"{re.sub('.*/', '', f.filename)}:{f.lineno} {f.name}" for f in frames)
        rows.append(f"{type(exception).__module__}.{type(exception).__qualname__} at {path}")
        exception = exception.__cause__ or exception.__context__
    return rows


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    with_bare_exception,
    without_personal_data,
]


def configure(level: str, log_format: str) -> None:
    """Send the logs of this process, those of libraries included, to standard error.

    ``level`` and ``log_format`` are the settings LOG_LEVEL and LOG_FORMAT.
    """
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if log_format == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(handlers=[handler], level=max(number, logging.INFO), force=True)
    logging.getLogger("alembic").setLevel(max(number, logging.WARNING))
    # It warns each time that a job is still at work when its hour has come again, which is as it should be.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("lms_tracker").setLevel(number)


REQUESTS = "lms_tracker.requests"


def logger(name: str) -> Any:
    """A logger for the module ``name``; call it with an event in a few words and values as keywords."""
    return structlog.stdlib.get_logger(name)


def name_request(request_id: str) -> None:
    """From here on this thread's lines bear the request's id, and no other."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=request_id)


def logs_successes() -> bool:
    """Whether requests that succeed leave a line."""
    return logging.getLogger(REQUESTS).isEnabledFor(logging.DEBUG)


def attach(app: Flask) -> None:
    """Give every request an id, shown in its answer as ``X-Request-ID``, and log how it ended.

    The route's pattern is logged, never the path or the query, which may name a person.
    """
    log = logger(REQUESTS)
    # What answers nearly every request writes nothing: whether it would is asked before anything is gathered.
    asked_for = logging.getLogger(REQUESTS)

    @app.before_request
    def begin() -> None:
        came = request.headers.get("X-Request-ID")
        known = came if came and re.fullmatch(r"[A-Za-z0-9._-]{8,64}", came) else uuid.uuid4().hex
        g.request_id, g.request_began = known, time.perf_counter()
        name_request(known)

    @app.after_request
    def end(response: Response) -> Response:
        request_id = g.get("request_id")
        if request_id is None:  # another before_request answered first
            return response
        response.headers.add("X-Request-ID", request_id)
        status = response.status_code
        level = logging.DEBUG if status < 400 else logging.INFO
        if status >= 500:
            level = logging.ERROR
        if asked_for.isEnabledFor(level):
            log.log(
                level,
                "answered",
                method=request.method,
                route=str(request.url_rule or "(none)"),
                status=status,
                milliseconds=round((time.perf_counter() - g.request_began) * 1000, 1),
            )
        return response
