"""Requests and answers with attachments' data, as a program makes and reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from werkzeug.test import TestResponse

from tests.web.lrs_client import Lrs
from xapi import multipart

BOUNDARY = "-------314159265358979323846"
USAGE = "http://example.com/attachment-usage/test"

Headers = Mapping[str, str]


def attachment(data: bytes, digest: str = "sha256", **changes: Any) -> dict[str, Any]:
    """What a statement says of these data; a change to None takes a property away."""
    made = {
        "usageType": USAGE,
        "display": {"vi": "Bài làm"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": hashlib.new(digest, data).hexdigest(),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def part(data: bytes, sha2: str | None = None, **headers: str) -> tuple[Headers, list[bytes]]:
    """A part with these data; `headers` replace, an empty one is left out."""
    made = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha2 or hashlib.sha256(data).hexdigest(),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return {name: value for name, value in made.items() if value}, [data]


def body(statements: Any, parts: Iterable[tuple[Headers, Iterable[bytes]]] = ()) -> bytes:
    first = ({"Content-Type": "application/json"}, [msgspec.json.encode(statements)])
    return b"".join(multipart.write([first, *parts], BOUNDARY))


def post(
    lrs: Lrs, statements: Any, parts: Iterable[tuple[Headers, Iterable[bytes]]] = (), **headers: str | None
) -> TestResponse:
    named = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}", **headers}
    return lrs.post(body(statements, parts), **named)


def parts_of(answer: TestResponse) -> tuple[Any, list[tuple[Headers, bytes]]]:
    """The JSON of the first part, and headers and data of the others."""
    assert answer.status_code == 200, answer.text
    boundary = multipart.boundary_of(answer.headers["Content-Type"])
    read = [(part.headers, b"".join(part.data)) for part in multipart.read([answer.data], boundary)]
    assert read[0][0] == {"content-type": "application/json"}
    return msgspec.json.decode(read[0][1]), read[1:]
