"""Agents and Groups: what makes one valid (xAPI-Data 2.4.2) and which one it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xapi.faults import Fault, Refusal
from xapi.findings import Checker, Finding, Findings, broken, excerpt, missing, under, wrong_type
from xapi.iris import iri
from xapi.keys import actor_key
from xapi.shapes import array_of, one_of, record, text
from xapi.strict_json import NotJson, decode

AGENT = "xAPI-Data 2.4.2.1"
GROUP = "xAPI-Data 2.4.2.2"
IDENTIFIER = "xAPI-Data 2.4.2.3"
ACCOUNT = "xAPI-Data 2.4.2.4"
AUTHORITY = "xAPI-Data 2.4.9"

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_NOT_IN_MBOX = r"\x00-\x20\x7f-\xa0\s@<>\\^`{|}\"?#"
_MBOX = re.compile(rf"mailto:[^{_NOT_IN_MBOX}\[\]]+@[^{_NOT_IN_MBOX}/%]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\\|]")
_LONGEST_REMEMBERED = 300


@dataclass(frozen=True, slots=True)
class Identified:
    """An Agent or Group that has an identifier.

    `identifier` is canonical: equal for equal actors, never holds a control character; `key` is made of it.
    `name` is for people, without NUL.
    """

    key: bytes
    identifier: str
    name: str | None
    is_group: bool


def _mbox(value: Any) -> Findings:
    if type(value) is not str:
        return wrong_type("a string", value, IDENTIFIER)
    if _MBOX.fullmatch(value) is not None:
        return None
    return broken("mbox", 'expected an e-mail address as "mailto:name@example.org"', value, IDENTIFIER)


def _mbox_sha1sum(value: Any) -> Findings:
    if type(value) is not str:
        return wrong_type("a string", value, IDENTIFIER)
    if _SHA1.fullmatch(value) is not None:
        return None
    return broken("mbox-sha1sum", "expected 40 hexadecimal digits", value, IDENTIFIER)


_account = record(
    ACCOUNT,
    {"homePage": iri(ACCOUNT), "name": text(ACCOUNT)},
    required=("homePage", "name"),
    called="an account",
)
_identifying: dict[str, Checker] = {
    "mbox": _mbox,
    "mbox_sha1sum": _mbox_sha1sum,
    "openid": iri(IDENTIFIER),
    "account": _account,
}


def _one_identifier(value: dict[str, Any]) -> Findings:
    present = [name for name in IDENTIFIERS if name in value]
    if len(present) == 1:
        return None
    if not present:
        return _without_identifier("an Agent")
    return _several_identifiers(present)


def _identifier_or_members(value: dict[str, Any]) -> Findings:
    present = [name for name in IDENTIFIERS if name in value]
    if len(present) > 1:
        return _several_identifiers(present)
    if not present and "member" not in value:
        return missing("member", "a Group without an identifier needs its members", GROUP)
    return None


def _without_identifier(who: str) -> list[Finding]:
    message = f"{who} needs exactly one identifier: mbox, mbox_sha1sum, openid or account"
    return [Finding("", "ifi-exactly-one", message, "none", IDENTIFIER)]


def _several_identifiers(present: list[str]) -> list[Finding]:
    message = "expected one identifier only, of mbox, mbox_sha1sum, openid and account"
    return [Finding("", "ifi-exactly-one", message, ", ".join(present), IDENTIFIER)]


agent: Checker = record(
    AGENT,
    {"objectType": one_of(["Agent"], AGENT), "name": text(AGENT), **_identifying},
    further=_one_identifier,
    called="an Agent",
)
group: Checker = record(
    GROUP,
    {
        "objectType": one_of(["Group"], GROUP),
        "name": text(GROUP),
        "member": array_of(agent, GROUP),
        **_identifying,
    },
    required=("objectType",),
    further=_identifier_or_members,
    called="a Group",
)


def agent_or_group(value: Any) -> Findings:
    """A checker: an Agent, or a Group that says so (xAPI-Data 2.4.2)."""
    if type(value) is not dict:
        return wrong_type("an object", value, "xAPI-Data 2.4.2")
    kind = value.get("objectType", "Agent")
    if kind == "Agent":
        return agent(value)
    if kind == "Group":
        return group(value)
    if type(kind) is not str:
        return under("objectType", wrong_type("a string", kind, "xAPI-Data 2.4.2"))
    return broken("enumeration", "expected Agent or Group", kind, "xAPI-Data 2.4.2", "objectType")


def authority(value: Any) -> Findings:
    """A checker: an Agent, or the nameless Group of an OAuth consumer and its user (xAPI-Data 2.4.9)."""
    found = agent_or_group(value)
    if found is not None or value.get("objectType") != "Group":
        return found
    if is_identified(value):
        message = "a Group as authority has no identifier of its own"
        return broken("authority-group", message, value, AUTHORITY)
    members = value["member"]
    if len(members) != 2:
        message = "a Group as authority has exactly two members"
        return broken("authority-group", message, members, AUTHORITY, "member")
    if not any("account" in member for member in members):
        message = "one of the two members is the OAuth consumer, identified by account"
        return broken("authority-group", message, members, AUTHORITY, "member")
    return None


def is_identified(actor: dict[str, Any]) -> bool:
    """False for a Group that is only its members."""
    return any(name in actor for name in IDENTIFIERS)


def identify(actor: dict[str, Any]) -> Identified:
    """Which one a valid Agent or identified Group is.

    Two are the same when the same kind of identifier has the same value (xAPI-Communication 2.1.3); the
    domain of an e-mail address and hexadecimal digits are compared without case.
    """
    name = actor.get("name")
    is_group = actor.get("objectType") == "Group"
    account = actor.get("account")
    if account is not None:
        first, second = account["homePage"], account["name"]
        kind = "account"
    else:
        kind = next(kind for kind in IDENTIFIERS if kind in actor)
        first, second = actor[kind], ""
    if len(first) + len(second) + len(name or "") <= _LONGEST_REMEMBERED:
        return _remembered(kind, first, second, name, is_group)
    return _identified(kind, first, second, name, is_group)


def _identified(kind: str, first: str, second: str, name: str | None, is_group: bool) -> Identified:
    if kind == "account":
        # No IRI holds "|", so the first one parts home page and name.
        identifier = f"account:{first}|{_UNPRINTABLE.sub(_escaped, second)}"
    elif kind == "mbox":
        local, _, domain = first.partition("@")
        identifier = f"mbox:{local}@{domain.lower()}"
    elif kind == "mbox_sha1sum":
        identifier = f"mbox_sha1sum:{first.lower()}"
    else:
        identifier = f"openid:{first}"
    shown = name.replace("\x00", "\ufffd") if name else name
    return Identified(actor_key(identifier), identifier, shown, is_group)


_remembered = lru_cache(maxsize=16_384)(_identified)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def everyone_in(actor: dict[str, Any]) -> Iterator[Identified]:
    """The actor itself, if it has an identifier, then its members."""
    if "member" not in actor:
        yield identify(actor)
        return
    if is_identified(actor):
        yield identify(actor)
    yield from map(identify, actor["member"])


def read_agent(text: str, version: str) -> Identified:
    """The `agent` parameter of a request: an Agent or identified Group as JSON. Raises Refusal."""
    try:
        value = decode(text.encode("utf-8", "surrogatepass"))
    except NotJson as problem:
        wrong = Finding(problem.path, problem.rule, problem.message, excerpt(text), "xAPI-Data 2.2")
        raise Refusal(Fault(None, *bad) for bad in under("agent", [wrong])) from None
    found = agent_or_group(value)
    if found is None and not is_identified(value):
        found = _without_identifier("a Group asked for")
    if found is not None:
        raise Refusal(Fault(None, *bad) for bad in under("agent", found))
    return identify(value)
