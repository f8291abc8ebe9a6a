"""Names as they are compared, found and ordered; the spelling variants of DOMAIN.md 7.2."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.names import (
    ALPHABET,
    KEY_LENGTH,
    TONES,
    folded,
    has_marks,
    person_sort_key,
    sort_key,
    spelled,
)

SYLLABLES = ("a", "ă", "â", "an", "anh", "bình", "đa", "d", "go", "gò", "hòa", "hoà", "quý", "thuỷ", "thủy")
names = st.lists(st.sampled_from(SYLLABLES), max_size=4).map(" ".join)
anything = st.text(max_size=40)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Gò Quao", "go quao"),
        ("  GÒ   QUAO ", "go quao"),
        ("Đắk Lắk", "dak lak"),
        ("Ia H’Drai", "ia hdrai"),
        ("Ia H'Drai", "ia hdrai"),
        ("Phan Rang-Tháp Chàm", "phan rang thap cham"),
        ("Thủ Đức\u200b", "thu duc"),
        ("Ngư\u031b\u0309i", "ngui"),
        ("İ", "i"),
        ("a\x00b", "ab"),
    ],
)
def test_a_loose_search_knows_neither_marks_nor_case(typed: str, found: str) -> None:
    assert folded(typed) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("Thuỷ Nguyên", "THỦY NGUYÊN"),
        ("Khoẻ", "Khỏe"),
        ("Qúy", "Quý"),
        ("Gìơ", "Giờ"),
        ("Uỷ", "Ủy"),
        ("Cẩm  Giàng", unicodedata.normalize("NFD", "cẩm giàng")),
    ],
)
def test_styles_of_tone_marks_are_one(one: str, other: str) -> None:
    assert spelled(one) == spelled(other)
    assert sort_key(one) == sort_key(other)


@pytest.mark.parametrize(
    "name",
    [
        "hòa", "thủy", "quý", "quà", "giàng", "gì", "giờ", "nghĩa", "mía", "hoàn", "toàn", "khuỷu", "ngoằn",
        "người", "rượu", "thuở", "quyết", "xoài", "huế", "uể oải", "đắk lắk", "café", "yên", "ý", "mỹ", "của",
    ],
)  # fmt: skip
def test_a_name_in_the_older_style_stays_as_it_is(name: str) -> None:
    assert spelled(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("Cẩm Giang", "Cẩm Giàng"), ("Ba Tơ", "Ba Tô"), ("Sơn Hà", "Sơn Hạ"), ("Văn Lang", "Văn Lăng"),
     ("Tân Thành", "Tân Thạnh"), ("Thanh An", "Thạnh An"), ("Lộc Thành", "Lộc Thạnh"), ("Đa", "Da")],
)  # fmt: skip
def test_names_that_differ_in_marks_alone_are_others_yet_found_together(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert spelled(one) != spelled(other)
    assert sort_key(one) != sort_key(other)


def test_typed_without_marks_is_known() -> None:
    assert not has_marks("Go  Quao")
    assert has_marks("go quáo")
    assert has_marks("đa")


ORDER = (
    "1", "2", "10", "a", "à", "ả", "ã", "á", "ạ", "ai", "an", "Án", "An Bình", "ă", "â", "b", "c", "d",
    "Dương", "đ", "đa", "e", "ê", "f", "g", "h", "hóa", "hoàn", "i", "j", "k", "l", "m", "n", "o", "ô", "ơ",
    "p", "q", "r", "s", "t", "Thôn", "Thôn 2", "Thôn 10", "Thôn An", "u", "ư", "v", "w", "x", "y", "z", "中",
)  # fmt: skip


def test_names_stand_in_the_order_of_dictionaries() -> None:
    # "an" before "án" although "an bình" begins with "an": a syllable's tone decides before the next one.
    expected = list(ORDER)
    expected[expected.index("Án") : expected.index("ă")] = ["An Bình", "Án"]
    for shuffled in (sorted(expected), sorted(expected, reverse=True)):
        assert sorted(shuffled, key=sort_key) == expected


def test_the_alphabet_is_that_of_dictionaries() -> None:
    assert [letter for letter in ALPHABET if letter not in "fjwz"] == list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
    keys = [sort_key(unicodedata.normalize("NFC", f"a{tone}")) for tone in ("", *TONES)]
    assert keys == sorted(set(keys))


def test_people_stand_by_given_name_then_middle_then_family_name() -> None:
    people = [
        "Trần Văn An",
        "Lê Thị Ân",
        "Nguyễn Thị Bình",
        "Phạm Thị Bình",
        "Nguyễn Văn Bình",
        "Nguyễn Văn Bình (ấp 2)",
        "Hùng",
        "Nguyễn Hùng",
        "Lê Văn Hùng",
    ]
    upside_down = people[::-1]
    assert sorted(upside_down, key=person_sort_key) == people


@given(anything)
def test_what_was_folded_or_spelled_stays_so(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert spelled(spelled(text)) == spelled(text)


@given(anything)
def test_composed_and_decomposed_are_one(text: str) -> None:
    for way in (folded, spelled, sort_key, person_sort_key):
        assert way(unicodedata.normalize("NFD", text)) == way(unicodedata.normalize("NFC", text))


@given(anything)
def test_a_key_is_of_digits_alone_and_short_enough_for_an_index(text: str) -> None:
    for way in (sort_key, person_sort_key):
        key = way(text * 20)
        assert len(key) <= KEY_LENGTH
        assert not set(key) - set("0123456789")


@given(anything)
def test_nothing_that_a_database_refuses_is_left(text: str) -> None:
    for way in (folded, spelled):
        assert "\x00" not in way(text)
        way(text).encode()


@given(names, names, names)
def test_a_name_stands_before_what_it_begins(first: str, second: str, third: str) -> None:
    assert sort_key(first) <= sort_key(f"{first} {second}")
    if sort_key(second) < sort_key(third):
        assert sort_key(f"{first} {second}") < sort_key(f"{first} {third}")


@given(st.lists(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxy"), min_size=1, max_size=3))
def test_letters_decide_before_tones(letters: list[str]) -> None:
    plain = "".join(letters)
    for longer, tone in itertools.product((plain + "a", plain + "y"), TONES):
        assert sort_key(plain.replace("a", f"a{tone}")) < sort_key(longer)


@given(anything)
def test_the_order_is_blind_to_case_of_vietnamese_letters(text: str) -> None:
    vietnamese = "".join(letter for letter in text.lower() if letter in ALPHABET)
    assert sort_key(vietnamese) == sort_key(vietnamese.upper())


def test_long_and_odd_texts_cost_no_more_than_their_length() -> None:
    for text in (
        "a" * 100_000,
        "1" * 100_000,
        "\u0301" * 100_000,
        "(" * 100_000,
        " " * 100_000,
        "ạ " * 50_000,
    ):
        assert len(sort_key(text)) <= KEY_LENGTH
        assert len(person_sort_key(text)) <= KEY_LENGTH
        assert len(folded(text)) <= len(text)
        spelled(text)
