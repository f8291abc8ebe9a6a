"""Evidence and ledgers of everybody, each row read once and in the order of persons, for going through all.

PostgreSQL keeps rows where there was room: asked for by key, each of a learner's is on a page of its own, and
each page is fetched again for every learner on it. Here it reads the tables once from the beginning to the
end, sorts, and works on the next rows while those before are decided.

SQLite keeps rows in the order of their keys already, and must not keep one snapshot for long.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from lms_tracker.learning.plain import Row
from lms_tracker.learning.verdicts import Piece
from lms_tracker.store import credit, dialects, due, gathering
from lms_tracker.store.connections import driver

# Rows asked for together. So many are smaller than what the system holds between two processes, so that the
# server has them ready although nobody reads yet.
ROWS_AT_ONCE = 1_000
_KEY = itemgetter(0)

_OWNER = "coalesce(l.person_key, {key})"
_SELECT = (
    f"SELECT {{columns}} FROM {{table}} LEFT JOIN links l ON l.actor_key = {{key}}"
    f" WHERE {_OWNER} > '\\x{{first}}'{{until}}{{more}} ORDER BY {_OWNER}, {{key}}"
)


class OutOfOrder(Exception):
    """Rows of somebody who was not asked for: what follows would be taken for nobody's."""


def is_quicker(connection: Connection) -> bool:
    return dialects.is_postgresql(connection)


class Passage:
    """One passage through the persons above `first` and up to `last`, in the snapshot of a connection.

    `present_providers` are those of `gathering.rows_of`. Persons are asked for in order, nobody left out.
    """

    def __init__(
        self,
        connection: Connection,
        present_providers: Collection[int] | None,
        first: bytes = b"",
        last: bytes | None = None,
    ) -> None:
        self._connection = connection
        at_driver = driver(connection)
        for setting in ("work_mem = '64MB'", "cursor_tuple_fraction = 1"):
            at_driver.execute(f"SET LOCAL {setting}")
        needed = gathering.only_needed(present_providers)
        self._evidence = _Groups(
            at_driver,
            "evidence_passed",
            _select("evidence e", "e.actor_key", gathering.NARROW, needed, first, last),
        )
        columns = f"s.person_key, {credit.PIECE}"
        self._ledger = _Groups(
            at_driver,
            "ledger_passed",
            _select("ledger s", "s.person_key", columns, " AND pieces > 0", first, last),
        )

    def rows_of(self, actors: Mapping[bytes, Sequence[bytes]]) -> dict[bytes, list[Row]]:
        """As `gathering.rows_of`, of the next persons."""
        owner = {actor: person for person, keys in actors.items() for actor in keys}
        found: dict[bytes, list[Row]] = {person: [] for person in actors}
        for actor, rows in self._next(self._evidence, owner, actors):
            found[owner[actor]].extend(rows)
        return found

    def added(self, ledgers: Collection[bytes], persons: Collection[bytes]) -> dict[bytes, list[Piece]]:
        """What was ever added to the ledgers of the next persons, which are theirs and their actors'."""
        groups = self._next(self._ledger, frozenset(ledgers), persons)
        return {ledger: [row[1:] for row in rows] for ledger, rows in groups}

    def _next(
        self, groups: "_Groups", wanted: Collection[bytes], persons: Collection[bytes]
    ) -> Iterator[tuple[bytes, list[dialects.Row]]]:
        """The groups of these persons. Raises OutOfOrder where others come before or between them."""
        while groups.key in wanted:
            yield groups.take()
        until = max(persons, default=b"")
        # Those of a linked actor come with its person, who may be far from it.
        if (
            groups.key is not None
            and groups.key <= until
            and due.person_keys(self._connection, [groups.key])[groups.key] <= until
        ):
            raise OutOfOrder(groups.key.hex())


def _select(table: str, key: str, columns: str, more: str, first: bytes, last: bytes | None) -> str:
    until = "" if last is None else f" AND {_OWNER.format(key=key)} <= '\\x{last.hex()}'"
    return _SELECT.format(columns=columns, table=table, key=key, first=first.hex(), until=until, more=more)


class _Groups:
    """Rows of a SELECT by their first column, as they come; the next are always on their way."""

    def __init__(self, at_driver: Any, name: str, select: str) -> None:
        self._driver = at_driver
        self._fetch = f"FETCH {ROWS_AT_ONCE} FROM {name}"
        at_driver.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {select}")
        self._asked: deque[Any] = deque()
        self._ask()
        self._groups = groupby(chain.from_iterable(self._parts()), _KEY)
        self.key: bytes | None = None
        self._rows: Iterator[dialects.Row] = iter(())
        self._advance()

    def take(self) -> tuple[bytes, list[dialects.Row]]:
        """The next group; `key` is that of the one after it."""
        assert self.key is not None
        taken = self.key, list(self._rows)
        self._advance()
        return taken

    def _advance(self) -> None:
        self.key, self._rows = next(self._groups, (None, iter(())))

    def _ask(self) -> None:
        cursor = self._driver.cursor(binary=True)
        cursor.execute(self._fetch)
        self._asked.append(cursor)

    def _parts(self) -> Iterator[list[dialects.Row]]:
        while True:
            rows = self._asked.popleft().fetchall()
            if not rows:
                return
            self._ask()
            yield rows
