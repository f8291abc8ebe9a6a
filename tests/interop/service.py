"""The whole service as people run it, for the clients of others: a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import databases, ports

SECONDS_TO_START = 30
SECONDS_TO_END = 15


@dataclass(frozen=True)
class Service:
    """Where its record store answers, and a credential with scope `all`."""

    endpoint: str
    key: str
    secret: str


@contextlib.contextmanager
def running(folder: Path, version: str = "", on_postgresql: bool = False) -> Iterator[Service]:
    """The service on a database of its own; `version` is answered to a request that names none."""
    with _database(folder, on_postgresql) as url, _serving(url, version) as service:
        yield service


@contextlib.contextmanager
def _database(folder: Path, on_postgresql: bool) -> Iterator[str]:
    if not on_postgresql:
        yield f"sqlite:///{folder / 'interop.db'}"
        return
    with databases.running_postgresql(folder) as uri:
        yield databases.sqlalchemy_url(uri)


@contextlib.contextmanager
def _serving(url: str, version: str) -> Iterator[Service]:
    port = ports.free_port()
    address = f"http://{ports.LOOPBACK}:{port}"
    environ = {name: text for name, text in os.environ.items() if not name.startswith("LMS_TRACKER_")}
    environ |= {
        "LMS_TRACKER_DATABASE_URL": url,
        "LMS_TRACKER_SECRET_KEY": databases.SECRET_KEY,
        "LMS_TRACKER_BASE_URL": address,
        "LMS_TRACKER_XAPI_DEFAULT_VERSION": version,
        "LMS_TRACKER_LOG_LEVEL": "warning",
    }
    program = [sys.executable, "-m", "lms_tracker.cli"]
    subprocess.run([*program, "db", "upgrade"], env=environ, check=True, stdout=subprocess.DEVNULL)
    made = subprocess.run(
        [*program, "provider", "add", "Interop", "--scope", "all", "--json"],
        env=environ, check=True, capture_output=True, text=True,
    )  # fmt: skip
    credential = json.loads(made.stdout)
    server = subprocess.Popen([*program, "serve", "--port", str(port), "--workers", "1"], env=environ)
    try:
        _wait_for(address)
        yield Service(f"{address}/xapi/", credential["key"], credential["secret"])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(SECONDS_TO_END)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/readyz", timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError("the service does not answer")
