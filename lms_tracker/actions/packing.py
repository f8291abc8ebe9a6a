"""Statements as one request to another record store: their texts, and the data that came with them."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from lms_tracker.actions import contents
from lms_tracker.actions.delivering import text_to_send
from lms_tracker.store.outgoing import Attached, Waiting
from xapi import multipart
from xapi.attachments import attachments_of
from xapi.client import Client, Outcome, Package, Refused
from xapi.payloads import HASH_HEADER


def post(client: Client, statements: Sequence[Waiting], go_on: Callable[[], None] = lambda: None) -> Outcome:
    """Send them in one request; a statement with data comes alone, `go_on` is called before each piece."""
    texts = [text_to_send(statement) for statement in statements]
    if not statements[0].attached:
        return client.post(texts)
    try:
        return client.post_package(texts[0], package(texts[0], statements[0].attached, go_on))
    except contents.Missing:
        return Refused(400, "not sent: data of its attachments are not to be found here")


def package(text: bytes, attached: Sequence[Attached], go_on: Callable[[], None] = lambda: None) -> Package:
    """A statement and its data as multipart/mixed (xAPI-Communication 1.5.2), read while they are sent."""
    boundary = secrets.token_hex(20)
    headers = _headers(text, attached)
    empty = multipart.write([(_STATEMENT, [text]), *((header, ()) for header in headers)], boundary)
    size = sum(map(len, empty)) + sum(one.size for one in attached)
    data = zip(headers, (_data(one, go_on) for one in attached), strict=True)
    pieces = multipart.write([(_STATEMENT, [text]), *data], boundary)
    return Package(f"multipart/mixed; boundary={boundary}", size, pieces)


_STATEMENT = {"Content-Type": "application/json"}


def _headers(text: bytes, attached: Sequence[Attached]) -> list[Mapping[str, str]]:
    types = {one["sha2"].lower(): one["contentType"] for _, one in attachments_of(msgspec.json.decode(text))}
    found: list[Mapping[str, str]] = []
    for one in attached:
        sha2 = one.sha2.hex()
        header = {"Content-Transfer-Encoding": "binary", HASH_HEADER: sha2}
        content_type = types.get(sha2, "")
        # A media type's quoted words may be in any script, which a header is not.
        if content_type and content_type.isascii():
            header["Content-Type"] = content_type
        found.append(header)
    return found


def _data(attached: Attached, go_on: Callable[[], None]) -> Iterator[bytes]:
    for piece in contents.read(attached.content_key):
        go_on()
        yield piece
