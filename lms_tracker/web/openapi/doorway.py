"""What every resource of the LRS has in its description: the version, the refusals, Consistent-Through."""

from lms_tracker.web.openapi.pieces import Piece, answer, answers, header, schema, with_head

VERSION = header(
    "X-Experience-API-Version",
    {"type": "string", "enum": ["1.0.3", "2.0.0"]},
    "the version that the request speaks",
    required=True,
)
THROUGH: Piece = {
    "X-Experience-API-Consistent-Through": {
        "description": "at or before this instant of `stored` nothing will appear any more",
        "schema": {"type": "string", "format": "date-time"},
    }
}
# Statuses of refusals, by what a request does.
READING = ("400", "401", "403", "404", "429", "503")
REFUSED = ("400", "401", "403", "413", "415", "429", "503")

ABOUT = with_head(
    {
        "get": {
            "operationId": "get_about",
            "tags": ["About"],
            "summary": "The versions that this LRS speaks; open to everybody",
            "security": [],
            "parameters": [{**VERSION, "required": False}],
            "responses": answers({"200": answer("its versions", json=schema("About"))}),
        }
    }
)
PATHS: dict[str, Piece] = {"/xapi/about": ABOUT}
