"""What names a document, and how two JSON Objects become one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import documents, keys
from xapi.actors import identify
from xapi.documents import Asked, Context, Guard, Kind, Names
from xapi.faults import Refusal

LAN = '{"mbox":"mailto:lan@example.vn"}'
LAN_KEY = identify(json.loads(LAN)).key
COURSE = "https://hoc.example.vn/khoa/tin-hoc"
COURSE_KEY = keys.activity_key(COURSE)
REGISTRATION = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
REGISTRATION_KEY = bytes.fromhex(REGISTRATION.replace("-", ""))
NOON = "2026-11-22T12:00:00.0000005Z"

STATE = {"activityId": COURSE, "agent": LAN}
IDS = {Kind.STATE: "stateId", Kind.ACTIVITY_PROFILE: "profileId", Kind.AGENT_PROFILE: "profileId"}
CONTEXTS = {
    Kind.STATE: STATE,
    Kind.ACTIVITY_PROFILE: {"activityId": COURSE},
    Kind.AGENT_PROFILE: {"agent": LAN},
}


def ask(kind: Kind, **given: str) -> Asked:
    return documents.read(kind, given.items(), "1.0.3", Names.ONE_OR_ALL_SINCE)


def refused(kind: Kind, names: Names, *given: tuple[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        documents.read(kind, given, "1.0.3", names)
    assert caught.value.status == 400
    assert all(fault.index is None and fault.message and fault.clause for fault in caught.value.faults)
    return [(fault.path, fault.rule) for fault in caught.value.faults]


# --- parameters ------------------------------------------------------------------------------------------


def test_each_kind_belongs_to_what_its_parameters_name() -> None:
    state = Context(Kind.STATE, LAN_KEY, COURSE_KEY, b"")
    assert ask(Kind.STATE, stateId="a", **STATE) == Asked(state, "a", None)
    assert ask(Kind.STATE, stateId="a", registration=REGISTRATION.upper(), **STATE).context == Context(
        Kind.STATE, LAN_KEY, COURSE_KEY, REGISTRATION_KEY
    )
    of_activity = Context(Kind.ACTIVITY_PROFILE, b"", COURSE_KEY, b"")
    assert ask(Kind.ACTIVITY_PROFILE, activityId=COURSE) == Asked(of_activity, None, None)
    of_agent = Context(Kind.AGENT_PROFILE, LAN_KEY, b"", b"")
    assert ask(Kind.AGENT_PROFILE, agent=LAN, since=NOON) == Asked(of_agent, None, 1_795_348_800_000_000_500)


def test_agents_are_the_same_by_their_identifier_whatever_else_they_say() -> None:
    named = '{"name":"Lan","objectType":"Agent","mbox":"mailto:lan@EXAMPLE.vn"}'
    assert ask(Kind.AGENT_PROFILE, agent=named) == ask(Kind.AGENT_PROFILE, agent=LAN)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("names", Names)
def test_what_is_needed_is_asked_for_by_name(kind: Kind, names: Names) -> None:
    needed = [*CONTEXTS[kind], *([IDS[kind]] if names is Names.ONE else [])]
    assert refused(kind, names) == [(name, "parameter-required") for name in needed]


@pytest.mark.parametrize("kind", Kind)
def test_since_stands_only_where_ids_are_asked_for(kind: Kind) -> None:
    context, since = CONTEXTS[kind].items(), ("since", NOON)
    for names in (Names.ONE, Names.ONE_OR_ALL):
        one = (IDS[kind], "a")
        assert refused(kind, names, *context, one, since) == [("since", "parameter-unknown")]
    both = refused(kind, Names.ONE_OR_ALL_SINCE, *context, (IDS[kind], "a"), since)
    assert both == [("since", "parameter-combination")]


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        (Kind.STATE, ("profileId", "a"), ("profileId", "parameter-unknown")),
        (Kind.STATE, ("stateid", "a"), ("stateid", "parameter-case")),
        (Kind.STATE, ("activityId", COURSE), ("activityId", "parameter-twice")),
        (Kind.STATE, ("registration", "true"), ("registration", "uuid")),
        (Kind.STATE, ("since", "gần đây"), ("since", "timestamp")),
        (Kind.STATE, ("stateId", "a\x00b"), ("stateId", "document-id")),
        (Kind.STATE, ("stateId", "\ud800"), ("stateId", "document-id")),
        (Kind.STATE, ("stateId", "a" * 65_537), ("stateId", "document-id")),
        (Kind.ACTIVITY_PROFILE, ("agent", LAN), ("agent", "parameter-unknown")),
        (Kind.ACTIVITY_PROFILE, ("registration", REGISTRATION), ("registration", "parameter-unknown")),
        (Kind.AGENT_PROFILE, ("activityId", COURSE), ("activityId", "parameter-unknown")),
        (Kind.AGENT_PROFILE, ("Agent", LAN), ("Agent", "parameter-case")),
    ],
)
def test_a_wrong_parameter_is_refused_by_its_name(
    kind: Kind, given: tuple[str, str], found: tuple[str, str]
) -> None:
    context = CONTEXTS[kind].items()
    assert refused(kind, Names.ONE_OR_ALL_SINCE, *context, given) == [found]


@pytest.mark.parametrize(
    ("agent", "path"),
    [
        ("not JSON", "agent"),
        ("true", "agent"),
        ("{}", "agent"),
        ('{"mbox":"lan"}', "agent.mbox"),
        ('{"objectType":"Group","mbox":"mailto:lop@example.vn"}', "agent.objectType"),
    ],
)
def test_the_agent_is_an_agent_and_no_group(agent: str, path: str) -> None:
    assert [found for found, _ in refused(Kind.AGENT_PROFILE, Names.ONE_OR_ALL, ("agent", agent))] == [path]


def test_ids_are_any_text_and_hashed_apart() -> None:
    names = ["", "a", "A", "bài 1", "a/b?c=d&e", " ", "x" * 65_536]
    assert [ask(Kind.STATE, stateId=name, **STATE).name for name in names] == names
    assert len({keys.document_key(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("kind", "version", "named", "guard"),
    [
        (Kind.STATE, "1.0.3", "1.0.3", Guard.NEVER),
        (Kind.STATE, "1.0.3", "1.0.1", Guard.NEVER),
        (Kind.STATE, "2.0.0", "2.0", Guard.WHERE_ONE_STANDS),
        (Kind.ACTIVITY_PROFILE, "1.0.3", "1.0.3", Guard.ALWAYS),
        (Kind.ACTIVITY_PROFILE, "1.0.3", "1.0.1", Guard.WHERE_ONE_STANDS),
        (Kind.AGENT_PROFILE, "1.0.3", "1.0.3", Guard.ALWAYS),
        (Kind.AGENT_PROFILE, "2.0.0", "2.0.0", Guard.WHERE_ONE_STANDS),
    ],
)
def test_what_a_put_has_to_say_depends_on_its_resource_and_version(
    kind: Kind, version: str, named: str, guard: Guard
) -> None:
    assert documents.guard(kind, version, named) == guard


@pytest.mark.parametrize(
    ("guard", "there", "status"),
    [
        (Guard.NEVER, True, None),
        (Guard.WHERE_ONE_STANDS, True, 409),
        (Guard.WHERE_ONE_STANDS, False, None),
        (Guard.ALWAYS, True, 409),
        (Guard.ALWAYS, False, 400),
    ],
)
def test_who_says_too_little_is_refused(guard: Guard, there: bool, status: int | None) -> None:
    documents.demand_guarded(guard, stated=True, there=there)
    if status is None:
        documents.demand_guarded(guard, stated=False, there=there)
        return
    with pytest.raises(Refusal) as caught:
        documents.demand_guarded(guard, stated=False, there=there)
    (fault,) = caught.value.faults
    assert (caught.value.status, fault.path, fault.rule) == (status, "If-Match", "precondition-needed")


# --- contents --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (None, "application/octet-stream"),
        ("", "application/octet-stream"),
        ("not/json", "not/json"),
        ("Application/JSON ; charset=UTF-8", "Application/JSON ; charset=UTF-8"),
        ("text/x; title=r\xe9sum\xe9", "text/x; title=r\xe9sum\xe9"),
    ],
)
def test_a_content_type_is_kept_as_it_came(text: str | None, kept: str) -> None:
    assert documents.read_type(text) == kept


@pytest.mark.parametrize("text", ["a/b\r\nX: y", "a/b\x00", "văn/bản", "\x85", "a" * 1_001])
def test_a_content_type_that_no_header_can_hold_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        documents.read_type(text)
    assert caught.value.faults[0].rule == "document-type"


@pytest.mark.parametrize(
    ("content_type", "says_so"),
    [
        ("application/json", True),
        ("APPLICATION/JSON;charset=utf-8", True),
        (" application/json ;x", True),
        ("application/json5", False),
        ("application/ld+json", False),
        ("text/plain", False),
    ],
)
def test_json_is_told_by_its_type_alone(content_type: str, says_so: bool) -> None:
    assert documents.is_json(content_type) == says_so


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), JSON, max_size=5)


def encoded(value: object) -> bytes:
    # Halves of surrogate pairs are no text; hypothesis makes none.
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


@given(OBJECTS, OBJECTS)
def test_a_merge_sets_the_properties_of_the_top_and_leaves_the_others(
    existing: dict[str, object], posted: dict[str, object]
) -> None:
    merged = documents.merge(encoded(existing), encoded(posted))
    assert json.loads(merged) == {**existing, **posted}


def test_a_merge_replaces_inner_objects_whole() -> None:
    merged = documents.merge(b'{"car":{"make":"Ford","model":"T"},"x":1}', b'{"car":{"make":"Dodge"}}')
    assert json.loads(merged) == {"car": {"make": "Dodge"}, "x": 1}


def test_a_merge_rewrites_no_value() -> None:
    exact = b"123456789012345678901234567890.10e-400"
    merged = documents.merge(b'{"a": ' + exact + b"}", b'{"b":[1.00, 1E5]}')
    assert merged == b'{"a":' + exact + b',"b":[1.00, 1E5]}'


NOT_OBJECTS = [b"", b" ", b"[]", b'"a"', b"1", b"null", b"true"]
NOT_JSON = [
    b"{", b"{}x", b"{'a':1}", b'{"a":01}', b'{"a":NaN}', b'{"a":"\x01"}', b'{"a":"\\x"}', b'{"a":1,}',
    b"abcdefg", b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b'\xef\xbb\xbf{"a":1}', b'{"a":"\\ud800"}',
    '{"a":1}'.encode("utf-16"), b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("body", NOT_OBJECTS + NOT_JSON, ids=range(len(NOT_OBJECTS + NOT_JSON)))
def test_what_is_no_json_object_is_not_merged_on_either_side(body: bytes) -> None:
    for refused_call in (
        lambda: documents.merge(body, b"{}"),
        lambda: documents.merge(b"{}", body),
        lambda: documents.demand_object(body),
    ):
        with pytest.raises(Refusal) as caught:
            refused_call()
        (fault,) = caught.value.faults
        assert caught.value.status == 400
        assert len(fault.got) <= 80


@pytest.mark.parametrize("body", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_no_json_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(Refusal):
        documents.demand_json(body)


@pytest.mark.parametrize("body", [b"[]", b'"a"', b" 1 ", b"null", b'{"a":1e999}', '["bài"]'.encode()])
def test_a_document_that_is_not_merged_may_be_any_json(body: bytes) -> None:
    documents.demand_json(body)


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_refused(body: bytes) -> None:
    try:
        documents.demand_json(body)
    except Refusal:
        return
    json.loads(body)


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_a_document_without_anything_is_told_to_be_empty(body: bytes) -> None:
    for demand in (documents.demand_json, documents.demand_object):
        with pytest.raises(Refusal) as refusal:
            demand(body)
        (fault,) = refusal.value.faults
        assert (fault.rule, fault.got) == ("json", "an empty body")
        assert "it is empty" in fault.message


@pytest.mark.parametrize(
    "text",
    [
        r"\ud800",
        r"\udc00x",
        r"\uD800x",
        r"\ud83d\ude00\udfff",
        r"\\\ud800",
        r"\ud800\u0041",
        r"\ud800\\udc00",
    ],
)
def test_half_of_a_surrogate_pair_is_told_as_such(text: str) -> None:
    for body in (f'"{text}"', f'{{"a": "{text}"}}', f'{{"{text}": 1}}'):
        with pytest.raises(Refusal) as refusal:
            documents.demand_json(body.encode())
        assert [fault.rule for fault in refusal.value.faults] == ["json-surrogate"]


@pytest.mark.parametrize("text", ['"\\\\ud800', '{"a": "\\ud83d\\ude00"', '["\\\\" * 2'])
def test_what_is_cut_off_is_still_told_so(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        documents.demand_json(text.encode())
    assert [fault.rule for fault in refusal.value.faults] == ["json"]
