"""GET /api/v1/credit: its exact form, what each credential sees of it, and when it is pending."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from lms_tracker.actions import crediting, policies
from lms_tracker.learning import policy_files
from tests.web.lrs_client import (
    COMPLETED,
    COURSE,
    THROUGH,
    Lrs,
    add_course,
    new_lrs,
    recount,
    rows,
    statement,
    voiding,
)

LAN = {"mbox": "mailto:lan@example.vn"}
NOTHING = {
    "pending": False,
    "total_seconds": 0,
    "nominal_seconds": 0,
    "courses": [],
    "days": [],
    "refused_count": 0,
    "refused": [],
    "policy": 1,
}


def credit(lrs: Lrs, agent: Any = LAN) -> dict[str, Any]:
    answer = asked(lrs, agent=json.dumps(agent))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def asked(lrs: Lrs, **parameters: str) -> TestResponse:
    return lrs.call("GET", "/api/v1/credit", **parameters)


def studied(end: str, duration: str = "PT1H", **changes: Any) -> dict[str, Any]:
    return statement(timestamp=end, result={"duration": duration}, **changes)


def test_an_agent_never_heard_of_is_an_empty_answer(lrs: Lrs) -> None:
    assert credit(lrs) == NOTHING


def test_pending_from_the_answer_of_the_post_until_the_ledger_holds_its_effect(lrs: Lrs) -> None:
    add_course(lrs)
    recount(lrs.app)
    lrs.stored(studied("2026-10-01T09:00:00Z"))
    assert credit(lrs) == {**NOTHING, "pending": True}
    with lrs.app.app_context():
        assert crediting.recount_due() == 1
    assert credit(lrs)["pending"] is False
    assert credit(lrs)["total_seconds"] == 3600


def test_pending_again_when_credit_may_be_taken_back_or_mapped_otherwise(lrs: Lrs) -> None:
    (given,) = lrs.stored(studied("2026-10-01T09:00:00Z"))
    recount(lrs.app)
    assert credit(lrs)["refused"] == [{"statement": given, "reason": "unknown course", "seconds": 3600}]
    add_course(lrs)
    assert credit(lrs)["pending"] is True
    recount(lrs.app)
    assert credit(lrs)["total_seconds"] == 3600
    lrs.stored(voiding(given))
    assert (credit(lrs)["pending"], credit(lrs)["total_seconds"]) == (True, 3600)
    recount(lrs.app)
    taken = credit(lrs)
    assert (taken["pending"], taken["total_seconds"], taken["courses"], taken["days"]) == (False, 0, [], [])
    assert taken["refused"] == [{"statement": given, "reason": "voided", "seconds": 3600}]


def test_what_cannot_earn_makes_nothing_pending(lrs: Lrs) -> None:
    lrs.stored(statement())
    assert credit(lrs)["pending"] is False


def test_the_whole_form_with_two_courses_midnight_nominal_hours_and_refusals(lrs: Lrs) -> None:
    add_course(lrs)
    add_course(
        lrs, "NN2", "https://hoc.example.vn/khoa/tieng-anh", basis="nominal", hours="20", hour_minutes="45"
    )
    ids = lrs.stored(
        [
            # 22:30 to 00:30 in Ho Chi Minh City.
            studied("2026-10-01T17:30:00Z", "PT2H"),
            studied("2026-10-01T16:00:00Z", "PT45M", object={"id": COURSE + "/bai-2"}),
            statement(
                verb={"id": COMPLETED},
                object={"id": "https://hoc.example.vn/khoa/tieng-anh"},
                timestamp="2026-10-03T01:00:00Z",
            ),
            studied("2026-10-04T01:00:00Z", "PT10M", object={"id": "https://e.vn/la"}),
            statement(result={"duration": "PT5M"}),
        ]
    )
    recount(lrs.app)
    answer = credit(lrs)
    # The second statement was there first, from 22:15 to 23:00.
    assert answer["courses"] == [
        {"course": "NN2", "seconds": 0, "nominal_seconds": 54_000},
        {"course": "TH1", "seconds": 8_100, "nominal_seconds": 0},
    ]
    assert answer["days"] == [
        {"date": "2026-10-01", "seconds": 6_300, "nominal_seconds": 0, "courses": {"TH1": 6_300}},
        {"date": "2026-10-02", "seconds": 1_800, "nominal_seconds": 0, "courses": {"TH1": 1_800}},
        {"date": "2026-10-03", "seconds": 0, "nominal_seconds": 54_000, "courses": {"NN2": 0}},
    ]
    assert (answer["total_seconds"], answer["nominal_seconds"]) == (62_100, 54_000)
    refused = {(line["statement"], line["reason"]): line["seconds"] for line in answer["refused"]}
    assert refused == {
        (ids[0], "overlaps"): 1_800,
        (ids[3], "unknown course"): 600,
        (ids[4], "no time of its own"): 300,
    }
    assert answer["refused_count"] == 3
    assert (answer["pending"], answer["policy"]) == (False, 1)


def test_i17_a_provider_sees_its_own_courses_and_refusals_and_all_read_sees_everything(
    lrs: Lrs, stranger: Lrs
) -> None:
    add_course(lrs)
    add_course(stranger, "K9", "https://khac.example.vn/k9")
    (theirs,) = stranger.stored(
        studied("2026-10-01T05:00:00Z", "PT30M", object={"id": "https://khac.example.vn/k9"})
    )
    (refused,) = stranger.stored(studied("2026-10-02T05:00:00Z", "PT30M", object={"id": "https://e.vn/la"}))
    lrs.stored(studied("2026-10-01T09:00:00Z"))
    recount(lrs.app)
    mine, others = credit(lrs), credit(stranger)
    assert [course["course"] for course in mine["courses"]] == ["TH1"]
    assert (mine["total_seconds"], mine["refused_count"]) == (3_600, 0)
    assert [course["course"] for course in others["courses"]] == ["K9"]
    assert (others["total_seconds"], others["refused_count"]) == (1_800, 1)
    assert others["days"][0]["courses"] == {"K9": 1_800}
    overseer = new_lrs(lrs.app, "Sở", ["all/read"])
    everything = credit(overseer)
    assert [course["course"] for course in everything["courses"]] == ["K9", "TH1"]
    assert everything["days"] == [
        {"date": "2026-10-01", "seconds": 5_400, "nominal_seconds": 0, "courses": {"K9": 1_800, "TH1": 3_600}}
    ]
    assert [line["statement"] for line in everything["refused"]] == [refused]
    assert theirs != refused


def test_i17_each_look_of_a_credential_at_a_learner_is_noted(lrs: Lrs) -> None:
    add_course(lrs)
    credit(lrs)
    assert rows(lrs.app, "looks") == {"looks": 0}
    lrs.stored(studied("2026-10-01T09:00:00Z"))
    recount(lrs.app)
    credit(lrs)
    assert rows(lrs.app, "looks") == {"looks": 1}


def test_i17_a_look_that_finds_nothing_but_that_something_is_pending_is_noted_too(lrs: Lrs) -> None:
    lrs.stored(studied("2026-10-01T09:00:00Z"))
    assert credit(lrs) == {**NOTHING, "pending": True}
    assert rows(lrs.app, "looks") == {"looks": 1}


def test_courses_of_two_providers_with_one_code_are_told_apart(lrs: Lrs, stranger: Lrs) -> None:
    add_course(lrs)
    add_course(stranger, "TH1", "https://khac.example.vn/th1")
    # A code that looks like what would tell the two apart.
    add_course(stranger, f"{lrs.provider}/TH1", "https://khac.example.vn/la")
    lrs.stored(studied("2026-10-01T09:00:00Z"))
    for end, activity, duration in (("05:00", "th1", "PT30M"), ("06:00", "la", "PT10M")):
        iri = f"https://khac.example.vn/{activity}"
        stranger.stored(studied(f"2026-10-01T{end}:00Z", duration, object={"id": iri}))
    recount(lrs.app)
    everything = credit(new_lrs(lrs.app, "Sở", ["all/read"]))
    seconds = {
        f"{lrs.provider}/TH1": 3_600,
        f"{stranger.provider}/TH1": 1_800,
        f"{stranger.provider}/{lrs.provider}/TH1": 600,
    }
    assert {course["course"]: course["seconds"] for course in everything["courses"]} == seconds
    assert everything["days"][0]["courses"] == seconds
    # Each provider sees its own alone, and there nothing is shared.
    assert [course["course"] for course in credit(lrs)["courses"]] == ["TH1"]
    assert credit(stranger)["days"][0]["courses"] == {"TH1": 1_800, f"{lrs.provider}/TH1": 600}


def test_periods_of_validity_of_one_code_are_one_course(lrs: Lrs) -> None:
    add_course(lrs, valid_from="2026-01-01", valid_to="2026-06-30")
    add_course(lrs, valid_from="2026-07-01", valid_to="2026-12-31")
    lrs.stored([studied("2026-06-01T09:00:00Z"), studied("2026-07-01T09:00:00Z")])
    recount(lrs.app)
    for asking in (lrs, new_lrs(lrs.app, "Sở", ["all/read"])):
        assert credit(asking)["courses"] == [{"course": "TH1", "seconds": 7_200, "nominal_seconds": 0}]


def test_the_policy_told_is_the_one_that_the_ledger_is_decided_under(lrs: Lrs) -> None:
    with lrs.app.app_context():
        assert credit(lrs)["policy"] == 1
        version = policies.add(policy_files.shipped().encode(), "the same again", None)
        assert credit(lrs)["policy"] == 1
        policies.adopt(version, None)
        assert credit(lrs)["policy"] == version == 2


def test_one_person_is_found_under_every_spelling_of_one_identifier(lrs: Lrs) -> None:
    add_course(lrs)
    lrs.stored(studied("2026-10-01T09:00:00Z"))
    recount(lrs.app)
    for agent in ({"name": "Lan", **LAN}, {"objectType": "Agent", "mbox": "mailto:lan@EXAMPLE.VN"}):
        assert credit(lrs, agent)["total_seconds"] == 3_600
    assert credit(lrs, {"mbox": "mailto:Lan@example.vn"}) == NOTHING


NO_AGENTS = [
    "",
    "agent=",
    "agent={",
    "agent=lan",
    "agent=[]",
    'agent={"name":"Lan"}',
    'agent={"mbox":"lan@example.vn"}',
    'agent={"mbox":"mailto:a@b.c"}&agent={"mbox":"mailto:a@b.c"}',
    'agent={"mbox":"mailto:a@b.c"}&x=1',
]


@pytest.mark.parametrize("query", NO_AGENTS)
def test_an_agent_that_is_none_is_400(lrs: Lrs, query: str) -> None:
    answer = lrs.call("GET", "/api/v1/credit?" + query)
    assert answer.status_code == 400
    assert answer.json["faults"][0]["path"].startswith("agent")


@pytest.mark.parametrize("scope", ["statements/write", "state", "define", "profile"])
def test_a_credential_that_may_not_read_is_403(lrs: Lrs, scope: str) -> None:
    assert asked(new_lrs(lrs.app, "Chỉ ghi", [scope]), agent=json.dumps(LAN)).status_code == 403


def test_no_version_header_is_needed(lrs: Lrs) -> None:
    answer = lrs.call(
        "GET", "/api/v1/credit", headers={"X-Experience-API-Version": None}, agent=json.dumps(LAN)
    )
    assert answer.json == NOTHING
    assert THROUGH not in answer.headers
