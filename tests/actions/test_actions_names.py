"""What learners are called, and finding one by name."""

import pytest
from flask import Flask

from lms_tracker.actions import names, overview
from lms_tracker.store import database
from tests.actions import learners
from tests.actions.learners import studied
from tests.actions.viewers import looks, somebody

pytestmark = pytest.mark.usefixtures("in_app")


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("account:https://courses.example.org|7", "7 · courses.example.org"),
        ("account:https://e.vn/moodle|a|b", "a|b · e.vn"),
        ("account:urn:e|7", "7 · urn:e"),
        ("mbox:mailto:hoa@example.vn", "hoa@example.vn"),
        ("openid:https://hoa.example.vn/", "https://hoa.example.vn/"),
    ],
)
def test_an_identifier_is_told_as_people_read_it(identifier: str, expected: str) -> None:
    assert names.told(identifier) == expected


@pytest.mark.parametrize("text", ["Nguyễn  Thị ĐÀO", "nguyen thi dao", "NGUYE\u0302\u0303N thi\u0323 Đào"])
def test_names_are_compared_without_marks_and_case(text: str) -> None:
    assert names.fold(text) == "nguyen thi dao"


@pytest.mark.parametrize("text", ["Trần Văn Tám", "tran van tam", "TÁM", "văn ta"])
def test_people_and_actors_are_found_by_name_however_it_is_typed(in_app: Flask, text: str) -> None:
    organiser, caller = somebody("ha12", ("organiser", None)), learners.provider()
    learners.add_course(caller)
    named = {**learners.agent("tam"), "name": "Trần Văn Tám"}
    other = {**learners.agent("ba"), "name": "Trần Văn Ba"}
    learners.record(
        in_app,
        caller,
        studied("tam", "2026-03-01T09:00:00Z", "PT1H", actor=named),
        studied("ba", "2026-03-01T09:00:00Z", "PT1H", actor=other),
    )
    learners.recount()
    found = overview.named(organiser, text, 2026)
    assert [(one.name, one.hours.total) for one in found.shown] == [("Trần Văn Tám", 3600)]
    assert looks() == [(learners.key_of("tam"), organiser.key, "search")]
    assert [one.hours.total for one in overview.named(organiser, text, 2025).shown] == [0]


@pytest.mark.parametrize("text", ["t", "%", "__", "%%%", "không ai", "tran\\"])
def test_too_little_or_strange_text_finds_nobody(text: str) -> None:
    organiser = somebody("ha12", ("organiser", None))
    somebody("tranvantam")
    assert overview.named(organiser, text).shown == ()
    assert looks() == []


def test_an_account_is_found_by_its_name_once_and_not_by_its_actor_too(in_app: Flask) -> None:
    owner = somebody(
        "dao", identifiers=('{"account": {"homePage": "https://lms.example.vn", "name": "dao"}}',)
    )
    caller = learners.provider()
    named = {**learners.agent("dao"), "name": "Dao thị"}
    learners.record(in_app, caller, studied("dao", "2026-03-01T09:00:00Z", "PT1H", actor=named))
    with database.reading() as connection:
        assert names.find(connection, "đào") == [owner.key]
        assert names.of(connection, [owner.key]) == {owner.key: "Dao"}
