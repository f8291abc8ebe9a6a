"""People who sign statements: keys, certificates and signatures, made for the tests."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
HASHES: dict[str, hashes.HashAlgorithm] = {
    "RS256": hashes.SHA256(),
    "RS384": hashes.SHA384(),
    "RS512": hashes.SHA512(),
}


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One key for each name, made once a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Signer:
    """Who signs: a name, a key by that name, and the chain of certificates from the signer's on."""

    name: str
    chain: tuple[x509.Certificate, ...]

    @property
    def x5c(self) -> list[str]:
        return [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in self.chain]

    def pem(self) -> bytes:
        return b"".join(one.public_bytes(Encoding.PEM) for one in self.chain)


def certificate(
    name: str,
    issuer: str,
    *,
    is_authority: bool,
    begin: datetime = BEGIN,
    end: datetime = END,
    public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | None = None,
) -> x509.Certificate:
    """A certificate of `name`, signed with the key of `issuer`."""
    public = public_key or key(name).public_key()
    issuing = key(issuer)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    ) | dict.fromkeys(("encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=is_authority, crl_sign=is_authority, **usage),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False
        )
    )
    return builder.sign(issuing, hashes.SHA256())


def authority(name: str = "Authority") -> Signer:
    return Signer(name, (certificate(name, name, is_authority=True),))


def signer(issuer: Signer | None = None, name: str = "Signer", **changes: Any) -> Signer:
    """A signer whose certificate an authority has issued, and whose chain goes up to it."""
    issuer = issuer or authority()
    own = certificate(name, issuer.name, is_authority=False, **changes)
    return Signer(name, (own, *issuer.chain))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(
    payload: dict[str, Any] | bytes,
    by: Signer | None = None,
    *,
    algorithm: str = "RS256",
    x5c: Sequence[str] | None = None,
    **header: Any,
) -> bytes:
    """A compact JSON web signature; without a signer, of one who brings no certificate."""
    head: dict[str, Any] = {"alg": algorithm, **header}
    chain = x5c if x5c is not None else by.x5c if by else None
    if chain is not None:
        head["x5c"] = chain
    text = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    signed = f"{base64url(json.dumps(head).encode())}.{base64url(text)}".encode()
    private = key(by.name if by else "Signer")
    mark = private.sign(signed, PKCS1v15(), HASHES.get(algorithm, hashes.SHA256()))
    return signed + b"." + base64url(mark).encode()
