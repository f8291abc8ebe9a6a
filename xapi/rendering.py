"""A kept statement as it is returned: its text, and what the LRS adds at its end."""

from __future__ import annotations


def render(
    text: bytes,
    *,
    id: str,
    stored: str,
    authority: bytes,
    version: str,
    timestamp: str | None,
    id_came: bool,
    version_came: bool,
) -> bytes:
    """Append what the LRS sets before the closing brace of `text`, touching no other byte.

    `text` is a Received.text; `authority` is JSON. `timestamp` is None when the sender gave one. What came
    with the statement is not repeated: it stands in `text` (xAPI-Data 2.3.1).
    """
    added = b',"stored":"' + stored.encode() + b'","authority":' + authority
    if not id_came:
        added = b',"id":"' + id.encode() + b'"' + added
    if timestamp is not None:
        added += b',"timestamp":"' + timestamp.encode() + b'"'
    if not version_came:
        added += b',"version":"' + version.encode() + b'"'
    return text[:-1] + added + b"}"


def render_for_sending(text: bytes, *, id: str | None, timestamp: str | None) -> bytes:
    """The kept text as another LRS is sent it: with an id and a timestamp where its sender gave none.

    `stored`, `authority` and `version` are for the receiver to set (xAPI-Data 2.4.8-2.4.10).
    """
    added = b"" if id is None else b',"id":"' + id.encode() + b'"'
    if timestamp is not None:
        added += b',"timestamp":"' + timestamp.encode() + b'"'
    return text[:-1] + added + b"}"
