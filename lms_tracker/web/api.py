"""JSON for programs, under `/api/v1/`."""

from dataclasses import replace
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, current_app, request

from lms_tracker.actions import balances, checking
from lms_tracker.actions.rights import Caller
from lms_tracker.web import credentials, errors, lrs, openapi
from xapi import batches, versions
from xapi.actors import read_agent
from xapi.batches import Batch, Received
from xapi.decoding import decode_body
from xapi.faults import Fault, Refusal
from xapi.strict_json import NotJson

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
errors.register(blueprint)
blueprint.before_request(lrs.demand_query)


def register(app: Flask) -> None:
    app.register_blueprint(blueprint)


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), content_type="application/json")


def _version() -> str:
    """The version of the header where there is one; a program that asks us alone need not know it."""
    return versions.negotiate(request.headers.get(lrs.VERSION_HEADER), versions.V2)


@blueprint.get("/credit")
def credit() -> Response:
    """What a learner was credited and refused; see `actions.balances`."""
    caller: Caller = credentials.caller()
    credentials.demand(caller.may_read_mine, "statements/read/mine or all/read")
    unknown = [name for name in request.args if name != "agent"]
    given = request.args.getlist("agent")
    if unknown or len(given) != 1:
        message = "expected the parameter agent, once and alone: an Agent in JSON"
        got = ", ".join(unknown)[:80] or f"agent {len(given)} times"
        raise Refusal([Fault(None, "agent", "parameter-needed", message, got, "")])
    return _json(balances.of_actor(read_agent(given[0], _version()).key, caller))


@blueprint.post("/check")
def check() -> Response:
    """What would become of statements; takes what POST statements takes, and stores nothing."""
    caller: Caller = credentials.caller()
    credentials.demand(caller.may_write, "statements/write")
    lrs.demand_json()
    version = _version()
    batch, faulty = _sorted_out(lrs.body(), version, lrs.limits())
    answers = [
        answer if isinstance(answer, dict) else _refused([answer])
        for answer in checking.check(batch, caller, version)
    ]
    for index, faults in sorted(faulty.items()):
        answers.insert(index, _refused(faults))
    for index, answer in enumerate(answers):
        answer["index"] = index
        for fault in answer.get("faults", ()):
            fault["index"] = index
    return _json({"statements": answers})


def _refused(faults: list[Fault]) -> dict[str, Any]:
    return {"accepted": False, "faults": [errors.as_json(fault) for fault in faults]}


def _sorted_out(body: bytes, version: str, limits: lrs.Limits) -> tuple[Batch, dict[int, list[Fault]]]:
    """The valid statements, and the faults of the others by index. Raises Refusal for a body as a whole."""
    faulty: dict[int, list[Fault]] = {}
    try:
        return batches.read(body, version=version, **limits), faulty
    except Refusal as refusal:
        for fault in refusal.faults:
            if fault.index is None:
                raise
            faulty.setdefault(fault.index, []).append(fault)
    most, longest = limits["max_statements"], limits["max_statement_bytes"]
    items, is_array = decode_body(body, allow_array=True, most=most, longest=longest)
    valid: list[Received] = []
    for index, item in enumerate(items):
        if index in faulty or isinstance(item, NotJson):
            continue
        try:
            valid += batches.read(item[0], version=version).statements
        except Refusal as refusal:
            # A refusal names fifty statements at most; this one came after them.
            faulty[index] = [replace(fault, index=index) for fault in refusal.faults]
    return Batch(valid, is_array), faulty


@blueprint.get("/openapi.json")
def document() -> Response:
    """The OpenAPI description of this API."""
    return _json(openapi.document(current_app.config["SETTINGS"].base_url))
