"""Documents: what a request names one by, and how two JSON Objects become one (xAPI-Communication 2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from fractions import Fraction
from typing import TypeVar

import msgspec

from xapi import parameters
from xapi.actors import Identified
from xapi.faults import Fault, Refusal
from xapi.findings import excerpt
from xapi.keys import activity_key
from xapi.strict_json import NotJson, read_text

CLAUSE = "xAPI-Communication 2.2"
# What a document without Content-Type is (RFC 9110 8.3).
UNTYPED = "application/octet-stream"

_MOST_OF_A_TYPE = 1_000
# More than an address can hold; a form could bring any number.
_MOST_OF_A_NAME = 65_536
_IN_A_HEADER = re.compile(r"[\x20-\x7e\xa0-\xff]+")
# PostgreSQL's text holds no NUL, and no text holds half of a surrogate pair.
_NOT_IN_A_NAME = re.compile("[\x00\ud800-\udfff]")
# From the beginning of a text to the first escape that is half of a surrogate pair alone, in one pass.
_HALF_OF_A_PAIR = re.compile(
    rb"(?:[^\\]++|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(?!u[dD][89a-fA-F])[\s\S])*+"
    rb"\\u[dD][89a-fA-F]"
)

_as_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_as_value = msgspec.json.Decoder(msgspec.Raw).decode
_Value = TypeVar("_Value")
_encode = msgspec.json.Encoder().encode


class Kind(IntEnum):
    """The three resources; the numbers are kept in the store."""

    STATE = 1
    ACTIVITY_PROFILE = 2
    AGENT_PROFILE = 3


class Names(Enum):
    """Whether a request names one document, or may mean all of its context."""

    ONE = "one"
    ONE_OR_ALL = "one or all"
    ONE_OR_ALL_SINCE = "one or all since"


@dataclass(frozen=True, slots=True)
class Context:
    """What documents belong to: a state to an agent and an activity, a profile to one of them."""

    kind: Kind
    # 16 bytes each, or empty.
    actor_key: bytes
    activity_key: bytes
    registration: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request names: one document of a context by its id, or all of them when `name` is None.

    `since` (exclusive) is exact nanoseconds since the epoch, UTC.
    """

    context: Context
    name: str | None
    since: int | Fraction | None


@dataclass(frozen=True, slots=True)
class _Parameters:
    clause: str
    id: str
    required: tuple[str, ...]
    readers: dict[str, parameters.Reader]


def read(kind: Kind, given: Iterable[tuple[str, str]], version: str, names: Names) -> Asked:
    """What the names and values of a request ask for; raises Refusal naming each wrong parameter."""
    known = _KINDS[kind]
    readers = known.readers
    if names is not Names.ONE_OR_ALL_SINCE:
        readers = {name: reader for name, reader in readers.items() if name != "since"}
    values, seen, faults = parameters.read(given, readers, version)
    needed = (*known.required, known.id) if names is Names.ONE else known.required
    for name in needed:
        if name not in seen:
            message = f"this request needs the parameter {name}"
            faults.append(Fault(None, name, "parameter-required", message, "nothing", known.clause))
    if {"since", known.id} <= seen:
        message = f"since asks for ids and cannot stand beside {known.id}"
        faults.append(Fault(None, "since", "parameter-combination", message, "both", known.clause))
    if faults:
        raise Refusal(faults)
    agent, activity = values.get("agent"), values.get("activityId")
    context = Context(
        kind,
        agent.key if agent is not None else b"",
        activity_key(activity) if activity is not None else b"",
        values.get("registration", b""),
    )
    return Asked(context, values.get(known.id), values.get("since"))


def _agent(name: str, text: str, version: str) -> Identified:
    # A Group is asked for by its identifier within an Agent (xAPI-Communication 2.6).
    found = parameters.agent(name, text, version)
    assert isinstance(found, Identified)
    if found.is_group:
        message = "expected an Agent; name an identified Group by its identifier within an Agent"
        raise parameters.refusal(
            "agent.objectType", "enumeration", message, "Group", "xAPI-Communication 2.6"
        )
    return found


def _name(name: str, text: str, _: str) -> str:
    if len(text) > _MOST_OF_A_NAME or _NOT_IN_A_NAME.search(text) is not None:
        message = f"expected an id of at most {_MOST_OF_A_NAME} whole Unicode characters and without NUL"
        raise parameters.refusal(name, "document-id", message, text, CLAUSE)
    return text


def _parameters(clause: str, id: str, *required: str, optional: tuple[str, ...] = ()) -> _Parameters:
    every: dict[str, parameters.Reader] = {
        "activityId": parameters.iri(clause),
        "agent": _agent,
        "registration": parameters.uuid(clause),
        id: _name,
        "since": parameters.time(clause),
    }
    taken = (*required, *optional, id, "since")
    return _Parameters(clause, id, required, {name: every[name] for name in taken})


_KINDS = {
    Kind.STATE: _parameters(
        "xAPI-Communication 2.3", "stateId", "activityId", "agent", optional=("registration",)
    ),
    Kind.ACTIVITY_PROFILE: _parameters("xAPI-Communication 2.7", "profileId", "activityId"),
    Kind.AGENT_PROFILE: _parameters("xAPI-Communication 2.6", "profileId", "agent"),
}


class Guard(Enum):
    """When a PUT has to say which document it knows, by If-Match or If-None-Match."""

    NEVER = "never"
    WHERE_ONE_STANDS = "where one stands"
    ALWAYS = "always"


def guard(kind: Kind, version: str, named: str) -> Guard:
    """What a PUT has to say in `version`, which the request named as `named` (xAPI-Communication 3.1).

    1.0.3 lets states be replaced without a word; IEEE 9274.1.1 4.1.4 makes no difference between the three.
    Clients of 1.0 must say it of a new profile too, and no clause has the LRS refuse them; the tests of 1.0.3
    do. So whoever names 1.0.3 is held to it, while clients of before, of which some never say it
    (TinCanPython, TinCanJS), store new profiles as they always have.
    """
    if version.startswith("1.") and kind is Kind.STATE:
        return Guard.NEVER
    return Guard.ALWAYS if named == "1.0.3" else Guard.WHERE_ONE_STANDS


def demand_guarded(guard: Guard, *, stated: bool, there: bool) -> None:
    """Raise a Refusal, 409 where a document stands and 400 where there is none, unless enough was said."""
    if stated or guard is Guard.NEVER or (guard is Guard.WHERE_ONE_STANDS and not there):
        return
    message = "expected If-Match with the ETag of the document, or If-None-Match: * where there is none yet"
    if there:
        message = (
            "a document stands here: check the current state of the document, "
            "then set the header If-Match to its ETag to replace it"
        )
    fault = Fault(None, "If-Match", "precondition-needed", message, "nothing", "xAPI-Communication 3.1")
    raise Refusal([fault], status=409 if there else 400)


def refuse_size(most: int) -> Refusal:
    """Of a document, as it came or as it would be after a merge, of more than `most` bytes."""
    message = f"expected a document of at most {most} bytes"
    clause = "xAPI-Communication 3.2"
    return Refusal([Fault(None, "", "document-too-large", message, "more", clause)], status=413)


# --- contents --------------------------------------------------------------------------------------------


def read_type(text: str | None) -> str:
    """The content type of a document as it will be given back; raises Refusal where no header can hold it."""
    if text is None or not text.strip(" \t"):
        return UNTYPED
    if len(text) > _MOST_OF_A_TYPE or _IN_A_HEADER.fullmatch(text) is None:
        message = f"expected a content type of at most {_MOST_OF_A_TYPE} printable characters of Latin-1"
        raise Refusal([Fault(None, "Content-Type", "document-type", message, excerpt(text), "RFC 9110 8.3")])
    return text


def is_json(content_type: str) -> bool:
    """Whether a document says that it is JSON, whatever parameters follow the type."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


def demand_json(body: bytes) -> None:
    """Raise a Refusal unless the body is one JSON value (xAPI-Communication 3.2); nothing is built of it."""
    _decoded(_as_value, body, "the document")


def demand_object(body: bytes) -> None:
    """Raise a Refusal unless the body is a JSON Object, which alone can be merged."""
    _decoded(_as_object, body, "the document")


def merge(existing: bytes, posted: bytes) -> bytes:
    """`existing` with each property of `posted` set: properties of the top only, their values as they came.

    Raises Refusal when either is not a JSON Object (xAPI-Communication 2.2).
    """
    before = _decoded(_as_object, existing, "the document that stands here")
    return _encode(before | _decoded(_as_object, posted, "the document"))


def demand_mergeable(content_type: str, whose: str) -> None:
    """Raise a Refusal unless this type of one of two documents says that it is JSON."""
    if not is_json(content_type):
        message = f"expected {whose} to be application/json; only JSON Objects can be merged"
        fault = Fault(None, "Content-Type", "document-merge", message, excerpt(content_type), CLAUSE)
        raise Refusal([fault])


def _decoded(decode: Callable[[bytes], _Value], body: bytes, whose: str) -> _Value:
    start = excerpt(body[:400].decode("utf-8", "replace"))
    try:
        read_text(body)
        return decode(body)
    except NotJson as problem:
        fault = Fault(None, "", problem.rule, f"{whose}: {problem.message}", start, CLAUSE)
    except msgspec.ValidationError:
        message = f"expected {whose} to be a JSON Object"
        fault = Fault(None, "", "document-merge", message, start, CLAUSE)
    except msgspec.DecodeError as problem:
        fault = _not_json(body, whose, problem, start)
    except RecursionError:
        message = f"{whose} has too many levels of nested objects and arrays"
        fault = Fault(None, "", "nesting-depth", message, start, CLAUSE)
    raise Refusal([fault])


def _not_json(body: bytes, whose: str, problem: msgspec.DecodeError, start: str) -> Fault:
    """What is wrong with a text; of nothing, and of half a pair, msgspec says that it was truncated."""
    if not body.strip(b" \t\r\n"):
        return Fault(None, "", "json", f"expected {whose} to be JSON; it is empty", "an empty body", CLAUSE)
    if _HALF_OF_A_PAIR.match(body) is not None:
        message = f"{whose}: a string holds half of a surrogate pair"
        return Fault(None, "", "json-surrogate", message, start, CLAUSE)
    return Fault(None, "", "json", f"{whose} is not JSON: {problem}", start, CLAUSE)
