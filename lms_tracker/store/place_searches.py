"""Places by their name: those that begin so first, then those with a later word that does.

Each question is answered by an index or by one pass over the places of a level, and gives few rows.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from lms_tracker.learning.places import Level, Sought
from lms_tracker.store import dialects, schema
from lms_tracker.store.places import COLUMNS, Place, in_force, read, within

# From so many letters on, names are also looked through for later words.
LETTERS_OF_A_LATER_WORD = 2

_TABLE = schema.places


@dataclass(frozen=True, slots=True)
class Where:
    """What is searched: the places of a day, of some levels, below a path where one is given."""

    on: date
    levels: Collection[int] = tuple(Level)
    under: str | None = None


def search(connection: Connection, wanted: Sought, where: Where, limit: int) -> list[Place]:
    """At most `limit` places with this name, higher levels first; at each level names in their order."""
    found = _read(connection, [*_conditions(wanted, where), *_beginning(wanted)], limit)
    # Local places of the whole country may be a hundred thousand: only those of one unit are looked through.
    levels = [level for level in where.levels if level < Level.LOCAL or where.under is not None]
    if len(found) < limit and levels and len(wanted.folded) >= LETTERS_OF_A_LATER_WORD:
        conditions = _conditions(wanted, replace(where, levels=levels))
        later = _read(connection, [*conditions, *_later(connection, wanted)], limit)
        known = {place.id for place in found}
        found += [place for place in later if place.id not in known][: limit - len(found)]
    return found


def _conditions(wanted: Sought, where: Where) -> list[ColumnElement[bool]]:
    conditions = [_TABLE.c.level.in_(sorted(where.levels)), in_force(where.on)]
    if where.under is not None:
        conditions.append(within(_TABLE.c.path, where.under))
    if wanted.kinds is not None:
        conditions.append(_TABLE.c.kind.in_(sorted(wanted.kinds)))
    return conditions


def _beginning(wanted: Sought) -> list[ColumnElement[bool]]:
    conditions = [_begins(_TABLE.c.search, wanted.folded)]
    if wanted.spelled is not None:
        conditions.append(_begins(_TABLE.c.spelling, wanted.spelled))
    return conditions


def _begins(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """A range, which an index answers; what is next to the text in its order ends with the next letter."""
    following = ord(text[-1]) + 1
    # Halves of surrogate pairs are no characters.
    following = 0xE000 if 0xD800 <= following <= 0xDFFF else following
    if following > 0x10FFFF:
        return column >= text
    return (column >= text) & (column < text[:-1] + chr(following))


def _later(connection: Connection, wanted: Sought) -> list[ColumnElement[bool]]:
    position = func.strpos if dialects.is_postgresql(connection) else func.instr
    # What the index holds is asked first, also where marks decide.
    conditions = [position(_TABLE.c.search, " " + wanted.folded) > 0]
    if wanted.spelled is not None:
        conditions.append(position(_TABLE.c.spelling, " " + wanted.spelled) > 0)
    return conditions


def _read(connection: Connection, conditions: list[ColumnElement[bool]], limit: int) -> list[Place]:
    # The shortest of the names that begin so comes first, which is the name itself.
    order = _TABLE.c.level, _TABLE.c.search, _TABLE.c.sort_key, _TABLE.c.id
    return read(connection, select(*COLUMNS).where(*conditions).order_by(*order).limit(limit))
