"""What addresses and forms name: people, pages, numbers. Anything else is answered 404 or 400."""

from flask import abort, request
from werkzeug.routing import BaseConverter

LAST_PAGE = 2_000


class Number(BaseConverter):
    """The number of a case in an address (`<number:…>`), never larger than databases take."""

    regex = "[0-9]{1,12}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


def person_key(text: str) -> bytes:
    """The key of a person, in hexadecimal."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        abort(404)
    if len(key) != 16:
        abort(404)
    return key


def page() -> int:
    """Which page of a list is asked for, counted from 1."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 4) or not 1 <= int(text) <= LAST_PAGE:
        abort(404)
    return int(text)


def form_number(name: str) -> int:
    """A number that one of our own forms carries."""
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        abort(400)
    return int(text)


def asked_number(name: str) -> int | None:
    """A number that the address asks for, or None without one."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(404)
    return int(text)
