"""Which statements are the same (xAPI-Data 2.3.1), and that the same have one digest."""

from __future__ import annotations

import copy
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.statement_examples import AGENT, maximal, read, reference, small, with_sub_statement
from xapi import batches
from xapi.comparison import digest, same


def agree(a: Any, b: Any) -> bool:
    """Whether two are the same, after making sure that order and digest agree with that."""
    answer = same(a, b)
    assert same(b, a) is answer
    assert same(a, a)
    assert same(b, b)
    without = "timestamp" not in a or "timestamp" not in b
    assert (digest(a, without_timestamp=without) == digest(b, without_timestamp=without)) is answer
    return answer


BASES = {"alone": maximal("2.0.0"), "within": {**maximal("2.0.0"), **with_sub_statement("2.0.0")}}

IGNORED: list[tuple[str, Any]] = [
    ("id", ...),
    ("id", "11111111-1111-4111-8111-111111111111"),
    ("stored", "2030-01-01T00:00:00Z"),
    ("authority", {"mbox": "mailto:other@example.org"}),
    ("version", ...),
    ("timestamp", ...),
    ("timestamp", "2026-11-22T14:00:00.123456789Z"),
    ("timestamp", "2026-11-22T14:00:00.123456789000+00:00"),
    ("verb/display", {"en": "anything"}),
    ("verb/display", ...),
    ("object/definition", ...),
    ("object/definition/name", {"vi": "Tên khác"}),
    ("object/objectType", ...),
    ("context/contextActivities/grouping", {"id": "https://courses.example.org/c/1"}),
    ("context/contextActivities/parent/0/definition", ...),
    ("context/registration", "ec531277-b57b-4c15-8d91-d292c5b2b8f7"),
    ("context/language", "VI-vn"),
    ("context/instructor/objectType", ...),
    ("context/instructor/mbox", "mailto:bich@EXAMPLE.org"),
    ("context/statement/id", "E05AA883-ACAF-40AD-BF54-02C8CE485FB0"),
    ("context/extensions/https:~~example.org~ext~big", Decimal("1e400")),
    ("actor/member", "reversed"),
    ("context/team/member", "reversed"),
    ("context/contextGroups/0/group/member", "reversed"),
    ("result/duration", "PT1H30M0.259S"),
    ("result/score/raw", 7.0),
    ("result/extensions/https:~~example.org~ext~tries", 2.0),
    ("attachments/0/sha2", "672FA5FA658017F1B72D65036F13379C6AB05D4AB3B6664908D8ACF0B6A0C634"),
    ("attachments/0/contentType", "Application/PDF"),
]

DIFFERENT: list[tuple[str, Any]] = [
    ("timestamp", "2026-11-22T21:00:00.123456788+07:00"),
    ("actor/name", "Tổ 4"),
    ("actor/member/0/name", "Mai"),
    ("actor/member", ...),
    ("actor/account/name", "TO-3"),
    ("verb/id", "http://adlnet.gov/expapi/verbs/Answered"),
    ("object/id", "https://courses.example.org/tin-hoc/bài-2"),
    ("context/contextActivities/parent", []),
    ("context/contextActivities/other", [{"id": "https://courses.example.org/c/1"}]),
    ("context/instructor/mbox", "mailto:Bich@example.org"),
    ("context/platform", "moodle"),
    ("context/extensions", {}),
    ("context/extensions/https:~~example.org~ext~big", 10**400 + 1),
    ("context/statement", ...),
    ("context/contextAgents/0/relevantTypes", ...),
    ("result/duration", "PT90M0.25S"),
    ("result/duration", "PT1H30M0.26S"),
    ("result/score/raw", 7.5),
    ("result/success", False),
    ("result/completion", ...),
    ("result/response", "A"),
    ("result/extensions/https:~~example.org~ext~tries", True),
    ("result/extensions/https:~~example.org~ext~tries", "2"),
    ("result/extensions/https:~~example.org~ext~tries", [2]),
    ("attachments", ...),
    ("attachments/0/length", 1025),
    ("context", ...),
]


WITHIN = ("verb", "object", "context", "result")


def named(kind: list[tuple[str, Any]], *parts: str) -> list[Any]:
    """Those that begin with one of the parts (all without parts), each with a readable name."""
    return [
        pytest.param(path, value, id=f"{path}={str(value)[:30]}")
        for path, value in kind
        if not parts or path.split("/")[0] in parts
    ]


def changed(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(base)
    *way, last = [step.replace("~", "/") for step in path.split("/")]
    holder: Any = copied
    for step in way:
        holder = holder[int(step) if step.isdigit() else step]
    if value is ...:
        del holder[last]
    else:
        holder[last] = holder[last][::-1] if value == "reversed" else value
    return copied


@pytest.mark.parametrize(("path", "value"), named(IGNORED))
def test_i2_differences_that_an_lrs_may_cause_are_ignored(path: str, value: Any) -> None:
    base = maximal("2.0.0")
    other = changed(base, path, value)
    assert other != base or value in (7.0, 2.0) or isinstance(value, Decimal)
    assert agree(base, other)


@pytest.mark.parametrize(("path", "value"), named(DIFFERENT))
def test_i2_any_other_difference_makes_another_statement(path: str, value: Any) -> None:
    base = maximal("2.0.0")
    assert not agree(base, changed(base, path, value))


@pytest.mark.parametrize(("path", "value"), named(IGNORED, *WITHIN, "attachments"))
def test_i2_the_same_holds_within_a_sub_statement(path: str, value: Any) -> None:
    base = with_sub_statement("2.0.0")
    assert agree(base, {**base, "object": changed(base["object"], path, value)})


@pytest.mark.parametrize(("path", "value"), named(DIFFERENT, *WITHIN, "timestamp"))
def test_i2_another_sub_statement_makes_another_statement(path: str, value: Any) -> None:
    base = with_sub_statement("2.0.0")
    assert not agree(base, {**base, "object": changed(base["object"], path, value)})


def test_a_sub_statement_has_its_own_timestamp() -> None:
    base = with_sub_statement("1.0.3")
    utc = changed(base["object"], "timestamp", "2026-11-22T14:00:00.123456789Z")
    assert agree(base, {**base, "object": utc})
    assert not agree(base, {**base, "object": changed(base["object"], "timestamp", ...)})


@pytest.mark.parametrize("about", [dict(AGENT), {"id": "a:b"}, reference()])
def test_objects_of_different_kinds_are_different(about: dict[str, Any]) -> None:
    base = {**small(), "object": {"objectType": "Group", "mbox": AGENT["mbox"]}}
    assert not agree(base, {**base, "object": about})
    upper = {**reference(), "id": reference()["id"].upper()}
    assert agree({**small(), "object": reference()}, {**small(), "object": upper})


def test_the_digest_leaves_out_a_timestamp_only_when_told_to() -> None:
    a = {**small(), "timestamp": "2026-11-22T14:00:00Z"}
    b = {**small(), "timestamp": "2026-11-22T14:00:01Z"}
    assert digest(a, without_timestamp=False) != digest(b, without_timestamp=False)
    assert digest(a, without_timestamp=True) == digest(b, without_timestamp=True)
    assert digest(a, without_timestamp=True) == digest(small(), without_timestamp=False)
    assert len(digest(a, without_timestamp=False)) == 16


NUMBERS = ["0", "-0", "0.0", "1", "1.0", "1e0", "10e-1", "100", "1e2", "0.1", "0.10", "1e400", "10e399",
           "1" + "0" * 400, "1" + "0" * 399 + "1", "-1e400", "1e5000", "1" + "0" * 5000, "9007199254740993",
           "9007199254740992.0", "1e309", "1e23", "1" + "0" * 23, "123456789e20",
           "12345678900000000000000000000", "1" + "0" * 309, "1e300", "1" + "0" * 300,
           "1e9999999999999999999999"]  # fmt: skip


@pytest.mark.parametrize("a", NUMBERS)
def test_numbers_are_compared_by_value_however_great(a: str) -> None:
    def extended(number: str) -> dict[str, Any]:
        text = json.dumps(small())[:-1] + f',"result":{{"extensions":{{"a:b":[{number}]}}}}}}'
        return batches.read(text.encode(), version="1.0.3").statements[0].value

    for b in NUMBERS:
        equal = a == b if "9999999999" in a + b else Decimal(a) == Decimal(b)
        assert agree(extended(a), extended(b)) is equal, (a[:20], b[:20])


def test_a_number_is_not_the_text_that_shows_it() -> None:
    for text in ("1e400", "1E+400", "1"):
        number = json.loads(text, parse_float=Decimal)
        assert not same({"extensions": {"a": number}}, {"extensions": {"a": text}})


def test_a_received_statement_is_the_same_as_what_was_sent() -> None:
    for version in ("1.0.3", "2.0.0"):
        sent = maximal(version)
        assert agree(sent, read(sent, version).value)
        nested = with_sub_statement(version)
        assert agree(nested, json.loads(read(nested, version).text))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """Made so that equality in Python is equality in JSON: booleans are no numbers."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return ("boolean", value) if isinstance(value, bool) else value


@given(json_values, json_values, st.randoms())
@settings(max_examples=200, deadline=None)
def test_extensions_are_compared_by_value_and_not_by_the_order_of_keys(
    a: Any, b: Any, order: random.Random
) -> None:
    def extended(value: Any) -> dict[str, Any]:
        return {**small(), "result": {"extensions": {"a:b": value}}}

    assert agree(extended(a), extended(shuffled(a, order)))
    assert agree(extended(a), extended(b)) is (plain(a) == plain(b))


@given(st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_keys_never_matters(order: random.Random) -> None:
    for base in BASES.values():
        assert agree(base, shuffled(base, order))
