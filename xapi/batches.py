"""The door: the body of a request in, statements that satisfy the specification out, or a Refusal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from xapi.decoding import decode_body
from xapi.facts import Received, received
from xapi.faults import MOST_FAULTS_OF_ONE, MOST_FAULTY_STATEMENTS, Fault, Refusal
from xapi.findings import excerpt
from xapi.keeping import as_kept
from xapi.statements import checker
from xapi.strict_json import NotJson

__all__ = ["Batch", "Received", "read"]


@dataclass(slots=True)
class Batch:
    """The statements of one request in the order in which they came."""

    statements: list[Received]
    is_array: bool


def read(
    body: bytes,
    *,
    version: str,
    allow_array: bool = True,
    max_statements: int = 10_000,
    attached: Collection[str] = (),
) -> Batch:
    """Decode and validate a body; `version` is the family of the request, "1.0.3" or "2.0.0".

    `attached` are the SHA-2 hashes, in lowercase, of the attachments that came along with the statements.
    Raises Refusal with the faults of each faulty statement: at most 20 of one, of at most 50 statements.
    """
    decoded, is_array = decode_body(body, allow_array=allow_array, most=max_statements)
    check = checker(version)
    statements: list[Received] = []
    faults: list[Fault] = []
    faulty = 0
    first_with: dict[bytes, int] = {}
    for index, item in enumerate(decoded):
        if isinstance(item, NotJson):
            bad = [
                Fault(
                    index,
                    item.path,
                    item.rule,
                    item.message,
                    excerpt(item.near) if item.near else "…",
                    "xAPI-Data 2.2",
                )
            ]
        else:
            text, value = item
            found = check(value)
            if found is not None:
                bad = [Fault(index, *finding) for finding in found[:MOST_FAULTS_OF_ONE]]
            else:
                text, value = as_kept(text, value)
                statement = received(text, value, version)
                bad = _missing_data(index, value, attached) if "attachments" in value else []
                if statement.id is not None and first_with.setdefault(statement.id, index) != index:
                    bad.append(_given_twice(index, first_with[statement.id], value["id"]))
                statements.append(statement)
        if bad:
            faults.extend(bad)
            faulty += 1
            if faulty >= MOST_FAULTY_STATEMENTS:
                break
    if faults:
        raise Refusal(faults)
    return Batch(statements, is_array)


def _given_twice(index: int, first: int, came: str) -> Fault:
    message = f"this id is also that of statement {first} of the same request"
    return Fault(index, "id", "id-twice", message, excerpt(came), "xAPI-Communication 2.1.2")


def _missing_data(index: int, value: dict[str, Any], attached: Collection[str]) -> list[Fault]:
    """An attachment's data come along or are at a fileUrl (xAPI-Communication 1.5.2)."""
    message = "the attachment's data did not come with the request, and it names no fileUrl"
    return [
        Fault(
            index,
            f"attachments[{place}]",
            "attachment-data",
            message,
            excerpt(attachment["sha2"]),
            "xAPI-Communication 1.5.2",
        )
        for place, attachment in enumerate(value["attachments"])
        if "fileUrl" not in attachment and attachment["sha2"].lower() not in attached
    ][:MOST_FAULTS_OF_ONE]
