"""The scheduler. It remembers nothing: killed and started again, it finds in the rows what is due."""

import signal
import threading
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from lms_tracker.actions import catalogue
from lms_tracker.jobs.due import JOBS, Job

SECONDS_BETWEEN_ATTEMPTS = 1

log = structlog.get_logger()


def run(app: Flask) -> None:
    """Wake the jobs until SIGTERM or SIGINT; what is under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    while not _adopts_policy(app):
        if stop.wait(SECONDS_BETWEEN_ATTEMPTS):
            return
    scheduler = scheduled(app)
    scheduler.start()
    log.info("jobs started", jobs=[job.name for job in JOBS])
    stop.wait()
    scheduler.shutdown(wait=True)
    log.info("jobs ended")


def scheduled(app: Flask) -> BackgroundScheduler:
    """A scheduler, not started yet, with every job at its interval."""
    scheduler = BackgroundScheduler(timezone=ZoneInfo(app.config["SETTINGS"].timezone))
    for job in JOBS:
        scheduler.add_job(
            _guarded(app, job),
            "interval",
            seconds=job.seconds,
            id=job.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    return scheduler


def _adopts_policy(app: Flask) -> bool:
    """Before anybody is counted; False while the database does not answer."""
    try:
        with app.app_context():
            if catalogue.adopt_policy():
                log.info("everybody is counted anew: the policy or the time zone is another")
    except Exception as error:
        log.error("the policy could not be compared", kind=type(error).__name__)
        return False
    return True


def _guarded(app: Flask, job: Job) -> Callable[[], None]:
    def work() -> None:
        try:
            with app.app_context():
                done = job.work()
        except Exception as error:
            # The next wake-up tries again; without its message, which could carry a learner's data.
            log.error("job failed", job=job.name, kind=type(error).__name__)
        else:
            if done:
                log.debug("job done", job=job.name, done=done)

    return work
