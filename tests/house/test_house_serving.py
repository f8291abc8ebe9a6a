"""The server as the outside starts and ends it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from granian.server import MPServer

from lms_tracker import serving
from lms_tracker.cli import main
from tests import databases
from tests.ports import free_port

Start = Callable[..., "Service"]


class Service:
    """`lms-tracker serve` in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    def get(self, path: str) -> int:
        return self.request("GET", path)

    def request(self, method: str, path: str, body: bytes | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            return connection.getresponse().status

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz") == 200
        return False

    def end(self, how: str) -> None:
        """See it end, told to by Ctrl+C in its terminal or by a service manager."""
        if how == "Ctrl+C":
            os.killpg(self.process.pid, signal.SIGINT)
        else:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not (done := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def gone(processes: list[psutil.Process]) -> bool:
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


def environ(database_url: str) -> dict[str, str]:
    ours = {"DATABASE_URL": database_url, "SECRET_KEY": databases.SECRET_KEY, "LOG_FORMAT": "json"}
    return os.environ | {f"LMS_TRACKER_{name}": value for name, value in ours.items()}


@pytest.fixture
def start(sqlite_url: str, tmp_path: Path) -> Iterator[Start]:
    services: list[Service] = []

    def begin(*options: str, wait: bool = True) -> Service:
        port = free_port()
        log = tmp_path / f"{port}.log"
        workers = () if "--workers" in options else ("--workers", "2")
        words = ["-m", "lms_tracker.cli", "serve", "--port", str(port), *workers, *options]
        with log.open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, *words],
                env=environ(sqlite_url),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        services.append(Service(process, port, log))
        if wait:
            assert until(services[-1].answers), log.read_text()
        return services[-1]

    yield begin
    for service in services:
        family = service.family() if service.process.poll() is None else []
        for process in [service.process, *family]:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                process.kill()
        service.process.wait()
        if service.process.stdout is not None:
            service.process.stdout.close()


def test_the_server_answers_says_where_and_ends_at_sigterm(start: Start) -> None:
    service = start("--with-jobs", "--json")
    assert service.get("/readyz") == 200
    family = service.family()
    assert len(family) >= 3, "two workers and the jobs"
    service.process.send_signal(signal.SIGTERM)
    said, _ = service.process.communicate(timeout=60)
    assert service.process.returncode == 0
    assert json.loads(said) == {"address": f"http://127.0.0.1:{service.port}"}
    assert until(lambda: gone(family))


@pytest.mark.parametrize("how", ["Ctrl+C", "SIGTERM"])
@pytest.mark.parametrize("options", [("--workers", "1"), ("--workers", "2", "--with-jobs")])
def test_the_server_ends_cleanly_however_it_is_told(start: Start, how: str, options: tuple[str, ...]) -> None:
    service = start(*options)
    family = service.family()
    service.end(how)
    assert service.process.returncode == 0
    assert until(lambda: gone(family))
    log = service.log.read_text()
    assert "refused" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("how", ["Ctrl+C", "SIGTERM"])
def test_a_request_that_never_comes_whole_does_not_keep_the_server_from_ending(
    start: Start, how: str
) -> None:
    service = start()
    with socket.create_connection(("127.0.0.1", service.port)) as half:
        half.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
        time.sleep(0.3)
        service.end(how)
    assert service.process.returncode == 0
    assert "refused" not in service.log.read_text()


@pytest.fixture
def post(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The request that stores a statement, head and body."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", sqlite_url)
    added = json.loads(CliRunner().invoke(main, ["provider", "add", "A", "--json"]).stdout)
    login = base64.b64encode(f"{added['key']}:{added['secret']}".encode()).decode()
    body = (
        b'{"actor": {"mbox": "mailto:a@b.vn"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},'
        b' "object": {"id": "https://a.vn/1"}}'
    )
    head = (
        f"POST /xapi/statements HTTP/1.1\r\nHost: a\r\nX-Experience-API-Version: 1.0.3\r\n"
        f"Authorization: Basic {login}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextlib.contextmanager
def in_hand(service: Service, request: bytes) -> Iterator[socket.socket]:
    """A connection whose request a worker has begun to answer."""
    with socket.create_connection(("127.0.0.1", service.port)) as waiting:
        waiting.settimeout(10)
        waiting.sendall(request)
        time.sleep(0.5)
        yield waiting


@pytest.mark.parametrize("how", ["Ctrl+C", "SIGTERM"])
def test_a_request_in_hand_is_answered_before_the_server_ends(
    start: Start, sqlite_url: str, post: bytes, how: str
) -> None:
    service = start()
    writer = sqlite3.connect(
        sqlite_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
    )
    with contextlib.closing(writer):
        writer.execute("BEGIN IMMEDIATE")
        with in_hand(service, post) as waiting:
            stayed = []

            def free() -> None:
                stayed.append(service.process.poll() is None)
                writer.execute("ROLLBACK")

            # Longer than a worker with nothing in hand would stay.
            freeing = threading.Timer(2.5, free)
            freeing.start()
            service.end(how)
            freeing.join()
            assert waiting.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert stayed == [True]
    assert service.process.returncode == 0


def test_a_request_that_waits_for_the_database_does_not_keep_the_server_from_ending(
    start: Start, sqlite_url: str, post: bytes
) -> None:
    service = start()
    writer = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    with contextlib.closing(writer):
        writer.execute("BEGIN IMMEDIATE")
        with in_hand(service, post) as waiting:
            service.end("SIGTERM")
            assert waiting.recv(1000) == b"", "no success for what was not stored"


def test_bodies_that_never_come_and_connections_that_stay_open_keep_nobody_else_out(start: Start) -> None:
    service = start()
    head = b"Host: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for request in [b"POST /sign-in HTTP/1.1\r\n" + head + b"login=a"] * 100 + [
            b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        ] * 150:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            connection.sendall(request)
        assert until(lambda: b"503" in status(service)), "whose body comes is told to try again"
        assert [service.get("/healthz") for _ in range(20)] == [200] * 20


def status(service: Service) -> bytes:
    """The first line of the answer to a form whose body never comes, or nothing within two seconds."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=2) as asking:
        asking.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\na"
        )
        with contextlib.suppress(OSError):
            return asking.recv(30)
    return b""


def test_nothing_outlives_a_server_that_was_killed(start: Start) -> None:
    service = start("--with-jobs")
    family = service.family()
    service.process.kill()
    service.process.wait()
    assert until(lambda: gone(family))
    assert not service.answers()


def test_a_worker_and_the_jobs_begin_anew_when_they_are_killed(start: Start) -> None:
    service = start("--with-jobs")
    jobs = next(p for p in service.family() if "spawn_main" in " ".join(p.cmdline()))
    worker = next(p for p in service.family() if "serve" in p.cmdline())
    for process in (jobs, worker):
        process.kill()
    known = {jobs.pid, worker.pid}

    def both_are_back() -> bool:
        family = [p for p in service.family() if p.pid not in known]
        lines = [" ".join(p.cmdline()) for p in family]
        return (
            sum("spawn_main" in line for line in lines) == 1 and sum(" serve " in line for line in lines) == 2
        )

    assert until(both_are_back)
    assert until(service.answers)


def test_the_service_outlives_workers_that_are_killed_again_and_again(start: Start) -> None:
    service = start("--workers", "1")
    killed: list[int] = []

    def living() -> list[psutil.Process]:
        return [p for p in service.family() if p.pid not in killed and "serve" in p.cmdline()]

    for _ in range(3):
        assert until(lambda: bool(living()))
        (worker,) = living()
        killed.append(worker.pid)
        worker.kill()
    assert until(service.answers)
    service.end("SIGTERM")
    assert service.process.returncode == 0


@pytest.mark.parametrize(("deaths", "ends"), [(20, False), (21, True)])
def test_a_service_whose_workers_die_all_the_time_ends(
    monkeypatch: pytest.MonkeyPatch, deaths: int, ends: bool
) -> None:
    def respawn(server: serving.Server, workers: list[int], *_: object) -> None:
        server.respawned_wrks.update(dict.fromkeys(workers, 0.0))

    monkeypatch.setattr(MPServer, "_respawn_workers", respawn)
    server = serving.Server("lms_tracker.app:create_app")
    for _ in range(deaths):
        server._respawn_workers([0], None, None)
    assert bool(server.respawned_wrks) is ends


def test_a_port_that_is_taken_is_refused_with_a_sentence(start: Start, sqlite_url: str) -> None:
    service = start("--workers", "1")
    second = subprocess.run(
        [sys.executable, "-m", "lms_tracker.cli", "serve", "--port", str(service.port)],
        env=environ(sqlite_url), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert second.returncode == 1
    assert second.stderr.strip() == (
        f"cannot listen on 127.0.0.1 port {service.port}: Address already in use; "
        f"choose another with --port (make demo PORT={service.port + 1})"
    )


def test_the_clock_runs_beside_the_server_and_ends_at_sigterm(sqlite_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lms_tracker.cli", "jobs", "--json"],
        env=environ(sqlite_url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"jobs": "running"}
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
