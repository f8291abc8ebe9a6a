"""Histories of statements, voids, links and merges: whatever happened, the ledger stands (I7-I9)."""

from __future__ import annotations

import hashlib
import random
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms_tracker.actions import crediting, linking, merging
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.evidence import DECLARED, HAS_DURATION, IMPOSSIBLE_DURATION
from lms_tracker.learning.verdicts import PLACED
from lms_tracker.store import credit, database, dialects, due, everyone, gathering
from lms_tracker.store.names import Names
from tests.actions import learners, viewers
from tests.actions.learners import add_course, agent, provider, record, recount
from xapi.actors import identify

# Half a day on both sides of the local midnight that ends a year.
START = datetime(2026, 12, 31, 5, tzinfo=UTC)
SPAN_S = 24 * 3600
IN_TIME, LATE = "2027-01-02T00:00:00Z", "2027-04-20T00:00:00Z"
CMI5 = {"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
H5P = {"id": "http://h5p.org/libraries/H5P.MultiChoice-1.16"}
VIDEO = {"id": "https://w3id.org/xapi/video"}
PLAYED = "https://w3id.org/xapi/video/extensions/played-segments"
REGISTRATION = "5c0d4c37-4c5c-4b0a-8e3c-2f5a4e9f0001"
COURSES = {"plain": "https://hoc.example.vn/do", "gaps": "https://hoc.example.vn/doc"}
COURSES |= {kind: f"https://hoc.example.vn/{kind}" for kind in ("nominal", "cmi5", "h5p", "video")}
MAIL = {"mbox": "mailto:hoa@example.vn"}
WHO = (
    agent("moodle-42"),
    {"account": {"homePage": "https://edx.example.vn", "name": "9f1c"}},
    MAIL,
    {"mbox_sha1sum": hashlib.sha1(MAIL["mbox"].encode()).hexdigest()},
    agent("lan"),
)
GROWING = (
    *("statements", "statement_actors", "statement_activities", "statement_references", "voidings"),
    *("reached", "definitions"),
    *("evidence", "due_marks", "ledger", "totals", "credit_states"),
    *("links", "link_events", "barred_actors", "merges"),
)
COUNTED = ("ledger", "totals", "credit_states")


@dataclass
class History:
    """Statements with the time they came at, and what was done between them."""

    steps: list[tuple[Any, ...]]
    seed: int


@dataclass
class World:
    app: Flask
    caller: Caller
    persons: tuple[bytes, bytes]
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)

    def post(self, now: str, statement: dict[str, Any]) -> None:
        if any(statement["id"] == posted["id"] for _, posted in self.posted):
            return
        self.posted.append((now, statement))
        record(self.app, self.caller, statement)


VERBS = {
    "plain": ("http://adlnet.gov/expapi/verbs/experienced",),
    "gaps": ("http://adlnet.gov/expapi/verbs/experienced",),
    "nominal": ("http://adlnet.gov/expapi/verbs/completed",),
    "cmi5": (
        "http://adlnet.gov/expapi/verbs/initialized",
        "http://adlnet.gov/expapi/verbs/terminated",
        "http://adlnet.gov/expapi/verbs/completed",
        "https://w3id.org/xapi/adl/verbs/abandoned",
    ),
    "h5p": ("http://adlnet.gov/expapi/verbs/answered", "http://adlnet.gov/expapi/verbs/completed"),
    "video": ("http://adlnet.gov/expapi/verbs/experienced",),
}


@st.composite
def statements(draw: st.DrawFn, kinds: list[str], who: list[int]) -> dict[str, Any]:
    kind = draw(st.sampled_from(kinds))
    end = draw(st.integers(0, SPAN_S))
    length = draw(st.one_of(st.integers(0, 900), st.integers(0, 6 * 3600)))
    made: dict[str, Any] = {
        "id": str(uuid.UUID(int=draw(st.integers(1, 2**128 - 1)), version=4)),
        "actor": WHO[draw(st.sampled_from(who))],
        "verb": {"id": draw(st.sampled_from(VERBS[kind]))},
        "object": {"id": COURSES[kind]},
        "timestamp": (START + timedelta(seconds=end)).isoformat(),
    }
    if kind not in ("gaps", "video"):
        made["result"] = {"duration": f"PT{length}S"}
    made |= _in_context(kind, draw(st.sampled_from(("s1", "s2"))), length)
    return made


def _in_context(kind: str, session: str, length: int) -> dict[str, Any]:
    category = {"cmi5": CMI5, "h5p": H5P, "video": VIDEO}.get(kind)
    if category is None:
        return {}
    context: dict[str, Any] = {"contextActivities": {"category": [category]}, "registration": REGISTRATION}
    if kind == "video":
        return {"context": context, "result": {"extensions": {PLAYED: f"0[.]{length}"}}}
    if kind == "cmi5":
        context["extensions"] = {SESSION: session}
    return {"context": context}


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Two kinds of statements about few identifiers, so that they meet."""
    kinds = draw(st.lists(st.sampled_from(sorted(COURSES)), min_size=1, max_size=2, unique=True))
    who = draw(st.lists(st.integers(0, len(WHO) - 1), min_size=1, max_size=3, unique=True))
    one, person = st.sampled_from(who), st.integers(0, 1)
    post = st.tuples(st.just("post"), statements(kinds, who))
    step = st.one_of(
        *[post] * 5,
        st.tuples(st.just("void"), st.integers(0, 20)),
        *[st.tuples(st.just("link"), one, person)] * 2,
        st.tuples(st.just("unlink"), one),
        *[st.tuples(st.just("merge"), person)] * 2,
        *[st.tuples(st.just("unmerge"), st.integers(-2, -1))] * 2,
        *[st.tuples(st.just("recount"))] * 2,
    )
    # What seldom comes about by chance: the time of an identifier is counted for one, then for another.
    moves = st.tuples(
        st.tuples(st.just("link"), one, person),
        post,
        st.just(("recount",)),
        st.tuples(st.just("merge"), person),
        st.just(("recount",)),
        st.sampled_from([("unmerge", -1), ("unlink", who[0]), ("recount",)]),
    )
    parts = draw(st.lists(st.one_of(*[st.tuples(step)] * 6, moves), min_size=6, max_size=18))
    return History([step for part in parts for step in part], draw(st.integers(0, 2**32)))


@pytest.fixture
def world(in_app: Flask) -> World:
    caller = provider()
    for kind, activity in COURSES.items():
        add_course(
            caller,
            kind,
            activity,
            match="exact",
            **({"basis": "nominal", "hours": "20"} if kind == "nominal" else {}),
            **({"reading": "gaps"} if kind == "gaps" else {}),
        )
    return World(in_app, caller, (viewers.somebody("hoa").key, viewers.somebody("lan").key))


@given(history=histories())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_i7_i8_i9_after_any_history_the_ledger_is_what_the_evidence_says(
    world: World, history: History
) -> None:
    _empty(world)
    middle = len(history.steps) * 2 // 3
    for number, step in enumerate(history.steps):
        now = IN_TIME if number < middle else LATE
        with time_machine.travel(now, tick=False):
            _do(world, now, step)
    recount()
    learners.assert_ledger_is_right()
    stands = _nets()
    _assert_every_second_claimed_is_explained()
    _assert_no_day_is_longer_than_a_day()

    _forget(COUNTED)
    crediting.rebuild()
    assert _nets() == stands, "a rebuild from nothing gives the same"

    held = _links()
    _post_again(world, held, random.Random(history.seed))
    assert _nets() == stands, "another order of arrival gives the same"


def _do(world: World, now: str, step: tuple[Any, ...]) -> None:
    what, *given_ = step
    # What cannot be done as things stand changes nothing, which is all that is asked here.
    with suppress(IdentityRefused):
        {
            "post": lambda statement: world.post(now, statement),
            "void": lambda number: _void(world, now, number),
            "link": lambda who, person: linking.link_by_command(
                world.persons[person], identify(WHO[who]), "seen"
            ),
            "unlink": lambda who: linking.unlink_by_command(identify(WHO[who]).key, "a mistake"),
            "merge": lambda person: _merge(world, person),
            "unmerge": lambda number: _unmerge(world, number),
            "recount": recount,
        }[what](*given_)


def _void(world: World, now: str, number: int) -> None:
    if world.posted:
        target = world.posted[number % len(world.posted)][1]
        if not target["verb"]["id"].endswith("/voided"):
            world.post(now, learners.voiding(target["id"]))


def _merge(world: World, person: int) -> None:
    survivor, loser = world.persons[person], world.persons[1 - person]
    world.merges.append(merging.merge(None, survivor, loser, "one and the same"))


def _unmerge(world: World, number: int) -> None:
    if world.merges:
        merging.unmerge(None, world.merges[max(number, -len(world.merges))], "two after all")


def _post_again(world: World, held: list[tuple[Any, ...]], chance: random.Random) -> None:
    """The same statements in another order, each still in time or late, under the links as they are now."""
    posted = list(world.posted)
    bars = _rows("SELECT * FROM barred_actors")
    _empty(world)
    with database.writing() as connection:
        for table, rows in (("links", held), ("barred_actors", bars)):
            for row in rows:
                marks = ", ".join("?" * len(row))
                dialects.change(connection, f"INSERT INTO {table} VALUES ({marks})", row)
    chance.shuffle(posted)
    for now, statement in sorted(posted, key=lambda one: one[0]):
        with time_machine.travel(now, tick=False):
            record(world.app, world.caller, statement)
            if chance.random() < 0.3:
                recount()
    recount()


def _assert_every_second_claimed_is_explained() -> None:
    """I9: what stands under a statement, credited and refused, is exactly what it claims on the clock."""
    with database.reading() as connection:
        names: Names = Names()
        everybody = everyone.keys_after(connection, b"", 1_000)
        persons = sorted(set(due.person_keys(connection, everybody).values()))
        evidence = gathering.evidence_of(connection, names, due.actor_keys(connection, persons))
        standing = credit.standing(connection, persons)
    for person in persons:
        explained: dict[bytes, int] = {}
        for key, seconds in standing[person].seconds.items():
            if key[3] == PLACED:
                explained[key[0]] = explained.get(key[0], 0) + seconds
        for piece in evidence[person]:
            timed = piece.flags & HAS_DURATION and not piece.flags & (IMPOSSIBLE_DURATION | DECLARED)
            if timed and piece.start is not None:
                assert explained.get(piece.statement_id, 0) == max(0, piece.at - piece.start), piece


def _assert_no_day_is_longer_than_a_day() -> None:
    rows = _rows("SELECT person_key, day, sum(placed_seconds) FROM totals GROUP BY person_key, day")
    assert all(0 <= seconds <= 86_400 for _, _, seconds in rows)


def _nets() -> dict[bytes, dict[Any, int]]:
    with database.reading() as connection:
        everybody = everyone.keys_after(connection, b"", 1_000)
    nets = {key: {k: v for k, v in learners.net(key).items() if v} for key in everybody}
    return {key: net for key, net in nets.items() if net}


def _links() -> list[tuple[Any, ...]]:
    return _rows("SELECT actor_key, person_key, linked_us FROM links ORDER BY actor_key")


def _rows(select: str) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in dialects.rows(connection, select, ())]


def _forget(tables: tuple[str, ...]) -> None:
    with database.writing() as connection:
        for table in tables:
            connection.exec_driver_sql(f"DELETE FROM {table}")


def _empty(world: World) -> None:
    _forget(GROWING)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE horizon SET last = 0")
    world.posted.clear()
    world.merges.clear()
