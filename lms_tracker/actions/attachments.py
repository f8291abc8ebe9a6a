"""Attachments' data come in with statements and go out with them (xAPI-Communication 1.5.2).

What comes is laid aside until everything about the request is right that can be seen without the store,
statements first: what is refused until then leaves nothing. Data whose statements the store itself refuses
(409, 403, 429) are swept a day later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import structlog
from cryptography.x509 import Certificate, load_pem_x509_certificates
from flask import current_app
from msgspec import Struct, json

from lms_tracker.actions import clock, contents
from lms_tracker.actions.contents import Kept, LaidAside
from lms_tracker.config import Settings
from lms_tracker.store import contents as stored
from lms_tracker.store import database
from lms_tracker.store.dialects import Row
from xapi import multipart, payloads, signatures
from xapi.attachments import attachments_of, without_data
from xapi.batches import Batch, Received
from xapi.faults import MOST_FAULTY_STATEMENTS, Fault, Refusal
from xapi.findings import Finding
from xapi.multipart import Part

CLAUSE = "xAPI-Communication 1.5.2"
TOO_LARGE = "xAPI-Communication 3.2"

log = structlog.get_logger()

# From the text of the first part; raises Refusal.
ReadStatements = Callable[[bytes], Batch]


@dataclass(frozen=True, slots=True)
class Attached:
    """Data that go out with statements: the headers of their part, and where they are."""

    headers: Mapping[str, str]
    content_key: bytes


# --- in --------------------------------------------------------------------------------------------------


def receive(
    chunks: Iterable[bytes], boundary: str, read_statements: ReadStatements, version: str
) -> tuple[Batch, dict[bytes, bytes]]:
    """Read a body of multipart/mixed, and store the data that came in it.

    Answers the statements, and by the SHA-2 that they name the keys of contents that may be referred to from
    now on. Raises Refusal, with 413 where something is too large; nothing is stored then. The data are in no
    moment in memory as a whole.
    """
    settings: Settings = current_app.config["SETTINGS"]
    bounded = _at_most(chunks, settings.max_multipart_bytes)
    parts = multipart.read(bounded, boundary)
    try:
        with contents.laying_aside() as aside:
            batch = read_statements(_statements(parts, settings.max_body_bytes))
            came = _lay_aside(aside, parts, batch, settings.max_attachment_bytes)
            _demand_none(without_data(received.value, came) for received in batch.statements)
            demand_signatures(batch, version, lambda sha2: _data(aside, came[sha2]) if sha2 in came else None)
            for kept in {kept.content_key: kept for kept in came.values()}.values():
                aside.keep(kept)
    except Refusal:
        # Most clients hear nothing before they have sent everything.
        for _ in bounded:
            continue
        raise
    return batch, {bytes.fromhex(sha2): kept.content_key for sha2, kept in came.items()}


def _at_most(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            message = f"expected a body of at most {most} bytes; send the rest separately"
            raise Refusal([Fault(None, "", "body-too-large", message, "more", TOO_LARGE)], status=413)
        yield chunk


def _statements(parts: Iterator[Part], most: int) -> bytes:
    """The text of the first part."""
    first = next(parts, None)
    if first is None:
        message = "expected a first part with the statements"
        raise Refusal([Fault(None, "part[0]", "multipart-form", message, "no part", CLAUSE)])
    payloads.demand_statements(first)
    text = bytearray()
    for chunk in first.data:
        text += chunk
        if len(text) > most:
            message = f"expected at most {most} bytes of statements; send the rest separately"
            raise Refusal([Fault(None, "part[0]", "body-too-large", message, "more", TOO_LARGE)], status=413)
    return bytes(text)


def _lay_aside(aside: LaidAside, parts: Iterator[Part], batch: Batch, most: int) -> dict[str, Kept]:
    """What came, by the SHA-2, in lowercase, that a statement names."""
    expected = payloads.declared(received.value for received in batch.statements)
    came: dict[str, Kept] = {}
    for part in parts:
        one = payloads.belonging(part, expected)
        try:
            kept = aside.add(part.data, most, [one.digest])
        except contents.TooLarge:
            raise payloads.too_large(part, most) from None
        payloads.demand_data(part, one, kept.digests[one.digest], kept.size)
        came[one.sha2] = kept
    return came


def demand_signatures(batch: Batch, version: str, data_of: Callable[[str], bytes | None]) -> None:
    """Raise a Refusal where a statement has a signature that is wrong or did not come.

    `data_of` gives what came for a SHA-2 in lowercase, or None.
    """
    if not any("attachments" in received.value for received in batch.statements):
        return

    def found(received: Received) -> Iterator[Finding]:
        # Named once or a thousand times, it is verified once: that costs as much as the statement is long.
        looked_at: set[str] = set()
        for path, attachment in signatures.signatures_of(received.value):
            yield from signatures.misdeclared(path, attachment) or ()
            sha2 = attachment["sha2"].lower()
            if sha2 in looked_at:
                continue
            looked_at.add(sha2)
            data = data_of(sha2)
            wrong = signatures.not_come(path) if data is None else _verified(received, version, data, path)
            yield from wrong or ()

    _demand_none(list(found(received)) for received in batch.statements)


def _verified(received: Received, version: str, data: bytes, path: str) -> list[Finding] | None:
    trusted = _certificates(current_app.config["SETTINGS"].signature_trust_store)
    return signatures.verify(received, version, data, path, now_us=clock.now_us(), trusted=trusted)


def _demand_none(findings: Iterable[list[Finding] | None]) -> None:
    faults: list[Fault] = []
    faulty = 0
    for index, found in enumerate(findings):
        faults += [Fault(index, *finding) for finding in found or ()]
        faulty += bool(found)
        if faulty >= MOST_FAULTY_STATEMENTS:
            break
    if faults:
        raise Refusal(faults)


def _data(aside: LaidAside, kept: Kept) -> bytes:
    """The data of a signature, of which no more is looked at than the largest may have."""
    settings: Settings = current_app.config["SETTINGS"]
    most = 2 * settings.max_statement_bytes + 1024 * 1024
    return b"".join(aside.read(kept)) if kept.size <= most else b""


@lru_cache(maxsize=4)
def _certificates(path: str) -> tuple[Certificate, ...]:
    return tuple(load_pem_x509_certificates(Path(path).read_bytes())) if path else ()


def rows_of(received: Received, statement_id: bytes, contents: Mapping[bytes, bytes]) -> list[Row]:
    """The rows of `statement_attachments` of one statement, for those of its attachments that came."""
    hashes = {bytes.fromhex(one["sha2"]) for _, one in attachments_of(received.value)}
    return [(statement_id, sha2, contents[sha2]) for sha2 in sorted(hashes) if sha2 in contents]


# --- out -------------------------------------------------------------------------------------------------


class _Attachment(Struct):
    sha2: str
    contentType: str


class _Holder(Struct):
    attachments: list[_Attachment] = []


class _Statement(_Holder):
    object: _Holder | None = None


_decode = json.Decoder(_Statement).decode


def attached_to(statement_ids: list[bytes], statements: Iterable[bytes]) -> list[Attached]:
    """The data that came with these statements, each once, in the order in which their texts name them.

    Of what did not come, because it is at a fileUrl, there is nothing.
    """
    with database.asking() as connection:
        keys = stored.attached(connection, statement_ids)
    named: dict[bytes, _Attachment] = {}
    for text in statements if keys else ():
        statement = _decode(text)
        inner = statement.object.attachments if statement.object else []
        for attachment in (*statement.attachments, *inner):
            named.setdefault(bytes.fromhex(attachment.sha2), attachment)
    return [
        Attached(payloads.headers(one.contentType, one.sha2), keys[sha2])
        for sha2, one in named.items()
        if sha2 in keys
    ]


def written(first: bytes, attached: Iterable[Attached], boundary: str) -> Iterator[bytes]:
    """A body of multipart/mixed: JSON, and the data, read as they are asked for."""
    parts: list[tuple[Mapping[str, str], Iterable[bytes]]] = [({"Content-Type": "application/json"}, [first])]
    parts += [(one.headers, _read(one.content_key)) for one in attached]
    return multipart.write(parts, boundary)


def _read(content_key: bytes) -> Iterator[bytes]:
    try:
        yield from contents.read(content_key)
    except contents.Missing:
        # What began to be sent cannot be taken back: the connection breaks off, and the client sees it.
        log.error("content missing", content=content_key.hex())
        raise
