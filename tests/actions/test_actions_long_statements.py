"""Statements that are too long for pages: lists read their keys alone, and their text stays where it is."""

import json
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import arrivals, explanations, readable, records
from lms_tracker.store import database, due, shown, statements
from tests.actions import learners
from tests.actions.learners import studied
from tests.actions.viewers import hoa, somebody
from xapi import batches
from xapi.faults import Refusal

EXTENSION = "https://lms.example.vn/ghi-chu"
COURSE = {"id": learners.COURSE, "definition": {"name": {"vi": "Bài 1"}}}


def with_extension(value: Any, **changes: Any) -> dict[str, Any]:
    context = {"extensions": {EXTENSION: value}}
    return studied("hoa", "2026-03-01T09:00:00Z", "PT1H", **{"object": COURSE, "context": context, **changes})


def deep(levels: int) -> Any:
    value: Any = list(range(4_000))
    for _ in range(levels):
        value = [value]
    return value


LONG = "x" * shown.LONGEST


def test_a_long_statement_is_listed_by_its_keys_alone(in_app: Flask) -> None:
    caller = learners.provider()
    owner = hoa()
    viewer = somebody("duc", ("provider", caller.provider_id))
    learners.record(in_app, caller, with_extension(LONG), with_extension("ngắn"))
    learners.recount()
    short, long = arrivals.arrived(viewer, caller.provider_id).newest
    assert (long.sent.verb, long.sent.object) == (short.sent.verb, short.sent.object)
    assert (short.is_long, short.learner, short.sent.object_names) == (False, "hoa", {"vi": "Bài 1"})
    assert (long.is_long, long.learner, long.sent.object_names) == (True, "", {})
    assert short.bears_time
    rows = arrivals.uncredited(viewer, caller.provider_id).rows
    assert {row.id: row.learner.split(" ")[0] for row in rows} == {short.id: "hoa", long.id: "hoa"}
    unknown = records.record(owner, owner.key, 2026).entries.unknown
    assert {sent.object for sent in unknown.values()} == {learners.COURSE}
    learners.add_course(caller)
    assert [one.course for one in arrivals.arrived(viewer, caller.provider_id).newest] == ["Khóa K1"] * 2


def test_lists_neither_lay_out_nor_decode_the_whole_of_a_statement(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = learners.provider()
    owner = hoa()
    viewer = somebody("duc", ("provider", caller.provider_id))
    learners.record(in_app, caller, with_extension("ngắn"))
    learners.recount()
    for name in ("reread", "text_about"):
        monkeypatch.delattr(readable, name)
    assert len(arrivals.arrived(viewer, caller.provider_id).newest) == 1
    assert len(arrivals.uncredited(viewer, caller.provider_id).rows) == 1
    assert len(records.record(owner, owner.key, 2026).entries.unknown) == 1


def test_numbers_and_depths_that_few_can_hold_do_not_hinder_a_list(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    viewer = somebody("duc", ("provider", caller.provider_id))
    statement = with_extension("HERE")
    strange = f'[1e999, {"9" * 5_000}, -0.0, "\\ud83d\\ude00", {"[" * 200}{"]" * 200}]'
    body = json.dumps(statement).replace('"HERE"', strange).encode()
    recorder = in_app.extensions["lms_tracker.recorder"]
    recorder.record(batches.read(body, version="1.0.3"), caller, "1.0.3")
    learners.recount()
    assert [one.learner for one in arrivals.arrived(viewer, caller.provider_id).newest] == ["hoa"]
    assert [row.learner for row in arrivals.uncredited(viewer, caller.provider_id).rows] == ["hoa"]
    assert explanations.explain(owner, owner.key, statement["id"]).text.laid_out is not None


@pytest.mark.parametrize(("value", "is_too_long"), [("ngắn", False), (LONG, True), (deep(60), True)])
def test_the_text_of_a_statement_is_shown_only_where_it_is_short_laid_out_too(
    in_app: Flask, value: Any, is_too_long: bool
) -> None:
    caller = learners.provider()
    owner = hoa()
    statement = with_extension(value)
    learners.record(in_app, caller, statement)
    learners.recount()
    found = explanations.explain(owner, owner.key, statement["id"])
    assert found.text.is_too_long == is_too_long
    assert (found.text.laid_out is None) == is_too_long
    assert found.sent.duration == "PT1H"


def test_of_a_group_a_list_names_some_and_says_that_it_bears_time(in_app: Flask) -> None:
    caller = learners.provider()
    viewer = somebody("duc", ("provider", caller.provider_id))
    group = {"objectType": "Group", "member": [learners.agent(f"hv-{number}") for number in range(5)]}
    nobody = {"objectType": "Group", **learners.agent("lop-1")}
    learners.record(in_app, caller, with_extension("", actor=group), with_extension("", actor=nobody))
    of_nobody, of_group = arrivals.arrived(viewer, caller.provider_id).newest
    assert (of_group.learner, of_group.bears_time) == ("hv-0, hv-1, hv-2, …", True)
    assert (of_nobody.learner, of_nobody.bears_time) == ("lop-1", False)


def test_long_statements_are_compared_and_voided_one_at_a_time(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "LONG", 100)
    caller = learners.provider()
    sent = [with_extension(number) for number in range(3)]
    assert learners.record(in_app, caller, *sent).new == 3
    spaced = json.dumps(sent, indent=1).encode()
    again = in_app.extensions["lms_tracker.recorder"].record(
        batches.read(spaced, version="1.0.3"), caller, "1.0.3"
    )
    assert again.new == 0
    with pytest.raises(Refusal) as refused:
        learners.record(in_app, caller, {**sent[0], "timestamp": "2026-03-02T09:00:00Z"})
    assert refused.value.status == 409
    learners.recount()
    learners.record(in_app, caller, learners.voiding(sent[0]["id"]))
    with database.reading() as connection:
        assert len(due.waiting(connection, 9)) == 1
