"""What of a statement could earn credit, from statements as they come through the door."""

import json
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import segments
from lms_tracker.learning.evidence import (
    ATTENDED,
    BROWSED,
    CMI5_LAUNCH_MODE,
    CMI5_SESSION,
    COMPLETION,
    DECLARED,
    DECLARING_VERB,
    EVENT_ROLE,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    PRESENCE,
    REVIEWED,
    VIDEO_SESSION,
    EventRole,
    Evidence,
    evidence_of,
    whole_seconds,
)
from lms_tracker.learning.readings import Profile
from lms_tracker.learning.segments import FROM as TIME_FROM
from lms_tracker.learning.segments import LENGTH, PLAYED
from lms_tracker.learning.segments import TO as TIME_TO
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


@pytest.mark.parametrize(
    "parts", [{"verb": ADL + "experienced"}, {"verb": ADL + "answered", "result": {"success": True}}]
)
def test_who_only_was_there_leaves_evidence_of_that(parts):
    found = evidence(**parts)
    assert found is not None
    assert found.flags == PRESENCE | OWN_TIME
    assert found.start is None


@pytest.mark.parametrize(
    ("categories", "profile"),
    [
        (["https://w3id.org/xapi/cmi5/context/categories/cmi5"], Profile.CMI5),
        (["https://w3id.org/xapi/cmi5/context/categories/moveon"], Profile.CMI5),
        (["https://w3id.org/xapi/video"], Profile.VIDEO),
        (["https://w3id.org/xapi/scorm"], Profile.SCORM),
        (["https://w3id.org/xapi/scorm/v/2"], Profile.SCORM),
        (["http://h5p.org/libraries/H5P.MultiChoice-1.16"], Profile.H5P),
        (["https://hoc.example.vn/c/1", "https://w3id.org/xapi/video"], Profile.VIDEO),
        (["https://w3id.org/xapi/videos"], Profile.NONE),
        (["https://hoc.example.vn/https://w3id.org/xapi/video"], Profile.NONE),
        ([], Profile.NONE),
    ],
)
def test_the_categories_tell_the_profile(categories, profile):
    context = {"contextActivities": {"category": [{"id": iri} for iri in categories]}}
    found = evidence(result={"duration": "PT1S"}, context=context)
    assert found is not None
    assert found.profile == profile


def test_who_names_a_session_of_cmi5_is_in_one():
    named = {"extensions": {CMI5_SESSION: "phiên-1", CMI5_LAUNCH_MODE: "Browse"}}
    found = evidence(ADL + "experienced", context=named)
    other = evidence(context={"extensions": {CMI5_SESSION: "phiên-2", CMI5_LAUNCH_MODE: "Normal"}})
    assert found is not None
    assert other is not None
    assert (found.profile, len(found.session or b"")) == (Profile.CMI5, 16)
    assert found.flags == PRESENCE | OWN_TIME | BROWSED
    assert other.session != found.session
    assert not other.flags & (BROWSED | REVIEWED)


@pytest.mark.parametrize("name", [7, None, {"a": 1}, ["x"], True])
def test_a_session_whose_name_is_no_text_is_none(name):
    extensions = {CMI5_SESSION: name, CMI5_LAUNCH_MODE: name, EVENT_ROLE: name, VIDEO_SESSION: name}
    found = evidence(ADL + "attended", context={"extensions": extensions})
    assert found is not None
    assert (found.session, found.profile, found.role) == (None, 0, EventRole.PARTICIPANT)


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("chair", EventRole.CHAIR),
        ("Presenter", EventRole.PRESENTER),
        ("participant", EventRole.PARTICIPANT),
        ("khách", EventRole.PARTICIPANT),
    ],
)
def test_the_role_in_an_event_is_told_by_an_extension(said, role):
    found = evidence(ADL + "attended", context={"extensions": {EVENT_ROLE: said}})
    assert found is not None
    assert found.role == role
    other = evidence(context={"extensions": {EVENT_ROLE: said}}, result={"duration": "PT1S"})
    assert other is not None
    assert other.role == EventRole.NONE


@pytest.mark.parametrize(
    ("result", "context", "played"),
    [
        ({PLAYED: "0[.]12[,]14[.]21"}, {}, [(0, 12_000), (14_000, 21_000)]),
        ({PLAYED: "10[.]20.5[,]0[.]12"}, {}, [(0, 20_500)]),
        ({PLAYED: "0[.]100"}, {LENGTH: 60}, [(0, 60_000)]),
        ({PLAYED: "0[.]100"}, {LENGTH: "60.25"}, [(0, 60_250)]),
        ({PLAYED: "5[.]2[,]x[.]9[,]-3[.]4[,]1[.]2[.]3[,]7[.]7[,]8[.]1e3"}, {}, []),
        ({PLAYED: 12}, {}, []),
        ({PLAYED: "0[.]1[,]" * 9_000}, {}, []),
        ({TIME_FROM: 3, TIME_TO: 7.5}, {}, [(3_000, 7_500)]),
        ({TIME_FROM: 3, TIME_TO: 10**400}, {}, []),
        ({TIME_FROM: True, TIME_TO: None}, {}, []),
        ({"https://x.vn/ext": 1}, {}, []),
    ],
)
def test_what_of_a_video_was_played(result, context, played):
    found = evidence(
        "https://w3id.org/xapi/video/verbs/paused",
        result={"extensions": result},
        context={"extensions": context},
    )
    assert found is not None
    assert segments.unpack(found.segments or b"") == played
    assert found.flags == PRESENCE | OWN_TIME


def test_what_was_jumped_over_was_not_played():
    found = evidence(segments.SEEKED, result={"extensions": {TIME_FROM: 3, TIME_TO: 7}})
    assert found is not None
    assert found.segments is None


def test_a_declaration_is_marked_as_one():
    found = evidence(DECLARING_VERB, result={"duration": "PT2H"})
    assert found is not None
    assert found.flags == HAS_DURATION | OWN_TIME | DECLARED


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
