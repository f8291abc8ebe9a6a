"""Reading a criteria set that somebody wrote, and saying everything that is wrong with it at once."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import AnySet, CriteriaSet
from lms_tracker.learning.recognition import criteria_rules, criteria_shape
from lms_tracker.learning.recognition.criteria_findings import Finding, Findings
from lms_tracker.learning.recognition.json_lines import MOST_DEPTH, TooDeep, lines

# Bytes; the longest of the shipped sets has 20,000.
MOST_BYTES = 300_000

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Checked:
    """The set, its text and no findings; or findings, in the order of lines, and no set."""

    findings: tuple[Finding, ...]
    text: str = ""
    criteria: AnySet | None = None


def check(data: bytes) -> Checked:
    """What a file says, whatever it holds. Raises nothing."""
    findings = Findings()
    data = data.removeprefix(_BYTE_ORDER_MARK)
    if len(data) > MOST_BYTES:
        findings.note((), "too-big", len(data), most=MOST_BYTES)
        return Checked(findings.in_order())
    read = _read(data, findings)
    if read is None:
        return Checked(findings.in_order())
    text, raw = read
    criteria_shape.check(raw, findings)
    if isinstance(raw, dict):
        criteria_rules.check(raw, findings)
    if findings.found:
        return Checked(findings.in_order())
    return Checked((), text, criteria.parse(text))


def _read(data: bytes, findings: Findings) -> tuple[str, Any] | None:
    """The text and what it holds, undecided; notes members that stand twice. None for what is no JSON."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        findings.note((), "utf-8", f"byte {error.start}")
        return None
    try:
        raw = msgspec.json.decode(data)
        findings.lines = lines(text)
    except msgspec.DecodeError as error:
        findings.note((), "json", error=_place(data, str(error)))
        return None
    except (TooDeep, RecursionError):
        findings.note((), "depth", most=MOST_DEPTH)
        return None
    for path, _line in findings.lines.twice:
        findings.note(path, "twice", path[-1])
    return text, raw


def _place(data: bytes, error: str) -> str:
    """An error of the decoder, with the line instead of the number of the byte."""
    found = re.search(r"\(byte (\d+)\)", error)
    if found is None:
        return error[:200]
    line = data[: int(found[1])].count(b"\n") + 1
    return f"{error[: found.start()].strip()[:150]}, dòng/line {line}"


def beside(
    found: CriteriaSet, adopted: Iterable[CriteriaSet], taken: Collection[str], text: str = ""
) -> tuple[Finding, ...]:
    """What stands against a set where others are adopted at the same place, and where ids are `taken`.

    Two sets of one model do not hold on the same days, unless the later one says that it replaces the other.
    `text` is what the set was read from, for the numbers of lines.
    """
    findings = Findings(lines(text) if text else None)
    if found.id in taken:
        findings.note(("id",), "code-taken", found.id)
    same = [one for one in adopted if one.model == found.model and one.id != found.id]
    if found.replaces is not None and found.replaces not in {one.id for one in same}:
        findings.note(
            ("replaces",), "replaces", found.replaces, names=tuple(one.id for one in same) or ("–",)
        )
    for one in same:
        if one.id != found.replaces and _overlap(one, found):
            first, last = one.valid_from or "…", one.valid_to or "…"
            findings.note(
                ("valid_from",),
                "overlap",
                str(found.valid_from or "…"),
                code=one.id,
                first=first,
                last=last,
            )
    return findings.in_order()


def _overlap(one: CriteriaSet, other: CriteriaSet) -> bool:
    if None not in (one.managed_by, other.managed_by) and one.managed_by != other.managed_by:
        return False
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (
        other.valid_from or date.min
    ) <= (one.valid_to or date.max)
