"""Whether a value has the shape of a criteria set: its members and their kinds, read from the types.

So the types are the one place that says what a set is made of; whether its parts fit together is another
question (`criteria_rules`).
"""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from msgspec import inspect

from lms_tracker.learning.recognition.criteria_findings import Findings
from lms_tracker.learning.recognition.criteria_parts import Address, Checklist, Code, Day, PointsSet
from lms_tracker.learning.recognition.json_lines import Path

FORMS: Mapping[str, type] = {"points": PointsSet, "checklist": Checklist}

MOST_UNKNOWN = 10
FIRST_YEAR, LAST_YEAR = 1900, 2200


def check(raw: object, findings: Findings) -> None:
    """Note every member that is missing, unknown or of another kind."""
    if not isinstance(raw, dict):
        findings.note((), "object", raw)
        return
    form = raw.get("form")
    if not isinstance(form, str) or form not in FORMS:
        if "form" in raw:
            _note_choice(findings, ("form",), form, tuple(FORMS))
        else:
            findings.note((), "member", name="form")
    _object(_info(FORMS[form_of(raw)]), raw, (), findings)


def form_of(raw: dict[str, Any]) -> str:
    """The form that a set says, or the likelier one where it says none that there is."""
    form = raw.get("form")
    if isinstance(form, str) and form in FORMS:
        return form
    return "checklist" if "items" in raw else "points"


@cache
def _info(form: type) -> inspect.StructType:
    found = inspect.type_info(form)
    assert isinstance(found, inspect.StructType)
    return found


def nearest(name: str, names: tuple[str, ...]) -> str | None:
    """Which of these names somebody who wrote `name` may have meant."""
    return next(iter(difflib.get_close_matches(name[:60], names, 1, 0.7)), None)


def _walk(info: inspect.Type, value: object, path: Path, findings: Findings) -> None:
    if isinstance(info, inspect.UnionType):
        if value is None:
            return
        info = next(one for one in info.types if not isinstance(one, inspect.NoneType))
    _KINDS[type(info)](info, value, path, findings)


def _object(info: inspect.StructType, value: object, path: Path, findings: Findings) -> None:
    if not isinstance(value, dict):
        findings.note(path, "object", value)
        return
    fields = {field.encode_name: field for field in info.fields}
    names = tuple(fields) if info.tag_field is None else (info.tag_field, *fields)
    for name in [name for name in value if name not in names][:MOST_UNKNOWN]:
        meant = nearest(name, tuple(known for known in names if known not in value))
        if meant is None:
            findings.note((*path, name), "no-member", name, names=names)
        else:
            findings.note((*path, name), "meant", name, name=meant)
    for name, field in fields.items():
        if name in value:
            _walk(field.type, value[name], (*path, name), findings)
        elif field.required:
            findings.note((*path, name), "member", name=name)


def _list(info: inspect.VarTupleType, value: object, path: Path, findings: Findings) -> None:
    least, most = info.min_length or 0, info.max_length or 0
    if not isinstance(value, list):
        findings.note(path, "list", value)
        return
    if not least <= len(value) <= most:
        findings.note(path, "entries", len(value), least=least, most=most)
    for index, one in enumerate(value[:most]):
        _walk(info.item_type, one, (*path, index), findings)


# What a text must look like, by the pattern of its type.
_PATTERNS = {
    inspect.type_info(kind).pattern: rule  # type: ignore[attr-defined]
    for kind, rule in ((Code, "code"), (Day, "day-of-year"), (Address, "address"))
}


def _text(info: inspect.StrType, value: object, path: Path, findings: Findings) -> None:
    if info.pattern is not None:
        rule = _PATTERNS[info.pattern]
        if not isinstance(value, str) or re.search(info.pattern, value) is None or not _is_day(rule, value):
            findings.note(path, rule, value)
    elif not isinstance(value, str) or not 1 <= len(value) <= (info.max_length or 0):
        findings.note(path, "text", value, most=info.max_length)
    elif not value.strip() or not all(letter.isprintable() or letter == "\n" for letter in value):
        findings.note(path, "printable", value)


def _is_day(rule: str, value: str) -> bool:
    """Whether a year that has no 29 February has this day, where a day is asked for."""
    if rule != "day-of-year":
        return True
    try:
        date.fromisoformat(f"2001-{value}")
    except ValueError:
        return False
    return True


def _number(info: inspect.IntType, value: object, path: Path, findings: Findings) -> None:
    least, most = info.ge or 0, info.le or 0
    if type(value) is not int or not least <= value <= most:
        findings.note(path, "number", value, least=least, most=most)


def _yes_or_no(_info: inspect.BoolType, value: object, path: Path, findings: Findings) -> None:
    if not isinstance(value, bool):
        findings.note(path, "yes-no", value)


def _date(_info: inspect.DateType, value: object, path: Path, findings: Findings) -> None:
    if day_of(value) is None:
        findings.note(path, "date", value)


def day_of(value: object) -> date | None:
    """A date as a set has them, None for anything else."""
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _choice(info: inspect.LiteralType, value: object, path: Path, findings: Findings) -> None:
    if not any(type(value) is type(one) and value == one for one in info.values):
        _note_choice(findings, path, value, info.values)


def _note_choice(findings: Findings, path: Path, value: object, names: tuple[Any, ...]) -> None:
    meant = nearest(value, tuple(map(str, names))) if isinstance(value, str) else None
    if meant is None:
        findings.note(path, "one-of", value, names=names)
    else:
        findings.note(path, "one-of-meant", value, names=names, name=meant)


_KINDS: Mapping[type, Callable[[Any, object, Path, Findings], None]] = {
    inspect.StructType: _object,
    inspect.VarTupleType: _list,
    inspect.StrType: _text,
    inspect.IntType: _number,
    inspect.BoolType: _yes_or_no,
    inspect.DateType: _date,
    inspect.LiteralType: _choice,
}
