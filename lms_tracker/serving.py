"""The server: granian's processes around the application and, if wanted, a process for the jobs beside them.

All of it ends within ten seconds of SIGTERM or Ctrl+C, and nothing outlives the first process, however it
dies. Ctrl+C reaches every process of a terminal; all but the first leave it alone, and the first one tells
them when it is time.
"""

from __future__ import annotations

import errno
import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from lms_tracker import bodies, jobs, logs
from lms_tracker.app import create_app
from lms_tracker.config import ConfigurationError, Settings

# Together less than the ten seconds that a service manager is promised.
SECONDS_FOR_REQUESTS = 4
SECONDS_TO_KILL = 1
SECONDS_FOR_JOBS = 3

# granian waits for connections to close, for those too on which no request ever came whole. A worker that was
# told to end leaves when it has had no request in hand for so long, the last answer being on its way by then.
SECONDS_OF_QUIET = 2

# Workers that die are begun anew, so many within so long: the system may kill several in a row for memory.
# When it is more, something is wrong that a new worker does not mend, and the service ends with status 1.
MOST_DEATHS = 20
SECONDS_OF_DEATHS = 60

# A process that dies at once must not be begun anew without a pause.
SECONDS_BETWEEN_JOBS = 2

# Connections per worker, those on which nothing is asked included; more wait in the listening socket's queue.
# granian calls it backpressure and gives a place back only when the connection ends: were there few, browsers
# that keep theirs open would lock everybody else out.
CONNECTIONS = 1024

# Threads per worker that answer. A body is in memory only while one of them has it in hand, so this bounds
# memory too. Some of them never wait for a body, so that bodies that do not come stop no other request.
THREADS = 32
WAITING_FOR_BODIES = 24

# What a worker has open beside its connections: the database, logs, pipes.
FILES = 256

# granian would write its log to standard output with handlers of its own; ours are on the root logger.
_GRANIAN_LOGS: dict[str, Any] = {
    "formatters": {},
    "handlers": {},
    "loggers": {
        "_granian": {"level": "INFO", "handlers": [], "propagate": True},
        "granian.access": {"level": "WARNING", "handlers": [], "propagate": True},
    },
}


class Server(MPServer):
    """granian's, which bears it when workers die and waits until they are seen to have ended."""

    _deaths: tuple[float, ...] = ()

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        now = time.monotonic()
        recent = (death for death in self._deaths if now - death < SECONDS_OF_DEATHS)
        self._deaths = (*recent, *(now for _ in workers))
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        if len(self._deaths) <= MOST_DEATHS:
            # A worker in this list that dies within some seconds is a "crash loop", which ends granian.
            self.respawned_wrks.clear()

    def shutdown(self, exit_code: int = 0) -> None:
        # Two threads of granian wait for each worker, and the one that comes second may find it alive just
        # after its end: every tenth stop said that a worker had to be killed.
        workers: list[Any] = self.wrks
        for worker in workers:
            worker.terminate()
        deadline = time.monotonic() + SECONDS_FOR_REQUESTS
        while any(worker.is_alive() for worker in workers) and time.monotonic() < deadline:
            time.sleep(0.02)
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]


def serve(settings: Settings, host: str, port: int, workers: int, with_jobs: bool = False) -> None:
    """Serve until SIGTERM or SIGINT. Raises ConfigurationError as `check` does."""
    check(settings, host, port)
    _allow_open_files(CONNECTIONS + FILES)
    # It advises against more threads than a few; ours mostly wait, and `read_in_turn` bounds them.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    server = Server(
        target="lms_tracker.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=15_000, keep_alive=True),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_GRANIAN_LOGS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=SECONDS_TO_KILL,
    )
    if with_jobs:
        beside = JobsProcess(settings)
        server.on_startup(beside.start)
        server.on_shutdown(beside.stop)
    # In the first moments of its life a worker has granian's handlers of this process, which only note the
    # signal for a process that is not this one.
    os.register_at_fork(after_in_child=_signals_of_a_worker)
    server.serve(target_loader=partial(_application, settings), wrap_loader=False)


def _allow_open_files(wanted: int) -> None:
    """Raise the limit of this process and its children; many systems give 1024, and allow more when asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


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
        if error.errno == errno.EADDRINUSE:
            other = port + 1 if port < 65535 else port - 1
            reason += f"; choose another with --port (make demo PORT={other})"
        raise ConfigurationError(f"cannot listen on {host} port {port}: {reason}") from None


def spawned(target: Callable[..., None], args: tuple[Any, ...], name: str) -> SpawnProcess:
    """A process, started, that Ctrl+C in a terminal does not reach from its first moment on."""
    # Spawned, not forked: our processes have threads by the time a second one is needed.
    process = multiprocessing.get_context("spawn").Process(target=target, args=args, name=name, daemon=True)
    # Started by `start`, this one would unblock the signal again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def _signals_of_a_worker() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Blocked, because granian will handle it, and a worker told twice to end never does.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


class InHand:
    """The application, which knows for how long it has had no request in hand."""

    def __init__(self, app: bodies.Application) -> None:
        self._app = app
        self._changing = threading.Lock()
        self._count = 0
        self._quiet_since = time.monotonic()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._changing:
            self._count += 1
        try:
            return self._app(environ, start_response)
        finally:
            with self._changing:
                self._count -= 1
                self._quiet_since = time.monotonic()

    def quiet_seconds(self) -> float:
        with self._changing:
            return 0 if self._count else time.monotonic() - self._quiet_since


def _application(settings: Settings) -> InHand:
    """What each worker serves; runs inside the worker."""
    logs.configure(settings.log_level, settings.log_format)
    _end_with_parent()
    app = create_app(settings)
    # What stands now stays for good. A batch makes many thousand objects that all die with its answer, and
    # looking for cycles among them as often as Python does by default costs a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    served = InHand(bodies.read_in_turn(app, WAITING_FOR_BODIES))
    _leave_when_quiet(served)
    return served


def _leave_when_quiet(served: InHand) -> None:
    """After SIGTERM, end this worker when it has nothing in hand, should granian still wait for more."""
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    # granian's handler for the signal stays the only one; this tells us that it was called.
    signal.set_wakeup_fd(telling, warn_on_full_buffer=False)

    def wait() -> None:
        while os.read(told, 1)[0] != signal.SIGTERM:
            pass
        began = time.monotonic()
        while min(served.quiet_seconds(), time.monotonic() - began) < SECONDS_OF_QUIET:
            time.sleep(0.05)
        os._exit(0)

    threading.Thread(target=wait, name="leave-when-quiet", daemon=True).start()


def _run_jobs(settings: Settings) -> None:
    logs.configure(settings.log_level, settings.log_format)
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
        self._process = spawned(_run_jobs, (settings,), "lms-tracker-jobs")

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
                        self._process = spawned(_run_jobs, (self._settings,), "lms-tracker-jobs")
