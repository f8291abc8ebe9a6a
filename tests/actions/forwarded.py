"""A forward from the test's application to another store, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from lms_tracker.actions import forwarding, forwards, providers
from lms_tracker.actions.forwards import Listed, Wanted
from lms_tracker.actions.recording import Recorder
from lms_tracker.actions.rights import Caller
from xapi import batches

NAME = "sở"
SECRET = "mật khẩu của kho kia"


class Sender:
    """What a provider posts in the application of the test, and its forward. In the application's context."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        made = providers.add_provider("Trung tâm")
        caller = providers.authenticate(made.key, made.secret)
        assert isinstance(caller, Caller)
        self.caller = caller
        self.provider = made.provider

    def record(self, *statements: dict[str, Any] | bytes, version: str = "1.0.3") -> None:
        texts = [one if isinstance(one, bytes) else msgspec.json.encode(one) for one in statements]
        batch = batches.read(b"[" + b",".join(texts) + b"]", version=version)
        self.recorder.record(batch, self.caller, version)


def add(endpoint: str, **changes: Any) -> str | None:
    wanted = {"name": NAME, "endpoint": endpoint, "key": "k", "secret": SECRET, "since": "beginning"}
    return forwards.add(Wanted(**{**wanted, **changes}))


def run() -> int:
    """What the job does until nothing is due any more; how many statements were dealt with."""
    done = 0
    while now := forwarding.send_due():
        done += now
    return done


def listed(name: str = NAME) -> Listed:
    return next(found for found in forwards.everything() if found.forward.name == name)


def dead_ids() -> list[str]:
    return [letter.statement_id.hex() for letter in forwards.dead(NAME)]


def hexes(ids: Sequence[str]) -> list[str]:
    return [one.replace("-", "") for one in ids]


class Clock:
    """The real time and what a test adds to it."""

    def __init__(self) -> None:
        self.later_us = 0

    def now_us(self) -> int:
        return time.time_ns() // 1000 + self.later_us

    def go_on(self, seconds: float) -> None:
        self.later_us += int(seconds * 1_000_000)
