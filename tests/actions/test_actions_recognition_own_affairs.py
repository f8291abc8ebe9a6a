"""Nobody decides about what is their own, and nobody is recognised twice, under whatever key (I17)."""

import os
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import insert, update

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import (
    appeals,
    decisions,
    grid_saves,
    grids,
    inspections,
    lists,
    model_assessments,
    model_reviews,
    registrations,
    revocations,
    self_registrations,
)
from lms_tracker.actions.recognition.grids import Typed
from lms_tracker.actions.recognition.model_reviews import Proposal
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.learning.recognition import grids as grid_rules
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, schema
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Entrant
from tests.actions import checklists, communes, family_in_a_round, households, recognitions
from tests.actions import rounds_held as held
from tests.actions.communes import officer
from tests.actions.recognised import cast, decided, deciding, opened, person, reviewed, revision, rows, typed


def submitted_families(place_id: int, *numbers: int) -> int:
    """A submitted round with these households on its list, each to be recognised."""
    set_id = checklists.adopt(Model.HOUSEHOLD, [checklists.item("t")], place_id)
    round_id = recognitions.round_of(Model.HOUSEHOLD, clock.today().year, place_id, set_id)
    table = schema.assessments
    with database.writing() as connection:
        entrants = [Entrant(None, number, f"Hộ {number}", None, str(number)) for number in numbers]
        assessments.register(connection, round_id, entrants, assessments.PAPER, recognitions.SOMEBODY, 0)
        connection.execute(update(table).values(state="reviewed", proposed_result="achieved"))
        connection.execute(update(schema.rounds).values(state="submitted"))
    return round_id


def merged(loser: bytes, survivor: bytes) -> None:
    with database.writing() as connection:
        connection.execute(insert(schema.links).values(actor_key=loser, person_key=survivor, linked_us=1))


def test_whoever_decides_leaves_their_own_family_to_somebody_else_and_takes_no_title_from_it_i17(
    in_app: Flask,
) -> None:
    at = communes.settle()
    first, second = (communes.officer(login, at.commune, "approver") for login in ("mot", "hai"))
    own = households.kinship(at.east, [first.key])
    other = households.kinship(at.east, households.people(1), name="13")
    number = submitted_families(at.commune, own, other)
    assert lists.listing(first, number).left_out == {"other-person": 1}
    made = decisions.decide(first, number, revision(number), deciding(), os.urandom(16))
    assert [one.subject_id for one in decisions.page_of(first, made).shown] == [other]
    # Also when the round is decided and only the own one is left.
    with pytest.raises(RecognitionRefused, match="nobody"):
        decisions.decide(first, number, revision(number), deciding("46/QĐ"), os.urandom(16))
    more = decisions.decide(second, number, revision(number), deciding("46/QĐ"), os.urandom(16))
    (title,) = decisions.page_of(second, more).shown
    assert title.subject_id == own
    taken = deciding("47/QĐ", why="sai")
    with pytest.raises(RecognitionRefused, match="own"):
        revocations.revoke(first, more, [title.id], taken, os.urandom(16))
    assert revocations.revoke(second, more, [title.id], taken, os.urandom(16))


def test_records_that_were_merged_are_one_person_in_a_round_i17(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number, poor=0)
    # Two who are on the list turn out to be one, and another one to be the reviewer.
    twin, first, own = (row.person_key or b"" for row in rows(number)[:3])
    merged(twin, first)
    merged(own, here.reviewer.key)
    assert lists.listing(here.approver, number).left_out == {"twice": 1}
    row = next(row for row in rows(number) if row.person_key == own)
    assert grid_saves.save(
        here.reviewer, number, grids.REVIEW, {row.id: typed(row, {"1": "10"})}
    ).problems == {row.id: {"row": "own"}}
    self_registrations.withdraw_self(here.reviewer, number)
    assert Counter(row.state for row in rows(number)) == {"reviewed": 5, "withdrawn": 1}


def test_whoever_is_in_a_round_under_another_key_is_not_registered_again(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    registrations.register(here.officer, number)
    survivor = person("Trần Văn Ánh", here.at.east)
    merged(here.people[0], survivor)
    done = registrations.register(here.officer, number)
    assert (done.new, done.back, done.there) == (0, 0, 6)
    assert registrations.choosing(here.officer, number, None, "", 1).count == 0


def test_whoever_had_a_part_in_a_title_leaves_the_look_at_it_to_others_of_the_higher_level_i17(
    in_app: Flask,
) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number)
    made = decided(here, number)
    year = clock.today().year
    above, other = (officer(login, here.at.province, "reviewer") for login in ("tinh", "tinh-2"))
    entered, own = decisions.page_of(here.approver, made).shown[:2]
    with database.writing() as connection:
        table = schema.assessments
        for one, column in ((entered, "self_by"), (own, "person_key")):
            connection.execute(
                update(table).where(table.c.id == one.assessment_id).values({column: above.key})
            )
    sample = inspections.draw(above, here.at.commune, "citizen", year, 5, "1")
    assert inspections.draw(other, here.at.commune, "citizen", year, 5, "1") == sample
    drawn = inspections.page_of(above, sample).drawn
    assert {one.recognition.id for one in drawn if one.is_left} == {entered.id, own.id}
    said = {one.recognition.id: ("right", "") for one in drawn}
    with pytest.raises(RecognitionRefused, match="own-finding") as refused:
        inspections.find(above, sample, 0, said, returns=True)
    assert set(refused.value.numbers) == {entered.id, own.id}
    rest = {one: ("right", "") for one in said if one not in refused.value.numbers}
    inspections.find(above, sample, 0, rest, returns=False)
    inspections.find(other, sample, 1, said, returns=True)


def test_a_form_that_made_a_decision_upholds_no_other_appeal(in_app: Flask) -> None:
    here = cast()
    number = opened(here)
    reviewed(here, number, poor=2)
    made = decided(here, number)
    shown = decisions.page_of(here.approver, made, result="not-achieved").shown
    first, second = (held.appealed(one.person_key or b"", one.id) for one in shown)
    form = os.urandom(16)
    appeals.uphold(here.other, first, 0, "đúng", deciding("60/QĐ"), form)
    with pytest.raises(RecognitionRefused, match="form"):
        appeals.uphold(here.other, second, 0, "đúng", deciding("61/QĐ"), form)


def test_own_scores_of_families_are_accepted_with_what_is_computed_of_their_members_i11(
    in_app: Flask,
) -> None:
    at = communes.settle()
    entering, reviewing = (communes.officer(role, at.commune, role) for role in ("officer", "reviewer"))
    family = households.kinship(at.east, households.people(2))
    number, row = family_in_a_round.put(family, at.commune)
    said = {row: Typed({"2": "1"}, "", 0, grid_rules.base_of({}, ""))}
    assert grid_saves.save(entering, number, grids.SELF, said).is_whole
    both = communes.officer("ca-hai", at.commune, "organiser")
    with database.writing() as connection:
        connection.execute(update(schema.assessments).values(self_by=both.key))
    with pytest.raises(RecognitionRefused, match="own-entry"):
        model_reviews.review(both, row, 1, {"2": "1"}, Proposal("", None), "")
    assert model_assessments.sheet(both, row).may_review is False
    assert grid_saves.accept(reviewing, number, None) == 1
    # Ticked, and nobody of the family is recognised.
    assert [one.proposed_result for one in rows(number)] == ["not-achieved"]
