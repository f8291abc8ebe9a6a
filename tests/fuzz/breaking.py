"""Bytes with something wrong at a random place."""

from __future__ import annotations

import json
from typing import Any

from tests.fuzz.chance import Chance


def encoded(value: Any, plain: bool = False) -> bytes:
    return json.dumps(value, ensure_ascii=not plain).encode("utf-8", "surrogatepass")


INSERTED = (
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf5\x80\x80\x80",
    b"\xef\xbb\xbf",
    b'"',
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"NaN",
    b"-Infinity",
    b"1e99999",
    b"0" * 400,
    b"9" * 5000,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"]",
    b"}",
    b",",
    b":",
    b"\r\n",
    b"\r\n--b\r\n",
    b"--b--",
    b"x" * 70_000,
)


def broken(chance: Chance, data: bytes) -> bytes:
    """`data` as it is, or cut, or with something put into it or said twice, at a random place."""
    how = chance.pick("=" * 40 + "|+2-^uz")
    if how == "=":
        return data
    at = chance.between(0, len(data))
    if how == "|":
        return data[:at]
    if how == "+":
        return data[:at] + (chance.some(8) if chance.coin() else chance.pick(INSERTED)) + data[at:]
    if how == "^":
        return data[:at] + bytes(255 - byte for byte in data[at : at + 1]) + data[at + 1 :]
    if how == "u":
        return data.decode("utf-8", "replace").encode(chance.pick(("utf-16", "utf-16-le", "utf-32")))
    if how == "z":
        return chance.some(100)
    to = min(len(data), at + chance.below(300))
    return data[:to] + data[at:to] + data[to:] if how == "2" else data[:at] + data[to:]
