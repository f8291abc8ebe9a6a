"""The record: who may read it, what it adds up to, and that paging neither misses nor repeats."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import arrivals, balances, clock, explanations, records
from lms_tracker.actions.records import NotFound, Record
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import records as rows
from tests.actions import learners
from tests.actions.learners import studied
from tests.actions.viewers import hoa, looks, somebody

YEAR = 2026

pytestmark = pytest.mark.usefixtures("in_app")


def all_pages(viewer: Viewer, key: bytes, year: int = YEAR) -> list[Record]:
    pages = [records.record(viewer, key, year)]
    while pages[-1].entries.next is not None:
        pages.append(records.record(viewer, key, year, pages[-1].entries.next))
    return pages


def test_a_record_is_read_by_its_owner_and_by_organisers_only_and_others_looks_are_logged() -> None:
    owner, stranger = hoa(), somebody("tam")
    organiser, administrator = (
        somebody("ha12", ("organiser", None)),
        somebody("admin", ("administrator", None)),
    )
    number = learners.provider().provider_id
    provider = somebody("duc", ("provider", number))
    assert records.record(owner, owner.key).is_own
    for other in (stranger, provider):
        with pytest.raises(NotAllowed):
            records.record(other, owner.key)
    assert looks() == []
    for other in (organiser, administrator):
        assert not records.record(other, owner.key).is_own
    assert [row[1:] for row in looks()] == [(organiser.key, "record"), (administrator.key, "record")]


def test_a_person_nobody_ever_heard_of_is_not_found_by_an_organiser_and_forbidden_to_others() -> None:
    with pytest.raises(NotFound):
        records.record(somebody("ha12", ("organiser", None)), bytes(16))
    with pytest.raises(NotAllowed):
        records.record(somebody("tam"), bytes(16))


def test_the_sums_of_a_record_are_those_of_the_ledger(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller, category="digital-skills", domain="", level="")
    learners.record(
        in_app,
        caller,
        studied("hoa", "2025-12-31T17:30:00Z", "PT1H"),  # half an hour on either side of New Year, here
        studied("hoa", "2026-03-01T09:00:00Z", "PT2H15M"),
        studied("hoa", "2026-03-01T09:30:00Z", "PT1H"),
    )
    before = records.record(owner, owner.key, YEAR)
    assert before.pending
    assert before.ever.total == 0
    learners.recount()
    after = records.record(owner, owner.key, YEAR)
    assert not after.pending
    assert after.this_year.placed == 1800 + 8100 + 1800
    assert after.ever.total == after.this_year.total + 1800
    assert [month.total for month in after.months[:3]] == [1800, 0, 9900]
    assert after.categories == (("digital-skills", after.this_year),)
    assert after.years[:2] == (2026, 2025) or 2025 in after.years
    shown = [entry for page in all_pages(owner, owner.key) for entry in page.entries.shown]
    assert sum(entry.credited for entry in shown) == after.this_year.total
    assert sum(entry.claimed for entry in shown) == 1800 + 8100 + 3600


def test_pages_of_entries_neither_miss_nor_repeat_however_uneven_the_days(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    sent = [
        studied("hoa", f"2026-05-05T{hour:02d}:{minute:02d}:00Z", "PT1M")
        for hour in range(2, 12)
        for minute in range(0, 60, 12)
    ]
    sent += [
        studied("hoa", f"2026-0{month}-{day:02d}T09:00:00Z", "PT1M")
        for month in (2, 4, 6)
        for day in range(1, 29)
    ]
    for start in range(0, len(sent), 50):
        learners.record(in_app, caller, *sent[start : start + 50])
    learners.recount()
    pages = all_pages(owner, owner.key)
    shown = [entry for page in pages for entry in page.entries.shown]
    assert sorted(entry.statement_id for entry in shown) == sorted(learners.id_of(one) for one in sent)
    assert [entry.day for entry in shown] == sorted((entry.day for entry in shown), reverse=True)
    assert all(len(page.entries.shown) <= records.PAGE for page in pages)


def test_an_entry_explains_itself_with_rule_policy_and_what_was_taken_back(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    statement = studied("hoa", "2026-03-01T17:30:00Z", "PT1H")  # across midnight here
    learners.record(in_app, caller, statement)
    learners.recount()
    learners.record(in_app, caller, learners.voiding(statement["id"]))
    learners.recount()
    found = explanations.explain(owner, owner.key, statement["id"])
    assert found.claimed == 3600
    assert found.credited == 0
    assert [(part.reason, part.seconds) for part in found.parts] == [(Reason.VOIDED, 3600)]
    assert [(step.pieces, step.reason) for step in found.steps][:2] == [(1, 0), (1, 0)]
    assert sum(step.seconds for step in found.steps if step.reason == 0) == 0
    assert found.policy.version == found.steps[0].policy
    assert found.sent.duration == "PT1H"


def test_somebody_elses_entry_is_not_found_under_ones_own_record(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    of_tam = studied("tam", "2026-03-01T09:00:00Z", "PT1H")
    learners.record(in_app, caller, of_tam)
    learners.recount()
    for statement in (of_tam["id"], "nonsense", "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"):
        with pytest.raises(NotFound):
            explanations.explain(owner, owner.key, statement)


TAM = learners.agent("tam")
CLASS = {"objectType": "Group", "member": [learners.agent("hoa"), TAM]}
TEACHER = {"name": "Cô Tám", "mbox": "mailto:tam@example.vn"}


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": CLASS},
        {"context": {"team": CLASS}},
        {"context": {"instructor": TEACHER}},
        {"context": {"contextAgents": [{"objectType": "contextAgent", "agent": TEACHER}]}},
        {"context": {"contextGroups": [{"objectType": "contextGroup", "group": CLASS}]}},
        {"object": {"objectType": "Agent", **TEACHER}},
        {"object": CLASS},
    ],
)
def test_the_text_of_a_statement_that_names_anybody_else_is_shown_to_no_learner(
    in_app: Flask, changes: dict[str, Any]
) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    statement = studied("hoa", "2026-03-01T09:00:00Z", "PT1H", **changes)
    learners.record(in_app, caller, statement, version="2.0.0")
    learners.recount()
    found = explanations.explain(owner, owner.key, statement["id"])
    assert found.text.laid_out is None
    assert "tam@example.vn" not in repr(found)


def test_the_text_of_a_statement_is_shown_where_all_names_in_it_are_the_learners(in_app: Flask) -> None:
    mail = {"name": "Chị Hoa", "mbox": "mailto:hoa@example.vn"}
    owner = somebody("hoa", identifiers=(json.dumps(learners.agent("hoa")), "mailto:hoa@example.vn"))
    caller = learners.provider()
    learners.add_course(caller)
    statement = studied("hoa", "2026-03-01T09:00:00Z", "PT1H", context={"instructor": mail})
    learners.record(in_app, caller, statement)
    learners.recount()
    found = explanations.explain(owner, owner.key, statement["id"])
    assert found.text.laid_out is not None
    assert json.loads(found.text.laid_out) == statement


def test_a_timestamp_of_a_broken_clock_costs_a_year_in_the_list_and_nothing_else(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    learners.record(
        in_app,
        caller,
        studied("hoa", "0001-01-02T09:00:00Z", "PT1H"),
        studied("hoa", "9999-12-31T09:00:00Z", "PT1H"),
    )
    learners.recount()
    found = records.record(owner, owner.key, YEAR)
    assert {9999, 1, YEAR} <= set(found.years)
    for year in found.years:
        records.record(owner, owner.key, year)


def test_a_day_of_very_many_entries_is_read_a_page_at_a_time(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    sent = [
        studied("hoa", f"2026-03-01T{1 + minute // 60:02d}:{minute % 60:02d}:00Z", "PT10M")
        for minute in range(300)
    ]
    undated = [studied("hoa", "2026-03-01T09:00:00Z", "P1Y") for _ in range(3)]
    learners.record(in_app, caller, *sent, *undated)
    learners.recount()
    asked: list[int] = []
    for name in ("pieces", "times"):
        real = getattr(rows, name)

        def counted(*arguments: Any, real: Any = real) -> Any:
            asked.append(len(arguments[-1]))
            return real(*arguments)

        monkeypatch.setattr(rows, name, counted)
    pages = all_pages(owner, owner.key)
    entries = [entry for page in pages for entry in page.entries.shown]
    assert len(entries) == len({entry.statement_id for entry in entries}) == 303
    assert [entry.at for entry in entries] == sorted((entry.at or 0 for entry in entries), reverse=True)
    assert len(pages) == -(-303 // records.PAGE)
    explained = explanations.explain(owner, owner.key, sent[100]["id"])
    overlapping = [one["id"] for one in (*sent[91:100], sent[101])]
    assert [one.statement for one in explained.overlaps] == overlapping
    assert {one.course for one in explained.overlaps} == {"Khóa K1"}
    assert max(asked) <= records.PAGE


def test_a_provider_sees_its_own_arrivals_and_refusals_and_nobody_elses(in_app: Flask) -> None:
    mine, theirs = learners.provider("Một"), learners.provider("Hai")
    learners.add_course(mine)
    for hour, caller in ((9, mine), (12, theirs)):
        learners.record(in_app, caller, studied("hoa", f"2026-03-01T{hour:02d}:00:00Z", "PT1H"))
    learners.recount()
    viewer = somebody("duc", ("provider", mine.provider_id))
    organiser = somebody("ha12", ("organiser", None))
    found = arrivals.arrived(viewer, mine.provider_id)
    assert [one.course for one in found.newest] == ["Khóa K1"]
    assert arrivals.uncredited(viewer, mine.provider_id).rows == ()
    for asker in (viewer, organiser):
        for ask in (arrivals.arrived, arrivals.refused, arrivals.uncredited, arrivals.set_up):
            with pytest.raises(NotAllowed):
                ask(asker, theirs.provider_id)
    theirs_view = somebody("minh", ("provider", theirs.provider_id))
    [row] = arrivals.uncredited(theirs_view, theirs.provider_id).rows
    assert row.row.reason == Reason.PROVIDER_NOT_ALLOWED
    assert row.learner == "hoa"


def test_uncredited_pieces_are_paged_filtered_and_gone_once_they_are_credited(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "PAGE", 4)
    caller = learners.provider()
    viewer = somebody("duc", ("provider", caller.provider_id))
    sent = [studied(f"hoc-vien-{number}", "2026-03-01T09:00:00Z", "PT1H") for number in range(9)]
    broken = studied("hoa", "2026-03-01T09:00:00Z", "P1Y")
    learners.record(in_app, caller, *sent, broken)
    learners.recount()
    seen, cursor = [], None
    while True:
        page = arrivals.uncredited(viewer, caller.provider_id, Reason.UNKNOWN_COURSE, cursor)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(one["id"] for one in sent)
    learners.add_course(caller)
    learners.recount()
    [left] = arrivals.uncredited(viewer, caller.provider_id).rows
    assert left.row.reason == Reason.IMPOSSIBLE_DURATION


def test_a_year_without_a_day_in_the_calendar_is_not_found() -> None:
    owner = hoa()
    for year in (0, 10_000):
        with pytest.raises(NotFound):
            records.record(owner, owner.key, year)


def test_a_year_without_entries_is_answered_with_the_current_one() -> None:
    owner = hoa()
    for year in (date.min.year, 1900):
        found = records.record(owner, owner.key, year)
        assert (found.year, found.years) == (clock.today().year, (clock.today().year,))


def test_who_looked_is_told_to_the_owner_alone_newest_first(in_app: Flask) -> None:
    owner, organiser = hoa(), somebody("ha12", ("organiser", None))
    caller = learners.provider("Một", ["all"])
    learners.add_course(caller)
    learners.record(in_app, caller, studied("hoa", "2026-03-01T09:00:00Z", "PT1H"))
    learners.recount()
    for _ in range(records.LOOKS):
        assert records.record(organiser, owner.key).looks == ()
    balances.of_actor(learners.key_of("hoa"), caller)
    found = records.record(owner, owner.key).looks
    assert len(found) == records.LOOKS
    assert (found[0].who, found[0].is_program, found[0].what) == ("Một", True, "credit")
    assert {(look.who, look.is_program, look.what) for look in found[1:]} == {("Ha12", False, "record")}
    assert [look.looked_us for look in found] == sorted((look.looked_us for look in found), reverse=True)


def test_an_entry_names_the_others_about_the_same_time(in_app: Flask) -> None:
    owner, caller = hoa(), learners.provider()
    learners.add_course(caller)
    first = studied("hoa", "2026-03-01T10:00:00Z", "PT2H")
    inside = studied("hoa", "2026-03-01T09:30:00Z", "PT1H", "https://la.example.vn/video")
    after = studied("hoa", "2026-03-01T11:00:00Z", "PT1H")  # begins as the first ends
    withdrawn = studied("hoa", "2026-03-01T09:45:00Z", "PT1H")
    of_tam = studied("tam", "2026-03-01T09:30:00Z", "PT1H")
    undated = studied("hoa", "", "PT1H")
    del undated["timestamp"]
    learners.record(in_app, caller, first, inside, after, withdrawn, of_tam, undated)
    learners.record(in_app, caller, learners.voiding(withdrawn["id"]))
    learners.recount()
    [other] = explanations.explain(owner, owner.key, first["id"]).overlaps
    assert (other.statement, other.course, other.at - other.start) == (inside["id"], None, 3600)
    [other] = explanations.explain(owner, owner.key, inside["id"]).overlaps
    assert (other.statement, other.course) == (first["id"], "Khóa K1")
    assert explanations.explain(owner, owner.key, after["id"]).overlaps == ()
    found = explanations.explain(owner, owner.key, undated["id"])
    assert (found.claimed, found.interval, found.overlaps) == (3600, None, ())
