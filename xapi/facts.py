"""What the rest of the project wants to know of a valid statement, read once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xapi import durations, timestamps
from xapi.actors import Identified, everyone_in, identify, is_identified
from xapi.durations import Duration
from xapi.keys import statement_id_bytes
from xapi.statements import VOIDED


@dataclass(slots=True)
class Received:
    """A statement that passed every rule of the specification.

    `text` is its JSON as it came, byte for byte, without `stored` and `authority`, which the LRS sets, and
    with each single Activity in contextActivities made an array of one (xAPI-Data 2.4.6.2); `value` is the
    same decoded. `timestamp_ns` is exact nanoseconds since the epoch, UTC, None when the sender gave none.
    `actors` are those the `agent` filter matches, `related_actors` the further ones of `related_agents`;
    `learners` are those who may earn credit: the actor, or a Group's members but never the Group.
    `activity` is what the `activity` filter matches, `related_activities` the further ones of
    `related_activities`: those of every kind around the statement, and those of a SubStatement.
    """

    text: bytes
    value: dict[str, Any]
    id: bytes | None
    version: str | None
    actors: list[Identified]
    related_actors: list[Identified]
    learners: list[Identified]
    verb: str
    activity: str | None
    parents: tuple[str, ...]
    groupings: tuple[str, ...]
    categories: tuple[str, ...]
    related_activities: tuple[str, ...]
    registration: bytes | None
    reference: bytes | None
    voids: bytes | None
    timestamp_ns: int | Fraction | None
    duration: Duration | None
    completion: bool
    success: bool | None


def received(text: bytes, value: dict[str, Any], family: str) -> Received:
    """The facts of a valid statement whose text and value are already as the LRS keeps them."""
    actor, target = value["actor"], value["object"]
    result, context = value.get("result") or {}, value.get("context") or {}
    around = context.get("contextActivities") or {}
    kind = target.get("objectType", "Activity")
    verb = value["verb"]["id"]
    came, time, length = value.get("id"), value.get("timestamp"), result.get("duration")
    registration = context.get("registration")
    reference = statement_id_bytes(target["id"]) if kind == "StatementRef" else None
    actors, learners = _actors(actor, target, kind)
    # By position and in the order of the class: keywords would cost a tenth of the whole.
    return Received(
        text,
        value,
        None if came is None else statement_id_bytes(came),
        value.get("version"),
        actors,
        _related(target, kind, context, actors),
        learners,
        verb,
        target["id"] if kind == "Activity" else None,
        _ids(around.get("parent")),
        _ids(around.get("grouping")),
        _ids(around.get("category")),
        _related_activities(target, kind, around) if around or kind == "SubStatement" else (),
        None if registration is None else statement_id_bytes(registration),
        reference,
        reference if verb == VOIDED else None,
        None if time is None else timestamps.parse(time, family),
        None if length is None else durations.parse(length),
        result.get("completion") is True,
        result.get("success"),
    )


def _ids(activities: list[dict[str, Any]] | None) -> tuple[str, ...]:
    if not activities:
        return ()
    return (
        (activities[0]["id"],) if len(activities) == 1 else tuple(dict.fromkeys(a["id"] for a in activities))
    )


def _related_activities(target: dict[str, Any], kind: str, around: dict[str, Any]) -> tuple[str, ...]:
    found = [one["id"] for activities in around.values() for one in activities]
    if kind == "SubStatement":
        inner = target["object"]
        if inner.get("objectType", "Activity") == "Activity":
            found.append(inner["id"])
        further = (target.get("context") or {}).get("contextActivities") or {}
        found.extend(one["id"] for activities in further.values() for one in activities)
    own = target["id"] if kind == "Activity" else None
    return tuple(iri for iri in dict.fromkeys(found) if iri != own)


def _actors(
    actor: dict[str, Any], target: dict[str, Any], kind: str
) -> tuple[list[Identified], list[Identified]]:
    if actor.get("objectType") != "Group":
        learners = [identify(actor)]
        if kind != "Agent" and kind != "Group":
            return learners[:], learners
        return _distinct([*learners, *everyone_in(target)]), learners
    learners = _distinct(map(identify, actor.get("member", ())))
    everyone = [identify(actor), *learners] if is_identified(actor) else learners[:]
    if kind in ("Agent", "Group"):
        everyone.extend(everyone_in(target))
    return _distinct(everyone), learners


def _related(
    target: dict[str, Any], kind: str, context: dict[str, Any], already: list[Identified]
) -> list[Identified]:
    found = list(_in_context(context)) if context else []
    if kind == "SubStatement":
        found.extend(everyone_in(target["actor"]))
        if target["object"].get("objectType") in ("Agent", "Group"):
            found.extend(everyone_in(target["object"]))
        found.extend(_in_context(target.get("context") or {}))
    return _distinct(found, already) if found else found


def _in_context(context: dict[str, Any]) -> Iterable[Identified]:
    for name in ("instructor", "team"):
        if name in context:
            yield from everyone_in(context[name])
    for several, one in (("contextAgents", "agent"), ("contextGroups", "group")):
        for entry in context.get(several, ()):
            yield from everyone_in(entry[one])


def _distinct(found: Iterable[Identified], already: Iterable[Identified] = ()) -> list[Identified]:
    seen = {one.key for one in already}
    result = []
    for one in found:
        if one.key not in seen:
            seen.add(one.key)
            result.append(one)
    return result
