"""Whether the parts of a set of points fit together: sums, thresholds, tables of groups, proposals."""

from collections.abc import Iterator
from typing import Any

from lms_tracker.learning.categories import CATEGORIES
from lms_tracker.learning.recognition.criteria_findings import Findings
from lms_tracker.learning.recognition.criteria_parts import MOST_ENTRIES
from lms_tracker.learning.recognition.criteria_shape import nearest
from lms_tracker.learning.recognition.json_lines import Path
from lms_tracker.learning.recognition.proposals import ANY_CATEGORY
from lms_tracker.learning.recognition.raw_parts import at, codes, entries, known, no_code_twice, whole

# What the set's own table is called where tables are named.
OWN = "indicators"


def check(raw: dict[str, Any], findings: Findings) -> None:
    no_code_twice(raw, ("competencies",), findings)
    no_code_twice(raw, ("groups",), findings)
    for path in _tables(raw):
        _table(raw, path, findings)
    _total(raw, findings)
    _thresholds(raw, ("thresholds",), findings)
    _exceptions(raw, findings)
    _proposal(raw, findings)


def _tables(raw: dict[str, Any]) -> Iterator[Path]:
    """The paths of the set's table and of those of the groups that have one."""
    yield (OWN,)
    for index, group in entries(raw, "groups"):
        if group.get("indicators"):
            yield "groups", index, "indicators"


def _numbers(raw: dict[str, Any], path: Path) -> list[int]:
    found = (whole(one, "number") for _, one in entries(raw, *path))
    return [number for number in found if number is not None]


def _most(raw: dict[str, Any], path: Path) -> dict[int, int] | None:
    """The greatest points by number; None while one of them is not known."""
    usual = whole(raw, "most_points", "value")
    found: dict[int, int] = {}
    for _, one in entries(raw, *path):
        own = usual if one.get("most_points") is None else whole(one, "most_points", "value")
        number = whole(one, "number")
        if own is None or number is None:
            return None
        found[number] = own
    return found or None


def _table(raw: dict[str, Any], path: Path, findings: Findings) -> None:
    no_code_twice(raw, path, findings, "number")
    competencies = list(codes(raw, "competencies"))
    for index, one in entries(raw, *path):
        known(one.get("competency"), (*path, index, "competency"), competencies, findings)
        if whole(one, "most_points", "value") == 0:
            findings.note((*path, index, "most_points", "value"), "positive", 0)
    numbers, own = _numbers(raw, path), _numbers(raw, (OWN,))
    if own and set(numbers) != set(own):
        findings.note(path, "same-numbers", str(sorted(set(numbers))), names=tuple(sorted(set(own))))


def _total(raw: dict[str, Any], findings: Findings) -> None:
    if whole(raw, "most_points", "value") == 0:
        findings.note(("most_points", "value"), "positive", 0)
    stated = whole(raw, "total", "value")
    for path in _tables(raw):
        most = _most(raw, path)
        if stated is not None and most and sum(most.values()) != stated:
            name = OWN if path == (OWN,) else f"groups[{path[1]}]"
            findings.note(("total", "value"), "sum", stated, total=sum(most.values()), table=name)


def _thresholds(raw: dict[str, Any], path: Path, findings: Findings) -> None:
    """Of the usual thresholds or an exception's: within reach in every table, and each saying something."""
    total, each = whole(raw, *path, "total", "value"), whole(raw, *path, "each", "value")
    tables = [most for most in (_most(raw, table) for table in _tables(raw)) if most]
    if not tables:
        return
    reach = min(sum(most.values()) for most in tables)
    if total is not None and total > reach:
        findings.note((*path, "total", "value"), "total-in-reach", total, total=reach)
    number, least = min(((n, m) for most in tables for n, m in most.items()), key=lambda pair: pair[1])
    if each is not None and each > least:
        findings.note((*path, "each", "value"), "each-in-reach", each, most=least, number=number)
    elif total is not None and each is not None and total < each * len(tables[0]):
        count = len(tables[0])
        findings.note(
            (*path, "total", "value"),
            "total-says-something",
            total,
            least=each * count,
            count=count,
            each=each,
        )


def _exceptions(raw: dict[str, Any], findings: Findings) -> None:
    path: Path = ("thresholds", "exceptions")
    no_code_twice(raw, path, findings, "area")
    for index, one in entries(raw, *path):
        _thresholds(raw, (*path, index), findings)
        for name in ("total", "each"):
            usual, here = whole(raw, "thresholds", name, "value"), whole(one, name, "value")
            if usual is not None and here is not None and here > usual:
                findings.note((*path, index, name, "value"), "milder", here, usual=usual)


def _proposal(raw: dict[str, Any], findings: Findings) -> None:
    numbers = _numbers(raw, (OWN,))
    spoken: set[int] = set()
    for index, rule in entries(raw, "proposal", "rules"):
        path: Path = ("proposal", "rules", index)
        found = at(rule, "indicators")
        of = dict(enumerate(found[:MOST_ENTRIES] if isinstance(found, list) else ()))
        of = {place: number for place, number in of.items() if type(number) is int}
        for place, number in of.items():
            known(number, (*path, "indicators", place), numbers, findings)
            if number in spoken:
                findings.note((*path, "indicators", place), "one-rule", number)
            spoken.add(number)
        _categories(rule, path, findings)
        _steps(raw, rule, path, list(of.values()), findings)
    for index, remark in entries(raw, "proposal", "remarks"):
        remarked = whole(remark, "indicator")
        if remarked is not None and remarked not in spoken:
            where: Path = ("proposal", "remarks", index, "indicator")
            findings.note(where, "remark", remarked, names=tuple(sorted(spoken)))


def _categories(rule: dict[str, Any], path: Path, findings: Findings) -> None:
    found = at(rule, "categories")
    for index, name in enumerate(found[:50] if isinstance(found, list) else ()):
        if isinstance(name, str) and name != ANY_CATEGORY and name not in CATEGORIES:
            meant = nearest(name, tuple(CATEGORIES))
            where: Path = (*path, "categories", index)
            rest = {"names": tuple(CATEGORIES)} | ({"name": meant} if meant else {})
            findings.note(where, "category-meant" if meant else "category", name, **rest)


def _steps(raw: dict[str, Any], rule: dict[str, Any], path: Path, of: list[int], findings: Findings) -> None:
    tables = [most for most in (_most(raw, table) for table in _tables(raw)) if most]
    most = min((table[number] for table in tables for number in of if number in table), default=None)
    before: dict[str, int] = {}
    for index, step in entries(rule, "steps"):
        for name in ("hours", "points"):
            value, where = whole(step, name), (*path, "steps", index, name)
            if value is None:
                continue
            if name in before and value <= before[name]:
                findings.note(where, "rising", value, before=before[name])
            before[name] = value
            if name == "points" and most is not None and value > most:
                findings.note(where, "step-in-reach", value, most=most)
