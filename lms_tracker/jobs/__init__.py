"""The clock: APScheduler wakes the table of jobs; rows decide what is due (I16)."""

from lms_tracker.jobs.schedule import run

__all__ = ["run"]
