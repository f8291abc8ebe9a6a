"""Statements in a stream of bytes of any length, found one after another without decoding them.

What exports of record stores look like: a statement on each line (JSON Lines), one array, results of GET
statements (`{"statements": [...], "more": ""}`), or several of these after each other, also on lines. The
first line tells whether lines stand for themselves: if so, one that is broken ends where the line ends; if
not, only brackets and quotes tell where a statement ends. Nothing else is looked at: what an item holds, and
whether commas stand between items, is for whoever decodes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# So much is kept of an item that is longer than it may be.
KEPT_OF_LONG = 1_000

_STRING = rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"'
_STRING_OVER_LINES = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
# A string that ends in what is there, or else a quote alone.
_TOKEN_OF_LINES = re.compile(_STRING + rb'|["\[\]{}\n]')
_TOKEN = re.compile(_STRING_OVER_LINES + rb'|["\[\]{}]', re.DOTALL)
_WITHIN_STRING = re.compile(rb'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+')
_WITHIN_STRING_OVER_LINES = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r]*+")
_BLANKS_AND_COMMAS = re.compile(rb"[ \t\r,]*+")
_PLAIN = re.compile(rb"[^ \t\r\n,\]]*+")
_TO_THE_LIST = re.compile(rb"[ \t\r\n]*:[ \t\r\n]*")
_BREAKS = re.compile(rb"[\r\n]+")
_NEWLINE, _QUOTE = b'\n"'
_OPENING, _CLOSING = b"{[", b"}]"
_LIST_NAME = b'"statements"'
# A name that is longer is not the list's; so near to the end of a chunk one is looked at again.
_NAME_BYTES = 64

# Beside the ends of values, which count from 0.
_CUT, _TURNED = -1, -2

Inside = Literal["", "array", "result"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stream stands between two items, as far as it takes to go on from there.

    `offset` counts bytes from 0, `line` lines from 1, `index` items from 0; `lines` is None as long as it is
    not known whether lines stand for themselves.
    """

    offset: int = 0
    line: int = 1
    index: int = 0
    lines: bool | None = None
    inside: Inside = ""


BEGINNING = Place()


@dataclass(frozen=True, slots=True)
class Item:
    """One item's text; of one with more than the bytes allowed only the beginning, `length` has all.

    `line` and `index` are where it begins, as in Place. `finished` is False where the line or the stream
    ended within it; one without text says that an array ended so, between two items.
    """

    text: bytes
    length: int
    line: int
    index: int
    finished: bool
    after: Place


class Splitter:
    """Takes a stream in chunks; holds one chunk and at most `longest` bytes of an item that it began.

    `place` is where the stream that is fed begins.
    """

    def __init__(self, longest: int, place: Place = BEGINNING) -> None:
        self._longest = longest
        self._lines, self._inside, self._index = place.lines, place.inside, place.index
        # `_buffer` begins at `_base`; lines are counted up to `_counted`, offsets within the buffer.
        self._buffer, self._base = b"", place.offset
        self._line, self._counted = place.line, 0
        self._at = 0
        # The part of the buffer of one line that was looked through, what ends it, and where the list's name
        # stands in it for the last time; -1 for nothing.
        self._looked_from = self._looked_to = self._break = self._last_name = -1
        # The value that began, -1 for none; of a long one that was let go, its beginning and length so far.
        self._begin = -1
        self._begin_line = 1
        self._let_go: bytes | None = None
        self._let_go_length = 0
        self._depth, self._in_string, self._plain = 0, False, False
        # In an object at the top: the end of the last string if that was the name of the list, else -1.
        self._name_end = -1
        # After the list of an object at the top: what follows in it is no item.
        self._passing = False

    def feed(self, chunk: bytes) -> Iterator[Item]:
        """The items that end in this chunk; to be used up before the next one is fed."""
        self._buffer += chunk
        yield from self._items(last=False)
        self._trim()

    def finish(self) -> Iterator[Item]:
        """What is left when the stream has ended."""
        yield from self._items(last=True)
        if self._begin >= 0 and not self._passing:
            yield self._item(len(self._buffer), finished=False)
        elif self._inside or self._passing:
            self._begin_value(len(self._buffer))
            yield self._item(len(self._buffer), finished=False)

    def _items(self, last: bool) -> Iterator[Item]:
        while True:
            if self._begin < 0:
                if self._lines and not self._inside and not self._passing:
                    yield from self._whole_lines(last)
                    if self._awaits_line(last):
                        return
                if not self._start():
                    if self._at == len(self._buffer):
                        return
                    continue
            end = self._plain_end(last) if self._plain else self._end()
            if end is None:
                return
            if end >= 0:
                yield self._item(end, finished=True)
            elif end == _CUT:
                yield self._item(self._at, finished=False)
            # Otherwise an object turned out to be a list's, or came to its end.

    def _whole_lines(self, last: bool) -> Iterator[Item]:
        """The quick way through lines that are one item each; ends where a line has to be looked into."""
        buffer = self._buffer
        self._count_to(self._at)
        while self._at < len(buffer):
            end = self._line_end()
            if end < 0:
                if not last:
                    return
                end = len(buffer)
            if self._must_look(end):
                return
            line = buffer[self._at : end].strip(b" \t\r")
            self._begin, self._begin_line = self._at, self._line
            self._at = min(end + 1, len(buffer))
            self._count_to(self._at)
            if line:
                yield self._made(line, len(line), finished=True)
            else:
                self._begin = -1

    def _line_end(self) -> int:
        """The line break after where it stands, -1 for none.

        A line is looked through once for it, and for the list's name, however many values end in it.
        """
        if not self._looked_from <= self._at <= self._looked_to:
            self._looked_from = self._at
            self._break = self._buffer.find(b"\n", self._at)
            self._looked_to = len(self._buffer) if self._break < 0 else self._break
            self._last_name = self._buffer.rfind(_LIST_NAME, self._at, self._looked_to)
        return self._break

    def _must_look(self, end: int) -> bool:
        if end - self._at > self._longest or self._last_name >= self._at:
            return True
        found = _BLANKS.match(self._buffer, self._at)
        return found is not None and self._buffer[found.end() : found.end() + 1] == b"["

    def _awaits_line(self, last: bool) -> bool:
        """Whether the rest of a line has to come before it is known how to read it."""
        rest = len(self._buffer) - self._at
        return not last and rest <= self._longest and self._line_end() < 0

    def _start(self) -> bool:
        """Go to where the next value begins; False when the chunk ends before, or a line to itself begins."""
        if self._passing:
            self._begin_value(self._at)
            self._depth = 1
            return True
        while True:
            blanks = _BLANKS_AND_COMMAS if self._inside else _BLANKS
            found = blanks.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at == len(self._buffer):
                return False
            first = self._buffer[self._at]
            if first == _NEWLINE:
                self._at += 1
                if self._lines is None and (self._inside or self._index):
                    self._lines = not self._inside
                if self._lines and self._inside:
                    self._begin_value(self._at - 1)
                    return self._cut_short()
                if self._lines:
                    return False
            elif not self._inside and first == b"["[0]:
                self._inside, self._at = "array", self._at + 1
            elif self._inside and first == b"]"[0]:
                self._at += 1
                self._passing, self._inside = self._inside == "result", ""
                if self._passing:
                    self._begin_value(self._at)
                    self._depth = 1
                    return True
            else:
                self._begin_value(self._at)
                self._plain = first not in b'{["'
                return True

    def _cut_short(self) -> bool:
        # An array of a line that ends before the array does: told as an item without text.
        self._in_string, self._depth = False, 1
        self._at = self._begin
        return True

    def _begin_value(self, at: int) -> None:
        self._begin = at
        self._count_to(at)
        self._begin_line = self._line
        self._depth, self._in_string, self._plain = 0, False, False
        self._let_go, self._let_go_length, self._name_end = None, 0, -1

    def _count_to(self, at: int) -> None:
        self._line += self._buffer.count(b"\n", self._counted, at)
        self._counted = at

    def _plain_end(self, last: bool) -> int | None:
        """The end of a number or a word, or of whatever else stands where a value should."""
        found = _PLAIN.match(self._buffer, max(self._at, self._begin + 1))
        self._at = end = found.end() if found else len(self._buffer)
        return end if last or end < len(self._buffer) else None

    def _end(self) -> int | None:
        """Read on in the value that began: where it ends, `_CUT`, `_TURNED`, or None when the chunk ends."""
        buffer = self._buffer
        if self._in_string and not self._leave_string():
            return self._broken() if buffer[self._at : self._at + 1] == b"\n" else None
        depth = self._depth
        if depth == 0 and self._at > self._begin:
            # It was a string by itself.
            return self._at
        at_top = not self._inside
        for found in (_TOKEN if self._lines is False else _TOKEN_OF_LINES).finditer(buffer, self._at):
            begin, end = found.span()
            first = buffer[begin]
            self._at = end
            if first == _QUOTE:
                if end - begin == 1:
                    return self._begin_string(depth, begin)
                if depth == 0:
                    return end
                if depth == 1 and at_top:
                    self._name_end = end if found[0] == _LIST_NAME else -1
            elif first in _OPENING:
                if depth == 1 and at_top and first == b"["[0] and self._is_list(begin):
                    self._begin, self._inside, self._passing = -1, "result", False
                    return _TURNED
                depth += 1
                self._name_end = -1
            elif first in _CLOSING:
                depth -= 1
                self._name_end = -1
                if depth <= 0:
                    return self._ended(end)
            elif self._lines is None:
                self._lines = not self._goes_on(begin)
                return self._resume(depth, begin)
            else:
                self._depth, self._at = depth, begin
                return self._broken()
        self._depth, self._at = depth, len(buffer)
        if self._name_end >= 0 and len(buffer) - self._name_end < _NAME_BYTES:
            self._at = self._name_end
        return None

    def _begin_string(self, depth: int, begin: int) -> int | None:
        """A string that does not end in what is there: a short one is looked at again with the next chunk."""
        self._depth = depth
        rest = self._buffer[begin:]
        if len(rest) < _NAME_BYTES and (self._lines is False or b"\n" not in rest):
            self._at = begin
            return None
        self._in_string = True
        return self._end()

    def _resume(self, depth: int, at: int) -> int | None:
        self._depth, self._at = depth, at
        return self._end()

    def _ended(self, end: int) -> int:
        if self._passing:
            self._passing, self._begin = False, -1
            return _TURNED
        return end

    def _is_list(self, begin: int) -> bool:
        """Whether the bracket at `begin` opens the list of a result: `"statements": [`."""
        if self._name_end < 0:
            return False
        found = _TO_THE_LIST.match(self._buffer, self._name_end)
        return found is not None and found.end() == begin

    def _goes_on(self, newline: int) -> bool:
        """Whether the first line break of the stream, which stands within a value, is one of a laid-out text.

        A line of JSON that was laid out ends after a bracket, a comma or a colon; a line of JSON Lines that
        was cut off hardly does.
        """
        if self._inside:
            return True
        return self._buffer[:newline].rstrip(b" \t\r")[-1:] in (b"{", b"[", b",", b":")

    def _leave_string(self) -> bool:
        """Go to the end of the string; False when the chunk, or the line, ends before."""
        within = _WITHIN_STRING_OVER_LINES if self._lines is False else _WITHIN_STRING
        found = within.match(self._buffer, self._at)
        self._at = found.end() if found else self._at
        rest = self._buffer[self._at : self._at + 2]
        if rest[:1] != b'"':
            if rest == b"\\\n":
                self._at += 1
            return False
        self._at += 1
        self._in_string = False
        return True

    def _broken(self) -> int:
        """A line break within a value, at `_at`."""
        if self._lines is None:
            self._lines = True
        if self._passing:
            self._passing, self._begin = False, -1
            return _TURNED
        return _CUT

    def _item(self, end: int, finished: bool) -> Item:
        length = self._let_go_length + end - self._begin
        if self._let_go is not None:
            text = self._let_go
        elif length > self._longest:
            text = self._buffer[self._begin : self._begin + KEPT_OF_LONG]
        else:
            text = self._buffer[self._begin : end].strip(b" \t\r\n")
            length = len(text)
        self._at = end
        if not finished:
            self._inside = ""
        self._count_to(end)
        return self._made(text, length, finished)

    def _made(self, text: bytes, length: int, finished: bool) -> Item:
        index, self._index = self._index, self._index + 1
        self._begin, self._depth, self._in_string = -1, 0, False
        self._let_go, self._let_go_length = None, 0
        after = Place(self._base + self._at, self._line, self._index, self._lines, self._inside)
        return Item(text, length, self._begin_line, index, finished, after)

    def _trim(self) -> None:
        """Let go of what was read, and of the text of a value that is too long or no item."""
        keep = self._at
        if self._begin >= 0 and self._let_go is None and not self._passing:
            if self._at - self._begin <= self._longest:
                keep = self._begin
            else:
                self._let_go = self._buffer[self._begin : self._begin + KEPT_OF_LONG]
                self._let_go_length = 0
        if self._begin >= 0 and keep != self._begin:
            self._let_go_length += keep - self._begin
        self._count_to(max(keep, self._counted))
        self._counted -= keep
        self._buffer = self._buffer[keep:]
        self._looked_from = self._looked_to = -1
        self._base += keep
        self._at -= keep
        if self._begin >= 0:
            self._begin = 0
        self._name_end = max(self._name_end - keep, -1)


def on_one_line(text: bytes) -> bytes:
    """A JSON text as a line may hold it: line breaks stand outside of strings, where they are blanks."""
    return _BREAKS.sub(b" ", text)
