"""The differences between SQLite and PostgreSQL in bulk work, in one place.

Bulk work talks to the driver on SQLAlchemy's own connection, inside its transaction. On PostgreSQL many rows
go by COPY and few by one INSERT, on SQLite by several of those. Statements come from closed lists of table
and column names, never from input.
"""

from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table

from lms_tracker.store.connections import driver

# Below this many rows of a table one INSERT beats the round trips of COPY. So many rows of the widest table
# stay far from the 65,535 variables that PostgreSQL takes in one statement.
COPY_FROM = 24
# SQLite allows 32,766 variables in a statement, PostgreSQL 65,535.
CHUNK = 5_000
# How many rows SQLite takes in one INSERT; as many as there are where they are few.
SIZES = (128, 64, 32, 16)

Row = tuple[Any, ...]


def is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


@lru_cache
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...], mark: str, rows: int, ignore: bool) -> str:
    row = "(" + ",".join([mark] * len(columns)) + ")"
    # Whoever fails gives up the transaction: without this SQLite keeps the former state of each page of a
    # statement of many rows, to take back that statement alone.
    insert = "INSERT OR FAIL" if mark == "?" else "INSERT"
    tail = " ON CONFLICT DO NOTHING" if ignore else ""
    return f"{insert} INTO {table} ({','.join(columns)}) VALUES {','.join([row] * rows)}{tail}"


def _insert_together(
    at_driver: Any, table: str, columns: tuple[str, ...], rows: Sequence[Row], *, ignore: bool
) -> None:
    """On SQLite: many rows in few statements, of sizes that are few, so that all stay prepared.

    The driver gives up Python's lock twice for each row of `executemany`, and other threads that work take it
    each time while the database waits, locked.
    """
    start, left = 0, len(rows)
    while left:
        size = left if left < SIZES[-1] else next(size for size in SIZES if size <= left)
        at_driver.execute(
            _insert(table, columns, "?", size, ignore), list(chain.from_iterable(rows[start : start + size]))
        )
        start, left = start + size, left - size


@contextmanager
def together(connection: Connection, tables: Iterable[Sized]) -> Iterator[None]:
    """Send the bulk writes of the block at once where each of `tables` has few rows; they answer nothing.

    On PostgreSQL every answer waited for is a change of process while others wait for the lock.
    """
    if is_postgresql(connection) and all(len(rows) < COPY_FROM for rows in tables):
        with driver(connection).pipeline():
            yield
    else:
        yield


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """On PostgreSQL: what the block asks is on its way to the server before its answer is waited for."""
    with driver(connection).pipeline():
        yield


def commit(connection: Connection) -> None:
    """End the transaction with what the block of `together` sends; it is kept when that block has ended.

    So nobody waits for the lock while an answer that says nothing travels.
    """
    driver(connection).commit()


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write `rows`, tuples in the order of the table's columns, in bulk."""
    insert_into(connection, table.name, _columns(table), rows)


def insert_into(connection: Connection, name: str, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Write `rows`, tuples in the order of these columns of a table, in bulk."""
    if not rows:
        return
    at_driver = driver(connection)
    if not is_postgresql(connection):
        _insert_together(at_driver, name, columns, rows, ignore=False)
    elif len(rows) < COPY_FROM:
        with at_driver.cursor() as cursor:
            cursor.execute(
                _insert(name, columns, "%s", len(rows), False), [value for row in rows for value in row]
            )
    else:
        statement = f"COPY {name} ({','.join(columns)}) FROM STDIN"
        with at_driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write those of `rows` whose key is not there yet; the others change nothing."""
    if not rows:
        return
    name, columns = table.name, _columns(table)
    at_driver = driver(connection)
    if not is_postgresql(connection):
        _insert_together(at_driver, name, columns, rows, ignore=True)
        return
    with at_driver.cursor() as cursor:
        for part in chunks(rows, CHUNK):
            values = [value for row in part for value in row]
            cursor.execute(_insert(name, columns, "%s", len(part), True), values)


def new_numbers(connection: Connection, table: Table, count: int) -> list[int]:
    """Numbers for so many new rows of a table whose `id` the database would give itself.

    On SQLite only the one writer may ask.
    """
    if is_postgresql(connection):
        ask = f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) FROM generate_series(1, ?)"
        return [row[0] for row in rows(connection, ask, [count])]
    ((newest,),) = rows(connection, f"SELECT coalesce(max(id), 0) FROM {table.name}", [])
    return list(range(newest + 1, newest + 1 + count))


def lock_table(connection: Connection, table: Table) -> None:
    """Let nobody else write to a table until the transaction ends; readers go on."""
    # On SQLite there is one writer at a time anyhow.
    if is_postgresql(connection):
        change(connection, f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE", [])


def rows_by_key(
    connection: Connection,
    select: str,
    keys: Sequence[bytes] | Sequence[int],
    *more: Any,
    prepare: bool = True,
) -> list[Row]:
    """Rows of `select`, which holds `{keys}` where the list of keys or ids goes, once or more often.

    `{asked}` stands for the keys as rows of a table with one column, `key`. `more` fills later marks. What is
    not prepared is planned by PostgreSQL for the keys that are asked for.
    """
    kind = "bigint" if keys and isinstance(keys[0], int) else "bytea"
    at_driver = driver(connection)
    found: list[Row] = []
    times = select.count("{keys}") + select.count("{asked}")
    for part in chunks(keys, CHUNK):
        if is_postgresql(connection):
            # Keys and digests are taken as they are, instead of being read from their hexadecimal digits.
            with at_driver.cursor(binary=True) as cursor:
                cursor.execute(
                    select.replace("{keys}", f"= ANY(%s::{kind}[])")
                    .replace("{asked}", f"unnest(%s::{kind}[]) AS asked(key)")
                    .replace("?", "%s"),
                    [*[_array(part)] * times, *more],
                    prepare=prepare,
                )
                found += cursor.fetchall()
        else:
            marks = "IN (" + ",".join("?" * len(part)) + ")"
            table = "(SELECT column1 AS key FROM (VALUES " + ",".join(["(?)"] * len(part)) + ")) AS asked"
            filled = select.replace("{keys}", marks).replace("{asked}", table)
            found += at_driver.execute(filled, [*[*part] * times, *more]).fetchall()
    return found


def rows_by_pair(connection: Connection, select: str, pairs: Sequence[tuple[bytes, bytes]]) -> list[Row]:
    """Rows of `select`, in which `{asked}` stands for the pairs as a table with columns `one`, `other`."""
    at_driver = driver(connection)
    found: list[Row] = []
    for part in chunks(pairs, CHUNK):
        ones, others = zip(*part, strict=True)
        if is_postgresql(connection):
            asked = "unnest(%s::bytea[], %s::bytea[]) AS asked(one, other)"
            with at_driver.cursor(binary=True) as cursor:
                filled = select.format(asked=asked)
                found += cursor.execute(filled, [_array(ones), _array(others)], prepare=True).fetchall()
        else:
            marks = ",".join(["(?,?)"] * len(part))
            asked = f"(SELECT column1 AS one, column2 AS other FROM (VALUES {marks})) AS asked"
            found += at_driver.execute(select.format(asked=asked), [*chain(*part)]).fetchall()
    return found


def _array(values: Sequence[Any]) -> str:
    """An array as PostgreSQL reads it; the driver asks of each element what it is, which takes far longer."""
    if values and isinstance(values[0], int):
        return "{" + ",".join(map(str, values)) + "}"
    return "{" + ",".join([f'"\\\\x{key.hex()}"' for key in values]) + "}"


def listed(connection: Connection, types: Sequence[str], rows: Sequence[Row]) -> tuple[str, list[Any]]:
    """Rows for an INSERT to write, with the values for its marks; columns of PostgreSQL's `types`.

    Keys and integers only. Of PostgreSQL the text is the same for any number of rows, so that it stays
    prepared.
    """
    if is_postgresql(connection):
        return f"SELECT * FROM {_unnested(types)}", [_array(column) for column in zip(*rows, strict=True)]
    row = f"({','.join('?' * len(types))})"
    return f"VALUES {','.join([row] * len(rows))}", list(chain.from_iterable(rows))


def change_rows(
    connection: Connection, one: str, all_at_once: str, types: Sequence[str], rows: Sequence[Row]
) -> None:
    """Run one UPDATE or DELETE for each row of values, as on SQLite, or, on PostgreSQL, for all at once.

    `{rows}` in the latter stands for the rows as a table's expression; see `listed` for `types`.
    """
    if not rows:
        return
    if is_postgresql(connection):
        values = [_array(column) for column in zip(*rows, strict=True)]
        change(connection, all_at_once.format(rows=_unnested(types)), values)
    else:
        driver(connection).executemany(one, rows)


def _unnested(types: Sequence[str]) -> str:
    return f"unnest({', '.join(f'?::{name}[]' for name in types)})"


def rows(connection: Connection, select: str, values: Sequence[Any]) -> list[Row]:
    """Rows of `select`, with `?` as its marks, straight from the driver and prepared by the server."""
    at_driver = driver(connection)
    if not is_postgresql(connection):
        return list(at_driver.execute(select, values).fetchall())
    with at_driver.cursor() as cursor:
        cursor.execute(select.replace("?", "%s"), values, prepare=True)
        return list(cursor.fetchall())


def as_date(value: Any) -> date | None:
    """A day as the driver answers it: SQLite's gives text, PostgreSQL's a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def rows_of_each(connection: Connection, selects: Sequence[str]) -> list[list[Row]]:
    """Rows of each of several SELECTs without values, asked in one message, one after the other."""
    at_driver = driver(connection)
    if not is_postgresql(connection):
        return [list(at_driver.execute(select).fetchall()) for select in selects]
    with at_driver.cursor() as cursor:
        cursor.execute("; ".join(selects))
        found = [list(cursor.fetchall())]
        while cursor.nextset():
            found.append(list(cursor.fetchall()))
        return found


def equals_without_index(connection: Connection, column: str) -> str:
    """The condition that a column is what `?` stands for, which no index is chosen for."""
    # PostgreSQL has no index for this but knows how many rows it leaves; of an expression it expects too few.
    return f"{column} IS NOT DISTINCT FROM ?" if is_postgresql(connection) else f"+{column} = ?"


def differs(connection: Connection, one: str, other: str) -> str:
    """The condition that two values are not the same, nothing being the same as nothing."""
    return f"{one} {'IS DISTINCT FROM' if is_postgresql(connection) else 'IS NOT'} {other}"


def change(connection: Connection, statement: str, values: Sequence[Any]) -> int:
    """Run one INSERT, UPDATE or DELETE with `?` as its marks; answers how many rows it touched."""
    at_driver = driver(connection)
    if not is_postgresql(connection):
        return int(at_driver.execute(statement, values).rowcount)
    with at_driver.cursor() as cursor:
        cursor.execute(statement.replace("?", "%s"), values, prepare=True)
        return int(cursor.rowcount)


def change_by_key(connection: Connection, statement: str, keys: Sequence[bytes]) -> None:
    """Run one UPDATE or DELETE, which holds `{keys}` where the list of keys goes."""
    for part in chunks(keys, CHUNK):
        if is_postgresql(connection):
            change(connection, statement.format(keys="= ANY(?::bytea[])"), [_array(part)])
        else:
            change(connection, statement.format(keys=f"IN ({','.join('?' * len(part))})"), part)


def change_many(connection: Connection, statement: str, values: Sequence[Row]) -> None:
    """Run one INSERT, UPDATE or DELETE with `?` as its marks once for each row of values."""
    if not values:
        return
    at_driver = driver(connection)
    if not is_postgresql(connection):
        at_driver.executemany(statement, values)
        return
    with at_driver.cursor() as cursor:
        cursor.executemany(statement.replace("?", "%s"), values)


def chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
