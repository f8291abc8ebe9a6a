"""The switch of a credential: a reader of 1.0.x is not given statements of 2.0."""

from __future__ import annotations

import pytest

from lms_tracker.actions import providers
from tests.web.lrs_client import COMPLETED, COURSE, Lrs, statement, voiding

AGENT = '{"mbox": "mailto:lan@example.vn"}'


@pytest.fixture
def leaving_out(lrs: Lrs) -> Lrs:
    with lrs.app.app_context():
        providers.limit(lrs.credential.key, leaves_out_2=True)
    return lrs


def test_statements_of_2_0_are_left_out_of_every_page_and_by_id(leaving_out: Lrs) -> None:
    old, new = leaving_out, leaving_out.speaking("2.0.0")
    olds = [old.stored(statement())[0] for _ in range(3)]
    news = [new.stored(statement())[0] for _ in range(3)]
    olds += old.stored(statement())
    for asked in ({}, {"agent": AGENT}, {"activity": COURSE}, {"agent": AGENT, "related_agents": "true"}):
        assert old.found(**asked, limit="2", ascending="true") == olds
        assert new.found(**asked, limit="2", ascending="true") == [*olds[:3], *news, olds[3]]
        assert old.get(**asked, limit="4").json["more"] == ""
    assert old.get(statementId=news[0]).status_code == 404
    assert old.get(statementId=olds[0]).status_code == 200
    assert new.get(statementId=news[0]).status_code == 200
    # Every 1.0.x is one version.
    assert old.speaking("1.0").get(statementId=news[0]).status_code == 404


def test_pages_go_on_over_what_is_left_out_and_miss_and_repeat_nothing(leaving_out: Lrs) -> None:
    old, new = leaving_out, leaving_out.speaking("2.0.0")
    olds = []
    for _ in range(5):
        new.stored([statement() for _ in range(70)])
        olds += old.stored([statement() for _ in range(3)])
    for limit in ("1", "2", "7", "15", "500"):
        assert old.found(limit=limit, ascending="true") == olds
        assert old.found(limit=limit) == olds[::-1]


def test_a_voided_statement_of_2_0_is_left_out_too_and_its_voiding_still_works(leaving_out: Lrs) -> None:
    old, new = leaving_out, leaving_out.speaking("2.0.0")
    (target,) = new.stored(statement())
    old.stored(voiding(target))
    assert old.get(voidedStatementId=target).status_code == 404
    assert new.get(voidedStatementId=target).status_code == 200
    assert new.get(statementId=target).status_code == 404


def test_a_reference_to_what_is_left_out_is_found_itself(leaving_out: Lrs) -> None:
    old, new = leaving_out, leaving_out.speaking("2.0.0")
    (target,) = new.stored(statement(verb={"id": COMPLETED}))
    (about,) = old.stored(statement(object={"objectType": "StatementRef", "id": target}))
    assert old.found(verb=COMPLETED) == [about]


def test_without_the_switch_statements_of_2_0_are_given_unconverted(lrs: Lrs, leaving_out: Lrs) -> None:
    with lrs.app.app_context():
        further = providers.add_credential(lrs.provider)
    (given,) = leaving_out.speaking("2.0.0").stored(statement())
    other = Lrs(lrs.app, lrs.client, further)
    assert other.found() == [given]
    assert other.one(given)["version"] == "2.0.0"
