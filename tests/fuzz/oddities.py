"""Values that break programs which did not expect them, in JSON, in texts and in headers."""

from __future__ import annotations

import copy
from typing import Any

from tests.fuzz.chance import Chance

DEEP: list[Any] = []
for _ in range(200):
    DEEP = [DEEP]

UUIDS = tuple(f"{number:08x}-0000-4000-8000-00000000000{number % 10}" for number in range(24))

TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udc00\ud800",
    "\U0001f600",
    "ế" * 50,
    "\r\nX-Injected: yes",
    "\u2028\u0085",
    "\ufeff",
    "x" * 5000,
    "null",
    "true",
    "NaN",
    "-0",
    "1e999",
    "%00",
    "%",
    "../../etc/passwd",
    "' OR 1=1 --",
    "{}",
    "[",
    "mailto:",
    "mailto:a@b.vn",
    "mailto:@",
    "http://",
    "http://[",
    "http://[::1]:99999999/",
    "http://a b",
    "urn:",
    "http://example.vn/\ud800",
    "http://\N{CIRCLED LATIN CAPITAL LETTER A}.vn",
    "tag:adlnet.gov,2013:expapi",
    "2026-02-30T00:00:00Z",
    "2026-11-22T21:00:00.123456789012345678901234567890Z",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:60-23:59",
    "9999-12-31T23:59:59.9999999999Z",
    "0001-01-01T00:00:00+23:59",
    "-9999-01-01T00:00:00Z",
    "2026-W01-1T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T21:00:00-00:00",
    "P",
    "PT",
    "PT0S",
    "P99999999999999999999Y",
    "PT1E400S",
    "PT0.00000000000000000000000000001S",
    "P1Y2M3DT4H5M6.7S",
    "P4W",
    "-PT1S",
    "vi",
    "vi-VN",
    "x-" + "a" * 300,
    "Agent",
    "Group",
    "Activity",
    "StatementRef",
    "SubStatement",
    "1.0.3",
    "2.0.0",
    "1." + "9" * 500,
    "application/json",
    "text/plain; charset=nonsense",
    "http://adlnet.gov/expapi/verbs/voided",
    "http://adlnet.gov/expapi/attachments/signature",
    "a" * 40,
    "A" * 64,
)

JSON_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    -0.0,
    1.5,
    1e308,
    5e-324,
    2**53 + 1,
    2**63,
    -(2**64),
    10**400,
    10**4200,
    [],
    {},
    [None],
    [[]],
    {"": ""},
    {"\0": "\0"},
    {"\ud800": "\ud800"},
    {"id": "http://example.vn/"},
    {"objectType": "Group", "member": []},
    {"objectType": "Agent", "mbox": "mailto:a@b.vn"},
    {"mbox": "mailto:a@b.vn", "openid": "http://a.vn"},
    {"account": {"homePage": "http://a.vn", "name": ""}},
    {"account": {"homePage": "http://a.vn", "name": "\0\ud800"}},
    {f"k{number}": number for number in range(200)},
    list(range(300)),
    DEEP,
)

# What a header's value may hold on the wire: bytes but no control characters, read as Latin-1.
_HEADER_TEXTS = tuple(text for text in TEXTS if all(0x20 <= ord(letter) < 0x7F for letter in text))
_LETTERS = 'aZ0 \0\t\n"\\/%&=+<>é\x7f\x80\xffế\u200b\ud800\udfff\ufffe\U0010ffff\U0001f600'
_ON_THE_WIRE = "".join(chr(number) for number in range(0x20, 0x100) if number != 0x7F)


def text(chance: Chance) -> str:
    how = chance.below(8)
    if how == 0:
        return chance.pick(UUIDS)
    if how < 6:
        return chance.pick(TEXTS)
    return "".join(chance.pick(_LETTERS) for _ in range(chance.below(9)))


def header_text(chance: Chance) -> str:
    if chance.coin():
        return "".join(chance.pick(_ON_THE_WIRE) for _ in range(chance.below(12)))
    return chance.pick(_HEADER_TEXTS)


def json_value(chance: Chance) -> Any:
    how = chance.below(8)
    if how < 4:
        # A copy, because it may be put into a statement and then changed there.
        return copy.deepcopy(chance.pick(JSON_VALUES))
    if how < 7:
        return text(chance)
    return chance.between(-(2**20), 2**20) / 2 ** chance.below(20)
