"""Recounts after a change of the rules: shown before, resumed after a kill, pending until done."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms_tracker.actions import balances, courses, crediting, deciding, people, policies, previews, recounts
from lms_tracker.actions.previews import Change, PersonChange
from lms_tracker.learning import policy_files
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import courses as course_rows
from lms_tracker.store import database, due
from lms_tracker.store import recounts as rows
from lms_tracker.store.schema import ledger
from tests.actions import learners
from tests.actions.learners import add_course, provider, record, studied

NAMES = [f"hoc-vien-{number}" for number in range(7)]
HOUR = 3600


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def caller(in_app: Flask) -> object:
    """A provider whose seven learners have one to seven hours of one day."""
    caller = provider()
    add_course(caller)
    for number, name in enumerate(NAMES, 1):
        hours = [studied(name, f"2026-10-01T{hour:02}:00:00Z", "PT1H") for hour in range(1, number + 1)]
        record(in_app, caller, *hours)
    recount()
    return caller


def recount() -> None:
    while crediting.recount_due():
        pass


def rules(**caps: object) -> bytes:
    found = json.loads(policy_files.shipped())
    found["caps"].update(caps)
    return json.dumps(found).encode()


def added(day_hours: float) -> int:
    return policies.add(rules(day={"hours": day_hours}), f"{day_hours} hours a day", None)


def written_since(entries: int) -> tuple[list[Change], list[PersonChange], int]:
    """What the ledger got after its first so many entries, told as a preview tells it."""
    with database.reading() as connection:
        found = connection.execute(select(ledger).order_by(ledger.c.written_us)).all()
        names = previews.names(course_rows.everything(connection))
    net: dict[bytes, Counter[tuple[str | None, int]]] = {}
    new = found[entries:]
    for one in new:
        course = None if one.course_id is None else names[one.course_id]
        net.setdefault(bytes(one.person_key), Counter())[course, one.reason] += one.seconds
    gained: Counter[tuple[str | None, int]] = Counter()
    lost: Counter[tuple[str | None, int]] = Counter()
    people = []
    for key, of_person in net.items():
        for place, seconds in of_person.items():
            (gained if seconds > 0 else lost)[place] += abs(seconds)
        credited = [seconds for (_, reason), seconds in of_person.items() if reason == Reason.CREDITED]
        up, down = sum(s for s in credited if s > 0), -sum(s for s in credited if s < 0)
        people += [PersonChange(key.hex(), up, down)] if up or down else []
    changes = [
        Change(place[0], Reason(place[1]).words, gained[place], lost[place])
        for place in sorted(gained.keys() | lost.keys(), key=lambda place: (place[0] or "", place[1]))
        if gained[place] + lost[place]
    ]
    people.sort(key=lambda one: (one.gained_seconds + one.lost_seconds, one.person), reverse=True)
    return changes, people, len(new)


def count_entries() -> int:
    with database.reading() as connection:
        return len(connection.execute(select(ledger.c.entry)).all())


def test_a_policys_preview_is_what_adopting_it_then_writes(caller: object) -> None:
    version, before = added(3), count_entries()
    found = policies.preview(version)
    assert (found.people, found.touched) == (7, 4)
    assert (found.gained_seconds, found.lost_seconds) == (0, (1 + 2 + 3 + 4) * HOUR)
    assert count_entries() == before
    policies.adopt(version, None)
    recount()
    assert (found.changes, found.top, found.entries) == written_since(before)
    learners.assert_ledger_is_right()


def test_a_catalogues_preview_is_what_the_import_then_writes(in_app: Flask, caller: object) -> None:
    elsewhere = "https://hoc.example.vn/khoa/khac"
    record(in_app, caller, studied(NAMES[0], "2026-10-02T09:00:00Z", "PT2H", elsewhere))  # type: ignore[arg-type]
    recount()
    before = count_entries()
    number = caller.provider_id  # type: ignore[attr-defined]
    data = (
        "provider,course,title,activity,match,category,basis\n"
        f"{number},KHAC,Khác,{elsewhere},prefix,other,measured\n"
    ).encode()
    outcome, found = courses.preview(data)
    assert found is not None
    assert (outcome.created, found.touched, found.gained_seconds) == (1, 1, 2 * HOUR)
    assert count_entries() == before
    assert courses.import_courses(data).created == 1
    recount()
    assert (found.changes, found.top, found.entries) == written_since(before)


def test_a_rebuild_that_would_change_nothing_shows_nothing(caller: object) -> None:
    found = previews.of_everybody()
    assert (found.people, found.touched, found.changes, found.top) == (7, 0, [], [])


def test_who_cannot_be_decided_is_named_in_a_preview_and_stops_nobody_else(
    caller: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = added(3)
    worst, decide = learners.key_of(NAMES[6]), deciding.part_rows

    def part_rows(rows: Any, *given: Any) -> Any:
        if any(row[0] == worst for row in rows):
            raise ZeroDivisionError("what it says of a person")
        return decide(rows, *given)

    monkeypatch.setattr(deciding, "part_rows", part_rows)
    found = policies.preview(version)
    assert [(one.person, one.kind) for one in found.undecided] == [(worst.hex(), "ZeroDivisionError")]
    assert (found.people, found.touched, found.lost_seconds) == (7, 3, (1 + 2 + 3) * HOUR)


def test_a_person_with_several_identifiers_is_looked_at_once_in_a_preview(
    in_app: Flask, caller: object
) -> None:
    identifiers = [json.dumps(learners.agent(name)) for name in NAMES[:3]]
    people.add_person("Nguyễn Văn An", "an.nguyen", "một mật khẩu dài", identifiers)
    recount()
    found = policies.preview(added(1))
    assert found.people == 5
    before = count_entries()
    policies.adopt(2, None)
    recount()
    assert (found.changes, found.top, found.entries) == written_since(before)


def test_everybody_is_pending_from_the_change_until_their_effect_is_written(
    caller: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounts, "MARKED_AT_ONCE", 2)
    policies.adopt(added(3), None)
    keys = [learners.key_of(name) for name in NAMES]
    caller_of_all = provider("Sở", ["all/read"])
    seen = []
    while True:
        pending = [balances.of_actor(key, caller_of_all)["pending"] for key in keys]
        right = [learners.placed_seconds(key) == min(number, 3) * HOUR for number, key in enumerate(keys, 1)]
        # Who is not pending any more has what the new policy gives.
        assert all(done or waits for done, waits in zip(right, pending, strict=True))
        seen.append(sum(pending))
        if not crediting.recount_due():
            break
    assert seen[0] == 7
    assert seen[-1] == 0
    assert len(seen) > 3


def test_how_far_a_recount_is_stands_in_its_row(caller: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounts, "MARKED_AT_ONCE", 4)
    policies.adopt(added(3), None)
    crediting.recount_due()
    begun = recounts.newest()[0]
    assert (begun.cause, begun.version, begun.people, begun.ended_us) == ("policy", 2, 7, None)
    assert 0 < begun.done < 7
    recount()
    ended = recounts.newest()[0]
    assert (ended.people, ended.done, ended.changed) == (7, 7, 4)
    assert ended.entries > 0
    assert ended.ended_us is not None


def test_what_has_just_arrived_is_counted_before_those_whom_a_change_concerns(
    in_app: Flask, caller: object
) -> None:
    policies.adopt(added(3), None)
    recounts.advance()
    record(in_app, caller, studied("moi", "2026-10-01T09:00:00Z", "PT1H"))  # type: ignore[arg-type]
    with database.reading() as connection:
        background = [recount.started_us for recount in rows.under_way(connection)]
        assert due.waiting(connection, 1, background) == [learners.key_of("moi")]
        assert len(due.waiting(connection, 100, background)) == 8


@pytest.mark.parametrize("place", ["mark_next", "end"])
def test_a_worker_killed_while_it_marks_leaves_the_next_one_to_go_on(
    caller: object, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(recounts, "MARKED_AT_ONCE", 3)
    policies.adopt(added(3), None)
    work = getattr(rows, place)

    def killed(*given: object) -> object:
        work(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rows, place, killed)
        with pytest.raises(KeyboardInterrupt):
            recount()
    recount()
    ended = recounts.newest()[0]
    assert (ended.done, ended.changed) == (7, 4)
    learners.assert_ledger_is_right()


def test_a_change_while_another_recount_is_under_way_loses_nobody(
    caller: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounts, "MARKED_AT_ONCE", 2)
    policies.adopt(added(3), None)
    crediting.recount_due()
    policies.adopt(added(2), None)
    recount()
    assert [learners.placed_seconds(learners.key_of(name)) for name in NAMES] == [
        min(number, 2) * HOUR for number in range(1, 8)
    ]
    assert all(one.ended_us for one in recounts.newest())
    learners.assert_ledger_is_right()


def test_a_policy_is_adopted_once_and_an_older_one_never_again(in_app: Flask) -> None:
    first = added(3)
    second = added(4)
    policies.adopt(second, None)
    for version in (first, second, 1, 99):
        with pytest.raises(policies.NotPossible):
            policies.adopt(version, None)
    current, kept = policies.listed()
    assert current == second
    assert [(one.version, one.adopted_us is not None) for one in kept] == [(1, True), (2, False), (3, True)]
    assert [one.why for one in kept][1:] == ["3 hours a day", "4 hours a day"]


def test_the_ledger_names_the_version_that_each_entry_was_decided_by(caller: object) -> None:
    policies.adopt(added(3), None)
    recount()
    with database.reading() as connection:
        found = connection.execute(select(ledger.c.pieces, ledger.c.policy).distinct()).all()
    assert {tuple(one) for one in found} == {(1, 1), (-1, 2), (1, 2)}


def test_whoever_is_concerned_is_looked_for_before_the_right_to_write_is_taken(
    caller: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To look through a great ledger for them must hold up nobody who posts."""
    policies.adopt(added(3), None)
    order: list[str] = []
    find, lock = rows.concerned_after, rows.lock

    def finding(*given: Any) -> list[bytes]:
        order.append("find")
        return find(*given)

    def locking(*given: Any) -> rows.Recount | None:
        order.append("lock")
        return lock(*given)

    monkeypatch.setattr(rows, "concerned_after", finding)
    monkeypatch.setattr(rows, "lock", locking)
    recounts.advance()
    assert "lock" in order
    assert order == sorted(order)


def test_a_preview_of_everybody_counts_the_people_whom_a_verification_goes_through(caller: object) -> None:
    # Somebody of whom there is nothing but an identifier, and somebody with two.
    people.add_person("Lan", "lan", "đi học mỗi ngày", ["mailto:lan@example.vn"])
    site = '{"account": {"homePage": "https://lms.example.vn", "name": "%s"}}'
    people.add_person("Hoa", "hoa", "đi học mỗi ngày", [site % NAMES[0], site % NAMES[1]])
    verified = crediting.verify().people
    assert previews.of_everybody().people == verified == crediting.rebuild().people
