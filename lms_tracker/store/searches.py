"""Finding statements: by id, and by what the GET parameters name, a page at a time."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from lms_tracker.store import dialects

_COLUMNS = "s.statement_id, s.position, s.provider_id, s.version, s.came, s.body"
# A voiding statement cannot itself be voided (xAPI-Data 2.3.2).
_VOIDED = (
    "EXISTS (SELECT 1 FROM voidings v WHERE v.target_id = s.statement_id"
    " AND (v.by_all OR v.provider_id = s.provider_id))"
)
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
    """What to look for; positions in microseconds. `after` and `before` exclude, `until` includes."""

    actor_key: bytes | None = None
    related_actors: bool = False
    verb_key: bytes | None = None
    activity_key: bytes | None = None
    registration: bytes | None = None
    provider_id: int | None = None
    after: int | None = None
    before: int | None = None
    until: int | None = None
    ascending: bool = False
    limit: int = 100

    def going_on(self, cursor: int | None) -> "Search":
        """The same search, after the position where an earlier page ended."""
        if cursor is None:
            return self
        if self.ascending:
            return replace(self, after=cursor if self.after is None else max(self.after, cursor))
        return replace(self, before=cursor)


def by_id(
    connection: Connection, statement_id: bytes, *, voided: bool, provider_id: int | None
) -> Found | None:
    """The statement with this id, if it is voided as asked and, where given, the provider's own."""
    voidance = f"NOT s.is_voiding AND {_VOIDED}" if voided else _STANDING
    owner = "" if provider_id is None else " AND s.provider_id = ?"
    found = dialects.rows(
        connection,
        f"SELECT {_COLUMNS} FROM statements s WHERE s.statement_id = ? AND {voidance}{owner}",
        (statement_id,) if provider_id is None else (statement_id, provider_id),
    )
    return Found(*found[0]) if found else None


def page(connection: Connection, search: Search) -> list[Found]:
    """Statements that stand (are not voided), in the order of `stored`, up to `limit`."""
    source, conditions = "statements s", [_STANDING]
    values: list[bytes | int] = []
    ordered_by = "s.position"
    if search.actor_key is not None:
        source = "statement_actors a JOIN statements s ON s.statement_id = a.statement_id"
        ordered_by = "a.position"
        conditions.append("a.actor_key = ?")
        values.append(search.actor_key)
        if not search.related_actors:
            conditions.append("NOT a.related")
    for column in ("verb_key", "activity_key", "registration", "provider_id"):
        wanted = getattr(search, column)
        if wanted is not None:
            # The plus keeps planners from the provider's index where another key narrows the search more.
            narrower = column == "provider_id" and len(values) > 0
            conditions.append(f"{'+' if narrower else ''}s.{column} = ?")
            values.append(wanted)
    for sign, bound in ((">", search.after), ("<", search.before), ("<=", search.until)):
        if bound is not None:
            conditions.append(f"{ordered_by} {sign} ?")
            values.append(bound)
    order = "ASC" if search.ascending else "DESC"
    select = (
        f"SELECT {_COLUMNS} FROM {source} WHERE {' AND '.join(conditions)}"
        f" ORDER BY {ordered_by} {order} LIMIT ?"
    )
    return [Found(*row) for row in dialects.rows(connection, select, (*values, search.limit))]
