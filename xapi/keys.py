"""Fixed-size keys computed from identifiers without asking any database, and UUIDs as 16 bytes."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

from xapi.findings import Checker, Findings, broken, wrong_type

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def actor_key(identifier: str) -> bytes:
    """16 bytes for an actor's canonical identifier (see xapi.actors.identify)."""
    return blake2b(identifier.encode(), digest_size=16, person=b"xapi-actor").digest()


def verb_key(iri: str) -> bytes:
    """16 bytes for a verb's IRI, compared as a string (RFC 3987 5.3.1)."""
    return blake2b(iri.encode(), digest_size=16, person=b"xapi-verb").digest()


def activity_key(iri: str) -> bytes:
    """16 bytes for an activity's IRI, compared as a string (RFC 3987 5.3.1)."""
    return blake2b(iri.encode(), digest_size=16, person=b"xapi-activity").digest()


def document_key(name: str) -> bytes:
    """16 bytes for a document's stateId or profileId, compared as a string."""
    return blake2b(name.encode(), digest_size=16, person=b"xapi-document").digest()


def statement_id_bytes(text: str) -> bytes | None:
    """The 16 bytes of a UUID in its standard form, of any version and variant; None for anything else.

    xAPI-Data 2.4.1 asks for variant 2 and itself shows ids that are not, so the variant is not looked at.
    """
    if _UUID.fullmatch(text) is None:
        return None
    return bytes.fromhex(text.replace("-", ""))


def format_id(key: bytes) -> str:
    """The lowercase standard form of a UUID."""
    digits = key.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def uuid(clause: str) -> Checker:
    """A checker for a property that holds a UUID in its standard form (xAPI-Data 4.4)."""
    fits = _UUID.fullmatch

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        if fits(value) is not None:
            return None
        message = "expected a UUID such as 12345678-1234-5678-1234-567812345678"
        return broken("uuid", message, value, clause)

    return check
