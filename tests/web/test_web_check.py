"""POST /api/v1/check: what would become of statements, with nothing stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.lrs_client import (
    COMPLETED,
    COURSE,
    VERSION,
    Lrs,
    add_course,
    recount,
    refusal_log,
    rows,
    statement,
    voiding,
)

EVERYTHING = (
    "statements", "statement_actors", "voidings", "statement_references", "evidence", "due_marks", "ledger",
    "totals", "credit_states", "refusals", "verbs", "activities", "actors",
)  # fmt: skip


def check(lrs: Lrs, body: Any) -> list[dict[str, Any]]:
    """The answers for each statement, and proof that nothing was written."""
    before = rows(lrs.app, *EVERYTHING)
    answer = lrs.call("POST", "/api/v1/check", body)
    assert answer.status_code == 200, answer.text
    assert rows(lrs.app, *EVERYTHING) == before
    answers = list(answer.json["statements"])
    assert [one["index"] for one in answers] == list(range(len(answers)))
    return answers


def studied(end: str | None, duration: str, **changes: Any) -> dict[str, Any]:
    return statement(timestamp=end, result={"duration": duration}, **changes)


def test_a_statement_that_would_be_credited_says_its_course_and_seconds(lrs: Lrs) -> None:
    add_course(lrs)
    recount(lrs.app)
    sent = studied("2026-10-01T09:00:00Z", "PT1H30M")
    (answer,) = check(lrs, sent)
    assert answer == {
        "index": 0,
        "id": sent["id"],
        "accepted": True,
        "stored": False,
        "learners": 1,
        "evidence": True,
        "course": "TH1",
        "reading": "plain",
        "seconds": 5_400,
        "nominal_seconds": 0,
        "refused": [],
    }


def test_what_it_says_is_what_happens(lrs: Lrs) -> None:
    add_course(lrs)
    add_course(lrs, "NN2", "https://e.vn/nn2", basis="nominal", hours="20", hour_minutes="60")
    batch = [
        studied("2026-10-01T09:00:00Z", "PT1H"),
        studied("2026-10-01T09:30:00Z", "PT1H"),
        studied("2026-10-01T12:00:00Z", "PT1H", object={"id": "https://e.vn/la"}),
        studied(None, "PT1H"),
        studied("2026-10-01T12:00:00Z", "P1M"),
        statement(
            verb={"id": COMPLETED}, object={"id": "https://e.vn/nn2"}, timestamp="2026-10-02T00:00:00Z"
        ),
        statement(),
    ]
    said = check(lrs, batch)
    assert [one["course"] for one in said] == ["TH1", "TH1", None, "TH1", "TH1", "NN2", "TH1"]
    assert [one["evidence"] for one in said] == [True] * 6 + [False]
    assert [(one["seconds"], one["nominal_seconds"]) for one in said] == [
        (3_600, 0), (1_800, 0), (0, 0), (0, 0), (0, 0), (0, 72_000), (0, 0),
    ]  # fmt: skip
    assert [[line["reason"] for line in one["refused"]] for one in said] == [
        [], ["overlaps"], ["unknown course"], ["no time of its own"], ["impossible duration"], [], [],
    ]  # fmt: skip
    lrs.stored(batch)
    recount(lrs.app)
    answer = lrs.call("GET", "/api/v1/credit", agent='{"mbox":"mailto:lan@example.vn"}').json
    assert answer["total_seconds"] == sum(one["seconds"] + one["nominal_seconds"] for one in said)
    happened = {(line["statement"], line["reason"], line["seconds"]) for line in answer["refused"]}
    assert happened == {
        (one["id"], line["reason"], line["seconds"]) for one in said for line in one["refused"]
    }


def test_what_the_learner_did_before_counts(lrs: Lrs) -> None:
    add_course(lrs)
    lrs.stored(studied("2026-10-01T09:00:00Z", "PT1H"))
    (answer,) = check(lrs, studied("2026-10-01T09:15:00Z", "PT1H", object={"id": COURSE + "/2"}))
    assert answer["seconds"] == 900
    assert answer["refused"] == [{"reason": "overlaps", "seconds": 2_700}]


def test_every_faulty_statement_is_told_beside_the_good_ones(lrs: Lrs) -> None:
    add_course(lrs)
    recount(lrs.app)
    good = studied("2026-10-01T09:00:00Z", "PT1H")
    batch = [{**statement(), "verb": 7}, good, {**statement(), "actor": {"mbox": "x"}}, 1]
    answers = check(lrs, batch)
    assert [one["accepted"] for one in answers] == [False, True, False, False]
    assert [fault["path"] for one in answers for fault in one.get("faults", [])] == ["verb", "actor.mbox", ""]
    assert answers[1]["seconds"] == 3_600
    assert refusal_log(lrs) == []


def test_more_than_fifty_faulty_statements_are_all_told(lrs: Lrs) -> None:
    add_course(lrs)
    recount(lrs.app)
    good = studied("2026-10-01T09:00:00Z", "PT1H")
    answers = check(lrs, [{**statement(), "verb": {"id": "x"}} for _ in range(60)] + [good])
    assert [one["accepted"] for one in answers] == [False] * 60 + [True]
    assert all(one["faults"][0]["path"] == "verb.id" for one in answers[:60])


def test_an_empty_batch_is_an_empty_answer(lrs: Lrs) -> None:
    assert check(lrs, []) == []


@pytest.mark.parametrize("body", [b"", b"1", b"[{}"])
def test_a_body_that_is_no_statement_and_no_array_is_400_and_not_noted(lrs: Lrs, body: bytes) -> None:
    answer = lrs.call("POST", "/api/v1/check", body)
    assert answer.status_code == 400
    assert answer.json["faults"]
    assert refusal_log(lrs) == []


@pytest.mark.parametrize("body", [b"{", b"[1]"])
def test_what_begins_like_a_statement_is_told_to_be_a_faulty_one_and_not_noted(lrs: Lrs, body: bytes) -> None:
    (answer,) = check(lrs, body)
    assert not answer["accepted"]
    assert answer["faults"]
    assert refusal_log(lrs) == []


def test_it_needs_a_credential_that_may_write_and_no_version(lrs: Lrs) -> None:
    sent = statement()
    assert lrs.call("POST", "/api/v1/check", sent, headers={VERSION: None}).status_code == 200
    assert lrs.call("POST", "/api/v1/check", sent, headers={"Authorization": None}).status_code == 401
    assert lrs.call("POST", "/api/v1/check", sent, headers={"Content-Type": "text/plain"}).status_code == 400


def test_the_version_it_checks_against_is_that_of_the_header(lrs: Lrs) -> None:
    newer = statement(context={"contextGroups": []})
    assert lrs.call("POST", "/api/v1/check", newer, headers={VERSION: "2.0.0"}).json["statements"][0][
        "accepted"
    ]
    assert not lrs.call("POST", "/api/v1/check", newer).json["statements"][0]["accepted"]


def test_what_the_store_would_refuse_is_refused_here_with_the_same_rule(lrs: Lrs, stranger: Lrs) -> None:
    taken, others = statement(), statement()
    lrs.stored([taken])
    stranger.stored([others])
    batch = [statement(), {**taken, "verb": {"id": COMPLETED}}, voiding(others["id"])]
    said = check(lrs, batch)
    assert [one["accepted"] for one in said] == [True, False, False]
    assert [[(fault["index"], fault["rule"]) for fault in one.get("faults", [])] for one in said] == [
        [], [(1, "id-conflict")], [(2, "voiding-not-permitted")],
    ]  # fmt: skip


def test_a_statement_that_is_stored_already_is_answered_as_it_stands(lrs: Lrs) -> None:
    add_course(lrs)
    sent = studied("2026-10-01T09:00:00Z", "PT1H")
    lrs.stored([sent])
    (answer,) = check(lrs, sent)
    assert (answer["accepted"], answer["stored"], answer["seconds"], answer["refused"]) == (
        True,
        True,
        3_600,
        [],
    )


def test_thousands_of_learners_are_checked_in_one_request(lrs: Lrs) -> None:
    add_course(lrs)
    batch = [
        studied("2026-10-01T09:00:00Z", "PT1H", actor={"mbox": f"mailto:hv{number}@example.vn"})
        for number in range(2_000)
    ]
    assert {one["seconds"] for one in check(lrs, batch)} == {3_600}
