"""Chains of X.509 certificates, as the header `x5c` of a JSON web signature brings them (RFC 7515 4.1.6)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    DuplicateExtension,
    ExtensionNotFound,
    InvalidVersion,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)
from cryptography.x509.oid import SignatureAlgorithmOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

MOST_CERTIFICATES = 10
# What reading a part of a certificate may raise.
_UNREADABLE = (
    TypeError,
    ValueError,
    UnsupportedAlgorithm,
    DuplicateExtension,
    InvalidVersion,
    UnsupportedGeneralNameType,
)


class NotCertified(Exception):
    """What is wrong with a chain: a sentence of what was expected, and what came."""

    def __init__(self, message: str, got: object) -> None:
        super().__init__(message)
        self.message, self.got = message, got


def read(texts: object) -> list[Certificate]:
    """The certificates of a decoded `x5c`, the signer's first; raises NotCertified, as all here do."""
    if not isinstance(texts, list) or not 1 <= len(texts) <= MOST_CERTIFICATES:
        raise NotCertified(f"expected 1 to {MOST_CERTIFICATES} certificates in x5c", texts)
    try:
        chain = [load_der_x509_certificate(base64.b64decode(text, validate=True)) for text in texts]
        for one in chain:
            _read_through(one)
    except _UNREADABLE:
        raise NotCertified("expected X.509 certificates in DER and base64 in x5c", texts) from None
    return chain


def _read_through(certificate: Certificate) -> None:
    # The parts are read when they are asked for; what is wrong with one must show here and nowhere else.
    certificate.public_key()
    for name in ("subject", "issuer", "not_valid_before_utc", "not_valid_after_utc", "extensions"):
        getattr(certificate, name)


def demand_links(chain: Sequence[Certificate]) -> None:
    """Raise unless each certificate is signed by the next, and that one is an authority's."""
    for one, issuer in pairwise(chain):
        try:
            if one.signature_algorithm_oid == SignatureAlgorithmOID.RSA_WITH_SHA1:
                _verify_sha1(one, issuer)
            else:
                one.verify_directly_issued_by(issuer)
        except (InvalidSignature, *_UNREADABLE):
            raise NotCertified(
                "expected each certificate in x5c to be signed by the next", subject(one)
            ) from None
        if not _may_issue(issuer):
            message = "expected the second and later certificates in x5c to be certificate authorities'"
            raise NotCertified(message, subject(issuer))


def _verify_sha1(one: Certificate, issuer: Certificate) -> None:
    # Old chains, as in the specification's own example. They say nothing about who the signer is, and no
    # chain with one of them is trusted.
    key = issuer.public_key()
    if one.issuer != issuer.subject or not isinstance(key, RSAPublicKey):
        raise ValueError("another issuer")
    key.verify(one.signature, one.tbs_certificate_bytes, PKCS1v15(), SHA1())


def _may_issue(certificate: Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except ExtensionNotFound:
        return False


def demand_moment(chain: Sequence[Certificate], earliest_ns: int | Fraction | None, now_us: int) -> None:
    """Raise unless there was a moment from `earliest_ns` to now at which all certificates were valid.

    What is signed was signed in between. Times are since the Unix epoch.
    """
    begin = max(one.not_valid_before_utc.timestamp() for one in chain)
    end = min(one.not_valid_after_utc.timestamp() for one in chain)
    now = now_us / 1_000_000
    earliest = now if earliest_ns is None else min(float(earliest_ns / 1_000_000_000), now)
    if max(begin, earliest) > min(end, now):
        first = chain[0]
        validity = f"{first.not_valid_before_utc:%Y-%m-%d} to {first.not_valid_after_utc:%Y-%m-%d}"
        message = "expected certificates that were valid between the statement's timestamp and now"
        raise NotCertified(message, validity)


def demand_trusted(chain: Sequence[Certificate], trusted: Sequence[Certificate], now_us: int) -> None:
    """Raise unless the chain is valid now and leads to a trusted certificate, by RFC 5280."""
    if not chain:
        raise NotCertified("expected the signer's certificates in x5c", [])
    policy = PolicyBuilder().store(Store(list(trusted)))
    policy = policy.time(datetime.fromtimestamp(now_us // 1_000_000, UTC))
    # A signer is a person or a program and no web server: it needs no name of a host.
    policy = policy.extension_policies(
        ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
    )
    try:
        policy.build_client_verifier().verify(chain[0], list(chain[1:]))
    except (VerificationError, *_UNREADABLE):
        message = "expected certificates that are valid now and lead to one that is trusted here"
        raise NotCertified(message, subject(chain[0])) from None


def subject(certificate: Certificate) -> str:
    """Whose certificate it is, for a message."""
    return certificate.subject.rfc4514_string()[:80]
