"""Statements go out in bulk: one on a line, in the order of `stored`, up to a moment that is whole.

That moment, the horizon, is taken before anything is read: nothing will ever appear at or before it (see
`store.horizon`). So whoever asks next time for what was stored since the cursor that is told misses nothing
and gets nothing twice. Each page is read in a transaction of its own.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import msgspec
from flask import current_app

from lms_tracker.actions.importing import OPERATOR
from lms_tracker.actions.rights import Caller
from lms_tracker.actions.searching import Reader
from lms_tracker.store import courses, database
from xapi import queries, timestamps
from xapi.faults import Refusal
from xapi.queries import Query
from xapi.splitting import on_one_line
from xapi.timestamps import format_position
from xapi.versions import V1

# The names of GET statements that an export takes.
FILTERS = (
    "agent",
    "related_agents",
    "verb",
    "activity",
    "related_activities",
    "registration",
    "since",
    "until",
)
# The last microsecond that a cursor can name, in UTC.
_LATEST = 253_402_300_799_999_999
_TAIL = 65_536
_LONGEST_FRAGMENT = 64 * 1024 * 1024


class NotExported(Exception):
    """A filter of a wrong form, or a file to go on with that is no export; the text is a sentence."""


class _Last(msgspec.Struct):
    stored: str


@dataclass(frozen=True, slots=True)
class Export:
    """`first` and `last` are positions, in microseconds: what is stored after the one, up to the other."""

    query: Query
    caller: Caller
    first: int
    last: int
    with_voided: bool = False

    @property
    def cursor(self) -> str:
        """The time to ask for next time, as `since`."""
        return format_position(self.last)

    def pages(self) -> Iterator[tuple[list[bytes], int]]:
        """Lines, each with its line break, and the position up to which they are all."""
        reader = _reader()
        position: int | None = None
        while True:
            page = reader.page(self.query, position, self.caller, with_voided=self.with_voided)
            position = page.last
            lines = [on_one_line(statement) + b"\n" for statement in page.statements]
            yield lines, self.last if position is None else position
            if position is None:
                return


def begin(
    provider_id: int | None,
    filters: Mapping[str, str],
    after: int | None = None,
    *,
    with_voided: bool = False,
) -> Export:
    """An export of one provider's statements or everybody's, up to now; `filters` are those of FILTERS.

    `after` is a position that was reached before. Voided statements are left out, as by GET, unless they are
    asked for too. Raises NotExported for a filter of a wrong form, and a provider that there is not.
    """
    if provider_id is not None:
        with database.reading() as connection:
            if provider_id not in courses.provider_names(connection):
                raise NotExported(f"there is no provider {provider_id}")
    try:
        query = queries.read([*filters.items(), ("ascending", "true")], V1)
    except Refusal as refusal:
        fault = refusal.faults[0]
        raise NotExported(f"--{fault.path}: {fault.message}; got {fault.got}") from None
    last = _reader().through()
    if query.until is not None:
        last = min(last, int(query.until // 1000))
    first = 0 if query.since is None else min(int(query.since // 1000), _LATEST)
    first = max(first, after or 0)
    # With nothing left to give, the cursor stays where it was.
    last = max(first, last)
    query = replace(query, since=first * 1000, until=last * 1000)
    scope = "all/read" if provider_id is None else "statements/read/mine"
    return Export(query, Caller(OPERATOR, provider_id or 0, frozenset({scope})), first, last, with_voided)


def reached(path: Path) -> int | None:
    """The position of the last statement that stands whole in a file; what follows it is taken away.

    None where there is no file or no whole line in it, and for a device or a pipe. Raises NotExported, and
    changes nothing then.
    """
    if path.exists() and not path.is_file():
        return None
    try:
        file = open(path, "r+b")  # noqa: SIM115 - closed below
    except FileNotFoundError:
        return None
    with file:
        line, end = _last_line(file)
        if not line:
            _demand_beginning(file, path)
        position = _position(line, path) if line else None
        file.truncate(end)
    return position


def _last_line(file: BinaryIO) -> tuple[bytes, int]:
    """The last line that ends in a line break, and where it ends; nothing and 0 where there is none."""
    size = file.seek(0, os.SEEK_END)
    tail, begin = b"", size
    while begin > 0 and tail.count(b"\n") < 2:
        before, begin = begin, max(begin - _TAIL, 0)
        file.seek(begin)
        tail = file.read(before - begin) + tail
    end = tail.rfind(b"\n") + 1
    return tail[tail.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end], begin + end if end else 0


def _demand_beginning(file: BinaryIO, path: Path) -> None:
    """What has no line break may be a statement that was cut off, or somebody's file of another kind."""
    file.seek(0)
    text = file.read(_LONGEST_FRAGMENT + 1)
    if text and (not text.startswith(b"{") or len(text) > _LONGEST_FRAGMENT):
        raise NotExported(f"{path} is there and does not begin with an exported statement")
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return
    _position(text, path)


def _position(line: bytes, path: Path) -> int:
    try:
        stored = timestamps.parse(msgspec.json.decode(line, type=_Last).stored, V1)
    except (msgspec.DecodeError, UnicodeError):
        stored = None
    if stored is None:
        raise NotExported(f"{path} is there and does not end in an exported statement")
    return int(stored // 1000)


def _reader() -> Reader:
    reader: Reader = current_app.extensions["lms_tracker.reader"]
    return reader
