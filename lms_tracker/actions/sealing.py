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


def derived(purpose: str) -> bytes:
    """32 bytes made of SECRET_KEY for one purpose, which tell nothing of it. Raises CannotSeal."""
    secret_key: str = current_app.config["SETTINGS"].secret_key
    if not secret_key:
        raise CannotSeal(f"the {purpose} need LMS_TRACKER_SECRET_KEY, which is not set")
    info = f"lms-tracker: {purpose}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(secret_key.encode())


def box(purpose: str) -> Fernet:
    """What encrypts and signs for one purpose. Raises CannotSeal."""
    return Fernet(base64.urlsafe_b64encode(derived(purpose)))


def _fernet() -> Fernet:
    return box("secrets of forwards")
