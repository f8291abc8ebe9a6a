"""The door: the body of a request in, statements that satisfy the specification out, or a Refusal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from xapi.attachments import without_data
from xapi.decoding import Statement, decode_again, decode_body, is_shallow
from xapi.facts import Received, received
from xapi.faults import MOST_FAULTS_OF_ONE, MOST_FAULTY_STATEMENTS, Fault, Refusal
from xapi.findings import Finding, broken, excerpt
from xapi.keeping import as_kept
from xapi.statements import checker
from xapi.strict_json import NotJson, too_deep

__all__ = ["Batch", "Received", "read", "reread"]


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
    max_statement_bytes: int | None = None,
    attached: Collection[str] | None = (),
) -> Batch:
    """Decode and validate a body; `version` is the family of the request, "1.0.3" or "2.0.0".

    `attached` are the SHA-2 hashes, in lowercase, of the attachments that came along with the statements;
    None while they are still to come, so that `attachments.without_data` is asked later.
    A statement may have 256 levels of objects and arrays, and one more, as keeping may add one: so the `text`
    of what was let in, which is what a client is given back, is let in again, with the same facts.

    `max_statement_bytes` limits the text of one statement as it came; a longer one is refused before any of
    it is decoded (rule "statement-too-large").

    Raises Refusal with the faults of each faulty statement: at most 20 of one, of at most 50 statements. Its
    status is 413 when statements that are too large are all that is wrong, otherwise 400.
    """
    decoded, is_array = decode_body(
        body, allow_array=allow_array, most=max_statements, longest=max_statement_bytes
    )
    statements: list[Received] = []
    faults: list[Fault] = []
    faulty = 0
    first_with: dict[bytes, int] = {}
    for index, item in enumerate(decoded):
        examined = _examine(item, version, attached)
        if isinstance(examined, Received):
            statements.append(examined)
            if examined.id is None or first_with.setdefault(examined.id, index) == index:
                continue
            examined = _given_twice(first_with[examined.id], examined.value["id"])
        faults.extend(Fault(index, *finding) for finding in examined[:MOST_FAULTS_OF_ONE])
        faulty += 1
        if faulty >= MOST_FAULTY_STATEMENTS:
            break
    if faults:
        too_large = all(fault.rule == "statement-too-large" for fault in faults)
        raise Refusal(faults, status=413 if too_large else 400)
    return Batch(statements, is_array)


def reread(text: bytes, version: str) -> Received:
    """The facts of a statement that is stored: `text` is the `text` of what `read` gave when it came.

    `version` is the family it came in, "1.0.3" or "2.0.0": timestamps are read as that one writes them.
    Nothing is validated, counted or measured again, so what was let in once is never refused here, also when
    the rules have become stricter since.
    """
    return received(text, decode_again(text), version)


def _examine(
    item: Statement | NotJson, version: str, attached: Collection[str] | None
) -> Received | list[Finding]:
    if isinstance(item, NotJson):
        return _not_proper(item)
    came, value = item
    found = checker(version)(value)
    if found is None and attached is not None:
        found = without_data(value, attached)
    if found is not None:
        return found
    text, value = as_kept(came, value)
    if text is not came and not is_shallow(text, value):
        return _not_proper(too_deep())
    return received(text, value, version)


def _not_proper(problem: NotJson) -> list[Finding]:
    near = excerpt(problem.near) if problem.near else "…"
    return [Finding(problem.path, problem.rule, problem.message, near, problem.clause)]


def _given_twice(first: int, came: str) -> list[Finding]:
    message = f"this id is also that of statement {first} of the same request"
    return broken("id-twice", message, came, "xAPI-Communication 2.1.2", "id")
