"""If-Match and If-None-Match: which version of a document a client knows.

RFC 9110 13.1, xAPI-Communication 3.1. A document's entity tag is the SHA-1 of its contents in lowercase
hexadecimal, as 1.0.3 demands; here it stands without its quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from xapi.faults import Fault, Refusal
from xapi.findings import excerpt

CLAUSE = "xAPI-Communication 3.1"
# What a proxy that compresses answers adds to a tag (Apache's mod_deflate) and passes back as it came. It
# means the same document.
COMPRESSED = "-gzip"

# A tag without quotes is taken too: that is how clients send the SHA-1 that they computed themselves.
_TAG = re.compile(r'[ \t]*(?:(?P<weak>W/)?"(?P<quoted>[!#-~\x80-\xff]*)"|(?P<bare>[A-Za-z0-9_.-]+))?[ \t]*')


class PreconditionFailed(Refusal):
    """The document is not what the client takes it for, which happens where several write: status 412."""

    def __init__(self, header: str, message: str, tag: str | None) -> None:
        got = "no document" if tag is None else f'"{tag}"'
        super().__init__([Fault(None, header, "precondition", message, got, CLAUSE)], status=412)


@dataclass(frozen=True, slots=True)
class Tags:
    """The entity tags of a header; `anything` stands for "*"."""

    anything: bool = False
    strong: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The two headers of a request, None where one is not there."""

    if_match: Tags | None = None
    if_none_match: Tags | None = None

    @property
    def stated(self) -> bool:
        return self.if_match is not None or self.if_none_match is not None

    def demand(self, tag: str | None, *, reading: bool = False) -> None:
        """Raise PreconditionFailed unless a request may go on; `tag` is None where there is no document.

        If-Match compares strongly, If-None-Match weakly, and of a request that only reads it decides
        something else (RFC 9110 13.1.2, 13.2.2).
        """
        if self.if_match is not None and not _holds(self.if_match.anything, self.if_match.strong, tag):
            message = "expected the document that If-Match names; get it again, and take its ETag"
            raise PreconditionFailed("If-Match", message, tag)
        if not reading and self.is_known(tag):
            message = "expected none of what If-None-Match names to be here; get the document first"
            raise PreconditionFailed("If-None-Match", message, tag)

    def is_known(self, tag: str | None) -> bool:
        """Whether If-None-Match names the document: it need not be sent (304)."""
        known = self.if_none_match
        return known is not None and _holds(known.anything, known.strong | known.weak, tag)


def _holds(anything: bool, tags: frozenset[str], tag: str | None) -> bool:
    return tag is not None and (anything or tag in tags)


def read(if_match: str | None, if_none_match: str | None) -> Preconditions:
    """What the two headers state; raises Refusal naming the one that is neither "*" nor a list of tags."""
    return Preconditions(_read("If-Match", if_match), _read("If-None-Match", if_none_match))


def _read(header: str, text: str | None) -> Tags | None:
    if text is None:
        return None
    if text.strip(" \t") == "*":
        return Tags(anything=True)
    tags: tuple[set[str], set[str]] = (set(), set())
    at = 0
    while at <= len(text):
        match = _TAG.match(text, at)
        if match is None or text[match.end() : match.end() + 1] not in ("", ","):
            raise _malformed(header, text)
        # Nothing between two commas is passed over (RFC 9110 5.6.1.2).
        tag = match["bare"] if match["quoted"] is None else match["quoted"]
        if tag is not None:
            tags[match["weak"] is not None].add(tag.removesuffix(COMPRESSED))
        at = match.end() + 1
    if not any(tags):
        raise _malformed(header, text)
    return Tags(strong=frozenset(tags[0]), weak=frozenset(tags[1]))


def _malformed(header: str, text: str) -> Refusal:
    message = 'expected * or entity tags as the header ETag gave them, such as "da39a3ee"'
    return Refusal([Fault(None, header, "entity-tags", message, excerpt(text), CLAUSE)])
