"""The documentation of the format is true: its examples pass, and it names each member and no other."""

import json
import re
from pathlib import Path

import pytest

from lms_tracker.learning import criteria
from lms_tracker.learning.categories import CATEGORIES
from lms_tracker.learning.recognition import criteria_check, criteria_parts
from lms_tracker.learning.recognition.criteria_texts import EXPECTED
from lms_tracker.learning.recognition.shares import COUNTED_OF
from lms_tracker.locations import CRITERIA_EXAMPLES

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "criteria-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
COMPLETE = [block for block in BLOCKS if '"form"' in block]
FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((DOCS / "examples").glob("*.json"))}
PROSE = re.sub(r"```json\n.*?```", "", TEXT, flags=re.DOTALL)

SCHEMA = criteria.schema()
MEMBERS = {name for part in SCHEMA["$defs"].values() for name in part["properties"]}


@pytest.mark.parametrize("name", FILES)
def test_each_complete_example_passes(name):
    assert criteria_check.check(FILES[name].encode()).findings == ()


def test_the_complete_examples_of_the_document_are_files_that_the_command_prints():
    assert [FILES[name] for name in ("points", "checklist", "levels")] == COMPLETE
    assert set(CRITERIA_EXAMPLES) == set(FILES)


def test_the_parts_that_the_document_shows_stand_in_a_set_that_passes():
    """A figure, thresholds with an exception, rules of a proposal, and three shares."""
    parts = [block.strip() for block in BLOCKS if block not in COMPLETE]
    found = [json.loads(f"{{{part}}}" if part.startswith('"') else part) for part in parts]
    points, levels = json.loads(FILES["points"]), json.loads(FILES["levels"])
    figure, thresholds, rules, *shares = found
    points |= {"most_points": figure, "total": None, **thresholds}
    points["proposal"] |= rules
    for number, share in enumerate(shares):
        levels["items"].append({**levels["items"][0], "code": f"more-{number}", **share})
    for whole in (points, levels):
        assert criteria_check.check(json.dumps(whole).encode()).findings == ()
    assert [set(share["share"]) - {"of", "recognised_as"} for share in shares] == [
        {"percent"},
        {"count"},
        {"if_any", "percent"},
    ]


def test_the_messages_that_the_document_explains_are_those_of_the_check():
    table = PROSE[PROSE.index("| cần có · what is expected") :].split("\n\n")[0].splitlines()[2:]
    known = [re.sub(r"\{\w+\}", "…", vi).replace("{{…}}", "{…}") for vi, _ in EXPECTED.values()]
    for row in table:
        said = row.split(" | ")[0].removeprefix("| ")
        assert any(text.startswith(said) for text in known), said


def test_the_finding_that_the_document_shows_is_what_is_found():
    low = FILES["points"].replace('"total": {"value": 60', '"total": {"value": 10')
    (found,) = criteria_check.check(low.encode()).findings
    assert f"{found.line}: {found.where} (← {found.got})\n    {found.vi}\n    {found.en}\n" in PROSE


def test_there_is_an_example_of_each_form():
    assert {json.loads(text)["form"] for text in COMPLETE} == {"points", "checklist"}


def test_the_small_local_set_has_five_indicators_of_differing_greatest_points():
    found = criteria.parse((DOCS / "examples" / "citizen-of-a-commune.json").read_bytes())
    assert found.most() == {1: 30, 2: 25, 3: 20, 4: 15, 5: 10}
    assert found.most("pupils")[3] == 25
    assert found.most_total == found.total.value == 100
    assert found.least("difficult") == (60, 3)
    (first, *_) = criteria.propose(found, {"law": 40 * 3600})
    assert (first.points, first.most_points) == (25, 30)


def test_every_member_is_named_in_the_document_and_every_name_there_is_a_member():
    named = set(re.findall(r"`([a-z][a-z_]*)`", PROSE))
    assert MEMBERS - named == set()
    assert named - MEMBERS == {"null", "true", "false"}


def test_every_value_of_a_closed_list_is_named_in_the_document():
    quoted = set(re.findall(r'`"([^"`]+)"`', PROSE))
    closed = {"points", "checklist", "verified", "draft", "local-proposal", "local-rule", "province"}
    closed |= {*criteria_parts.AREAS, *criteria_parts.COUNTED, *CATEGORIES, *COUNTED_OF}
    assert closed <= quoted


def test_the_table_of_what_is_counted_is_the_one_that_is_checked():
    rows = re.findall(r'\| `"(\w+)"` [^|]*\| `"(\w+)"` \| ([^|]*) \|', PROSE)
    assert {of: model for of, model, _ in rows} == dict(criteria_parts.COUNTED)
    for of, _, models in rows:
        assert models.split(", ") == [model for model in COUNTED_OF if of in COUNTED_OF[model]]


def test_the_limit_of_the_document_is_the_one_that_holds():
    assert f"{criteria_check.MOST_BYTES:,}".replace(",", ".") in PROSE


def test_the_schema_takes_no_member_that_the_format_has_not():
    assert all(part["additionalProperties"] is False for part in SCHEMA["$defs"].values())
    json.dumps(SCHEMA)
