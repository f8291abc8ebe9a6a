"""What is wrong with a file of criteria: where, on which line, what was expected and what came."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from lms_tracker.learning.recognition.criteria_texts import EXPECTED
from lms_tracker.learning.recognition.json_lines import Lines, Path, told

MOST_FINDINGS = 200
MOST_GOT = 80


class Missing:
    """In the place of a value that is not there."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Finding:
    """`where` is a path such as "thresholds.total.value", empty for the file; `line` counts from 1.

    `rule` is a stable name. `got` is JSON, cut short, or None where something is missing.
    """

    where: str
    line: int | None
    rule: str
    vi: str
    en: str
    got: str | None


@dataclass(slots=True)
class Findings:
    """Gathers what is wrong, so that all is told at once; after many it only says that there is more."""

    lines: Lines | None = None
    found: list[Finding] = field(default_factory=list)

    def note(self, path: Path, rule: str, got: object = MISSING, **values: object) -> None:
        if len(self.found) > MOST_FINDINGS:
            return
        if len(self.found) == MOST_FINDINGS:
            path, rule, got, values = (), "more", MISSING, {}
        shown = {name: listed(value) if isinstance(value, tuple) else value for name, value in values.items()}
        vi, en = (text.format_map(shown) for text in EXPECTED[rule])
        line = self.lines.of(path) if self.lines and path else None
        self.found.append(Finding(told(path), line, rule, vi, en, _shown(got)))

    def in_order(self) -> tuple[Finding, ...]:
        """By line, those about the file as a whole first."""
        return tuple(sorted(self.found, key=lambda one: (one.rule == "more", one.line or 0)))


def listed(names: Collection[object]) -> str:
    """At most forty names, one after the other."""
    shown = [str(name) for name in names]
    return ", ".join(shown[:40]) + (", …" if len(shown) > 40 else "")


def _shown(got: object) -> str | None:
    if isinstance(got, Missing):
        return None
    if isinstance(got, list | dict):
        return "[…]" if isinstance(got, list) else "{…}"
    text = json.dumps(got, ensure_ascii=False)
    text = "".join(letter if letter.isprintable() else "?" for letter in text[: MOST_GOT + 1])
    return text if len(text) <= MOST_GOT else text[: MOST_GOT - 1] + "…"
