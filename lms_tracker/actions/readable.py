"""A statement as people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from xapi.strict_json import decode


@dataclass(frozen=True, slots=True)
class Sent:
    """What people want to read of a statement; language maps as they came.

    `text` is the statement as it came, laid out for reading; None where it names other learners too.
    """

    verb: str
    verb_names: Mapping[str, str]
    object: str
    object_names: Mapping[str, str]
    timestamp: str | None
    duration: str | None
    text: str | None


def sent(body: str) -> Sent:
    """What to show of a statement that passed validation."""
    value: dict[str, Any] = decode(body.encode())
    aim = value["object"]
    result = value.get("result") or {}
    for_one = value["actor"].get("objectType") != "Group"
    return Sent(
        verb=value["verb"]["id"],
        verb_names=value["verb"].get("display") or {},
        object=str(aim.get("id") or ""),
        object_names=(aim.get("definition") or {}).get("name") or {},
        timestamp=value.get("timestamp"),
        duration=result.get("duration"),
        text=msgspec.json.format(body, indent=2) if for_one else None,
    )
