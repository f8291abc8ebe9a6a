"""The shipped places and the traps in them, DOMAIN.md 7.2; kinds; what somebody looks for."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import names, place_files, places
from lms_tracker.learning.place_files import PlaceFile, Unit
from lms_tracker.learning.places import (
    KINDS,
    LOCAL_KINDS,
    Fate,
    Level,
    fate,
    level_of_code,
    parse_kinds,
    sought,
)

LAST_DAY, FIRST_DAY = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def shipped() -> PlaceFile:
    return place_files.parse(place_files.shipped())


def units(shipped: PlaceFile, level: int, on: date) -> list[Unit]:
    return [u for u in shipped.units if u.level == level and places.holds(u.valid_from, u.valid_to, on)]


def became(shipped: PlaceFile, code: str) -> list[tuple[str, str, bool]]:
    """(code, name, split) of the units that took over the one that had this code on the last day."""
    return [
        (shipped.units[move.new].code, shipped.units[move.new].name, move.is_split)
        for move in shipped.moves
        if shipped.units[move.old].code == code
    ]


def test_i13_today_has_34_provinces_no_districts_and_3321_communes(shipped: PlaceFile) -> None:
    assert len(units(shipped, Level.PROVINCE, FIRST_DAY)) == 34
    assert units(shipped, Level.DISTRICT, FIRST_DAY) == []
    communes = units(shipped, Level.COMMUNE, FIRST_DAY)
    assert Counter(unit.kind for unit in communes) == {"xa": 2621, "phuong": 687, "dac-khu": 13}
    assert len({unit.code for unit in communes}) == 3321
    assert Counter(u.kind for u in units(shipped, Level.PROVINCE, FIRST_DAY)) == {"tinh": 28, "thanh-pho": 6}


def test_i13_before_there_were_63_provinces_696_districts_and_10035_communes(shipped: PlaceFile) -> None:
    assert Counter(u.kind for u in units(shipped, Level.PROVINCE, LAST_DAY)) == {"tinh": 57, "thanh-pho": 6}
    assert Counter(u.kind for u in units(shipped, Level.DISTRICT, LAST_DAY)) == {
        "huyen": 508, "thanh-pho-thuoc-tinh": 87, "thi-xa": 52, "quan": 49,
    }  # fmt: skip
    communes = units(shipped, Level.COMMUNE, LAST_DAY)
    assert Counter(unit.kind for unit in communes) == {"xa": 7692, "phuong": 1726, "thi-tran": 617}


def test_every_unit_stands_below_one_of_the_level_above_at_the_same_time(shipped: PlaceFile) -> None:
    for unit in shipped.units:
        above = shipped.units[unit.parent] if unit.parent is not None else None
        assert (above is None) == (unit.level == Level.PROVINCE)
        if above:
            assert (above.valid_from, above.valid_to) == (unit.valid_from, unit.valid_to)
            assert unit.level - above.level == (2 if unit.valid_from else 1)


def test_every_old_commune_and_province_went_somewhere_and_every_new_one_came_from_somewhere(
    shipped: PlaceFile,
) -> None:
    went = {move.old for move in shipped.moves}
    came = {move.new for move in shipped.moves}
    for index, unit in enumerate(shipped.units):
        if unit.level != Level.DISTRICT:
            assert index in (came if unit.valid_from else went), unit
    # Districts that had no communes became communes themselves.
    islands = [shipped.units[i].name for i in sorted(went) if shipped.units[i].level == Level.DISTRICT]
    assert islands == ["Bạch Long Vĩ", "Cồn Cỏ", "Hoàng Sa", "Lý Sơn", "Côn Đảo"]


def test_trap_1_seven_province_codes_name_another_province_and_29_are_closed(shipped: PlaceFile) -> None:
    before = {unit.code: unit.name for unit in units(shipped, Level.PROVINCE, LAST_DAY)}
    since = {unit.code: unit.name for unit in units(shipped, Level.PROVINCE, FIRST_DAY)}
    assert {code: (before[code], name) for code, name in since.items() if before[code] != name} == {
        "15": ("Yên Bái", "Lào Cai"),
        "24": ("Bắc Giang", "Bắc Ninh"),
        "44": ("Quảng Bình", "Quảng Trị"),
        "52": ("Bình Định", "Gia Lai"),
        "80": ("Long An", "Tây Ninh"),
        "82": ("Tiền Giang", "Đồng Tháp"),
        "91": ("Kiên Giang", "An Giang"),
    }
    assert len(before.keys() - since.keys()) == 29
    assert {"02", "84", "89"} <= before.keys() - since.keys()


def test_trap_2_a_commune_s_code_stays_while_the_commune_grows(shipped: PlaceFile) -> None:
    was, now = (
        next(u for u in units(shipped, Level.COMMUNE, on) if u.code == "30952")
        for on in (LAST_DAY, FIRST_DAY)
    )
    assert (was.kind, was.name, now.kind, now.name) == ("thi-tran", "Gò Quao", "xa", "Gò Quao")
    origins = {shipped.units[move.old].name for move in shipped.moves if shipped.units[move.new] is now}
    assert origins == {"Gò Quao", "Định An", "Vĩnh Phước B"}


def test_trap_3_471_old_communes_were_split_each_with_one_that_took_the_most(shipped: PlaceFile) -> None:
    split = defaultdict(list)
    whole = Counter(move.old for move in shipped.moves if not move.is_split)
    for move in shipped.moves:
        if move.is_split:
            split[move.old].append(move)
    assert len(split) == 471
    assert all(len(moves) > 1 and sum(m.is_default for m in moves) == 1 for moves in split.values())
    assert not split.keys() & whole.keys()
    assert set(whole.values()) == {1}
    # The new ones that took a part of an old one over.
    assert len({move.new for moves in split.values() for move in moves}) == 441


def test_trap_4_names_are_no_keys(shipped: PlaceFile) -> None:
    provinces: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    together: dict[tuple[int | None, str, str], set[str]] = defaultdict(set)
    for unit in units(shipped, Level.COMMUNE, FIRST_DAY):
        provinces[unit.kind, unit.name].add(unit.parent)
        together[unit.parent, unit.kind, names.folded(unit.name)].add(unit.name)
    assert sum(len(found) > 1 for found in provinces.values()) == 246
    assert len(provinces["xa", "Tân Tiến"]) == len(provinces["xa", "Tân Thành"]) == 7
    assert {frozenset(found) for found in together.values() if len(found) > 1} == {
        frozenset(pair)
        for pair in (
            ("Cẩm Giang", "Cẩm Giàng"), ("Ba Tơ", "Ba Tô"), ("Sơn Hà", "Sơn Hạ"), ("Tân Thành", "Tân Thạnh"),
            ("Văn Lang", "Văn Lăng"), ("Lộc Thành", "Lộc Thạnh"), ("Thanh An", "Thạnh An"),
        )
    }  # fmt: skip
    assert sum(len(found) > 1 for found in together.values()) == 8


def test_trap_5_names_are_composed_and_have_single_spaces_and_straight_apostrophes(
    shipped: PlaceFile,
) -> None:
    for unit in shipped.units:
        assert unit.name == " ".join(unit.name.split())
        assert names.spelled(unit.name) == names.spelled(names.spelled(unit.name))
        assert not set("’‘`´") & set(unit.name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("84", ("86", "Vĩnh Long", False)),  # Trà Vinh
        ("91", ("91", "An Giang", False)),  # Kiên Giang
        ("02", ("08", "Tuyên Quang", False)),  # Hà Giang
        ("46", ("46", "Huế", False)),
    ],
)
def test_the_provinces_of_the_seeds(shipped: PlaceFile, old: str, new: tuple[str, str, bool]) -> None:
    assert became(shipped, old) == [new]


def test_the_11_units_of_go_quao_became_4_communes(shipped: PlaceFile) -> None:
    district = next(i for i, unit in enumerate(shipped.units) if unit.name == "Gò Quao" and unit.level == 2)
    below = [i for i, unit in enumerate(shipped.units) if unit.parent == district]
    assert len(below) == 11
    found = {shipped.units[move.new].name for move in shipped.moves if move.old in below}
    assert found == {"Gò Quao", "Định Hòa", "Vĩnh Hòa Hưng", "Vĩnh Tuy"}


def test_the_file_is_the_one_its_source_tells_of() -> None:
    source = place_files.source()
    assert place_files.digest(place_files.shipped()) == source.sha256
    assert (source.package, source.version, source.licence) == ("vietnamadminunits", "1.0.4", "MIT")
    assert "Permission is hereby granted" in source.notice
    assert len(place_files.shipped()) < 1_000_000


def test_kinds_are_data_with_both_languages_and_a_level() -> None:
    assert {"thon", "ban", "ap", "khom", "buon", "to-dan-pho", "khu-pho"} <= {
        kind.code for kind in LOCAL_KINDS
    }
    assert all(kind.vi and kind.en for kind in KINDS.values())
    with pytest.raises(ValueError, match="level"):
        parse_kinds(b'{"kinds": [{"code": "x", "level": 5, "vi": "x", "en": "x"}]}')
    with pytest.raises(ValueError, match="one code"):
        parse_kinds(b'{"kinds": [%s, %s]}' % ((b'{"code": "x", "level": 4, "vi": "x", "en": "x"}',) * 2))


@pytest.mark.parametrize(
    ("typed", "folded", "spelled", "kinds"),
    [
        ("go quao", "go quao", None, None),
        ("Gò Quao", "go quao", "gò quao", None),
        ("xã Gò  Quao", "go quao", "gò quao", {"xa"}),
        ("THI TRAN go quao", "go quao", None, {"thi-tran"}),
        ("TP. Huế", "hue", "huế", {"thanh-pho", "thanh-pho-thuoc-tinh"}),
        ("P.1", "1", None, {"phuong"}),
        ("Tổ dân phố 5", "5", None, {"to-dan-pho"}),
    ],
)
def test_a_kind_before_a_name_is_taken_for_one(
    typed: str, folded: str, spelled: str | None, kinds: set[str] | None
) -> None:
    first = sought(typed)[0]
    assert (first.folded, first.spelled, first.kinds) == (folded, spelled, kinds and frozenset(kinds))
    assert sought(typed)[-1].kinds is None


@given(st.text(max_size=60))
def test_whatever_is_looked_for_is_read_in_at_most_two_ways(text: str) -> None:
    for way in sought(text):
        assert way.folded
        assert way.spelled != way.folded
    assert len(sought(text)) <= 2


def test_nothing_is_looked_for_in_an_empty_text() -> None:
    assert sought(" \u0301\u200b.") == []


@pytest.mark.parametrize(
    ("code", "level"),
    [("91", 1), ("914", 2), ("30952", 3), ("9", None), ("", None), ("٩١", None), ("91 ", None)],
)
def test_a_code_tells_its_level(code: str, level: int | None) -> None:
    assert level_of_code(code) == level


@pytest.mark.parametrize(
    ("ended", "moves", "expected"),
    [
        (False, [], Fate.STANDS), (True, [], Fate.ENDED), (True, [False], Fate.ONE),
        (True, [True, True], Fate.SPLIT), (True, [True], Fate.SPLIT), (True, [False, False], Fate.SPLIT),
    ],
)  # fmt: skip
def test_i13_a_unit_that_was_split_is_never_taken_for_one_of_its_parts(
    ended: bool, moves: list[bool], expected: Fate
) -> None:
    assert fate(ended, moves) is expected
