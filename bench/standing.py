"""From a statement's answer to its credit standing, at a steady load of half of what comes in at most."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from itertools import islice, pairwise
from typing import Any

from bench import credit, door, statements
from bench.connections import ServiceFailed, drive
from bench.databases import Databases, Fresh, application
from bench.measures import percentiles
from bench.service import Service, running
from lms_tracker.actions.providers import authenticate

SECONDS_OF_A_STEP = 0.1
SECONDS_TO_COUNT = 60


def standing(databases: Databases, batches: int, seconds: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Milliseconds from the moment at which statements were sent to that at which their credit is written.

    Jobs run beside the door. So many `batches` as fast as they are taken tell what half of that is.
    """
    tell(f"{databases.kind}: the most that comes in beside the jobs")
    most = door.post(databases, batches * door.BATCH, door.BATCH, 90, with_jobs=True).rate
    tell(f"{databases.kind}: {seconds} s at half of that")
    database = databases.fresh()
    try:
        with application(database.url):
            caller = authenticate(database.credential.key, database.credential.secret)
            if caller is None:
                raise ServiceFailed("the bench's credential is not known")
            credit.import_catalogue(caller.provider_id)
        with running(database, with_jobs=True) as service:
            # The door is open before the jobs have started.
            _post(service, door.BATCH, 1, seed=92)
            _wait(databases, database)
            sent = _post(service, most / 2, seconds)
            _wait(databases, database)
        written = _written(databases, database)
    finally:
        databases.drop(database)
    waited = [(written[one] - at) / 1000 for one, at in sent.items()]
    return {
        "most_per_second": round(most),
        "per_second": round(len(sent) / seconds),
        "statements": len(sent),
        "ms": percentiles(waited),
    }


def _post(service: Service, rate: float, seconds: int, seed: int = 91) -> dict[bytes, int]:
    """Statement ids with the microsecond at which they were sent, which is before the answer."""
    made = statements.stream(seed)
    steps = round(seconds / SECONDS_OF_A_STEP)
    wanted = [int((step + 1) * SECONDS_OF_A_STEP * rate / door.BATCH) for step in range(steps)]
    sent: dict[bytes, int] = {}
    started = time.perf_counter()
    for step, (before, until) in enumerate(pairwise([0, *wanted])):
        batches = [list(islice(made, door.BATCH)) for _ in range(until - before)]
        requests = [service.post(batch) for batch in batches]
        time.sleep(max(0.0, started + step * SECONDS_OF_A_STEP - time.perf_counter()))
        now = time.time_ns() // 1000
        sent |= {uuid.UUID(one["id"]).bytes: now for batch in batches for one in batch}
        if requests:
            drive(service.port, requests, door.BATCH_CONNECTIONS)
    return sent


def _wait(databases: Databases, database: Fresh) -> None:
    deadline = time.monotonic() + SECONDS_TO_COUNT
    while databases.count(database, "due_marks"):
        if time.monotonic() > deadline:
            raise ServiceFailed(f"learners were not counted within {SECONDS_TO_COUNT} s")
        time.sleep(0.1)


def _written(databases: Databases, database: Fresh) -> dict[bytes, int]:
    connection = databases.connect(database)
    try:
        rows = connection.execute("SELECT statement_id, min(written_us) FROM ledger GROUP BY statement_id")
        return {bytes(row[0]): int(row[1]) for row in rows.fetchall()}
    finally:
        connection.close()
