"""Random delays inside transactions, and a clock that is wrong, put into a process from outside.

Every function of `store.dialects` that talks to the database may sleep before it does, the commit may come
late, and the answer may come late after it. So transactions of several processes overlap in every order that
the locks allow.
"""

import functools
import inspect
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.store import database, dialects

# Of the calls in a transaction so many are late, most by a little and a few by much.
LATE, VERY_LATE = 0.15, 0.002
VERY_LATE_SECONDS = (0.05, 0.25)


def install(mean_seconds: float, wrong_by_seconds: float, seed: int) -> None:
    """Make this process, and those it forks, slow by `mean_seconds` where it is late, its clock wrong."""
    chance = random.Random(seed)

    def perhaps_late() -> None:
        drawn = chance.random()
        if drawn < VERY_LATE:
            time.sleep(chance.uniform(*VERY_LATE_SECONDS))
        elif drawn < LATE:
            time.sleep(chance.expovariate(1 / mean_seconds))

    for name, function in inspect.getmembers(dialects, inspect.isfunction):
        if _talks_to_the_database(function):
            setattr(dialects, name, _after(perhaps_late, function))

    database.writing = _late_at_the_end(perhaps_late, database.writing)  # type: ignore[assignment]
    right = clock.now_us
    clock.now_us = lambda: right() + round(wrong_by_seconds * 1_000_000)


def _talks_to_the_database(function: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(function).parameters)
    return (
        function.__module__ == dialects.__name__
        and not function.__name__.startswith(("_", "is_"))
        and not inspect.isgeneratorfunction(inspect.unwrap(function))
        and parameters[:1] == ["connection"]
    )


def _after(wait: Callable[[], None], function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def late(*given: Any, **named: Any) -> Any:
        wait()
        return function(*given, **named)

    return late


def _late_at_the_end(wait: Callable[[], None], transaction: Callable[[], Any]) -> Callable[[], Any]:
    @contextmanager
    def late() -> Iterator[Connection]:
        with transaction() as connection:
            yield connection
            wait()
        # It is committed, and nobody has been told.
        wait()

    return late
