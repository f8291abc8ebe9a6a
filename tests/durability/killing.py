"""Kill the server with SIGKILL under load, again and again, and see what is left (I1, I7).

The whole process group dies at once: the workers in the middle of requests, and the jobs in the middle of
crediting. Clients remember what was answered with success; what was not answered is sent again later.
"""

import base64
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from lms_tracker.actions import courses, crediting, providers
from lms_tracker.config import Settings
from lms_tracker.store import database, searches
from lms_tracker.store.searches import Search
from tests.databases import SECRET_KEY, application
from tests.ports import free_port

CLIENTS = 6
ACTIVITY = "https://hoc.example.vn/khoa/"
COURSES = (
    "provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to\n"
    "{provider},K1,Khóa học,https://hoc.example.vn/khoa/,prefix,other,,,measured,,,,\n"
)


@dataclass
class Outcome:
    """What was seen; `lost`, `twice` and `differing` must be empty."""

    kills: int = 0
    answered: int = 0
    sent_again: int = 0
    stored: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)


class Client:
    """Posts batches until told to stop; knows what was answered and what was left in doubt."""

    def __init__(self, port: int, authorization: str, seed: int) -> None:
        self._port, self._authorization = port, authorization
        self._random = random.Random(seed)
        self.answered: set[str] = set()
        self.doubtful: list[list[dict[str, Any]]] = []
        self.unexpected: list[str] = []

    def run(self, stop: threading.Event) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not stop.is_set():
            batch = [self._statement() for _ in range(self._random.randint(1, 12))]
            try:
                self.post(connection, batch)
            except (OSError, http.client.HTTPException):
                self.doubtful.append(batch)
                connection.close()
                time.sleep(0.01)
        connection.close()

    def post(self, connection: http.client.HTTPConnection, batch: list[dict[str, Any]]) -> None:
        headers = {
            "Authorization": self._authorization,
            "Content-Type": "application/json",
            "X-Experience-API-Version": "1.0.3",
        }
        connection.request("POST", "/xapi/statements", json.dumps(batch), headers)
        with connection.getresponse() as answer:
            body = answer.read()
        if answer.status == 200:
            self.answered.update(statement["id"] for statement in batch)
        else:
            self.unexpected.append(f"{answer.status} {body[:200]!r}")

    def _statement(self) -> dict[str, Any]:
        chance = self._random
        end = 1_790_000_000 + chance.randrange(30 * 86_400)
        return {
            "id": str(uuid.uuid4()),
            "actor": {
                "account": {"homePage": "https://lms.example.vn", "name": f"hv-{chance.randrange(40)}"}
            },
            "verb": {"id": "http://adlnet.gov/expapi/verbs/terminated"},
            "object": {"id": f"{ACTIVITY}{chance.randrange(20)}"},
            "result": {"duration": f"PT{chance.randrange(3600)}S"},
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end)),
        }


def kill_again_and_again(
    url: str, kills: int, seed: int = 0, progress: Callable[[int], None] | None = None
) -> Outcome:
    """Serve the migrated, empty database at `url`, kill the server `kills` times, answer what was found."""
    settings, outcome = Settings(database_url=url, secret_key=SECRET_KEY), Outcome()
    with application(settings) as app, app.app_context():
        credential = providers.add_provider("Trung tâm")
        courses.import_courses(COURSES.format(provider=credential.provider).encode())
    token = base64.b64encode(f"{credential.key}:{credential.secret}".encode()).decode()
    port, chance = free_port(), random.Random(seed)
    clients = [Client(port, f"Basic {token}", seed * 1000 + number) for number in range(CLIENTS)]
    for number in range(kills):
        with _serving(url, port) as server:
            _post_for(chance.uniform(0.05, 0.9), clients, lambda server=server: _kill(server))
        outcome.kills += 1
        _see_what_is_there(settings, clients, outcome)
        if progress:
            progress(number + 1)
    with _serving(url, port) as server:
        _send_doubtful(port, clients, outcome)
        _kill(server)
    _see_what_is_there(settings, clients, outcome)
    _see_the_ledger(settings, outcome)
    outcome.answered = sum(len(client.answered) for client in clients)
    outcome.unexpected = [text for client in clients for text in client.unexpected]
    return outcome


def _post_for(seconds: float, clients: list[Client], end: Callable[[], None]) -> None:
    stop = threading.Event()
    threads = [threading.Thread(target=client.run, args=(stop,)) for client in clients]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    end()
    stop.set()
    for thread in threads:
        thread.join()


def _send_doubtful(port: int, clients: list[Client], outcome: Outcome) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for client in clients:
        for batch in client.doubtful:
            client.post(connection, batch)
            outcome.sent_again += 1
        client.doubtful.clear()
    connection.close()


def _see_what_is_there(settings: Settings, clients: list[Client], outcome: Outcome) -> None:
    with application(settings) as app, app.app_context(), database.reading() as connection:
        found = searches.page(connection, Search(ascending=True, limit=10**9))
    ids = [str(uuid.UUID(bytes=statement.statement_id)) for statement in found]
    present = set(ids)
    answered = set().union(*(client.answered for client in clients))
    outcome.stored = len(ids)
    outcome.lost = sorted(answered - present)
    outcome.twice = sorted(one for one in present if ids.count(one) > 1) if len(ids) > len(present) else []


def _see_the_ledger(settings: Settings, outcome: Outcome) -> None:
    """The ledger that stands, brought up to date, must be what is decided from nothing."""
    with application(settings) as app, app.app_context():
        while crediting.recount_due():
            pass
        outcome.differing = [f"{found.person}: {found.what}" for found in crediting.verify().differing]


@contextmanager
def _serving(url: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "LMS_TRACKER_DATABASE_URL": url,
        "LMS_TRACKER_SECRET_KEY": SECRET_KEY,
        "LMS_TRACKER_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "lms_tracker.cli", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(
        [*command, "--with-jobs"], env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_it_answers(port, server)
        yield server
    finally:
        _kill(server)


def _wait_until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                with connection.getresponse() as answer:
                    if answer.status == 200:
                        return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        if server.poll() is not None:
            raise RuntimeError(f"the server ended by itself with status {server.returncode}")
    raise RuntimeError("the server did not answer within a minute")


def _kill(server: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    server.wait()
