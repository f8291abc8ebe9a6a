"""How providers link identifiers, described."""

from lms_tracker.web.openapi.pieces import Piece, answer, answers, body, record, schema, text

_REFUSED = ("400", "401", "403", "409", "413", "415", "429", "503")
_OUTCOME = record(
    outcome={
        "type": "string",
        "enum": ["linked", "already", "disputed"],
        "description": "linked now; linked before; or somebody else's, which a reviewer has to settle",
    }
)

PATHS: dict[str, Piece] = {
    "/api/v1/links": {
        "post": {
            "operationId": "link",
            "tags": ["Links"],
            "summary": "Link an agent to the person who brought a code",
            "description": "The person makes the code here and takes it to the provider, where they are"
            " signed in. It is valid for 15 minutes, and once. The agent is one that the provider's own"
            " statements name, or an account at a site where it alone has courses. 404 says nothing of why a"
            " code is of no use. Wrong codes of a credential are heard more and more slowly (429).",
            "requestBody": body(
                "the code as the person typed it, and the agent as the provider's statements name it",
                json=record(code=text("such as 7KQ2M-XH4TD", maxLength=40), agent=schema("Agent")),
            ),
            "responses": answers({"200": answer("what became of it", json=_OUTCOME)}, "404", *_REFUSED),
        }
    },
    "/api/v1/links/address": {
        "post": {
            "operationId": "link_address",
            "tags": ["Links"],
            "summary": "An address where a learner confirms to be this agent",
            "description": "For the provider's own pages: ask for it while the learner is signed in there,"
            " and lead only that learner to it. They sign in here and confirm. It is valid for 15 minutes,"
            " and once; whoever opens it can link the agent to themselves.",
            "requestBody": body(
                "the agent as the provider's statements name it", json=record(agent=schema("Agent"))
            ),
            "responses": answers(
                {
                    "201": answer(
                        "the address",
                        json=record(
                            address={"type": "string", "format": "uri"},
                            expires={"type": "string", "format": "date-time"},
                        ),
                    )
                },
                *_REFUSED,
            ),
        }
    },
}
