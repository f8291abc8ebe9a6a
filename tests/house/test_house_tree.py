"""What may and may not stand in the tree."""

from __future__ import annotations

import os
import re
import subprocess

from tests.house.imports import ROOT

# Written so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    r"/(?:wor[k]|roo[t]|hom[e]/\w+|User[s]/\w+|farm)/|/tm[p]/(?:bash|pytest)|/\.librar[y]"
)
MARKS = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b")


def tracked_texts() -> dict[str, str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    texts = {}
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                texts[name] = content.decode("utf-8")
    return texts


def test_no_path_of_one_machine_stands_in_the_tree() -> None:
    found = [
        f"{name}: {hit.group()}"
        for name, text in tracked_texts().items()
        for hit in MACHINE_PATHS.finditer(text)
    ]
    assert found == []


def test_nothing_is_left_to_be_done_in_a_comment() -> None:
    found = [
        f"{name}: {hit.group()}" for name, text in tracked_texts().items() for hit in MARKS.finditer(text)
    ]
    assert found == []


def test_continuous_integration_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")


def test_the_readme_s_commands_are_targets_of_the_makefile() -> None:
    wanted = set(
        re.findall(r"\bmake ([a-z]+)\b(?=`|\s*#|\s*$)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= wanted
    assert wanted <= targets
