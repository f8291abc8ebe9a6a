import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.reporting.numbers import (
    Bound,
    Kind,
    NotANumber,
    Number,
    of_cell,
    plain,
    read,
    write,
    write_bound,
)

WRITTEN = [
    ("1.681", Kind.COUNT, "1681", Bound.EXACT),
    ("1,681", Kind.COUNT, "1681", Bound.EXACT),
    ("1681", Kind.COUNT, "1681", Bound.EXACT),
    ("1 681", Kind.COUNT, "1681", Bound.EXACT),
    ("1\N{NO-BREAK SPACE}681", Kind.COUNT, "1681", Bound.EXACT),
    ("１.６８１", Kind.COUNT, "1681", Bound.EXACT),
    ("1.681", Kind.RATIO, "1.681", Bound.EXACT),
    ("138.068", Kind.COUNT, "138068", Bound.EXACT),
    ("138.068", Kind.RATIO, "138.068", Bound.EXACT),
    ("73,58", Kind.RATIO, "73.58", Bound.EXACT),
    ("73.58%", Kind.RATIO, "73.58", Bound.EXACT),
    ("73,58 %", Kind.RATIO, "73.58", Bound.EXACT),
    ("0,64 %", Kind.CHANGE, "0.64", Bound.EXACT),
    ("tăng 0,64%", Kind.CHANGE, "0.64", Bound.EXACT),
    ("giảm 1,2 điểm phần trăm", Kind.CHANGE, "-1.2", Bound.EXACT),
    ("-0,5", Kind.CHANGE, "-0.5", Bound.EXACT),
    ("trên 120", Kind.COUNT, "120", Bound.AT_LEAST),
    ("hơn 6.020", Kind.COUNT, "6020", Bound.AT_LEAST),
    ("120+", Kind.COUNT, "120", Bound.AT_LEAST),
    ("khoảng 23%", Kind.RATIO, "23", Bound.ABOUT),
    ("không quá 5", Kind.COUNT, "5", Bound.AT_MOST),
    ("≥ 80", Kind.RATIO, "80", Bound.AT_LEAST),
    ("1564", Kind.COUNT, "1564", Bound.EXACT),
    ("2,3 triệu", Kind.MONEY, "2300000", Bound.EXACT),
    ("1,5 tỷ đồng", Kind.MONEY, "1500000000", Bound.EXACT),
    ("1.234.567", None, "1234567", Bound.EXACT),
    ("1.234.567,8", None, "1234567.8", Bound.EXACT),
    ("1,234.5", None, "1234.5", Bound.EXACT),
    ("0.640", None, "0.64", Bound.EXACT),
    ("6.578 lượt", None, "6578", Bound.EXACT),
    ("1.5", None, "1.5", Bound.EXACT),
]


@pytest.mark.parametrize(("text", "kind", "value", "bound"), WRITTEN)
def test_numbers_are_read_as_people_write_them(text, kind, value, bound):
    found = read(text, kind)
    assert (found.value, found.bound) == (Decimal(value), bound)


@pytest.mark.parametrize(
    ("text", "kind", "readings"),
    [
        ("1.681", None, ("1681", "1.681")),
        ("1,681%", None, ("1681", "1.681")),
        ("1.681%", Kind.CHANGE, ("1681", "1.681")),
        ("1,500 triệu", Kind.MONEY, ("1500000000", "1500000")),
    ],
)
def test_a_text_that_can_be_read_in_two_ways_is_refused_with_both(text, kind, readings):
    with pytest.raises(NotANumber) as refused:
        read(text, kind)
    assert refused.value.rule == "number-ambiguous"
    assert refused.value.readings == tuple(map(Decimal, readings))


@pytest.mark.parametrize(
    ("text", "kind", "rule"),
    [
        ("", Kind.COUNT, "number-text"),
        ("1" * 101, Kind.COUNT, "number-text"),
        ("1" * 19, Kind.COUNT, "number-size"),
        ("999999999999999999 tỷ", Kind.MONEY, "number-size"),
        ("nhiều", Kind.COUNT, "number-digits"),
        ("1.23.456", Kind.COUNT, "number-parted"),
        ("1.681.5", Kind.COUNT, "number-parted"),
        ("12 34", Kind.COUNT, "number-parted"),
        ("1 681.000,5 6", Kind.COUNT, "number-parted"),
        ("73,58", Kind.COUNT, "number-whole"),
        ("98%", Kind.COUNT, "number-percent"),
        ("98 người", Kind.RATIO, "number-ratio"),
        ("-5", Kind.COUNT, "number-negative"),
        ("5 con mèo", Kind.COUNT, "number-words"),
        ("trên 120+", Kind.COUNT, "number-bounds"),
        ("1e5", Kind.COUNT, "number-words"),
        ("=1+1", Kind.COUNT, "number-digits"),
    ],
)
def test_what_is_no_number_is_refused_by_a_named_rule(text, kind, rule):
    with pytest.raises(NotANumber) as refused:
        read(text, kind)
    assert refused.value.rule == rule


def test_a_cell_that_holds_a_part_of_one_may_be_per_cent_shown_by_the_spreadsheet():
    with pytest.raises(NotANumber) as refused:
        of_cell(0.7358, Kind.RATIO)
    assert refused.value.readings == (Decimal("0.7358"), Decimal("73.58"))
    assert of_cell(1681.0, Kind.COUNT) == Number(Decimal(1681))
    assert of_cell(73.58, Kind.RATIO) == Number(Decimal("73.58"))
    for cell, rule in ((1.681, "number-whole"), (float("nan"), "number-size"), (1e300, "number-size")):
        with pytest.raises(NotANumber) as refused:
            of_cell(cell, Kind.COUNT)
        assert refused.value.rule == rule


WHOLE = st.integers(min_value=0, max_value=10**17).map(Decimal)
SHARES = st.decimals(min_value=0, max_value=999, places=4)


@given(value=WHOLE, language=st.sampled_from(["vi", "en"]), bound=st.sampled_from(Bound))
def test_a_count_that_was_written_is_read_as_the_same(value, language, bound):
    assert read(write_bound(Number(value, bound), language), Kind.COUNT) == Number(value, bound)


@given(value=SHARES, language=st.sampled_from(["vi", "en"]), bound=st.sampled_from(Bound))
def test_a_ratio_that_was_written_is_read_as_the_same(value, language, bound):
    assert read(f"{write_bound(Number(value, bound), language)}%", Kind.RATIO) == Number(
        plain(value), bound, "%"
    )


@given(text=st.text(max_size=120), kind=st.sampled_from([None, *Kind]))
def test_any_text_is_a_number_or_refused_by_a_rule(text, kind):
    with contextlib.suppress(NotANumber):
        assert read(text, kind).value.is_finite()


def test_what_is_written_is_never_rounded():
    assert write(Decimal("73.5"), "vi", 2) == "73,50"
    assert write(Decimal("-0.5"), "vi") == "-0,5"
    assert write(Decimal(138068), "vi") == "138.068"
    assert write(Decimal("138068.25"), "en") == "138,068.25"
    with pytest.raises(ValueError, match="more than 1"):
        write(Decimal("73.58"), "vi", 1)
