"""`python -m tests.durability --kills 50`: kill the server under load and print what is left, on both."""

import argparse
import dataclasses
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests import databases
from tests.durability.killing import Outcome, kill_again_and_again


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outcomes = {"sqlite": _on_sqlite(folder, given.kills, given.seed)}
        outcomes["postgresql"] = _on_postgresql(folder, given.kills, given.seed)
    print(json.dumps({kind: dataclasses.asdict(outcome) for kind, outcome in outcomes.items()}, indent=1))
    bad = [o for o in outcomes.values() if o.lost or o.twice or o.differing or o.unexpected]
    return 1 if bad else 0


def _on_sqlite(folder: Path, kills: int, seed: int) -> Outcome:
    url = f"sqlite:///{folder / 'lms_tracker.db'}"
    databases.migrate(url)
    return kill_again_and_again(url, kills, seed, _progress("sqlite", kills))


def _on_postgresql(folder: Path, kills: int, seed: int) -> Outcome:
    with (
        databases.running_postgresql(folder) as uri,
        databases.postgresql_database(databases.sqlalchemy_url(uri)) as url,
    ):
        databases.migrate(url)
        return kill_again_and_again(url, kills, seed, _progress("postgresql", kills))


def _progress(kind: str, kills: int) -> Callable[[int], None]:
    return lambda number: print(f"\r{kind}: {number} of {kills} kills", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
