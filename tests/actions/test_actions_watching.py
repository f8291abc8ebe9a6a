"""Flags: raised once for each subject, by any number of workers, killed anywhere; never touching credit."""

import threading
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import clock, crediting, flags, watch_memory, watching
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.watching import Kind, Thresholds
from lms_tracker.store import database, links
from lms_tracker.store import flags as rows
from lms_tracker.store import watching as marks
from lms_tracker.store.links import Bar
from tests.actions.learners import (
    COMPLETED,
    COURSE,
    add_course,
    agent,
    assert_ledger_is_right,
    key_of,
    net,
    provider,
    record,
    recount,
    studied,
    voiding,
)
from tests.actions.viewers import looks, somebody

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture(autouse=True)
def looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LAG_US", -1)


def low(monkeypatch: pytest.MonkeyPatch, **changes: int) -> None:
    monkeypatch.setattr(watching, "thresholds", lambda: Thresholds(**changes))


def raised() -> list[tuple[str, str]]:
    return sorted((str(row.flag.kind), row.flag.state) for row in flags.everything())


def only() -> flags.Row:
    (row,) = flags.everything()
    return row


def long_day(name: str = "hoa", day: str = "2026-10-05") -> list[dict[str, Any]]:
    """17 hours, three at a time overlapping; one local day."""
    return [
        studied(name, f"{day}T07:00:00Z", "PT7H", registration("1")),
        studied(name, f"{day}T10:00:00Z", "PT7H", registration("2")),
        studied(name, f"{day}T13:00:00Z", "PT3H", registration("3")),
    ]


def registration(number: str) -> str:
    return f"{COURSE}/{number}"


def test_a_long_day_is_raised_once_with_its_figures_and_takes_no_credit(app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(app, caller, *long_day())
    recount()
    before = net(key_of("hoa"))
    assert watching.watch() == watching.Watched(1, 1)
    assert watching.watch() == watching.Watched(0, 0)
    flag = only().flag
    assert (flag.kind, flag.state) == (Kind.LONG_DAYS, "waiting")
    assert flag.person_key == key_of("hoa")
    assert (flag.figures.value, flag.figures.facts["union"]) == (17 * 3600, 13 * 3600)
    assert net(key_of("hoa")) == before
    assert_ledger_is_right()


def test_who_is_counted_again_is_looked_at_again_and_raised_once(app: Flask) -> None:
    caller = provider()
    record(app, caller, *long_day())
    recount()
    watching.watch()
    record(app, caller, studied("hoa", "2026-10-05T14:30:00Z", "PT1H", registration("4")))
    recount()
    assert watching.watch() == watching.Watched(1, 0)
    assert only().flag.figures.value == 18 * 3600
    assert only().flag.revision == 2


def test_nobody_who_did_not_change_is_looked_at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = provider()
    record(app, caller, *(studied(name, "2026-10-05T07:00:00Z", "PT1H") for name in ("a-1", "b-2", "c-3")))
    recount()
    watching.watch()
    seen: list[list[bytes]] = []
    claims = marks.claims
    monkeypatch.setattr(
        marks, "claims", lambda connection, keys: (seen.append(list(keys)), claims(connection, keys))[1]
    )
    record(app, caller, studied("b-2", "2026-10-06T07:00:00Z", "PT1H"))
    recount()
    assert watching.watch().people == 1
    assert seen == [[key_of("b-2")]]


def test_what_was_voided_or_came_twice_is_no_claim(app: Flask) -> None:
    caller = provider(scopes=("statements/write", "all"))
    first, second, third = long_day()
    again = [dict(one, id=studied("x", "2026-10-05T07:00:00Z", None)["id"]) for one in (first, first)]
    record(app, caller, first, second, third, *again)
    record(app, caller, voiding(third["id"]))
    recount()
    watching.watch()
    assert raised() == []


def test_identical_times_of_many_learners_of_a_course(app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(app, caller, *(studied(f"nguoi-{n}", "2026-10-05T07:00:00Z", "PT45M") for n in range(10)))
    record(app, caller, *(studied(f"khac-{n}", f"2026-10-06T07:{n:02}:00Z", "PT45M") for n in range(10)))
    recount()
    assert watching.watch().raised == 1
    flag = only().flag
    assert (flag.kind, flag.figures.value, flag.course_id) == (Kind.SAME_TIMES, 10, 1)
    assert flag.person_key is None
    assert len(flag.figures.places) == 10


def test_who_sat_in_one_room_has_the_same_times(app: Flask) -> None:
    caller = provider()
    add_course(caller)
    attended = {"verb": {"id": "http://adlnet.gov/expapi/verbs/attended"}}
    record(
        app, caller, *(studied(f"nguoi-{n}", "2026-10-05T07:00:00Z", "PT2H", **attended) for n in range(12))
    )
    recount()
    watching.watch()
    assert raised() == []


def test_a_course_whose_completions_jump(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    low(monkeypatch, new_course_day=4)
    caller = provider()
    add_course(caller)
    done = {"verb": {"id": COMPLETED}}
    record(app, caller, *(studied(f"a-{n}", "2026-10-05T07:00:00Z", None, **done) for n in range(4)))
    recount()
    assert watching.watch().raised == 0
    record(app, caller, studied("a-9", "2026-10-05T08:00:00Z", None, **done))
    recount()
    assert watching.watch().raised == 1
    flag = only().flag
    assert (flag.kind, flag.course_id, flag.figures.value) == (Kind.COURSE_JUMPS, 1, 5)
    assert len(flag.figures.places) == 5


def test_a_provider_whose_durations_are_all_at_the_cap(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    low(monkeypatch, cap_least_times=6, cap_least_people=3)
    caller = provider()
    add_course(caller)
    record(
        app,
        caller,
        *(studied(f"a-{n % 3}", f"2026-10-{5 + n:02}T07:00:0{n}Z", "PT4H") for n in range(6)),
    )
    recount()
    assert watching.watch().raised == 1
    flag = only().flag
    assert (flag.kind, flag.provider_id, flag.figures.value) == (Kind.AT_THE_CAP, caller.provider_id, 100)


def test_what_is_long_over_in_a_course_is_forgotten_and_changes_no_flag_about_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    low(monkeypatch, same_time_people=1, new_course_day=1)
    monkeypatch.setattr(watch_memory, "AT_ONCE", 1)
    caller = provider()
    add_course(caller)
    done = {"verb": {"id": COMPLETED}}
    record(app, caller, *(studied(f"a-{n}", "2024-10-05T07:00:00Z", "PT45M", **done) for n in range(4)))
    recount()
    watching.watch()
    before = [(row.flag.kind, row.flag.figures) for row in flags.everything()]
    assert {kind for kind, _ in before} == {Kind.SAME_TIMES, Kind.COURSE_JUMPS}
    assert watch_memory.forget_old() == 0
    record(app, caller, studied("b-1", "2026-03-10T06:59:00Z", "PT45M", **done))
    recount()
    watching.watch()
    assert watch_memory.forget_old() == 2 * 4
    record(app, caller, *(studied(f"a-{n}", "2026-03-05T07:00:00Z", "PT5M") for n in range(2)))
    recount()
    watching.watch()
    assert before == [
        (row.flag.kind, row.flag.figures) for row in flags.everything() if (row.flag.day or 0) < 739_500
    ]
    assert watch_memory.forget_old() == 0


def test_an_identifier_claimed_by_two_people_each_time_anew() -> None:
    for since in (1, 2):
        with database.writing() as connection:
            links.unbar(connection, [key_of("hoa")])
            links.bar(
                connection, Bar(key_of("hoa"), Reason.IDENTITY_DISPUTED, b"x" * 16, "", None, since * 10**6)
            )
        assert watching.watch().raised == 1
        assert watching.watch().raised == 0
    assert raised() == [("claimed-twice", "waiting")] * 2


def test_moodles_guest_is_one_flag_until_it_is_marked_as_shared(app: Flask) -> None:
    caller = provider()
    record(app, caller, *long_day("guest"))
    recount()
    assert watching.watch().raised == 1
    assert raised() == [("shared-account", "waiting")]
    with database.writing() as connection:
        links.bar(connection, Bar(key_of("guest"), Reason.SHARED_ACCOUNT, None, "", None, 1))
    record(app, caller, *long_day("guest", "2026-12-05"))
    recount()
    watching.watch()
    assert raised() == [("shared-account", "waiting")]


def test_a_settled_flag_is_raised_again_only_when_it_grows_by_half(app: Flask) -> None:
    caller = provider()
    record(app, caller, *long_day())
    recount()
    watching.watch()
    reviewer = somebody("reviewer", ("reviewer", None))
    flag = only().flag
    flags.settle(reviewer, flag.id, flag.revision, False, "Ba ngày hội thao")
    record(app, caller, studied("hoa", "2026-10-05T14:30:00Z", "PT1H", registration("4")))
    recount()
    assert watching.watch().raised == 0
    assert only().flag.figures.value == 17 * 3600
    record(app, caller, *long_day("hoa", "2026-10-12"))
    recount()
    assert watching.watch().raised == 1
    assert only().flag.state == "waiting"
    story = flags.flag(reviewer, flag.id)
    assert [(step.what, step.note) for step in story.steps] == [
        ("raised", ""),
        ("harmless", "Ba ngày hội thao"),
        ("raised-again", ""),
    ]


def test_i16_a_worker_killed_before_it_wrote_leaves_everything_to_the_next(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PERSONS_AT_ONCE", 2)
    caller = provider()
    add_course(caller)
    record(app, caller, *(studied(f"nguoi-{n}", "2026-10-05T07:00:00Z", "PT45M") for n in range(10)))
    recount()
    add = rows.add

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rows, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        watching.watch()
    assert raised() == []
    monkeypatch.setattr(rows, "add", add)
    watching.watch()
    assert raised() == [("same-times", "waiting")]
    assert only().flag.figures.value == 10


def test_i16_two_workers_at_once_raise_each_flag_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "PERSONS_AT_ONCE", 3)
    caller = provider()
    add_course(caller)
    for number in range(12):
        record(app, caller, *long_day(f"nguoi-{number:02}"))
    recount()
    failures: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            try:
                watching.watch()
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    watching.watch()
    found = raised()
    assert found.count(("long-days", "waiting")) == 12
    assert len({row.flag.subject for row in flags.everything()}) == len(found)
    reviewer = somebody("reviewer", ("reviewer", None))
    for row in flags.everything():
        assert [step.what for step in flags.flag(reviewer, row.flag.id).steps] == ["raised"]


def test_i17_a_flag_is_for_reviewers_within_reach_and_each_look_is_logged(app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(app, caller, *long_day())
    recount()
    watching.watch()
    number = only().flag.id
    for viewer in (None, somebody("dan"), somebody("officer", ("officer", None))):
        with pytest.raises(NotAllowed):
            flags.waiting_and_settled(viewer)
        with pytest.raises(NotAllowed):
            flags.flag(viewer, number)
        with pytest.raises(NotAllowed):
            flags.settle(viewer, number, 1, True, "vì")
    reviewer = somebody("reviewer", ("reviewer", None))
    listed = flags.waiting_and_settled(reviewer)
    assert [row.flag.id for row in listed.rows] == [number]
    assert listed.waiting == {Kind.LONG_DAYS: 1}
    flags.flag(reviewer, number)
    assert looks() == [
        (key_of("hoa"), reviewer.key, "list of flags"),
        (key_of("hoa"), reviewer.key, f"flag {number}"),
    ]
    with pytest.raises(NotFound):
        flags.flag(reviewer, 10**30)


def test_nobody_settles_a_flag_about_a_provider_of_their_own_nor_one_that_changed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    low(monkeypatch, same_time_people=1)
    caller = provider()
    add_course(caller)
    record(app, caller, *(studied(f"nguoi-{n}", "2026-10-05T07:00:00Z", "PT45M") for n in range(2)))
    recount()
    watching.watch()
    flag = only().flag
    own = somebody("own", ("reviewer", None), ("provider", caller.provider_id))
    assert not flags.flag(own, flag.id).may_settle
    with pytest.raises(NotAllowed):
        flags.settle(own, flag.id, flag.revision, False, "của tôi")
    record(app, caller, studied("nguoi-3", "2026-10-05T07:00:00Z", "PT45M"))
    recount()
    watching.watch()
    reviewer = somebody("reviewer", ("reviewer", None))
    with pytest.raises(flags.Changed):
        flags.settle(reviewer, flag.id, flag.revision, True, "vì")
    for note in ("", "  \n", "x" * 2001):
        with pytest.raises(flags.NoReason):
            flags.settle(reviewer, flag.id, flag.revision + 1, True, note)
    flags.settle(reviewer, flag.id, flag.revision + 1, True, "Cả lớp chép một tệp")
    with pytest.raises(flags.Changed):
        flags.settle(reviewer, flag.id, flag.revision + 1, True, "lần nữa")
    assert raised() == [("same-times", "confirmed")]


def test_what_was_counted_a_moment_ago_waits_for_those_that_are_not_committed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LAG_US", 10_000_000)
    caller = provider()
    record(app, caller, *long_day())
    recount()
    assert watching.watch().people == 0
    now = clock.now_us()
    monkeypatch.setattr(clock, "now_us", lambda: now + 11_000_000)
    assert watching.watch().people == 1


def test_statements_of_who_never_signed_in_are_watched_too(app: Flask) -> None:
    record(app, provider(), *long_day("chua-dang-nhap"))
    recount()
    watching.watch()
    assert raised() == [("long-days", "waiting")]
    assert agent("chua-dang-nhap")
    assert crediting.verify().differing == []
