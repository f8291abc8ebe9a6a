"""Kept totals and the statistics made of them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from lms_tracker.actions import clock, people, place_loading
from lms_tracker.actions.reporting import dated_places, statistics, totals
from lms_tracker.actions.reporting.statistics import NotThere, Part, Statistics
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.learning.reporting.measures import Measure
from lms_tracker.learning.reporting.ratios import Meant, Verdict
from lms_tracker.store import database, places, schema
from lms_tracker.store.reporting import due, figures
from lms_tracker.store.reporting import totals as stored
from lms_tracker.store.reporting.figures import Figure
from tests.actions import recognised
from tests.actions.communes import officer
from tests.actions.recognised import person
from tests.actions.territory import becomes, belongs, lives, organisation, place
from tests.actions.viewers import PASSWORD
from tests.some_places import FEW

TODAY = date(2025, 12, 1)
OLD, NEW = date(2024, 12, 31), date(2025, 12, 1)


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with app.app_context():
        monkeypatch.setattr(clock, "today", lambda: TODAY)
        yield


def _code(code: str, level: int, on: date) -> int:
    with database.reading() as connection:
        found = places.by_code(connection, code, level, on)
    assert found is not None
    return found.id


def _recount() -> None:
    totals.mark_below(None, None)
    totals.recount()


def _ask(place_id: int, year: int) -> Statistics:
    return statistics.of_place(None, place_id, year)


def _people(parts: tuple[Part, ...]) -> dict[str, int]:
    return {one.place.name if one.place else "": one.totals[Measure.PEOPLE] for one in parts}


@dataclass(frozen=True)
class GoQuao:
    """Gò Quao before and after July 2025, with people who were entered at different times."""

    district: int
    town: int
    whole: int
    split: int
    commune: int
    other: int
    province: int
    old_province: int


@pytest.fixture
def go_quao() -> GoQuao:
    place_loading.load(FEW, lambda done, total: None)
    found = GoQuao(
        district=_code("907", 2, OLD),
        town=_code("30952", 3, OLD),
        whole=_code("30964", 3, OLD),
        split=_code("30976", 3, OLD),
        commune=_code("30952", 3, NEW),
        other=_code("30982", 3, NEW),
        province=_code("91", 1, NEW),
        old_province=_code("91", 1, OLD),
    )
    last, first = date(2025, 6, 30), date(2025, 7, 1)
    followed = place("Phước Hưng", found.whole, None, last)
    followed_now = place("Phước Hưng", found.commune, first)
    becomes(followed, followed_now, first)
    unfollowed = place("Hòa An", found.whole, None, last)
    parted = place("Phước Thới", found.split, None, last)
    # Entered long ago: three whose thôn went on, two where nobody said so, four of the split commune.
    for count, at in ((3, followed), (2, unfollowed), (4, parted)):
        for number in range(count):
            person(f"Trần Văn {number}", at)
    # Entered since: one in the thôn, who has always lived there; one who came with the day of the change.
    person("Lê Thị Mới", followed_now)
    person("Lê Thị Đến", found.commune, first)
    _recount()
    return found


def test_the_report_of_2024_is_by_the_units_of_2024_i13(go_quao: GoQuao) -> None:
    found = _ask(go_quao.district, 2024)
    # The one who came in 2025 was not there; whoever lives in the thôn of today lived in that of then.
    assert found.totals[Measure.PEOPLE] == 10
    assert _people(found.parts) == {"Gò Quao": 0, "Định An": 6, "Vĩnh Phước B": 4, "Vĩnh Tuy": 0}
    assert [one.name for one in found.above] == ["Kiên Giang"]
    by_thon = _ask(go_quao.whole, 2024)
    assert _people(by_thon.parts) == {"Phước Hưng": 4, "Hòa An": 2}


def test_the_same_peoples_report_of_2025_is_by_the_units_of_2025_i13(go_quao: GoQuao) -> None:
    found = _ask(go_quao.commune, 2025)
    # Four of the commune that was split may be of Gò Quao or of Vĩnh Tuy: nobody guesses, most of it or not.
    assert found.totals[Measure.PEOPLE] == 7
    assert found.undecided == 4
    assert _people(found.parts) == {"Phước Hưng": 4, "": 3}
    assert [one.name for one in found.above] == ["An Giang"]
    province = _ask(go_quao.province, 2025)
    assert province.totals[Measure.PEOPLE] == 11
    assert _people(province.parts) == {"Gò Quao": 7, "Vĩnh Tuy": 0, "": 4}
    assert province.undecided == 0


def test_a_unit_is_asked_only_of_the_days_on_which_it_was_there_i13(go_quao: GoQuao) -> None:
    with pytest.raises(NotThere) as refused:
        _ask(go_quao.district, 2025)
    assert {one.name for one in refused.value.instead} == {"Gò Quao", "Vĩnh Tuy"}
    with pytest.raises(NotThere) as refused:
        _ask(go_quao.commune, 2024)
    assert {one.name for one in refused.value.instead} == {"Gò Quao", "Định An", "Vĩnh Phước B"}


def test_the_year_before_is_that_of_the_units_a_unit_was_made_of_or_of_none_i13(go_quao: GoQuao) -> None:
    province = _ask(go_quao.province, 2025)
    assert [one.id for one in province.compared] == [go_quao.old_province]
    change = next(one.change for one in province.lines if one.counted.indicator == "citizen")
    assert change is not None
    # A part of a split commune came to it, so that nobody knows what it was in 2024.
    commune = _ask(go_quao.commune, 2025)
    assert commune.compared == ()
    assert all(one.change is None for one in commune.lines)


# --- what counts -----------------------------------------------------------------------------------------


def _flat() -> tuple[int, int, int]:
    province = place("Tỉnh")
    commune = place("Xã", province)
    return province, commune, place("Thôn", commune)


def test_a_person_counts_once_however_many_residences_records_and_schools_there_are() -> None:
    province, commune, thon = _flat()
    other = place("Thôn khác", commune)
    one = person("Trần Văn Ánh", thon, date(2020, 1, 1))
    lives(one, other, date(2024, 5, 1))
    twice = person("Lê Thị Bưởi", thon)
    merged = person("Lê Thị Bưởi", other, date(2023, 1, 1))
    with database.writing() as connection:
        connection.execute(insert(schema.links).values(actor_key=merged, person_key=twice, linked_us=1))
    school = organisation("Trường", at=commune)
    belongs(one, school, "learner")
    belongs(twice, school)
    _recount()
    found = _ask(province, 2025)
    assert found.totals[Measure.PEOPLE] == 2
    assert found.totals[Measure.UNITS] == 1
    # The newest residence holds, and what the surviving record says.
    assert _people(_ask(commune, 2025).parts) == {"Thôn": 1, "Thôn khác": 1, "": 0}
    with database.writing() as connection:
        due.mark_organisations(connection, [school], 2025)
    totals.recount()
    with database.reading() as connection:
        kept = stored.of_organisations(connection, [school], 2025)[school]
    assert (kept[Measure.PEOPLE], kept[Measure.MEMBERS], kept[Measure.PUPILS]) == (2, 1, 1)


def test_who_died_or_moved_before_the_day_is_not_counted_that_year() -> None:
    _, _, thon = _flat()
    person("Trần Văn Đi", thon, None, date(2025, 3, 1))
    died = person("Lê Thị Mất", thon)
    with database.writing() as connection:
        connection.execute(
            update(schema.people).where(schema.people.c.person_key == died).values(died_on=date(2025, 2, 1))
        )
    person("Hồ Văn Ở", thon)
    _recount()
    assert (_ask(thon, 2024).totals[Measure.PEOPLE], _ask(thon, 2025).totals[Measure.PEOPLE]) == (3, 1)


def test_an_adult_of_unknown_age_is_counted_and_told() -> None:
    _, _, thon = _flat()
    for year in (1980, 2007, 2010, None):
        key = person("Trần Văn Ánh", thon)
        with database.writing() as connection:
            connection.execute(
                update(schema.people).where(schema.people.c.person_key == key).values(birth_year=year)
            )
    _recount()
    found = _ask(thon, 2025).totals
    assert (found[Measure.PEOPLE], found[Measure.ADULTS], found[Measure.ADULTS_UNKNOWN]) == (4, 3, 1)


def test_a_round_that_is_decided_counts_as_soon_as_its_marks_are_counted() -> None:
    cast = recognised.cast()
    number = recognised.opened(cast)
    recognised.reviewed(cast, number, poor=1)
    recognised.decided(cast, number)
    # Nothing but what was marked on the way.
    totals.recount()
    line = next(one for one in _ask(cast.at.province, 2025).lines if one.counted.indicator == "citizen")
    assert (line.registered, line.ratio.numerator, line.ratio.denominator) == (6, 5, 6)
    assert line.ratio.written("vi") == "83,33%"
    assert line.ratio.counts == "population"


# --- marks -----------------------------------------------------------------------------------------------


def _marks() -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.totals_due)).scalar_one())


def test_marks_are_counted_once_and_a_second_run_has_nothing_to_do_i16() -> None:
    _, _, thon = _flat()
    person("Trần Văn Ánh", thon)
    with database.writing() as connection:
        for _ in range(3):
            due.mark_places(connection, [thon], None)
    assert _ask(thon, 2025).waiting == 1
    assert totals.recount_due() == 1
    assert (_marks(), totals.recount_due()) == (0, 0)
    found = _ask(thon, 2025)
    assert (found.waiting, found.totals[Measure.PEOPLE]) == (0, 1)
    assert found.counted_us is not None


def test_a_count_that_was_killed_leaves_its_marks_i16(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, thon = _flat()
    person("Trần Văn Ánh", thon)
    with database.writing() as connection:
        due.mark_places(connection, [thon], None)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(totals, "count_places", killed)
        with pytest.raises(KeyboardInterrupt):
            totals.recount()
    assert _marks() == 1
    assert totals.recount_due() == 1


def test_counting_again_gives_the_same_whatever_the_order_of_marks() -> None:
    cast = recognised.cast()
    recognised.reviewed(cast, recognised.opened(cast))
    _recount()

    def kept() -> set[tuple[int, ...]]:
        table = schema.place_totals
        with database.reading() as connection:
            rows = connection.execute(select(table).where(table.c.measure != Measure.COUNTED_US))
            return {tuple(row) for row in rows}

    first = kept()
    with database.writing() as connection:
        for number in (cast.at.west, cast.at.east, cast.at.west):
            due.mark_places(connection, [number], 2025)
    totals.recount()
    assert kept() == first
    # Places are counted many at a time; each counts what it counts alone.
    with database.reading() as connection:
        alone = {
            (number, year, measure, value)
            for number, year in {row[:2] for row in first}
            for measure, value in totals.counted_now(connection, number, year).items()
        }
    assert alone == first
    assert {number for number, *_ in alone} >= {cast.at.west, cast.at.east}


def test_a_new_day_and_a_new_year_have_places_counted_again_i16(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, thon = _flat()
    person("Trần Văn Đến", thon, date(2026, 1, 2))
    moment = [date(2025, 12, 1)]
    monkeypatch.setattr(clock, "today", lambda: moment[0])

    def at(day: date) -> None:
        moment[0] = day
        microseconds = (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400_000_000
        monkeypatch.setattr(clock, "now_us", lambda: microseconds)

    at(date(2025, 12, 1))
    _recount()
    assert totals.refresh() == 0
    at(date(2026, 1, 3))
    assert totals.refresh() > 0
    totals.recount()
    assert _ask(thon, 2026).totals[Measure.PEOPLE] == 1
    assert _ask(thon, 2025).totals[Measure.PEOPLE] == 0
    assert totals.refresh() == 0


# --- beside what was published ---------------------------------------------------------------------------


def test_a_published_ratio_and_change_are_explained_beside_the_counted_ones_i14() -> None:
    province, _, _ = _flat()
    about = About(place_id=province)
    with database.writing() as connection:
        figures.add(
            connection,
            [
                Figure("household", about, 2025, "year", "138068", "exact", "187624", "hộ",
                       published_ratio="73.58"),
                Figure("citizen", about, 2025, "year", "115071", "at-least", published_ratio="16.2",
                       published_change="0.64"),
                Figure("citizen", about, 2024, "year", "110000", "exact"),
            ],
        )  # fmt: skip
    lines = {one.counted.indicator: one for one in _ask(province, 2025).lines}
    household = lines["household"].published
    citizen = lines["citizen"].published
    assert household is not None
    assert household.explained is not None
    assert household.explained.verdict is Verdict.TRUNCATED
    assert household.ratio.percent == Decimal("73.59")
    assert citizen is not None
    assert citizen.explained is not None
    assert citizen.explained.verdict is Verdict.NO_DENOMINATOR
    assert citizen.explained.implied is not None
    assert citizen.explained.implied.likely == 710_315
    assert citizen.change is not None
    assert citizen.change.meant is Meant.NEITHER
    assert lines["clan"].published is None


def test_statistics_are_for_whoever_holds_a_role_at_above_or_below_the_place() -> None:
    province, commune, _ = _flat()
    other = place("Tỉnh khác")
    viewer = officer("can-bo", commune, "viewer")
    assert statistics.of_place(viewer, province).place.id == province
    with pytest.raises(NotAllowed):
        statistics.of_place(viewer, other)
    assert [one.id for one in statistics.beginnings(viewer)] == [province, commune]
    with pytest.raises(NotAllowed):
        statistics.of_place(_nobody(), commune)


def _nobody() -> Viewer | None:
    key = people.add_person("Không Vai", "khong-vai", PASSWORD).key
    return people.viewer(key)


@pytest.mark.parametrize(
    ("paths", "shared"),
    [
        ([], ""),
        (["/1/2/3/"], "/1/2/3/"),
        (["/1/2/3/", "/1/2/4/"], "/1/2/"),
        (["/1/2/", "/1/2/4/"], "/1/2/"),
        (["/1/2/", "/5/2/"], ""),
        (["/12/", "/1/"], ""),
    ],
)
def test_what_paths_have_in_common_is_the_smallest_unit_above_them(paths: list[str], shared: str) -> None:
    assert dated_places.common(paths) == shared
