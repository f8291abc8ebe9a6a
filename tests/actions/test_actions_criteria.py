"""Criteria sets as they are kept: the shipped ones, those of places, and which of them holds where."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from flask import Flask

from lms_tracker.actions import records
from lms_tracker.actions.recognition import adopting, criteria
from lms_tracker.actions.recognition.adopting import CriteriaRefused, NotPossible, Why
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.learning.criteria import PointsSet, shipped, shipped_texts
from lms_tracker.store import database, dialects
from tests.actions.territory import lives, organisation, place
from tests.actions.viewers import somebody

TEXTS = [text.decode() for text in shipped_texts()]
CITIZEN = next(text for text in TEXTS if "citizen-324-2023" in text)

pytestmark = pytest.mark.usefixtures("in_app")


def written(code: str, **change: object) -> bytes:
    return json.dumps(json.loads(CITIZEN) | {"id": code} | change, ensure_ascii=False).encode()


def in_force(model: str, year: int, at: int | None = None, of: int | None = None) -> str:
    with database.reading() as connection:
        return criteria.in_force(connection, model, year, at, of).criteria.id


def adopted(code: str, at: int | None = None, **change: object) -> int:
    number = adopting.add(None, written(code, **change), at)
    adopting.adopt(None, number)
    return number


def test_the_shipped_sets_become_rows_when_first_asked_for_and_once():
    assert in_force("citizen", 2026) == "citizen-324-2023"
    assert in_force("household", 2026) == "household-387-2022"
    with database.writing() as connection:
        found = criteria.in_force(connection, "clan", 2026)
        assert criteria.held(connection, found.id) == found
        (count,) = dialects.rows(connection, "SELECT count(*) FROM criteria_sets", ())[0]
    assert count == len(shipped())


def test_rows_made_in_a_transaction_that_fails_are_made_again():
    def fail() -> None:
        with database.writing() as connection:
            criteria.in_force(connection, "citizen", 2026)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.writing() as connection:
        found = criteria.in_force(connection, "citizen", 2026)
    with database.reading() as connection:
        assert criteria.held(connection, found.id) == found


def test_many_who_ask_at_once_make_each_row_once(app: Flask):
    def ask(_number: int) -> int:
        with app.app_context(), database.reading() as connection:
            return criteria.in_force(connection, "citizen", 2026).id

    with ThreadPoolExecutor(6) as threads:
        assert len(set(threads.map(ask, range(12)))) == 1


def test_nothing_is_in_force_before_the_first_set():
    with database.reading() as connection:
        assert criteria.perhaps_in_force(connection, "citizen", 2022) is None
        with pytest.raises(criteria.NoSet):
            criteria.in_force(connection, "citizen", 2022)
        with pytest.raises(criteria.NoSet):
            criteria.held(connection, 999_999)


def test_the_nearest_place_upwards_wins():
    province = place("An Giang")
    commune = place("Gò Quao", province)
    village = place("Ấp 1", commune)
    adopted("of-province", province)
    assert in_force("citizen", 2026, village) == "of-province"
    adopted("of-commune", commune)
    assert in_force("citizen", 2026, village) == "of-commune"
    assert in_force("citizen", 2026, province) == "of-province"
    assert in_force("citizen", 2026, place("Đồng Tháp")) == "citizen-324-2023"
    assert in_force("citizen", 2026, None, organisation("Trường", at=village)) == "of-commune"


def test_of_several_at_a_place_the_one_that_began_last_wins_and_years_before_keep_theirs():
    commune = place("Gò Quao")
    adopted("first", commune)
    adopted("second", commune, valid_from="2027-01-01", replaces="first")
    assert [in_force("citizen", year, commune) for year in (2026, 2027)] == ["first", "second"]


def test_units_of_a_commune_and_of_a_province_are_assessed_by_their_own():
    province = place("An Giang")
    commune = place("Gò Quao", place("Gò Quao", province))
    assert in_force("unit", 2026, commune) == "unit-387-2022"
    assert in_force("unit", 2026, None, organisation("Sở", at=province)) == "unit-24-2023"
    branch = organisation("Phòng", organisation("Sở", at=province))
    assert in_force("unit", 2026, None, branch) == "unit-24-2023"


def test_a_set_that_is_not_adopted_holds_nowhere():
    commune = place("Gò Quao")
    number = adopting.add(None, written("waits"), commune)
    assert in_force("citizen", 2026, commune) == "citizen-324-2023"
    adopting.adopt(None, number)
    assert in_force("citizen", 2026, commune) == "waits"
    with pytest.raises(NotPossible) as again:
        adopting.adopt(None, number)
    assert again.value.why is Why.ADOPTED


def test_what_was_withdrawn_holds_no_longer_and_is_still_there_for_its_rounds():
    commune = place("Gò Quao")
    number = adopted("ours", commune)
    assert adopting.withdraw(None, number) == 0
    assert in_force("citizen", 2026, commune) == "citizen-324-2023"
    with database.reading() as connection:
        assert criteria.held(connection, number).criteria.id == "ours"
    for action in (adopting.adopt, adopting.withdraw):
        with pytest.raises(NotPossible) as refused:
            action(None, number)
        assert refused.value.why is Why.WITHDRAWN


def test_a_set_of_a_round_is_withdrawn_from_the_future_and_not_from_the_round():
    commune = place("Gò Quao")
    number = adopted("ours", commune)
    with database.writing() as connection:
        dialects.change(
            connection,
            "INSERT INTO rounds (model, year, place_id, number, title, criteria_set_id, area, opens_on,"
            " closes_on, state, minutes, submission, made_us, made_by, revision)"
            " VALUES ('citizen', 2026, ?, 1, 'Đợt 1', ?, '', ?, ?, 'open', '', '', 1, ?, 1)",
            (commune, number, date(2026, 1, 1), date(2026, 12, 1), b"\x01" * 16),
        )
    assert adopting.preview(None, number).rounds == 1
    assert adopting.withdraw(None, number) == 1
    with database.reading() as connection:
        assert isinstance(criteria.held(connection, number).criteria, PointsSet)


def test_two_sets_do_not_hold_on_the_same_days():
    commune = place("Gò Quao")
    adopted("one", commune)
    with pytest.raises(CriteriaRefused) as refused:
        adopting.add(None, written("two"), commune)
    assert [one.rule for one in refused.value.findings] == ["overlap"]
    checked = adopting.check(written("two"), commune, beside=True)
    assert [one.rule for one in checked.findings] == ["overlap"]
    assert adopting.check(written("two"), None, beside=False).findings == ()


def test_of_two_that_wait_for_the_same_days_only_one_is_adopted():
    commune = place("Gò Quao")
    one, two = (adopting.add(None, written(code), commune) for code in ("one", "two"))
    adopting.adopt(None, one)
    assert [found.rule for found in adopting.preview(None, two).findings] == ["overlap"]
    with pytest.raises(CriteriaRefused):
        adopting.adopt(None, two)


def test_two_people_who_adopt_at_once_adopt_one(app: Flask, monkeypatch: pytest.MonkeyPatch):
    commune = place("Gò Quao")
    looked = adopting.criteria_check.beside

    def look_slowly(*asked):
        # Between looking and writing there is time for all the others to look.
        found = looked(*asked)
        time.sleep(0.1)
        return found

    numbers = [adopting.add(None, written(f"set-{index}"), commune) for index in range(4)]

    monkeypatch.setattr(adopting.criteria_check, "beside", look_slowly)

    def press(number: int) -> bool:
        with app.app_context():
            try:
                adopting.adopt(None, number)
            except CriteriaRefused:
                return False
            return True

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(press, numbers)).count(True) == 1


def test_the_same_file_sent_twice_is_kept_once_and_another_with_its_id_is_refused():
    commune = place("Gò Quao")
    assert adopting.add(None, written("ours"), commune) == adopting.add(None, written("ours"), commune)
    for other in (written("ours", valid_to="2030-12-31"), written("citizen-324-2023")):
        with pytest.raises(CriteriaRefused) as refused:
            adopting.add(None, other, commune)
        assert refused.value.findings[0].rule == "code-taken"


def test_what_is_kept_is_the_text_that_was_handed_in():
    number = adopting.add(None, written("ours"), place("Gò Quao"))
    assert adopting.preview(None, number).listed.kept.body.encode() == written("ours")
    assert adopting.numbered("ours") == number
    assert adopting.numbered("commune-25-2023")
    with pytest.raises(NotFound):
        adopting.numbered("nothing")


def test_only_an_administrator_of_the_place_hands_in_adopts_and_withdraws_I17():
    commune = place("Gò Quao")
    for role in ("viewer", "officer", "reviewer", "approver"):
        with pytest.raises(NotAllowed):
            adopting.add(somebody(f"p-{role}", (role, None)), b"{}", commune)
    admin = somebody("minh", ("administrator", None))
    number = adopting.add(admin, written("ours"), commune)
    viewer = somebody("lan", ("viewer", None))
    for action in (adopting.adopt, adopting.withdraw):
        with pytest.raises(NotAllowed):
            action(viewer, number)
    adopting.adopt(admin, number)
    assert [one.may_change for one in adopting.listed(viewer)] == [False] * (len(shipped()) + 1)
    assert all(one.may_change for one in adopting.listed(admin))
    with pytest.raises(NotAllowed):
        adopting.listed(somebody("dan"))
    with pytest.raises(NotFound):
        adopting.add(None, written("nowhere"), 999_999)


def test_a_preview_says_how_many_people_it_concerns():
    commune = place("Gò Quao")
    village = place("Ấp 1", commune)
    for login in ("lan", "binh"):
        lives(somebody(login).key, village)
    number = adopting.add(None, written("ours"), commune)
    assert adopting.preview(None, number).people == 2
    assert adopting.preview(None, adopting.numbered("citizen-324-2023")).people is None


def test_a_citizens_record_has_the_criteria_of_where_they_live():
    commune = place("Gò Quao")
    moved, stays = somebody("hoa"), somebody("minh")
    lives(moved.key, place("Vĩnh Tuy"), until=date(2025, 6, 30))
    lives(moved.key, commune, since=date(2025, 7, 1))
    adopted("ours", commune, valid_from="2023-10-25")

    def shown(viewer, year):
        with database.reading() as connection:
            found = records.criteria_in_force(connection, viewer.key, year)
        return found and found.id

    assert [shown(moved, year) for year in (2022, 2024, 2025, 2026)] == [
        None,
        "citizen-324-2023",
        "ours",
        "ours",
    ]
    assert shown(stays, 2026) == "citizen-324-2023"
    assert records.record(moved, moved.key).criteria.id == "ours"
