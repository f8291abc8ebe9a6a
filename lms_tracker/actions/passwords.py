"""Passwords: what is asked of them, and argon2 around them.

Parameters follow RFC 9106, section 4, second recommended option (argon2-cffi's default), which suits a
server shared with other work.
"""

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARACTERS = 10
# Bounds the work that a stranger can cause with one request.
MOST_CHARACTERS = 1024

_hasher = PasswordHasher()


class WeakPassword(ValueError):
    """A password that is not taken; its text is a sentence that says what is expected."""


def normalise(password: str) -> str:
    """One form for one password: keyboards differ in how they compose Vietnamese letters (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password)


def check(password: str, login: str) -> None:
    """Raise WeakPassword when this password is too short, too long, too plain, or the login itself."""
    password = normalise(password)
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise WeakPassword(
            f"expected a password of {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters, got {len(password)}"
        )
    if any(unicodedata.category(letter) == "Cs" for letter in password):
        raise WeakPassword("expected a password in Unicode, without halves of surrogate pairs")
    plain, name = password.casefold(), login.casefold()
    if plain == name or plain == name.partition("@")[0]:
        raise WeakPassword("expected a password that is not the login")
    if len(set(plain)) < 4:
        raise WeakPassword("expected a password of at least 4 different characters")


def hash_of(password: str) -> str:
    return _hasher.hash(normalise(password))


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return _hasher.hash("")


def verify(password: str, known_hash: str | None) -> bool:
    """Whether the password fits; with no hash, the same effort and False, so that time tells nothing."""
    if len(password) > MOST_CHARACTERS:
        return False
    try:
        _hasher.verify(known_hash or _hash_of_nobody(), normalise(password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return known_hash is not None


def is_outdated(known_hash: str) -> bool:
    """Whether the parameters changed since this hash was made."""
    return _hasher.check_needs_rehash(known_hash)
