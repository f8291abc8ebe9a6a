"""Identifiers that providers link: JSON for programs, under `/api/v1/links`."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import Conflict, Forbidden, NotFound, TooManyRequests

from lms_tracker.actions import proving
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.actions.rights import Caller
from lms_tracker.web import credentials, errors, lrs
from xapi import strict_json, versions
from xapi.actors import Identified, read_agent
from xapi.faults import Fault, Refusal
from xapi.strict_json import NotJson

blueprint = Blueprint("links", __name__, url_prefix="/api/v1/links")
errors.register(blueprint)
blueprint.before_request(lrs.demand_query)

# Far more than any agent and code.
MOST_BYTES = 16_384


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.post("", strict_slashes=False)
def link() -> Response:
    """Link an agent of the provider to whoever made the code."""
    caller = _caller()
    given = _given({"code", "agent"})
    identifier = _agent(given["agent"])
    if not isinstance(given["code"], str):
        raise _wrong("code", "a code as text", given["code"])
    try:
        outcome = proving.take_code(caller, given["code"], identifier)
    except proving.NotOfProvider:
        raise _not_yours() from None
    except proving.TooManyTries as error:
        raise TooManyRequests(
            f"too many wrong codes came with this credential; try again in {error.seconds} seconds",
            retry_after=error.seconds,
        ) from None
    except IdentityRefused as refused:
        raise Conflict(f"this agent cannot be linked: {refused}") from None
    if outcome is None:
        raise NotFound("there is no such code, or it was used or has expired")
    return Response(msgspec.json.encode({"outcome": outcome.value}), content_type="application/json")


@blueprint.post("/address")
def address() -> Response:
    """An address where a learner, signed in here, confirms to be an agent of the provider."""
    caller = _caller()
    given = _given({"agent"})
    identifier = _agent(given["agent"])
    try:
        path, expires_us = proving.address_for(caller, given["agent"], identifier)
    except proving.NotOfProvider:
        raise _not_yours() from None
    except IdentityRefused as refused:
        raise Conflict(f"this agent cannot be linked: {refused}") from None
    base = str(current_app.config["SETTINGS"].base_url).rstrip("/")
    expires = datetime.fromtimestamp(expires_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {"address": f"{base}{path}", "expires": expires}
    return Response(msgspec.json.encode(made), 201, content_type="application/json")


def _caller() -> Caller:
    caller: Caller = credentials.caller()
    credentials.demand(caller.may_write, "statements/write")
    lrs.demand_json()
    return caller


def _given(names: set[str]) -> dict[str, Any]:
    """The object in the body, with just these properties. Raises Refusal."""
    request.max_content_length = MOST_BYTES
    try:
        found = strict_json.decode(lrs.body())
    except NotJson as problem:
        fault = Fault(None, problem.path, problem.rule, problem.message, problem.near, "")
        raise Refusal([fault]) from None
    if type(found) is not dict or set(found) != names:
        got = ", ".join(sorted(found))[:80] if type(found) is dict else type(found).__name__
        raise _wrong("", f"an object with {' and '.join(sorted(names))}", got)
    return found


def _agent(value: Any) -> Identified:
    if type(value) is not dict:
        raise _wrong("agent", "an Agent", type(value).__name__)
    version = versions.negotiate(request.headers.get(lrs.VERSION_HEADER), versions.V2)
    # What is a number stays one: an agent has none, and is refused with it.
    return read_agent(json.dumps(value, default=float), version)


def _wrong(path: str, expected: str, got: object) -> Refusal:
    return Refusal([Fault(None, path, "type-object", f"expected {expected}", str(got)[:80], "")])


def _not_yours() -> Forbidden:
    return Forbidden(
        "expected an agent that statements of this provider name, or an account at the site of its courses"
    )
