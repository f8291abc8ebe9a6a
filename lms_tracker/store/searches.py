"""Finding statements: by id, and by what the GET parameters name, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import Connection

from lms_tracker.store import dialects, horizon
from lms_tracker.store.references import Kind, provider_key

_COLUMNS = "s.statement_id, s.position, s.provider_id, s.version, s.came, s.body"
# A voiding statement cannot itself be voided (xAPI-Data 2.3.2).
_VOIDED = (
    "EXISTS (SELECT 1 FROM voidings v WHERE v.target_id = s.statement_id"
    " AND (v.by_all OR v.provider_id = s.provider_id))"
)
# Stands for the condition that a statement `s` is the provider's own; its writing depends on the database.
_OWN = "{own}"
_STANDING = f"(s.is_voiding OR NOT {_VOIDED})"


@dataclass(frozen=True, slots=True)
class Found:
    statement_id: bytes
    position: int
    provider_id: int
    version: int
    came: int
    body: str


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; positions in microseconds. `after` and `before` exclude, `until` includes.

    `authority` is the provider whose authority the actor is, where `related_actors` are asked for too.
    `provider_id` limits what may be seen, wherever the search reaches; `version` what is given.
    """

    actor_key: bytes | None = None
    related_actors: bool = False
    authority: int | None = None
    verb_key: bytes | None = None
    activity_key: bytes | None = None
    related_activities: bool = False
    registration: bytes | None = None
    provider_id: int | None = None
    version: int | None = None
    after: int | None = None
    before: int | None = None
    until: int | None = None
    ascending: bool = False
    with_voided: bool = False
    limit: int = 100

    def going_on(self, cursor: int | None) -> "Search":
        """The same search, after the position where an earlier page ended."""
        if cursor is None:
            return self
        if self.ascending:
            return replace(self, after=cursor if self.after is None else max(self.after, cursor))
        return replace(self, before=cursor)


class Seen(NamedTuple):
    """What one SELECT saw, and so at one moment: Consistent-Through, and statements."""

    through: int
    statements: list[Found]


def by_id(connection: Connection, statement_id: bytes, *, voided: bool, search: Search) -> Seen:
    """The statement with this id, if it is voided as asked and one that `search` may see."""
    voidance = f"NOT s.is_voiding AND {_VOIDED}" if voided else _STANDING
    conditions = ["s.statement_id = ?", voidance]
    values: list[bytes | int] = [statement_id]
    for column, wanted in (("provider_id", search.provider_id), ("version", search.version)):
        if wanted is not None:
            conditions.append(f"s.{column} = ?")
            values.append(wanted)
    select = f"SELECT {_COLUMNS} FROM statements s WHERE {' AND '.join(conditions)}"
    return _seen(connection, select, "", values)


def page(connection: Connection, search: Search) -> list[Found]:
    """Statements that stand (are not voided), in the order of `stored`, up to `limit`.

    A statement that is found in more ways than one may come several times in a row.
    """
    select, values = _select(connection, search)
    return [Found(*row) for row in dialects.rows(connection, select, values)]


def first_page(connection: Connection, search: Search) -> Seen:
    """Like `page`, with Consistent-Through of the same moment and without a transaction around it."""
    select, values = _select(connection, search)
    return _seen(connection, select, f" ORDER BY q.position {_order(search)}", values)


def _seen(connection: Connection, select: str, order: str, values: Sequence[bytes | int]) -> Seen:
    # One row comes in any case, with nothing but the horizon when nothing else was found.
    rows = dialects.rows(
        connection,
        f"SELECT h.last, h.newest, q.* FROM ({horizon.OF_HERE}) h LEFT JOIN ({select}) q ON TRUE{order}",
        values,
    )
    through = horizon.seen(rows[0][0], rows[0][1])
    return Seen(through, [Found(*row[2:]) for row in rows if row[2] is not None])


def _order(search: Search) -> str:
    return "ASC" if search.ascending else "DESC"


def _select(connection: Connection, search: Search) -> tuple[str, list[bytes | int]]:
    # The limit is written out: a plan that PostgreSQL keeps for any limit expects a tenth of the table.
    ending, limit = _order(search), int(search.limit)
    parts: list[str] = []
    values: list[bytes | int] = []
    for source in _sources(search):
        parts.append(
            f"SELECT * FROM (SELECT {_COLUMNS} FROM {source.tables} WHERE {' AND '.join(source.conditions)}"
            f" ORDER BY {source.ordered_by} {ending} LIMIT {limit}) q{len(parts)}"
        )
        values += source.values
    select = parts[0]
    if len(parts) > 1:
        select = f"SELECT * FROM ({' UNION ALL '.join(parts)}) q ORDER BY position {ending} LIMIT {limit}"
    return select.replace(_OWN, dialects.equals_without_index(connection, "s.provider_id")), values


@dataclass(slots=True)
class _Source:
    """One way to find statements `s`, read in the order of an index that begins with a key."""

    tables: str
    ordered_by: str
    conditions: list[str] = field(default_factory=list)
    values: list[bytes | int] = field(default_factory=list)

    def where(self, condition: str, *values: bytes | int) -> "_Source":
        self.conditions.append(condition)
        self.values += values
        return self


def _sources(search: Search) -> Iterator[_Source]:
    """Ways to find all that is looked for, led by the filter that is likely to be the narrowest."""
    if search.registration is not None:
        yield _direct(search, "registration").where("s.registration = ?", search.registration)
        yield _reached(search, "registration", search.registration, Kind.REGISTRATION)
    elif search.actor_key is not None:
        yield from _by_actor(search, search.actor_key)
    elif search.activity_key is not None:
        yield from _by_activity(search, search.activity_key)
    elif search.verb_key is not None:
        yield _direct(search, "verb_key").where("s.verb_key = ?", search.verb_key)
        yield _reached(search, "verb_key", search.verb_key, Kind.VERB)
    else:
        yield _direct(search, "")


def _by_actor(search: Search, key: bytes) -> Iterator[_Source]:
    kinds, unrelated = [Kind.ACTOR], " AND NOT a.related"
    if search.related_actors:
        kinds, unrelated = [Kind.ACTOR, Kind.RELATED_ACTOR], ""
    tables = "statement_actors a JOIN statements s ON s.statement_id = a.statement_id"
    yield _direct(search, "actor_key", _Source(tables, "a.position")).where(
        f"a.actor_key = ?{unrelated}", key
    )
    yield from (_reached(search, "actor_key", key, kind) for kind in kinds)
    if search.authority is not None:
        yield _direct(search, "actor_key").where("s.provider_id = ?", search.authority)
        yield _reached(search, "actor_key", provider_key(search.authority), Kind.PROVIDER)


def _by_activity(search: Search, key: bytes) -> Iterator[_Source]:
    kinds = [Kind.ACTIVITY, Kind.RELATED_ACTIVITY] if search.related_activities else [Kind.ACTIVITY]
    yield _direct(search, "activity_key").where("s.activity_key = ?", key)
    yield from (_reached(search, "activity_key", key, kind) for kind in kinds)
    if search.related_activities:
        tables = "statement_activities b JOIN statements s ON s.statement_id = b.statement_id"
        source = _direct(search, "activity_key", _Source(tables, "b.position"))
        yield source.where("b.activity_key = ?", key)


def _direct(search: Search, lead: str, source: _Source | None = None) -> _Source:
    """Statements that match themselves; `lead` names the filter that the caller has seen to."""
    source = source or _Source("statements s", "s.position")
    _match(source, search, lead, "s")
    return _may_be_seen(source, search, is_narrow=bool(lead))


def _reached(search: Search, lead: str, key: bytes, kind: Kind) -> _Source:
    """Statements that lead to one which matches (see `actions.references`).

    Of one kind alone: rows of two would have to be read to their end and sorted.
    """
    tables = (
        "reached x JOIN statements s ON s.statement_id = x.statement_id"
        " JOIN statements t ON t.statement_id = x.target_id"
    )
    source = _Source(tables, "x.position")
    source.where(f"x.key = ? AND x.kind = {int(kind)}", key)
    _match(source, search, lead, "t")
    if search.provider_id is not None:
        source.where("t.provider_id = ?", search.provider_id)
    return _may_be_seen(source, search, is_narrow=True)


def _match(source: _Source, search: Search, lead: str, matching: str) -> None:
    """The filters other than the leading one, on the table named `matching`."""
    if search.actor_key is not None and lead != "actor_key":
        unrelated = "" if search.related_actors else " AND NOT m.related"
        condition = (
            "EXISTS (SELECT 1 FROM statement_actors m WHERE m.actor_key = ?"
            f" AND m.position = {matching}.position{unrelated})"
        )
        if search.authority is None:
            source.where(condition, search.actor_key)
        else:
            either = f"({condition} OR {matching}.provider_id = ?)"
            source.where(either, search.actor_key, search.authority)
    if search.activity_key is not None and lead != "activity_key":
        if search.related_activities:
            beside = (
                "EXISTS (SELECT 1 FROM statement_activities n WHERE n.activity_key = ?"
                f" AND n.position = {matching}.position)"
            )
            either = f"({matching}.activity_key = ? OR {beside})"
            source.where(either, search.activity_key, search.activity_key)
        else:
            source.where(f"{matching}.activity_key = ?", search.activity_key)
    if search.verb_key is not None and lead != "verb_key":
        source.where(f"{matching}.verb_key = ?", search.verb_key)


def _may_be_seen(source: _Source, search: Search, *, is_narrow: bool) -> _Source:
    source.where("1 = 1" if search.with_voided else _STANDING)
    if search.provider_id is not None:
        # Planners are kept from the provider's index where another key narrows the search more.
        source.where(_OWN if is_narrow else "s.provider_id = ?", search.provider_id)
    if search.version is not None:
        source.where("s.version = ?", search.version)
    for sign, bound in ((">", search.after), ("<", search.before), ("<=", search.until)):
        if bound is not None:
            source.where(f"{source.ordered_by} {sign} ?", bound)
    return source
