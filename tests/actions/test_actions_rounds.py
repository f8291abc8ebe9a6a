"""A whole round: opened, registered, scored, listed, submitted, decided, taken back, appealed against."""

from __future__ import annotations

import io
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import msgspec
import pytest
from flask import Flask
from sqlalchemy import insert, update

from lms_tracker.actions import clock, people, rights
from lms_tracker.actions.recognition import (
    appeals,
    decisions,
    grid_saves,
    grids,
    inspections,
    lists,
    own,
    populations,
    registrations,
    revocations,
    rounds,
    scores,
    self_registrations,
    sheets,
    steps,
)
from lms_tracker.actions.recognition.rounds import Wanted
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.criteria import PointsSet
from lms_tracker.store import database, residences, schema
from lms_tracker.store.recognition import recognitions
from tests.actions.claimants import picture
from tests.actions.communes import officer, table
from tests.actions.recognised import (
    GOOD,
    POOR,
    cast,
    decided,
    deciding,
    opened,
    person,
    reviewed,
    revision,
    rows,
    submitted,
    typed,
)
from tests.actions.viewers import looks


def signed_in(key: bytes, login: str) -> Viewer:
    """An account for somebody whom a roster told of."""
    with database.writing() as connection:
        connection.execute(
            update(schema.people)
            .where(schema.people.c.person_key == key)
            .values(login=login, password_hash="x")
        )
    found = people.viewer(key)
    assert found is not None
    return found


def refused(rule: str) -> pytest.RaisesContext[RecognitionRefused]:  # type: ignore[name-defined]
    return pytest.raises(RecognitionRefused, match=f"^{rule}$")


def new_form() -> bytes:
    return os.urandom(16)


def test_a_whole_round_ends_in_titles_with_certificates_in_the_order_of_lists(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    made = decided(here, number)
    found = decisions.page_of(here.approver, made)
    assert found.counts == {"achieved": 5, "not-achieved": 1}
    # Thôn 3 comes before Đông and Tây; within a thôn the given name decides.
    assert [one.name.split()[-1] for one in found.shown] == ["Ánh", "Cường", "Én", "Bưởi", "Đào", "Giang"]
    year = clock.today().year
    papers = [one.certificate for one in found.shown]
    assert papers == [*(f"CDHT-{year}-{count:05d}" for count in range(1, 6)), None]
    assert rounds.page_of(here.approver, number).round.state == "decided"
    assert [step.what for step in rounds.page_of(here.approver, number).steps] == [
        "opened", "registered", "listed", "minutes", "submitted", "decided",
    ]  # fmt: skip
    due = table("SELECT DISTINCT kind, subject_id, year FROM totals_due ORDER BY subject_id")
    assert due == [("place", here.at.east, year), ("place", here.at.west, year)]


def test_the_same_form_opens_one_round_and_another_is_the_second_of_its_year(in_app: Flask) -> None:
    here = cast()
    assert opened(here) == opened(here)
    year = clock.today().year
    days = date(year, 1, 1), date(year, 12, 31)
    with refused("round-there"):
        rounds.open_round(
            here.approver, Wanted("citizen", year, here.at.commune, None, *days, title="Đợt bổ sung")
        )
    second = opened(here, opens_on=date(clock.today().year, 2, 1))
    assert rounds.page_of(here.approver, second).round.number == 2


def test_villages_of_a_difficult_area_have_a_round_of_their_own_on_the_same_days(in_app: Flask) -> None:
    here = cast()
    usual, year = opened(here), clock.today().year
    days = date(year, 1, 1), date(year, 12, 31)
    wanted = Wanted("citizen", year, here.at.commune, None, *days, area="difficult")
    theirs = rounds.open_round(here.approver, wanted)
    assert theirs != usual
    assert rounds.open_round(here.approver, wanted) == theirs
    assert rounds.page_of(here.approver, theirs).round.area == "difficult"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"model": "town"}, "model"),
        ({"model": "commune"}, "place-model"),
        ({"year": 1}, "year"),
        ({"year": 9999}, "year"),
        ({"closes_on": date(2000, 1, 1)}, "days-order"),
        ({"area": "moon"}, "area"),
        ({"title": "x" * 201}, "title-long"),
        ({"title": "x\x00"}, "title-long"),
    ],
)
def test_a_round_that_makes_no_sense_is_not_opened(
    in_app: Flask, change: dict[str, object], rule: str
) -> None:
    here = cast()
    year = clock.today().year
    said: dict[str, object] = {
        "model": "citizen",
        "year": year,
        "place_id": here.at.commune,
        "organisation_id": None,
        "opens_on": date(year, 1, 1),
        "closes_on": date(year, 12, 31),
    }
    with refused(rule):
        rounds.open_round(here.approver, Wanted(**{**said, **change}))  # type: ignore[arg-type]


def test_each_step_asks_for_its_right_at_the_place_I17(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    far = officer("o-xa", here.at.province, "viewer")
    stranger = officer("nguoi-la", here.at.third, "approver")
    for viewer in (here.officer, here.reviewer, stranger):
        with pytest.raises(rights.NotAllowed):
            lists.make(viewer, number, 0)
    for viewer in (here.reviewer, here.approver, far):
        with pytest.raises(rights.NotAllowed):
            registrations.register(viewer, number)
    for viewer in (here.officer, here.approver, far):
        with pytest.raises(rights.NotAllowed):
            grid_saves.save(viewer, number, grids.REVIEW, {})
    with pytest.raises(rights.NotAllowed):
        rounds.page_of(stranger, number)
    with pytest.raises(rights.NotAllowed):
        rounds.page_of(far, 999_999)
    assert rounds.page_of(far, number).round.id == number


def test_whoever_sees_names_leaves_a_look_with_each_I17(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    grids.grid(here.officer, number, grids.SELF)
    seen = {bytes(row[0]) for row in looks() if row[2] == "round"}  # type: ignore[call-overload]
    assert seen == set(here.people)


def test_registering_twice_changes_nothing_and_whoever_withdrew_comes_back(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    east = registrations.register(here.officer, number, place_id=here.at.east)
    assert (east.new, east.back, east.there) == (3, 0, 0)
    every = registrations.register(here.officer, number)
    assert (every.new, every.back, every.there) == (3, 0, 3)
    first = rows(number)[0]
    registrations.withdraw(here.officer, first.id, first.revision, "đi xa")
    assert rounds.page_of(here.officer, number).tally.registered == 5
    again = registrations.register(here.officer, number, person_keys={first.person_key or b""})
    assert (again.new, again.back, again.there) == (0, 1, 0)
    assert rounds.page_of(here.officer, number).tally.registered == 6


def test_nobody_is_in_two_rounds_of_a_place_and_year_that_are_not_decided(in_app: Flask) -> None:
    here = cast()
    first, me = opened(here), signed_in(here.people[0], "anh")
    registrations.register(here.officer, first, place_id=here.at.east)
    second = opened(here, opens_on=date(clock.today().year, 1, 2))
    there = {row.person_key for row in rows(first)}
    assert there.isdisjoint(
        one.person_key for one in registrations.choosing(here.officer, second, None, "", 1).shown
    )
    both = registrations.register(here.officer, second)
    assert (both.new, both.there) == (3, 3)
    assert own.mine(me).offers == []
    other = second if me.key in there else first
    with refused("in-other-round"):
        self_registrations.register_self(me, other)
    mine = next(row for row in (*rows(first), *rows(second)) if row.person_key == me.key)
    registrations.withdraw(here.officer, mine.id, mine.revision, "sang đợt kia")
    self_registrations.register_self(me, other)
    assert me.key in {row.person_key for row in rows(other)}


def test_a_citizen_registers_scores_and_withdraws_only_where_they_live(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    me = signed_in(here.people[0], "anh")
    assert [one.round.id for one in own.mine(me).offers] == [number]
    self_registrations.register_self(me, number, "workers")
    self_registrations.register_self(me, number)
    (entry,) = own.mine(me).entries
    assert (entry.row.came_by, entry.row.population) == ("self", "workers")
    with pytest.raises(scores.CellsRefused) as wrong:
        scores.score_self(me, entry.row.id, 0, {"1": "11", "2": "mười", "3": "9"})
    assert wrong.value.problems == {"1": "most", "2": "number"}
    scores.score_self(me, entry.row.id, 0, {"1": "9", "2": ""})
    sheet = sheets.sheet(me, entry.row.id)
    # What nobody assessed is not 0.
    assert (sheet.own, sheet.self_outcome.total, sheet.self_outcome.achieved) == ({"1": 9}, 9, None)
    assert sheet.self_outcome.unassessed == tuple(range(2, 11))
    self_registrations.withdraw_self(me, number)
    self_registrations.withdraw_self(me, number)
    with pytest.raises(NotFound):
        self_registrations.register_self(signed_in(person("Người Xa", here.at.province), "nguoi-xa"), number)


def test_a_group_is_changed_until_one_is_reviewed_and_scores_by_another_table_go(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number, population="workers")
    row = rows(number)[0]
    grid_saves.save(here.officer, number, grids.SELF, {row.id: typed(row, GOOD, grids.SELF)})
    with refused("population"):
        populations.change(here.officer, row.id, 1, "kings")
    with refused("changed"):
        populations.change(here.officer, row.id, 0, "pupils")
    with pytest.raises(rights.NotAllowed):
        populations.change(here.reviewer, row.id, 1, "pupils")
    populations.change(here.officer, row.id, 1, "pupils")
    me = signed_in(here.people[0], "anh")
    self_registrations.withdraw_self(me, number)
    self_registrations.register_self(me, number, "officials")
    (entry,) = own.mine(me).entries
    # The groups of this set share one table, so that its points still say the same.
    assert (entry.row.population, entry.row.self_total) == ("officials", 90)
    assert isinstance(entry.criteria, PointsSet)
    group = msgspec.structs.replace(entry.criteria.groups[0], indicators=entry.criteria.indicators[:9])
    apart = msgspec.structs.replace(entry.criteria, groups=(group,))
    assert registrations.regrouped(apart, entry.row, group.code)["self_points"] == ""
    populations.change_own(me, entry.row.id, entry.row.revision, "")
    row = rows(number)[0]
    scores.review(here.reviewer, row.id, row.revision, GOOD, "", "")
    with refused("reviewed"):
        populations.change(here.officer, row.id, 9, "workers")
    with refused("reviewed"):
        populations.change_own(me, row.id, 9, "workers")


def test_the_registration_days_bind_the_citizen(in_app: Flask) -> None:
    here = cast()
    year = clock.today().year
    number = rounds.open_round(
        here.approver,
        Wanted("citizen", year - 1, here.at.commune, None, date(year - 1, 1, 1), date(year - 1, 12, 31)),
    )
    with refused("not-open"):
        self_registrations.register_self(signed_in(here.people[0], "anh"), number)


def test_of_two_grids_the_row_changed_meanwhile_is_told_with_both_values_and_the_rest_is_saved(
    in_app: Flask,
) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    before = rows(number)
    first, second = before[0], before[1]
    one = {row.id: typed(row, GOOD, grids.SELF) for row in (first, second)}
    other = {first.id: typed(first, POOR, grids.SELF)}
    assert grid_saves.save(here.officer, number, grids.SELF, other).is_whole
    saved = grid_saves.save(here.officer, number, grids.SELF, one)
    assert saved.count == 1
    assert saved.conflicts[first.id].self_total == 76
    assert {row.id: row.self_total for row in rows(number)[:2]} == {first.id: 76, second.id: 90}


def test_rows_that_were_not_touched_are_left_alone_whatever_became_of_them(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    first = rows(number)[0]
    shown = typed(first, {}, grids.SELF)
    grid_saves.save(here.officer, number, grids.SELF, {first.id: typed(first, GOOD, grids.SELF)})
    saved = grid_saves.save(here.officer, number, grids.SELF, {first.id: shown})
    assert saved.is_whole
    assert saved.count == 0
    assert rows(number)[0].self_total == 90


def test_wrong_cells_are_marked_and_rows_of_other_rounds_are_not_touched(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    other = opened(here, opens_on=date(clock.today().year, 2, 1))
    for each, thon in ((number, here.at.east), (other, here.at.west)):
        registrations.register(here.officer, each, place_id=thon)
    mine, theirs = rows(number)[0], rows(other)[0]
    bad = {**GOOD, "3": "12", "4": "-1", "5": "8,5", "6": "8.0"}
    sent = {row.id: typed(row, bad, grids.SELF) for row in (mine, theirs)}
    saved = grid_saves.save(here.officer, number, grids.SELF, {**sent, 10**11: sent[mine.id]})
    assert saved.problems == {
        mine.id: {"3": "most", "4": "number", "5": "number"},
        theirs.id: {"row": "gone"},
        10**11: {"row": "gone"},
    }
    assert rows(number)[0].self_points == ""


def test_nobody_reviews_their_own_entry_nor_themselves(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    both = officer("ca-hai", here.at.commune, "organiser")
    first, second = rows(number)[:2]
    grid_saves.save(both, number, grids.SELF, {first.id: typed(first, GOOD, grids.SELF)})
    saved = grid_saves.save(both, number, grids.REVIEW, {first.id: typed(rows(number)[0], GOOD)})
    assert saved.problems == {first.id: {"row": "own-entry"}}
    own_row = rows(number)[1]
    with database.writing() as connection:
        connection.execute(
            update(schema.assessments).where(schema.assessments.c.id == second.id).values(person_key=both.key)
        )
    saved = grid_saves.save(both, number, grids.REVIEW, {second.id: typed(own_row, GOOD)})
    assert saved.problems == {second.id: {"row": "own"}}


def test_reviewers_say_why_where_they_differ_from_the_person(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    first = rows(number)[0]
    grid_saves.save(here.officer, number, grids.SELF, {first.id: typed(first, GOOD, grids.SELF)})
    row = rows(number)[0]
    saved = grid_saves.save(here.reviewer, number, grids.REVIEW, {row.id: typed(row, POOR)})
    assert saved.problems == {row.id: {"note": "note"}}
    saved = grid_saves.save(
        here.reviewer, number, grids.REVIEW, {row.id: typed(row, POOR, note="không có minh chứng")}
    )
    assert saved.is_whole
    assert rows(number)[0].proposed_result == "not-achieved"


def test_whom_to_register_is_chosen_by_thon_and_by_beginnings_of_words_of_the_name(in_app: Flask) -> None:
    here = cast()
    number = opened(here)

    def free(place_id: int | None, text: str) -> list[str]:
        return [one.name for one in registrations.choosing(here.officer, number, place_id, text, 1).shown]

    assert free(here.at.east, "") == ["Trần Văn Ánh", "Đỗ Văn Cường", "Bùi Văn Én"]
    assert free(None, "thi b") == ["Lê Thị Bưởi"]
    assert free(None, "uoi") == free(None, "%") == free(here.at.province, "") == free(here.at.third, "") == []
    registrations.register(here.officer, number, person_keys={here.people[0], here.people[1]})
    assert free(None, "van") == ["Đỗ Văn Cường", "Bùi Văn Én"]
    first = next(row for row in rows(number) if row.name == "Trần Văn Ánh")
    registrations.withdraw(here.officer, first.id, first.revision, "nhầm")
    assert free(here.at.east, "van") == ["Trần Văn Ánh", "Đỗ Văn Cường", "Bùi Văn Én"]
    assert [one.id for one in registrations.choosing(here.officer, number, None, "", 1).places] == [
        here.at.east,
        here.at.west,
    ]


def test_own_scores_are_accepted_for_a_whole_thon_but_not_what_one_entered(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid_saves, "ROWS_AT_ONCE", 2)
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    sent = {row.id: typed(row, GOOD, grids.SELF) for row in rows(number)}
    grid_saves.save(here.officer, number, grids.SELF, sent)
    assert grid_saves.accept(here.reviewer, number, here.at.east) == 3
    assert grid_saves.accept(here.reviewer, number, here.at.east) == 0
    assert Counter(row.state for row in rows(number)) == {"reviewed": 3, "scored": 3}


def test_a_result_against_the_thresholds_asks_for_a_reason(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    first = rows(number)[0]
    with pytest.raises(scores.CellsRefused) as wrong:
        scores.review(here.reviewer, first.id, 0, POOR, "achieved", "")
    assert wrong.value.problems == {"note": "note"}
    scores.review(here.reviewer, first.id, 0, POOR, "achieved", "vùng đặc biệt")
    assert rows(number)[0].proposed_result == "achieved"
    with refused("changed"):
        scores.override(here.reviewer, first.id, 0, "not-achieved", "nhầm")
    scores.override(here.reviewer, first.id, 1, "not-achieved", "nhầm")
    story = sheets.sheet(here.reviewer, first.id).steps
    assert [(step.what, step.note) for step in story][-1] == ("proposed-not-achieved", "nhầm")


def test_a_round_goes_back_one_step_with_a_reason_and_not_after_its_decision(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    with refused("list-empty"):
        lists.make(here.approver, number, 0)
    reviewed(here, number)
    submitted(here, number)
    with refused("reason"):
        steps.back(here.approver, number, revision(number), " ")
    steps.back(here.approver, number, revision(number), "thiếu người")
    assert rounds.page_of(here.approver, number).round.state == "listed"
    with refused("changed"):
        steps.back(here.approver, number, 0, "x")
    steps.back(here.approver, number, revision(number), "sửa điểm")
    decided(here, number)
    for step in (steps.back, steps.cancel):
        with refused("state"):
            step(here.approver, number, revision(number), "x")
    with refused("state"):
        grid_saves.save(here.reviewer, number, grids.REVIEW, {})


def test_a_decision_with_a_day_or_number_that_cannot_be_is_refused(in_app: Flask) -> None:
    here = cast()
    today = clock.today()
    number = opened(here, opens_on=today - timedelta(days=2) if today.day > 3 else None)
    reviewed(here, number)
    submitted(here, number)
    now = revision(number)
    for day, rule in (
        (today + timedelta(days=1), "day-future"),
        (today - timedelta(days=1), "day-before-submission" if today.day > 3 else "day-before"),
        (date(today.year - 1, 12, 31), "day-before-round"),
    ):
        with pytest.raises(RecognitionRefused, match=rule):
            decisions.decide(here.approver, number, now, deciding(on=day), new_form())
    for more, rule in (
        ({"number": " "}, "required"),
        ({"number": "x" * 61}, "long"),
        ({"number": "4\x005"}, "long"),
    ):
        with refused(rule):
            decisions.decide(here.approver, number, now, deciding(**more), new_form())  # type: ignore[arg-type]
    decisions.decide(here.approver, number, now, deciding(), new_form())
    second = opened(here, opens_on=date(today.year, 1, 2))
    reviewed_again = person("Lý Văn Mới", here.at.third)
    assert reviewed_again
    reviewed(here, second, poor=0)
    submitted(here, second)
    with refused("number-taken"):
        decisions.decide(here.approver, second, revision(second), deciding("45 / qđ-ubnd"), new_form())


def test_a_second_round_of_a_year_cannot_recognise_somebody_again(in_app: Flask) -> None:
    here = cast()
    first = opened(here)
    reviewed(here, first)
    second = opened(here, opens_on=date(clock.today().year, 1, 2))
    decided(here, first)
    reviewed(here, second, poor=0)
    made = decided(here, second, number="46/QĐ-UBND")
    assert [one.name for one in decisions.page_of(here.approver, made).shown] == ["Hồ Thị Giang"]
    assert lists.listing(here.approver, second).left_out == {"title": 5, "decided": 1}


def test_whoever_holds_the_title_under_another_key_is_not_recognised_again(in_app: Flask) -> None:
    here = cast()
    first = opened(here)
    reviewed(here, first, poor=0)
    decided(here, first)
    second = opened(here, opens_on=date(clock.today().year, 1, 2))
    reviewed(here, second, poor=0)
    own, into, beside = (row.person_key or b"" for row in rows(second)[:3])
    other = person("Một Người", here.at.third)
    with database.writing() as connection:
        links, given = schema.links, schema.recognitions
        # The title of the second and the third stands under keys of records that were merged.
        for actor, survivor in ((into, other), (b"k" * 16, beside)):
            connection.execute(insert(links).values(actor_key=actor, person_key=survivor, linked_us=1))
        for before, now in ((into, other), (beside, b"k" * 16)):
            connection.execute(update(given).where(given.c.person_key == before).values(person_key=now))
    assert own
    assert lists.listing(here.approver, second).left_out == {"title": 6}


def test_two_decisions_at_once_give_each_title_once_I8(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = cast()
    # As where two officers register the same people in both rounds at the same moment.
    monkeypatch.setattr(registrations, "in_others", lambda connection, found: set())
    numbers = [opened(here), opened(here, opens_on=date(clock.today().year, 1, 2))]
    for each in numbers:
        reviewed(here, each, poor=0)
        submitted(here, each)
    revisions = [revision(each) for each in numbers]

    def at_once(which: int) -> str:
        with in_app.app_context():
            try:
                said = deciding(f"{50 + which}/QĐ")
                decisions.decide(here.approver, numbers[which], revisions[which], said, new_form())
            except RecognitionRefused as error:
                return error.rule
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(at_once, range(2))) == ["done", "nobody"]
    assert table("SELECT count(*), count(DISTINCT person_key) FROM recognitions") == [(6, 6)]


def test_a_decision_sent_twice_is_one_also_at_the_same_moment(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    submitted(here, number)
    form, now = new_form(), revision(number)

    def at_once(_: int) -> int:
        with in_app.app_context():
            return decisions.decide(here.approver, number, now, deciding(), form)

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(at_once, range(3)))) == 1
    assert table("SELECT count(*) FROM decisions") == [(1,)]
    with refused("form"):
        decisions.decide(here.other, number, now, deciding(), form)


def test_two_grids_at_once_lose_nothing(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    before = rows(number)

    def at_once(cells: dict[str, str]) -> int:
        with in_app.app_context():
            sent = {row.id: typed(row, cells, grids.SELF) for row in before}
            return len(grid_saves.save(here.officer, number, grids.SELF, sent).conflicts)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(at_once, (GOOD, POOR))) == [0, 6]
    assert len({row.self_total for row in rows(number)}) == 1


def test_whoever_decides_leaves_their_own_row_and_those_they_reviewed_to_somebody_else(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number, poor=0)
    chosen = rows(number)
    with database.writing() as connection:
        for row, column in ((chosen[0], "person_key"), (chosen[1], "reviewed_by")):
            connection.execute(
                update(schema.assessments)
                .where(schema.assessments.c.id == row.id)
                .values({column: here.approver.key})
            )
        connection.execute(
            insert(schema.residences).values(person_key=here.approver.key, place_id=here.at.east)
        )
    made = decided(here, number)
    assert len(decisions.page_of(here.approver, made).shown) == 4
    assert lists.listing(here.approver, number).left_out == {"decided": 4, "other-person": 2}
    more = decisions.decide(here.other, number, revision(number), deciding("46/QĐ"), new_form())
    assert {one.assessment_id for one in decisions.page_of(here.other, more).shown} == {
        chosen[0].id,
        chosen[1].id,
    }


def test_movers_and_the_dead_are_told_and_left_out_or_kept_by_rule(in_app: Flask) -> None:
    here = cast()
    year = clock.today().year
    last = year - 1
    number = opened(here, year=last)
    registrations.register(here.officer, number)
    every = rows(number)
    sent = {row.id: typed(row, GOOD) for row in every}
    grid_saves.save(here.reviewer, number, grids.REVIEW, sent)
    moved, moved_since, died, died_since = (row.person_key or b"" for row in every[:4])
    with database.writing() as connection:
        for key, day, is_dead in (
            (moved, date(last, 6, 1), False),
            (moved_since, date(year, 1, 2), False),
            (died, date(last, 6, 1), True),
            (died_since, date(year, 1, 2), True),
        ):
            residences.end_of_person(connection, key, day)
            if is_dead:
                connection.execute(
                    update(schema.people).where(schema.people.c.person_key == key).values(died_on=day)
                )
    found = lists.listing(here.approver, number)
    assert found.left_out == {"gone": 1, "died": 1}
    assert {one.row.person_key: one.belonging.presence.value for one in found.warnings} == {
        moved: "gone", moved_since: "left-since", died: "died", died_since: "died-since",
    }  # fmt: skip
    dead = next(row.id for row in every if row.person_key == died)
    made = decided(here, number, posthumous={dead})
    given = {one.person_key for one in decisions.page_of(here.approver, made).shown}
    assert given == {row.person_key for row in every} - {moved}


def test_a_title_is_taken_back_by_a_decision_of_its_own_once(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    made = decided(here, number)
    shown = decisions.page_of(here.approver, made).shown
    with refused("chosen"):
        revocations.revoke(here.approver, made, [], deciding("50/QĐ", why="sai"), new_form())
    with refused("revoked"):
        revocations.revoke(here.approver, made, [shown[-1].id], deciding("50/QĐ", why="sai"), new_form())
    with refused("required"):
        revocations.revoke(here.approver, made, [shown[0].id], deciding("50/QĐ"), new_form())
    form = new_form()
    taken = [shown[0].id, shown[1].id]
    back = revocations.revoke(here.approver, made, taken, deciding("50/QĐ", why="khai sai"), form)
    assert revocations.revoke(here.approver, made, taken, deciding("50/QĐ", why="khai sai"), form) == back
    with refused("revoked"):
        revocations.revoke(here.approver, made, [taken[0]], deciding("51/QĐ", why="sai"), new_form())
    with database.reading() as connection:
        still = recognitions.standing(connection, "citizen", clock.today().year, here.people)
    assert len(still) == 3
    assert {one.id for one in decisions.page_of(here.approver, back).shown} == set(taken)


def test_an_appeal_is_answered_by_somebody_else_and_may_lead_to_a_new_decision(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    made = decided(here, number)
    poor = decisions.page_of(here.approver, made).shown[-1]
    me = signed_in(poor.person_key or b"", "giang")
    with refused("words"):
        appeals.make(me, poor.id, "sai")
    with pytest.raises(NotFound):
        appeals.make(signed_in(here.people[0], "anh"), poor.id, "không phải của tôi")
    asked = appeals.make(me, poor.id, "Tôi có đủ minh chứng cho chỉ số 10.")
    assert appeals.make(me, poor.id, "Tôi có đủ minh chứng cho chỉ số 10.") == asked
    with refused("own-decision"):
        appeals.dismiss(here.approver, asked, 0, "giữ nguyên")
    cases, count = appeals.queue(here.other, 1)
    assert ([one.appeal.id for one in cases], count, cases[0].may_answer) == ([asked], 1, True)
    new = appeals.uphold(here.other, asked, 0, "đã xem minh chứng", deciding("60/QĐ"), new_form())
    with refused("answered"):
        appeals.dismiss(here.other, asked, 1, "giữ nguyên")
    (title,) = decisions.page_of(here.other, new).shown
    assert (title.result, title.certificate) == ("achieved", f"CDHT-{clock.today().year}-00006")
    (entry,) = own.mine(me).entries
    assert [one.recognition.result for one in entry.given] == ["not-achieved", "achieved"]
    assert [one.may_appeal for one in entry.given] == [False, False]


def test_what_was_taken_back_can_be_appealed_against_and_given_anew(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    made = decided(here, number)
    first = decisions.page_of(here.approver, made).shown[0]
    me = signed_in(first.person_key or b"", "anh")
    with refused("appeal-none"):
        appeals.make(me, first.id, "Tôi muốn xem lại điểm.")
    revocations.revoke(here.approver, made, [first.id], deciding("50/QĐ", why="khai sai"), new_form())
    asked = appeals.make(me, first.id, "Tôi không khai sai điều gì.")
    appeals.dismiss(here.other, asked, 0, "đã kiểm tra")
    with refused("appeal-answered"):
        appeals.make(me, first.id, "Tôi không khai sai điều gì.")


def test_a_sample_is_drawn_above_looked_at_returned_and_answered(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    decided(here, number)
    above = officer("tinh", here.at.province, "reviewer")
    year = clock.today().year
    with pytest.raises(rights.NotAllowed):
        inspections.draw(here.reviewer, here.at.commune, "citizen", year, 3, "2026-01")
    one = inspections.draw(above, here.at.commune, "citizen", year, 3, "2026-01")
    again = inspections.draw(above, here.at.commune, "citizen", year, 3, "2026-01")
    drawn = [[each.item.recognition_id for each in inspections.page_of(above, n).drawn] for n in (one, again)]
    assert drawn[0] == drawn[1]
    assert inspections.page_of(above, one).inspection.of_many == 5
    ids = drawn[0]
    with refused("findings-missing"):
        inspections.find(above, one, 0, {ids[0]: ("right", "")}, returns=True)
    with refused("finding-note"):
        inspections.find(above, one, 0, {ids[0]: ("wrong", "")}, returns=False)
    found = {ids[0]: ("wrong", "thiếu minh chứng"), ids[1]: ("right", ""), ids[2]: ("right", "")}
    inspections.find(above, one, 0, found, returns=True)
    with refused("state"):
        inspections.find(above, one, 1, found, returns=True)
    with pytest.raises(rights.NotAllowed):
        inspections.answer(here.reviewer, one, 1, {ids[0]: "đã bổ sung"})
    inspections.answer(here.approver, one, 1, {ids[0]: "đã bổ sung"})
    page = inspections.page_of(above, one)
    first = page.drawn[0].item
    assert (first.finding, first.answer) == ("wrong", "đã bổ sung")


def test_whoever_opens_the_signed_paper_looked_at_everybody_named_in_it_i17(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    submitted(here, number)
    scan = decisions.Scan("quyet-dinh.jpg", io.BytesIO(picture()))
    form = os.urandom(16)
    made = decisions.decide(here.approver, number, revision(number), deciding(), form, scan)
    before = len(looks())
    _, paper = decisions.scan_of(here.reviewer, made)
    assert b"".join(paper)
    assert {row[0] for row in looks()[before:]} == set(here.people)
