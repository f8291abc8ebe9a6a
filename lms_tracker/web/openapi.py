"""The OpenAPI description of the JSON API."""

from typing import Any

from lms_tracker.learning.reasons import Reason

_SECONDS = {"type": "integer", "minimum": 0, "description": "whole seconds"}
_REASON = {"type": "string", "enum": [reason.words for reason in Reason if reason]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _answers(meaning: str, schema: dict[str, Any]) -> dict[str, Any]:
    error = {
        "description": "refused",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    return {
        "200": {"description": meaning, "content": {"application/json": {"schema": schema}}},
        **dict.fromkeys(("400", "401", "403", "413", "415", "503"), error),
    }


_COURSE = {
    "type": "string",
    "description": "the provider's code; `<provider>/<code>` where courses of several providers share one",
}

_CREDIT = _object(
    pending={
        "type": "boolean",
        "description": "true until the ledger holds the effect of all that was answered",
    },
    total_seconds=_SECONDS,
    nominal_seconds=_SECONDS,
    courses=_array(_object(course=_COURSE, seconds=_SECONDS, nominal_seconds=_SECONDS)),
    days=_array(
        _object(
            date={"type": "string", "format": "date"},
            seconds=_SECONDS,
            nominal_seconds=_SECONDS,
            courses={"type": "object", "propertyNames": _COURSE, "additionalProperties": _SECONDS},
        )
    ),
    refused_count={"type": "integer", "minimum": 0},
    refused=_array(_object(statement={"type": "string", "format": "uuid"}, reason=_REASON, seconds=_SECONDS)),
    policy={"type": "integer", "description": "the version of the policy that decided this"},
)

_FAULT = _object(
    index={"type": ["integer", "null"]},
    path={"type": "string"},
    rule={"type": "string"},
    expected={"type": "string"},
    got={"type": "string"},
    clause={"type": "string"},
)

_CHECKED = {
    "type": "object",
    "required": ["index", "accepted"],
    "properties": {
        "index": {"type": "integer"},
        "accepted": {"type": "boolean"},
        "faults": _array({"$ref": "#/components/schemas/Fault"}),
        "id": {"type": ["string", "null"], "format": "uuid"},
        "stored": {"type": "boolean", "description": "whether it is stored already, and the same"},
        "learners": {"type": "integer"},
        "evidence": {"type": "boolean", "description": "whether it could earn credit at all"},
        "course": {"type": ["string", "null"]},
        "seconds": _SECONDS,
        "nominal_seconds": _SECONDS,
        "refused": _array(_object(reason=_REASON, seconds=_SECONDS)),
    },
}


def document(base_url: str) -> dict[str, Any]:
    """OpenAPI 3.1; `base_url` is the address of the service."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "lms_tracker", "version": "1", "license": {"name": "Apache-2.0"}},
        "servers": [{"url": f"{base_url.rstrip('/')}/api/v1"}],
        "security": [{"credential": []}],
        "paths": {
            "/credit": {
                "get": {
                    "operationId": "credit",
                    "summary": "What a learner was credited and refused",
                    "parameters": [
                        {
                            "name": "agent",
                            "in": "query",
                            "required": True,
                            "description": "an xAPI Agent",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        }
                    ],
                    "responses": _answers("balances of this credential's courses, or of all", _CREDIT),
                }
            },
            "/check": {
                "post": {
                    "operationId": "check",
                    "summary": "What would become of statements; nothing is stored",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"type": ["object", "array"]}}},
                    },
                    "responses": _answers(
                        "an answer for each statement", _object(statements=_array(_CHECKED))
                    ),
                }
            },
        },
        "components": {
            "securitySchemes": {"credential": {"type": "http", "scheme": "basic"}},
            "schemas": {
                "Fault": _FAULT,
                "Error": _object(
                    error={"type": "string"}, faults=_array({"$ref": "#/components/schemas/Fault"})
                ),
            },
        },
    }
