"""What is counted of families, clans, villages, communes and units, on both databases."""

import random
from datetime import date, timedelta

import pytest

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import shares
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.shares import Counted
from lms_tracker.store import database, kinships, links, residents
from lms_tracker.store.recognition import standings
from tests.actions import communes, households, territory
from tests.actions.recognitions import recognise, revoke
from tests.days import TODAY

pytestmark = pytest.mark.usefixtures("in_app")

YEAR = TODAY.year


def counted(model: Model, subject: int, year: int = YEAR, on: date | None = None) -> dict[str, str]:
    """What is counted, as "numerator/denominator"."""
    with database.reading() as connection:
        found = shares.shares_of(connection, model, subject, year, on or clock.today())
    return {name: f"{one.numerator}/{one.denominator}" for name, one in found.items()}


def of(model: Model, subject: int, name: str) -> Counted:
    with database.reading() as connection:
        return shares.shares_of(connection, model, subject, YEAR, clock.today())[name]


def test_a_family_counts_those_of_its_members_who_are_recognised() -> None:
    at = communes.settle()
    family = households.people(4)
    number = households.kinship(at.east, family)
    assert counted(Model.HOUSEHOLD, number) == {"members": "0/4", "adults": "0/4"}
    recognise(Model.CITIZEN, YEAR, family[:2])
    recognise(Model.CITIZEN, YEAR, family[2:3], result=Result.NOT_ACHIEVED)
    recognise(Model.CITIZEN, YEAR - 1, family[3:])
    assert counted(Model.HOUSEHOLD, number)["members"] == "2/4"
    (third,) = recognise(Model.CITIZEN, YEAR, family[2:3])
    assert counted(Model.HOUSEHOLD, number)["members"] == "3/4"
    revoke(third)
    assert counted(Model.HOUSEHOLD, number)["members"] == "2/4"
    assert counted(Model.HOUSEHOLD, number, YEAR - 1)["members"] == "1/4"


def test_a_revocation_counts_from_its_day_on() -> None:
    at = communes.settle()
    family = households.people(1)
    number = households.kinship(at.east, family)
    (given,) = recognise(Model.CITIZEN, YEAR, family)
    revoke(given, on=clock.today() + timedelta(days=1))
    assert counted(Model.HOUSEHOLD, number)["members"] == "1/1"


def test_adults_turn_18_in_the_year_and_whoever_has_no_known_year_of_birth_is_one() -> None:
    at = communes.settle()
    adult, child, unknown = (households.people(1, born)[0] for born in (YEAR - 18, YEAR - 17, None))
    number = households.kinship(at.east, [adult, child, unknown])
    recognise(Model.CITIZEN, YEAR, [unknown, child])
    found = of(Model.HOUSEHOLD, number, "adults")
    assert (found.numerator, found.denominator, found.unknown, found.on) == (1, 2, 1, clock.today())
    assert counted(Model.HOUSEHOLD, number)["members"] == "2/3"


def test_who_belongs_is_decided_by_the_day_asked_for() -> None:
    at = communes.settle()
    stays, leaves, comes, dies = households.people(4)
    number = households.kinship(at.east, [stays, leaves, dies])
    change = TODAY - timedelta(days=30)
    with database.writing() as connection:
        kinships.leave_all(connection, [leaves], change)
        kinships.join(connection, [(number, comes, "", change + timedelta(days=1))])
        residents.note_death(connection, dies, change)
    recognise(Model.CITIZEN, YEAR, [leaves, dies])
    assert counted(Model.HOUSEHOLD, number, on=change)["members"] == "2/3"
    assert counted(Model.HOUSEHOLD, number, on=change + timedelta(days=1))["members"] == "0/2"


def test_of_merged_records_one_person_counts_wherever_the_recognition_stands() -> None:
    at = communes.settle()
    survivor, loser = households.people(2)
    number = households.kinship(at.east, [survivor, loser])
    recognise(Model.CITIZEN, YEAR, [loser])
    with database.writing() as connection:
        links.put(connection, loser, survivor, 0)
    assert counted(Model.HOUSEHOLD, number) == {"members": "1/1", "adults": "1/1"}


def test_a_clan_of_several_villages_is_counted_whole_and_once() -> None:
    at = communes.settle()
    here, there = households.people(2, at=at.east), households.people(3, at=at.west)
    clan = households.kinship(at.commune, [*here, *there], kinships.CLAN, "Nguyễn")
    recognise(Model.CITIZEN, YEAR, [*here, there[0]])
    assert counted(Model.CLAN, clan)["members"] == "3/5"
    assert counted(Model.COMMUNE, at.commune)["clans"] == "0/1"
    recognise(Model.CLAN, YEAR, [clan])
    assert counted(Model.COMMUNE, at.commune)["clans"] == "1/1"


def test_a_village_and_its_commune_count_people_families_villages_and_units() -> None:
    at = communes.settle()
    family = households.people(3, at=at.east)
    elsewhere = households.people(2, at=at.west)
    learning = households.kinship(at.east, family[:2])
    households.kinship(at.east, family[2:], name="13")
    households.kinship(at.west, [], name="nobody")
    school = territory.organisation("Trường học", at=at.east)
    territory.organisation("Trung tâm", at=at.commune)
    recognise(Model.CITIZEN, YEAR, [family[0], elsewhere[0]])
    recognise(Model.HOUSEHOLD, YEAR, [learning])
    recognise(Model.COMMUNITY, YEAR - 2, [at.west], valid_to=date(YEAR + 1, 12, 31))
    recognise(Model.COMMUNITY, YEAR - 2, [at.third], valid_to=date(YEAR - 1, 12, 31))
    recognise(Model.UNIT, YEAR, [school])
    assert counted(Model.COMMUNITY, at.east) == {
        "adults": "1/3", "members": "1/3", "households": "1/2", "clans": "0/0",
    }  # fmt: skip
    assert counted(Model.COMMUNE, at.commune) == {
        "adults": "2/5", "members": "2/5", "households": "1/2", "clans": "0/0",
        "communities": "1/3", "units": "1/2",
    }  # fmt: skip


def test_a_unit_counts_its_members_and_its_learners_apart() -> None:
    school = territory.organisation("Trường học")
    form = territory.organisation("Lớp 12A", school)
    head, teacher, both, learner = households.people(4)
    territory.belongs(head, school, "head")
    territory.belongs(teacher, school)
    territory.belongs(both, school)
    territory.belongs(both, form, "learner")
    territory.belongs(both, school, "learner")
    territory.belongs(learner, form, "learner")
    recognise(Model.CITIZEN, YEAR, [teacher, both])
    assert counted(Model.UNIT, school) == {"members": "2/3", "learners": "1/2"}
    assert counted(Model.UNIT, form) == {"members": "0/0", "learners": "1/2"}


def test_of_many_households_each_has_what_a_reckoning_by_hand_gives() -> None:
    at = communes.settle()
    chance = random.Random(7)
    numbers: dict[int, tuple[int, int]] = {}
    achieved: list[bytes] = []
    for name in range(40):
        members = households.people(chance.randrange(5))
        holders = [key for key in members if chance.random() < 0.5]
        achieved += holders
        numbers[households.kinship(at.east, members, name=str(name))] = len(holders), len(members)
    recognise(Model.CITIZEN, YEAR, achieved)
    with database.reading() as connection:
        chosen = standings.these(Model.HOUSEHOLD, list(numbers))
        found = shares.of_many(connection, Model.HOUSEHOLD, chosen, YEAR, clock.today(), ["members"])
    assert {
        number: (found[number]["members"].numerator, found[number]["members"].denominator)
        for number in numbers
    } == numbers
