"""What is said of a criteria set that somebody wrote: all that is wrong and where, and else nothing."""

import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import parse, shipped_texts
from lms_tracker.learning.recognition import criteria_check
from lms_tracker.learning.recognition.criteria_texts import EXPECTED

TEXTS = {parse(text).id: text.decode() for text in shipped_texts()}
CITIZEN, COMMUNE, HOUSEHOLD, UNIT = (
    TEXTS[code] for code in ("citizen-324-2023", "commune-25-2023", "household-387-2022", "unit-24-2023")
)


def findings(text: str | bytes) -> list[tuple[str, str]]:
    checked = criteria_check.check(text.encode() if isinstance(text, str) else text)
    assert (checked.criteria is None) == bool(checked.findings)
    return [(one.where, one.rule) for one in checked.findings]


def changed(text: str, change) -> list[tuple[str, str]]:
    data = json.loads(text)
    change(data)
    return findings(json.dumps(data))


def put(*path):
    """A change that puts the last of these at the path of the others."""
    *way, name, value = path

    def change(data):
        for step in way:
            data = data[step]
        data[name] = value

    return change


FIGURE = {"value": 10, "status": "draft", "source": {"told": {"vi": "a", "en": "a"}}}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_shipped_sets_pass_and_come_back_as_they_were_written(text):
    checked = criteria_check.check(text.encode())
    assert checked.findings == ()
    assert parse(msgspec.json.encode(checked.criteria)) == checked.criteria == parse(checked.text)


@pytest.mark.parametrize(
    ("text", "change", "where", "rule"),
    [
        # Sums and thresholds.
        (CITIZEN, put("total", FIGURE | {"value": 90}), "total.value", "sum"),
        (CITIZEN, put("thresholds", "total", "value", 101), "thresholds.total.value", "total-in-reach"),
        (CITIZEN, put("thresholds", "each", "value", 11), "thresholds.each.value", "each-in-reach"),
        (CITIZEN, put("thresholds", "total", "value", 0), "thresholds.total.value", "total-says-something"),
        (
            CITIZEN,
            put("thresholds", "exceptions", 0, "total", "value", 85),
            "thresholds.exceptions[0].total.value",
            "milder",
        ),
        (
            CITIZEN,
            put("thresholds", "exceptions", 0, "each", "value", 6),
            "thresholds.exceptions[0].each.value",
            "milder",
        ),
        (
            CITIZEN,
            put("thresholds", "exceptions", 0, "area", "dificult"),
            "thresholds.exceptions[0].area",
            "one-of-meant",
        ),
        (CITIZEN, put("most_points", "value", 0), "most_points.value", "positive"),
        (CITIZEN, put("most_points", "value", -1), "most_points.value", "number"),
        (CITIZEN, put("most_points", "value", 10.0), "most_points.value", "number"),
        (CITIZEN, put("most_points", "value", True), "most_points.value", "number"),
        # Indicators and groups.
        (CITIZEN, put("indicators", 1, "number", 1), "indicators[1].number", "unique"),
        (CITIZEN, put("indicators", 0, "competency", "Z"), "indicators[0].competency", "known"),
        (CITIZEN, put("groups", 1, "code", "residents"), "groups[1].code", "unique"),
        (
            CITIZEN,
            put(
                "groups",
                0,
                "indicators",
                [{"number": 1, "competency": "A", "title": {"vi": "a", "en": "a"}}],
            ),
            "groups[0].indicators",
            "same-numbers",
        ),
        # Proposals.
        (
            CITIZEN,
            put("proposal", "rules", 1, "indicators", [1]),
            "proposal.rules[1].indicators[0]",
            "one-rule",
        ),
        (
            CITIZEN,
            put("proposal", "rules", 1, "indicators", [11]),
            "proposal.rules[1].indicators[0]",
            "known",
        ),
        (
            CITIZEN,
            put("proposal", "rules", 1, "categories", ["digital-skill"]),
            "proposal.rules[1].categories[0]",
            "category-meant",
        ),
        (
            CITIZEN,
            put("proposal", "rules", 1, "steps", 2, "hours", 2),
            "proposal.rules[1].steps[2].hours",
            "rising",
        ),
        (
            CITIZEN,
            put("proposal", "rules", 1, "steps", 9, "points", 11),
            "proposal.rules[1].steps[9].points",
            "step-in-reach",
        ),
        (CITIZEN, put("proposal", "rules", 1, "steps", []), "proposal.rules[1].steps", "entries"),
        (
            CITIZEN,
            put("proposal", "remarks", 0, "indicator", 4),
            "proposal.remarks[0].indicator",
            "remark",
        ),
        # Dates, texts, members.
        (CITIZEN, put("valid_to", "2023-01-01"), "valid_to", "order-days"),
        (CITIZEN, put("valid_from", "2023-10-24"), "valid_from", "order-days"),
        (CITIZEN, put("valid_from", "24/10/2023"), "valid_from", "date"),
        (CITIZEN, put("valid_from", "2023-02-30"), "valid_from", "date"),
        (CITIZEN, put("window", "to", "02-29"), "window.to", "day-of-year"),
        (CITIZEN, put("window", "from", "12-31"), "", ""),
        (CITIZEN, put("title", {"vi": "Bộ tiêu chí"}), "title.en", "member"),
        (CITIZEN, put("title", {"vi": "Bộ tiêu chí", "en": "  "}), "title.en", "printable"),
        (CITIZEN, put("title", {"vi": "Bộ\u0000", "en": "A"}), "title.vi", "printable"),
        (CITIZEN, put("title", "Bộ tiêu chí"), "title", "object"),
        (CITIZEN, put("status_note", {"vi": "a" * 2001, "en": "a"}), "status_note.vi", "text"),
        (CITIZEN, put("thresholds", "total", "status", "certain"), "thresholds.total.status", "one-of"),
        (CITIZEN, put("tresholds", {}), "tresholds", "no-member"),
        (CITIZEN, put("id", "mã có dấu"), "id", "code"),
        (CITIZEN, put("id", "xuống-dòng\n"), "id", "code"),
        (CITIZEN, put("replaces", "citizen-324-2023"), "replaces", "replaces-itself"),
        (CITIZEN, put("managed_by", "commune"), "managed_by", "managed-by"),
        (CITIZEN, put("results", 0, "code", "good"), "results", "results"),
        (CITIZEN, put("groups_source", "address", "javascript:alert(1)"), "groups_source.address", "address"),
        (CITIZEN, put("indicators", {}), "indicators", "list"),
        # Checklists.
        (COMMUNE, put("items", 1, "code", "1.1"), "items[1].code", "unique"),
        (COMMUNE, put("items", 1, "heading", "C9"), "items[1].heading", "known"),
        (COMMUNE, put("items", 1, "instead_of", "1.1"), "items[1].instead_of", "instead-of"),
        (
            COMMUNE,
            put("items", 11, "share", "percent", "value", 50),
            "items[11].share.percent.value",
            "higher",
        ),
        (HOUSEHOLD, put("items", 0, "share", "percent", "value", 101), "", "percent"),
        (HOUSEHOLD, put("items", 0, "share", "count", FIGURE), "items[0].share", "percent-or-count"),
        (HOUSEHOLD, put("items", 0, "share", "of", "learners"), "items[0].share.of", "countable"),
        (HOUSEHOLD, put("items", 0, "share", "recognised_as", "clan"), "", "recognised-as"),
        (HOUSEHOLD, put("items", 0, "level", 2), "items", "level-1"),
        (HOUSEHOLD, put("items", 0, "if_any", "yes"), "items[0].if_any", "no-member"),
        (HOUSEHOLD, put("items", 0, "share", "if_any", "yes"), "items[0].share.if_any", "yes-no"),
        (HOUSEHOLD, put("months_between", FIGURE), "months_between", "levels-only"),
        (COMMUNE, put("valid_months", "value", 0), "valid_months.value", "positive"),
        (COMMUNE, put("form", "points-list"), "form", "one-of-meant"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place_and_rule(text, change, where, rule):
    found = changed(text, change)
    if not rule:
        return
    assert rule in [one[1] for one in found]
    assert not where or (where, rule) in found


def test_everything_is_told_at_once_with_lines_in_both_languages():
    text = CITIZEN.replace('"value": 80', '"value": 180').replace('"number": 10,', '"number": 9,')
    text = text.replace('"model": "citizen"', '"model": "citizens"').replace('"hours": 12', '"hours": 3')
    found = criteria_check.check(text.encode()).findings
    assert [one.rule for one in found] == ["one-of-meant", "unique", "total-in-reach", "rising"]
    lines = text.splitlines()
    for one in found:
        assert one.line is not None
        assert one.where.split(".")[-1].split("[")[0] in lines[one.line - 1]
        assert one.vi != one.en
    assert found[2].got == "180"


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'{"a": "\xff"}', "utf-8"),
        ("{}".encode("utf-16"), "utf-8"),
        (b" " * (criteria_check.MOST_BYTES + 1), "too-big"),
        (b"[" * 100_000, "json"),
        (b"[" * 900 + b"]" * 900, "depth"),
        (b'{"id": ' + b"9" * 5000 + b"}", "code"),
        (b'{"id": 1e999}', "json"),
        (b'{"\\ud800": 1}', "json"),
    ],
)
def test_hostile_files_are_findings_and_nothing_more(data, rule):
    assert rule in [one[1] for one in findings(data)] or rule in ("json", "code")
    assert findings(data)


def test_a_member_that_stands_twice_is_told_with_its_second_line():
    found = criteria_check.check(HOUSEHOLD.replace('"id"', '"id": "x",\n"id"', 1).encode()).findings
    assert [(one.where, one.rule) for one in found] == [("id", "twice")]


def test_a_mark_of_byte_order_is_no_fault():
    assert findings(b"\xef\xbb\xbf" + CITIZEN.encode()) == []


def test_after_two_hundred_findings_it_says_that_there_is_more():
    data = json.loads(CITIZEN)
    data["indicators"] = [{} for _ in range(200)]
    found = criteria_check.check(json.dumps(data).encode()).findings
    assert len(found) == 201
    assert found[-1].rule == "more"


def test_a_misspelt_member_is_answered_with_what_was_meant():
    text = CITIZEN.replace('"thresholds"', '"treshold"')
    told = {one.rule: one.vi for one in criteria_check.check(text.encode()).findings}
    assert "thresholds" in told["meant"]


def other(text: str, **change: object):
    return parse(json.dumps(json.loads(text) | change))


def test_two_sets_of_a_model_do_not_hold_on_the_same_days_unless_one_replaces_the_other():
    citizen = parse(CITIZEN)
    later = other(CITIZEN, id="later", valid_from="2027-01-01")
    (found,) = criteria_check.beside(later, [citizen], [])
    assert (found.rule, found.where) == ("overlap", "valid_from")
    assert citizen.id in found.vi
    follows = other(CITIZEN, id="later", valid_from="2027-01-01", replaces=citizen.id)
    assert criteria_check.beside(follows, [citizen], []) == ()
    ended = other(CITIZEN, valid_to="2026-12-31")
    assert criteria_check.beside(later, [ended], []) == ()
    assert criteria_check.beside(later, [parse(HOUSEHOLD)], []) == ()
    assert [one.rule for one in criteria_check.beside(follows, [], ["later"])] == ["code-taken", "replaces"]


def test_units_of_a_commune_and_of_a_province_have_criteria_beside_each_other():
    assert criteria_check.beside(parse(UNIT), [parse(TEXTS["unit-387-2022"])], []) == ()
    every = other(UNIT, id="every", managed_by=None)
    assert criteria_check.beside(every, [parse(UNIT)], [])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_any_json_is_answered(value):
    assert findings(json.dumps(value))


def paths(value, path=()):
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from paths(one, (*path, name))


BY_TEXT = {text: [path for path in paths(json.loads(text)) if path] for text in (CITIZEN, COMMUNE)}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from((CITIZEN, COMMUNE)), st.data())
def test_a_set_with_anything_anywhere_is_answered_and_what_passes_comes_back_the_same(text, data):
    value = json.loads(text)
    *way, name = data.draw(st.sampled_from(BY_TEXT[text]))
    holder = value
    for step in way:
        holder = holder[step]
    holder[name] = data.draw(VALUES)
    checked = criteria_check.check(
        json.dumps(value, ensure_ascii=data.draw(st.booleans())).encode(errors="replace")
    )
    if checked.criteria is not None:
        assert parse(msgspec.json.encode(checked.criteria)) == checked.criteria
        if isinstance(checked.criteria, criteria.PointsSet):
            criteria.verdict(checked.criteria, {}, "difficult")


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data):
    assert findings(data)


def test_every_rule_has_both_languages_with_the_same_values():
    from string import Formatter

    for vi, en in EXPECTED.values():
        named = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in (vi, en)]
        assert named[0] == named[1]
        assert vi != en


@pytest.mark.parametrize("indicators", [5, None, "1", [None, "1", 1.5], [[1]]])
@pytest.mark.parametrize("steps", [5, [5], [{"hours": -5, "points": -5}], [{"hours": "1"}]])
def test_a_proposal_of_any_shape_is_answered(indicators, steps):
    rule = {"indicators": indicators, "categories": 3, "steps": steps}
    assert changed(CITIZEN, put("proposal", "rules", [rule]))
