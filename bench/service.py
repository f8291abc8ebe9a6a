"""The service as people run it, `lms-tracker serve` in a process of its own, and what it costs in memory."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil

from bench.connections import ServiceFailed
from bench.databases import SECRET_KEY, Fresh

SECONDS_TO_START = 60


@dataclass(slots=True)
class Service:
    """A running service: where it listens, whom it believes, and its first process."""

    port: int
    process: int
    _authorization: str

    def post(self, statements: Sequence[dict[str, Any]] | dict[str, Any]) -> bytes:
        """The bytes of a request that posts a batch, or one statement."""
        body = json.dumps(statements, ensure_ascii=False, separators=(",", ":")).encode()
        return self._request("POST /xapi/statements", len(body)) + body

    def get(self, **parameters: str) -> bytes:
        return self._request(f"GET /xapi/statements?{urlencode(parameters)}")

    def _request(self, line: str, length: int | None = None) -> bytes:
        lines = [
            f"{line} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Authorization: Basic {self._authorization}",
            "X-Experience-API-Version: 1.0.3",
        ]
        if length is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {length}"]
        return "\r\n".join([*lines, "", ""]).encode()

    def memories(self) -> list[int]:
        """Bytes of memory of each process, shared pages divided among those who share them (PSS)."""
        first = psutil.Process(self.process)
        return [process.memory_full_info().pss for process in [first, *first.children(recursive=True)]]

    def memory(self) -> int:
        """Bytes of memory of all its processes together."""
        return sum(self.memories())

    def processor_seconds(self) -> float:
        first = psutil.Process(self.process)
        times = [process.cpu_times() for process in [first, *first.children(recursive=True)]]
        return sum(time.user + time.system for time in times)


@contextmanager
def running(database: Fresh, workers: int | None = None, with_jobs: bool = False) -> Iterator[Service]:
    port = _free_port()
    command = [sys.executable, "-m", "lms_tracker.cli", "serve", "--port", str(port)]
    command += ["--workers", str(workers)] if workers else []
    command += ["--with-jobs"] if with_jobs else []
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_TRACKER_")}
    ours = {"LMS_TRACKER_DATABASE_URL": database.url, "LMS_TRACKER_SECRET_KEY": SECRET_KEY}
    process = subprocess.Popen(
        command, env=kept | ours | {"LMS_TRACKER_LOG_LEVEL": "warning"}, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(port, process)
        credential = f"{database.credential.key}:{database.credential.secret}"
        yield Service(port, process.pid, base64.b64encode(credential.encode()).decode())
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceFailed(f"the service ended at once with status {process.returncode}")
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    raise ServiceFailed(f"the service was not ready within {SECONDS_TO_START} s")
