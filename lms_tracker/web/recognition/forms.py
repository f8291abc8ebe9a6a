"""What forms and addresses of rounds carry: days, numbers, the number of a form."""

import os
from datetime import date

from flask import abort, request

from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.web.days import read_day

MOST_TYPED = 4_000


def typed(*names: str) -> dict[str, str]:
    """These fields as they were sent, so that nothing typed is lost."""
    return {name: request.form.get(name, "")[:MOST_TYPED] for name in names}


def day(text: str, field: str) -> date:
    """A local day. Raises RecognitionRefused."""
    found = read_day(text)
    if found is None or not 1900 <= found.year <= 2200:
        raise RecognitionRefused("day", field)
    return found


def whole(text: str, rule: str, field: str, most: int = 1_000_000) -> int:
    """A whole number that somebody typed. Raises RecognitionRefused."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most):
        raise RecognitionRefused(rule, field)
    return int(text)


def new_form() -> str:
    """A number for a form that must do its work once."""
    return os.urandom(16).hex()


def form_key() -> bytes:
    """The number that our form carries."""
    try:
        key = bytes.fromhex(request.form.get("form", ""))
    except ValueError:
        abort(400)
    if len(key) != 16:
        abort(400)
    return key


def asked(name: str) -> int | None:
    """A number of the address, or None without one."""
    return _number(request.args.get(name, ""))


def chosen(name: str) -> int | None:
    """A number of the form, or None without one."""
    return _number(request.form.get(name, ""))


def chosen_many(name: str, most: int = 1_000) -> list[int]:
    """The numbers that were ticked."""
    sent = request.form.getlist(name)
    if len(sent) > most:
        abort(400)
    return [number for number in map(_number, sent) if number is not None]


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        abort(404)
    return int(text)
