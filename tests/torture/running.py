"""One run: writers and followers at several slow servers, killed if wanted, and the verdict."""

from __future__ import annotations

import base64
import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lms_tracker.actions import providers
from lms_tracker.config import Settings
from lms_tracker.store import database, dialects
from tests.databases import SECRET_KEY, application
from tests.torture.followers import FOLLOWERS, Follower
from tests.torture.servers import Servers
from tests.torture.writers import Writer

SECONDS_BETWEEN_LOOKS = 0.1
# Of what is wrong so many are named.
NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    statements: int
    processes: int = 4
    writers: int = 16
    # Seconds between two SIGKILLs, or None for a run in which nobody dies.
    kill_every: float | None = None
    # A busy machine needs seconds to begin a server anew; kills without end could leave none.
    most_kills: int | None = None
    # Milliseconds by which a call that is late is late, in the mean.
    delay_ms: float = 3.0
    seed: int = 0


@dataclass(slots=True)
class Followed:
    """What became of one follower; all but `seen` and `requests` must be 0."""

    seen: int
    requests: int
    missed: int
    twice: int
    out_of_order: int
    never_stored: int


@dataclass(slots=True)
class Outcome:
    """What was seen; `wrong` names what should not be and is empty after a good run."""

    database: str
    statements: int = 0
    stored: int = 0
    sent_twice: int = 0
    without_answer: int = 0
    kills: int = 0
    seconds: float = 0.0
    complete: bool = False
    followers: dict[str, Followed] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    statements: int
    followed: dict[str, int]
    kills: int


def run(url: str, plan: Plan, show: Callable[[Progress], None] | None = None) -> Outcome:
    """Torture the migrated, empty database at `url`. After Ctrl+C the outcome so far, `complete` False."""
    settings = Settings(database_url=url, secret_key=SECRET_KEY)
    with application(settings) as app, app.app_context():
        credential = providers.add_provider("Trung tâm")
    token = base64.b64encode(f"{credential.key}:{credential.secret}".encode()).decode()
    outcome = Outcome(url.partition(":")[0].partition("+")[0])
    began = time.monotonic()
    with Servers(url, plan.processes, plan.delay_ms / 1000, plan.seed) as servers:
        crowd = Crowd(servers, f"Basic {token}", plan)
        try:
            outcome.complete = crowd.work(show or (lambda progress: None))
        except KeyboardInterrupt:
            outcome.wrong.append("interrupted")
        finally:
            crowd.end()
        outcome.kills, outcome.wrong = crowd.kills, outcome.wrong + servers.failures
    outcome.seconds = round(time.monotonic() - began, 1)
    _judge(outcome, settings, crowd.writers, crowd.followers)
    return outcome


class Crowd:
    """The threads of a run."""

    def __init__(self, servers: Servers, authorization: str, plan: Plan) -> None:
        self._servers, self._plan = servers, plan
        self._stop, self._written = threading.Event(), threading.Event()
        each, more = divmod(plan.statements, plan.writers)
        seed = plan.seed * 1000
        self.writers = [
            Writer(servers, authorization, seed + number, each + (number < more), self._stop)
            for number in range(plan.writers)
        ]
        self.followers = [
            kind(servers, authorization, seed + 900 + number, self._stop, self._written)
            for number, kind in enumerate(FOLLOWERS)
        ]
        self._threads = [threading.Thread(target=one.run) for one in (*self.writers, *self.followers)]
        self.kills = 0

    def work(self, show: Callable[[Progress], None]) -> bool:
        """Let them work until everything is written and followed; whether they came to their end."""
        for thread in self._threads:
            thread.start()
        writing = self._threads[: len(self.writers)]
        next_kill = time.monotonic()
        while any(thread.is_alive() for thread in self._threads):
            next(thread for thread in self._threads if thread.is_alive()).join(SECONDS_BETWEEN_LOOKS)
            if not any(thread.is_alive() for thread in writing):
                self._written.set()
            elif self._kills_wanted and time.monotonic() >= next_kill:
                self.kills += self._servers.kill_one()
                next_kill += self._plan.kill_every or 0
            show(self._progress())
            if any(one.unexpected for one in self.writers) or any(one.wrong for one in self.followers):
                return False
        return True

    @property
    def _kills_wanted(self) -> bool:
        most = self._plan.most_kills
        return self._plan.kill_every is not None and (most is None or self.kills < most)

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _progress(self) -> Progress:
        followed = {follower.name: len(follower.seen) for follower in self.followers}
        return Progress(sum(len(writer.ids) for writer in self.writers), followed, self.kills)


def _judge(
    outcome: Outcome, settings: Settings, writers: Sequence[Writer], followers: Sequence[Follower]
) -> None:
    with application(settings) as app, app.app_context(), database.reading() as connection:
        found = dialects.rows(connection, "SELECT statement_id FROM statements ORDER BY position", ())
    truth = [str(uuid.UUID(bytes=row[0])) for row in found]
    place = {statement_id: number for number, statement_id in enumerate(truth)}
    outcome.statements, outcome.stored = sum(len(writer.ids) for writer in writers), len(truth)
    outcome.sent_twice = sum(writer.sent_twice for writer in writers)
    outcome.without_answer = sum(one.program.without_answer for one in (*writers, *followers))
    for number, writer in enumerate(writers):
        _judge_writer(outcome, number, writer, place)
    if outcome.complete and outcome.stored != outcome.statements:
        outcome.wrong.append(f"{outcome.stored} are stored, {outcome.statements} were answered")
    for follower in followers:
        followed = outcome.followers[follower.name] = _judge_follower(follower, place)
        outcome.wrong += [f"{follower.name}: {text}" for text in follower.wrong]
        faults = {
            "missed": followed.missed * outcome.complete,
            "twice": followed.twice,
            "out of order": followed.out_of_order,
            "never stored": followed.never_stored,
        }
        outcome.wrong += [f"{follower.name}: {count} {what}" for what, count in faults.items() if count]


def _judge_writer(outcome: Outcome, number: int, writer: Writer, place: dict[str, int]) -> None:
    lost = [statement_id for statement_id in writer.ids if statement_id not in place]
    outcome.wrong += [f"answered and lost: {statement_id}" for statement_id in lost[:NAMED]]
    outcome.wrong += [f"writer {number}: {text}" for text in writer.unexpected]
    places = [place[statement_id] for statement_id in writer.ids if statement_id in place]
    if places != sorted(places):
        outcome.wrong.append(f"writer {number}: what it sent one after the other is stored in another order")


def _judge_follower(follower: Follower, place: dict[str, int]) -> Followed:
    times = Counter(one.id for one in follower.seen)
    places = [place[one.id] for one in follower.seen if one.id in place]
    return Followed(
        seen=len(follower.seen),
        requests=follower.requests,
        missed=len(place.keys() - times.keys()),
        twice=sum(count - 1 for count in times.values()),
        out_of_order=sum(one > after for one, after in itertools.pairwise(places)),
        never_stored=len(times.keys() - place.keys()),
    )
