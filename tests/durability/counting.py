"""`python -m tests.durability.counting --kills 200`: kill workers between claiming and writing (I7, I9, I16).

Everything happens in processes of its own, forked from one that never opens the database: one posts, takes
back and changes the policy, the next one counts and is killed with SIGKILL at a point by chance. In the end
what stands must be what is decided from nothing, with nothing written twice.
"""

import argparse
import dataclasses
import json
import os
import random
import signal
import sys
import tempfile
import traceback
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms_tracker.actions import courses, crediting, policies, providers, recounts
from lms_tracker.actions.rights import Caller
from lms_tracker.config import Settings
from lms_tracker.learning import policy_files
from lms_tracker.store import credit, database, dialects, due, gathering, totals
from lms_tracker.store import recounts as recount_rows
from tests import databases
from xapi import batches

LEARNERS = 12
# The one provider's one credential.
CALLER = Caller(credential_id=1, provider_id=1, scopes=frozenset({"statements/write", "all"}))
ACTIVITY = "https://hoc.example.vn/khoa/1"
# Where a worker may die: before or after any of these.
POINTS: tuple[tuple[Any, str], ...] = (
    (gathering, "rows_of"),
    (credit, "begin_writing"),
    (credit, "append"),
    (totals, "write_first"),
    (totals, "add"),
    (due, "remove"),
    (crediting, "_put"),
    (recount_rows, "add_progress"),
    (recount_rows, "mark_next"),
    (recount_rows, "end"),
    (dialects, "change"),
)


@dataclass
class Outcome:
    """What was seen; `differing`, `uneven` and `failed` must be empty."""

    kills: int = 0
    finished: int = 0
    entries: int = 0
    differing: list[str] = field(default_factory=list)
    uneven: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def kill_workers(url: str, kills: int, seed: int, tell: Callable[[int], None] = lambda _: None) -> Outcome:
    """The database at `url` is migrated and empty."""
    outcome, chance = Outcome(), random.Random(seed)
    _in_child(outcome, lambda: _set_up(url))
    while outcome.kills < kills and not outcome.failed:
        round_seed = chance.getrandbits(32)
        _in_child(outcome, lambda: _change(url, random.Random(round_seed)))  # noqa: B023
        if _in_child(outcome, lambda: _count_until_killed(url, random.Random(round_seed))):  # noqa: B023
            outcome.kills += 1
            tell(outcome.kills)
        else:
            outcome.finished += 1
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "found.json"
        _in_child(outcome, lambda: _look(url, said))
        if said.exists():
            for name, value in json.loads(said.read_text()).items():
                setattr(outcome, name, value)
    return outcome


def _in_child(outcome: Outcome, work: Callable[[], None]) -> bool:
    """Run it in a process of its own; True where that was killed."""
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        outcome.failed.append(f"a process ended with status {os.WEXITSTATUS(status)}")
    return False


def _settings(url: str) -> Settings:
    return Settings(database_url=url, secret_key=databases.SECRET_KEY)


def _set_up(url: str) -> None:
    with databases.application(_settings(url)) as app, app.app_context():
        made = providers.add_provider("Trung tâm", ("statements/write", "all"))
        text = (
            "provider,course,title,activity,match,category,basis\n"
            f"{made.provider},K1,K,{ACTIVITY},exact,other,measured\n"
        )
        if courses.import_courses(text.encode()).errors:
            raise RuntimeError("the courses were refused")


def _change(url: str, chance: random.Random) -> None:
    """Some statements, a voiding now and then, and once in a while another policy."""
    with databases.application(_settings(url)) as app, app.app_context():
        made = [_studied(chance) for _ in range(chance.randrange(1, 12))]
        made += [_voiding(chance.choice(made)["id"], chance) for _ in range(chance.randrange(2))]
        batch = batches.read(json.dumps(made).encode(), version="1.0.3")
        app.extensions["lms_tracker.recorder"].record(batch, CALLER, "1.0.3")
        if not chance.randrange(5):
            rules = json.loads(policy_files.shipped())
            rules["caps"]["day"] = {"minutes": chance.randrange(30, 600)}
            policies.adopt(policies.add(json.dumps(rules).encode(), "by chance", None), None)


def _studied(chance: random.Random) -> dict[str, Any]:
    name = f"hoc-vien-{chance.randrange(LEARNERS)}"
    return {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "actor": {"account": {"homePage": "https://lms.example.vn", "name": name}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/terminated"},
        "object": {"id": ACTIVITY},
        "result": {"duration": f"PT{chance.randrange(1, 200)}M"},
        "timestamp": f"2026-10-{chance.randrange(1, 4):02}T{chance.randrange(24):02}:00:00Z",
    }


def _voiding(target: str, chance: random.Random) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "actor": {"account": {"homePage": "https://lms.example.vn", "name": "quan-tri"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": target},
    }


def _count_until_killed(url: str, chance: random.Random) -> None:
    """Counts, and dies by its own hand at a point by chance; ends where it does not come there."""
    room, name = chance.choice(POINTS)
    dies_after, left = chance.random() < 0.5, chance.randrange(1, 6)
    recounts.MARKED_AT_ONCE = 5
    crediting.PERSONS_AT_ONCE = 3
    with databases.application(_settings(url)) as app, app.app_context():
        work = getattr(room, name)

        def dies(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if not left and not dies_after:
                os.kill(os.getpid(), signal.SIGKILL)
            found = work(*given, **named)
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        setattr(room, name, dies)
        while crediting.recount_due():
            pass


def _look(url: str, said: Path) -> None:
    """The ledger that stands, brought up to date, must be what is decided from nothing."""
    with databases.application(_settings(url)) as app, app.app_context():
        while crediting.recount_due():
            pass
        differing = [f"{found.person}: {found.what}" for found in crediting.verify().differing]
        with database.reading() as connection:
            entries = dialects.rows(connection, "SELECT count(*) FROM ledger", ())[0][0]
            twice = dialects.rows(
                connection,
                "SELECT statement_id FROM ledger"
                " GROUP BY person_key, statement_id, course_id, day, kind, reason, note"
                " HAVING sum(pieces) NOT IN (0, 1)",
                (),
            )
            gaps = dialects.rows(
                connection,
                "SELECT s.person_key FROM credit_states s WHERE s.entries <>"
                " (SELECT count(*) FROM ledger l WHERE l.person_key = s.person_key)",
                (),
            )
            open_ = [f"recount {one.id} never ended" for one in recount_rows.under_way(connection)]
        uneven = [row[0].hex() for row in [*twice, *gaps]] + open_
        said.write_text(json.dumps({"differing": differing, "entries": int(entries), "uneven": uneven}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--url", help="A migrated, empty database; without one, both kinds in turn.")
    given = parser.parse_args()
    outcomes: dict[str, Outcome] = {}

    def tell(number: int) -> None:
        print(f"\r{number} of {given.kills} kills", end="", file=sys.stderr, flush=True)

    if given.url:
        outcomes["given"] = kill_workers(given.url, given.kills, given.seed, tell)
    else:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            outcomes["sqlite"] = _migrated(f"sqlite:///{folder / 'lms_tracker.db'}", given, tell)
            with (
                databases.running_postgresql(folder) as uri,
                databases.postgresql_database(databases.sqlalchemy_url(uri)) as url,
            ):
                outcomes["postgresql"] = _migrated(url, given, tell)
    print(json.dumps({kind: dataclasses.asdict(outcome) for kind, outcome in outcomes.items()}, indent=1))
    return int(any(one.differing or one.uneven or one.failed for one in outcomes.values()))


def _migrated(url: str, given: argparse.Namespace, tell: Callable[[int], None]) -> Outcome:
    migrated = Outcome()
    _in_child(migrated, lambda: databases.migrate(url))
    return migrated if migrated.failed else kill_workers(url, given.kills, given.seed, tell)


if __name__ == "__main__":
    sys.exit(main())
