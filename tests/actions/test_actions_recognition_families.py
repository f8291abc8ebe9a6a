"""A household is registered by its head, and from its page by an officer of the commune."""

from datetime import date

import pytest

from lms_tracker.actions import clock, people
from lms_tracker.actions.recognition import families, family_registrations, models, rounds
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, kinships
from lms_tracker.store.recognition import assessments
from tests.actions import checklists, communes, family_in_a_round, households
from tests.actions.communes import PASSWORD, officer

pytestmark = pytest.mark.usefixtures("in_app")


def viewer(login: str) -> Viewer:
    found = people.viewer(people.add_person(login.title(), login, PASSWORD).key)
    assert found is not None
    return found


def test_the_head_registers_the_family_once_and_nobody_else_does() -> None:
    at, year = communes.settle(), clock.today().year
    checklists.family(at.commune)
    number = households.kinship(at.east, households.people(2))
    head, member = viewer("chu-ho"), viewer("con-trai")
    approver, entering = officer("duyet", at.commune, "approver"), officer("nhap", at.commune)
    family_in_a_round.join(number, head.key)
    with database.writing() as connection:
        kinships.join(connection, [(number, member.key, "child", None)])
    wanted = rounds.Wanted("household", year, at.commune, None, date(year, 1, 1), date(year, 12, 31))
    opened = rounds.open_round(approver, wanted)

    (family,) = families.mine(head, year)
    assert [(one.round.id, one.is_inside) for one in family.offers] == [(opened, False)]
    assert families.mine(member, year)[0].offers == ()
    for other in (member, approver):
        with pytest.raises(NotFound):
            family_registrations.register(other, number, opened)
    with pytest.raises(NotFound):
        family_registrations.register(head, number, opened + 9)
    assert not models.page_of(entering, Model.HOUSEHOLD, number, year).offers[0].is_inside
    for _press in range(2):
        family_registrations.register(head, number, opened)
    with database.reading() as connection:
        (row,) = assessments.every(connection, opened)
    assert (row.subject_id, row.came_by, row.local_place_id) == (number, "self", at.east)
    assert families.mine(head, year)[0].offers[0].is_inside
    assert models.page_of(approver, Model.HOUSEHOLD, number, year).offers == []
    past = rounds.Wanted("household", year, at.commune, None, date(year, 1, 1), date(year, 1, 1), title="cũ")
    if clock.today() > past.closes_on:
        with pytest.raises(RecognitionRefused):
            family_registrations.register(head, number, rounds.open_round(approver, past))
