"""Which language of a map a reader is given (RFC 9110 12.5.4, RFC 4647 3.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.languages import Wishes, choose, wishes

TAGS = st.lists(
    st.sampled_from(["vi", "vi-VN", "en", "en-GB", "EN-us", "zh-Hant-TW", "fr"]), min_size=1, unique=True
)


@pytest.mark.parametrize(
    ("header", "wanted", "unwanted"),
    [
        (None, (), set()),
        ("", (), set()),
        ("vi", ("vi",), set()),
        ("da, en-gb;q=0.8, en;q=0.7", ("da", "en-gb", "en"), set()),
        ("en;q=0.7, vi;q=0.9,de", ("de", "vi", "en"), set()),
        ("vi-VN , * ; Q=0.1", ("vi-vn", "*"), set()),
        ("en;q=0, *", ("*",), {"en"}),
        ("en;q=0.000;x, vi;q=1.000", ("vi",), set()),
        ("en, en;q=0.5", ("en",), set()),
        ("tiếng Việt, en_US, ;q=1, en;q=2, en;q=-1, en;q=0.1234, fr;level=1, vi;q=.5", (), set()),
        ("a" * 9 + ",vi", ("vi",), set()),
        ("x" * 5_000 + ",vi", (), set()),
        (",".join(["de"] * 50) + ",vi", ("de",), set()),
    ],
)
def test_a_header_is_read_as_far_as_it_makes_sense(
    header: str | None, wanted: tuple[str, ...], unwanted: set[str]
) -> None:
    assert wishes(header) == Wishes(wanted, frozenset(unwanted))


@pytest.mark.parametrize(
    ("tags", "header", "expected"),
    [
        (["en-US", "en-GB"], "en-GB", "en-GB"),
        (["en-US", "EN-gb"], "en-gb", "EN-gb"),
        (["de", "vi"], None, "de"),
        (["de", "vi"], "fr", "de"),
        (["de", "vi"], "fr, *", "de"),
        (["vi-VN", "de"], "vi", "vi-VN"),
        (["de", "vi"], "vi-VN", "vi"),
        (["de", "zh-Hant", "zh"], "zh-Hant-TW", "zh-Hant"),
        (["de", "zh"], "zh-x-private", "zh"),
        (["de", "en-US"], "en-GB", "en-US"),
        (["de", "en-US"], "en-GB, de;q=0.1", "de"),
        (["en", "vi"], "en;q=0.2, vi;q=0.9", "vi"),
        (["en", "vi"], "en;q=0.2, *;q=0.9", "vi"),
        (["en-US", "vi"], "en;q=0", "vi"),
        (["en-US", "en-GB"], "en;q=0, en-GB;q=0.1", "en-GB"),
        (["en-US"], "en;q=0", "en-US"),
        (["en", "vi"], "*;q=0", "en"),
        (["english", "vi"], "en", "english"),
    ],
)
def test_the_most_suitable_entry_is_chosen(tags: list[str], header: str | None, expected: str) -> None:
    assert choose(tags, wishes(header)) == expected


@given(TAGS, st.text(max_size=60) | st.text("vienVNGB-,;q=01.*  ", max_size=60))
def test_one_is_chosen_whatever_the_header_says(tags: list[str], header: str) -> None:
    assert choose(tags, wishes(header)) in tags


@given(TAGS, st.sampled_from(["vi", "en", "zh-Hant", "fr", "*"]))
def test_what_is_unwanted_is_chosen_only_where_there_is_nothing_else(tags: list[str], unwanted: str) -> None:
    found = choose(tags, wishes(f"{unwanted};q=0"))
    falls = [tag for tag in tags if unwanted == "*" or f"{tag}-".lower().startswith(f"{unwanted.lower()}-")]
    assert found not in falls or len(falls) == len(tags)
