"""The tests of TinCanJS in Node, without a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.interop.service import Service

# What it knows of 1.0.x. It takes later ones for a fault of the store.
VERSIONS = ("1.0.2", "1.0.1", "1.0.0")
# It does not know 1.0.3, which `about` tells; and in Node there are no synchronous requests, so that a test
# of them asserts nothing and counts as failed.
NOT_OURS = {
    *(f"LRS about async exception: allowFail false ({version})" for version in VERSIONS),
    "LRS saveStatement/saveStatements sync exception",
}
FAILED = re.compile(r"^Module: .* Test: (.*)$", re.MULTILINE)
# Of the summary's columns Files, Tests, Assertions and Failed.
COUNTED = re.compile(r"^│ \d+ +│ \d+ +│ \d+ +│ (\d+) ", re.MULTILINE)
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def tincan_js(checkout: Path, folder: Path, running: Service) -> int:
    """Run its tests from a copy that has our address; 0 if nothing failed but what is not ours."""
    for part in ("test", "build"):
        shutil.copytree(checkout / part, folder / part)
    (folder / "node_modules").symlink_to(checkout.resolve() / "node_modules")
    (folder / "test" / "config.js").write_text(_configured(running))
    done = subprocess.run(
        ["node", "test/node-runner.js"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    print(done.stdout)
    said = STYLE.sub("", done.stdout)
    failed, counted = FAILED.findall(said), COUNTED.search(said)
    if counted and int(counted[1]) == len(failed) and set(failed) <= NOT_OURS:
        return 0
    return 1


def _configured(running: Service) -> str:
    store = {"endpoint": running.endpoint, "username": running.key, "password": running.secret}
    stores = {version: {**store, "version": version} for version in VERSIONS}
    return f"module.exports = TinCanTestCfg = {json.dumps({'recordStores': stores})};\n"
