"""schemathesis: requests made of the OpenAPI document, right ones and wrong ones, against a live server.

A command and no part of `make test`: the extra `fuzz` brings a dozen packages that nothing else here needs,
and a live server with some hundred requests for each operation is too slow for every run. There test_fuzz.py
asks at the same doors without it, and tests/web/test_web_openapi.py holds the document against the service.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import hypothesis.errors
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms_tracker.actions import providers
from lms_tracker.config import Settings
from tests import databases
from tests.fuzz.marathon import Count
from tests.ports import free_port
from tests.torture.servers import kill_group, wait_until_it_answers

# Of one operation and one kind of requests in a row.
CASES_IN_A_ROW = 100
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
# Said by the server before we are asked: an address or a head of more than it reads.
OF_THE_SERVER = (414, 431)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def run(url: str, count: Count, cases: int, write: Callable[[str], None]) -> None:
    """Serve the migrated database at `url` and ask until `count.schemathesis` is `cases`."""
    settings = Settings(database_url=url, secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app, app.app_context():
        made = providers.add_provider("Trung tâm", ["all"])
    with _serving(url) as address, requests.Session() as session, warnings.catch_warnings():
        # It warns of shapes that it draws less well.
        warnings.simplefilter("ignore")
        session.auth = (made.key, made.secret)
        schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")
        operations = [found.ok() for found in schema.get_all_operations()]
        turn = 0
        while count.schemathesis < cases:
            for operation in operations:
                for mode in MODES:
                    failure = _row(operation, mode, session, count, turn)
                    if failure is not None and failure not in count.known:
                        count.failures.append({"key": failure, "round": f"schemathesis {turn}"})
                        write(f"FAILURE {failure}")
            turn += 1
            write(f"schemathesis: {count.schemathesis} of {cases} cases")


def _row(
    operation: Any, mode: GenerationMode, session: requests.Session, count: Count, turn: int
) -> str | None:
    """Some requests of one operation; the failure they found, in words."""

    @hypothesis.seed(count.seed * 1_000_000 + turn)
    @hypothesis.settings(
        max_examples=CASES_IN_A_ROW,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def each(case: Any) -> None:
        count.schemathesis += 1
        answer = case.call(session=session)
        status = f"schemathesis {answer.status_code}"
        count.statuses[status] = count.statuses.get(status, 0) + 1
        if answer.status_code not in OF_THE_SERVER:
            case.validate_response(answer, checks=CHECKS)

    try:
        each()
    except hypothesis.errors.Unsatisfiable:
        # Nothing can be wrong about a request that has no part to be wrong in.
        return None
    except (schemathesis.core.failures.FailureGroup, hypothesis.errors.Flaky) as error:
        found = getattr(error, "exceptions", (error,))[0]
        return f"{operation.label}: {str(found)[:1500]}\n{error}"[:4000]
    return None


@contextmanager
def _serving(url: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("LMS_TRACKER_")},
        "LMS_TRACKER_DATABASE_URL": url,
        "LMS_TRACKER_SECRET_KEY": databases.SECRET_KEY,
        "LMS_TRACKER_BASE_URL": address,
        "LMS_TRACKER_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "lms_tracker.cli", "serve", "--port", str(port), "--workers", "1"]
    server = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        if not wait_until_it_answers(port, server):
            raise RuntimeError(f"the server ended by itself with status {server.returncode}")
        yield address
    finally:
        kill_group(server)
