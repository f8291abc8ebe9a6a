"""Data that come with statements: each part belongs to an attachment, and is what the statement says it is.

Which part is whose is told by the hash alone (xAPI-Communication 1.5.2). One part may be the data of several
attachments, of one statement or of many. The property `length` is compared with a part's Content-Length,
as the clause says; where a part names none, the hash alone says that the data are right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from xapi.attachments import EXCHANGE, attachments_of
from xapi.faults import Fault, Refusal
from xapi.findings import ABSENT, excerpt
from xapi.multipart import Part

HASH_HEADER = "X-Experience-API-Hash"
# The function of SHA-2, as hashlib names it, by the number of hexadecimal digits of its hashes.
DIGESTS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclass(slots=True)
class Declared:
    """What statements say of one content: its hash in lowercase, and types and lengths, each as it came.

    `parts` counts those that came with it: one is enough, more than there are attachments are not taken.
    """

    sha2: str
    content_types: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    parts: int = 0

    @property
    def digest(self) -> str:
        return DIGESTS[len(self.sha2)]


def declared(statements: Iterable[dict[str, Any]]) -> dict[str, Declared]:
    """What valid statements declare, by hash."""
    found: dict[str, Declared] = {}
    for statement in statements:
        for _, attachment in attachments_of(statement):
            sha2 = attachment["sha2"].lower()
            one = found.setdefault(sha2, Declared(sha2))
            one.content_types.append(attachment["contentType"])
            one.lengths.append(attachment["length"])
    return found


def headers(content_type: str, sha2: str) -> dict[str, str]:
    """The headers of a part with an attachment's data."""
    return {"Content-Type": content_type, "Content-Transfer-Encoding": "binary", HASH_HEADER: sha2}


def demand_statements(part: Part) -> None:
    """Raise a Refusal unless the first part says that it is JSON."""
    came = part.headers.get("content-type")
    if _media_type(came or "").partition(";")[0] != "application/json":
        message = "expected Content-Type: application/json for the first part, which holds the statements"
        raise _refusal(part, "Content-Type", "part-statements", message, came)


def belonging(part: Part, expected: dict[str, Declared]) -> Declared:
    """What the statements declare of this part; raises a Refusal where they do not, or otherwise."""
    came = part.headers.get(HASH_HEADER.lower())
    one = expected.get((came or "").lower())
    if one is None:
        message = "expected the sha2 of an attachment of the statements in the first part"
        raise _refusal(part, HASH_HEADER, "part-hash", message, came)
    one.parts += 1
    if one.parts > len(one.lengths):
        message = "expected no more parts with this hash than the statements have attachments with it"
        raise _refusal(part, HASH_HEADER, "part-hash", message, came)
    # Where none is named, binary is assumed.
    encoding = part.headers.get("content-transfer-encoding", "binary")
    if encoding.lower() != "binary":
        message = "expected Content-Transfer-Encoding: binary"
        raise _refusal(part, "Content-Transfer-Encoding", "part-encoding", message, encoding)
    content_type = part.headers.get("content-type")
    types = [_media_type(text) for text in one.content_types]
    if content_type is not None and _media_type(content_type) not in types:
        message = f"expected the attachment's contentType, {excerpt(one.content_types[0])}"
        raise _refusal(part, "Content-Type", "part-content-type", message, content_type)
    length = part.headers.get("content-length")
    if length is not None and _whole_number(length) not in one.lengths:
        message = f"expected the attachment's length, {excerpt(one.lengths[0])}"
        raise _refusal(part, "Content-Length", "part-length", message, length)
    return one


def demand_data(part: Part, expected: Declared, digest: bytes, size: int) -> None:
    """Raise a Refusal unless the data, of which these are digest and size, are those that are declared."""
    if digest.hex() != expected.sha2:
        message = f"expected data whose {expected.digest} hash is the one that is named"
        raise _refusal(part, "", "part-data", message, digest.hex())
    length = part.headers.get("content-length")
    if length is not None and _whole_number(length) != size:
        message = f"expected as many bytes as the header Content-Length says, {length[:20]}"
        raise _refusal(part, "Content-Length", "part-length", message, str(size))


def too_large(part: Part, most: int) -> Refusal:
    """The Refusal, with 413, of a part whose data are more than `most` bytes."""
    fault = Fault(
        None,
        f"part[{part.number}]",
        "attachment-too-large",
        f"expected an attachment of at most {most} bytes",
        "more",
        "xAPI-Communication 3.2",
    )
    return Refusal([fault], status=413)


def _media_type(text: str) -> str:
    """A media type as it is compared: its kind in lowercase, without blanks between its parts."""
    kind, *parameters = text.split(";")
    return ";".join([kind.strip().lower(), *(parameter.strip() for parameter in parameters)])


def _whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else None


def _refusal(part: Part, header: str, rule: str, message: str, came: str | None) -> Refusal:
    path = f"part[{part.number}]" + (f".{header}" if header else "")
    got = ABSENT if came is None else excerpt(came)
    return Refusal([Fault(None, path, rule, message, got, EXCHANGE)])
