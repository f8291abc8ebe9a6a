"""What to call a learner, and how to find one by name."""

import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

from sqlalchemy import Connection

from lms_tracker.store import due, people

# Rows looked at for one search, and people found.
MOST_ROWS = 2_000
MOST_FOUND = 30
# Letters that may carry marks in Vietnamese: in the database one stands for any letter.
_MARKED = frozenset("aeiouyd")


def of(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, str]:
    """The name of each person's account, else a provider's for them, else their identifier, readable."""
    return {
        key: name or told(identifier) for key, (name, identifier) in people.names(connection, keys).items()
    }


def told(identifier: str) -> str:
    """A canonical identifier as people read it; of an account its name and the site it is of."""
    kind, _, rest = identifier.partition(":")
    if kind == "account":
        home, _, name = rest.partition("|")
        return f"{name} · {urlsplit(home).hostname or home}"
    return rest.removeprefix("mailto:")


def fold(text: str) -> str:
    """Small letters without marks and with single spaces: "Nguyễn  Thị Hòa" is "nguyen thi hoa"."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def find(connection: Connection, text: str) -> list[bytes]:
    """Person keys of people whose name holds this text, marks and case aside; at most `MOST_FOUND`.

    A text of fewer than two letters finds nobody.
    """
    wanted = fold(text)
    if len(wanted) < 2:
        return []
    own, of_actors = people.named_like(connection, _pattern(wanted), MOST_ROWS)
    actors = [key for key, name in of_actors if wanted in fold(name)]
    persons = due.person_keys(connection, actors)
    found = [key for key, name in own if wanted in fold(name)] + [persons[key] for key in actors]
    return list(dict.fromkeys(found))[:MOST_FOUND]


def _pattern(folded: str) -> str:
    """A pattern of LIKE that matches at least every name holding the text."""
    plain = (
        letter if letter == " " or (letter.isascii() and letter.isalnum() and letter not in _MARKED) else "_"
        for letter in folded
    )
    return f"%{''.join(plain)}%"
