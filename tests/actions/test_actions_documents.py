"""Documents of several clients at once, of any size, and of all times, on both databases."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from lms_tracker.actions import clock, contents, documents
from lms_tracker.actions.documents import Limits, Sent
from lms_tracker.actions.rights import Caller
from lms_tracker.config import Settings
from lms_tracker.store import contents as stored_contents
from lms_tracker.store import database, dialects
from xapi import documents as rules
from xapi import preconditions
from xapi.documents import Asked, Guard, Kind, Names
from xapi.faults import Refusal
from xapi.preconditions import PreconditionFailed

ME, ANOTHER = (Caller(number, number, frozenset({"state", "profile"})) for number in (1, 2))
LIMITS = Limits(of_any=8_000_000, of_json=4_000_000)
JSON = "application/json"
BYTES = "application/octet-stream"
COURSE = "https://hoc.example.vn/khoa/tin-hoc"
CLIENTS = 8
UNSTATED = preconditions.read(None, None)


def state(name: str | None = "a", agent: str = "lan", **more: str) -> Asked:
    given = {"activityId": COURSE, "agent": f'{{"mbox":"mailto:{agent}@example.vn"}}', **more}
    if name is not None:
        given["stateId"] = name
    return rules.read(Kind.STATE, given.items(), "1.0.3", Names.ONE_OR_ALL_SINCE)


def profile(name: str | None = "a") -> Asked:
    given = {"activityId": COURSE} | ({} if name is None else {"profileId": name})
    return rules.read(Kind.ACTIVITY_PROFILE, given.items(), "1.0.3", Names.ONE_OR_ALL_SINCE)


def sent(
    data: bytes,
    content_type: str = BYTES,
    *,
    if_match: str | None = None,
    if_none_match: str | None = None,
    guard: Guard = Guard.NEVER,
) -> Sent:
    return Sent([data], content_type, preconditions.read(if_match, if_none_match), guard)


def put(asked: Asked, data: bytes, content_type: str = BYTES, caller: Caller = ME) -> str:
    """Store what has to be taken; its entity tag."""
    documents.put(caller, asked, sent(data, content_type), LIMITS)
    return tag_of(asked)


def merge(asked: Asked, data: object) -> None:
    documents.post(ME, asked, sent(json.dumps(data).encode(), JSON), LIMITS)


def tag_of(asked: Asked) -> str:
    found = documents.find(ME, asked)
    assert found is not None
    return found.tag


def data_of(asked: Asked) -> bytes:
    found = documents.find(ME, asked)
    assert found is not None
    data = b"".join(found.data())
    assert len(data) == found.size
    assert hashlib.sha1(data).hexdigest() == found.tag
    return data


def ids(asked: Asked) -> list[str]:
    return documents.listed(ME, asked).ids


def at_once(app: Flask, works: Iterable[Callable[[], None]]) -> list[Exception | None]:
    """Do all works at once, each in a thread of its own; what each raised."""
    works = list(works)
    raised: list[Exception | None] = [None] * len(works)
    begin = threading.Barrier(len(works))

    def do(number: int, work: Callable[[], None]) -> None:
        with app.app_context():
            begin.wait(30)
            try:
                work()
            except Exception as error:
                raised[number] = error

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time, in microseconds, which a test may move."""
    time = [clock.now_us()]
    monkeypatch.setattr(clock, "now_us", lambda: time[0])
    return time


# --- several clients at once -----------------------------------------------------------------------------


def test_of_several_that_replace_the_document_they_know_one_wins(in_app: Flask) -> None:
    asked = profile()
    for turn in range(4):
        tag = f'"{put(asked, b"before %d" % turn)}"'
        replacing = [
            partial(
                documents.put,
                ME,
                asked,
                sent(b"client %d" % n, if_match=tag, guard=Guard.WHERE_ONE_STANDS),
                LIMITS,
            )
            for n in range(CLIENTS)
        ]
        raised = at_once(in_app, replacing)
        (winner,) = [number for number, error in enumerate(raised) if error is None]
        assert all(isinstance(error, PreconditionFailed) for error in raised if error is not None)
        assert data_of(asked) == b"client %d" % winner


def test_of_several_that_store_a_document_where_there_is_none_one_wins(in_app: Flask) -> None:
    for turn in range(4):
        asked = profile(f"{turn}")
        storing = [
            partial(documents.put, ME, asked, sent(b"client %d" % n, if_none_match="*"), LIMITS)
            for n in range(CLIENTS)
        ]
        raised = at_once(in_app, storing)
        (winner,) = [number for number, error in enumerate(raised) if error is None]
        assert all(isinstance(error, PreconditionFailed) for error in raised if error is not None)
        assert data_of(asked) == b"client %d" % winner


@pytest.mark.parametrize("there", [True, False])
def test_all_that_several_merge_at_once_is_there(in_app: Flask, there: bool) -> None:
    asked = state()
    if there:
        put(asked, b'{"before":true}', JSON)

    def merge_some(client: int) -> None:
        for number in range(4):
            merge(asked, {f"{client} {number}": client})

    assert at_once(in_app, [partial(merge_some, n) for n in range(CLIENTS)]) == [None] * CLIENTS
    merged = json.loads(data_of(asked))
    assert merged.pop("before", None) is (True if there else None)
    assert merged == {f"{client} {number}": client for client in range(CLIENTS) for number in range(4)}


def test_of_several_that_merge_into_the_document_they_know_one_wins(in_app: Flask) -> None:
    asked = state()
    tag = f'"{put(asked, b"{}", JSON)}"'
    merging = [
        partial(documents.post, ME, asked, sent(b'{"client":%d}' % n, JSON, if_match=tag), LIMITS)
        for n in range(CLIENTS)
    ]
    raised = at_once(in_app, merging)
    (winner,) = [number for number, error in enumerate(raised) if error is None]
    assert json.loads(data_of(asked)) == {"client": winner}


def test_of_several_that_replace_or_delete_what_they_know_one_wins(in_app: Flask) -> None:
    asked = profile()
    for _ in range(4):
        tag = f'"{put(asked, b"before")}"'
        works = [
            partial(documents.put, ME, asked, sent(b"after", if_match=tag), LIMITS),
            partial(documents.delete, ME, asked, preconditions.read(tag, None)),
        ] * 3
        raised = at_once(in_app, works)
        (winner,) = [number for number, error in enumerate(raised) if error is None]
        assert ids(profile(None)) == (["a"] if winner % 2 == 0 else [])


def test_of_several_that_delete_the_states_they_know_and_one_that_adds_to_them_nobody_loses_one(
    in_app: Flask,
) -> None:
    for turn in range(4):
        put(state("a"), b"before %d" % turn)
        known = preconditions.read(documents.listed(ME, state(None)).tag, None)
        works = [partial(documents.delete_all, ME, state(None), known) for _ in range(4)]
        *deleting, adding = at_once(in_app, [*works, partial(put, state("b"), b"added")])
        assert adding is None
        assert all(error is None or isinstance(error, PreconditionFailed) for error in deleting)
        # Whoever deleted knew of one state alone, so the other, whenever it came, still stands.
        assert ids(state(None)) == (["b"] if None in deleting else ["a", "b"])
        documents.delete_all(ME, state(None), UNSTATED)


def test_documents_that_exchange_contents_at_once_do_not_stop_each_other(in_app: Flask) -> None:
    texts = [b"one", b"two"]

    def exchange(client: int) -> None:
        for number in range(25):
            documents.put(ME, state(f"{client}"), sent(texts[(client + number) % 2]), LIMITS)

    assert at_once(in_app, [partial(exchange, n) for n in range(CLIENTS)]) == [None] * CLIENTS
    assert [data_of(state(f"{n}")) for n in range(CLIENTS)] == [texts[n % 2] for n in range(CLIENTS)]


def test_documents_that_are_stored_and_deleted_at_once_do_not_stop_each_other(in_app: Flask) -> None:
    def work(client: int) -> None:
        for number in range(10):
            if (client + number) % 4 == 3:
                documents.delete_all(ME, state(None), UNSTATED)
            else:
                documents.put(ME, state(f"{(client + number) % 3}"), sent(b"%d" % number), LIMITS)

    assert at_once(in_app, [partial(work, n) for n in range(CLIENTS)]) == [None] * CLIENTS
    for name in ids(state(None)):
        assert data_of(state(name)).isdigit()


# --- times -----------------------------------------------------------------------------------------------


def test_since_is_exclusive_and_exact(in_app: Flask, now: list[int]) -> None:
    put(state("a"), b"")
    at = now[0] * 1000
    found = replace(state(None), since=at)
    assert ids(found) == []
    assert ids(replace(found, since=at - 1)) == ["a"]
    assert ids(replace(found, since=Fraction(at * 10 - 1, 10))) == ["a"]
    assert ids(replace(found, since=Fraction(at * 10 + 1, 10))) == []
    now[0] += 1
    put(state("b"), b"")
    assert documents.listed(ME, found) == documents.Listed(["b"], now[0])


def test_a_change_is_later_than_what_it_changes_although_the_clock_was_set_back(
    in_app: Flask, now: list[int]
) -> None:
    put(state(), b"1")
    before = documents.listed(ME, state(None)).updated_us
    assert before is not None
    now[0] -= 3_600_000_000
    put(state(), b"2")
    merged_over = documents.listed(ME, replace(state(None), since=before * 1000))
    assert merged_over == documents.Listed(["a"], before + 1)


def test_ids_come_in_the_order_of_their_updates_and_once(in_app: Flask, now: list[int]) -> None:
    registrations = [f"{digit * 8}-0000-0000-0000-000000000000" for digit in "12"]
    for name, registration in (("b", 0), ("a", 0), ("c", 1), ("b", 1)):
        now[0] += 1
        put(state(name, registration=registrations[registration]), b"")
    assert documents.listed(ME, state(None)) == documents.Listed(["a", "c", "b"], now[0])
    assert ids(state(None, registration=registrations[0])) == ["b", "a"]


# --- whose, and what of ----------------------------------------------------------------------------------


def test_i17_a_provider_meets_its_own_documents_only(in_app: Flask) -> None:
    put(state(), b"mine")
    put(state(), b"theirs", caller=ANOTHER)
    documents.delete_all(ANOTHER, state(None), UNSTATED)
    assert data_of(state()) == b"mine"
    assert documents.find(ANOTHER, state()) is None


def test_states_of_one_learner_leave_those_of_another_and_the_profiles(in_app: Flask) -> None:
    put(state(), b"lan")
    put(state(agent="minh"), b"minh")
    put(profile(), b"profile")
    documents.delete_all(ME, state(None), UNSTATED)
    assert ids(state(None)) == []
    assert data_of(state(agent="minh")) == b"minh"
    assert data_of(profile()) == b"profile"


# --- contents --------------------------------------------------------------------------------------------


@pytest.fixture(params=["database", "folder"])
def any_place(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Contents in the database, and in a folder in turn."""
    if request.param == "folder":
        (tmp_path / "contents").mkdir()
        settings: Settings = app.config["SETTINGS"]
        app.config["SETTINGS"] = replace(settings, content_folder=str(tmp_path / "contents"))


@pytest.mark.usefixtures("any_place")
def test_documents_of_any_size_come_back_as_they_came(in_app: Flask) -> None:
    for size in (0, 1, 300_000, documents.SMALL_BYTES, documents.SMALL_BYTES + 1, 3_000_000):
        for asked in (state(), state("b")):
            data = os.urandom(size)
            put(asked, data)
            assert data_of(asked) == data


@pytest.mark.usefixtures("any_place")
def test_large_objects_are_merged(in_app: Flask) -> None:
    merge(state(), {"a": "x" * 1_500_000})
    merge(state(), {"b": "y" * 1_500_000})
    merge(state(), {"a": 1})
    assert json.loads(data_of(state())) == {"a": 1, "b": "y" * 1_500_000}


@pytest.mark.parametrize(
    ("data", "content_type"),
    [(b"x" * 8_000_001, BYTES), (b'"' + b"x" * 4_000_000 + b'"', JSON)],
    ids=["bytes", "json"],
)
def test_a_document_that_is_too_large_is_refused_and_nothing_changes(
    in_app: Flask, data: bytes, content_type: str
) -> None:
    put(state(), b'{"a":1}', JSON)
    for change in (documents.put, documents.post):
        with pytest.raises(Refusal) as caught:
            change(ME, state(), sent(data, content_type), LIMITS)
        assert caught.value.status == 413
        assert caught.value.faults[0].rule == "document-too-large"
    assert data_of(state()) == b'{"a":1}'


def test_a_merge_that_would_be_too_large_is_refused_and_nothing_changes(in_app: Flask) -> None:
    merge(state(), {"a": "x" * 2_500_000})
    before = tag_of(state())
    with pytest.raises(Refusal) as caught:
        merge(state(), {"b": "y" * 2_500_000})
    assert caught.value.status == 413
    assert tag_of(state()) == before


def test_a_body_that_breaks_off_leaves_nothing(in_app: Flask) -> None:
    def broken_off() -> Iterable[bytes]:
        yield b"half"
        raise ConnectionError

    half = Sent(broken_off(), BYTES, UNSTATED)
    with pytest.raises(ConnectionError):
        documents.put(ME, state(), half, LIMITS)
    assert ids(state(None)) == []
    assert rows("contents") == 0


@pytest.mark.parametrize(
    ("data", "content_type"), [(b"after", BYTES), (b'"' + b"x" * 2_000_000, JSON)], ids=["small", "not JSON"]
)
def test_what_is_refused_leaves_no_content(in_app: Flask, data: bytes, content_type: str) -> None:
    put(profile(), b"before")
    refused = sent(data, content_type, guard=Guard.WHERE_ONE_STANDS)
    with pytest.raises(Refusal):
        documents.put(ME, profile(), refused, LIMITS)
    assert rows("contents") == 1


@pytest.mark.usefixtures("any_place")
def test_contents_are_swept_a_day_after_the_last_document_let_them_go(in_app: Flask, now: list[int]) -> None:
    put(profile(), b"kept")
    for name, text in (("a", b"replaced"), ("b", b"deleted"), ("c", b"all deleted"), ("d", b"kept")):
        put(state(name), text)
    found = [documents.find(ME, state(name)) for name in "abcd"]
    now[0] += 2 * stored_contents.UNTOUCHED_US
    put(state("a"), b"kept")
    documents.delete(ME, state("b"), UNSTATED)
    documents.delete_all(ME, state(None), UNSTATED)
    # Whoever is reading has a day to finish.
    assert contents.sweep() == 0
    texts = [b"".join(one.data()) for one in found if one is not None]
    assert texts == [b"replaced", b"deleted", b"all deleted", b"kept"]
    now[0] += 2 * stored_contents.UNTOUCHED_US
    assert contents.sweep() == 3
    assert data_of(profile()) == b"kept"


def rows(table: str) -> int:
    with database.reading() as connection:
        return int(dialects.rows(connection, f"SELECT COUNT(*) FROM {table}", ())[0][0])
