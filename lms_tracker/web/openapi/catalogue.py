"""What is known of activities and of agents, described (xAPI-Communication 2.4 and 2.5)."""

from lms_tracker.web.openapi.doorway import READING, VERSION
from lms_tracker.web.openapi.pieces import (
    Piece,
    answer,
    answers,
    json_parameter,
    parameter,
    schema,
    with_head,
)

_IRI = {"type": "string", "format": "iri"}

ACTIVITIES = with_head(
    {
        "get": {
            "operationId": "get_activity",
            "tags": ["Activities"],
            "summary": "An activity with all that statements said of it, merged",
            "parameters": [VERSION, parameter("activityId", _IRI, "the activity", required=True)],
            "responses": answers({"200": answer("the activity", json=schema("Activity"))}, *READING),
        }
    }
)
AGENTS = with_head(
    {
        "get": {
            "operationId": "get_person",
            "tags": ["Agents"],
            "summary": "Everything by which an agent is known, as a Person",
            "parameters": [VERSION, json_parameter("agent", schema("Agent"), "the Agent", required=True)],
            "responses": answers({"200": answer("the Person", json=schema("Person"))}, *READING),
        }
    }
)
PATHS: dict[str, Piece] = {"/xapi/activities": ACTIVITIES, "/xapi/agents": AGENTS}
