"""Excerpts of answers show what went wrong and not the secret that was sent."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from xapi.excerpts import MOST, Excerpts

SECRET = 'mật/khẩu "của" kho~~?>'
LOGIN = base64.b64encode(f"k:{SECRET}".encode()).decode()
HEADER = f"Basic {LOGIN}"


@pytest.mark.parametrize(
    "echo",
    [
        f"Authorization: {HEADER}",
        f"AUTHORIZATION: {HEADER.lower()}; that is wrong",
        LOGIN,
        LOGIN.rstrip("="),
        f"Basic%20{quote_plus(LOGIN)}",
        json.dumps({"authorization": HEADER}).replace("/", "\\/"),
        json.dumps([LOGIN, SECRET]).replace("/", "\\/"),
        *(form(SECRET) for form in (str, json.dumps, quote, quote_plus, html.escape)),
        SECRET.encode().decode("latin-1"),
        json.dumps(SECRET, ensure_ascii=False),
    ],
)
@pytest.mark.parametrize("before", ["", " " * 1_000, "sorry: "])
def test_no_form_of_the_secret_is_shown(before: str, echo: str) -> None:
    said = Excerpts("k", SECRET).of(f"{before}{echo}, as it came".encode())
    assert "[…]" in said
    forms: tuple[Callable[[str], str], ...] = (str, quote, quote_plus, lambda text: json.dumps(text)[1:-1])
    for hidden in (LOGIN[:12], LOGIN[-12:], "mật", "khẩu", "kho~~"):
        for form in forms:
            assert form(hidden).lower() not in said.lower()


@pytest.mark.parametrize("shift", range(0, 80, 7))
def test_no_part_of_it_is_left_where_an_excerpt_ends(shift: int) -> None:
    for begin in (MOST - shift, 4 * MOST - shift):
        for filler in ("a", " "):
            said = Excerpts("k", SECRET).of((filler * begin + f" {LOGIN} {SECRET}").encode())
            assert LOGIN[:6] not in said
            assert "mật" not in said


def test_what_holds_no_secret_stays_as_it_is() -> None:
    assert Excerpts("k", "s").of(b"no such statement") == "no such statement"
    assert Excerpts("k", "a long secret").of(b"basically\n  wrong\0") == "basically wrong"
