"""Identifiers of people in statements: which are one and the same address, and how people read them.

A canonical identifier is what `xapi.actors.identify` makes: "mbox:hoa@example.vn", "mbox_sha1sum:<40 hex
digits>", "openid:<IRI>", "account:<home page>|<name>".
"""

import hashlib
from dataclasses import dataclass

# Letters and digits that nobody takes for one another, however they are written: neither 0, 1 nor I, L, O, U.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST_CHARACTERS_OF_A_CODE = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """An identifier in parts: `text` is the address, digest, IRI or account name; `site` its home page."""

    kind: str
    text: str
    site: str = ""


def same_address(identifier: str) -> tuple[str, ...]:
    """The identifier itself and those that say the same: an e-mail address and the SHA-1 of its mailto IRI.

    From a digest nobody finds the address (xAPI-Data 2.4.2.3).
    """
    kind, _, rest = identifier.partition(":")
    if kind != "mbox":
        return (identifier,)
    address = rest.removeprefix("mailto:")
    digest = hashlib.sha1(f"mailto:{address}".encode(), usedforsecurity=False).hexdigest()
    return (identifier, f"mbox_sha1sum:{digest}")


def shown(identifier: str) -> Shown:
    kind, _, rest = identifier.partition(":")
    if kind == "account":
        site, _, name = rest.partition("|")
        return Shown(kind, name, site)
    return Shown(kind, rest.removeprefix("mailto:"))


def address_of(identifier: str) -> str | None:
    """The e-mail address of an mbox, None for every other identifier."""
    found = shown(identifier)
    return found.text if found.kind == "mbox" else None


def spoken(code: str) -> str:
    """A code in groups of five, as people copy it."""
    return "-".join(code[start : start + 5] for start in range(0, len(code), 5))


def heard(text: str) -> str:
    """What was meant by a code as somebody typed it: small letters, blanks and dashes do not matter."""
    if len(text) > MOST_CHARACTERS_OF_A_CODE:
        return ""
    return "".join(letter for letter in text.upper() if letter in ALPHABET)
