"""Other people's own test suites against our service, started for them. They are fetched, never kept here.

    python -m tests.interop tincan-python FOLDER    a checkout of RusticiSoftware/TinCanPython
    python -m tests.interop tincan-js FOLDER        a checkout of RusticiSoftware/TinCanJS, after `npm ci`
    python -m tests.interop xapi-js FOLDER          a checkout of xapijs/xapi, after `npm ci`
    python -m tests.interop official-suite FOLDER [--version 1.0.3|2.0.0] [--postgresql]
                                                    a checkout of adlnet/lrs-conformance-test-suite, after
                                                    `npm install`; says N of M for each version or the one
    python -m tests.interop serve                   only serve, and print the credential as JSON

The exit status is 0 when everything passed, else that of the suite or 1.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

from tests.interop import in_node, official, service
from tests.interop.service import Service

# It asks a store on the internet for a refusal, not ours.
ELSEWHERE = "test_about_failure"


def tincan_python(checkout: Path, folder: Path, running: Service) -> int:
    """Run its remote_lrs_test with the `tincan` that is installed here."""
    shutil.copytree(checkout / "test", folder / "test")
    values = {
        "endpoint": running.endpoint,
        # As its template names it. Under 1.0.3 its tests store profiles that the official tests of 1.0.3
        # demand be refused: new ones without If-None-Match.
        "version": "1.0.1",
        "username": running.key,
        "password": running.secret,
    }
    lines = [f"{name} = {value!r}\n" for name, value in values.items()]
    (folder / "test" / "resources" / "lrs_properties.py").write_text("".join(lines))
    # Its tests import each other from two places.
    paths = os.pathsep.join([str(folder), str(folder / "test")])
    words = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--deselect",
        f"test/remote_lrs_test.py::RemoteLRSTest::{ELSEWHERE}",
    ]
    return subprocess.run(
        [sys.executable, *words, "--rootdir", str(folder), "test/remote_lrs_test.py"],
        cwd=folder, env=os.environ | {"PYTHONPATH": paths}, check=False,
    ).returncode  # fmt: skip


def xapi_js(checkout: Path, running: Service) -> int:
    """Run its integration tests, in Node and in jsdom; one of them needs the internet for a picture."""
    _store_profile(running)
    credential = {"endpoint": running.endpoint, "username": running.key, "password": running.secret}
    return subprocess.run(
        ["npx", "jest", "--testPathPattern=.int.test.ts", "--runInBand", "--coverage=false"],
        cwd=checkout, env=os.environ | {"LRS_CREDENTIALS_ARRAY": json.dumps([credential])}, check=False,
    ).returncode  # fmt: skip


def _store_profile(running: Service) -> None:
    """One of its tests replaces a profile with If-Match: *, which the store it was written on has already."""
    activity = "https://github.com/xapijs/xapi"
    query = {"activityId": activity, "profileId": f"{activity}/profiles/test-text-plain"}
    login = base64.b64encode(f"{running.key}:{running.secret}".encode()).decode()
    headers = {
        "Authorization": f"Basic {login}",
        "Content-Type": "text/plain",
        "If-None-Match": "*",
        "X-Experience-API-Version": "1.0.3",
    }
    address = f"{running.endpoint}activities/profile?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(urllib.request.Request(address, b"x", headers, method="PUT"), timeout=10):
        return


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["official-suite"]:
        return official.main(arguments[1:])
    with tempfile.TemporaryDirectory() as name, service.running(Path(name)) as running:
        if arguments[:1] == ["tincan-python"] and len(arguments) == 2:
            return tincan_python(Path(arguments[1]), Path(name), running)
        if arguments[:1] == ["xapi-js"] and len(arguments) == 2:
            return xapi_js(Path(arguments[1]), running)
        if arguments[:1] == ["tincan-js"] and len(arguments) == 2:
            return in_node.tincan_js(Path(arguments[1]), Path(name), running)
        if arguments == ["serve"]:
            print(json.dumps(dataclasses.asdict(running)), flush=True)
            sys.stdin.read()
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
