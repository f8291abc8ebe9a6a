"""Policies as JSON: what a file says, and what is wrong with one.

Every member must be there, so that a version says all its rules and none hides in the program:

    {
     "title": {"vi": "...", "en": "..."},
     "caps": {
      "statement": {"hours": 4},             of a longer statement the last 4 hours count
      "day": {"hours": 12},                  of one local day
      "year": null,                          of one local year; null is no cap
      "course": null,                        of every course
      "courses": {"3/KNS-01": {"hours": 20}},  of a provider's course, by the provider's number and its code
      "event": {                             of one event, by the role in it
       "chair": {"tiet": 8, "minutes_each": 50},
       "presenter": {"tiet": 8, "minutes_each": 50},
       "participant": {"tiet": 4, "minutes_each": 50}
      },
      "declared": {                          of what citizens declare and reviewers accept
       "claim": {"hours": 40},               of one claim
       "year": {"hours": 120}                of one local year and person
      }
     },
     "clock_tolerance": {"minutes": 10},     how far ahead of ours a sender's clock may run
     "readings": {
      "gap_limit": {"minutes": 60},          statements farther apart than this are not one sitting
      "media_factor": "1",                   time credited for a second of media that was played
      "cmi5_browse": false,                  whether cmi5's launch modes Browse and Review count
      "cmi5_review": false
     },
     "late_arrivals": {"closes": "03-31", "first_year": 2026},
     "hour_units": {"allowed": [60, 50, 45, 35], "default": 60}
    }

A length is one number with its unit: hours, minutes, seconds, or tiet together with the minutes of each,
which must be one of the hour units allowed. It comes to whole seconds. `late_arrivals`: the local years from
`first_year` on stay open until the end of that local day (MM-DD) of the next year; with null they never
close.

`caps.declared` may be left out, which is no cap: policies of before it was known stay readable.

The figures of the event caps above are those of TT 22/2013/TT-BYT for health workers, superseded by
TT 32/2023/TT-BYT; the shipped policy has none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from lms_tracker.learning import policy_fields as fields
from lms_tracker.learning.policy import Policy

# As learning.evidence.EventRole has them.
ROLES = {"participant": 1, "presenter": 2, "chair": 3}

MOST_BYTES = 1_000_000
MOST_COURSES = 10_000


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` names the member, as in "caps.day"; empty for the file as a whole."""

    where: str
    expected: str
    got: str


class PolicyRefused(Exception):
    """The file is no policy."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@cache
def shipped() -> str:
    """The text of the policy that comes with the program."""
    file = resources.files("lms_tracker.learning").joinpath("policies/default.json")
    return canonical(file.read_bytes())


def canonical(data: bytes) -> str:
    """A policy's text in one form. Raises PolicyRefused with all that is wrong with it."""
    return msgspec.json.format(msgspec.json.encode(_checked(data)[0]), indent=1).decode()


def read(text: str, version: int, timezone: str) -> Policy:
    """The policy of a text. Raises PolicyRefused."""
    _, policy = _checked(text.encode())
    return replace(policy, version=version, timezone=timezone)


def title(text: str, language: str) -> str:
    """What a policy is called, "vi" or "en"."""
    return str(msgspec.json.decode(text)["title"][language])


def _checked(data: bytes) -> tuple[dict[str, Any], Policy]:
    if len(data) > MOST_BYTES:
        raise PolicyRefused([Problem("", f"at most {MOST_BYTES} bytes", f"{len(data)} bytes")])
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PolicyRefused([Problem("", "JSON in UTF-8", str(error)[:200])]) from None
    reader = _Reader()
    policy = reader.policy(found)
    if reader.problems or policy is None:
        raise PolicyRefused(reader.problems)
    return found, policy


class _Reader:
    """Reads a policy and notes everything that is wrong, instead of only the first thing."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def policy(self, found: object) -> Policy | None:
        parts = {
            "title": fields.title,
            "caps": None,
            "clock_tolerance": fields.length,
            "readings": None,
            "late_arrivals": None,
            "hour_units": None,
        }
        top = self._members(found, "", {name: read for name, read in parts.items() if read}, set(parts))
        units = self._units(_member(found, "hour_units"))
        allowed, default = units or ((), 0)
        caps = self._caps(_member(found, "caps"), allowed)
        readings = self._members(
            _member(found, "readings"),
            "readings",
            {
                "gap_limit": fields.length,
                "media_factor": fields.factor,
                "cmi5_browse": fields.yes,
                "cmi5_review": fields.yes,
            },
        )
        closes, first_year = self._late(found)
        if self.problems:
            return None
        return Policy(
            version=0,
            **caps,
            clock_tolerance=top["clock_tolerance"],
            gap_limit=readings["gap_limit"],
            media_factor=readings["media_factor"],
            counts_browse=readings["cmi5_browse"],
            counts_review=readings["cmi5_review"],
            closes=closes,
            first_closed_year=first_year,
            hour_minutes=allowed,
            default_hour_minutes=default,
        )

    def _caps(self, found: object, allowed: tuple[int, ...]) -> dict[str, Any]:
        def length(value: object) -> int:
            return fields.length(value, allowed)

        def most_a_day(value: object) -> int:
            seconds = length(value)
            return seconds if seconds <= fields.DAY else fields.wrong("at most 24 hours", value)

        def maybe(value: object) -> int | None:
            return None if value is None else length(value)

        readers = {"statement": length, "day": most_a_day, "year": maybe, "course": maybe}
        parts = {*readers, "courses", "event", *({"declared"} & _names(found))}
        caps = self._members(found, "caps", readers, parts)
        event = self._members(_member(found, "event"), "caps.event", dict.fromkeys(ROLES, maybe))
        declared = self._members(
            _member(found, "declared"), "caps.declared", dict.fromkeys(("claim", "year"), maybe)
        )
        return {
            "statement_cap": caps.get("statement"),
            "day_cap": caps.get("day"),
            "year_cap": caps.get("year"),
            "course_cap": caps.get("course"),
            "declared_cap": declared.get("claim"),
            "declared_year_cap": declared.get("year"),
            "course_caps": dict(self._courses(_member(found, "courses"), length)),
            "event_caps": {
                ROLES[role]: seconds
                for role, seconds in event.items()
                if role in ROLES and seconds is not None
            },
        }

    def _courses(
        self, found: object, length: Callable[[object], int]
    ) -> Iterator[tuple[tuple[int, str], int]]:
        if not isinstance(found, dict) or len(found) > MOST_COURSES:
            if found is not _MISSING:
                self._note("caps.courses", f"an object with at most {MOST_COURSES} members", found)
            return
        for name, value in found.items():
            where = f"caps.courses[{name[:80]!r}]"
            provider, _, code = name.partition("/")
            if not (provider.isascii() and provider.isdigit() and len(provider) < 10 and code):
                self._note(where, "a provider's number and a course's code, as in \"3/KNS-01\"", name)
                continue
            try:
                yield (int(provider), code), length(value)
            except fields.Wrong as wrong:
                self._note(where, wrong.expected, wrong.got)

    def _late(self, found: object) -> tuple[tuple[int, int] | None, int]:
        late = _member(found, "late_arrivals")
        if late is None:
            return None, 1
        read = self._members(
            late, "late_arrivals", {"closes": fields.month_and_day, "first_year": fields.year}
        )
        return read.get("closes"), read.get("first_year", 1)

    def _units(self, found: object) -> tuple[tuple[int, ...], int] | None:
        read = self._members(found, "hour_units", {"allowed": fields.hour_minutes, "default": fields.minutes})
        if len(read) < 2:
            return None
        if read["default"] not in read["allowed"]:
            self._note("hour_units.default", "one of those allowed", read["default"])
        return read["allowed"], read["default"]

    def _members(
        self,
        found: object,
        where: str,
        readers: Mapping[str, Callable[[Any], Any]],
        known: set[str] | None = None,
    ) -> dict[str, Any]:
        """What the members come to; those in `known` without a reader are looked at elsewhere."""
        if found is _MISSING:
            return {}
        if not isinstance(found, dict):
            self._note(where, "an object", found)
            return {}
        names = known or set(readers)
        prefix = f"{where}." if where else ""
        for name in sorted(names - found.keys()):
            self._note(prefix + name, "this member", _MISSING)
        for name in sorted(found.keys() - names)[:10]:
            self._note(prefix + name[:80], f"no member but {', '.join(sorted(names))}", name)
        read = {}
        for name, reader in readers.items():
            if name in found:
                try:
                    read[name] = reader(found[name])
                except fields.Wrong as wrong:
                    self._note(prefix + name, wrong.expected, wrong.got)
        return read

    def _note(self, where: str, expected: str, got: object) -> None:
        told = "nothing" if got is _MISSING else msgspec.json.encode(got).decode()
        self.problems.append(Problem(where, expected, told if len(told) <= 80 else told[:77] + "..."))


class _Missing:
    """In the place of a member that is not there, which was told already."""


_MISSING = _Missing()


def _names(found: object) -> set[str]:
    return set(found) if isinstance(found, dict) else set()


def _member(found: object, name: str) -> object:
    return found.get(name, _MISSING) if isinstance(found, dict) else _MISSING
