"""What the demo's learners do, before anything is sent."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lms_tracker.demo import learning
from lms_tracker.demo.citizens import NAMES
from lms_tracker.demo.courses import CENTRE, CHANNEL, LANGUAGE_SCHOOL
from lms_tracker.demo.parcels import Parcel
from xapi import batches
from xapi.faults import Refusal

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture(scope="module")
def everything() -> list[list[Parcel]]:
    return learning.parcels(NOW, len(NAMES))


def test_the_same_moment_gives_the_same_statements(everything: list[list[Parcel]]) -> None:
    assert learning.parcels(NOW, len(NAMES)) == everything


def test_there_are_some_two_thousand_statements(everything: list[list[Parcel]]) -> None:
    count = sum(len(parcel.statements) for parcels in everything for parcel in parcels)
    assert 1_900 <= count <= 2_700


def test_every_parcel_is_valid_unless_it_is_meant_to_be_refused(everything: list[list[Parcel]]) -> None:
    for parcel in (parcel for parcels in everything for parcel in parcels):
        body = parcel.raw or json.dumps(list(parcel.statements)).encode()
        if parcel.status == 400:
            with pytest.raises(Refusal):
                batches.read(body, version="1.0.3")
        else:
            batches.read(body, version="1.0.3")


def test_moodle_sends_at_most_thirty_statements_without_ids(everything: list[list[Parcel]]) -> None:
    for parcel in everything[CENTRE]:
        assert len(parcel.statements) <= 30
        from_its_plugin = [one for one in parcel.statements if "#h5p-" not in one["object"]["id"]]
        assert not any("id" in statement for statement in from_its_plugin)


def test_only_a_wrong_clock_is_in_the_future(everything: list[list[Parcel]]) -> None:
    ahead = [
        statement
        for parcels in everything
        for parcel in parcels
        for statement in parcel.statements
        if "timestamp" in statement and datetime.fromisoformat(statement["timestamp"]) > NOW
    ]
    assert len({statement["context"]["registration"] for statement in ahead}) == 1


def test_ids_are_given_once_except_where_a_session_is_sent_again(everything: list[list[Parcel]]) -> None:
    for place in (LANGUAGE_SCHOOL, CHANNEL):
        times = Counter(
            statement["id"]
            for parcel in everything[place]
            if parcel.status in (200, 204)
            for statement in parcel.statements
        )
        again = [number for number in times.values() if number > 1]
        assert len(again) == (5 if place == LANGUAGE_SCHOOL else 0)


def test_a_cmi5_session_keeps_its_session_and_registration(everything: list[list[Parcel]]) -> None:
    of_session: dict[str, set[str]] = {}
    for statement in (statement for parcel in everything[LANGUAGE_SCHOOL] for statement in parcel.statements):
        context = statement.get("context")
        if context and "contextActivities" in context:
            session = context["extensions"]["https://w3id.org/xapi/cmi5/context/extensions/sessionid"]
            of_session.setdefault(session, set()).add(context["registration"])
    assert len(of_session) > 100
    assert all(len(registrations) == 1 for registrations in of_session.values())


def test_played_stretches_of_one_showing_do_not_overlap(everything: list[list[Parcel]]) -> None:
    for parcel in everything[CHANNEL]:
        ended = 0
        for received in batches.read(
            json.dumps(list(parcel.statements)).encode(), version="1.0.3"
        ).statements:
            if received.duration is not None:
                assert isinstance(received.timestamp_ns, int)
                assert received.timestamp_ns - received.duration.nanoseconds >= ended
                ended = received.timestamp_ns
