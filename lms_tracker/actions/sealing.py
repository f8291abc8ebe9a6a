"""Secrets of others that we must be able to say: kept encrypted with a key made of SECRET_KEY.

Fernet (AES-128 in CBC mode with HMAC-SHA-256) under a key derived by HKDF-SHA-256, so that nothing else that
SECRET_KEY is used for tells anything about it.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class CannotSeal(ValueError):
    """There is no SECRET_KEY, or another than the one a secret was kept with; its text is a sentence."""


def seal(secret: str) -> bytes:
    """The secret as it is kept. Raises CannotSeal."""
    return _fernet().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """The secret again. Raises CannotSeal."""
    try:
        return _fernet().decrypt(sealed).decode()
    except InvalidToken:
        raise CannotSeal(
            "the secret was kept with another LMS_TRACKER_SECRET_KEY; give it anew with `forward credential`"
        ) from None


def _fernet() -> Fernet:
    secret_key: str = current_app.config["SETTINGS"].secret_key
    if not secret_key:
        raise CannotSeal("the secrets of forwards need LMS_TRACKER_SECRET_KEY, which is not set")
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"lms-tracker: secrets of forwards").derive(
        secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
