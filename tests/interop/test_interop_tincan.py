"""Paths of a provider's program that speaks through the package `tincan`, as Open edX does, on our service.

Its own tests are run by `python -m tests.interop`; these are ours, and tell what a provider may rely on.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from tincan import (
    Activity,
    ActivityDefinition,
    Agent,
    AgentAccount,
    Context,
    ContextActivities,
    Group,
    LanguageMap,
    LRSResponse,
    RemoteLRS,
    Result,
    Score,
    Statement,
    StatementRef,
    SubStatement,
    Verb,
)
from tincan.documents import ActivityProfileDocument, AgentProfileDocument, StateDocument

from lms_tracker.actions import providers
from tests import record_stores

ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
REGISTRATION = "0a1b2c3d-0000-4000-8000-000000000001"


@pytest.fixture
def lrs(app: Flask) -> Iterator[RemoteLRS]:
    with app.app_context():
        made = providers.add_provider("Trung tâm", ["all"])
    with record_stores.served(app) as endpoint:
        yield RemoteLRS(endpoint=endpoint, version="1.0.3", username=made.key, password=made.secret)


@pytest.fixture
def earlier(lrs: RemoteLRS) -> RemoteLRS:
    """The same program, naming an earlier version: under 1.0.3 a new profile has to come with If-None-Match,
    as the official tests demand, which tincan cannot send."""
    return RemoteLRS(endpoint=lrs.endpoint, version="1.0.2", auth=lrs.auth)


@pytest.fixture
def lan() -> Agent:
    return Agent(name="Lan", account=AgentAccount(home_page="https://hoc.example.vn", name="7"))


@pytest.fixture
def course() -> Activity:
    definition = ActivityDefinition(
        name=LanguageMap({"vi": "Tin học cơ bản"}), type="http://adlnet.gov/expapi/activities/course"
    )
    return Activity(id="https://hoc.example.vn/khoa/tin-hoc", definition=definition)


def succeeded(response: LRSResponse) -> LRSResponse:
    assert response.success, response.data
    return response


def attended(actor: Agent, thing: object, **more: object) -> Statement:
    verb = Verb(id=ATTENDED, display=LanguageMap({"vi": "đã dự"}))
    return Statement(actor=actor, verb=verb, object=thing, **more)


def test_about_tells_versions_that_tincan_knows(lrs: RemoteLRS) -> None:
    about = succeeded(lrs.about()).content
    assert "1.0.3" in about.version
    assert not any(version.startswith("2") for version in about.version)


def test_a_statement_is_saved_and_comes_back(lrs: RemoteLRS, lan: Agent, course: Activity) -> None:
    at = datetime.datetime(2026, 10, 1, 9, 0, 0, 123456, tzinfo=datetime.UTC)
    sent = attended(
        lan,
        course,
        result=Result(score=Score(scaled=0.9, raw=9, min=0, max=10), success=True, duration="PT1H30M"),
        context=Context(
            registration=REGISTRATION,
            language="vi",
            context_activities=ContextActivities(grouping=[Activity(id="https://hoc.example.vn/")]),
        ),
        timestamp=at,
    )
    saved = succeeded(lrs.save_statement(sent)).content
    assert uuid.UUID(str(saved.id))
    found = succeeded(lrs.retrieve_statement(saved.id)).content
    assert (found.actor.account.name, found.object.definition.name["vi"]) == ("7", "Tin học cơ bản")
    assert (found.timestamp, found.result.score.scaled) == (at, 0.9)
    assert found.result.duration == datetime.timedelta(hours=1, minutes=30)
    assert str(found.context.registration) == REGISTRATION
    assert found.stored is not None
    assert found.authority.account.name.startswith("provider-")


def test_the_same_statement_is_taken_again_and_another_under_its_id_is_not(
    lrs: RemoteLRS, lan: Agent, course: Activity
) -> None:
    sent = attended(lan, course, id=str(uuid.uuid4()))
    assert succeeded(lrs.save_statement(sent)).response.status == 204
    assert succeeded(lrs.save_statement(sent)).response.status == 204
    other = attended(lan, course, id=sent.id, result=Result(success=True))
    refused = lrs.save_statement(other)
    assert (refused.success, refused.response.status) == (False, 409)


def test_a_batch_that_is_stored_already_is_answered_with_its_ids(
    lrs: RemoteLRS, lan: Agent, course: Activity
) -> None:
    batch = [attended(lan, course, id=str(uuid.uuid4())) for _ in range(3)]
    ids = [str(one.id) for one in batch]
    for _ in range(2):
        saved = succeeded(lrs.save_statements(batch))
        assert saved.response.status == 200
        assert [str(one.id) for one in saved.content] == ids


def test_groups_references_and_substatements_are_taken(lrs: RemoteLRS, lan: Agent, course: Activity) -> None:
    anonymous = Group(member=[lan, Agent(mbox="mailto:an@example.vn")])
    inner = SubStatement(actor=lan, verb=Verb(id=ATTENDED), object=course)
    for thing in (anonymous, inner, StatementRef(id=str(uuid.uuid4())), lan):
        saved = succeeded(lrs.save_statement(attended(lan, thing))).content
        found = succeeded(lrs.retrieve_statement(saved.id)).content
        assert type(found.object) is type(thing)
    succeeded(lrs.save_statement(attended(anonymous, course)))


def test_statements_are_queried_page_by_page(lrs: RemoteLRS, lan: Agent, course: Activity) -> None:
    before = datetime.datetime.now(datetime.UTC)
    around = Context(context_activities=ContextActivities(parent=[course]), registration=REGISTRATION)
    lesson = Activity(id=f"{course.id}/bai-1")
    batch = [attended(lan, lesson, context=around, id=str(uuid.uuid4())) for _ in range(3)]
    succeeded(lrs.save_statements(batch))
    ids = [str(one.id) for one in batch]
    first = succeeded(
        lrs.query_statements(
            {
                "agent": lan, "verb": Verb(id=ATTENDED), "activity": course, "related_activities": True,
                "related_agents": False, "registration": REGISTRATION, "since": before, "ascending": True,
                "format": "exact", "limit": 2,
            }
        )
    ).content  # fmt: skip
    second = succeeded(lrs.more_statements(first)).content
    assert [str(one.id) for one in [*first.statements, *second.statements]] == ids
    assert not second.more
    until = succeeded(lrs.query_statements({"activity": lesson, "until": before})).content
    assert list(until.statements) == []


def test_a_statement_is_voided(lrs: RemoteLRS, lan: Agent, course: Activity) -> None:
    saved = succeeded(lrs.save_statement(attended(lan, course))).content
    void = Statement(actor=lan, verb=Verb(id=VOIDED), object=StatementRef(id=saved.id))
    succeeded(lrs.save_statement(void))
    assert lrs.retrieve_statement(saved.id).response.status == 404
    found = succeeded(lrs.retrieve_voided_statement(saved.id)).content
    assert str(found.id) == str(saved.id)


def test_a_state_is_kept_listed_changed_and_cleared(lrs: RemoteLRS, lan: Agent, course: Activity) -> None:
    document = StateDocument(
        activity=course, agent=lan, id="bookmark", content="trang 7", content_type="text/plain"
    )
    # tincan 1.0.0 sends this twice.
    succeeded(lrs.save_state(document))
    assert succeeded(lrs.retrieve_state_ids(course, lan)).content == ["bookmark"]
    assert bytes(succeeded(lrs.retrieve_state(course, lan, "bookmark")).content.content) == b"trang 7"
    succeeded(lrs.delete_state(document))
    assert lrs.retrieve_state(course, lan, "bookmark").response.status == 404
    succeeded(lrs.save_state(document))
    succeeded(lrs.clear_state(course, lan))
    assert succeeded(lrs.retrieve_state_ids(course, lan)).content == []


def test_a_profile_of_an_activity_is_changed_by_who_knows_its_etag(
    earlier: RemoteLRS, course: Activity
) -> None:
    document = ActivityProfileDocument(activity=course, id="outline", content="1", content_type="text/plain")
    document.etag = '"another"'
    assert earlier.save_activity_profile(document).response.status == 412
    document.etag = None
    succeeded(earlier.save_activity_profile(document))
    assert earlier.save_activity_profile(document).response.status == 409, (
        "it is there, and no precondition came"
    )
    found = succeeded(earlier.retrieve_activity_profile(course, "outline"))
    document.etag, document.content = found.response.getheader("ETag"), "2"
    succeeded(earlier.save_activity_profile(document))
    assert bytes(succeeded(earlier.retrieve_activity_profile(course, "outline")).content.content) == b"2"
    assert succeeded(earlier.retrieve_activity_profile_ids(course)).content == ["outline"]


def test_a_profile_of_an_agent_is_kept_listed_and_deleted(earlier: RemoteLRS, lan: Agent) -> None:
    document = AgentProfileDocument(agent=lan, id="prefs", content="dark")
    succeeded(earlier.save_agent_profile(document))
    found = succeeded(earlier.retrieve_agent_profile(lan, "prefs"))
    assert bytes(found.content.content) == b"dark"
    assert succeeded(earlier.retrieve_agent_profile_ids(lan)).content == ["prefs"]
    document.etag = found.response.getheader("ETag")
    succeeded(earlier.delete_agent_profile(document))
    assert earlier.retrieve_agent_profile(lan, "prefs").response.status == 404
