"""Language tags (RFC 5646), language maps (xAPI-Data 4.2), and which language of a map a reader is given."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from xapi.faults import MOST_FAULTS_OF_ONE
from xapi.findings import Checker, Finding, Findings, broken, together, under, wrong_type

CLAUSE = "xAPI-Data 4.2"

_GRANDFATHERED = (
    "en-GB-oed|i-ami|i-bnn|i-default|i-enochian|i-hak|i-klingon|i-lux|i-mingo|i-navajo|i-pwn|i-tao|i-tay|"
    "i-tsu|sgn-BE-FR|sgn-BE-NL|sgn-CH-DE|art-lojban|cel-gaulish|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|"
    "zh-min-nan|zh-xiang"
)
_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    rf"|{_GRANDFATHERED}",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_TAG = 250
_MOST_REMEMBERED = 2_000
_known: set[str] = set()


def is_tag(value: str) -> bool:
    """True for a well-formed tag; case does not matter (RFC 5646 2.1, 2.1.1)."""
    if value in _known:
        return True
    if len(value) > _LONGEST_TAG or _TAG.fullmatch(value) is None:
        return False
    if len(_known) >= _MOST_REMEMBERED:
        _known.clear()
    _known.add(value)
    return True


def tag(clause: str) -> Checker:
    """A checker for a property that holds one language tag."""

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        return None if value in _known or is_tag(value) else _not_a_tag(value, clause)

    return check


def language_map(clause: str) -> Checker:
    """A checker for an object of language tags and strings."""

    def check(value: Any) -> Findings:
        if type(value) is not dict:
            return wrong_type("an object", value, clause)
        found: Findings = None
        for key, words in value.items():
            if key not in _known and not is_tag(key):
                found = together(found, under(key, _not_a_tag(key, CLAUSE)))
            if type(words) is not str:
                found = together(found, under(key, wrong_type("a string", words, CLAUSE)))
            if found is not None and len(found) >= MOST_FAULTS_OF_ONE:
                return found
        return found

    return check


def _not_a_tag(value: str, clause: str) -> list[Finding]:
    message = 'expected a language tag of RFC 5646, such as "vi" or "en-US"'
    return broken("language-tag", message, value, clause)


_RANGE = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,15}", re.ASCII)
_WEIGHT = re.compile(r"[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_LONGEST_HEADER = 4_000
_MOST_RANGES = 50


@dataclass(frozen=True, slots=True)
class Wishes:
    """The language ranges of a reader in lower case, the most wanted first, and those it will not have."""

    wanted: tuple[str, ...] = ()
    unwanted: frozenset[str] = frozenset()


def wishes(header: str | None) -> Wishes:
    """What a header Accept-Language asks for (RFC 9110 12.5.4). What it cannot mean is left out, and whatever
    comes after its first 4,000 characters or 50 ranges."""
    found: list[tuple[float, str]] = []
    for element in (header or "")[:_LONGEST_HEADER].split(",")[:_MOST_RANGES]:
        words, semicolon, weight = (part.strip(" \t") for part in element.partition(";"))
        match = _WEIGHT.fullmatch(weight)
        if _RANGE.fullmatch(words) and (match is not None or not semicolon):
            found.append((float(match[1]) if match else 1.0, words.lower()))
    found.sort(key=lambda pair: -pair[0])
    return Wishes(
        tuple(dict.fromkeys(words for weight, words in found if weight)),
        frozenset(words for weight, words in found if not weight),
    )


def choose(tags: Collection[str], asked: Wishes) -> str:
    """The one of `tags`, of which there is at least one, that suits the reader best.

    For each range in turn: the tag that equals it, else one it begins (RFC 2616 14.4), else the longest that
    begins it (the lookup of RFC 4647 3.4). Then any of the same language, such as en-US for en-GB, and at
    last the first that is not unwanted: one has to be returned (xAPI-Communication 2.1.3).
    """
    known: dict[str, str] = {}
    for one in tags:
        known.setdefault(one.lower(), one)
    allowed = [low for low in known if not _is_unwanted(low, asked)]
    found = next(_suiting(allowed, asked.wanted), None)
    return known[found if found is not None else next(iter(allowed or known))]


def _suiting(tags: list[str], wanted: tuple[str, ...]) -> Iterator[str]:
    for one in wanted:
        if one == "*":
            # Whatever no other range names (RFC 9110 12.5.4).
            yield from (low for low in tags if not any(part in wanted for part in _shorter(low)))
            continue
        yield from (low for low in tags if low == one)
        yield from (low for low in tags if low.startswith(one + "-"))
        yield from (part for part in _shorter(one) if part in tags)
    for one in wanted:
        language = one.partition("-")[0]
        yield from (low for low in tags if low.partition("-")[0] == language)


def _is_unwanted(low: str, asked: Wishes) -> bool:
    """Whether the most exact range that a tag falls under is one with the weight 0."""
    for part in _shorter(low):
        if part in asked.wanted:
            return False
        if part in asked.unwanted:
            return True
    return "*" in asked.unwanted


def _shorter(low: str) -> Iterator[str]:
    """A tag and its beginnings, the longest first, none of which ends in a single letter (RFC 4647 3.4)."""
    parts = low.split("-")
    while parts:
        if len(parts) == 1 or len(parts[-1]) > 1:
            yield "-".join(parts)
        parts.pop()
