"""A statement as people read it.

Only what is shown is decoded: statements were validated when they came, and may be as large as a request.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from lms_tracker.store.shown import LONGEST, Shown
from xapi.batches import reread

# Characters of a laid out text that a page still shows: deep nesting makes it many times the body.
LONGEST_LAID_OUT = 262_144
# Characters of a name or an address in a list.
LONGEST_NAME = 1_000


class _Verb(msgspec.Struct):
    id: str
    display: dict[str, str] = {}


class _Definition(msgspec.Struct):
    name: dict[str, str] = {}


class _Object(msgspec.Struct):
    id: str = ""
    definition: _Definition = msgspec.field(default_factory=_Definition)


class _Result(msgspec.Struct):
    duration: str | None = None


class _Activity(msgspec.Struct):
    id: str


class _Around(msgspec.Struct):
    parent: list[_Activity] = []
    grouping: list[_Activity] = []


class _Context(msgspec.Struct):
    around: _Around = msgspec.field(name="contextActivities", default_factory=_Around)


class _Statement(msgspec.Struct):
    """The parts of a stored statement that pages show; all else is passed over."""

    actor: dict[str, Any]
    verb: _Verb
    object: _Object
    timestamp: str | None = None
    result: _Result = msgspec.field(default_factory=_Result)
    context: _Context = msgspec.field(default_factory=_Context)


_decoder = msgspec.json.Decoder(_Statement)


@dataclass(frozen=True, slots=True)
class Sent:
    """What people want to read of a statement; language maps as they came. It names nobody."""

    verb: str
    verb_names: Mapping[str, str]
    object: str
    object_names: Mapping[str, str]
    timestamp: str | None
    duration: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """A statement of a list. `actor` is None where the body is too long for lists.

    `parents` and `groupings` are IRIs of contextActivities.
    """

    sent: Sent
    actor: dict[str, Any] | None
    parents: tuple[str, ...] = ()
    groupings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A statement laid out; None where it names anybody else or is too long to show."""

    laid_out: str | None
    is_too_long: bool = False


def outline(statement: Shown) -> Outline:
    """What a list shows of a statement; of a long one only what its keys say."""
    if statement.body is None:
        return Outline(
            Sent(_short(statement.verb), {}, _short(statement.activity or ""), {}, None, None), None
        )
    value = _decoder.decode(statement.body)
    around = value.context.around
    return Outline(
        _sent(value),
        value.actor,
        tuple(one.id for one in around.parent),
        tuple(one.id for one in around.grouping),
    )


def sent(body: str) -> Sent:
    """What to show of a statement that passed validation, however long."""
    return _sent(_decoder.decode(body))


def _sent(value: _Statement) -> Sent:
    return Sent(
        verb=_short(value.verb.id),
        verb_names=_short_names(value.verb.display),
        object=_short(value.object.id),
        object_names=_short_names(value.object.definition.name),
        timestamp=value.timestamp and _short(value.timestamp),
        duration=value.result.duration and _short(value.result.duration),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"


def _short_names(names: Mapping[str, str]) -> dict[str, str]:
    return {tag: _short(text) for tag, text in names.items()}


def text_about(actor_keys: Collection[bytes], body: str, version: str) -> Text:
    """A statement as it came, laid out for the learner with these actor keys.

    Not where it names anybody else: classmates, a teacher, somebody as object or in a SubStatement.
    """
    encoded = body.encode()
    if len(encoded) > LONGEST:
        return Text(None, is_too_long=True)
    found = reread(encoded, version)
    named = {one.key for one in (*found.actors, *found.related_actors, *found.learners)}
    if not named <= set(actor_keys):
        return Text(None)
    laid_out = msgspec.json.format(body, indent=2)
    return Text(None, is_too_long=True) if len(laid_out) > LONGEST_LAID_OUT else Text(laid_out)
