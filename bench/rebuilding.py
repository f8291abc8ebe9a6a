"""A rebuild of everybody's credit, compared with reading the same rows of evidence and nothing more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from bench import credit
from bench.connections import ServiceFailed
from bench.databases import SECRET_KEY, Databases, Fresh, application
from bench.filling import Filling
from bench.measures import rates
from bench.statements import BLOCK
from lms_tracker.actions import catalogue, crediting
from lms_tracker.actions.providers import authenticate

PROCESSES = 2
# How often the raw rows are read; the quickest counts, so that what we compare with is no weaker than it is.
READINGS = 3
STEPS = 6


def rebuilding(
    databases: Databases, filling: Filling, stored: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Statements per second: evidence read raw, a rebuild from an empty ledger, and one that changes nothing.

    Per second of the clock, and of this process's own processor time, which others on the machine disturb
    less.
    """
    what = f"{databases.kind}: rebuild of {stored:,}"
    tell(f"{what}, filling")
    database = filling.fill(stored // BLOCK, lambda _: None)
    try:
        with application(database.url):
            caller = authenticate(database.credential.key, database.credential.secret)
            if caller is None:
                raise ServiceFailed("the bench's credential is not known")
            credit.import_catalogue(caller.provider_id)
            catalogue.adopt_policy()
        tell(f"{what}, raw")
        raw = max(_raw(databases, database, stored) for _ in range(READINGS))
        found: dict[str, Any] = {"statements": stored, "raw": _rate(raw)}
        for name in ("from_nothing", "nothing_changed"):
            tell(f"{what}, {name.replace('_', ' ')}")
            with application(database.url):
                found[name] = _rate(_timed(stored, crediting.rebuild))
        tell(f"{what}, nothing changed, {PROCESSES} processes")
        found["nothing_changed_by_processes"] = _by_processes(database, stored)
        _empty(databases, database)
        tell(f"{what}, from nothing, {PROCESSES} processes")
        found["from_nothing_by_processes"] = _by_processes(database, stored)
    finally:
        databases.drop(database)
    return found


def _timed(stored: int, work: Callable[[], object]) -> tuple[float, float]:
    """Statements per second of processor time of this process, and of the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return stored / (time.process_time() - processor), stored / (time.perf_counter() - clock)


def _raw(databases: Databases, database: Fresh, stored: int) -> tuple[float, float]:
    connection = databases.connect(database)

    def read() -> None:
        rows = connection.execute("SELECT * FROM evidence")
        while rows.fetchmany(10_000):
            pass

    try:
        return _timed(stored, read)
    finally:
        connection.close()


def _by_processes(database: Fresh, stored: int) -> dict[str, Any]:
    from lms_tracker.cli import credit_processes

    with _environment(LMS_TRACKER_DATABASE_URL=database.url, LMS_TRACKER_SECRET_KEY=SECRET_KEY):
        started = time.perf_counter()
        credit_processes.rebuild(PROCESSES, lambda done, total: None)
        return rates([stored / (time.perf_counter() - started)])


@contextmanager
def _environment(**values: str) -> Any:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _empty(databases: Databases, database: Fresh) -> None:
    connection = databases.connect(database)
    for table in ("ledger", "totals", "credit_states"):
        connection.execute(f"DELETE FROM {table}")
    connection.commit()
    connection.close()


def _rate(measured: tuple[float, float]) -> dict[str, int]:
    processor, clock = measured
    return {"per_processor_second": round(processor), "per_second": round(clock)}
