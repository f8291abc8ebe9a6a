"""Bodies: statements wrong at a random place, and bytes wrong at a random place."""

from __future__ import annotations

import copy
import gzip
import hashlib
import zlib
from typing import Any

from tests.fuzz import signatures
from tests.fuzz.breaking import broken, encoded
from tests.fuzz.chance import Chance
from tests.fuzz.oddities import UUIDS, json_value
from tests.xapi import statement_examples

Path = tuple[str | int, ...]


def _templates() -> list[Any]:
    small = statement_examples.small()
    voiding = {
        **small,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": UUIDS[3]},
    }
    with_file = {**small, "attachments": statement_examples.attachments()}
    whole = [
        make(version)
        for make in (statement_examples.maximal, statement_examples.with_sub_statement)
        for version in ("1.0.3", "2.0.0")
    ]
    for one in whole:
        one.pop("id", None)
    return [small, voiding, with_file, {**small, "object": statement_examples.AGENT}, *whole]


def _places(value: Any, here: Path = ()) -> list[Path]:
    found = [here]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        found += _places(item, (*here, key))
    return found


TEMPLATES = _templates()
PLACES = [_places(template) for template in TEMPLATES]
KEYS = sorted({str(place[-1]) for places in PLACES for place in places if place} | {"", "\0", "X", "Id"})
IDS = (*(None,) * 24, *UUIDS)


def statement(chance: Chance) -> Any:
    """A valid statement, or one that is wrong in up to four places."""
    number = chance.below(len(TEMPLATES))
    made = copy.deepcopy(TEMPLATES[number])
    statement_id = chance.pick(IDS)
    if statement_id is not None:
        made["id"] = statement_id
    for _ in range(chance.pick((0, 0, 0, 1, 1, 2, 4))):
        place = chance.pick(PLACES[number])
        if place:
            _change_at(chance, made, place)
        elif chance.one_in(10):
            return json_value(chance)
    return made


def _change_at(chance: Chance, made: Any, place: Path) -> None:
    try:
        parent = made
        for key in place[:-1]:
            parent = parent[key]
        _change(chance, parent, place[-1])
    except (KeyError, IndexError, TypeError):
        # An earlier change took the place away.
        return


def _change(chance: Chance, parent: Any, key: Any) -> None:
    what = chance.below(7)
    if what == 0:
        del parent[key]
    elif what == 1 and isinstance(parent, dict):
        parent[chance.pick(KEYS)] = json_value(chance)
    elif what == 2 and isinstance(parent, list):
        parent.extend([parent[key]] * chance.pick((1, 2, 100)))
    elif what == 3 and isinstance(parent, dict):
        parent[chance.pick(KEYS)] = parent.pop(key)
    else:
        parent[key] = json_value(chance)


def json_body(chance: Chance, one: bool = False) -> bytes:
    """A statement or a batch as JSON, sometimes broken as bytes."""
    if one:
        return broken(chance, encoded(statement(chance), plain=chance.coin()))
    some = [statement(chance) for _ in range(chance.pick((1, 1, 1, 1, 0, 2, 3)))]
    value = some if chance.coin() or len(some) != 1 else some[0]
    return broken(chance, encoded(value, plain=chance.coin()))


BOUNDARIES = (*("b", "----=_Part_1", "x" * 70) * 4, "x" * 300, "'()+_,-./:=?", "")
# Among what may be wrong with an attachment: that it says it is one.
SIGNATURE = 3
PAYLOADS = (b"a", b"", b"certificate\r\n", b"\r\n--b\r\n", bytes(range(256)), b"x" * 20_000)


def multipart(chance: Chance) -> tuple[bytes, str]:
    """A multipart/mixed body with attachments, right or wrong, and its Content-Type."""
    boundary = chance.pick(BOUNDARIES)
    payloads = [chance.pick(PAYLOADS) for _ in range(chance.below(4))]
    sent = statement(chance)
    if isinstance(sent, dict) and chance.one_in(4):
        payloads = [signatures.signature(chance, sent), *payloads[1:]]
        sent["attachments"] = [_described(payload, SIGNATURE) for payload in payloads[:1]]
        sent["attachments"] += [_described(payload, chance.below(10)) for payload in payloads[1:]]
    elif isinstance(sent, dict) and not chance.one_in(3):
        sent["attachments"] = [_described(payload, chance.below(10)) for payload in payloads]
    parts = [_part(chance, "application/json", encoded(sent), first=True)]
    parts += [_part(chance, "application/pdf", payload, first=False) for payload in payloads]
    if chance.one_in(10):
        parts.reverse()
    line = b"\r\n--" + boundary.encode()
    body = line[2:] + line.join(parts) + line + b"--\r\n"
    quoted = chance.pick((*(f'"{boundary}"', boundary) * 6, f'"{boundary}', "", "b; charset=x"))
    kind = chance.pick(("multipart/mixed",) * 20 + ("multipart/form-data", "Multipart/Mixed"))
    return broken(chance, body), f"{kind}; boundary={quoted}"


def _described(payload: bytes, wrong: int) -> dict[str, Any]:
    made: dict[str, Any] = statement_examples.attachments()[0]
    made.pop("fileUrl")
    made |= {"length": len(payload), "sha2": hashlib.sha256(payload).hexdigest()}
    if wrong == 1:
        made["length"] += 1
    elif wrong == 2:
        made["sha2"] = made["sha2"].upper()
    elif wrong == SIGNATURE:
        made |= {"usageType": "http://adlnet.gov/expapi/attachments/signature"}
        made |= {"contentType": "application/octet-stream"}
    return made


ODD_LINES = (b"\0: x", b"X", b": ", b"A: " + b"b" * 9000, b"Content-Type: \xff", b"Content-Type: a\r b")


def _part(chance: Chance, kind: str, data: bytes, *, first: bool) -> bytes:
    lines = [f"Content-Type: {kind}".encode()]
    if not first:
        lines.append(b"Content-Transfer-Encoding: " + chance.pick((b"binary",) * 20 + (b"base64", b"BINARY")))
        lines.append(b"X-Experience-API-Hash: " + hashlib.sha256(data).hexdigest().encode())
    odd = chance.below(40)
    if odd == 1:
        lines.pop()
    elif odd == 2:
        lines.append(chance.pick(ODD_LINES))
    elif odd == 3:
        lines += lines
    return b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + data


# Known beforehand, so that a request may name the entity tag of one that was stored.
DOCUMENTS = (b'{"a":1}', b'{"b":{"c":[null]}}', b"x")
DOCUMENT_KINDS = (
    *("application/json",) * 4,
    "text/plain",
    "image/png",
    "application/json; charset=x",
    "a",
    "",
    "x/y; q=\xe9",
    "multipart/mixed; boundary=b",
)


def document(chance: Chance) -> tuple[bytes, str]:
    """A document's body and its Content-Type."""
    if chance.coin():
        return chance.pick(DOCUMENTS), "application/json" if chance.coin() else "text/plain"
    value = {chance.pick(KEYS): json_value(chance) for _ in range(chance.below(4))}
    data = encoded(json_value(chance) if chance.one_in(4) else value)
    return broken(chance, data), chance.pick(DOCUMENT_KINDS)


BOMB = gzip.compress(b" " * 5_000_000 + b"[]", 9)


def packed(chance: Chance, data: bytes) -> tuple[bytes, str]:
    """A body in a Content-Encoding: right, cut, or rubbish, or very much larger than it looks."""
    encoding = chance.pick(("gzip", "gzip", "gzip", "deflate", "br", "gzip, gzip", "x-gzip", "identity"))
    how = chance.below(6)
    if how == 1:
        data = gzip.compress(data, 1)[: chance.below(60)]
    elif how == 2:
        data = BOMB
    elif how == 3:
        data = zlib.compress(data, 1)
    elif how == 4:
        data = broken(chance, gzip.compress(data, 1))
    else:
        data = gzip.compress(data, 1)
    return data, encoding
