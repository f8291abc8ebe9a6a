"""The Statement Resource, described (xAPI-Communication 2.1)."""

from lms_tracker.web.openapi.doorway import READING, REFUSED, THROUGH, VERSION
from lms_tracker.web.openapi.pieces import (
    BYTES,
    Piece,
    answer,
    answers,
    array,
    body,
    header,
    json_parameter,
    parameter,
    schema,
    with_head,
)

_UUID = {"type": "string", "format": "uuid"}
_BOOLEAN = {"type": "boolean", "default": False}
_TIME = {"type": "string", "format": "date-time"}
_IRI = {"type": "string", "format": "iri"}

_FILTERS = [
    parameter("statementId", _UUID, "the one statement with this id; beside it only attachments and format"),
    parameter("voidedStatementId", _UUID, "the same of a statement that was voided"),
    json_parameter("agent", schema("Agent"), "statements about this Agent or identified Group"),
    parameter("verb", _IRI, "statements with this verb"),
    parameter("activity", _IRI, "statements about this activity"),
    parameter("registration", _UUID, "statements of this registration"),
    parameter("related_activities", _BOOLEAN, "look for the activity in the context and beneath too"),
    parameter("related_agents", _BOOLEAN, "look for the agent in all places where one may stand"),
    parameter("since", _TIME, "stored after this instant"),
    parameter("until", _TIME, "stored at this instant or before"),
    parameter("limit", {"type": "integer", "minimum": 0}, "at most so many; 0 leaves it to the LRS"),
    parameter("format", {"enum": ["ids", "exact", "canonical"], "default": "exact"}, "how they are shown"),
    parameter("attachments", _BOOLEAN, "answer in multipart/mixed, with the attachments' data"),
    parameter("ascending", _BOOLEAN, "the oldest first"),
    parameter("cursor", {"type": "string"}, "part of the address in `more`; not to be made up"),
]
_LANGUAGES = header("Accept-Language", {"type": "string"}, "languages wanted with format=canonical")
_MULTIPART = (
    "application/json, or multipart/mixed: a first part of application/json, then a part for each attachment"
    " with the headers Content-Type, Content-Transfer-Encoding: binary and X-Experience-API-Hash"
)


STATEMENTS: Piece = with_head(
    {
        "get": {
            "operationId": "get_statements",
            "tags": ["Statements"],
            "summary": "One statement by its id, or those that match, newest first",
            "parameters": [VERSION, _LANGUAGES, *_FILTERS],
            "responses": answers(
                {
                    "200": answer(
                        "the statement, or a page of them",
                        THROUGH,
                        json={"anyOf": [schema("Statement"), schema("StatementResult")]},
                        mixed=BYTES,
                    )
                },
                *READING,
            ),
        },
        "post": {
            "operationId": "post_statements",
            "tags": ["Statements"],
            "summary": "Store one statement or a batch, whole or not at all",
            "parameters": [VERSION],
            "requestBody": body(
                _MULTIPART,
                json={"anyOf": [array(schema("Statement")), schema("Statement")]},
                mixed=BYTES,
            ),
            "responses": answers(
                {"200": answer("the ids, in the order of the statements", THROUGH, json=array(_UUID))},
                "409",
                *REFUSED,
            ),
        },
        "put": {
            "operationId": "put_statement",
            "tags": ["Statements"],
            "summary": "Store one statement under an id",
            "parameters": [VERSION, parameter("statementId", _UUID, "its id", required=True)],
            "requestBody": body(_MULTIPART, json=schema("Statement"), mixed=BYTES),
            "responses": answers({"204": answer("stored, or stored before", THROUGH)}, "409", *REFUSED),
        },
    }
)
PATHS: dict[str, Piece] = {"/xapi/statements": STATEMENTS}
