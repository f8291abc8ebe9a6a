"""Looking into JSON that may have any shape: what is asked for, or nothing where it is not there."""

from collections.abc import Iterator, Sequence
from typing import Any

from lms_tracker.learning.recognition.criteria_findings import Findings
from lms_tracker.learning.recognition.criteria_parts import MOST_ENTRIES
from lms_tracker.learning.recognition.json_lines import Path


def at(raw: object, *path: str | int) -> Any:
    """The value at a path; None where there is none."""
    for step in path:
        if isinstance(raw, dict):
            raw = raw.get(step)
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
        else:
            return None
    return raw


def whole(raw: object, *path: str | int) -> int | None:
    """The whole number at a path; None where there is none."""
    found = at(raw, *path)
    return found if type(found) is int else None


def entries(raw: object, *path: str | int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of the list at a path, with their indexes."""
    found = at(raw, *path)
    if isinstance(found, list):
        for index, one in enumerate(found[:MOST_ENTRIES]):
            if isinstance(one, dict):
                yield index, one


def codes(raw: object, *path: str | int, name: str = "code") -> Iterator[str]:
    """The codes of the entries of the list at a path."""
    for _, one in entries(raw, *path):
        if isinstance(one.get(name), str):
            yield one[name]


def no_code_twice(raw: object, path: Path, findings: Findings, name: str = "code") -> None:
    """Note each entry of a list whose code or number stood before."""
    seen: set[str | int] = set()
    for index, one in entries(raw, *path):
        value = one.get(name)
        if isinstance(value, str | int):
            if value in seen:
                findings.note((*path, index, name), "unique", value)
            seen.add(value)


def known(value: object, path: Path, names: Sequence[object], findings: Findings) -> None:
    """Note a code or number that is none of these, where it is one at all."""
    if isinstance(value, str | int) and names and value not in names:
        findings.note(path, "known", value, names=tuple(names))
