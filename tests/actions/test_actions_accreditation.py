"""A provider is suspended and approved again: its keys, its learners' credit, and what is kept of that."""

import pytest
from flask import Flask

from lms_tracker.actions import accreditation, crediting, providers, rights
from lms_tracker.actions.accreditation import AccreditationRefused
from lms_tracker.actions.own_provider import number as own_number
from lms_tracker.actions.providers import Unknown
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database
from tests.actions import learners, viewers

pytestmark = pytest.mark.usefixtures("in_app")

HOUR = 3600


def counted(name: str) -> tuple[int, dict[int, int]]:
    while crediting.recount_due():
        pass
    learners.assert_ledger_is_right()
    person = learners.person_of(name)
    return learners.placed_seconds(person), learners.refused_reasons(person)


def test_i10_a_suspended_provider_earns_nobody_anything_and_approved_again_everything(app: Flask) -> None:
    school, centre = learners.provider("Trường"), learners.provider("Trung tâm")
    learners.add_course(school, "K1", "https://truong.example.vn/khoa")
    learners.add_course(centre, "K2", "https://khac.example.vn/khoa")
    elsewhere = {"id": "https://khac.example.vn/khoa/1"}
    here = {"id": "https://truong.example.vn/khoa/1"}
    learners.record(app, school, learners.studied("hoa", "2026-10-01T03:00:00Z", "PT2H", object=here))
    learners.record(app, centre, learners.studied("hoa", "2026-10-01T02:30:00Z", "PT1H", object=elsewhere))
    assert counted("hoa")[0] == 2 * HOUR
    administrator = viewers.somebody("quan-tri", ("administrator", None))
    done = accreditation.suspend(administrator, school.provider_id, "Không có lớp học nào như đã báo.")
    assert (done.changed, done.approved, done.name) == (True, False, "Trường")
    # What the other provider says of some of the same time stands by itself now.
    assert counted("hoa") == (HOUR, {Reason.PROVIDER_NOT_ALLOWED: 2 * HOUR})
    assert not accreditation.suspend(administrator, school.provider_id, "bấm hai lần").changed
    accreditation.approve(None, school.provider_id, "Đã kiểm tra lại hồ sơ.")
    assert counted("hoa")[0] == 2 * HOUR
    found = {one.provider: one for one in accreditation.listed(administrator)}[school.provider_id]
    assert found.is_approved
    assert [(step.what, step.by_name, step.note) for step in found.steps] == [
        ("suspended", "Quan-Tri", "Không có lớp học nào như đã báo."),
        ("approved", "", "Đã kiểm tra lại hồ sơ."),
    ]


def test_the_keys_of_a_suspended_provider_are_refused_until_it_is_approved() -> None:
    made = providers.add_provider("Trường")
    assert providers.authenticate(made.key, made.secret) is not None
    accreditation.suspend(None, made.provider, "kiểm tra")
    assert providers.authenticate(made.key, made.secret) is None
    assert [row.approved for row in providers.everything()] == [False]
    accreditation.approve(None, made.provider, "xong rồi")
    assert providers.authenticate(made.key, made.secret) is not None


def test_what_cannot_be_suspended_is_told() -> None:
    made = providers.add_provider("Trường")
    with pytest.raises(Unknown):
        accreditation.suspend(None, made.provider + 1_000, "kiểm tra")
    with pytest.raises(AccreditationRefused, match="the service itself"):
        accreditation.suspend(None, own_number(), "kiểm tra")
    for why in ("", "  \0 ", "a" * 501):
        with pytest.raises(AccreditationRefused, match="a reason"):
            accreditation.suspend(None, made.provider, why)


def test_i17_only_who_administers_everybody_suspends() -> None:
    made = providers.add_provider("Trường")
    for who in (
        viewers.somebody("to-chuc", ("organiser", None)),
        viewers.somebody("truong", ("provider", made.provider)),
    ):
        for act in (accreditation.suspend, accreditation.approve):
            with pytest.raises(rights.NotAllowed):
                act(who, made.provider, "kiểm tra")
        with pytest.raises(rights.NotAllowed):
            accreditation.listed(who)
    with database.reading():
        assert [row.approved for row in providers.everything()] == [True]
