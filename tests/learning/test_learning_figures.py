import contextlib
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lms_tracker.learning.reporting import indicators, plan_files, tables
from lms_tracker.learning.reporting.figure_checks import Reported, Weight, checked
from lms_tracker.learning.reporting.figure_sheets import FiguresRefused, read
from lms_tracker.learning.reporting.indicators import IndicatorRefused
from lms_tracker.learning.reporting.numbers import Bound
from lms_tracker.learning.reporting.plan_files import PlanRefused
from lms_tracker.store import schema
from tests.actions.reported import as_file

REGISTER = indicators.shipped()


def figure(indicator="members", value="100", line=1, subject="place/1", year=2024, **more):
    for name in ("denominator", "published_ratio", "published_change"):
        if name in more:
            more[name] = Decimal(more[name])
    bound = more.pop("bound", Bound.EXACT)
    return Reported(line, subject, indicator, year, "year", Decimal(value), bound, **more)


def found(*lines, held=(), below=None):
    return [(one.line, one.rule, one.weight) for one in checked(lines, held, REGISTER, below or {})]


def test_a_numerator_above_its_denominator_cannot_be_right():
    assert found(figure(value="101", denominator="100")) == [(1, "numerator-above-denominator", Weight.GRAVE)]
    assert found(figure(value="100", denominator="100")) == []


def test_a_part_above_its_whole_cannot_be_right_whichever_of_them_is_new():
    whole, part = figure(value="10"), figure("party-members", "11", line=2)
    assert found(whole, part) == [
        (1, "part-above-whole", Weight.GRAVE),
        (2, "part-above-whole", Weight.GRAVE),
    ]
    assert found(figure("party-members", "11"), held=[figure(line=0, value="10")])[0][2] is Weight.GRAVE
    assert found(figure(value="10"), held=[figure("party-members", "11", line=0)])[0][2] is Weight.GRAVE
    # Of a lower bound nothing can be said.
    assert found(figure("party-members", "11"), held=[figure(line=0, value="10", bound=Bound.AT_LEAST)]) == []


def test_i15_attendances_below_the_number_of_events_are_asked_about():
    events = figure("workshops", "62", line=0)
    assert found(figure("workshops-attendances", "60"), held=[events]) == [
        (1, "attendances-below-events", Weight.WARNING)
    ]
    assert found(figure("workshops-attendances", "6020"), held=[events]) == []


def test_units_below_sum_up_to_the_unit_or_somebody_is_asked():
    below = {("place/1", 2024, "year"): ["place/2", "place/3"]}
    two, three = (figure(value=value, line=0, subject=f"place/{n}") for n, value in ((2, "60"), (3, "41")))
    assert found(figure(), held=[two, three], below=below) == [(1, "sum-differs", Weight.WARNING)]
    assert found(figure(value="101"), held=[two, three], below=below) == []
    assert found(figure(), held=[two], below=below) == []
    assert found(figure(value="59"), held=[two], below=below) == [(1, "sum-above", Weight.WARNING)]
    # A line of a unit below is held against what the unit above has reported already.
    line = figure(value="60", subject="place/2", line=7)
    assert found(line, held=[figure(line=0), three], below=below) == [(7, "sum-differs", Weight.WARNING)]


def test_i14_what_was_published_of_ha_giang_is_explained():
    household = figure("household", "138068", denominator="187624", published_ratio="73.58")
    citizen = figure("citizen", "115071", line=2, published_ratio="16.2")
    members = figure(
        value="337294", denominator="935700", line=3, published_ratio="36", published_change="0.64",
        change_unit="percent",
    )  # fmt: skip
    last = figure(value="330909", line=0, year=2023)
    one, two, three = checked([household, citizen, members], [last], REGISTER, {})
    assert (one.rule, one.facts["computed"], one.facts["exact"]) == (
        "ratio-truncated", Decimal("73.59"), Decimal("73.5876"),
    )  # fmt: skip
    assert (two.rule, two.facts["implied"]) == ("ratio-without-denominator", 710_315)
    assert (two.facts["least"], two.facts["greatest"]) == (708_129, 712_514)
    assert three.rule == "change-in-points"
    assert three.facts["relative"] == Decimal("1.93")
    assert three.facts["points"] == Decimal("0.68")
    assert three.facts["implied_base"] == 934_580


def test_a_ratio_of_other_digits_and_a_change_that_is_right_are_not_remarked_on():
    assert found(figure(value="818", denominator="834", published_ratio="98")) == []
    last = figure(value="100", line=0, year=2023)
    assert found(figure(value="110", published_change="10", change_unit="percent"), held=[last]) == []
    assert found(figure(value="210"), held=[last]) == [(1, "change-large", Weight.WARNING)]


# --- files -----------------------------------------------------------------------------------------------

HEADER = "indicator;year;value;denominator;published_ratio;note"


def problems(text):
    with pytest.raises(FiguresRefused) as refused:
        read(text.encode() if isinstance(text, str) else text, REGISTER)
    return [(one.line, one.column, one.rule) for one in refused.value.problems]


def test_a_line_is_read_as_people_write_it():
    lines = read(f"{HEADER}\nGia đình học tập;2024;138.068;187,624;73,580%;=1+1\n".encode(), REGISTER)
    (one,) = lines
    assert (one.indicator, one.value, one.denominator) == ("household", "138068", "187624")
    assert (one.published_ratio, one.note) == ("73.580", "=1+1")


def test_headings_may_be_vietnamese():
    (one,) = read("Chỉ tiêu;Năm;Kết quả;Ghi chú\nmembers;2024;trên 120;x\n".encode(), REGISTER)
    assert (one.value, one.bound) == ("120", "at-least")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "", "file-empty")]),
        ("indicator;year\nmembers;2024", [(1, "value", "column-missing")]),
        ("indicator;year;value;quê quán\nx;1;1;", [(1, "quê quán", "column-known")]),
        (f"{HEADER}\nmembers;2024;5 lượt;;;", [(2, "value", "unit-other")]),
        (f"{HEADER}\nmembers;24;mười;;;", [(2, "year", "year"), (2, "value", "number-digits")]),
        (f"{HEADER}\nlạ;2024;5;;;", [(2, "indicator", "indicator-known")]),
        (f"{HEADER}\nmembers;2024;;;;", [(2, "value", "value-needed")]),
        (f"{HEADER}\nmembers;2024;5;khoảng 9;;", [(2, "denominator", "denominator-exact")]),
        (f"{HEADER}\nmembers;2024;không quá 5;;;", [(2, "value", "value-bound")]),
        (f"{HEADER}\nmembers;2024;5;;;\nmembers;2024;6;;;", [(3, "indicator", "figure-once")]),
        (b"\xff\xfe\x00", [(1, "", "file-encoding")]),
        (b"PK\x03\x04 nothing of the kind", [(0, "", "file-xlsx")]),
    ],
)
def test_what_is_wrong_with_a_file_names_line_and_column(text, expected):
    assert problems(text) == expected


def test_a_workbook_gives_numbers_without_separators_and_its_ratios_are_in_doubt():
    book = Workbook()
    book.active.append(["indicator", "year", "value", "denominator", "published_ratio"])
    book.active.append(["household", 2024, 138068, 187624.0, 73.58])
    body = io.BytesIO()
    book.save(body)
    (one,) = read(body.getvalue(), REGISTER)
    assert (one.value, one.denominator, one.published_ratio) == ("138068", "187624", "73.58")
    book.active.append(["clan", 2024, 1.564, None, 0.7358])
    body = io.BytesIO()
    book.save(body)
    assert problems(body.getvalue()) == [
        (3, "value", "number-whole"),
        (3, "published_ratio", "number-ambiguous"),
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_lines_or_refused_by_a_rule(data):
    with contextlib.suppress(FiguresRefused):
        assert read(data, REGISTER)


# --- the register ----------------------------------------------------------------------------------------


def indicator(**changes):
    title = {"vi": "Câu lạc bộ đọc sách", "en": "Reading clubs"}
    body = {"code": "reading-clubs", "title": title, "unit": "units", "kind": "count"}
    return json.dumps({**body, **changes}).encode()


def test_a_local_indicator_is_added_to_the_register():
    found = indicators.parsed(indicator(), REGISTER)
    assert "reading-clubs" in indicators.with_local([found]).indicators
    assert found.group == "local"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"unit": "cats"}, "unit-known"),
        ({"base": "cats"}, "base-known"),
        ({"part_of": "cats"}, "part-known"),
        ({"kind": "money"}, "kind-unit"),
        ({"base": "population"}, "base-unit"),
        ({"part_of": "members"}, "part-unit"),
        ({"code": "members", "unit": "attendances"}, "part-unit"),
        ({"code": "members", "unit": "people", "part_of": "party-members"}, "part-circle"),
        ({"code": "party-members", "unit": "people", "part_of": "members"}, "aggregate-only"),
        ({"code": "Có dấu"}, "file-json"),
        ({"more": 1}, "file-json"),
    ],
)
def test_an_indicator_that_does_not_fit_is_refused_by_a_rule(changes, rule):
    with pytest.raises(IndicatorRefused) as refused:
        indicators.parsed(indicator(**changes), REGISTER)
    assert refused.value.rule == rule


def test_party_membership_is_an_aggregate_that_no_table_can_hold_person_by_person():
    assert REGISTER.indicators["party-members"].aggregate_only
    writers = {"made_by", "withdrawn_by", "by_person", "reported_by"}
    for table in schema.metadata.tables.values():
        columns = set(table.columns.keys())
        assert not [name for name in columns if "party" in name or "dang_vien" in name], table.name
        if "indicator" in columns and table.name != "assessment_proofs":
            persons = {name for name in columns if "person" in name or "actor" in name}
            assert persons <= writers, table.name


# --- plans -----------------------------------------------------------------------------------------------


def target(**changes):
    body = {"indicator": "citizen", "words": "x", "year": 2023, "value": "1", "base": "adults"}
    return {**body, **changes}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"tasks": []}, ""),
        ({"organisation": "Sở"}, "place"),
        ({"last_year": 2020}, "last_year"),
        ({"carries_out": "72/KH-UBND"}, "carries_out"),
        ({"tasks": [{"title": "x", "result": "xong"}]}, "tasks[0].done_on"),
        ({"tasks": [{"title": ""}]}, "tasks[0].title"),
        ({"targets": [target(indicator="cats")]}, "targets[0].indicator"),
        ({"targets": [target(value="101")]}, "targets[0].value"),
        ({"targets": [target(year=2022)]}, "targets[0].year"),
        ({"targets": [target(value="1,5")]}, "targets[0].value"),
        ({"targets": [target(base="")]}, "targets[0].base_words"),
        ({"targets": [target(part_of=1)]}, "targets[0].part_of"),
        ({"targets": [target(value="23"), target(value="24", part_of=1)]}, "targets[1].value"),
        ({"tasks": [{"title": "x\0"}]}, ""),
        ({"organisation": "a\x1fb", "place": None}, ""),
        ({"phases": [{"title": "x", "first_day": "2024-01-01", "last_day": "2023-01-01"}]},
         "phases[0].last_day"),
        ({"phases": [{"title": "x", "first_day": "2024-01-01", "last_day": "2024-02-01", "findings": "x"}]},
         "phases[0].review"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plan_names_its_place_in_the_file(changes, where):
    with pytest.raises(PlanRefused) as refused:
        plan_files.read(as_file(**changes), REGISTER)
    assert where in [one.where for one in refused.value.problems]


def test_a_backslash_before_digits_is_no_control_character():
    (task,) = plan_files.read(as_file(tasks=[{"title": "C:\\u0001\n\tx"}]), REGISTER).tasks
    assert task.title == "C:\\u0001\n\tx"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_plan_or_refused(data):
    with pytest.raises(PlanRefused):
        plan_files.read(data, REGISTER)


def test_the_example_of_the_documentation_is_a_plan():
    text = Path(__file__).parents[2].joinpath("docs/plan-format.md").read_text()
    example = text.split("```json\n")[1].split("```")[0]
    assert len(plan_files.read(example.encode(), REGISTER).targets) == 2


# --- tables ----------------------------------------------------------------------------------------------


def test_no_cell_of_a_table_is_a_formula():
    rows = [{"note": '=HYPERLINK("x")', "value": Decimal("-1.5")}, {"note": "+1", "value": None}]
    headings = {"note": "Ghi chú", "value": "Số"}
    csv = tables.csv(headings, rows).decode("utf-8-sig").splitlines()
    assert csv[1:] == ['"\'=HYPERLINK(""x"")";-1,5', "'+1;"]
    page = load_workbook(io.BytesIO(tables.xlsx(headings, rows))).active
    assert page["A2"].data_type == "s"
    assert page["A2"].value == '=HYPERLINK("x")'
    assert page["B2"].value == -1.5
    assert json.loads(tables.json(headings, rows))[0] == {"note": '=HYPERLINK("x")', "value": "-1.5"}


def test_control_characters_stop_no_workbook():
    body = tables.xlsx({"note": "Ghi chú"}, [{"note": "a\x01\x1fb"}])
    assert load_workbook(io.BytesIO(body)).active["A2"].value == "ab"


@pytest.mark.parametrize("digits", [11, 13, 17])
def test_a_published_ratio_of_very_many_decimals_is_explained_i14(digits):
    share = "7." + "3" * digits
    one = figure(value="9", denominator="10", published_ratio=share)
    (finding,) = checked([one], [], REGISTER, {})
    assert finding.rule == "ratio-differs"
