"""The alternate request syntax of 1.0.3 (xAPI-Communication 1.3), which 2.0 has no more.

A request of any method comes as a POST with the query string "method=…" and a form that holds parameters,
some headers and, URL-encoded too, the content. For browsers that can send nothing else, and long queries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from xapi.faults import Fault, Refusal
from xapi.findings import ABSENT, excerpt, step_to

CLAUSE = "xAPI-Communication 1.3"
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
WITH_CONTENT = ("PUT", "POST")
HEADERS = (
    "Authorization",
    "X-Experience-API-Version",
    "Content-Type",
    "Content-Length",
    "If-Match",
    "If-None-Match",
)

# A form is read before anybody knows who sends it. This is more than statements by hand or a long query take;
# what is larger goes in a request of its own method.
MOST_BYTES = 1_048_576

_MOST_FIELDS = 50
# All that is not content becomes headers and an address, which are short elsewhere too.
_MOST_BYTES_BESIDE_CONTENT = 65_536
_known_headers = {name.lower(): name for name in HEADERS}


@dataclass(slots=True)
class Intended:
    """The request that was meant; `headers` are those that the form held, named as in `HEADERS`."""

    method: str
    headers: dict[str, str] = field(default_factory=dict)
    parameters: list[tuple[str, str]] = field(default_factory=list)
    content: bytes | None = None


def is_meant(method: str, query: str) -> bool:
    """Whether a request is written in this syntax: a POST that names another method in its query string."""
    return method == "POST" and any(name == "method" for name, _ in _pairs(query))


def read(query: str, form: bytes) -> Intended:
    """What a request in this syntax means. Raises Refusal."""
    given = _pairs(query)
    if [name for name, _ in given] != ["method"]:
        message = "expected method as the only parameter in the address; the others belong into the form"
        raise _refusal("method", message, ", ".join(name for name, _ in given))
    intended = Intended(given[0][1])
    if intended.method not in METHODS:
        raise _refusal("method", f"expected one of {', '.join(METHODS)}", intended.method)
    for name, value in _fields(form):
        _add(intended, name, value)
    if intended.method in WITH_CONTENT and intended.content is None:
        raise _refusal("content", "expected a form with the field content", ABSENT, in_words=True)
    if intended.headers.get("Content-Type", "").strip().lower().startswith("multipart/"):
        message = "expected content that is text; data of attachments cannot be sent in this syntax"
        raise _refusal("Content-Type", message, intended.headers["Content-Type"])
    return intended


def _add(intended: Intended, name: str, value: bytes) -> None:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise _refusal(name, "expected UTF-8", value[:80].decode("utf-8", "replace")) from None
    header = _known_headers.get(name.lower())
    if name == "content":
        if intended.content is not None:
            raise _refusal(name, "expected this field once", "twice", in_words=True)
        intended.content = value
    elif header is None:
        intended.parameters.append((name, text))
    elif header in intended.headers:
        raise _refusal(header, "expected this field once", "twice", in_words=True)
    elif not (text.isascii() and text.isprintable()):
        # Which ones is not repeated: they may be a secret's.
        raise _refusal(header, "expected a value of printable ASCII", "other characters", in_words=True)
    else:
        intended.headers[header] = text


def _fields(form: bytes) -> list[tuple[str, bytes]]:
    parts = form.split(b"&", _MOST_FIELDS) if form else []
    if len(parts) > _MOST_FIELDS:
        raise _refusal("", f"expected at most {_MOST_FIELDS} fields", "more", in_words=True)
    fields = [part.partition(b"=") for part in parts]
    beside = sum(len(name) + (0 if name == b"content" else len(value)) for name, _, value in fields)
    if beside > _MOST_BYTES_BESIDE_CONTENT:
        message = f"expected at most {_MOST_BYTES_BESIDE_CONTENT} bytes in all fields but content"
        raise _refusal("", message, "more", in_words=True)
    return [(_decoded(name).decode("utf-8", "replace"), _decoded(value)) for name, _, value in fields]


def _decoded(text: bytes) -> bytes:
    """What a URL-encoded text stands for; raises Refusal where a % begins no escape.

    By Python's own reader of escapes, in one pass: `unquote` makes an object of each escape.
    """
    escaped = text.replace(b"+", b" ").replace(b"\\", b"%5c").replace(b"%", rb"\x")
    try:
        return escaped.decode("unicode_escape").encode("latin-1")
    except UnicodeDecodeError:
        # Of which field is not said: it may be a secret.
        message = "expected % only before two hexadecimal digits"
        raise _refusal("", message, "another %", in_words=True) from None


def _pairs(query: str) -> list[tuple[str, str]]:
    if "method" not in query:
        return []
    return parse_qsl(query, keep_blank_values=True, errors="replace")


def _refusal(path: str, message: str, got: str, *, in_words: bool = False) -> Refusal:
    came = got if in_words else excerpt(got)
    return Refusal([Fault(None, step_to(path) if path else "", "alternate-syntax", message, came, CLAUSE)])
