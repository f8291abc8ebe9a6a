"""Activities, their definitions and interactions (xAPI-Data 2.4.4.1)."""

from __future__ import annotations

from typing import Any

from xapi.findings import Checker, Findings, at_index, broken, missing, together
from xapi.iris import extensions, iri
from xapi.languages import language_map
from xapi.shapes import array_of, one_of, record, text

ACTIVITY = "xAPI-Data 2.4.4.1"

INTERACTION_TYPES = (
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert",
    "numeric", "other",
)  # fmt: skip
COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")
_FOR_INTERACTIONS = ("correctResponsesPattern", *COMPONENT_LISTS)
INTERACTION = ("interactionType", *_FOR_INTERACTIONS)

_component = record(
    ACTIVITY,
    {"id": text(ACTIVITY), "description": language_map(ACTIVITY)},
    required=("id",),
    called="an interaction component",
)
_list_of_components = array_of(_component, ACTIVITY)


def _components(value: Any) -> Findings:
    """A list of interaction components, each with an id of its own."""
    found = _list_of_components(value)
    if found is not None:
        return found
    seen: set[str] = set()
    for index, component in enumerate(value):
        if component["id"] in seen:
            message = "the ids of one list are distinct"
            twice = broken("component-id-distinct", message, component["id"], ACTIVITY, "id")
            found = together(found, at_index(index, twice))
        seen.add(component["id"])
    return found


def _interaction(definition: dict[str, Any]) -> Findings:
    """Interaction properties need an interactionType.

    Whether a list suits the type is not looked at: the specification leaves that to the LRS (MAY).
    """
    if "interactionType" in definition:
        return None
    for name in _FOR_INTERACTIONS:
        if name in definition:
            message = f"{name} is for interactions, which need an interactionType"
            return missing("interactionType", message, ACTIVITY)
    return None


_definition = record(
    ACTIVITY,
    {
        "name": language_map(ACTIVITY),
        "description": language_map(ACTIVITY),
        "type": iri(ACTIVITY),
        "moreInfo": iri(ACTIVITY),
        "extensions": extensions("xAPI-Data 4.1"),
        "interactionType": one_of(INTERACTION_TYPES, ACTIVITY),
        "correctResponsesPattern": array_of(text(ACTIVITY), ACTIVITY),
        **dict.fromkeys(COMPONENT_LISTS, _components),
    },
    further=_interaction,
    called="an activity's definition",
)

activity: Checker = record(
    ACTIVITY,
    {"objectType": one_of(["Activity"], ACTIVITY), "id": iri(ACTIVITY), "definition": _definition},
    required=("id",),
    called="an Activity",
)

_CONTEXT_ACTIVITIES = "xAPI-Data 2.4.6.2"
_several = array_of(activity, _CONTEXT_ACTIVITIES)


def _one_or_several(value: Any) -> Findings:
    return activity(value) if type(value) is dict else _several(value)


context_activities: Checker = record(
    _CONTEXT_ACTIVITIES,
    dict.fromkeys(("parent", "grouping", "category", "other"), _one_or_several),
    called="contextActivities",
)
