"""What descriptions are made of: schemas, parameters, bodies and answers, as OpenAPI 3.1 writes them."""

from typing import Any

Piece = dict[str, Any]


def schema(name: str) -> Piece:
    """A schema that the document holds once, under `components`."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(**properties: Any) -> Piece:
    """An object with all of these properties."""
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def array(items: Piece) -> Piece:
    return {"type": "array", "items": items}


def text(description: str, **more: Any) -> Piece:
    return {"type": "string", "description": description, **more}


def parameter(name: str, kind: Piece, meaning: str, required: bool = False) -> Piece:
    """A parameter of the query."""
    return {"name": name, "in": "query", "required": required, "description": meaning, "schema": kind}


def json_parameter(name: str, kind: Piece, meaning: str, required: bool = False) -> Piece:
    """A parameter of the query whose text is JSON."""
    content = {"application/json": {"schema": kind}}
    return {"name": name, "in": "query", "required": required, "description": meaning, "content": content}


def header(name: str, kind: Piece, meaning: str, required: bool = False) -> Piece:
    return {"name": name, "in": "header", "required": required, "description": meaning, "schema": kind}


def body(meaning: str, **kinds: Piece) -> Piece:
    """A body that is needed, in one of the media types given; `json` stands for application/json."""
    return {"required": True, "description": meaning, "content": content(**kinds)}


def content(**kinds: Piece) -> Piece:
    """Schemas by media type, named as in `MEDIA`."""
    return {MEDIA[name]: {"schema": kind} for name, kind in kinds.items()}


MEDIA = {"json": "application/json", "mixed": "multipart/mixed", "octets": "application/octet-stream"}
BYTES: Piece = {"type": "string", "format": "binary"}


def answers(success: Piece, *refusals: str) -> Piece:
    """Answers by status: those of success, and refusals of these statuses in the one shape they all have."""
    refusal = {"description": "refused, with the reasons", "content": content(json=schema("Error"))}
    return success | dict.fromkeys(refusals, refusal)


def answer(meaning: str, headers: Piece | None = None, **kinds: Piece) -> Piece:
    made: Piece = {"description": meaning}
    if headers:
        made["headers"] = headers
    if kinds:
        made["content"] = content(**kinds)
    return made


def with_head(operations: Piece) -> Piece:
    """The same operations, and HEAD, which answers as GET does but for the body (xAPI-Communication 1.1)."""
    get = operations["get"]
    without_bodies = {
        status: {name: value for name, value in given.items() if name != "content"}
        for status, given in get["responses"].items()
    }
    head = {
        **get,
        "operationId": f"head_{get['operationId']}",
        "summary": f"{get['summary']}: the headers alone",
        "responses": without_bodies,
    }
    return {**operations, "head": head}
