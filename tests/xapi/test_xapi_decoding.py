"""From bytes to statements: what is not JSON by the letter is refused, and told where."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.statement_examples import faults_of, found_in, maximal, read, small
from xapi import batches
from xapi.faults import MOST_FAULTS_OF_ONE, Refusal
from xapi.strict_json import DEEPEST, NotJson, decode, nesting

SMALL = json.dumps(small()).encode()


def with_extension(text: bytes) -> bytes:
    """A valid statement whose result holds `text` as the value of an extension."""
    return SMALL[:-1] + b', "result": {"extensions": {"https://example.org/e": ' + text + b"}}}"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "json"),
        (b" \n", "json"),
        (b"{", "json"),
        (b"[", "json"),
        (SMALL + b",", "json"),
        (SMALL + SMALL, "json"),
        (b"[" + SMALL + b" " + SMALL + b"]", "json"),
        (b"[" + SMALL + b",]", "json"),
        (b"{'actor': 1}", "json"),
        (with_extension(b"NaN"), "json"),
        (with_extension(b"-Infinity"), "json"),
        (with_extension(b"01"), "json"),
        (with_extension(b"1."), "json"),
        (with_extension(b"+1"), "json"),
        (with_extension(b'"\t"'), "json"),
        (with_extension(b'"\\x41"'), "json"),
        (with_extension(b'"\\ud800"'), "json-surrogate"),
        (with_extension(b'{"a": ["\\udc00 x"]}'), "json-surrogate"),
        (with_extension(b'"\xe0"'), "encoding-utf8"),
        (with_extension(b'"\xed\xa0\x80"'), "encoding-utf8"),
        (with_extension(b'"\xc0\x80"'), "encoding-utf8"),
        ("é".encode("latin-1"), "encoding-utf8"),
        (b"\xef\xbb\xbf" + SMALL, "encoding-bom"),
        (SMALL.decode().encode("utf-16"), "encoding-utf8"),
        (SMALL.decode().encode("utf-16-le"), "encoding-utf8"),
        (SMALL.decode().encode("utf-32-be"), "encoding-utf8"),
        (b"null", "type-object"),
        (b"true", "type-object"),
        (b"12", "type-object"),
        (b'"statement"', "type-object"),
        (b"nul", "json"),
        (b"[null]", "null-value"),
        (b"[[]]", "type-object"),
        (b"[1]", "type-object"),
        (b"{}", "required"),
    ],
)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_body_that_is_not_a_statement_in_strict_json_is_refused(
    body: bytes, rule: str, version: str
) -> None:
    assert rule in [fault.rule for fault in faults_of(body, version)]


@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b'{"id": "a", "id": "b"}', ""),
        (b'{"a": {"b": [0, {"c": 1, "c": 1}]}}', ".a.b[1].c"),
        (b'{"a":1,"\\u0061":1}', ".a"),
        (b'{"a" : 1, "a" : 1}', ".a"),
        (b'{"a":1,"b":"\\u003a","a":2}', ".a"),
        (b'{"x":1,"x":"\\u003A"}', ".x"),
        (b'{"a":"\\":","a":"x"}', ".a"),
        (b'{"a":"\\u0022:","a":"x"}', ".a"),
        (b'{"":1,"":1}', '[""]'),
        (b'{"a.b":1,"a.b":1}', '["a.b"]'),
    ],
)
def test_a_property_given_twice_is_refused_at_any_depth_and_spelling(
    text: bytes, path: str, as_array: bool
) -> None:
    body = with_extension(text)
    faults = faults_of(b"[" + SMALL + b"," + body + b"]" if as_array else body)
    where = 'result.extensions["https://example.org/e"]' + (path or ".id")
    assert [(fault.index, fault.path, fault.rule) for fault in faults] == [
        (1 if as_array else 0, where, "property-twice")
    ]


def test_the_top_level_of_a_statement_is_searched_for_repeated_properties_too() -> None:
    body = SMALL[:-1] + b', "actor": {"mbox": "mailto:b@example.org"}}'
    assert found_in(body) == [("actor", "property-twice")]


@pytest.mark.parametrize(
    "text",
    [
        b'"a : b"', b'"\\"x\\": \\"x\\":"', b'["\\u003a", ":", "\\u0022:", "\\\\:", "\\/:"]',
        b'{"a" :1,"b"\n:2}',
        b'{"a":{"a":{"a":1}}}', b'[{"a":1},{"a":1}]', b'{"a":1,"A":2}', b'{":":":"}', b'{"\\u003a":1}',
    ],
)  # fmt: skip
def test_colons_quotes_and_escapes_within_strings_are_not_taken_for_repetition(text: bytes) -> None:
    assert faults_of(with_extension(text)) == []
    assert faults_of(b"[" + SMALL + b"," + with_extension(text) + b"]") == []


keys = st.sampled_from(["a", ":", '"', "\\", "a:", "é", "\x00", "/"])
values = st.recursive(
    st.sampled_from(["", ":", '":', "\\", "x", '\\":']) | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(keys, inner), max_size=4).map(tuple),
    max_leaves=8,
)


def spelled(value: Any, choose: Any) -> str:
    """JSON text of a value in which tuples are objects of pairs, repetition included, in any spelling."""
    if isinstance(value, tuple):
        blank = choose(["", " ", "\n\t"])
        return "{" + ",".join(f"{spelled(k, choose)}{blank}:{spelled(v, choose)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(spelled(item, choose) for item in value) + "]"
    if isinstance(value, str) and choose([True, False]):
        return '"' + "".join(f"\\u{ord(letter):04x}" for letter in value) + '"'
    return json.dumps(value, ensure_ascii=choose([True, False]))


def repeats(value: Any) -> bool:
    if isinstance(value, tuple):
        names = [name for name, _ in value]
        return len(set(names)) < len(names) or any(repeats(item) for _, item in value)
    return isinstance(value, list) and any(map(repeats, value))


@given(values, st.data())
@settings(max_examples=300, deadline=None)
def test_repetition_is_found_exactly_when_it_is_there(value: Any, data: st.DataObject) -> None:
    text = spelled(value, lambda options: data.draw(st.sampled_from(options)))
    found = [fault.rule for fault in faults_of(b"[" + SMALL + b"," + with_extension(text.encode()) + b"]")]
    assert found == (["property-twice"] if repeats(value) else [])


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1" * 5000, "0.1e-400", "9" * 25, "1e9999999999999999999999"]
)
def test_i6_numbers_no_double_holds_are_valid_in_extensions_and_stay_as_they_came(number: str) -> None:
    body = with_extension(number.encode())
    for sent in (body, b"[" + SMALL + b", " + body + b"]"):
        assert batches.read(sent, version="1.0.3").statements[-1].text == body


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 5000, "1e9999999999999999999999"])
@pytest.mark.parametrize("name", ["raw", "min", "max", "scaled"])
def test_a_score_out_of_the_range_of_doubles_is_refused(name: str, number: str) -> None:
    body = SMALL[:-1] + f', "result": {{"score": {{"{name}": {number}}}}}}}'.encode()
    assert found_in(body) == [(f"result.score.{name}", "number-range")]


@pytest.mark.parametrize("depth", [10_000, 1_000, 400, DEEPEST + 1])
@pytest.mark.parametrize("shape", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_endless_nesting_is_refused(depth: int, shape: tuple[bytes, bytes]) -> None:
    middle = b"1" if shape[0].endswith(b":") else b""
    body = with_extension(shape[0] * depth + middle + shape[1] * depth)
    for sent, index in ((body, 0), (b"[" + SMALL + b"," + body + b"]", 1)):
        faults = faults_of(sent)
        assert [(fault.index, fault.rule) for fault in faults] == [(index, "nesting-depth")]


def test_nesting_without_an_end_is_refused() -> None:
    assert found_in(b"[" * 100_000) == [("", "nesting-depth")]
    assert found_in(b'{"a":' * 100_000) == [("", "nesting-depth")]


@pytest.mark.parametrize("depth", [DEEPEST + 1, 400, 10_000])
def test_endless_nesting_beside_a_number_no_double_holds_is_refused(depth: int) -> None:
    assert found_in(with_extension(b"[1e400," + b"[" * depth + b"]" * depth + b"]")) == [
        ("", "nesting-depth")
    ]


def test_256_levels_are_accepted_and_compared() -> None:
    inner = DEEPEST - 3
    received = read(json.loads(with_extension(b"[" * inner + b"]" * inner)))
    assert nesting(received.value) == DEEPEST


def test_json_errors_name_line_column_and_statement() -> None:
    body = b'[\n {"actor": 1},\n {"actor": tru}\n]'
    (fault,) = faults_of(body)
    assert fault.index == 1
    assert "line 3 column 12" in fault.message
    assert "tru" in fault.got


def test_wrong_bytes_are_named_with_their_place() -> None:
    (fault,) = faults_of(b'{"a": 1,\n "b": "\xff"}')
    assert fault.index in (None, 0)
    assert "0xff at offset 16, line 2" in fault.message


def test_too_many_statements_are_refused_before_they_are_read() -> None:
    for body in (b"[" + b",".join([b"1"] * 100_000) + b"]", b"[" + b",".join([SMALL] * 10_001) + b"]"):
        (fault,) = faults_of(body)
        assert (fault.index, fault.rule, fault.got) == (None, "too-many-statements", "more than 10000")


def test_an_array_of_millions_of_values_is_refused_in_little_memory() -> None:
    body = b"[" + b"0," * 2_000_000 + b"0]"
    tracemalloc.start()
    faults = found_in(body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert faults == [("", "too-many-statements")]
    assert most < 5 * len(body)


def test_many_wrong_keys_are_refused_without_looking_at_all_of_them() -> None:
    many = ",".join(f'"{n}":1' for n in range(200_000)).encode()
    started = time.process_time()
    for body in (with_extension(b"1")[:-3] + b"," + many + b"}}}", SMALL[:-1] + b"," + many + b"}"):
        assert len(faults_of(body)) == MOST_FAULTS_OF_ONE
    assert time.process_time() - started < 5


def test_what_is_told_of_a_refused_body_can_be_stored_and_sent() -> None:
    for body in (
        b"\x00\x01",
        b'{"a":\x00}',
        SMALL.decode().encode("utf-16"),
        b'{"\\u0000":1,"\\u0000":1}',
        b'{"\\ud800":{"a":1,"a":1}}',
        b"\xff\x00",
    ):
        for fault in faults_of(body):
            for text in (fault.path, fault.got, fault.message):
                assert text.isprintable()


def deep_siblings(item: bytes, last: bytes) -> bytes:
    """A statement with 20,000 items and a last one beneath 240 objects with long keys; only the slow way can
    tell whether a property is repeated."""
    key = b'{"' + b"k" * 80 + b'":'
    return with_extension(
        key * 240 + b'["\\u003a"' + (b"," + item) * 20_000 + b"," + last + b"]" + b"}" * 240
    )


def peak_and_seconds(body: bytes, rules: list[str]) -> tuple[int, float]:
    """The most bytes that reading a body took, and how long; it has to be refused by these rules."""
    tracemalloc.start()
    started = time.process_time()
    assert [fault.rule for fault in faults_of(body)] == rules
    took = time.process_time() - started
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, took


@pytest.mark.parametrize(
    ("item", "last", "rules"),
    [
        (b"[]", b"[]", []),
        (b"{}", b"{}", []),
        (b"[]", b'{"a":1,"a":1}', ["property-twice"]),
        (b"[]", b'"\\ud800"', ["json-surrogate"]),
        (b'"\\u003a"', b"[]", []),
    ],
)
def test_siblings_far_down_cost_no_path_each(item: bytes, last: bytes, rules: list[str]) -> None:
    most, took = peak_and_seconds(deep_siblings(item, last), rules)
    assert most < 20_000_000
    assert took < 5


def test_what_is_wrong_far_down_is_still_named_by_its_path() -> None:
    (fault,) = faults_of(deep_siblings(b"[]", b'[0,[{"x":{"b":1,"b":2}}]]'))
    assert fault.path.endswith("kkk" + '"][20001][1][0].x.b')
    assert fault.path.count("[") == 1 + 240 + 3


def test_an_array_is_refused_where_one_statement_is_expected() -> None:
    with pytest.raises(Refusal) as caught:
        batches.read(b"[" + SMALL + b"]", version="1.0.3", allow_array=False)
    assert [fault.rule for fault in caught.value.faults] == ["array-not-allowed"]


@given(st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes_are_refused_and_nothing_else_happens(body: bytes) -> None:
    for sent in (body, b"[" + body + b"]", b'{"actor":' + body + b"}"):
        is_empty_array = not sent.strip(b" \t\r\n[]")
        assert faults_of(sent, "2.0.0") or is_empty_array


names = st.sampled_from([*maximal("2.0.0"), "objectType", "mbox", "member"]) | st.text(max_size=5)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@given(json_values, st.sampled_from(sorted(maximal("2.0.0"))), st.sampled_from(["1.0.3", "2.0.0"]))
@settings(max_examples=300, deadline=None)
def test_arbitrary_json_is_refused_or_accepted_and_nothing_else_happens(
    value: Any, name: str, version: str
) -> None:
    faults_of(value, version)
    faults_of([value], version)
    faults_of({**maximal(version), name: value}, version)


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_the_strict_reader_reads_what_the_standard_library_writes(value: Any) -> None:
    text = json.dumps(value)
    if read_or_none(text) is not None or value is None:
        assert decode(text.encode()) == json.loads(text)


def read_or_none(text: str) -> Any:
    """The value, or None for a text that holds half a surrogate pair, which hypothesis likes to draw."""
    try:
        return decode(text.encode())
    except NotJson as problem:
        if problem.rule == "json-surrogate":
            return None
        raise
