"""Local places below the commune: added, renamed, merged, split, ended, and following their commune (I13)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms_tracker.actions import clock, grants, local_places, passwords, people, place_loading, places
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.local_places import Change
from lms_tracker.actions.local_rules import SENTENCES, Called, LocalRefused, Problem
from lms_tracker.actions.places import Became
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.learning.places import Fate, Level
from lms_tracker.store import cases, database
from lms_tracker.store import places as stored
from lms_tracker.store.grants import Scope
from lms_tracker.store.places import Place
from tests.actions.viewers import PASSWORD
from tests.some_places import FEW

DECISION = "Nghị quyết 12/NQ-HĐND"
ON = date(2026, 3, 1)
LAST = ON - timedelta(days=1)


@pytest.fixture
def database_kind() -> str:
    """The rules are the same on every database; the race is asked of both."""
    return "sqlite"


@pytest.fixture
def in_places(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with app.app_context():
        place_loading.load(FEW, lambda done, total: None)
        yield app


def unit(code: str, on: date = ON) -> Place:
    with database.reading() as connection:
        return places.coded(connection, code, on)


def officer(login: str, code: str, role: str = "officer", on: date = ON) -> Viewer:
    key = people.add_person(login.title(), login, PASSWORD).key
    grants.grant(None, Wanted(login, role, Scope(place_id=unit(code, on).id)))
    found = people.viewer(key)
    assert found is not None
    return found


@pytest.fixture
def thu(in_places: Flask) -> Viewer:
    """Who enters for the commune Gò Quao."""
    return officer("thu", "30952")


@pytest.fixture
def two(thu: Viewer) -> tuple[Place, Place]:
    """Two hamlets of Gò Quao."""
    commune = unit("30952").id
    return tuple(local_places.add(thu, commune, Called("ap", name)) for name in ("Phước Hưng", "Phước Thới"))


def there(on: date, code: str = "30952") -> list[tuple[str, str]]:
    with database.reading() as connection:
        return [(one.kind, one.name) for one in stored.children(connection, unit(code, on).id, on)]


def now_of(place: Place, on: date) -> Became:
    """What a place became until a day, as the database knows it now."""
    with database.reading() as connection:
        found = stored.by_id(connection, place.id)
        assert found is not None
        return places.of_today(connection, found, on)


def refused(problem: Problem, work: Callable[[], object]) -> None:
    with pytest.raises(LocalRefused) as error:
        work()
    assert error.value.problem is problem
    assert str(error.value) == SENTENCES[problem]


def test_a_place_that_is_added_is_there_as_long_as_its_commune(two: tuple[Place, Place]) -> None:
    assert there(date(2025, 7, 1)) == [("ap", "Phước Hưng"), ("ap", "Phước Thới")]
    (found, *_) = places.find("phuoc hung", ON)
    assert [above.name for above in found.above] == ["An Giang", "Gò Quao"]


def test_what_was_entered_is_kept_in_one_form(thu: Viewer) -> None:
    made = local_places.add(thu, unit("30952").id, Called("ap", "  Phu\u031bo\u031b\u0301c   Hưng "))
    assert made.name == "Phước Hưng"


def test_a_renamed_place_keeps_its_name_for_the_time_before(thu: Viewer, two: tuple[Place, Place]) -> None:
    new = local_places.rename(Change(thu, ON, DECISION), two[0].id, Called("khu-pho", "Phước Trung"))
    assert ("ap", "Phước Hưng") in there(LAST)
    assert ("khu-pho", "Phước Trung") not in there(LAST)
    assert there(ON) == [("ap", "Phước Thới"), ("khu-pho", "Phước Trung")]
    became = now_of(two[0], ON)
    assert (became.fate, became.heirs[0].told.place.id) == (Fate.ONE, new.id)


def test_merged_places_become_one_which_may_keep_a_name(thu: Viewer, two: tuple[Place, Place]) -> None:
    one = local_places.merge(Change(thu, ON, DECISION), [p.id for p in two], Called("ap", "Phước Hưng"))
    assert len(there(LAST)) == 2
    assert there(ON) == [("ap", "Phước Hưng")]
    for old in two:
        became = now_of(old, ON)
        assert (became.fate, became.heirs[0].told.place.id) == (Fate.ONE, one.id)
    with database.reading() as connection:
        assert [step.note for step in cases.steps(connection, "place", [one.id])[one.id]] == [DECISION]


def test_of_a_split_place_nobody_is_taken_to_live_in_one_part(thu: Viewer, two: tuple[Place, Place]) -> None:
    parts = [Called("ap", "Phước Hưng 1"), Called("ap", "Phước Hưng 2")]
    local_places.split(Change(thu, ON, DECISION), two[0].id, parts)
    became = now_of(two[0], ON)
    assert became.fate is Fate.SPLIT
    assert [heir.told.place.name for heir in became.heirs] == ["Phước Hưng 1", "Phước Hưng 2"]
    assert there(ON) == [("ap", "Phước Hưng 1"), ("ap", "Phước Hưng 2"), ("ap", "Phước Thới")]


def test_a_chain_of_changes_is_followed_to_the_day_that_is_asked(
    thu: Viewer, two: tuple[Place, Place]
) -> None:
    first = local_places.rename(Change(thu, ON, DECISION), two[0].id, Called("ap", "Phước An"))
    later = ON + timedelta(days=30)
    second = local_places.merge(
        Change(thu, later, DECISION), [first.id, two[1].id], Called("ap", "Phước Hòa")
    )
    assert now_of(two[0], LAST).fate is Fate.STANDS
    assert now_of(two[0], ON).heirs[0].told.place.id == first.id
    assert now_of(two[0], later).heirs[0].told.place.id == second.id


def test_an_ended_place_has_no_heir(thu: Viewer, two: tuple[Place, Place]) -> None:
    local_places.end(Change(thu, ON, DECISION), two[0].id)
    assert there(ON) == [("ap", "Phước Thới")]
    assert now_of(two[0], ON).fate is Fate.ENDED


def test_a_mistake_is_put_right_for_all_time(thu: Viewer, two: tuple[Place, Place]) -> None:
    local_places.correct(thu, two[0].id, Called("ap", "Phước Hưng B"))
    assert there(date(2025, 7, 1)) == [("ap", "Phước Hưng B"), ("ap", "Phước Thới")]
    refused(Problem.THERE_ALREADY, lambda: local_places.correct(thu, two[0].id, Called("ap", "Phước Thới")))


def test_a_name_stands_once_at_a_time_in_either_style_of_marks(thu: Viewer, two: tuple[Place, Place]) -> None:
    commune = unit("30952").id
    local_places.add(thu, commune, Called("ap", "Hoà An"))
    for name in ("Hòa An", "HOÀ  AN", "Phước Hưng"):
        refused(Problem.THERE_ALREADY, lambda name=name: local_places.add(thu, commune, Called("ap", name)))
    # Other marks, or another kind, are another place.
    local_places.add(thu, commune, Called("ap", "Hoa An"))
    local_places.add(thu, commune, Called("khu-pho", "Phước Hưng"))
    # And the name of a place that has ended is free again.
    local_places.end(Change(thu, ON, DECISION), two[0].id)
    local_places.add(thu, commune, Called("ap", "Phước Hưng"), ON)


@pytest.mark.parametrize(
    ("called", "problem"),
    [
        (Called("xa", "A"), Problem.KIND),
        (Called("", "A"), Problem.KIND),
        (Called("ap", ""), Problem.NAME),
        (Called("ap", " \u0301"), Problem.NAME),
        (Called("ap", "a" * 101), Problem.NAME),
        (Called("ap", "a\x00b"), Problem.NAME),
        (Called("ap", "\ud800"), Problem.NAME),
    ],
)
def test_a_wrong_name_or_kind_is_refused(thu: Viewer, called: Called, problem: Problem) -> None:
    refused(problem, lambda: local_places.add(thu, unit("30952").id, called))


def test_wrong_days_and_documents_are_refused(thu: Viewer, two: tuple[Place, Place]) -> None:
    wanted = Called("ap", "Mới")
    far = clock.today() + timedelta(days=400)
    for day in (date(1, 1, 1), date(2025, 6, 30), date(2025, 7, 1), far, date.max):
        change = Change(thu, day, DECISION)
        refused(Problem.DAY, lambda change=change: local_places.rename(change, two[0].id, wanted))
    for document in ("", " ", "a" * 201, "a\nb"):
        change = Change(thu, ON, document)
        refused(Problem.DOCUMENT, lambda change=change: local_places.rename(change, two[0].id, wanted))
    for ids in ([], [two[0].id], [two[0].id, two[0].id]):
        refused(Problem.TOO_FEW, lambda ids=ids: local_places.merge(Change(thu, ON, DECISION), ids, wanted))
    assert there(ON) == [("ap", "Phước Hưng"), ("ap", "Phước Thới")]


def test_a_place_ends_once(thu: Viewer, two: tuple[Place, Place]) -> None:
    change = Change(thu, ON, DECISION)
    local_places.merge(change, [place.id for place in two], Called("ap", "Phước Hưng"))
    for again in (
        lambda: local_places.merge(change, [place.id for place in two], Called("ap", "Phước Hưng")),
        lambda: local_places.rename(change, two[0].id, Called("ap", "Khác")),
        lambda: local_places.end(change, two[1].id),
    ):
        refused(Problem.ENDED, again)


def test_national_units_and_places_of_two_communes_are_not_merged(
    thu: Viewer, two: tuple[Place, Place]
) -> None:
    other = officer("binh", "91")
    elsewhere = local_places.add(other, unit("30982").id, Called("ap", "Tân Bình"))
    change = Change(other, ON, DECISION)
    refused(
        Problem.NO_PLACE,
        lambda: local_places.merge(change, [two[0].id, elsewhere.id], Called("ap", "Một")),
    )
    refused(Problem.NO_PLACE, lambda: local_places.end(change, unit("30952").id))
    refused(Problem.NO_PLACE, lambda: local_places.end(change, 10**9))
    refused(Problem.NO_COMMUNE, lambda: local_places.add(other, unit("91").id, Called("ap", "Một")))


def test_i17_only_officers_of_the_commune_and_administrators_change_its_places(
    in_places: Flask, two: tuple[Place, Place]
) -> None:
    stranger = officer("lan", "30982")
    looks_only = officer("xem", "91", "viewer")
    change = Change(stranger, ON, DECISION)
    wanted = Called("ap", "Mới")
    for work in (
        lambda: local_places.add(stranger, unit("30952").id, wanted),
        lambda: local_places.add(looks_only, unit("30952").id, wanted),
        lambda: local_places.add(None, unit("30952").id, wanted),
        lambda: local_places.add(stranger, 10**9, wanted),
        lambda: local_places.rename(change, two[0].id, wanted),
        lambda: local_places.merge(change, [place.id for place in two], wanted),
        lambda: local_places.split(change, two[0].id, [wanted, Called("ap", "Hai")]),
        lambda: local_places.end(change, two[0].id),
        lambda: local_places.correct(stranger, two[0].id, wanted),
    ):
        with pytest.raises(NotAllowed):
            work()
    local_places.add(officer("quan", "91", "administrator"), unit("30952").id, wanted)


def test_a_place_of_an_old_commune_follows_it_when_somebody_says_so(thu: Viewer) -> None:
    before = date(2025, 6, 30)
    cu = officer("cuong", "91", on=before)
    old = local_places.add(cu, unit("30964", before).id, Called("ap", "An Thọ"))
    parted = local_places.add(cu, unit("30976", before).id, Called("ap", "Phước Minh"))
    assert old.valid_to == before
    now = unit("30952")
    with database.reading() as connection:
        found = {one.local.name: one for one in local_places.suggestions(connection, now)}
    assert not found["An Thọ"].is_split
    assert found["Phước Minh"].is_split
    assert [heir.place.name for heir in found["Phước Minh"].heirs] == ["Gò Quao", "Vĩnh Tuy"]

    made = local_places.follow(thu, old.id, now.id)
    assert (made.name, made.valid_from, made.parent_id) == ("An Thọ", date(2025, 7, 1), now.id)
    refused(Problem.ENDED, lambda: local_places.follow(thu, old.id, now.id))
    refused(Problem.NO_HEIR, lambda: local_places.follow(officer("tuy", "30982"), old.id, unit("30982").id))
    # Of the one whose commune was split somebody says where it lies, which is then known.
    local_places.follow(thu, parted.id, now.id)
    with database.reading() as connection:
        assert local_places.suggestions(connection, now) == []
    assert now_of(parted, ON).fate is Fate.ONE


class TestRaces:
    @pytest.fixture(params=["sqlite", "postgresql"])
    def database_kind(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_a_button_that_is_pressed_by_many_at_once_merges_once(
        self, app: Flask, in_places: Flask, thu: Viewer, two: tuple[Place, Place]
    ) -> None:
        outcomes: list[object] = []

        def press() -> None:
            with app.app_context():
                try:
                    change = Change(thu, ON, DECISION)
                    ids = [place.id for place in two]
                    outcomes.append(local_places.merge(change, ids, Called("ap", "Phước Hưng")).id)
                except LocalRefused as error:
                    outcomes.append(error.problem)

        threads = [threading.Thread(target=press) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(map(str, outcomes))[1:] == [Problem.ENDED] * 3
        with database.reading() as connection:
            assert len(stored.subtree(connection, unit("30952").path, ON)) == 2
            level = stored.count_of_each_level(connection, ON)[Level.LOCAL]
        assert level == 1
