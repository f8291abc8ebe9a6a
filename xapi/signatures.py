"""Signed statements: a JSON web signature as an attachment is what it claims to be (xAPI-Data 2.6).

What is checked of every signature: it comes with the request, in the compact serialization of RFC 7515, made
with RS256, RS384 or RS512; its payload is a valid statement, and the one that came with it. That is the
specification's comparison with signatures themselves left out; of what a record store sets, `id` and
`timestamp` are compared where they were signed, so that a signature does not serve for a second statement.

With certificates (`x5c`) the signature is verified with the key of the first, each is signed by the next,
which is a certificate authority's, and there was a moment at which all were valid between the statement's
timestamp and now, when it was signed. That catches mistakes; who the signer is, it does not say. Where
certificates are trusted by a setting, it does: then every signature has to bring a chain that leads to one of
them and that is valid now, by RFC 5280.

Without certificates, and with none trusted, there is no key to verify a signature with, and the
specification asks for none: whoever knows the signer can verify it from the attachment.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate

from xapi import batches, certificates
from xapi.batches import Received
from xapi.certificates import NotCertified
from xapi.comparison import same
from xapi.faults import Refusal
from xapi.findings import ABSENT, Finding, Findings, broken
from xapi.strict_json import NotJson, decode

CLAUSE = "xAPI-Data 2.6"
USAGE_TYPE = "http://adlnet.gov/expapi/attachments/signature"
CONTENT_TYPE = "application/octet-stream"
# RFC 7518 3.3 asks for 2048 bits; the key of the specification's own example has 1024.
KEY_BITS = range(1024, 8193)

_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "RS256": hashes.SHA256,
    "RS384": hashes.SHA384,
    "RS512": hashes.SHA512,
}
_BASE64URL = re.compile(rb"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?")


class _Wrong(Exception):
    """A signature that is not one: what `findings.broken` is told of it."""

    def __init__(self, rule: str, message: str, got: object) -> None:
        super().__init__(message)
        self.rule, self.message, self.got = rule, message, got


def signatures_of(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and value of the attachments of a valid statement that are its signatures."""
    for place, attachment in enumerate(statement.get("attachments", ())):
        if attachment["usageType"] == USAGE_TYPE:
            yield f"attachments[{place}]", attachment


def misdeclared(path: str, attachment: dict[str, Any]) -> Findings:
    """A signature is declared with the content type that the specification gives it."""
    if attachment["contentType"].strip().lower() == CONTENT_TYPE:
        return None
    message = f"expected the contentType {CONTENT_TYPE} for a signature"
    return broken("signature-content-type", message, attachment["contentType"], CLAUSE, f"{path}.contentType")


def not_come(path: str) -> Findings:
    """A signature comes with its statement, also where it could be had elsewhere: nobody else checks it."""
    message = "expected the signature's data with the request, as multipart/mixed"
    return [Finding(path, "signature-data", message, ABSENT, CLAUSE)]


def verify(
    received: Received,
    version: str,
    signature: bytes,
    path: str,
    *,
    now_us: int,
    trusted: Sequence[Certificate] = (),
) -> Findings:
    """What is wrong with the signature, the attachment at `path`, of a statement that came in `version`.

    `now_us` are microseconds since the epoch.
    """
    try:
        header, payload, signed, mark = _parts(signature)
        algorithm = _algorithm(header)
        _demand_same(_signed_statement(payload, version), received)
        chain = certificates.read(header["x5c"]) if "x5c" in header else []
        if chain:
            _verify_with(chain[0], algorithm, signed, mark)
            certificates.demand_links(chain)
            certificates.demand_moment(chain, received.timestamp_ns, now_us)
        if trusted:
            certificates.demand_trusted(chain, trusted, now_us)
    except _Wrong as wrong:
        return broken(wrong.rule, wrong.message, wrong.got, CLAUSE, path)
    except NotCertified as problem:
        return broken("signature-certificate", problem.message, problem.got, CLAUSE, path)
    return None


def _parts(signature: bytes) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """Header, payload, what was signed, and the signature's bytes of a compact serialization."""
    segments = signature.split(b".")
    if len(segments) != 3 or not all(segments) or not all(map(_BASE64URL.fullmatch, segments)):
        message = "expected a JSON web signature in compact serialization, three parts in base64url"
        raise _Wrong("signature-form", message, signature[:80].decode("ascii", "replace"))
    header, payload, mark = (
        base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4)) for segment in segments
    )
    try:
        decoded = decode(header)
    except NotJson:
        decoded = None
    if not isinstance(decoded, dict):
        message = "expected a JSON object as the signature's header"
        raise _Wrong("signature-form", message, header[:80].decode("utf-8", "replace"))
    if "crit" in decoded:
        raise _Wrong("signature-form", "expected a header without critical extensions", decoded["crit"])
    return decoded, payload, segments[0] + b"." + segments[1], mark


def _algorithm(header: dict[str, Any]) -> hashes.HashAlgorithm:
    name = header.get("alg")
    made = _HASHES.get(name) if isinstance(name, str) else None
    if made is None:
        raise _Wrong("signature-algorithm", "expected the algorithm RS256, RS384 or RS512", name)
    return made()


def _signed_statement(payload: bytes, version: str) -> Received:
    try:
        return batches.read(payload, version=version, allow_array=False, attached=None).statements[0]
    except Refusal as refusal:
        fault = refusal.faults[0]
        place = f"{fault.path}: " if fault.path else ""
        message = f"expected a valid statement as the signature's payload; {place}{fault.message}"
        raise _Wrong("signature-payload", message, payload[:80].decode("utf-8", "replace")) from None


def _demand_same(signed: Received, received: Received) -> None:
    """Raise unless the statements are the same as the specification compares them, and are not two."""
    for name, one, other in (
        ("id", signed.id, received.id),
        ("timestamp", signed.timestamp_ns, received.timestamp_ns),
    ):
        if one is not None and one != other:
            message = f"expected the {name} that was signed, as it is in the signature's payload"
            raise _Wrong("signature-payload", message, received.value.get(name))
    if not same(_unsigned(signed.value), _unsigned(received.value)):
        message = "expected the statement that was signed; the signature's payload says something else"
        raise _Wrong("signature-payload", message, signed.value)


def _unsigned(statement: dict[str, Any]) -> dict[str, Any]:
    signatures = {id(one) for _, one in signatures_of(statement)}
    others = [one for one in statement.get("attachments", ()) if id(one) not in signatures]
    rest = {name: value for name, value in statement.items() if name != "attachments"}
    return rest | {"attachments": others} if others else rest


def _verify_with(leaf: Certificate, algorithm: hashes.HashAlgorithm, signed: bytes, mark: bytes) -> None:
    key = leaf.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size not in KEY_BITS:
        message = f"expected a certificate with an RSA key of {KEY_BITS.start} to {KEY_BITS.stop - 1} bits"
        raise NotCertified(message, certificates.subject(leaf))
    try:
        key.verify(mark, signed, PKCS1v15(), algorithm)
    except InvalidSignature:
        message = "expected a signature made with the key of the first certificate in x5c"
        raise _Wrong("signature-wrong", message, certificates.subject(leaf)) from None
