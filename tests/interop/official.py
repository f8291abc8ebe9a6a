"""ADL's tests of conformance against our service, one version of xAPI after the other."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.interop import service
from tests.interop.service import Service

VERSIONS = ("1.0.3", "2.0.0")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.interop official-suite")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", choices=VERSIONS, action="append")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL in place of SQLite")
    wanted = parser.parse_args(arguments)
    passed = [
        conforms(wanted.folder.resolve(), version, wanted.postgresql)
        for version in wanted.version or VERSIONS
    ]
    return 0 if all(passed) else 1


def conforms(checkout: Path, version: str, on_postgresql: bool) -> bool:
    """Run the tests of one version, print what failed and how many passed; whether all did.

    The suite's own exit status is the number of failures modulo 256, so its record is read in place of it.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        service.running(Path(name), version, on_postgresql) as running,
    ):
        record = _run(checkout, version, running)
    for title in failures(record["log"]):
        print(f"failed: {title}")
    total, passed = record["summary"]["total"], record["summary"]["passed"]
    print(f"{version} on {'PostgreSQL' if on_postgresql else 'SQLite'}: {passed} of {total}", flush=True)
    return bool(passed == total > 0)


def _run(checkout: Path, version: str, running: Service) -> dict[str, Any]:
    """What the suite writes down; it keeps it in its own folder of logs under a name that it prints."""
    words = ["-e", running.endpoint.rstrip("/"), "-a", "-u", running.key, "-p", running.secret]
    done = subprocess.run(
        ["node", "bin/console_runner.js", *words, "-x", version],
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    _, told, path = done.stdout.partition("Full run log written to ")
    if not told:
        sys.exit(f"the suite did not come to its end\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    record: dict[str, Any] = json.loads(Path(path.splitlines()[0]).read_text())
    return record


def failures(test: dict[str, Any]) -> list[str]:
    """The titles of tests that did not pass, with the reason; a test is what holds no others."""
    inner = test.get("tests") or []
    if inner:
        return [title for one in inner for title in failures(one)]
    return [] if test["status"] == "passed" else [f"{test['title']}: {test.get('error')}"]
