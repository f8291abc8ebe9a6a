"""The server: granian's processes around the application and, if wanted, a process for the jobs beside them.

All of it ends within ten seconds of SIGTERM, and nothing outlives the first process, however it dies.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import threading
from functools import partial
from multiprocessing.context import SpawnProcess
from typing import Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from lms_tracker import jobs, logs
from lms_tracker.app import create_app
from lms_tracker.config import ConfigurationError, Settings

# Together less than the ten seconds that a service manager is promised.
SECONDS_FOR_REQUESTS = 5
SECONDS_FOR_JOBS = 3

# A process that dies at once must not be begun anew without a pause.
SECONDS_BETWEEN_JOBS = 2

# Requests in hand per worker, in threads or waiting for one; more wait in the listening socket's queue. A
# body is held in memory while it waits, so this also bounds memory.
IN_HAND = 64

# granian would write its log to standard output with handlers of its own; ours are on the root logger.
_GRANIAN_LOGS: dict[str, Any] = {
    "formatters": {},
    "handlers": {},
    "loggers": {
        "_granian": {"level": "INFO", "handlers": [], "propagate": True},
        "granian.access": {"level": "WARNING", "handlers": [], "propagate": True},
    },
}


def serve(settings: Settings, host: str, port: int, workers: int, with_jobs: bool = False) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigurationError as `check` does."""
    check(settings, host, port)
    server = Server(
        target="lms_tracker.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=min(16, 2 * (os.cpu_count() or 1) + 1),
        backpressure=IN_HAND,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=15_000, keep_alive=True),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_GRANIAN_LOGS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=SECONDS_FOR_REQUESTS,
    )
    if with_jobs:
        beside = JobsProcess(settings)
        server.on_startup(beside.start)
        server.on_shutdown(beside.stop)
    server.serve(target_loader=partial(_application, settings), wrap_loader=False)


def check(settings: Settings, host: str, port: int) -> None:
    """Raise ConfigurationError when a setting is missing or the address is not to be had."""
    settings.for_serving()
    try:
        # granian's workers share their port, with a server that is already there too, and would say nothing.
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = addresses[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigurationError(f"cannot listen on {host} port {port}: {reason}") from None


def _application(settings: Settings) -> Flask:
    """What each worker serves; runs inside the worker."""
    # Forked with granian's handlers, which only note the signal for a process that is not this one.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    logs.configure(settings.log_level, settings.log_format)
    _end_with_parent()
    app = create_app(settings)
    # What stands now stays for good. A batch makes many thousand objects that all die with its answer, and
    # looking for cycles among them as often as Python does by default costs a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    return app


def _run_jobs(settings: Settings) -> None:
    logs.configure(settings.log_level, settings.log_format)
    # Ctrl+C reaches every process of a terminal; the first one tells us when it is time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    jobs.run(create_app(settings))


def _end_with_parent() -> None:
    """Orphans of a killed server would go on answering at its port beside its successor."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


class JobsProcess:
    """One process that runs the jobs, begun anew when it dies before its time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._changing = threading.Lock()
        self._stopping = threading.Event()
        self._process = self._begun()

    def start(self) -> None:
        threading.Thread(target=self._watch, name="jobs", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        with self._changing:
            self._process.terminate()
            self._process.join(SECONDS_FOR_JOBS)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()

    def _begun(self) -> SpawnProcess:
        # Spawned, not forked: this process has threads by the time a second one is needed.
        process = multiprocessing.get_context("spawn").Process(
            target=_run_jobs, args=(self._settings,), name="lms-tracker-jobs"
        )
        process.start()
        return process

    def _watch(self) -> None:
        log = logs.logger(__name__)
        while not self._stopping.is_set():
            self._process.join()
            if not self._stopping.is_set():
                log.error(
                    "the jobs ended before their time and begin anew", exit_status=self._process.exitcode
                )
            if not self._stopping.wait(SECONDS_BETWEEN_JOBS):
                with self._changing:
                    if not self._stopping.is_set():
                        self._process = self._begun()
