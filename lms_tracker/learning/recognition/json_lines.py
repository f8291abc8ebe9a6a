"""On which line of a JSON text each value stands, and which keys stand twice in one object."""

import bisect
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

# One step of a path: a member's name or an entry's index.
Path = tuple[str | int, ...]

MOST_DEPTH = 20
MOST_TWICE = 20

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([^\s{}\[\],:"]+))')


class TooDeep(Exception):
    """Objects or lists within each other more often than anything of ours has them."""


@dataclass(slots=True)
class Node:
    """A value: the line it begins on, from 1, and what is in it, by name or index."""

    line: int
    inside: dict[str | int, "Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lines:
    """`twice`: paths of members that stand twice, the first twenty, each with the line of the later one."""

    root: Node
    twice: tuple[tuple[Path, int], ...]

    def of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it where it is not there."""
        node = self.root
        for step in path:
            if step not in node.inside:
                break
            node = node.inside[step]
        return node.line


@dataclass(slots=True)
class _Open:
    """An object or list that is not closed yet; `key` is the name that waits for its value."""

    node: Node
    is_list: bool
    name: str | int
    key: str | None = None


def lines(text: str) -> Lines:
    """The lines of a text that is known to be JSON. Raises TooDeep."""
    ends = [found.start() for found in re.finditer("\n", text)]
    top = Node(1)
    open_: list[_Open] = []
    twice: list[tuple[Path, int]] = []
    for token in _TOKEN.finditer(text):
        mark, string = token[2], token[1]
        if mark and mark in ",:":
            continue
        if mark and mark in "}]":
            open_.pop()
            continue
        line = bisect.bisect_left(ends, token.start(token.lastindex or 0)) + 1
        holder = open_[-1] if open_ else None
        if holder is not None and not holder.is_list and holder.key is None:
            holder.key = _name(string)
            if holder.key in holder.node.inside and len(twice) < MOST_TWICE:
                twice.append(((*_path(open_), holder.key), line))
            continue
        node, name = Node(line), _place(holder)
        if holder is None:
            top = node
        else:
            holder.node.inside[name] = node
        if mark:
            if len(open_) == MOST_DEPTH:
                raise TooDeep
            open_.append(_Open(node, mark == "[", name))
    return Lines(top, tuple(twice))


def _place(holder: _Open | None) -> str | int:
    """What the next value is called in its object, whose name it uses up, or which entry of a list it is."""
    if holder is None:
        return ""
    if holder.is_list:
        return len(holder.node.inside)
    name, holder.key = holder.key or "", None
    return name


def _path(open_: list[_Open]) -> Path:
    return tuple(one.name for one in open_[1:])


def _name(raw: str) -> str:
    name: Any = msgspec.json.decode(raw) if "\\" in raw else raw[1:-1]
    return str(name)


def told(path: Path) -> str:
    """A path as people read it, "indicators[2].title.vi"; long names are cut."""
    found = ""
    for step in path:
        if isinstance(step, int):
            found += f"[{step}]"
        else:
            found += ("." if found else "") + "".join(letter for letter in step[:60] if letter.isprintable())
    return found
