"""What is known of activities and of agents, described (xAPI-Communication 2.4 and 2.5)."""

from lms_tracker.web.openapi.doorway import READING, VERSION
from lms_tracker.web.openapi.pieces import (
    Piece,
    answer,
    answers,
    header,
    json_parameter,
    parameter,
    schema,
    with_head,
)

_IRI = {"type": "string", "format": "iri"}
_TAGGED = [
    VERSION,
    header("If-Match", {"type": "string"}, "412 unless it has this ETag"),
    header("If-None-Match", {"type": "string"}, "304 if it still has this ETag"),
]
_TAG = {"ETag": {"description": "the SHA-1 of the answer, quoted", "schema": {"type": "string"}}}
_KNOWN = {"304": answer("it is as If-None-Match says")}

ACTIVITIES = with_head(
    {
        "get": {
            "operationId": "get_activity",
            "tags": ["Activities"],
            "summary": "An activity with all that statements said of it, merged",
            "parameters": [*_TAGGED, parameter("activityId", _IRI, "the activity", required=True)],
            "responses": answers(
                {"200": answer("the activity", _TAG, json=schema("Activity")), **_KNOWN}, "412", *READING
            ),
        }
    }
)
AGENTS = with_head(
    {
        "get": {
            "operationId": "get_person",
            "tags": ["Agents"],
            "summary": "Everything by which an agent is known, as a Person",
            "parameters": [*_TAGGED, json_parameter("agent", schema("Agent"), "the Agent", required=True)],
            "responses": answers(
                {"200": answer("the Person", _TAG, json=schema("Person")), **_KNOWN}, "412", *READING
            ),
        }
    }
)
PATHS: dict[str, Piece] = {"/xapi/activities": ACTIVITIES, "/xapi/agents": AGENTS}
