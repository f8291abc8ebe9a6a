"""The OpenAPI description of the LRS and the JSON API: a module for each subject, one document for all."""

from lms_tracker.web.openapi import catalogue, documents, doorway, programs, shapes, statements
from lms_tracker.web.openapi.pieces import Piece


def document(base_url: str) -> Piece:
    """OpenAPI 3.1; `base_url` is the address of the service."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "lms_tracker", "version": "1", "license": {"name": "Apache-2.0"}},
        "servers": [{"url": base_url.rstrip("/")}],
        "security": [{"credential": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"credential": {"type": "http", "scheme": "basic"}},
            "schemas": {**shapes.SCHEMAS, **programs.SCHEMAS},
        },
    }


def _paths() -> dict[str, Piece]:
    rooms = (statements, documents, catalogue, doorway, programs)
    return {path: operations for room in rooms for path, operations in room.PATHS.items()}
