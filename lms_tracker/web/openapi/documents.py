"""The three document resources, described: state, activity profile, agent profile.

xAPI-Communication 2.3, 2.6 and 2.7.
"""

from lms_tracker.web.openapi.doorway import READING, REFUSED, VERSION
from lms_tracker.web.openapi.pieces import (
    BYTES,
    Piece,
    answer,
    answers,
    body,
    header,
    json_parameter,
    parameter,
    schema,
    with_head,
)

_ACTIVITY = parameter("activityId", {"type": "string", "format": "iri"}, "the activity", required=True)
_AGENT = json_parameter(
    "agent", schema("Agent"), "the Agent; a Group by its identifier within an Agent", required=True
)
_REGISTRATION = parameter("registration", {"type": "string", "format": "uuid"}, "the registration, if any")
_SINCE = parameter(
    "since", {"type": "string", "format": "date-time"}, "without an id: those changed after this instant"
)
_IF_MATCH = header("If-Match", {"type": "string"}, "change it only if it still has this ETag")
_IF_NONE_MATCH = header("If-None-Match", {"type": "string"}, "* to store it only if there is none yet")
_IF_KNOWN = header("If-None-Match", {"type": "string"}, "304 if it still has this ETag")
_DOCUMENT_HEADERS = {
    "ETag": {"description": "the SHA-1 of the content, quoted", "schema": {"type": "string"}},
    "Last-Modified": {"description": "when it was stored", "schema": {"type": "string"}},
}


def _resource(name: str, tag: str, key: str, where: list[Piece], also: list[Piece]) -> Piece:
    """One document resource: `where` names whose documents, `key` one of them; without it GET lists keys."""
    given = parameter(key, {"type": "string", "maxLength": 65536}, "the key of the document")
    needed = {**given, "required": True}
    one = [VERSION, *where, *also, needed]
    changing = [*one, _IF_MATCH, _IF_NONE_MATCH]
    # The state resource deletes all documents of a learner at once when no key is named.
    deleted = given if also else needed
    bodies = {
        "put": body("any bytes, with their Content-Type", json={}, octets=BYTES),
        "post": body("an object, merged into the one that is stored if both are JSON", json={}, octets=BYTES),
    }
    operations: Piece = {
        "get": {
            "operationId": f"get_{name}",
            "tags": [tag],
            "summary": "A document, or the keys of all",
            "parameters": [VERSION, *where, *also, given, _SINCE, _IF_MATCH, _IF_KNOWN],
            "responses": answers(
                {
                    "200": {
                        "description": "the document as it was stored, or an array of keys",
                        "headers": _DOCUMENT_HEADERS,
                        "content": {"*/*": {"schema": {}}, "application/json": {"schema": {}}},
                    },
                    "304": answer("it is as If-None-Match says"),
                },
                "412",
                *READING,
            ),
        },
        "delete": {
            "operationId": f"delete_{name}",
            "tags": [tag],
            "summary": "Delete a document" + (", or all without a key" if also else ""),
            "parameters": [VERSION, *where, *also, deleted, _IF_MATCH, _IF_NONE_MATCH],
            "responses": answers({"204": answer("there is none any more")}, "412", *READING),
        },
    }
    for method, summary in (("put", "Store a document"), ("post", "Store a document or merge into one")):
        operations[method] = {
            "operationId": f"{method}_{name}",
            "tags": [tag],
            "summary": summary,
            "parameters": changing,
            "requestBody": bodies[method],
            "responses": answers({"204": answer("stored")}, "409", "411", "412", *REFUSED),
        }
    return with_head(operations)


PATHS: dict[str, Piece] = {
    "/xapi/activities/state": _resource("state", "State", "stateId", [_ACTIVITY, _AGENT], [_REGISTRATION]),
    "/xapi/activities/profile": _resource(
        "activity_profile", "Activity profiles", "profileId", [_ACTIVITY], []
    ),
    "/xapi/agents/profile": _resource("agent_profile", "Agent profiles", "profileId", [_AGENT], []),
}
