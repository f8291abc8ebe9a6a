"""Statements go on to another store: in order, each at least once, whatever the other side answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tracker.actions import clock, figures, forwarding, forwards
from lms_tracker.actions.delivering import EVERYTHING, Standstill, Step, deliver
from lms_tracker.store import database, outgoing
from lms_tracker.store import forwards as rows
from lms_tracker.store.outgoing import Waiting
from tests import record_stores
from tests.actions.forwarded import NAME, SECRET, Clock, Sender, add, dead_ids, hexes, listed, run
from tests.record_stores import Asked, Rule, Said, Scripted, stored
from tests.web.lrs_client import ATTEMPTED, COMPLETED, COURSE, basic, statement, voiding
from xapi.client import Accepted, Outcome, Refused, Unavailable
from xapi.timestamps import format_position


@pytest.fixture
def sender(in_app: Flask) -> Sender:
    return Sender(in_app.extensions["lms_tracker.recorder"])


@pytest.fixture
def store() -> Iterator[Scripted]:
    with record_stores.scripted(_about(stored)) as scripted:
        yield scripted


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(clock, "now_us", made.now_us)
    return made


def _about(rule: Rule) -> Rule:
    """The rule for statements, of a store that speaks both versions."""

    def answer(asked: Asked) -> Said:
        return Said(body=b'{"version":["1.0.3","2.0.0"]}') if asked.path.endswith("/about") else rule(asked)

    return answer


def refusing(*ids: str, status: int = 400) -> Rule:
    """A store that refuses a request with one of these statements in it."""
    return _about(lambda asked: Said(status, b"no") if set(ids) & set(asked.ids) else stored(asked))


def some(count: int) -> tuple[list[dict[str, Any]], list[str]]:
    made = [statement() for _ in range(count)]
    return made, [str(one["id"]) for one in made]


def taken(store: Scripted, refused: set[str] | None = None) -> list[str]:
    """Ids of the requests that were answered with success, in their order."""
    return [one for ids in store.posted() if not set(ids) & (refused or set()) for one in ids]


def test_what_is_sent_is_byte_for_byte_what_came_with_the_id_and_time_it_has_here(
    sender: Sender, store: Scripted
) -> None:
    text = (
        b'{"id":"%s", "timestamp":"2026-10-01T09:00:00.123456789+07:00","version":"1.0.0",'
        b' "actor":{"mbox":"mailto:a@b.vn"},"verb":{"id":"http://a.vn/v"},"object":{"id":"http://a.vn/o"},'
        b'"result":{"duration":"PT1H30M","score":{"raw":1.10e0},"extensions":{"http://a.vn/x":123456789012345678901}}}'
    ) % str(uuid.uuid4()).encode()
    bare = b'{"actor":{"mbox":"mailto:a@b.vn"},"verb":{"id":"http://a.vn/v"},"object":{"id":"http://a.vn/o"}}'
    sender.record(text)
    sender.record(bare)
    add(store.endpoint)
    assert run() == 2
    (asked,) = [asked for asked in store.asked if asked.method == "POST"]
    assert asked.body.startswith(b"[" + text + b"," + bare[:-1] + b',"id":"')
    second = asked.statements[1]
    assert set(second) == {"actor", "verb", "object", "id", "timestamp"}
    assert asked.headers["x-experience-api-version"] == "1.0.3"
    assert asked.headers["authorization"] == basic("k", SECRET)


def test_only_chosen_statements_are_sent_voided_ones_and_voidings_in_their_places(
    sender: Sender, store: Scripted, in_app: Flask
) -> None:
    first, other = statement(), statement(verb={"id": COMPLETED})
    void = voiding(str(first["id"]))
    elsewhere = statement(object={"id": "https://a.vn/khac"})
    sender.record(first, other, void, elsewhere)
    stranger = Sender(in_app.extensions["lms_tracker.recorder"])
    stranger.record(statement())
    add(store.endpoint, name="tất cả")
    add(store.endpoint, name="của một", provider_id=stranger.provider)
    add(store.endpoint, name="một động từ", verbs=[COMPLETED, "http://a.vn/khong"])
    add(store.endpoint, name="một khóa", activities=[COURSE], verbs=[ATTEMPTED], provider_id=sender.provider)
    run()
    posted = store.posted()
    assert posted[0][:4] == [one["id"] for one in (first, other, void, elsewhere)]
    assert len(posted[0]) == 5
    assert [posted[0][4]] in posted[1:]
    assert [other["id"]] in posted[1:]
    assert [first["id"]] in posted[1:]


@pytest.mark.parametrize(("since", "expected"), [("now", 1), ("beginning", 3), ("then", 2)])
def test_a_forward_begins_where_it_is_told(
    sender: Sender, store: Scripted, since: str, expected: int
) -> None:
    sender.record(statement())
    sender.record(statement())
    with database.reading() as connection:
        found = outgoing.next_part(connection, outgoing.Choice(None, (), (), 20), 0, 2**62, 9, 9999)
    if since == "then":
        since = format_position(found.statements[1].position)
    add(store.endpoint, since=since)
    sender.record(statement())
    assert run() == expected


def test_a_batch_has_so_many_statements_and_a_large_one_goes_alone(
    sender: Sender, store: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ids = some(25)
    sender.record(*made)
    large = statement(context={"extensions": {"http://a.vn/x": "ă" * 900}})
    sender.record(statement(), large, statement())
    monkeypatch.setattr(forwarding, "STATEMENTS_AT_ONCE", 10)
    add(store.endpoint)
    assert run() == 28
    assert [len(posted) for posted in store.posted()] == [10, 10, 8]
    assert taken(store)[:25] == ids
    monkeypatch.setattr(forwarding, "BYTES_AT_ONCE", 1_000)
    add(store.endpoint, name="nhỏ")
    store.asked.clear()
    run()
    assert [large["id"]] in store.posted()


def test_few_chosen_among_many_are_found_window_by_window(
    sender: Sender, store: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "WINDOW", 7)
    chosen = [statement(verb={"id": COMPLETED}) for _ in range(3)]
    for one in chosen:
        sender.record(*some(15)[0], one)
    add(store.endpoint, verbs=[COMPLETED])
    forwarding.send_due()
    assert taken(store) == [one["id"] for one in chosen]
    assert listed().behind_us == 0


def test_nothing_is_written_while_nothing_waits(sender: Sender, store: Scripted) -> None:
    add(store.endpoint, verbs=[COMPLETED])
    sender.record(statement())
    before = listed().forward
    assert forwarding.send_due() == 0
    assert listed().forward == before
    assert listed().behind_us == 0
    assert store.posted() == []


def test_wrong_statements_are_found_and_kept_and_the_others_go_on_in_order(
    sender: Sender, store: Scripted
) -> None:
    made, ids = some(40)
    wrong = {ids[3], ids[4], ids[39]}
    sender.record(*made)
    store.rule = refusing(*wrong)
    add(store.endpoint)
    assert run() == 40
    assert taken(store, wrong) == [one for one in ids if one not in wrong]
    assert dead_ids() == hexes([ids[3], ids[4], ids[39]])
    letter = forwards.dead(NAME)[0]
    assert (letter.status, letter.answer, letter.attempts) == (400, "no", 1)
    assert len(store.posted()) < 40
    assert listed().dead_letters == 3


class Answers:
    """A receiver in memory, of which each answer may be another."""

    def __init__(self, wrong: set[int], failing_at: int | None) -> None:
        self.wrong, self.failing_at, self.asked, self.got = wrong, failing_at, 0, []

    def send(self, part: list[Waiting]) -> Outcome:
        self.asked += 1
        if self.asked == self.failing_at:
            return Unavailable("away")
        if any(one.position in self.wrong for one in part):
            return Refused(400, "")
        self.got += [one.position for one in part]
        return Accepted(())


def waiting(position: int) -> Waiting:
    return Waiting(position.to_bytes(16, "big"), position, 7, False, "{}")


@settings(max_examples=60)
@given(st.integers(0, 30), st.sets(st.integers(0, 29)), st.none() | st.integers(1, 40))
def test_each_step_says_truly_how_far_it_is_and_all_of_them_cover_everything(
    count: int, wrong: set[int], failing_at: int | None
) -> None:
    receiver = Answers(wrong, failing_at)
    reached, refused = -1, []
    try:
        for step in deliver([waiting(n) for n in range(count)], receiver.send, lambda _: None):  # type: ignore[arg-type]
            assert isinstance(step, Step)
            assert step.last.position > reached
            reached = step.last.position
            if step.refusal is not None:
                refused.append(reached)
            done = set(range(reached + 1))
            assert set(receiver.got) | set(refused) >= done
    except Standstill:
        assert failing_at is not None or (count >= EVERYTHING and wrong >= set(range(count)))
    else:
        assert reached == count - 1
    assert receiver.got == sorted(receiver.got)
    assert refused == sorted(wrong & set(range(reached + 1)))


def test_a_refusal_of_what_was_sent_is_a_dead_letter(sender: Sender, store: Scripted) -> None:
    statuses = (400, 413, 415, 422, 431)
    made, ids = some(len(statuses))
    sender.record(*made)
    refused = dict(zip(ids, statuses, strict=True))

    def answer(asked: Asked) -> Said:
        if asked.path.endswith("/about"):
            return Said(404)
        # Alone each with its own status.
        return Said(refused[asked.ids[0]] if len(asked.ids) == 1 else 400, b"no")

    store.rule = answer
    add(store.endpoint)
    assert run() == len(statuses)
    assert [letter.status for letter in forwards.dead(NAME)] == list(statuses)


def test_what_is_no_statements_fault_buries_none_and_is_tried_again(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    made, ids = some(3)
    sender.record(*made)
    add(store.endpoint)
    for number, status in enumerate((301, 307, 401, 403, 404, 405, 406, 408, 410, 429, 500, 502, 503), 1):
        store.answer(Said(status, b"away"))
        assert run() == 0
        found = listed()
        assert found.dead_letters == 0
        assert found.forward.failures == number
        assert str(status) in found.forward.last_error
        time.go_on(901)
    time.go_on(-901)
    store.rule = stored
    assert run() == 0, "not before the pause is over"
    time.go_on(901)
    assert run() == 3
    assert list(dict.fromkeys(taken(store))) == ids
    assert (listed().forward.failures, listed().forward.last_error) == (0, "")


def test_a_forward_leaves_out_statements_of_a_newer_version_than_its_own(
    sender: Sender, store: Scripted
) -> None:
    made, ids = some(3)
    sender.record(made[0])
    sender.record(made[1], version="2.0.0")
    sender.record(made[2])
    add(store.endpoint)
    assert run() == 2
    assert taken(store) == [ids[0], ids[2]]
    assert (listed().dead_letters, listed().behind_us) == (0, 0)
    store.asked.clear()
    add(store.endpoint, name="mới", version="2.0.0")
    assert run() == 3
    assert taken(store) == ids


def test_who_refuses_every_statement_alike_is_believed_about_none(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    made, ids = some(30)
    sender.record(*made)
    add(store.endpoint)
    store.rule = refusing(*ids)
    for number in range(1, 8):
        assert run() == 0
        found = listed()
        assert (found.dead_letters, found.forward.failures) == (0, number), "nor when it fails for long"
        assert found.forward.last_error == "refuses every statement: answered 400: no"
        time.go_on(901)
    store.rule = refusing(*ids[:-1])
    assert run() == 30
    assert dead_ids() == hexes(ids[:-1]), "one that is taken, and the others are believed to be wrong"


def test_a_few_statements_and_conflicts_are_refused_for_good_though_all_are(
    sender: Sender, store: Scripted
) -> None:
    made, ids = some(9)
    sender.record(*made)
    add(store.endpoint)
    store.rule = refusing(*ids)
    assert run() == 9
    assert dead_ids() == hexes(ids)
    more, _ = some(10)
    sender.record(*more)
    store.rule = conflicting(None)
    assert run() == 10
    assert len(dead_ids()) == 19


def test_a_voiding_that_is_forbidden_is_a_dead_letter_and_holds_up_nothing(
    sender: Sender, store: Scripted
) -> None:
    first, last = statement(), statement()
    void = voiding(str(first["id"]))
    sender.record(first, void, last)
    store.rule = refusing(str(void["id"]), status=403)
    add(store.endpoint)
    assert run() == 3
    assert dead_ids() == hexes([str(void["id"])])


def test_pauses_grow_to_a_quarter_of_an_hour_and_for_ever(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    sender.record(statement())
    add(store.endpoint)
    store.answer(Said(503))
    pauses = []
    for _ in range(14):
        run()
        found = listed().forward
        pauses.append(round((found.next_us - time.now_us()) / 1e6))
        time.go_on(pauses[-1] + 0.5)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]
    assert listed().forward.failures == 14


@pytest.mark.parametrize(("asked", "waits"), [("90", 90), ("0", 1), ("3600", 3600), ("99999999999", 3600)])
def test_retry_after_is_honoured_up_to_an_hour_and_more_is_said(
    sender: Sender, store: Scripted, time: Clock, asked: str, waits: int
) -> None:
    sender.record(statement())
    add(store.endpoint)
    store.answer(Said(429, b"", {"Retry-After": asked}))
    run()
    assert round((listed().forward.next_us - time.now_us()) / 1e6) == waits
    said = "; it asks to wait for 9999999999 seconds and is tried again in 3600"
    assert listed().forward.last_error == "answered 429" + (said if len(asked) > 4 else "")


@pytest.mark.parametrize(("status", "letters"), [(400, 1), (409, 1), (503, 0)])
def test_a_receiver_that_shows_what_it_was_sent_does_not_show_the_secret(
    sender: Sender, store: Scripted, status: int, letters: int
) -> None:
    sender.record(statement())
    store.rule = lambda asked: Said(status, b"sorry " + asked.headers["authorization"].encode())
    add(store.endpoint)
    run()
    said = [letter.answer for letter in forwards.dead(NAME)] or [listed().forward.last_error]
    assert len(forwards.dead(NAME)) == letters
    assert said[0].endswith("sorry Basic […]")


def test_a_store_that_is_away_and_hangs_up_loses_nothing(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    made, ids = some(150)
    sender.record(*made)
    add(store.endpoint)
    # Once is an idle connection that was closed, which is opened anew at once.
    answers = [stored, lambda _: Said(hangs_up=True), lambda _: Said(hangs_up=True), stored]
    store.rule = lambda asked: answers.pop(0)(asked) if len(answers) > 1 else answers[0](asked)
    assert run() == 100
    assert listed().forward.failures == 1
    time.go_on(2)
    assert run() == 50
    assert taken(store) == ids[:100] + ids[100:] * 3


def test_a_store_that_breaks_down_under_many_at_once_is_sent_fewer(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    made, ids = some(30)
    sender.record(*made)
    add(store.endpoint)
    store.rule = lambda asked: stored(asked) if len(asked.ids) <= 15 else Said(504)
    for _ in range(8):
        run()
        time.go_on(10)
    assert listed().behind_us == 0
    assert list(dict.fromkeys(taken(store))) == ids


def conflicting(theirs: dict[str, Any] | None, reading: int = 200) -> Rule:
    """A store that has a statement already and shows it with status `reading`."""

    def answer(asked: Asked) -> Said:
        if asked.method == "POST":
            return Said(409, b"there")
        if reading != 200:
            return Said(reading)
        return Said(404) if theirs is None else Said(200, json.dumps(theirs).encode())

    return answer


@pytest.mark.parametrize(
    ("changes", "dead"),
    [
        ({}, False),
        ({"stored": "2026-10-01T00:00:00Z", "authority": {"mbox": "mailto:x@y.vn"}}, False),
        ({"verb": {"id": COMPLETED}}, True),
        ({"verb": 7, "actor": [], "context": "x"}, True),
    ],
)
def test_a_statement_that_is_there_and_the_same_is_a_success_another_is_a_dead_letter(
    sender: Sender, store: Scripted, changes: dict[str, Any], dead: bool
) -> None:
    one = statement(timestamp="2026-10-01T09:00:00+07:00")
    sender.record(one)
    add(store.endpoint)
    store.rule = conflicting({**one, **changes})
    assert run() == 1
    assert [letter.status for letter in forwards.dead(NAME)] == ([409] if dead else [])


@pytest.mark.parametrize(("reading", "dead"), [(403, True), (404, True), (503, False), (429, False)])
def test_a_conflict_that_cannot_be_looked_at_is_a_dead_letter_unless_the_store_is_away(
    sender: Sender, store: Scripted, reading: int, dead: bool
) -> None:
    sender.record(statement())
    add(store.endpoint)
    store.rule = conflicting(None, reading)
    assert run() == (1 if dead else 0)
    assert len(forwards.dead(NAME)) == (1 if dead else 0)


def test_of_several_processes_one_sends_and_one_that_was_killed_is_replaced(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    sender.record(statement())
    add(store.endpoint)
    seen = listed().forward
    until = clock.now_us() + forwarding.HELD_US
    with database.writing() as connection:
        assert rows.take(connection, seen.id, seen.next_us, until)
        assert not rows.take(connection, seen.id, seen.next_us, until + 1), "somebody was first"
    assert run() == 0
    time.go_on(forwarding.HELD_US / 1e6 + 1)
    assert run() == 1
    with database.writing() as connection:
        assert not rows.reach(connection, seen.id, until, 2**60, until), "it came back too late"
    assert listed().forward.sent_to < 2**60


def test_how_far_it_came_never_goes_back(sender: Sender, store: Scripted) -> None:
    add(store.endpoint)
    seen = listed().forward
    with database.writing() as connection:
        assert rows.reach(connection, seen.id, seen.next_us, 9, seen.next_us)
        assert rows.reach(connection, seen.id, seen.next_us, 9, seen.next_us)
        assert not rows.reach(connection, seen.id, seen.next_us, 8, seen.next_us)
    assert listed().forward.sent_to == 9


def test_one_that_lost_its_turn_writes_nothing_and_stops(
    sender: Sender, store: Scripted, in_app: Flask
) -> None:
    made, _ = some(150)
    sender.record(*made)
    add(store.endpoint)
    forward = listed().forward

    def taking_away(asked: Asked) -> Said:
        with in_app.app_context(), database.writing() as connection:
            rows.resume(connection, forward.id)
        return stored(asked)

    store.rule = taking_away
    forwarding.send_due()
    assert len(store.posted()) == 1
    assert listed().forward.sent_to == forward.sent_to


def test_who_sends_stops_when_the_forward_is_paused(
    sender: Sender, store: Scripted, in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "STATEMENTS_AT_ONCE", 2)
    made, ids = some(10)
    sender.record(*made)
    add(store.endpoint)

    def pausing(asked: Asked) -> Said:
        with in_app.app_context():
            forwards.pause(NAME)
        return stored(asked)

    store.rule = pausing
    run()
    assert store.posted() == [ids[:2]]
    store.rule = stored
    forwards.resume(NAME)
    run()
    assert list(dict.fromkeys(taken(store))) == ids


def test_a_paused_forward_rests_and_goes_on_where_it_was(sender: Sender, store: Scripted) -> None:
    made, ids = some(2)
    sender.record(made[0])
    add(store.endpoint)
    run()
    forwards.pause(NAME)
    sender.record(made[1])
    assert run() == 0
    forwards.resume(NAME)
    assert run() == 1
    assert taken(store) == ids


@pytest.mark.parametrize("key", ["another key, of as many letters as there must be", ""])
def test_another_secret_key_is_told_in_a_sentence_and_mended_with_the_credential(
    sender: Sender, store: Scripted, in_app: Flask, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.record(statement())
    add(store.endpoint)
    before = in_app.config["SETTINGS"]
    monkeypatch.setitem(in_app.config, "SETTINGS", replace(before, secret_key=key))
    assert run() == 0
    assert "LMS_TRACKER_SECRET_KEY" in listed().forward.last_error
    assert store.posted() == []
    if key:
        forwards.set_credential(NAME, "k2", "s2")
        assert run() == 1
        assert store.asked[-1].headers["authorization"] == basic("k2", "s2")


def test_the_secret_is_not_kept_as_it_is(sender: Sender, store: Scripted) -> None:
    add(store.endpoint)
    assert SECRET.encode() not in listed().forward.secret


def test_the_figures_tell_of_receivers_that_fail_and_of_dead_letters(
    sender: Sender, store: Scripted, time: Clock
) -> None:
    one, other = statement(), statement()
    sender.record(one, other)
    store.rule = refusing(str(one["id"]))
    add(store.endpoint)
    run()
    store.answer(Said(503))
    sender.record(statement())
    run()
    found = figures.now()
    assert found["forward_dead_letters"][1] == 1
    assert found["forwards_failing"][1] == 1


def test_every_dead_letter_is_told_however_many_are_read_at_once(
    sender: Sender, store: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwards, "DEAD_LETTERS_AT_ONCE", 2)
    made, ids = some(5)
    sender.record(*made)
    store.rule = refusing(*ids)
    add(store.endpoint)
    run()
    assert dead_ids() == hexes(ids)
