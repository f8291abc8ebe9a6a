"""Whether the parts of a checklist fit together: headings, levels, shares."""

from typing import Any

from lms_tracker.learning.recognition.criteria_findings import Findings
from lms_tracker.learning.recognition.criteria_parts import COUNTED
from lms_tracker.learning.recognition.json_lines import Path
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.raw_parts import at, codes, entries, known, no_code_twice, whole
from lms_tracker.learning.recognition.shares import COUNTED_OF

AMOUNTS = ("percent", "count")


def check(raw: dict[str, Any], findings: Findings) -> None:
    no_code_twice(raw, ("headings",), findings)
    no_code_twice(raw, ("items",), findings)
    headings = list(codes(raw, "headings"))
    items = list(entries(raw, "items"))
    for index, item in items:
        known(item.get("heading"), ("items", index, "heading"), headings, findings)
        if isinstance(item.get("share"), dict):
            _share(raw, item["share"], ("items", index, "share"), findings)
    levels = [whole(item, "level") for _, item in items]
    if levels and None not in levels and 1 not in levels:
        findings.note(("items",), "level-1", levels[0])
    if raw.get("months_between") is not None and levels and 2 not in levels:
        findings.note(("months_between",), "levels-only", raw["months_between"])
    _levels(items, findings)


def _levels(items: list[tuple[int, dict[str, Any]]], findings: Findings) -> None:
    """An item of level 2 stands in place of at most one of level 1, and asks for no less."""
    first = {item["code"]: item for _, item in items if item.get("level") == 1 and _has_code(item)}
    for index, item in items:
        target = item.get("instead_of")
        if not isinstance(target, str):
            continue
        path: Path = ("items", index)
        if item.get("level") != 2 or target not in first:
            findings.note((*path, "instead_of"), "instead-of", target)
            continue
        before = first.pop(target)
        for name in AMOUNTS:
            least, here = (whole(one, "share", name, "value") for one in (before, item))
            if least is not None and here is not None and here < least:
                findings.note((*path, "share", name, "value"), "higher", here, least=least)


def _has_code(item: dict[str, Any]) -> bool:
    return isinstance(item.get("code"), str)


def _share(raw: dict[str, Any], share: dict[str, Any], path: Path, findings: Findings) -> None:
    given = [name for name in AMOUNTS if share.get(name) is not None]
    if len(given) != 1:
        findings.note(path, "percent-or-count", ", ".join(given) if given else share)
    percent = whole(share, "percent", "value")
    if percent is not None and not 1 <= percent <= 100:
        findings.note((*path, "percent", "value"), "percent", percent)
    if whole(share, "count", "value") == 0:
        findings.note((*path, "count", "value"), "positive", 0)
    of, model = at(share, "of"), at(raw, "model")
    if not isinstance(of, str) or of not in COUNTED:
        return
    if isinstance(model, str) and model in tuple(Model) and of not in COUNTED_OF[Model(model)]:
        findings.note((*path, "of"), "countable", of, names=COUNTED_OF[Model(model)] or ("–",))
    if isinstance(share.get("recognised_as"), str) and share["recognised_as"] != COUNTED[of]:
        findings.note(
            (*path, "recognised_as"), "recognised-as", share["recognised_as"], model=COUNTED[of], of=of
        )
