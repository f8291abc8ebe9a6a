"""Statements are sent on by processes that are killed while they do: none is missed, none out of order."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from flask import Flask

from lms_tracker.config import Settings
from tests import databases, record_stores
from tests.actions.forwarded import Sender, add, dead_ids, listed
from tests.record_stores import Asked, Said, stored
from tests.web.lrs_client import statement

COUNT, AT_ONCE = 200, 10
# Who sends is killed while the request with this number is being answered, and its success is never noted.
KILLED_AT = (3, 9)
# What the jobs do, with a turn that is over soon after its process was killed.
PROGRAM = """
import sys, time
from lms_tracker.actions import forwarding
from lms_tracker.app import create_app
from lms_tracker.config import Settings
forwarding.HELD_US, forwarding.LEFT_US, forwarding.STATEMENTS_AT_ONCE = 400_000, 200_000, int(sys.argv[3])
app = create_app(Settings(database_url=sys.argv[1], secret_key=sys.argv[2]))
while True:
    with app.app_context():
        forwarding.send_due()
    time.sleep(0.01)
"""


Processes = list[subprocess.Popen[str]]


@pytest.fixture
def processes() -> Iterator[Processes]:
    begun: Processes = []
    yield begun
    for process in begun:
        process.kill()
        process.wait()


def begin(url: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", PROGRAM, url, databases.SECRET_KEY, str(AT_ONCE)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)


# Two who send at once are held apart by rows of the database, which only PostgreSQL locks one by one.
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_processes_that_are_killed_while_they_send_miss_nothing_I16(
    app: Flask, settings: Settings, processes: Processes
) -> None:
    made = [statement() for _ in range(COUNT)]
    ids = [str(one["id"]) for one in made]

    def killing(asked: Asked) -> Said:
        if asked.path.endswith("/about"):
            return Said(404)
        if len(store.posted()) in KILLED_AT:
            for process in processes:
                process.kill()
        return stored(asked)

    with record_stores.scripted(killing) as store:
        with app.app_context():
            Sender(app.extensions["lms_tracker.recorder"]).record(*made)
            add(store.endpoint)
        deadline = time.monotonic() + 60
        while ids[-1] not in itertools.chain(*store.posted()):
            assert time.monotonic() < deadline
            processes[:] = [process for process in processes if process.poll() is None]
            while len(processes) < 2:
                processes.append(begin(settings.database_url))
            time.sleep(0.02)
        sent = list(itertools.chain(*store.posted()))
    assert list(dict.fromkeys(sent)) == ids, "each for the first time in its order"
    assert len(sent) <= COUNT + AT_ONCE * len(KILLED_AT), "what was killed was sent twice, nothing else"
    with app.app_context():
        assert dead_ids() == []
        assert listed().forward.failures == 0
