"""Databases of any size, filled past the door: the service's own rows for one block, copied under new names.

The service writes a block of 20,000 statements once, and every row is overheard. For each block those rows
are written with other ids, learners, registrations and positions, in the texts of the statements too. So a
larger database has more learners, each with as many statements as in a small one. Due marks are left out: the
jobs would have removed them by then.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from bench import limit, statements
from bench.databases import Databases, Fresh
from xapi.actors import identify
from xapi.keys import format_id

Row = tuple[Any, ...]
Statement = dict[str, Any]

BLOCK = statements.BLOCK
LEFT_OUT = ("due_marks",)
# The positions of a block lie within so many microseconds, as if 200 statements came in each second.
SPAN_US = BLOCK * 5_000
# What is a block's own in a text: UUIDs, and the numbers of learners' accounts.
OWN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d{6,9}\b)")


def _uuid_in(block: int, uuid: bytes) -> bytes:
    made = bytearray(blake2b(uuid, digest_size=16, salt=block.to_bytes(8, "big")).digest())
    made[6], made[8] = made[6] & 0x0F | 0x40, made[8] & 0x3F | 0x80
    return bytes(made)


def _text_in(block: int, text: str) -> str:
    """A text with what is a block's own replaced by what it is in this block."""
    return "".join(_own_in(block, part) for part in OWN.split(text))


def _own_in(block: int, part: str) -> str:
    if not OWN.fullmatch(part):
        return part
    if "-" in part:
        return format_id(_uuid_in(block, bytes.fromhex(part.replace("-", ""))))
    return str(int(part) + block * statements.LEARNERS_OF_A_BLOCK)


@dataclass(slots=True)
class _Table:
    """A table's rows in the first block, and the places in them that are a block's own."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def in_block(self, block: int, known: dict[bytes, bytes], shift: int) -> list[Row]:
        """Rows of this block; those that all blocks have in common come with the first alone."""
        change = [_change(column, block, known, shift) for column in self.columns]
        made = [
            tuple([value if turn is None else turn(value) for turn, value in zip(change, row, strict=True)])
            for row in self.rows
        ]
        if self.name in ("verbs", "activities", "actors", "definitions"):
            made = [new for new, row in zip(made, self.rows, strict=True) if block == 0 or new[0] != row[0]]
        return made


def _change(column: str, block: int, known: dict[bytes, bytes], shift: int) -> Callable[[Any], Any] | None:
    if column == "position":
        return lambda value: value + shift
    if column in ("body", "identifier"):
        return lambda value: _text_in(block, value)
    if column in ("key", "statement_id", "target_id", "actor_key", "registration"):
        return lambda value: known.get(value, value)
    return None


class Filling:
    """What the service wrote for one block, ready to be written again and again."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._made = statements.block()
        self._tables: dict[str, _Table] = {}
        for transaction in limit.rows_of(databases, self._made, 1_000):
            for name, columns, rows in transaction.inserts:
                if name not in LEFT_OUT:
                    self._tables.setdefault(name, _Table(name, columns)).rows.extend(rows)
        positions = [row[1] for row in self._tables["statements"].rows]
        self._first, self._last = min(positions), max(positions)

    def fill(self, blocks: int, tell: Callable[[int], None]) -> Fresh:
        """A fresh database of so many blocks; `tell` is called after each. The newest statement is new."""
        database = self._databases.fresh()
        loader = self._databases.loader(database)
        for block in range(blocks):
            known = self._known(block)
            shift = (block + 1 - blocks) * SPAN_US
            for table in self._tables.values():
                loader.write(table.name, table.columns, table.in_block(block, known, shift))
            tell(block)
        loader.finish(self._last)
        return database

    def _known(self, block: int) -> dict[bytes, bytes]:
        uuids = [statement["id"] for statement in self._made]
        uuids += {s["context"]["registration"] for s in self._made if "registration" in s.get("context", ())}
        known = {
            old: _uuid_in(block, old) for old in (bytes.fromhex(text.replace("-", "")) for text in uuids)
        }
        for number in range(statements.LEARNERS_OF_A_BLOCK):
            new = statements.learner(number + block * statements.LEARNERS_OF_A_BLOCK)
            known[identify(statements.learner(number)).key] = identify(new).key
        return known

    def some(self, blocks: int, count: int, chance: random.Random) -> list[Statement]:
        """Statements taken by chance out of a database of so many blocks; none that refers to another."""
        taken = []
        while len(taken) < count:
            statement = chance.choice(self._made)
            if statement["object"]["objectType"] == "Activity":
                text = json.dumps(statement, ensure_ascii=False)
                taken.append(json.loads(_text_in(chance.randrange(blocks), text)))
        return taken
