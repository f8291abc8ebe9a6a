"""Readers who follow what comes in, each in its own way, and note what they took and in which order."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import msgspec

from tests.torture.programs import Answer, Program, Stopped
from tests.torture.servers import Servers

START = "2000-01-01T00:00:00.000000Z"
PAUSE_SECONDS = 0.05


class Seen(msgspec.Struct):
    """Of a statement what a follower notes; `stored` is fixed in length, so its text sorts as its time."""

    id: str
    stored: str


class Result(msgspec.Struct):
    statements: list[Seen]
    more: str


_decoder = msgspec.json.Decoder(Result)


class Follower:
    """Walks until `written` is set, and once more after that; `seen` then has to hold everything in order."""

    name = ""

    def __init__(
        self,
        servers: Servers,
        authorization: str,
        seed: int,
        stop: threading.Event,
        written: threading.Event,
    ) -> None:
        self.program = Program(servers, authorization, seed, stop)
        self._written, self._stop = written, stop
        self.since = START
        self._newest_promise = ""
        self.seen: list[Seen] = []
        self.wrong: list[str] = []
        self.requests = 0

    def run(self) -> None:
        try:
            while not self.wrong:
                last = self._written.is_set()
                self.walk()
                if last:
                    break
                time.sleep(self.program.chance.uniform(0, 2 * PAUSE_SECONDS))
        except Stopped:
            return
        finally:
            self.program.close()

    def walk(self) -> None:
        raise NotImplementedError

    def pages(self, **parameters: str) -> Iterator[tuple[Result, str]]:
        """Every page that `more` leads to, with the Consistent-Through of its answer."""
        address = f"/xapi/statements?{urlencode(parameters)}"
        while address:
            answer = self.program.ask("GET", address)
            if answer.status != 200:
                self.wrong.append(f"{answer.status} {answer.body[:300].decode(errors='replace')}")
                return
            self.requests += 1
            self._hold_to_the_promise(answer)
            page = _decoder.decode(answer.body)
            yield page, answer.through
            address = page.more
            if self.program.chance.random() < 0.2:
                self.program.move()

    def _hold_to_the_promise(self, answer: Answer) -> None:
        if answer.through < self._newest_promise:
            self.wrong.append(f"Consistent-Through went back, {self._newest_promise} to {answer.through}")
        self._newest_promise = answer.through


class ByConsistentThrough(Follower):
    """Takes what is stored up to the promise of the first page, and asks next for what came since."""

    name = "since"

    def walk(self) -> None:
        promise, taken = "", []
        for page, through in self.pages(since=self.since, ascending="true", limit="200"):
            promise = promise or through
            taken += [one for one in page.statements if one.stored <= promise]
            if page.statements and page.statements[-1].stored > promise:
                break
        self.seen += taken
        self.since = promise


class NewestFirst(Follower):
    """The same in the order that a reader has who asks for none: back from the newest to the last promise."""

    name = "newest first"

    def walk(self) -> None:
        promise, found = "", []
        for page, through in self.pages(since=self.since, limit="200"):
            promise = promise or through
            found += page.statements
        if any(one.stored <= next_.stored for one, next_ in itertools.pairwise(found)):
            self.wrong.append("a walk from the newest back was not in order")
        self.seen += [one for one in reversed(found) if one.stored <= promise]
        self.since = promise


class ByMore(Follower):
    """Takes everything as it comes and asks on from the last one taken, promises or not."""

    name = "more"

    def walk(self) -> None:
        for page, _ in self.pages(since=self.since, ascending="true", limit="50"):
            self.seen += page.statements
            if page.statements:
                self.since = page.statements[-1].stored


FOLLOWERS = (ByConsistentThrough, ByMore, NewestFirst)
