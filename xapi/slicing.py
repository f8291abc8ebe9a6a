"""Where the items of a JSON array begin and end, found without decoding them: in one pass and no memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

_AT_TOP = re.compile(rb'[\[\]{}",]')
_WITHIN = re.compile(rb'\\.|[\[\]{}"]', re.DOTALL)


def item_extents(text: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of each item, the blanks around it included, of the array that `text` begins with.

    Looks at brackets and quotes only and never fails: where the text is not JSON, the extents still follow
    each other and reach to its end or to that of the array.
    """
    begin = at = 1
    while (match := _AT_TOP.search(text, at)) is not None:
        mark = match[0]
        if mark in (b"[", b"{", b'"'):
            at = _end_of(text, match.start())
            continue
        yield begin, match.start()
        if mark != b",":
            return
        begin = at = match.end()
    yield begin, len(text)


def _end_of(text: bytes, at: int) -> int:
    """The end of the object, array or string that begins at `at`; that of the text when it does not end."""
    depth = 0
    in_string = False
    for match in _WITHIN.finditer(text, at):
        mark = match[0]
        if mark == b'"':
            in_string = not in_string
        elif in_string or mark[:1] == b"\\":
            continue
        else:
            depth += 1 if mark in (b"[", b"{") else -1
        if depth <= 0 and not in_string:
            return match.end()
    return len(text)
