"""The OpenAPI description of the LRS and the JSON API: a module for each subject, one document for all."""

from lms_tracker.web.openapi import catalogue, documents, doorway, links, places, programs, shapes, statements
from lms_tracker.web.openapi.pieces import Piece

_DESCRIPTION = (
    "A learning record store by xAPI 1.0.3 and 2.0 under /xapi/, and JSON for programs under /api/v1/."
    " Every refusal is an Error, which names each fault with its place, its rule and the clause behind it."
    " Bodies may come in gzip and answers go in gzip to who accepts it. Programs of 1.0.x that can send"
    " nothing but POST may use the specification's alternate request syntax, which is not described here."
)


def document(base_url: str) -> Piece:
    """OpenAPI 3.1; `base_url` is the address of the service."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "lms_tracker",
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": base_url.rstrip("/")}],
        "security": [{"credential": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"credential": {"type": "http", "scheme": "basic"}},
            "schemas": {**shapes.SCHEMAS, **programs.SCHEMAS},
        },
    }


def _paths() -> dict[str, Piece]:
    rooms = (statements, documents, catalogue, doorway, programs, links, places)
    return {path: operations for room in rooms for path, operations in room.PATHS.items()}
