"""Figures, dated denominators, plans and calls for reports, on both databases."""

import json
from datetime import date
from decimal import Decimal
from importlib import resources

import pytest
from flask import Flask

from lms_tracker.actions import clock, grants, people, place_loading
from lms_tracker.actions.grant_lists import place_with_code
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import (
    baselines,
    calls,
    figure_imports,
    figure_sheets,
    figure_tables,
    figures,
    plans,
    registers,
    targets,
)
from lms_tracker.actions.reporting.baselines import BaselineRefused
from lms_tracker.actions.reporting.calls import CallRefused
from lms_tracker.actions.reporting.figure_imports import NotAcknowledged, Settled
from lms_tracker.actions.reporting.figures import FigureRefused, Overtaken, Wanted
from lms_tracker.actions.reporting.plans import ChangeRefused
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.actions.rights import NotAllowed, Scope, Viewer
from lms_tracker.learning.reporting.figure_checks import Weight
from lms_tracker.learning.reporting.figure_sheets import FiguresRefused
from lms_tracker.learning.reporting.measures import Measure
from lms_tracker.learning.reporting.numbers import Bound, Number
from lms_tracker.learning.reporting.plan_files import PlanRefused
from lms_tracker.store import database
from lms_tracker.store.reporting import figures as stored
from lms_tracker.store.reporting import totals
from tests.actions.reported import as_file
from tests.actions.territory import becomes, organisation, place
from tests.some_places import FEW

YEAR = (2024, "year", "members")
LAST_DAY = date(2025, 6, 30)


def somebody(login: str, role: str, scope: Scope) -> Viewer:
    key = people.add_person(login.title(), login, "mat khau dai").key
    grants.grant(None, grants.Wanted(login, role, scope))
    found = people.viewer(key)
    assert found is not None
    return found


def enter(
    viewer: Viewer | None, about: About, value: str, *, current: int = 0, sure: bool = False, **more: str
):
    wanted = Wanted(value, **more)
    return figures.enter(viewer, about, YEAR, wanted, current=current, acknowledged=sure)


def held(about: About, year: int = 2024) -> list[str]:
    with database.reading() as connection:
        return [f"{one.indicator} {one.value}" for one in stored.holding(connection, [about], [year])]


def current(about: About) -> int:
    with database.reading() as connection:
        return stored.holding(connection, [about])[0].id


def ha_giang() -> int:
    """The province of 2024, with the figures of the article and its denominators."""
    number = place("Hà Giang", last_day=LAST_DAY)
    data = (resources.files("lms_tracker.demo") / "plan_data/figures-ha-giang.csv").read_bytes()
    figure_imports.by_command(number, data, acknowledged=True, dry_run=False)
    return number


# --- figures ---------------------------------------------------------------------------------------------


def test_i14_the_figures_of_ha_giang_come_out_with_what_is_odd_about_them(in_app: Flask) -> None:
    about = About(place_id=ha_giang())
    baselines.add(None, about, "association-members", "337.294", date(2024, 12, 31), "Bài báo")
    rows = {one.indicator.code: one for one in figure_sheets.sheet(None, about, 2024, "year").reported}
    assert str(rows["household"].share.percent) == "73.59"
    assert [one.rule for one in rows["household"].findings] == ["ratio-truncated"]
    assert rows["citizen"].share is None
    assert [one.rule for one in rows["citizen"].findings] == ["ratio-without-denominator"]
    assert [one.rule for one in rows["members"].findings] == ["change-in-points"]
    assert (rows["members"].difference, rows["members"].relative) == (6385, Decimal("1.93"))
    # The denominator that a ratio used is named with its day and source.
    assert rows["party-members"].share.percent == Decimal("8.67")
    assert rows["party-members"].share.baseline.source == "Bài báo"
    assert rows["training-classes"].number.bound == "at-least"
    assert rows["workshops-attendances"].number.bound == "at-least"
    assert len(rows) == 13
    table = figure_tables.rows(figure_sheets.sheet(None, about, 2024, "year"), "vi", lambda one: one.rule)
    assert {row["indicator"]: row["value"] for row in table}["conferences-attendances"] == 10900
    assert all(row["rounding"] == "half-up, 2" for row in table if row["percent"] is not None)


def test_a_figure_is_replaced_or_withdrawn_and_its_history_stays(in_app: Flask) -> None:
    province = place("An Giang")
    about = About(place_id=province)
    officer = somebody("can-bo", "officer", Scope(place_id=province))
    enter(officer, about, "1.681")
    first = current(about)
    enter(officer, about, "1.682", current=first)
    entry = figure_sheets.entry(officer, about, *YEAR)
    assert [(one.value, one.holds, who) for one, who in entry.history] == [
        ("1682", True, "Can-Bo"), ("1681", False, "Can-Bo"),
    ]  # fmt: skip
    figures.withdraw(officer, current(about))
    assert held(about) == []
    with pytest.raises(Overtaken):
        figures.withdraw(officer, entry.row.figure.id)
    assert len(figure_sheets.entry(officer, about, *YEAR).history) == 2


def test_the_second_of_two_officers_sees_what_the_first_has_entered(in_app: Flask) -> None:
    about = About(place_id=place("An Giang"))
    enter(None, about, "10")
    with pytest.raises(Overtaken):
        enter(None, about, "11")
    assert held(about) == ["members 10"]


def test_what_cannot_be_right_is_refused_and_a_warning_is_acknowledged(in_app: Flask) -> None:
    about = About(place_id=place("An Giang"))
    with pytest.raises(FigureRefused) as refused:
        enter(None, about, "11", denominator="10", sure=True)
    assert refused.value.findings[0].weight is Weight.GRAVE
    with pytest.raises(FigureRefused) as refused:
        enter(None, about, "5", denominator="10", published_ratio="51%")
    assert [one.rule for one in refused.value.findings] == ["ratio-differs"]
    with pytest.raises(FigureRefused) as refused:
        enter(None, about, "5 lượt người", denominator="mười", published_ratio="5 người", note="x" * 501)
    assert [(one.field, one.rule) for one in refused.value.wrong] == [
        ("value", "unit-other"), ("denominator", "number-digits"), ("published_ratio", "number-ratio"),
        ("note", "length"),
    ]  # fmt: skip
    enter(None, about, "5", denominator="10", published_ratio="51%", sure=True)
    assert held(about) == ["members 5"]


def test_i17_figures_are_entered_by_who_enters_there_and_seen_above_and_below(in_app: Flask) -> None:
    province = place("An Giang")
    commune, other = place("Gò Quao", province), place("Vĩnh Tuy", province)
    officer = somebody("can-bo", "officer", Scope(place_id=commune))
    enter(officer, About(place_id=commune), "5")
    assert figure_sheets.sheet(officer, About(place_id=province), 2024, "year").may_enter is False
    for about in (About(place_id=province), About(place_id=other)):
        with pytest.raises(NotAllowed):
            enter(officer, about, "5")
    with pytest.raises(NotAllowed):
        figure_sheets.sheet(officer, About(place_id=other), 2024, "year")
    school = organisation("Trường", at=commune)
    enter(officer, About(organisation_id=school), "5")
    with pytest.raises(NotFound):
        figure_sheets.sheet(officer, About(place_id=999), 2024, "year")


# --- files -----------------------------------------------------------------------------------------------

LINES = "place;indicator;year;value;denominator\n;members;2024;{0};\nGò Quao;members;2024;{1};\n"


def test_nothing_of_a_file_is_kept_unless_every_line_is_right(in_app: Flask) -> None:
    province = place("An Giang")
    commune = About(place_id=place("Gò Quao", province))
    officer = somebody("can-bo", "officer", Scope(place_id=province))
    with pytest.raises(FiguresRefused) as refused:
        figure_imports.hand_in(officer, province, LINES.format("1.681", "lạ").encode(), "x.csv")
    assert [(one.line, one.column) for one in refused.value.problems] == [(3, "value")]
    text = LINES.format("5", "5").replace("Gò Quao", "Nơi khác")
    with pytest.raises(FiguresRefused) as refused:
        figure_imports.hand_in(officer, province, text.encode(), "x.csv")
    assert [(one.line, one.column, one.rule) for one in refused.value.problems] == [
        (3, "place", "place-known")
    ]
    number = figure_imports.hand_in(officer, province, LINES.format("1.681", "1.600").encode(), "x.csv")
    found = figure_imports.preview(officer, number)
    assert [(one.line, one.rule) for one in found.findings] == [(2, "sum-differs"), (3, "sum-differs")][:1]
    assert held(About(place_id=province)) == []
    with pytest.raises(NotAcknowledged):
        figure_imports.apply(officer, number, acknowledged=False)
    outcome = figure_imports.apply(officer, number, acknowledged=True)
    assert (outcome.new, outcome.replaced, outcome.same) == (2, 0, 0)
    with pytest.raises(Settled):
        figure_imports.apply(officer, number, acknowledged=True)
    assert held(commune) == ["members 1600"]
    # The same file again changes nothing, and another line replaces.
    again = LINES.format("1.681", "1.681").encode()
    outcome = figure_imports.by_command(province, again, acknowledged=False, dry_run=False)
    assert (outcome.new, outcome.replaced, outcome.same) == (0, 1, 1)


def test_what_cannot_be_right_in_a_file_is_refused_with_its_line(in_app: Flask) -> None:
    province = place("An Giang")
    text = b"indicator;year;value;denominator\nclan;2024;5;\nmembers;2024;5;4\n"
    outcome = figure_imports.by_command(province, text, acknowledged=True, dry_run=True)
    assert [(one.line, one.weight) for one in outcome.findings] == [(3, Weight.GRAVE)]
    with pytest.raises(FiguresRefused) as refused:
        figure_imports.by_command(province, text, acknowledged=True, dry_run=False)
    assert [(one.line, one.column, one.rule) for one in refused.value.problems] == [
        (3, "value", "numerator-above-denominator")
    ]
    assert held(About(place_id=province)) == []


def test_i13_a_file_of_2024_means_the_units_of_2024(in_app: Flask) -> None:
    province = place("An Giang")
    old, new = place("Định An", province, last_day=LAST_DAY), place("Gò Quao", province, date(2025, 7, 1))
    becomes(old, new, date(2025, 7, 1))
    text = "place;indicator;year;value\nĐịnh An;members;2024;5\nGò Quao;members;2025;6\n"
    figure_imports.by_command(province, text.encode(), acknowledged=True, dry_run=False)
    assert held(About(place_id=old)) == ["members 5"]
    assert held(About(place_id=new), 2025) == ["members 6"]
    with pytest.raises(FiguresRefused):
        figure_imports.by_command(
            province, text.replace("2025", "2023").encode(), acknowledged=True, dry_run=False
        )


def test_i13_sums_of_each_year_of_a_file_are_of_the_units_of_that_year(in_app: Flask) -> None:
    province = place("An Giang")
    old, new = place("Định An", province, last_day=LAST_DAY), place("Gò Quao", province, date(2025, 7, 1))
    becomes(old, new, date(2025, 7, 1))
    text = "place;indicator;year;value\n" + "".join(
        f"{where};members;{year};{value}\n"
        for where, year, value in (("", 2024, 7), ("", 2025, 9), ("Định An", 2024, 5), ("Gò Quao", 2025, 6))
    )
    found = figure_imports.by_command(province, text.encode(), acknowledged=True, dry_run=True).findings
    assert [(one.line, one.facts["sum"]) for one in found if one.rule == "sum-differs"] == [(2, 5), (3, 6)]


# --- denominators and the register -------------------------------------------------------------------------


def test_a_denominator_has_a_day_and_a_source_and_the_nearest_before_is_used(in_app: Flask) -> None:
    about = About(place_id=place("An Giang"))
    for base, value, on, source in (
        ("cats", "5", date(2024, 1, 1), "x"), ("population", "1.681", None, "x"),
        ("population", "trên 5", date(2024, 1, 1), "x"), ("population", "5", date(2024, 1, 1), " "),
    ):  # fmt: skip
        with pytest.raises(BaselineRefused):
            baselines.add(None, about, base, value, on, source)
    for year, value in ((2018, "1"), (2023, "1.000"), (2025, "3.000")):
        baselines.add(None, about, "population", value, date(year, 4, 1), f"Niên giám {year}")
    enter(None, about, "500")
    share = figure_sheets.entry(None, about, *YEAR).row.share
    assert (share.percent, share.on, share.baseline.source) == (50, date(2023, 4, 1), "Niên giám 2023")
    baselines.withdraw(None, share.baseline.id)
    assert figure_sheets.entry(None, about, *YEAR).row.share is None


def test_only_who_administers_everything_adds_an_indicator(in_app: Flask) -> None:
    title = {"vi": "Câu lạc bộ", "en": "Clubs"}
    data = json.dumps({"code": "clubs", "title": title, "unit": "units", "kind": "count"}).encode()
    for viewer in (
        somebody("cap-xa", "administrator", Scope(place_id=place("An Giang"))),
        somebody("to-chuc", "organiser", Scope()),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            registers.add(viewer, data)
    registers.add(somebody("ca-nuoc", "administrator", Scope()), data)
    assert registers.listed(None).indicators["clubs"].group == "local"


# --- plans -----------------------------------------------------------------------------------------------


def with_targets(**more: object) -> bytes:
    """Huế's thirds of districts and its part of a part, for the province of Kiên Giang."""
    ones = [
        {"indicator": "technical-training", "words": "Chuyên môn", "year": 2024, "value": "23",
         "base": "aged-15-up", "bound": "about"},
        {"indicator": "university-or-above", "words": "Trong đó", "year": 2024, "value": "12",
         "base": "aged-15-up", "part_of": 1},
        {"indicator": "district", "words": "Huyện", "year": 2024, "value": "33", "base": "districts"},
        {"indicator": "articles", "words": "Tin", "year": 2024, "value": "50", "kind": "count"},
    ]  # fmt: skip
    return as_file(place={"code": "91", "on": "2024-05-02"}, targets=ones, **more)


def test_a_plan_shows_the_distance_to_each_target(in_app: Flask) -> None:
    place_loading.load(FEW, lambda done, total: None)
    about = About(place_id=place_with_code("91", date(2024, 5, 2)))
    number = plans.load(None, with_targets())
    for one in targets.sheet(None, number).distances:
        assert (one.number, one.missing, one.is_met) == (None, None, None)
    baselines.add(None, about, "districts", "9", date(2024, 5, 2), "Đếm")
    baselines.add(None, about, "aged-15-up", "1.000", date(2024, 5, 2), "Điều tra")
    text = (
        "indicator;year;value\ndistrict;2024;2\ntechnical-training;2024;200\nuniversity-or-above;2024;150\n"
    )
    figure_imports.by_command(about.number, text.encode(), acknowledged=True, dry_run=False)
    training, university, district, articles = targets.sheet(None, number).distances
    assert (training.number.value, training.missing, training.points) == (200, 30, Decimal("-3.00"))
    assert (university.is_met, university.within) == (True, Decimal("52.17"))
    assert university.whole.number == 1
    assert (district.needed, district.share_needed, district.missing) == (3, Decimal("33.33"), 1)
    assert [one.place.name for one in district.ended] == ["Gò Quao"]
    assert (articles.needed, articles.number) == (50, None)


def test_i14_a_target_of_a_model_that_nobody_reported_is_what_is_counted_here(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2025, 3, 1))
    place_loading.load(FEW, lambda done, total: None)
    number = place_with_code("91", date(2024, 5, 2))
    ones = [
        {"indicator": "citizen", "words": "Mọi người", "year": 2024, "value": "50", "base": "population"},
        {"indicator": "citizen", "words": "Người lớn", "year": 2024, "value": "50", "base": "adults"},
        {"indicator": "household", "words": "Số hộ", "year": 2024, "value": "9", "kind": "count"},
        {"indicator": "clan", "words": "Đã báo cáo", "year": 2024, "value": "9", "kind": "count"},
        {"indicator": "members", "words": "Không đếm", "year": 2024, "value": "9", "kind": "count"},
    ]  # fmt: skip
    plan = plans.load(None, as_file(place={"code": "91", "on": "2024-05-02"}, targets=ones))
    assert {one.number for one in targets.sheet(None, plan).distances} == {None}
    counted = {Measure.COUNTED_US: 1, Measure.PEOPLE: 9, Measure.CITIZENS: 4, Measure.ADULTS: 6}
    more = {
        Measure.CITIZENS_ADULT: 3,
        Measure.HOUSEHOLDS: 5,
        Measure.HOUSEHOLDS_ACHIEVED: 2,
        Measure.CLANS: 7,
    }
    with database.writing() as connection:
        totals.write_places(connection, 2024, {number: counted | more})
    text = "indicator;year;value\nclan;2024;trên 8\n"
    figure_imports.by_command(number, text.encode(), acknowledged=True, dry_run=False)
    everybody, adults, households, clans, members = targets.sheet(None, plan).distances
    assert (everybody.share.percent, everybody.needed, everybody.missing) == (Decimal("44.44"), 5, 1)
    assert (adults.share.percent, adults.is_met, adults.counted_on) == (50, True, date(2024, 12, 31))
    assert (households.missing, households.figure) == (7, None)
    assert (clans.counted_on, clans.missing, clans.missing_bound, clans.is_met) == (None, 1, "at-most", None)
    assert members.number is None


@pytest.mark.parametrize(
    ("bound", "value", "at_most", "expected"),
    [
        ("exact", 8, False, (1, "exact", False)), ("exact", 9, False, (0, "exact", True)),
        ("at-least", 8, False, (1, "at-most", None)), ("at-least", 9, False, (0, "exact", True)),
        ("at-least", 10, True, (1, "at-least", False)), ("at-least", 9, True, (0, "about", None)),
        ("about", 9, False, (0, "about", None)), ("exact", 10, True, (1, "exact", False)),
    ],
)  # fmt: skip
def test_a_lower_bound_meets_a_target_or_leaves_it_open(
    bound: str, value: int, at_most: bool, expected: tuple[object, ...]
) -> None:
    assert targets.judged(Number(Decimal(value), Bound(bound)), Decimal(9), at_most=at_most) == expected


def test_i14_points_are_rounded_half_up_on_exact_rationals(in_app: Flask) -> None:
    about = About(place_id=place("An Giang"))
    # The change is 1,005 points, of which quotients of 28 digits fall short.
    for year, value, whole in ((2023, "1", "11"), (2024, "22211", "220000")):
        wanted = Wanted(value, denominator=whole)
        where = (year, "year", "members")
        figures.enter(None, about, where, wanted, current=0, acknowledged=True)
    assert figure_sheets.entry(None, about, *YEAR).row.points == Decimal("1.01")


def test_i13_a_plan_of_a_district_tells_what_became_of_its_communes(in_app: Flask) -> None:
    place_loading.load(FEW, lambda done, total: None)
    sheet = targets.sheet(None, plans.load(None, as_file()))
    assert sheet.ended is not None
    assert {heir.name for heir in sheet.ended.heirs} == {"Gò Quao", "Vĩnh Tuy"}
    assert {old.name: [heir.name for heir in heirs] for old, heirs in sheet.ended.below}["Vĩnh Phước B"] == [
        "Gò Quao", "Vĩnh Tuy",
    ]  # fmt: skip
    new = place_with_code("30952", date(2026, 1, 1))
    officer = somebody("can-bo", "officer", Scope(place_id=new))
    assert [one.plan.id for one in plans.listed(officer)[0]] == [sheet.plan.id]


def test_a_document_is_loaded_once_and_says_all_that_is_wrong(in_app: Flask) -> None:
    place_loading.load(FEW, lambda done, total: None)
    number = plans.load(None, as_file())
    assert [one.where for one in plans.check(as_file(place={"code": "999", "on": "2024-01-01"}))] == ["place"]
    assert [one.where for one in plans.check(as_file(carries_out="1/KH"))] == ["carries_out"]
    assert [one.where for one in plans.check(as_file())] == ["document"]
    with pytest.raises(PlanRefused):
        plans.load(None, as_file())
    plans.withdraw(None, number)
    plans.withdraw(None, number)
    with pytest.raises(NotFound):
        targets.sheet(None, number)
    again = plans.load(None, as_file())
    below = plans.load(None, as_file(document="5/KH", carries_out="72/KH-UBND"))
    assert targets.sheet(None, below).carries_out.id == again


def test_tasks_are_done_or_overdue_and_reviews_are_held(in_app: Flask) -> None:
    place_loading.load(FEW, lambda done, total: None)
    tasks = [{"title": "Sơ kết", "due_on": "2024-01-31"}, {"title": "Vận động"}]
    phase = {"title": "Giai đoạn 1", "first_day": "2023-05-09", "last_day": "2025-12-31"}
    review = {"review": "interim", "review_due": "2025-12-31"}
    number = plans.load(None, as_file(tasks=tasks, phases=[{**phase, **review}]))
    sheet = targets.sheet(None, number)
    assert (sheet.done, sheet.overdue) == (0, 1)
    assert sheet.tasks[0][1][0][1] == (clock.today() - date(2024, 1, 31)).days
    plans.settle_task(None, number, 1, 0, date(2024, 3, 1), "Muộn")
    with pytest.raises(ChangeRefused):
        plans.settle_task(None, number, 1, 0, date(2024, 3, 2), "")
    with pytest.raises(ChangeRefused):
        plans.settle_task(None, number, 2, 0, date(2999, 1, 1), "")
    plans.hold_review(None, number, 1, 0, date(2025, 12, 20), "Đạt")
    with pytest.raises(ChangeRefused):
        plans.hold_review(None, number, 1, 0, date(2025, 12, 21), "Khác")
    sheet = targets.sheet(None, number)
    assert (sheet.done, sheet.overdue, sheet.phases[0][0].findings) == (1, 0, "Đạt")


# --- calls for reports -----------------------------------------------------------------------------------


def test_who_has_not_reported_is_seen_with_the_days_it_is_late(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = place("An Giang")
    commune, other = place("Gò Quao", province), place("Vĩnh Tuy", province)
    approver = somebody("duyet", "approver", Scope(place_id=province))
    officer = somebody("can-bo", "officer", Scope(place_id=commune))
    about, here = About(place_id=province), About(place_id=commune)
    for title, due, asks in (
        ("", date(2024, 12, 1), ["members"]),
        ("x", None, ["members"]),
        ("x", date(2024, 12, 1), []),
    ):
        with pytest.raises(CallRefused):
            calls.make(approver, about, title, 2024, "year", due, asks)
    with pytest.raises(NotAllowed):
        calls.make(officer, here, "x", 2024, "year", date(2024, 12, 1), ["members"])
    number = calls.make(approver, about, "Báo cáo", 2024, "year", date(2024, 12, 1), ["members", "workshops"])
    assert [call.id for call, _ in calls.listed(officer)[0]] == [number]
    # However many others there are: what somebody does not see fills no page of theirs.
    elsewhere = place("Huế")
    place("Phú Xuân", elsewhere)
    stranger = somebody("nguoi-khac", "approver", Scope(place_id=elsewhere))
    monkeypatch.setattr(calls, "PAGE", 1)
    theirs = [
        calls.make(stranger, About(place_id=elsewhere), title, 2024, "year", date(2024, 12, 1), ["members"])
        for title in ("Một", "Hai")
    ]
    assert [([call.id for call, _ in found], more) for found, more in [calls.listed(officer)]] == [
        ([number], False)
    ]
    pages = [calls.listed(stranger, page) for page in (1, 2, 3)]
    assert [[call.id for call, _ in found] for found, _ in pages] == [[theirs[1]], [theirs[0]], []]
    assert [more for _, more in pages] == [True, False, False]
    with pytest.raises(CallRefused):
        calls.report(officer, number, here, {"members": (Wanted("mười"), 0)}, acknowledged=True)
    with pytest.raises(NotAllowed):
        calls.report(officer, number, About(place_id=other), {"members": (Wanted("1"), 0)}, acknowledged=True)
    calls.report(officer, number, here, {"members": (Wanted("1.681"), 0)}, acknowledged=False)
    assert held(here) == ["members 1681"]
    with pytest.raises(Overtaken):
        calls.report(officer, number, here, {"members": (Wanted("1"), 0)}, acknowledged=True)
    sheet = calls.sheet(approver, number)
    assert [(one.has_reported, one.late > 0, one.may_report) for one in sheet.asked] == [
        (True, True, False), (False, True, False),
    ]  # fmt: skip
    with pytest.raises(CallRefused):
        calls.send_back(approver, number, here, 1, " ")
    calls.send_back(approver, number, here, 1, "Thiếu hội thảo")
    with pytest.raises(CallRefused):
        calls.send_back(approver, number, here, 1, "Thiếu hội thảo")
    assert calls.form(officer, number, here).report.note == "Thiếu hội thảo"
    assert calls.sheet(officer, number).reported == 0
    calls.report(officer, number, here, {"workshops": (Wanted("trên 2"), 0)}, acknowledged=True)
    calls.close(approver, number)
    with pytest.raises(CallRefused):
        calls.report(officer, number, here, {"workshops": (Wanted("3"), current(here))}, acknowledged=True)
    assert calls.sheet(officer, number).reported == 1
