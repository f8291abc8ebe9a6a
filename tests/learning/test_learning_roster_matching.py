"""The same person twice: never silently, and never asked again about what was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.names import spelled
from lms_tracker.learning.roster_likeness import HeldConsent, Known, Placed, takes_consent
from lms_tracker.learning.roster_lines import RosterLine
from lms_tracker.learning.roster_matching import Match, Verdict, absent, match

PLAIN = RosterLine(
    line=2, name="Nguyễn Văn An", birth_year=1960, birth_date=None, sex="male", place="", household="",
    relation="", clan="", phone="", email="", consent=None,
)  # fmt: skip
AN = Known(b"a" * 16, "Nguyễn Văn An", 1960, None, "male", place_id=1)


def line(number: int = 2, place: int = 1, **more: Any) -> Placed:
    return Placed(msgspec.structs.replace(PLAIN, line=number, **more), place)


def found(lines: list[Placed], known: list[Known], **decisions: str) -> list[Match]:
    return match(lines, known, {int(number[1:]): answer for number, answer in decisions.items()})


def one(placed: Placed, *known: Known) -> Match:
    (only,) = found([placed], list(known))
    return only


def entered(number: int, placed: Placed) -> Known:
    """Who is known once a line was entered as somebody new."""
    state = placed.line
    return Known(
        number.to_bytes(16, "big"), state.name, state.birth_year, state.birth_date, state.sex, state.phone,
        placed.place_id, state.household, state.relation, state.clan,
    )  # fmt: skip


def test_name_year_and_place_make_a_known_person_and_a_stranger_is_new() -> None:
    assert one(line(), AN).verdict is Verdict.KNOWN
    assert one(line(), AN).changes == ()
    assert one(line(birth_year=1961), AN).verdict is Verdict.NEW
    assert one(line(name="Nguyễn Văn Bình"), AN).verdict is Verdict.NEW
    assert one(line(sex="female"), AN).verdict is Verdict.NEW


def test_what_a_line_adds_is_told_and_what_it_leaves_open_stays() -> None:
    known = replace(AN, phone="0912345678", household="7", clan="Nguyễn")
    assert one(line(), known).changes == ()
    more = line(birth_date=date(1960, 2, 1), phone="0987654321", household="7", relation="head", clan="Họ Lê")
    assert one(more, known).changes == ("birth", "phone", "relation", "clan")


@pytest.mark.parametrize(
    ("placed", "known", "differs"),
    [
        (line(name="Nguyễn Văn Án"), AN, ("name",)),
        (line(name="Nguyen Van An"), AN, ("name",)),
        (line(place=2), AN, ("place",)),
        (line(), replace(AN, birth_year=None), ("birth_year",)),
        (line(household="8"), replace(AN, household="7"), ("household",)),
        (line(phone="0912345678", birth_year=1961), replace(AN, phone="0912345678"), ("birth",)),
        (line(name="Nguyễn Văng An", phone="0912345678"), replace(AN, phone="0912345678"), ("name",)),
    ],
)
def test_where_something_contradicts_or_marks_alone_differ_an_officer_is_asked(
    placed: Placed, known: Known, differs: tuple[str, ...]
) -> None:
    asked = one(placed, known)
    assert asked.verdict is Verdict.ASK
    assert [(candidate.key, candidate.differs) for candidate in asked.candidates] == [(AN.key, differs)]
    same, new = asked.candidates[0].answer, "new"
    assert [one.key for one in found([placed], [known], _2=same)] == [AN.key]
    assert [one.verdict for one in found([placed], [known], _2=new)] == [Verdict.NEW]


def test_two_people_of_one_name_and_year_stay_two_where_the_roster_states_their_days_of_birth() -> None:
    twins = [line(2, birth_date=date(1960, 2, 1)), line(3, birth_date=date(1960, 9, 1))]
    assert [one.verdict for one in found(twins, [])] == [Verdict.NEW, Verdict.NEW]
    assert one(twins[1], replace(AN, birth_date=date(1960, 2, 1))).verdict is Verdict.NEW


def test_two_lines_of_one_name_and_year_are_asked_about_and_stay_two_when_told_so() -> None:
    lines = [line(2, household="7"), line(3, household="8"), line(4, household="7")]
    first, second, third = found(lines, [])
    assert (first.verdict, second.verdict, third.verdict) == (Verdict.NEW, Verdict.ASK, Verdict.ASK)
    assert [one.line for one in second.candidates] == [2]
    assert {one.line for one in third.candidates} == {2, 3}
    decided = found(lines, [], _3="new", _4="line:2")
    assert [one.verdict for one in decided] == [Verdict.NEW, Verdict.NEW, Verdict.TWICE]
    known = [entered(1, lines[0]), entered(2, lines[1])]
    again = found(lines, known, _4="line:2")
    assert [(one.verdict, one.key) for one in again] == [
        (Verdict.KNOWN, known[0].key), (Verdict.KNOWN, known[1].key), (Verdict.TWICE, None),
    ]  # fmt: skip


def test_a_decision_about_somebody_who_is_gone_or_was_never_meant_counts_as_none() -> None:
    stranger = Known(b"s" * 16, "Lê Thị Tám", 1950, place_id=1)
    moved = line(place=2)
    for decision in (
        f"person:{stranger.key.hex()}",
        "person:zz",
        "line:99",
        "whatever",
        f"person:{'0' * 32}",
    ):
        assert found([moved], [AN, stranger], _2=decision)[0].verdict is Verdict.ASK


def test_one_known_person_is_no_two_lines() -> None:
    lines = [line(2, place=2), line(3, place=3)]
    same = f"person:{AN.key.hex()}"
    first, second = found(lines, [AN], _2=same, _3=same)
    assert (first.verdict, second.verdict) == (Verdict.KNOWN, Verdict.ASK)
    assert [one.line for one in second.candidates] == [2]


def test_who_stands_in_no_line_of_a_place_is_listed_but_nobody_of_another_place() -> None:
    elsewhere = Known(b"e" * 16, "Lê Văn Xa", 1950, place_id=9)
    gone = Known(b"g" * 16, "Lê Văn Đi", 1950, place_id=1)
    known = [AN, gone, elsewhere]
    assert absent(known, match([line()], known, {})) == [gone]
    asked = replace(AN, birth_year=None)
    assert absent([asked, gone], match([line()], [asked, gone], {})) == [gone]


NAMES = st.sampled_from(["Nguyễn Văn An", "Nguyễn Văn Án", "Nguyen Van An", "Lê Thị Hòa", "Lê Thị Hoà"])
LINES = st.lists(
    st.builds(
        lambda number, place, **more: line(number, place, **more),
        st.just(0),
        st.integers(1, 2),
        name=NAMES,
        birth_year=st.integers(1960, 1961),
        birth_date=st.none(),
        sex=st.sampled_from([None, "male", "female"]),
        household=st.sampled_from(["", "7", "8"]),
        phone=st.sampled_from(["", "0912345678"]),
    ),
    max_size=8,
).map(lambda lines: [Placed(msgspec.structs.replace(one.line, line=at), one.place_id)
                     for at, one in enumerate(lines, 2)])  # fmt: skip


@given(LINES)
def test_whatever_was_said_to_be_new_is_known_when_the_same_file_comes_again(lines: list[Placed]) -> None:
    decisions = {placed.line.line: "new" for placed in lines}
    assert {one.verdict for one in match(lines, [], decisions)} <= {Verdict.NEW}
    known = [entered(at, placed) for at, placed in enumerate(lines)]
    again = match(lines, known, {})
    assert [one.verdict for one in again] == [Verdict.KNOWN] * len(lines)
    assert [one.changes for one in again] == [()] * len(lines)
    assert len({one.key for one in again}) == len(lines)
    assert absent(known, again) == []


@given(LINES, LINES)
def test_nobody_is_taken_for_a_person_whose_name_year_or_place_is_another(
    lines: list[Placed], others: list[Placed]
) -> None:
    known = {one.key: one for one in (entered(at, placed) for at, placed in enumerate(others))}
    matches = match(lines, list(known.values()), {})
    taken = [one.key for one in matches if one.key is not None]
    assert len(set(taken)) == len(taken)
    for one in matches:
        if one.key is not None:
            person = known[one.key]
            assert one.placed.place_id == person.place_id
            assert one.placed.line.birth_year == person.birth_year
            assert spelled(one.placed.line.name) == spelled(person.name)


def test_a_thousand_lines_of_one_name_take_no_longer_than_they_may() -> None:
    lines = [line(number, household=str(number)) for number in range(2, 1_002)]
    verdicts = [one.verdict for one in found(lines, [])]
    assert verdicts == [Verdict.NEW] + [Verdict.ASK] * 999


@pytest.mark.parametrize(
    ("stated", "held", "takes"),
    [
        (None, None, False),
        (True, None, True),
        (False, None, True),
        (True, HeldConsent(True, "roster", 5), False),
        (False, HeldConsent(True, "signed-in", 5), True),
        (False, HeldConsent(True, "signed-in", 11), False),
        (True, HeldConsent(False, "roster", 5), True),
        (True, HeldConsent(False, "roster", 11), False),
        (True, HeldConsent(False, "signed-in", 5), False),
        (True, HeldConsent(False, "paper", 5), False),
    ],
)
def test_a_withdrawal_and_a_newer_answer_win_over_a_roster(
    stated: bool | None, held: HeldConsent | None, takes: bool
) -> None:
    assert takes_consent(stated, held, 10) is takes
