"""In small what `python -m tests.durability.counting` does in full, in a process without threads to fork."""

import json
import subprocess
import sys

from tests.house.imports import ROOT


def test_i16_workers_killed_between_claiming_and_writing_lose_nothing_and_write_nothing_twice(
    migrated_database_url: str,
) -> None:
    command = [sys.executable, "-m", "tests.durability.counting", "--kills", "3", "--seed", "3"]
    done = subprocess.run(
        [*command, "--url", migrated_database_url], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["given"]
    assert (found["kills"], found["differing"], found["uneven"], found["failed"]) == (3, [], [], [])
    assert found["entries"] > 0
