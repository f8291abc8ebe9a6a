"""Played segments of a video: which parts of it somebody saw (https://w3id.org/xapi/video, 1.0).

A segment is a half-open stretch of the video in milliseconds. A union of them is kept as disjoint segments in
order; packed, each is two integers of 4 bytes.
"""

import re
import struct
from collections.abc import Iterable, Mapping
from decimal import Decimal

VIDEO = "https://w3id.org/xapi/video/extensions/"
PLAYED, LENGTH = VIDEO + "played-segments", VIDEO + "length"
FROM, TO = VIDEO + "time-from", VIDEO + "time-to"
SEEKED = "https://w3id.org/xapi/video/verbs/seeked"

Segment = tuple[int, int]

# 49 days, as much as four bytes hold; and how many segments of one statement are read.
LONGEST = 2**32 - 1
MOST = 500
_LONGEST_TEXT = 40_000
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,20})?", re.ASCII)


def of_statement(verb: str, result: Mapping[str, object], context: Mapping[str, object]) -> bytes | None:
    """The packed segments that a statement says were played, given the extensions of result and context.

    Of one without `played-segments` it is what lies between `time-from` and `time-to`, unless that was
    jumped over. Nothing beyond the video's length counts. None where it says nothing of it.
    """
    length = _milliseconds(context.get(LENGTH))
    played = result.get(PLAYED)
    if isinstance(played, str):
        found = _parsed(played)
    elif verb != SEEKED and FROM in result and TO in result:
        found = [(_milliseconds(result[FROM]), _milliseconds(result[TO]))]
    else:
        return None
    most = LONGEST if length is None else length
    known = [(since, min(until, most)) for since, until in found if since is not None and until is not None]
    return pack(union(known)) or None


def union(segments: Iterable[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for since, until in sorted(segments):
        if merged and since <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        elif since < until:
            merged.append((since, until))
    return merged


def length(segments: Iterable[Segment]) -> int:
    """In milliseconds; of disjoint segments."""
    return sum(until - since for since, until in segments)


def pack(segments: Iterable[Segment]) -> bytes:
    return b"".join(struct.pack(">II", *segment) for segment in segments)


def unpack(packed: bytes) -> list[Segment]:
    return [(since, until) for since, until in struct.iter_unpack(">II", packed)]


def _parsed(text: str) -> list[tuple[int | None, int | None]]:
    """ "0[.]12[,]14[.]21" in seconds; what is no segment in it is left out, and so is all after the 500th."""
    if len(text) > _LONGEST_TEXT:
        return []
    parts = (segment.split("[.]") for segment in text.split("[,]")[:MOST])
    return [(_seconds(part[0]), _seconds(part[1])) for part in parts if len(part) == 2]


def _milliseconds(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return _seconds(value) if isinstance(value, str) else None
    # Compared before anything is multiplied: a number may be too great for that.
    return round(value * 1000) if 0 <= value <= LONGEST // 1000 else None


def _seconds(text: str) -> int | None:
    if not _NUMBER.fullmatch(text.strip()):
        return None
    found = int(Decimal(text.strip()) * 1000)
    return found if found <= LONGEST else None
