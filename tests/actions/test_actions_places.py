"""Loading places, finding them, and what became of them, on both databases; the traps of DOMAIN.md 7.2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from lms_tracker.actions import place_loading, places
from lms_tracker.actions.places import DateNeeded, PlacesRefused, Told
from lms_tracker.learning import place_files
from lms_tracker.learning.places import Fate, Level
from lms_tracker.store import database
from lms_tracker.store import places as stored
from tests.some_places import application_with_places, excerpt

BEFORE, SINCE = date(2024, 12, 31), date(2025, 7, 1)


def nothing(done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with application_with_places(request.param, tmp_path_factory.mktemp("places"), request) as app:
        yield app


def called(found: list[Told]) -> list[tuple[str, str, str]]:
    """(kind, name, province) of each."""
    return [(one.place.kind, one.place.name, one.above[0].name if one.above else "") for one in found]


def test_i13_all_units_are_loaded_once_however_often_they_are_loaded(app: Flask) -> None:
    with app.app_context():
        seen: list[tuple[int, int]] = []
        outcome = place_loading.load(None, lambda done, total: seen.append((done, total)))
        assert (outcome.added, outcome.changed, outcome.same) == (14_149, 0, 0)
        assert seen[-1][0] == seen[-1][1]
        again = place_loading.load(None, nothing)
        assert (again.added, again.changed, again.same) == (0, 0, 14_149)
        with database.reading() as connection:
            assert stored.count_of_each_level(connection, SINCE) == {1: 34, 3: 3_321}
            assert stored.count_of_each_level(connection, BEFORE) == {1: 63, 2: 696, 3: 10_035}
        # The commune names of DOMAIN.md 7.2 that are in seven provinces, told apart by these.
        found = places.find("xã Tân Tiến", limit=100)
        assert Counter(one.place.name for one in found)["Tân Tiến"] == 7
        assert len({one.above[0].name for one in found if one.place.name == "Tân Tiến"}) == 7


def test_a_load_that_breaks_off_leaves_nothing(app: Flask) -> None:
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        with pytest.raises(KeyboardInterrupt):
            place_loading.load(excerpt(), break_off)
        with database.reading() as connection:
            assert stored.national(connection) == []
        place_loading.load(excerpt(), nothing)
        assert places.find("go quao")


def test_a_newer_file_ends_a_unit_and_begins_another(app: Flask) -> None:
    with app.app_context():
        place_loading.load(excerpt(), nothing)
        newer = (
            "@places\t1\n@units\t2025-07-01\t-\n1\t91\ttinh\tAn Giang\n"
            "@units\t2025-07-01\t2026-12-31\n1\t31\tthanh-pho\tHải Phòng\n"
            "@units\t2027-01-01\t-\n1\t31\tthanh-pho\tHải Phòng Mới\n@moves\t2027-01-01\n31\t31\n"
        )
        outcome = place_loading.load(newer.encode(), nothing)
        assert (outcome.added, outcome.changed, outcome.same) == (1, 1, 1)
        assert places.show("31", date(2026, 12, 31)).told.place.name == "Hải Phòng"
        assert places.show("31", date(2027, 1, 1)).told.place.name == "Hải Phòng Mới"


def test_a_file_that_moves_a_known_unit_below_another_is_refused(app: Flask) -> None:
    with app.app_context():
        place_loading.load(excerpt(), nothing)
        moved = "@places\t1\n@units\t2025-07-01\t-\n1\t31\tthanh-pho\tHải Phòng\n3\t30952\txa\tGò Quao\n"
        with pytest.raises(PlacesRefused, match="30952"):
            place_loading.load(moved.encode(), nothing)


@pytest.mark.parametrize("typed", ["go quao", "Gò Quao", "GO  QUAO", "xã Gò Quao", "xa go quao", "quao"])
def test_go_quao_is_found_however_it_is_typed(loaded: Flask, typed: str) -> None:
    assert called(places.find(typed)) == [("xa", "Gò Quao", "An Giang")]


def test_cam_giang_and_cam_giang_are_never_confused(loaded: Flask) -> None:
    assert called(places.find("Cẩm Giang")) == [("xa", "Cẩm Giang", "Hải Phòng")]
    assert called(places.find("cẩm giàng")) == [("xa", "Cẩm Giàng", "Hải Phòng")]
    both = {("xa", "Cẩm Giang", "Hải Phòng"), ("xa", "Cẩm Giàng", "Hải Phòng")}
    assert set(called(places.find("cam giang"))) == both
    assert called(places.find("cam giàng")) == []


def test_tone_marks_of_either_style_and_decomposed_letters_find_the_same(loaded: Flask) -> None:
    for typed in ("Định Hòa", "Định Hoà", "Đi\u0323nh Ho\u0300a"):
        assert called(places.find(typed)) == [("xa", "Định Hòa", "An Giang")]


def test_names_that_begin_so_stand_before_names_with_a_later_word(loaded: Flask) -> None:
    found = [one.place.name for one in places.find("hòa hưng", level=Level.COMMUNE)]
    assert found[0] == "Hòa Hưng"
    assert "Vĩnh Hòa Hưng" in found


def test_i13_a_report_for_2024_uses_the_units_of_2024(loaded: Flask) -> None:
    before = places.find("go quao", BEFORE)
    assert called(before) == [("huyen", "Gò Quao", "Kiên Giang"), ("thi-tran", "Gò Quao", "Kiên Giang")]
    assert [unit.name for unit in before[1].above] == ["Kiên Giang", "Gò Quao"]
    with database.reading() as connection:
        (province,) = (unit for unit in stored.children(connection, None, BEFORE) if unit.code == "91")
        districts = stored.children(connection, province.id, BEFORE)
        assert {unit.level for unit in districts} == {Level.DISTRICT}
        assert stored.children(connection, province.id, SINCE) == []


def test_trap_1_a_province_code_without_a_date_is_asked_back(loaded: Flask) -> None:
    with pytest.raises(DateNeeded) as refused:
        places.show("91")
    assert [one.place.name for one in refused.value.meanings] == ["Kiên Giang", "An Giang"]
    assert places.show("91", BEFORE).told.place.name == "Kiên Giang"
    assert places.show("91", SINCE).told.place.name == "An Giang"
    # 89 was An Giang and is closed: nothing to ask.
    assert places.show("89").told.place.valid_to == date(2025, 6, 30)
    with pytest.raises(PlacesRefused):
        places.show("89", SINCE)


def test_trap_2_xa_go_quao_is_the_town_and_two_communes(loaded: Flask) -> None:
    found = places.show("30952", SINCE)
    assert {one.place.name for one in found.made_of} == {"Gò Quao", "Định An", "Vĩnh Phước B"}
    became = places.show("30952", BEFORE).became
    assert became.fate is Fate.ONE
    assert became.heirs[0].told.place == found.told.place


def test_trap_3_of_a_split_commune_all_heirs_are_named_and_none_is_chosen(loaded: Flask) -> None:
    # Phúc Điền went to two communes of Hải Phòng.
    found = places.show("10933", BEFORE)
    assert found.told.place.name == "Phúc Điền"
    assert found.became.fate is Fate.SPLIT
    assert len(found.became.heirs) == 2
    assert [heir.took_most for heir in found.became.heirs].count(True) == 1
    with database.reading() as connection:
        assert places.of_today(connection, found.told.place, SINCE) == found.became


def test_the_11_units_of_the_district_go_quao_became_4_communes(loaded: Flask) -> None:
    found = places.show("907", BEFORE)
    assert found.below == 11
    assert found.became.fate is Fate.SPLIT
    heirs = {heir.told.place.name for heir in found.became.heirs}
    assert heirs == {"Gò Quao", "Định Hòa", "Vĩnh Hòa Hưng", "Vĩnh Tuy"}


def test_an_island_district_without_communes_became_a_commune(loaded: Flask) -> None:
    became = places.show("318", BEFORE).became
    assert became.fate is Fate.ONE
    assert became.heirs[0].told.place.kind == "dac-khu"


def test_units_stand_in_vietnamese_order(loaded: Flask) -> None:
    with database.reading() as connection:
        provinces = [unit.name for unit in stored.children(connection, None, BEFORE)]
        hai_phong = stored.by_code(connection, "31", Level.PROVINCE, SINCE)
        assert hai_phong is not None
        communes = [unit.name for unit in stored.children(connection, hai_phong.id, SINCE)]
    assert provinces == ["An Giang", "Hải Dương", "Hải Phòng", "Kiên Giang"]
    assert communes.index("Cẩm Giang") < communes.index("Cẩm Giàng")
    places_of_d = [name for name in communes if name[0] in "DĐ"]
    assert places_of_d == sorted(places_of_d, key=lambda name: (name[0] == "Đ", communes.index(name)))
    assert communes.index("Ái Quốc") < communes.index("An Biên")


def test_only_below_a_unit_is_looked_when_one_is_named(loaded: Flask) -> None:
    assert called(places.find("tân", under="31", level=Level.COMMUNE))
    assert {province for _, _, province in called(places.find("tân", under="31", level=Level.COMMUNE))} == {
        "Hải Phòng"
    }
    with pytest.raises(PlacesRefused):
        places.find("tân", under="89")


@pytest.mark.parametrize("code", ["9", "", "1" * 1000, "9١", "-1", "30952 ", "abc", "\x00\x00"])
def test_what_is_no_code_is_refused(loaded: Flask, code: str) -> None:
    with pytest.raises(PlacesRefused):
        places.show(code, SINCE)


@pytest.mark.parametrize(
    "typed",
    ["%", "_", "'", "\x00", "\ud800", "\U0010ffff", "\ud7ff", "a" * 100_000, "\u0301" * 1000, " ", "(", "中"],
)
def test_whatever_is_typed_is_answered(loaded: Flask, typed: str) -> None:
    assert places.find(typed) == []


def test_the_shipped_file_is_what_is_loaded_by_default() -> None:
    assert place_files.digest(place_files.shipped()) == place_files.source().sha256
