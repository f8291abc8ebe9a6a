"""Nobody decides about what is their own, and nobody is recognised twice, under whatever key (I17)."""

import os
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import insert, update

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import (
    decisions,
    grid_saves,
    grids,
    lists,
    registrations,
    revocations,
    self_registrations,
)
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, schema
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Entrant
from tests.actions import checklists, communes, households, recognitions
from tests.actions.recognised import cast, deciding, opened, person, reviewed, revision, rows, typed


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
