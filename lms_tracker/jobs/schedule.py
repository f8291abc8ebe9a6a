"""The scheduler. It remembers nothing: killed and started again, it finds in the rows what is due."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from lms_tracker.actions import availability, catalogue
from lms_tracker.jobs.due import JOBS, Job

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# A service manager is promised an end within ten seconds.
SECONDS_TO_FINISH = 6.0

log = structlog.get_logger()


def run(app: Flask) -> None:
    """Wake the jobs until SIGTERM or SIGINT; what is under way is finished first, if that does not take long.

    Else the process ends here and now, with status 0: the rows decide what was done.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    attempts = Attempts("policy")
    while not _adopts_policy(app, attempts):
        if stop.wait(attempts.pause):
            return
    scheduler = scheduled(app)
    scheduler.start()
    log.info("jobs started", jobs=[job.name for job in JOBS])
    stop.wait()
    finishing = threading.Thread(
        target=scheduler.shutdown, kwargs={"wait": True}, name="finishing", daemon=True
    )
    finishing.start()
    finishing.join(SECONDS_TO_FINISH)
    if finishing.is_alive():
        log.warning("jobs ended before what was under way")
        _end_at_once()
    log.info("jobs ended")


def _end_at_once() -> None:
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    # Python would wait for the threads, one of which may wait for another store's answer.
    os._exit(0)


def scheduled(app: Flask) -> BackgroundScheduler:
    """A scheduler, not started yet, with every job at its interval."""
    scheduler = BackgroundScheduler(timezone=ZoneInfo(app.config["SETTINGS"].timezone))
    for job in JOBS:
        scheduler.add_job(
            _guarded(app, job),
            "interval",
            seconds=job.seconds,
            id=job.name,
            max_instances=job.at_once,
            coalesce=True,
            misfire_grace_time=None,
        )
    return scheduler


class Attempts:
    """One job's failures in a row: after each, twice as long a pause, and a line of the log."""

    def __init__(self, job: str) -> None:
        self._job = job
        self.pause = 0.0
        self._next = 0.0

    @property
    def due(self) -> bool:
        return time.monotonic() >= self._next

    def failed(self, error: Exception) -> None:
        self.pause = min(max(self.pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        self._next = time.monotonic() + self.pause
        # Any other error's message could carry a learner's data.
        known = availability.is_unavailable(error)
        said = {"reason": availability.first_line(error)} if known else {}
        log.error("job failed", job=self._job, kind=_kind(error), again_in_seconds=self.pause, **said)

    def succeeded(self) -> None:
        if self.pause:
            log.info("job works again", job=self._job)
        self.pause = 0.0


def _kind(error: Exception) -> str:
    return type(getattr(error, "orig", None) or error).__name__


def _adopts_policy(app: Flask, attempts: Attempts) -> bool:
    """Before anybody is counted; False while the database does not answer."""
    try:
        with app.app_context():
            if catalogue.adopt_policy():
                log.info("everybody is counted anew: the policy or the time zone is another")
    except Exception as error:
        attempts.failed(error)
        return False
    attempts.succeeded()
    return True


def _guarded(app: Flask, job: Job) -> Callable[[], None]:
    attempts = Attempts(job.name)

    def work() -> None:
        if not attempts.due:
            return
        try:
            with app.app_context():
                done = job.work()
        except Exception as error:
            # A later wake-up tries again.
            attempts.failed(error)
            return
        attempts.succeeded()
        if done:
            log.debug("job done", job=job.name, done=done)

    return work
