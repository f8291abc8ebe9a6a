"""What of a statement could earn credit, from statements as they come through the door."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.evidence import (
    ATTENDED,
    COMPLETION,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    Evidence,
    evidence_of,
    whole_seconds,
)
from tests.learning.cast import statement
from xapi.batches import read

ADL = "http://adlnet.gov/expapi/verbs/"
POSITION = 1_790_000_000_654_321


def evidence(verb: str = ADL + "terminated", **parts: object) -> Evidence | None:
    stated = {
        "actor": {"mbox": "mailto:hoa@example.vn"},
        "verb": {"id": verb},
        "object": {"id": "https://hoc.example.vn/khoa/1"},
        "timestamp": "2026-10-01T13:00:00.25Z",
        **parts,
    }
    body = json.dumps({key: value for key, value in stated.items() if value is not None}).encode()
    received = read(body, version="1.0.3").statements[0]
    return evidence_of(received, POSITION, provider_id=7, statement_id=statement(1))


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_the_timestamp_is_the_end_of_the_duration_in_exact_whole_seconds():
    found = evidence(result={"duration": "PT1.5S"})
    assert found is not None
    assert found.at == seconds("2026-10-01T13:00:00")
    assert found.start == seconds("2026-10-01T12:59:58")
    assert found.flags == HAS_DURATION | OWN_TIME


def test_everything_that_crediting_needs_is_in_the_evidence():
    context = {
        "contextActivities": {
            "parent": [{"id": "https://hoc.example.vn/khoa/2"}],
            "grouping": [{"id": "https://hoc.example.vn/khoa/3"}],
        }
    }
    found = evidence(result={"duration": "PT45M"}, context=context)
    assert found is not None
    assert found.object == "https://hoc.example.vn/khoa/1"
    assert found.parents == ("https://hoc.example.vn/khoa/2",)
    assert found.groupings == ("https://hoc.example.vn/khoa/3",)
    assert (found.statement_id, found.provider_id, found.position) == (statement(1), 7, POSITION)
    assert (found.verb, found.voided) == (ADL + "terminated", False)


def test_a_statement_without_timestamp_has_the_time_it_was_stored_and_none_of_its_own():
    found = evidence(timestamp=None, result={"duration": "PT0.7S"})
    assert found is not None
    assert found.at == 1_790_000_000
    assert found.start == 1_789_999_999
    assert found.flags == HAS_DURATION


@pytest.mark.parametrize("text", ["P1Y", "P1M", "P1Y2M3DT4H", "PT2777777.8H", "P999999W"])
def test_durations_of_unknown_or_absurd_length_are_impossible(text):
    found = evidence(result={"duration": text})
    assert found is not None
    assert found.start is None
    assert found.flags == HAS_DURATION | IMPOSSIBLE_DURATION | OWN_TIME


def test_the_longest_possible_duration_is_ten_thousand_million_seconds():
    found = evidence(result={"duration": "PT10000000000S"})
    assert found is not None
    assert found.at - (found.start or 0) == 10**10


@pytest.mark.parametrize("text", ["PT0S", "P0D", "P0Y", "PT0.2S"])
def test_an_empty_duration_is_an_interval_without_length(text):
    found = evidence(result={"duration": text})
    assert found is not None
    assert found.start == found.at


@pytest.mark.parametrize(
    ("verb", "result", "completes"),
    [
        (ADL + "completed", None, True),
        (ADL + "passed", None, True),
        ("https://w3id.org/xapi/adl/verbs/satisfied", None, True),
        (ADL + "experienced", {"completion": True}, True),
        (ADL + "experienced", {"success": True, "duration": "PT1S"}, False),
        (ADL + "completed", {"completion": False, "duration": "PT1S"}, False),
        (ADL + "passed", {"success": False, "duration": "PT1S"}, False),
        (ADL + "completed", {"success": False}, True),
        (ADL + "failed", {"success": False, "duration": "PT1S"}, False),
    ],
)
def test_what_completes(verb, result, completes):
    found = evidence(verb, result=result)
    assert found is not None
    assert bool(found.flags & COMPLETION) is completes


def test_an_attendance_is_evidence_even_without_duration():
    found = evidence(ADL + "attended")
    assert found is not None
    assert found.flags == ATTENDED | OWN_TIME


@pytest.mark.parametrize(
    "parts",
    [
        {"verb": ADL + "experienced"},
        {"verb": ADL + "answered", "result": {"success": True}},
        {"verb": "https://w3id.org/xapi/adl/verbs/waived", "result": {"completion": True}},
        {
            "verb": ADL + "voided",
            "object": {"objectType": "StatementRef", "id": "16fd2706-8baf-433b-82eb-8c7fada847da"},
        },
        {
            "verb": ADL + "completed",
            "object": {
                "objectType": "SubStatement",
                "actor": {"mbox": "mailto:hoa@example.vn"},
                "verb": {"id": ADL + "completed"},
                "object": {"id": "https://hoc.example.vn/khoa/1"},
            },
        },
    ],
)
def test_what_cannot_earn_is_no_evidence(parts):
    assert evidence(**parts) is None


def test_the_digest_leaves_out_ids_and_times_that_the_lrs_set():
    first = evidence(timestamp=None, result={"duration": "PT1S"})
    again = evidence(timestamp=None, result={"duration": "PT1S"}, id="16fd2706-8baf-433b-82eb-8c7fada847da")
    other = evidence(result={"duration": "PT1S"})
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.digest == again.digest != other.digest


def test_a_statement_without_any_id_is_not_taken():
    body = b'{"actor":{"mbox":"mailto:a@b.vn"},"verb":{"id":"%s"},"object":{"id":"https://a.vn"}}'
    received = read(body % (ADL + "completed").encode(), version="1.0.3").statements[0]
    with pytest.raises(ValueError, match="statement_id"):
        evidence_of(received, POSITION, provider_id=1)


@given(st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**12))
def test_whole_seconds_are_the_exact_floor(value):
    nanoseconds: Fraction = value * 10**9
    floor = whole_seconds(nanoseconds)
    assert floor <= value < floor + 1
