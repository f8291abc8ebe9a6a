"""Definitions of activities that statements bring, merged as they are stored, on both databases."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from lms_tracker.actions import definitions
from lms_tracker.actions.definitions import Definitions, shown_in
from lms_tracker.actions.rights import Caller
from lms_tracker.store import database, dialects, horizon
from lms_tracker.store import definitions as store
from tests import databases
from tests.actions.learners import provider, record, studied
from xapi import keys
from xapi.definitions import LONGEST
from xapi.faults import Refusal

AT = "2026-10-01T09:00:00Z"
LESSON = "https://hoc.example.vn/bai-1"


@pytest.fixture
def processes(app: Flask) -> Iterator[list[Flask]]:
    """Applications that share nothing but the database, as processes do."""
    with ExitStack() as stack:
        yield [stack.enter_context(databases.application(app.config["SETTINGS"])) for _ in range(2)]


def may_define(caller: Caller) -> Caller:
    return replace(caller, scopes=frozenset({"statements/write", "define"}))


def defining(definition: Any, iri: str = LESSON) -> dict[str, Any]:
    return {**studied("an", AT, "PT1H"), "object": {"id": iri, "definition": definition}}


def named(**names: str) -> dict[str, Any]:
    return defining({"name": names})


def seen_by(caller: Caller, iri: str = LESSON) -> Any:
    with database.reading() as connection:
        found = dict(store.shown_to(connection, caller.provider_id, [keys.activity_key(iri)]))
    return json.loads(found[keys.activity_key(iri)]) if found else None


def test_definitions_are_merged_as_statements_are_stored(in_app: Flask) -> None:
    caller = may_define(provider())
    record(in_app, caller, named(vi="Họp", en="Meeting"), named(fr="Réunion"))
    record(in_app, caller, named(vi="Buổi họp"), defining({"type": "https://a.example/meeting"}))
    assert seen_by(caller) == {
        "name": {"en": "Meeting", "fr": "Réunion", "vi": "Buổi họp"},
        "type": "https://a.example/meeting",
    }


def test_activities_around_a_statement_and_in_a_sub_statement_are_defined_too(in_app: Flask) -> None:
    caller = may_define(provider())
    around = {"contextActivities": {"category": {"id": "x:around", "definition": {"name": {"vi": "a"}}}}}
    planned = {**studied("an", AT, "PT1H"), "context": around}
    inner = {name: planned[name] for name in ("actor", "verb", "context")}
    inner |= {"objectType": "SubStatement", "object": {"id": "x:inner", "definition": {"name": {"vi": "b"}}}}
    record(in_app, caller, {**planned, "object": inner, "context": {}})
    assert seen_by(caller, "x:around") == {"name": {"vi": "a"}}
    assert seen_by(caller, "x:inner") == {"name": {"vi": "b"}}


def test_without_the_scope_nothing_is_defined(in_app: Flask) -> None:
    caller = replace(provider(), scopes=frozenset({"statements/write"}))
    record(in_app, caller, named(vi="Họp"))
    assert seen_by(caller) is None


def test_what_was_stored_before_or_is_refused_defines_nothing(in_app: Flask) -> None:
    caller = may_define(provider())
    first, second = named(vi="Một"), named(vi="Hai")
    record(in_app, caller, first)
    record(in_app, caller, second)
    record(in_app, caller, first)
    with pytest.raises(Refusal):
        record(in_app, caller, named(en="Three"), {**first, "verb": {"id": "x:other"}})
    assert seen_by(caller) == {"name": {"vi": "Hai"}}


def test_each_provider_sees_its_own_and_of_others_the_newest(in_app: Flask) -> None:
    ours, theirs, third = (may_define(provider(name)) for name in ("A", "B", "C"))
    record(in_app, ours, named(vi="Của A"))
    record(in_app, theirs, named(vi="Của B"))
    assert seen_by(ours) == {"name": {"vi": "Của A"}}
    assert seen_by(third) == {"name": {"vi": "Của B"}}
    record(in_app, ours, named(vi="Mới của A"))
    assert seen_by(theirs) == {"name": {"vi": "Của B"}}
    assert seen_by(third) == {"name": {"vi": "Mới của A"}}


def test_the_last_word_counts_whichever_process_it_came_through(
    in_app: Flask, processes: list[Flask]
) -> None:
    caller = may_define(provider())
    one, other = processes
    for app, name in (
        (one, "a"),
        (other, "b"),
        (one, "a"),
        (one, "a"),
        (other, "b"),
        (one, "b"),
        (other, "a"),
    ):
        with app.app_context():
            record(app, caller, named(vi=name))
        assert seen_by(caller) == {"name": {"vi": name}}


@pytest.mark.parametrize("most", [0, 1])
def test_what_another_process_changed_is_forgotten_and_of_few_nothing_else(
    in_app: Flask, processes: list[Flask], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    caller = may_define(provider())
    monkeypatch.setattr(definitions, "MOST_CHANGED", most)
    for iri in (LESSON, "x:2"):
        record(in_app, caller, defining({"name": {"vi": "a"}}, iri))
    with processes[0].app_context():
        record(processes[0], caller, defining({"name": {"vi": "b"}}, LESSON))
    asked: list[int] = []
    of_provider = store.of_provider

    def noted(connection: Connection, provider_id: int, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        asked.append(len(keys))
        return of_provider(connection, provider_id, keys)

    monkeypatch.setattr(store, "of_provider", noted)
    record(in_app, caller, defining({"name": {"vi": "a"}}, "x:2"))
    assert asked == ([] if most else [1])
    record(in_app, caller, defining({"name": {"vi": "a"}}, LESSON))
    assert seen_by(caller) == {"name": {"vi": "a"}}


def test_what_another_process_changed_is_forgotten_where_only_its_key_is_known(
    in_app: Flask, processes: list[Flask]
) -> None:
    caller = may_define(provider())
    told = {"id": "x:category", "definition": {"name": {"vi": "a"}}}
    around = {"contextActivities": {"category": [told]}}
    for app, name in ((in_app, "a"), (processes[0], "b"), (in_app, "a")):
        told["definition"] = {"name": {"vi": name}}
        with app.app_context():
            record(app, caller, defining({}, LESSON) | {"context": around})
    assert seen_by(caller, "x:category") == {"name": {"vi": "a"}}


def test_what_another_process_changed_is_forgotten_of_every_activity(
    in_app: Flask, processes: list[Flask]
) -> None:
    caller = may_define(provider())
    other = "https://hoc.example.vn/bai-2"
    for app, name, iri in (
        (processes[0], "a", LESSON),
        (processes[0], "a", other),
        (processes[1], "b", LESSON),
        (processes[0], "a", other),
        (processes[0], "a", LESSON),
    ):
        with app.app_context():
            record(app, caller, defining({"name": {"vi": name}}, iri))
    assert seen_by(caller) == {"name": {"vi": "a"}}


def test_nothing_is_lost_when_processes_define_one_activity_at_once(
    in_app: Flask, processes: list[Flask]
) -> None:
    caller = may_define(provider())

    def define(app: Flask, number: int) -> None:
        with app.app_context():
            for letter in "abcdefgh":
                record(app, caller, named(**{f"x-{letter}{number}": letter}))

    threads = [
        threading.Thread(target=define, args=(app, i)) for i, app in enumerate([*processes, *processes])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen_by(caller)["name"]) == {
        f"x-{letter}{number}" for letter in "abcdefgh" for number in range(4)
    }


def test_what_was_said_before_is_not_looked_up_again(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = may_define(provider())
    record(in_app, caller, named(vi="Họp"))
    monkeypatch.setattr(store, "of_provider", None)
    record(in_app, caller, named(vi="Họp"), named(vi="Họp"))
    with pytest.raises(TypeError):
        record(in_app, caller, named(vi="Khác"))
    monkeypatch.undo()
    record(in_app, caller, named(vi="Khác"))
    assert seen_by(caller) == {"name": {"vi": "Khác"}}


def test_what_the_store_holds_already_is_not_written_again(in_app: Flask, processes: list[Flask]) -> None:
    caller = may_define(provider())
    record(in_app, caller, named(vi="Họp"))
    before = _row_and_horizon()
    with processes[0].app_context():
        record(processes[0], caller, named(vi="Họp"))
    assert _row_and_horizon() == before


def _row_and_horizon() -> Any:
    with database.reading() as connection:
        return dialects.rows(connection, "SELECT changed_us, defined FROM definitions, horizon", ())


def test_a_process_remembers_a_bounded_number(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "MOST_REMEMBERED", 3)
    monkeypatch.setattr(store, "AT_ONCE", 2)
    caller = may_define(provider())
    iris = [f"x:{number}" for number in range(9)] + ["x:" + "long" * 100]
    for _ in range(2):
        record(in_app, caller, *(defining({"name": {"vi": iri[:9]}}, iri) for iri in iris))
    assert [seen_by(caller, iri) for iri in iris] == [{"name": {"vi": iri[:9]}} for iri in iris]
    recorder = in_app.extensions["lms_tracker.recorder"]
    remembered: Definitions = recorder._definitions
    assert sum(map(len, remembered._known.values())) <= 9


def test_too_long_a_definition_leaves_the_one_before(in_app: Flask) -> None:
    caller = may_define(provider())
    record(in_app, caller, named(vi="Họp"), named(vi="a" * LONGEST))
    assert seen_by(caller) == {"name": {"vi": "Họp"}}


def test_the_definitions_of_an_answer_are_bounded(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = may_define(provider())
    record(in_app, caller, *(defining({"name": {"vi": "a" * 100}}, f"x:{number}") for number in range(6)))
    answer = [json.dumps(defining({}, f"x:{number // 2}")).encode() for number in range(12)]
    with database.reading() as connection:
        assert len(shown_in(connection, answer, caller)) == 6
        monkeypatch.setattr(definitions, "MOST_ADDED", 500)
        assert len(shown_in(connection, answer, caller)) == 2
        monkeypatch.setattr(definitions, "MOST_LOOKED_UP", 1)
        assert set(shown_in(connection, answer, caller)) == {"x:0"}


def test_the_horizon_tells_when_definitions_changed(in_app: Flask) -> None:
    caller = may_define(provider())
    record(in_app, caller, named(vi="Họp"))
    through = record(in_app, caller, named(vi="Khác")).through
    record(in_app, caller, studied("an", AT, "PT1H"))
    with database.writing() as connection:
        last, defined, _ = horizon.lock_and_see(connection)
    assert defined == through < last
