"""Places, described."""

from lms_tracker.learning.places import KINDS, MOST_CHARACTERS
from lms_tracker.web.openapi.pieces import Piece, answer, answers, array, parameter, record, text

_CODE = {"type": ["string", "null"], "description": "the national code; local places have none"}
_KIND = {"type": "string", "enum": list(KINDS)}
_DAY = {"type": ["string", "null"], "format": "date", "description": "inclusive; null is open"}
_NUMBER = {"type": "integer"}
_PLACE = record(
    id=_NUMBER,
    code=_CODE,
    level={"type": "integer", "enum": [1, 2, 3, 4]},
    kind=_KIND,
    name=text("without the kind"),
    valid_from=_DAY,
    valid_to=_DAY,
    above=array(record(id=_NUMBER, code=_CODE, kind=_KIND, name=text("without the kind"))),
)

PATHS: dict[str, Piece] = {
    "/api/v1/places": {
        "get": {
            "operationId": "places",
            "tags": ["Places"],
            "summary": "Provinces, districts, communes and local places of a day; open to everybody",
            "description": "A code means a unit only together with a date: 91 was Kiên Giang and is An Giang"
            " since 1 July 2025. A name typed with marks finds what is spelled so, in either style of tone"
            " marks; without marks it finds every spelling. Names that begin so come first. Without a name:"
            " what is directly below `under`, or the provinces.",
            "security": [],
            "parameters": [
                parameter("q", text("", maxLength=MOST_CHARACTERS), "a name, its kind before it or not"),
                parameter("on", {"type": "string", "format": "date"}, "the day that is asked; today's else"),
                parameter(
                    "level",
                    {"type": "integer", "enum": [1, 2, 3, 4]},
                    "1 province, 2 district, 3 commune, 4 local place; with q alone",
                ),
                parameter("under", {"type": "string"}, "the code of a unit of that day: only below it"),
            ],
            "responses": answers(
                {"200": answer("in Vietnamese order", json=record(places=array(_PLACE)))}, "400", "503"
            ),
        }
    },
}
