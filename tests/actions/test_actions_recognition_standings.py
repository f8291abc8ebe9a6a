"""Whether families, villages and units meet their thresholds, on both databases (I11)."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import (
    grid_saves,
    grids,
    model_reviews,
    models,
    scopes,
    scores,
    standings,
)
from lms_tracker.actions.recognition.grids import Typed
from lms_tracker.actions.recognition.model_reviews import CellsRefused, Proposal
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.learning.recognition import grids as grid_rules
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.standings import State
from lms_tracker.store import database, kinships, schema
from lms_tracker.store.recognition import assessments, rounds
from lms_tracker.store.recognition.assessments import Entrant
from tests.actions import checklists, communes, households, recognitions, territory
from tests.actions.recognitions import recognise, revoke
from tests.days import TODAY

pytestmark = pytest.mark.usefixtures("in_app")

YEAR = TODAY.year


def standing(model: Model, subject: int, year: int = YEAR) -> standings.Standing:
    with database.reading() as connection:
        (found,) = standings.of_subject(connection, model, subject, year).shown
    return found


def state(model: Model, subject: int, year: int = YEAR) -> tuple[State, int]:
    found = standing(model, subject, year)
    return found.state, found.missing


def test_a_family_of_four_becomes_eligible_with_its_third_and_stops_when_one_is_revoked_i11() -> None:
    at = communes.settle()
    checklists.family(at.commune)
    family = households.people(4)
    number = households.kinship(at.east, family)
    assert state(Model.HOUSEHOLD, number) == (State.MISSING, 3)
    recognise(Model.CITIZEN, YEAR, family[:2])
    assert state(Model.HOUSEHOLD, number) == (State.MISSING, 1)
    (third,) = recognise(Model.CITIZEN, YEAR, family[2:3])
    assert state(Model.HOUSEHOLD, number) == (State.MET, 0)
    revoke(third)
    assert state(Model.HOUSEHOLD, number) == (State.MISSING, 1)


def test_a_family_that_was_recognised_keeps_its_decision_and_is_shown_as_no_longer_meeting_it_i11() -> None:
    at = communes.settle()
    set_id = checklists.family(at.commune)
    family = households.people(4)
    number = households.kinship(at.east, family)
    given = recognise(Model.CITIZEN, YEAR, family[:3])
    (own,) = recognise(Model.HOUSEHOLD, YEAR, [number], set_id=set_id, place_id=at.east)
    assert state(Model.HOUSEHOLD, number) == (State.HELD, 0)
    revoke(given[0])
    assert state(Model.HOUSEHOLD, number) == (State.NO_LONGER, 1)
    with database.reading() as connection:
        (found,) = standings.in_place(
            connection, Model.HOUSEHOLD, at.commune, f"/{at.province}/{at.commune}/", YEAR
        ).shown
    assert found.state is State.NO_LONGER
    assert found.held is not None
    assert found.held.id == own
    assert communes.table("SELECT result, revoked_by FROM recognitions WHERE model = 'household'") == [
        ("achieved", None)
    ]


def test_eligibility_is_a_function_of_the_members_recognitions_however_they_came_to_be_i7() -> None:
    at = communes.settle()
    checklists.family(at.commune)
    chance = random.Random(11)
    for name in range(6):
        family = households.people(chance.randrange(1, 6))
        number = households.kinship(at.east, family, name=str(name))
        holding: dict[bytes, int] = {}
        for _ in range(6):
            one = chance.choice(family)
            if one in holding:
                revoke(holding.pop(one))
            else:
                (holding[one],) = recognise(Model.CITIZEN, YEAR, [one])
        required = -(-len(family) * 70 // 100)
        expected = State.MET if len(holding) >= required else State.MISSING
        assert state(Model.HOUSEHOLD, number) == (expected, max(0, required - len(holding)))


def test_a_set_whose_every_item_is_ticked_computes_nothing_and_no_set_nothing_either() -> None:
    at = communes.settle()
    number = households.kinship(at.east, households.people(1))
    checklists.adopt(Model.HOUSEHOLD, [checklists.item("1")], at.commune)
    assert state(Model.HOUSEHOLD, number) == (State.UNCOUNTED, 0)


def test_a_family_of_nobody_meets_nothing() -> None:
    at = communes.settle()
    checklists.family(at.commune)
    assert state(Model.HOUSEHOLD, households.kinship(at.east, [])) == (State.NOBODY, 0)


def test_a_recognition_of_an_earlier_year_that_is_kept_stands_and_one_that_expired_does_not() -> None:
    at = communes.settle()
    recognise(Model.COMMUNITY, YEAR - 1, [at.east], valid_to=date(YEAR + 2, 12, 31))
    recognise(Model.COMMUNITY, YEAR - 4, [at.west], valid_to=date(YEAR - 1, 12, 31))
    assert state(Model.COMMUNITY, at.east)[0] is State.HELD
    assert standing(Model.COMMUNITY, at.west).held is None


# --- in a round ------------------------------------------------------------------------------------------


def in_round(model: Model, set_id: int, at: communes.Commune, *subjects: int) -> tuple[int, list[int]]:
    """A round of the commune with these subjects; answers its number and those of the rows."""
    number = recognitions.round_of(model, YEAR, at.commune, set_id)
    with database.writing() as connection:
        entrants = [Entrant(None, one, "12", at.east, f"1-{one:04}") for one in subjects]
        assessments.register(connection, number, entrants, assessments.PAPER, recognitions.SOMEBODY, 0)
        return number, [row.id for row in assessments.every(connection, number)]


def row_of(number: int) -> assessments.Assessment:
    with database.reading() as connection:
        found = assessments.by_id(connection, number)
    assert found is not None
    return found


def proposed(number: int) -> tuple[str, str, int | None]:
    row = row_of(number)
    return row.state, row.proposed_result, row.proposed_level


def review(
    viewer: object, row: int, result: str = "", level: int | None = None, note: str = "", **ticks: str
) -> None:
    model_reviews.review(viewer, row, row_of(row).revision, ticks, Proposal(result, level), note)  # type: ignore[arg-type]


def test_a_reviewer_ticks_what_is_not_computed_and_what_the_items_come_to_is_proposed_i11() -> None:
    at = communes.settle()
    reviewer = communes.officer("tham", at.commune, "reviewer")
    items = [checklists.item("1", share=checklists.share("members", 50)), checklists.item("t")]
    set_id = checklists.adopt(Model.HOUSEHOLD, items, at.commune)
    family = households.people(2)
    number = households.kinship(at.east, family)
    _, (row,) = in_round(Model.HOUSEHOLD, set_id, at, number)
    review(reviewer, row, t="1")
    assert proposed(row) == ("reviewed", "not-achieved", None)
    recognise(Model.CITIZEN, YEAR, family[:1])
    review(reviewer, row, t="1")
    assert proposed(row) == ("reviewed", "achieved", None)
    review(reviewer, row, t="")
    assert proposed(row) == ("registered", "", None)
    with pytest.raises(RecognitionRefused) as refused:
        review(reviewer, row, Result.ACHIEVED, t="")
    assert refused.value.rule == "unassessed"
    with pytest.raises(CellsRefused):
        review(reviewer, row, Result.NOT_ACHIEVED, t="1")
    review(reviewer, row, Result.NOT_ACHIEVED, note="Có người vi phạm.", t="1")
    assert proposed(row) == ("reviewed", "not-achieved", None)


def test_nobody_reviews_their_own_family_nor_without_the_right_nor_what_somebody_changed() -> None:
    at = communes.settle()
    reviewer, officer = (communes.officer(role, at.commune, role) for role in ("reviewer", "officer"))
    set_id = checklists.family(at.commune)
    number = households.kinship(at.east, [reviewer.key])
    other = households.kinship(at.east, households.people(1), name="13")
    round_id, (own, row) = in_round(Model.HOUSEHOLD, set_id, at, number, other)
    with pytest.raises(RecognitionRefused) as refused:
        review(reviewer, own)
    assert refused.value.rule == "own"
    with pytest.raises(NotAllowed):
        review(officer, row)
    with pytest.raises(RecognitionRefused) as refused:
        model_reviews.review(reviewer, row, 99, {}, Proposal("", None), "")
    assert refused.value.rule == "changed"
    assert model_reviews.propose_all(reviewer, round_id) == 1
    assert (proposed(own)[0], proposed(row)[1]) == ("registered", "not-achieved")
    assert model_reviews.propose_all(reviewer, round_id) == 0


def test_level_2_is_proposed_once_the_time_after_level_1_has_passed() -> None:
    at = communes.settle()
    reviewer = communes.officer("tham", at.commune, "reviewer")
    items = [
        checklists.item("1", share=checklists.share("members", 50)),
        checklists.item("2", 2, instead_of="1", share=checklists.share("members", 90)),
    ]
    set_id = checklists.adopt(Model.COMMUNITY, items, at.commune, months_between=checklists.figure(12))
    recognise(Model.CITIZEN, YEAR, households.people(2, at=at.east))
    _, (row,) = in_round(Model.COMMUNITY, set_id, at, at.east)
    review(reviewer, row)
    assert proposed(row) == ("reviewed", "achieved", 1)
    (first,) = recognise(Model.COMMUNITY, YEAR - 2, [at.east], level=1, set_id=set_id)
    review(reviewer, row)
    assert proposed(row)[2] == 1
    longer_ago = TODAY - timedelta(days=400)
    with database.writing() as connection:
        connection.execute(update(schema.decisions).values(decided_on=longer_ago))
    assert first
    review(reviewer, row)
    assert proposed(row) == ("reviewed", "achieved", 2)


def test_a_round_that_was_listed_takes_no_review() -> None:
    at = communes.settle()
    reviewer = communes.officer("tham", at.commune, "reviewer")
    set_id = checklists.family(at.commune)
    number = households.kinship(at.east, households.people(1))
    round_id, (row,) = in_round(Model.HOUSEHOLD, set_id, at, number)
    with database.writing() as connection:
        found = rounds.locked(connection, round_id)
        assert found is not None
        rounds.change(connection, found, state="listed")
    for work in (lambda: review(reviewer, row), lambda: model_reviews.propose_all(reviewer, round_id)):
        with pytest.raises(RecognitionRefused) as refused:
            work()
        assert refused.value.rule == "state"


# --- pages -----------------------------------------------------------------------------------------------


def test_a_unit_is_shown_with_members_and_learners_apart_and_only_to_those_of_its_place() -> None:
    at = communes.settle()
    viewer, far = communes.officer("here", at.commune, "viewer"), communes.officer("far", at.west, "viewer")
    school = territory.organisation("Trường học", at=at.east)
    teacher, learner = households.people(2)
    territory.belongs(teacher, school)
    territory.belongs(learner, school, "learner")
    recognise(Model.CITIZEN, YEAR, [learner])
    found = models.page_of(viewer, Model.UNIT, school, YEAR).standing
    assert {name: (one.numerator, one.denominator) for name, one in found.shares.items()} == {
        "members": (0, 1),
        "learners": (1, 1),
    }
    with pytest.raises(NotAllowed):
        models.page_of(far, Model.UNIT, school, YEAR)


def test_a_place_s_families_are_listed_by_state_and_the_look_at_one_is_logged_i17() -> None:
    at = communes.settle()
    checklists.family(at.commune)
    viewer = communes.officer("here", at.commune, "viewer")
    families = [households.people(2) for _ in range(3)]
    numbers = [households.kinship(at.east, one, name=str(name)) for name, one in enumerate(families)]
    recognise(Model.CITIZEN, YEAR, [*families[0], families[1][0]])
    for filter_, expected in (
        ("", numbers), ("met", numbers[:1]), ("one-missing", numbers[1:2]), ("missing", numbers[1:]),
        ("held", []),
    ):  # fmt: skip
        found = models.listing(viewer, Model.HOUSEHOLD, at.commune, YEAR, filter_)
        assert [one.subject.id for one in found.shown] == expected, filter_
    line = next(
        one for one in models.overview(viewer, at.commune, YEAR).lines if one.model is Model.HOUSEHOLD
    )
    assert (line.subjects, line.holders, line.one_missing) == (3, 0, 1)
    assert models.overview(viewer, at.commune, YEAR).lines
    page = models.page_of(viewer, Model.HOUSEHOLD, numbers[1], YEAR)
    # Whoever lives nowhere that is known is within nobody's reach of a place.
    assert (page.relatives, page.hidden) == ([], 2)
    with database.writing() as connection:
        kinships.leave_all(connection, [families[1][0]], clock.today() - timedelta(days=1))
    assert models.page_of(viewer, Model.HOUSEHOLD, numbers[1], YEAR).hidden == 1


def test_what_a_village_held_is_shown_by_the_one_that_took_it_over_and_stays_the_old_one_s_i13() -> None:
    at = communes.settle()
    viewer = communes.officer("here", at.commune, "viewer")
    recognise(Model.COMMUNITY, YEAR, [at.west], place_id=at.west)
    # Two steps: the west went into the third, and that into the east.
    territory.becomes(at.west, at.third, TODAY)
    territory.becomes(at.third, at.east, TODAY)
    page = models.page_of(viewer, Model.COMMUNITY, at.east, YEAR)
    assert [(place.id, one.result) for place, one, _ in page.before] == [(at.west, Result.ACHIEVED)]
    assert (page.standing.held, page.history) == (None, [])


def test_the_grid_and_the_decision_leave_nobody_to_judge_their_own_family_i17() -> None:
    at = communes.settle()
    reviewer = communes.officer("reviewer", at.commune, "reviewer")
    set_id = checklists.adopt(
        Model.HOUSEHOLD, [checklists.item("1", share=checklists.share("members", 50)), checklists.item("t")],
        at.commune,
    )  # fmt: skip
    others = households.people(1)
    number = households.kinship(at.east, [reviewer.key])
    other = households.kinship(at.east, others, name="13")
    recognise(Model.CITIZEN, YEAR, [reviewer.key])
    round_id, rows = in_round(Model.HOUSEHOLD, set_id, at, number, other)
    empty = grid_rules.base_of({}, "")
    typed = {row: Typed({"t": "1"}, "", 0, empty) for row in rows}
    saved = grid_saves.save(reviewer, round_id, grids.REVIEW, typed)
    assert saved.problems == {rows[0]: {"row": "own-entry"}}
    # Ticked, and nobody of the family is recognised.
    assert proposed(rows[1]) == ("reviewed", "not-achieved", None)
    with database.reading() as connection:
        me = scopes.myself(connection, reviewer, round_id)
    assert [me.may_decide(row_of(row)) for row in rows] == [False, False]
    with pytest.raises(NotFound):
        scores.review(reviewer, rows[1], 1, {"t": "1"}, "achieved", "")
