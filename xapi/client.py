"""A client of the statements resource: what is sent arrives byte for byte, and each answer has its kind.

Statements go out as the JSON texts they are handed in as, joined and never encoded again: no number,
duration, timestamp or IRI is rewritten (which the package `tincan` does). How bytes reach the other side is
the transport's affair; `xapi.transport` has one for HTTP.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar
from urllib.parse import urlencode

import msgspec

from xapi.endpoints import Endpoint
from xapi.excerpts import Excerpts

# What a store says when it is busy or away, or asks to be asked again, is no word about the statements.
_AGAIN = frozenset((408, 425, 429))

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers are in lowercase, `body` is whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """No whole answer came. Its text is a sentence for people and quotes nothing that was sent."""


class Transport(Protocol):
    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        """One request and its whole answer. Raises Unreachable.

        `target` is path and query; a body in pieces comes with a Content-Length among the headers.
        """
        ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """Stored, or stored before and the same; ids in the order of the statements."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side understood the request and will not have it: a status of 400 to 499."""

    status: int
    answer: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """409: a statement of the request is there already, and may be another (xAPI-Communication 2.1.1)."""

    answer: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No word about the statements: no answer, 5xx, "ask again", or an answer that no record store gives.

    `retry_after` is in seconds, where the other side named a time.
    """

    reason: str
    status: int | None = None
    retry_after: int | None = None


Outcome = Accepted | Refused | Conflict | Unavailable


class NotRead(Exception):
    """Reading came to nothing; `outcome` says why."""

    def __init__(self, outcome: Refused | Conflict | Unavailable) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Package:
    """One statement whose attachments come along, as multipart/mixed: its type, its size, its pieces."""

    content_type: str
    size: int
    pieces: Iterable[bytes]


class _Known(msgspec.Struct):
    id: str | None = None


class _Page(msgspec.Struct):
    statements: list[msgspec.Raw]
    more: str | None = None


class _About(msgspec.Struct):
    version: list[str]


_known = msgspec.json.Decoder(_Known).decode
_ids = msgspec.json.Decoder(list[str]).decode
_page = msgspec.json.Decoder(_Page).decode
_about = msgspec.json.Decoder(_About).decode


class Client:
    """One credential at one record store, speaking one version."""

    def __init__(self, endpoint: Endpoint, key: str, secret: str, version: str, transport: Transport) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._excerpts = Excerpts(key, secret)
        # Non-ASCII as UTF-8, which RFC 7617 leaves open and servers expect.
        login = b64encode(f"{key}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "X-Experience-API-Version": version}

    def post(self, statements: Sequence[bytes]) -> Outcome:
        """Send statements, JSON texts as they are, in one request."""
        body = b"[" + b",".join(statements) + b"]"
        return self._posted(body, {"Content-Type": "application/json"}, statements)

    def post_package(self, statement: bytes, package: Package) -> Outcome:
        """Send one statement with its attachments; `package` holds it already."""
        headers = {"Content-Type": package.content_type, "Content-Length": str(package.size)}
        return self._posted(package.pieces, headers, [statement])

    def statement(self, statement_id: str) -> bytes | None:
        """The exact text of a statement, voided or not; None where there is none. Raises NotRead."""
        for name in ("statementId", "voidedStatementId"):
            answer = self._exchange("GET", self._target(f"statements?{urlencode({name: statement_id})}"))
            if answer.status == 200:
                return answer.body
            if answer.status != 404:
                raise NotRead(self._failure(answer))
        return None

    def statements(self, **parameters: str) -> Iterator[bytes]:
        """The exact text of each statement that matches, page after page. Raises NotRead."""
        target = self._target(f"statements?{urlencode(parameters)}" if parameters else "statements")
        seen = set()
        while True:
            seen.add(target)
            page = self._decoded(_page, target)
            yield from map(bytes, page.statements)
            if not page.more:
                return
            more = self._endpoint.target(page.more)
            if more is None or more in seen:
                raise NotRead(Unavailable("the answer's `more` leads to another server or in a circle"))
            target = more

    def versions(self) -> list[str]:
        """The versions that the other side says it speaks, fit to be shown. Raises NotRead."""
        return [self._excerpts.of_text(one) for one in self._decoded(_about, self._target("about")).version]

    def _posted(
        self, body: bytes | Iterable[bytes], headers: dict[str, str], statements: Sequence[bytes]
    ) -> Outcome:
        try:
            answer = self._exchange("POST", self._target("statements"), headers, body)
        except NotRead as failure:
            return failure.outcome
        if answer.status != 200:
            return self._failure(answer)
        wanted = [_known(text).id for text in statements]
        try:
            ids = _ids(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            ids = []
        # A page of a hotel's network is answered with 200 too: success is what names the statements.
        if len(ids) != len(wanted) or not all(map(_is_named, wanted, ids)):
            return Unavailable(
                "the answer does not name the statements: is this a record store's address?", 200
            )
        return Accepted(tuple(ids))

    def _target(self, rest: str) -> str:
        return self._endpoint.path + rest

    def _exchange(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
    ) -> Answer:
        try:
            return self._transport.exchange(method, target, {**self._headers, **(headers or {})}, body)
        except Unreachable as error:
            raise NotRead(Unavailable(str(error))) from None

    def _decoded(self, decode: Callable[[bytes], T], target: str) -> T:
        answer = self._exchange("GET", target)
        if answer.status != 200:
            raise NotRead(self._failure(answer))
        try:
            return decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NotRead(Unavailable("the answer is not what a record store answers", 200)) from None

    def _failure(self, answer: Answer) -> Refused | Conflict | Unavailable:
        """What an answer without success means."""
        status, said = answer.status, self._excerpts.of(answer.body)
        if status == 409:
            return Conflict(said)
        if 400 <= status < 500 and status not in _AGAIN:
            return Refused(status, said)
        reason = f"answered {status}: {said}" if said else f"answered {status}"
        if 300 <= status < 400:
            # Whoever followed would hand the secret to whom the answer names.
            reason = f"answered {status}, and redirects are not followed: the address must be the store's own"
        elif status < 300:
            reason = f"answered {status} where 200 was expected"
        return Unavailable(reason, status, _retry_after(answer.headers))


def _is_named(wanted: str | None, answered: str) -> bool:
    return wanted is None or wanted.lower() == answered.lower()


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds; a date is compared with the answer's own, so that nobody's clock matters (RFC 9110 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return int(text[:10])
    try:
        until = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, int(until.total_seconds()))
