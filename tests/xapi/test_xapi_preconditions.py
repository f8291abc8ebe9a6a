"""If-Match and If-None-Match: what they name, and what becomes of a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.faults import Refusal
from xapi.preconditions import PreconditionFailed, Preconditions, Tags, read

ONE, OTHER = "da39a3ee5e6b4b0d3255bfef95601890afd80709", "0" * 40


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("*", Tags(anything=True)),
        (" * ", Tags(anything=True)),
        (f'"{ONE}"', Tags(strong=frozenset({ONE}))),
        (f'W/"{ONE}"', Tags(weak=frozenset({ONE}))),
        (f'"{ONE}", W/"{OTHER}"', Tags(False, frozenset({ONE}), frozenset({OTHER}))),
        (f'"{ONE}","{OTHER}"', Tags(strong=frozenset({ONE, OTHER}))),
        (ONE, Tags(strong=frozenset({ONE}))),
        (f"{ONE}, {OTHER}", Tags(strong=frozenset({ONE, OTHER}))),
        ('"a,b", "*"', Tags(strong=frozenset({"a,b", "*"}))),
        (', "a",,"b" ,', Tags(strong=frozenset({"a", "b"}))),
        ('""', Tags(strong=frozenset({""}))),
        (f'"{ONE}-gzip"', Tags(strong=frozenset({ONE}))),
    ],
)
def test_a_header_is_a_star_or_a_list_of_tags(header: str, tags: Tags) -> None:
    assert read(header, None) == Preconditions(if_match=tags)
    assert read(None, header) == Preconditions(if_none_match=tags)


@pytest.mark.parametrize(
    "header", ["", " ", ",", '"', '"a', 'a"', '*, "a"', "**", 'w/"a"', '"a" "b"', '"a";q=1', "'a'", ", ,"]
)
def test_a_header_of_another_form_is_refused_by_its_name(header: str) -> None:
    for name, headers in (("If-Match", (header, None)), ("If-None-Match", (None, header))):
        with pytest.raises(Refusal) as caught:
            read(*headers)
        (fault,) = caught.value.faults
        assert (caught.value.status, fault.path, fault.rule) == (400, name, "entity-tags")


def goes_on(if_match: str | None, if_none_match: str | None, tag: str | None, reading: bool = False) -> bool:
    try:
        read(if_match, if_none_match).demand(tag, reading=reading)
    except PreconditionFailed as failed:
        refusal = failed
    else:
        return True
    assert refusal.status == 412
    assert [fault.rule for fault in refusal.faults] == ["precondition"]
    assert refusal.faults[0].path in ("If-Match", "If-None-Match")
    return False


@pytest.mark.parametrize(
    ("header", "of_one", "of_none"),
    [
        (None, True, True),
        ("*", True, False),
        (f'"{ONE}"', True, False),
        (f'"{OTHER}", "{ONE}"', True, False),
        (f'"{OTHER}"', False, False),
        # Strong comparison (RFC 9110 8.8.3.2).
        (f'W/"{ONE}"', False, False),
    ],
)
def test_if_match_lets_a_request_go_on_for_what_it_names(
    header: str | None, of_one: bool, of_none: bool
) -> None:
    for reading in (True, False):
        assert goes_on(header, None, ONE, reading) == of_one
        assert goes_on(header, None, None, reading) == of_none


@pytest.mark.parametrize(
    ("header", "of_one"),
    [(None, True), ("*", False), (f'"{ONE}"', False), (f'W/"{ONE}"', False), (f'"{OTHER}"', True)],
)
def test_if_none_match_lets_a_change_go_on_for_what_it_does_not_name(
    header: str | None, of_one: bool
) -> None:
    assert goes_on(None, header, ONE) == of_one
    assert goes_on(None, header, None)


def test_if_none_match_tells_a_reader_that_it_knows_the_document() -> None:
    known = read(None, f'W/"{ONE}"')
    known.demand(ONE, reading=True)
    assert known.is_known(ONE)
    assert not known.is_known(OTHER)
    assert not known.is_known(None)
    assert not read(f'"{ONE}"', None).is_known(ONE)


def test_both_headers_must_let_a_change_go_on() -> None:
    assert goes_on(f'"{ONE}"', f'"{OTHER}"', ONE)
    assert not goes_on(f'"{ONE}"', "*", ONE)
    assert not goes_on(f'"{OTHER}"', f'"{OTHER}"', ONE)


def test_only_stated_preconditions_count_as_stated() -> None:
    assert not read(None, None).stated
    assert read("*", None).stated
    assert read(None, "*").stated


@given(st.text(alphabet=st.characters(max_codepoint=255), max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        stated = read(text, text)
    except Refusal as refusal:
        found = refusal
    else:
        assert stated.stated
        return
    assert found.status == 400
    assert len(found.faults[0].got) <= 80


@given(
    st.lists(
        st.text(alphabet=st.characters(codec="latin-1", exclude_characters='" \x7f', min_codepoint=33)),
        min_size=1,
    )
)
def test_every_tag_that_is_sent_in_quotes_is_found(tags: list[str]) -> None:
    tags = ["".join(c for c in tag if c <= "~" or c >= "\x80") for tag in tags]
    header = ", ".join(f'"{tag}"' for tag in tags)
    for tag in tags:
        read(header, None).demand(tag.removesuffix("-gzip"))


def test_a_long_hostile_header_takes_time_linear_in_its_length() -> None:
    with pytest.raises(Refusal):
        read('"a"' + " " * 200_000 + "x", None)
    with pytest.raises(Refusal):
        read("W/" * 100_000, None)
