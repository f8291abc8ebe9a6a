"""Several server processes on one database, any of which may be killed at any moment and is started again."""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import psutil

from tests.databases import SECRET_KEY
from tests.ports import free_port

SECONDS_TO_START = 60
CLOCKS_WRONG_BY = 1.5


class NotServing(Exception):
    """The server with this number is not up at the moment."""


class Servers:
    """`count` processes of `tests.torture.server`, each at a port of its own."""

    def __init__(self, url: str, count: int, mean_delay: float, seed: int) -> None:
        self._environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("LMS_TRACKER_")},
            "LMS_TRACKER_DATABASE_URL": url,
            "LMS_TRACKER_SECRET_KEY": SECRET_KEY,
            "LMS_TRACKER_LOG_LEVEL": "error",
        }
        self._mean_delay, self._chance = mean_delay, random.Random(seed)
        self._running: list[subprocess.Popen[bytes] | None] = [None] * count
        self._ports = [0] * count
        self._ready = [threading.Event() for _ in range(count)]
        self._stopping = threading.Event()
        self._keepers = [
            threading.Thread(target=self._keep, args=(number, self._chance.randrange(2**30)))
            for number in range(count)
        ]
        # Servers that ended by themselves although nobody had killed a process of theirs.
        self.failures: list[str] = []
        self._hit: set[subprocess.Popen[bytes]] = set()

    def __enter__(self) -> Servers:
        for keeper in self._keepers:
            keeper.start()
        for number in range(len(self._ready)):
            if not self._ready[number].wait(SECONDS_TO_START):
                self.__exit__()
                raise RuntimeError(f"server {number} did not answer within {SECONDS_TO_START} seconds")
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        for server in self._running:
            if server is not None:
                kill_group(server)
        for keeper in self._keepers:
            keeper.join()

    def __len__(self) -> int:
        return len(self._running)

    def connection(self, number: int) -> http.client.HTTPConnection:
        """A new connection to a server; raises NotServing."""
        if not self._ready[number].is_set():
            raise NotServing
        return http.client.HTTPConnection("127.0.0.1", self._ports[number], timeout=60)

    def kill_one(self) -> bool:
        """SIGKILL to a process at random: a server's first process or the one that answers requests."""
        server = self._running[self._chance.randrange(len(self._running))]
        if server is None or server.poll() is not None:
            return False
        try:
            first = psutil.Process(server.pid)
            self._hit.add(server)
            self._chance.choice([first, *first.children(recursive=True)]).kill()
        except psutil.NoSuchProcess:
            return False
        return True

    def _keep(self, number: int, seed: int) -> None:
        wrong_by = random.Random(seed).uniform(-CLOCKS_WRONG_BY, CLOCKS_WRONG_BY)
        while not self._stopping.is_set():
            port = free_port()
            command = [sys.executable, "-m", "tests.torture.server", str(port)]
            command += [str(self._mean_delay), str(wrong_by), str(seed)]
            server = subprocess.Popen(
                command, env=self._environment, start_new_session=True, stdout=subprocess.DEVNULL
            )
            self._running[number], self._ports[number] = server, port
            if self._stopping.is_set():
                kill_group(server)
            if wait_until_it_answers(port, server):
                self._ready[number].set()
            server.wait()
            self._ready[number].clear()
            # Its worker would go on for a moment, with nobody to begin it anew.
            kill_group(server)
            # granian gives up when its worker dies again and again; it is begun anew as if it were killed.
            if server not in self._hit and not self._stopping.is_set():
                self.failures.append(f"server {number} ended with status {server.returncode}")
                self._stopping.wait(1)
            seed += 1


def wait_until_it_answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    while server.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                with connection.getresponse() as answer:
                    if answer.status == 200:
                        return True
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
    return False


def kill_group(server: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    server.wait()
