"""What the database could do at most: the rows that the service writes, inserted raw by the driver.

The rows are taken where the service hands them to the driver, so they are the very same for the very same
statements, and go into the same tables and indexes of our own migrations. Left out is everything that is not
an insert: the lock and move of the horizon, looking for ids that are stored already, HTTP, validation.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Table

from bench.connections import ServiceFailed
from bench.databases import Databases, application
from lms_tracker.actions.providers import authenticate
from lms_tracker.store import dialects
from xapi import batches

Rows = list[tuple[Any, ...]]
COPY_FROM = 10


@dataclass(slots=True)
class Transaction:
    """The rows of one transaction of the service: (table, columns, rows) in the order of writing."""

    inserts: list[tuple[str, tuple[str, ...], Rows]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inserted:
    statements: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.statements / self.seconds


@contextmanager
def _overheard(transactions: list[Transaction]) -> Iterator[None]:
    """Note every row that goes to the driver while the block runs."""
    originals = dialects.insert, dialects.insert_new

    def noting(write: Any) -> Any:
        def note(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
            if rows:
                columns = tuple(column.name for column in table.columns)
                transactions[-1].inserts.append((table.name, columns, list(rows)))
            write(connection, table, rows)

        return note

    dialects.insert, dialects.insert_new = map(noting, originals)
    try:
        yield
    finally:
        dialects.insert, dialects.insert_new = originals


def rows_of(databases: Databases, made: Sequence[dict[str, Any]], batch: int) -> list[Transaction]:
    """What the service writes for these statements, `batch` at a time, one transaction for each."""
    database = databases.fresh()
    transactions: list[Transaction] = []
    try:
        with application(database.url), _overheard(transactions):
            caller = authenticate(database.credential.key, database.credential.secret)
            if caller is None:
                raise ServiceFailed("the bench's credential is not known")
            recorder = current_app.extensions["lms_tracker.recorder"]
            for start in range(0, len(made), batch):
                transactions.append(Transaction())
                body = json.dumps(made[start : start + batch], ensure_ascii=False).encode()
                recorder.record(batches.read(body, version="1.0.3"), caller, "1.0.3")
    finally:
        databases.drop(database)
    return transactions


def insert(databases: Databases, transactions: list[Transaction], connections: int = 1) -> Inserted:
    """Insert the rows into a fresh database, one transaction after the other on each connection."""
    write = _write_sqlite if databases.kind == "sqlite" else _write_postgresql
    expected = sum(len(rows) for one in transactions for name, _, rows in one.inserts if name == "statements")
    database = databases.fresh()
    opened = [databases.connect(database) for _ in range(connections)]
    try:
        failures: list[Exception] = []
        workers = [
            threading.Thread(
                target=_work, args=(write, connection, transactions[number::connections], failures)
            )
            for number, connection in enumerate(opened)
        ]
        started = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        seconds = time.perf_counter() - started
        if failures:
            raise failures[0]
        if (stored := databases.count(database, "statements")) != expected:
            raise ServiceFailed(f"inserted {expected} statements, the database holds {stored}")
    finally:
        for connection in opened:
            connection.close()
        databases.drop(database)
    return Inserted(expected, seconds)


def _work(write: Any, connection: Any, transactions: list[Transaction], failures: list[Exception]) -> None:
    try:
        for transaction in transactions:
            write(connection, transaction)
    except Exception as error:
        failures.append(error)


def _write_sqlite(connection: Any, transaction: Transaction) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, columns, rows in transaction.inserts:
        marks = ",".join("?" * len(columns))
        connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
    connection.execute("COMMIT")


def _write_postgresql(connection: Any, transaction: Transaction) -> None:
    # COPY is not for a row or two, and those gain by going out together.
    is_small = all(len(rows) < COPY_FROM for _, _, rows in transaction.inserts)
    together = connection.pipeline() if is_small else nullcontext()
    with together, connection.cursor() as cursor:
        for table, columns, rows in transaction.inserts:
            names = ",".join(columns)
            if table in ("verbs", "activities", "actors"):
                # COPY knows no ON CONFLICT, and two connections may meet one name.
                marks = ",".join(["(" + ",".join(["%s"] * len(columns)) + ")"] * len(rows))
                cursor.execute(
                    f"INSERT INTO {table} ({names}) VALUES {marks} ON CONFLICT DO NOTHING",
                    [value for row in rows for value in row],
                )
            elif not is_small:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ",".join(["%s"] * len(columns))
                for row in rows:
                    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row, prepare=True)
    connection.commit()
