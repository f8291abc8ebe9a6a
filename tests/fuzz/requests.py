"""Whole requests for every resource: mostly right, each with something wrong somewhere."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections.abc import Sequence

from tests.fuzz import bodies
from tests.fuzz.chance import Chance
from tests.fuzz.door import Request
from tests.fuzz.oddities import JSON_VALUES, TEXTS, UUIDS, header_text, text

Pairs = list[tuple[str, str]]

VERSION = "X-Experience-API-Version"
DOCUMENT_PATHS = ("/xapi/activities/state", "/xapi/activities/profile", "/xapi/agents/profile")
PATHS = (
    "/xapi/statements",
    *DOCUMENT_PATHS,
    "/xapi/activities",
    "/xapi/agents",
    "/xapi/about",
    "/api/v1/check",
    "/api/v1/credit",
    "/api/v1/openapi.json",
    "/",
    "/sign-in",
    "/sign-out",
    "/provider",
    "/organiser",
    "/record",
    "/healthz",
    "/readyz",
    "/metrics",
)
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "get", "X" * 40)
AGENTS = (
    {"mbox": "mailto:bich@example.org"},
    {"objectType": "Agent", "account": {"homePage": "https://example.org", "name": "ế"}},
    {"objectType": "Group", "mbox": "mailto:to3@example.org"},
    {"mbox_sha1sum": "cd9b00a5611f94eaa7b1661edab976068e364975"},
    {"openid": "https://lan.example.org/"},
)
_RIGHT_AGENTS = tuple(json.dumps(agent, ensure_ascii=False) for agent in AGENTS)
_IRIS = ("https://courses.example.org/c/1", "https://courses.example.org/tin-hoc/bài-1", "urn:x:1")
_TIMES = ("2026-11-22T14:00:00Z", "2026-11-22T21:00:00.123+07:00", "2000-01-01T00:00:00Z")
_DOCUMENT_KEYS = ("a", "bookmark", "ế\U0001f600", "k/1", "a b")
_TRUE_ETAGS = tuple(f'"{hashlib.sha1(body).hexdigest()}"' for body in bodies.DOCUMENTS)
ETAGS = (*("*",) * 4, *_TRUE_ETAGS * 2, '"a"', 'W/"a"', '"' + "a" * 40 + '"', '"a", "b"', "a", '"', "")

_YES_NO = (*("true", "false") * 10, "1", "")

KNOWN: dict[str, Sequence[str]] = {
    "statementId": UUIDS,
    "voidedStatementId": UUIDS,
    "agent": (*_RIGHT_AGENTS * 30, *(json.dumps(value) for value in JSON_VALUES)),
    "verb": ("http://adlnet.gov/expapi/verbs/completed", "http://example.vn/v"),
    "activity": _IRIS,
    "activityId": _IRIS,
    "registration": UUIDS,
    "related_activities": _YES_NO,
    "related_agents": _YES_NO,
    "since": _TIMES,
    "until": _TIMES,
    "limit": (*("0", "1", "2", "100") * 6, "-1", "1e9", "9" * 18, "9" * 30, "٣"),
    "format": (*("ids", "exact", "canonical") * 5, "all"),
    "attachments": _YES_NO,
    "ascending": _YES_NO,
    "cursor": (*("0", "1795000000000000", "9" * 18) * 5, "9" * 19, "-1", "x", "²"),
    "stateId": _DOCUMENT_KEYS,
    "profileId": _DOCUMENT_KEYS,
    "method": ("GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "put", ""),
}
_NAMES = tuple(KNOWN)
_FILTERS = tuple(name for name in _NAMES[2:] if name not in ("activityId", "stateId", "profileId", "method"))
_NEEDED = {
    "/xapi/activities/state": ("activityId", "agent", "stateId"),
    "/xapi/activities/profile": ("activityId", "profileId"),
    "/xapi/agents/profile": ("agent", "profileId"),
    "/xapi/activities": ("activityId",),
    "/xapi/agents": ("agent",),
    "/api/v1/credit": ("agent",),
}


def _parameters(chance: Chance, path: str, method: str) -> Pairs:
    names = list(_NEEDED.get(path, ()))
    if path == "/xapi/statements":
        if method == "PUT":
            names = ["statementId"]
        elif method in ("GET", "HEAD"):
            one = [chance.pick(_NAMES[:2])]
            names = one if chance.one_in(4) else [chance.pick(_FILTERS) for _ in range(chance.below(4))]
    elif path in DOCUMENT_PATHS:
        if path.endswith("state") and chance.one_in(4):
            names.append("registration")
        if method in ("GET", "HEAD", "DELETE") and chance.one_in(3):
            # A list of keys, or of all that are deleted.
            names.remove("stateId" if path.endswith("state") else "profileId")
            names += ["since"] if chance.coin() else []
    odd = chance.below(40)
    if odd == 1 and names:
        names.pop(chance.below(len(names)))
    elif odd == 2:
        names.append(chance.pick(_NAMES))
    elif odd == 3 and names:
        names.append(names[0])
    given = [(name, text(chance) if chance.one_in(32) else chance.pick(KNOWN[name])) for name in names]
    if odd == 4:
        given.append((text(chance), text(chance)))
    return given


# Servers hand on letters that nobody encoded as they are, also those beyond Latin-1.
_BAD_ENCODINGS = (
    *("%", "%ff", "%00", "%ED%A0%80", "%F0%9F%98%80", "&", "&&==&", "=", ";", "+", "#", "x" * 9000),
    *("é", "ế", "é=é&"),
)


def _query(chance: Chance, pairs: Pairs) -> str:
    """The parameters as they stand in an address, sometimes badly encoded."""
    made = urllib.parse.urlencode(pairs, errors="surrogatepass")
    if not chance.one_in(20):
        return made
    at = chance.between(0, len(made))
    return made[:at] + chance.pick(_BAD_ENCODINGS) + made[at:]


_VERSIONS = ("1.0.3",) * 24 + ("2.0.0",) * 24 + ("1.0", "1.0.9", "2.0", "3", "")
_LANGUAGES = ("vi, en;q=0.5", "*", "vi;q=2", "vi;q=nan", "x" * 5000, ",,,", "en-US;q=0", "a;b;c=d")
_NONE: tuple[str, ...] = ()
ODD_HEADERS: dict[str, tuple[str, ...]] = {
    "If-Match": ETAGS,
    "If-None-Match": ETAGS,
    "If-Modified-Since": ("Sun, 22 Nov 2026 14:00:00 GMT", "x", "Thu, 99 Jan 0000 99:99:99 GMT"),
    "If-Unmodified-Since": ("Sun, 22 Nov 2026 14:00:00 GMT", "x"),
    "Accept-Language": _LANGUAGES,
    "Accept-Encoding": ("gzip", "gzip;q=0", "*", "br", "gzip;q=x", "identity;q=0, *;q=0"),
    "Accept": ("application/json", "multipart/mixed", "*/*;q=x", ""),
    "Range": ("bytes=0-", "bytes=5-1", "x"),
    "Origin": ("null", "https://lms.example.vn", "x y"),
    "Access-Control-Request-Method": ("PUT", "X", ""),
    "Access-Control-Request-Headers": ("Authorization, X-Experience-API-Version", "a b,,"),
    "Cookie": ("lms_tracker=x.y.z", "a=b; c", "\xff=\xff", "lms_tracker=" + "x" * 4000),
    "Host": ("", "evil.example", "a b", "[::1", "a:99999999", "\xe9"),
    "Content-Length": ("0", "-1", "99999999999999999999", "1", "x", "5, 5", "+3", " "),
    "Content-Type": _NONE,
    "Content-Language": _NONE,
    "Transfer-Encoding": _NONE,
    "Expect": _NONE,
    "Referer": _NONE,
    "X-Forwarded-For": _NONE,
    "X-Forwarded-Proto": _NONE,
    "X-HTTP-Method-Override": _NONE,
    "X-Request-ID": _NONE,
    "X-Experience-API-Hash": _NONE,
    "Updated": _NONE,
    "Connection": _NONE,
}
_ODD_NAMES = tuple(ODD_HEADERS)


def _headers(chance: Chance, authorizations: Sequence[str], kind: str | None) -> Pairs:
    made = [("Authorization", chance.pick(authorizations)), (VERSION, chance.pick(_VERSIONS))]
    if kind is not None:
        made.append(("Content-Type", kind))
    odd = chance.below(32)
    if odd in (1, 2):
        made.pop(odd - 1)
    elif odd == 3:
        made.append((chance.pick(made)[0], header_text(chance)))
    elif odd in range(4, 10):
        name = chance.pick(_ODD_NAMES)
        values = ODD_HEADERS[name]
        made.append((name, header_text(chance) if not values or chance.one_in(8) else chance.pick(values)))
    return made


_AIMED = PATHS[:1] * 8 + DOCUMENT_PATHS * 3 + PATHS[4:7] * 2 + ("/api/v1/check", "/api/v1/credit")
_METHODS_OF: dict[str, tuple[str, ...]] = {
    "/xapi/statements": ("POST", "POST", "POST", "POST", "PUT", "GET", "GET", "GET", "HEAD"),
    **dict.fromkeys(DOCUMENT_PATHS, ("PUT", "POST", "POST", "GET", "GET", "DELETE", "HEAD")),
    "/api/v1/check": ("POST",),
}


def to_resource(chance: Chance, authorizations: Sequence[str]) -> Request:
    """A request to a resource as its programs send it, but for what is wrong."""
    path = chance.pick(_AIMED)
    method = chance.pick(_METHODS_OF.get(path, ("GET", "GET", "HEAD")))
    body, kind = b"", None
    if path in ("/xapi/statements", "/api/v1/check") and method in ("POST", "PUT"):
        if chance.one_in(4):
            body, kind = bodies.multipart(chance)
        else:
            body, kind = bodies.json_body(chance, one=method == "PUT"), "application/json"
    elif method in ("POST", "PUT"):
        body, kind = bodies.document(chance)
    headers = _headers(chance, authorizations, kind)
    if path in DOCUMENT_PATHS and chance.coin():
        headers.append((chance.pick(("If-Match", "If-None-Match")), chance.pick(ETAGS)))
    if body and chance.one_in(12):
        body, encoding = bodies.packed(chance, body)
        headers.append(("Content-Encoding", encoding))
    query = _query(chance, _parameters(chance, path, method))
    return Request(method, path, query, tuple(headers), body, chance.one_in(10))


_FORM = "application/x-www-form-urlencoded"


def in_form(chance: Chance, authorizations: Sequence[str]) -> Request:
    """The alternate request syntax: headers, parameters and content as fields of a form."""
    path = chance.pick(PATHS[:7])
    method = chance.pick(("PUT", "POST", "GET", "DELETE", "HEAD"))
    fields: list[tuple[str, str | bytes]] = [
        *_parameters(chance, path, method),
        *_headers(
            chance, authorizations, chance.pick((*("application/json",) * 8, None, "a\r\nX-Injected: y"))
        ),
    ]
    if chance.one_in(4):
        fields.append((chance.pick(_ODD_NAMES), text(chance)))
    if chance.coin():
        content = bodies.json_body(chance, one=True) if path == PATHS[0] else bodies.document(chance)[0]
        fields.append(("content", content))
    odd = chance.below(10)
    if odd == 1:
        fields.append(fields[0])
    elif odd == 2:
        fields.append((text(chance), text(chance)))
    body = bodies.broken(chance, urllib.parse.urlencode(fields, errors="surrogatepass").encode())
    also = chance.pick((*("",) * 12, "&method=GET", "&x=y", "&statementId=" + UUIDS[0]))
    kind = chance.pick((_FORM,) * 20 + (_FORM + "; charset=x", "application/json", "multipart/form-data"))
    headers = [("Content-Type", kind)]
    if chance.one_in(5):
        headers += _headers(chance, authorizations, None)
    return Request("POST", path, f"method={method}{also}", tuple(headers), body, chance.one_in(10))


_ENDINGS = ("/", "//", "/x", "%00", "%ff", "/../statements", ";a=b", ".json")


def raw(chance: Chance, authorizations: Sequence[str]) -> Request:
    """Any method at any address with any bytes."""
    path = chance.pick(PATHS)
    odd = chance.below(6)
    if odd == 1:
        path += chance.pick(_ENDINGS)
    elif odd == 2:
        path = "/" + urllib.parse.quote(chance.pick(TEXTS), safe="/", errors="surrogatepass")
    headers = _headers(chance, authorizations, header_text(chance) if chance.coin() else None)
    how = chance.below(4)
    body = chance.some(60) if how == 1 else bodies.json_body(chance) if how == 2 else b""
    query = _query(chance, [(text(chance), text(chance))] if chance.coin() else [])
    return Request(chance.pick(METHODS), path, query, tuple(headers), body, chance.one_in(10))


def request(chance: Chance, authorizations: Sequence[str]) -> Request:
    """A request of any kind, most of them to resources."""
    kind = chance.below(8)
    make = in_form if kind == 6 else raw if kind == 7 else to_resource
    return make(chance, authorizations)
