"""The formats `ids` and `canonical` of statements that are read (xAPI-Communication 2.1.3).

Both cut the text of a statement into the values of its properties and join them again: whatever the format
does not concern, extensions and results above all, keeps its bytes and so every digit of its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from xapi.activities import COMPONENT_LISTS
from xapi.actors import IDENTIFIERS
from xapi.languages import Wishes, choose
from xapi.parts import Parts, Text, cut, items, join, join_items, word

# From the text of an object to its text in the format.
_Change = Callable[[Text], Text]


def ids(statement: bytes) -> bytes:
    """A rendered statement whose Agents, Groups, Activities and Verbs hold what identifies them and no more.

    Of a Group without an identifier each member is kept so. An objectType stays where without it the object
    would be taken for something else.
    """
    return _statement(statement, _identified_actor, _identified, _identified, _identified_object)


def canonical(statement: bytes, definitions: Mapping[str, bytes], asked: Wishes) -> bytes:
    """A rendered statement with the definitions that this LRS has of its activities, in one language each.

    `definitions` is JSON text by the activity's IRI; an activity that is not among them keeps the definition
    it came with, in one language. Verbs are shown in one language, actors as they came.
    """
    activity = partial(_canonical_activity, definitions=definitions, asked=asked)
    verb = partial(_in_one_language, names=("display",), asked=asked)
    return _statement(statement, _unchanged, verb, activity, _unchanged)


def activities_in(statement: bytes) -> list[str]:
    """The IRIs of a rendered statement's activities, one for each place where `canonical` may define it."""
    return [word(cut(activity)["id"]) for activity in activity_texts(statement)]


def activity_texts(statement: bytes) -> list[Text]:
    """The text of each Activity: the object, those around the statement, and those of a sub-statement."""
    found: list[Text] = []

    def note(activity: Text) -> Text:
        found.append(activity)
        return activity

    _statement(statement, _unchanged, _unchanged, note, _unchanged)
    return found


def _statement(
    text: Text, actor: _Change, verb: _Change, activity: _Change, actor_as_object: _Change
) -> bytes:
    """A statement or sub-statement, changed; `actor_as_object` has to say what kind of object it is."""
    parts = cut(text)
    _change(parts, "actor", actor)
    _change(parts, "authority", actor)
    _change(parts, "verb", verb)
    target = cut(parts["object"])
    kind = word(target["objectType"]) if "objectType" in target else "Activity"
    if kind == "Activity":
        _change(parts, "object", activity)
    elif kind == "SubStatement":
        parts["object"] = _statement(parts["object"], actor, verb, activity, actor_as_object)
    elif kind in ("Agent", "Group"):
        _change(parts, "object", actor_as_object)
    if "context" in parts:
        parts["context"] = _context(parts["context"], actor, activity)
    return join(parts)


def _context(text: Text, actor: _Change, activity: _Change) -> bytes:
    parts = cut(text)
    _change(parts, "instructor", actor)
    _change(parts, "team", actor)
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in parts:
            parts[name] = _each(parts[name], partial(_changed, name=who, change=actor))
    if "contextActivities" in parts:
        kinds = cut(parts["contextActivities"])
        for kind, several in kinds.items():
            kinds[kind] = _each(several, activity)
        parts["contextActivities"] = join(kinds)
    return join(parts)


def _unchanged(text: Text) -> Text:
    return text


def _identified(text: Text) -> bytes:
    return join({"id": cut(text)["id"]})


def _identified_actor(text: Text) -> bytes:
    actor = cut(text)
    is_group = "objectType" in actor and word(actor["objectType"]) == "Group"
    parts: Parts = {"objectType": b'"Group"'} if is_group else {}
    identifier = next((name for name in IDENTIFIERS if name in actor), None)
    if identifier is not None:
        parts[identifier] = actor[identifier]
    else:
        parts["member"] = _each(actor["member"], _identified_actor)
    return join(parts)


def _identified_object(text: Text) -> bytes:
    """An Agent or Group in the place of an object, where it would be an Activity if it did not say so."""
    actor = _identified_actor(text)
    return actor if actor.startswith(b'{"objectType"') else b'{"objectType":"Agent",' + actor[1:]


def _canonical_activity(text: Text, definitions: Mapping[str, bytes], asked: Wishes) -> Text:
    parts = cut(text)
    known = definitions.get(word(parts["id"]))
    if known is not None:
        parts["definition"] = known
    if "definition" not in parts:
        return text
    parts["definition"] = in_one_language(parts["definition"], asked)
    return join(parts)


def in_one_language(definition: Text, asked: Wishes) -> bytes:
    """The text of an activity's definition, each of its language maps with the most suitable entry alone."""
    parts = cut(_in_one_language(definition, ("name", "description"), asked))
    component = partial(_in_one_language, names=("description",), asked=asked)
    for name in COMPONENT_LISTS:
        if name in parts:
            parts[name] = _each(parts[name], component)
    return join(parts)


def _in_one_language(text: Text, names: tuple[str, ...], asked: Wishes) -> bytes:
    """The text of an object whose language maps, called one of `names`, keep one entry each."""
    parts = cut(text)
    for name in names:
        if name in parts:
            entries = cut(parts[name])
            if len(entries) > 1:
                tag = choose(list(entries), asked)
                parts[name] = join({tag: entries[tag]})
    return join(parts)


def _change(parts: Parts, name: str, change: _Change) -> None:
    if name in parts:
        parts[name] = change(parts[name])


def _changed(text: Text, name: str, change: _Change) -> bytes:
    parts = cut(text)
    _change(parts, name, change)
    return join(parts)


def _each(array: Text, change: _Change) -> bytes:
    return join_items([change(item) for item in items(array)])
