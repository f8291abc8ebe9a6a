"""The JSON API, described."""

from lms_tracker.learning.reasons import Reason
from lms_tracker.web.openapi.pieces import (
    Piece,
    answer,
    answers,
    array,
    body,
    json_parameter,
    record,
    schema,
)

_SECONDS = {"type": "integer", "minimum": 0, "description": "whole seconds"}
_REASON = {"type": "string", "enum": [reason.words for reason in Reason if reason]}
_COURSE = {
    "type": "string",
    "description": "the provider's code; `<provider>/<code>` where courses of several providers share one",
}

_CREDIT = record(
    pending={
        "type": "boolean",
        "description": "true until the ledger holds the effect of all that was answered",
    },
    total_seconds=_SECONDS,
    nominal_seconds=_SECONDS,
    courses=array(record(course=_COURSE, seconds=_SECONDS, nominal_seconds=_SECONDS)),
    days=array(
        record(
            date={"type": "string", "format": "date"},
            seconds=_SECONDS,
            nominal_seconds=_SECONDS,
            courses={"type": "object", "propertyNames": _COURSE, "additionalProperties": _SECONDS},
        )
    ),
    refused_count={"type": "integer", "minimum": 0},
    refused=array(record(statement={"type": "string", "format": "uuid"}, reason=_REASON, seconds=_SECONDS)),
    policy={"type": "integer", "description": "the version of the policy that decided this"},
)

_CHECKED = {
    "type": "object",
    "required": ["index", "accepted"],
    "properties": {
        "index": {"type": "integer"},
        "accepted": {"type": "boolean"},
        "faults": array(schema("Fault")),
        "id": {"type": ["string", "null"], "format": "uuid"},
        "stored": {"type": "boolean", "description": "whether it is stored already, and the same"},
        "learners": {"type": "integer"},
        "evidence": {"type": "boolean", "description": "whether it could earn credit at all"},
        "course": {"type": ["string", "null"]},
        "reading": {"type": ["string", "null"]},
        "seconds": _SECONDS,
        "nominal_seconds": _SECONDS,
        "refused": array(record(reason=_REASON, seconds=_SECONDS)),
    },
}

_REFUSED = ("400", "401", "403", "413", "415", "429", "503")

SCHEMAS: dict[str, Piece] = {
    "Fault": record(
        index={"type": ["integer", "null"]},
        path={"type": "string"},
        rule={"type": "string"},
        expected={"type": "string"},
        got={"type": "string"},
        clause={"type": "string"},
    ),
    "Error": record(error={"type": "string"}, faults=array(schema("Fault"))),
}

PATHS: dict[str, Piece] = {
    "/api/v1/credit": {
        "get": {
            "operationId": "credit",
            "tags": ["Credit"],
            "summary": "What a learner was credited and refused",
            "parameters": [json_parameter("agent", schema("Agent"), "an xAPI Agent", required=True)],
            "responses": answers(
                {"200": answer("balances of this credential's courses, or of all", json=_CREDIT)}, *_REFUSED
            ),
        }
    },
    "/api/v1/check": {
        "post": {
            "operationId": "check",
            "tags": ["Statements"],
            "summary": "What would become of statements; nothing is stored",
            "requestBody": body(
                "what POST statements takes",
                json={"anyOf": [array(schema("Statement")), schema("Statement")]},
            ),
            "responses": answers(
                {"200": answer("an answer for each statement", json=record(statements=array(_CHECKED)))},
                *_REFUSED,
            ),
        }
    },
    "/api/v1/openapi.json": {
        "get": {
            "operationId": "openapi",
            "tags": ["About"],
            "summary": "This document; open to everybody",
            "security": [],
            "responses": answers({"200": answer("OpenAPI 3.1", json={"type": "object"})}),
        }
    },
}
