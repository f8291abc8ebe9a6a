"""A statement as people read it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from xapi.facts import received
from xapi.strict_json import decode


@dataclass(frozen=True, slots=True)
class Sent:
    """What people want to read of a statement; language maps as they came. It names nobody."""

    verb: str
    verb_names: Mapping[str, str]
    object: str
    object_names: Mapping[str, str]
    timestamp: str | None
    duration: str | None


def sent(body: str) -> Sent:
    """What to show of a statement that passed validation."""
    value: dict[str, Any] = decode(body.encode())
    aim = value["object"]
    result = value.get("result") or {}
    return Sent(
        verb=value["verb"]["id"],
        verb_names=value["verb"].get("display") or {},
        object=str(aim.get("id") or ""),
        object_names=(aim.get("definition") or {}).get("name") or {},
        timestamp=value.get("timestamp"),
        duration=result.get("duration"),
    )


def text_about(actor_keys: Collection[bytes], body: str, version: str) -> str | None:
    """A statement as it came, laid out for the learner with these actor keys.

    None where it names anybody else: classmates, a teacher, somebody as object or in a SubStatement.
    """
    found = received(body.encode(), decode(body.encode()), version)
    named = {one.key for one in (*found.actors, *found.related_actors, *found.learners)}
    return msgspec.json.format(body, indent=2) if named <= set(actor_keys) else None
