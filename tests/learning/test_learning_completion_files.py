"""Completions from CSV and XLSX: what is taken, what it means, and that every wrong line is told."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.completion_files import (
    BOUNDS,
    COLUMNS,
    CompletionFileRefusal,
    read_completions,
)
from lms_tracker.learning.completions import COMPLETED, FAILED, Completion, duration, statement
from lms_tracker.learning.course_sheets import Bounds
from tests.learning.cast import course
from xapi import batches, durations

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = int(datetime(2026, 11, 22, 12, tzinfo=ZONE).timestamp())
CATALOGUE = Catalogue(
    [
        course(1, code="RICE", basis="nominal", seconds=54_000, hour_minutes=45,
               activities=(("https://hoc.vn/rice", "exact"),)),
        course(2, code="KOREAN", hour_minutes=50, activities=(("https://hoc.vn/ko/", "prefix"),)),
        course(3, code="MANY", activities=(("https://hoc.vn/m1", "exact"), ("https://hoc.vn/m2", "prefix"))),
        course(4, code="AROUND", activities=(("https://hoc.vn/around", "context"),)),
        course(5, code="OLD", valid_to=date(2025, 12, 31), activities=(("https://hoc.vn/old", "exact"),)),
        course(6, code="OLD", valid_from=date(2026, 1, 1), activities=(("https://hoc.vn/new", "exact"),)),
        course(7, code="THEIRS", provider_id=2, activities=(("https://hoc.vn/theirs", "exact"),)),
    ],
    [1, 2],
    1,
)  # fmt: skip
PLAIN = {"email": "lan@example.vn", "course": "RICE", "completed_at": "2026-10-01"}


def csv(*lines: dict[str, str], separator: str = ",") -> bytes:
    columns = [column for column in COLUMNS if any(column in line for line in lines)]
    rows = [columns, *([line.get(column, "") for column in columns] for line in lines)]
    return "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows).encode()


def xlsx(*lines: dict[str, Any]) -> bytes:
    workbook = Workbook()
    columns = [column for column in COLUMNS if any(column in line for line in lines)]
    for row in [columns, *([line.get(column) for column in columns] for line in lines)]:
        workbook.active.append(row)
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def with_part(body: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one part more."""
    packed = io.BytesIO(body)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def read(body: bytes, bounds: Bounds = BOUNDS) -> list[Completion]:
    return read_completions(
        body, provider_id=1, catalogue=CATALOGUE, timezone="Asia/Ho_Chi_Minh", now=NOW, bounds=bounds
    )


def one(**changes: str) -> Completion:
    (found,) = read(csv({**PLAIN, **changes}))
    return found


def told(body: bytes, bounds: Bounds = BOUNDS) -> list[tuple[int, str, str]]:
    with pytest.raises(CompletionFileRefusal) as refusal:
        read(body, bounds)
    return [(error.line, error.column, error.rule) for error in refusal.value.errors]


def wrong(**changes: str) -> list[tuple[str, str]]:
    line = {name: value for name, value in {**PLAIN, **changes}.items() if value}
    return [(column, rule) for _, column, rule in told(csv(line))]


def said(completion: Completion) -> dict[str, Any]:
    """The statement, as the door lets it in."""
    import msgspec

    (received,) = batches.read(msgspec.json.encode(statement(completion)), version="1.0.3").statements
    return received.value


def test_a_line_becomes_a_statement_that_the_door_lets_in() -> None:
    found = one(name="Nguyễn Thị Lan", score="8,5", score_max="10", result="Đạt")
    assert said(found) == {
        "actor": {"objectType": "Agent", "name": "Nguyễn Thị Lan", "mbox": "mailto:lan@example.vn"},
        "verb": {"id": COMPLETED, "display": {"vi": "đã hoàn thành", "en": "completed"}},
        "object": {"id": "https://hoc.vn/rice", "definition": {"name": {"vi": found.course.title}}},
        "result": {"completion": True, "success": True, "score": {"raw": 8.5, "min": 0, "max": 10}},
        "timestamp": "2026-10-01T00:00:00+07:00",
    }


def test_who_did_not_pass_has_not_completed() -> None:
    found = said(one(result="không đạt"))
    assert found["verb"]["id"] == FAILED
    assert found["result"] == {"success": False}


def test_a_learner_is_an_email_or_an_account() -> None:
    line = {"course": "RICE", "completed_at": "2026-10-01"}
    (found,) = read(csv({**line, "account": "007", "home_page": "https://lms.vn"}))
    assert said(found)["actor"] == {
        "objectType": "Agent", "account": {"homePage": "https://lms.vn", "name": "007"},
    }  # fmt: skip
    assert wrong(email="") == [("email", "learner-one")]
    assert wrong(account="7", home_page="https://lms.vn") == [("email", "learner-one")]
    assert wrong(email="", account="7") == [("home_page", "account-home-page")]
    assert wrong(email="lan") == [("email", "email")]
    assert wrong(email="lan@example.vn, tam@example.vn") == [("email", "email")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-10-01", "2026-10-01T00:00:00+07:00"),
        ("1/10/2026", "2026-10-01T00:00:00+07:00"),
        ("01/10/2026 16:30", "2026-10-01T16:30:00+07:00"),
        ("2026-10-01 9:05:07", "2026-10-01T09:05:07+07:00"),
        ("2026-10-01T09:05:07Z", "2026-10-01T09:05:07+00:00"),
        ("2026-10-01T23:30:00-08:00", "2026-10-01T23:30:00-08:00"),
    ],
)
def test_a_moment_is_local_unless_it_says_otherwise_and_a_date_is_its_day(written: str, meant: str) -> None:
    assert one(completed_at=written).completed_at.isoformat() == meant


@pytest.mark.parametrize(
    "written",
    ["10-01-2026", "2026/10/01", "01.10.2026", "10/13/2026", "1/10/26", "2026-10-01 25:00", "46000",
     "hôm qua", "2026-10-01 9h30", "0226-10-01"],
)  # fmt: skip
def test_what_is_no_moment_is_told(written: str) -> None:
    assert wrong(completed_at=written) in ([("completed_at", "moment")], [("completed_at", "date")])


def test_what_has_not_come_yet_is_told() -> None:
    assert one(completed_at="22/11/2026").completed_at.isoformat() == "2026-11-22T00:00:00+07:00"
    assert one(completed_at="22/11/2026 12:09")
    assert wrong(completed_at="22/11/2026 12:11") == [("completed_at", "date-future")]
    assert wrong(completed_at="23/11/2026") == [("completed_at", "date-future")]


@pytest.mark.parametrize(
    ("columns", "seconds"),
    [
        ({"minutes": "90"}, 5_400),
        ({"minutes": "7,5"}, 450),
        ({"hours": "2"}, 6_000),
        ({"hours": "2,5", "hour_minutes": "60"}, 9_000),
        ({"hours": "2", "hour_minutes": "45"}, 5_400),
        ({"duration": "1:30"}, 5_400),
        ({"duration": "0:45:10"}, 2_710),
        ({"duration": "PT1H30M"}, 5_400),
        ({}, None),
    ],
)
def test_a_length_is_in_minutes_or_in_hours_of_stated_minutes(
    columns: dict[str, str], seconds: int | None
) -> None:
    found = one(course="KOREAN", completed_at="2026-10-01 16:00", **columns)
    assert found.seconds == seconds


def test_wrong_lengths_are_told() -> None:
    at = {"completed_at": "2026-10-01 16:00", "course": "KOREAN"}
    assert wrong(**at, minutes="90", hours="1,5") == [("hours", "length-once")]
    assert wrong(**at, hour_minutes="45") == [("hour_minutes", "hour-minutes-alone")]
    assert wrong(**at, minutes="0") == [("minutes", "duration-range")]
    assert wrong(**at, minutes="1.234,5") == [("minutes", "minutes")]
    assert wrong(**at, minutes="1,0001") == [("minutes", "duration-range")]
    assert wrong(**at, duration="90") == [("duration", "duration-form")]
    assert wrong(**at, duration="P1M") == [("duration", "duration-form")]
    assert wrong(**at, duration="2000:00") == [("duration", "duration-form")]
    assert wrong(**at, hours="0,00001") == [("hours", "hours-whole-seconds")]
    assert wrong(course="KOREAN", minutes="90") == [("completed_at", "time-needed")]


def test_the_activity_is_the_course_s_only_one_or_the_one_that_is_named() -> None:
    assert one(course="KOREAN").activity == "https://hoc.vn/ko/"
    assert wrong(course="MANY") == [("activity", "activity-needed")]
    assert one(course="MANY", activity="https://hoc.vn/m1").activity == "https://hoc.vn/m1"
    assert one(course="MANY", activity="https://hoc.vn/m2/x").activity == "https://hoc.vn/m2/x"
    assert wrong(course="MANY", activity="https://hoc.vn/m1/x") == [("activity", "activity-of-course")]
    assert wrong(course="AROUND") == [("course", "course-without-activity")]
    assert wrong(course="AROUND", activity="https://hoc.vn/around") == [("activity", "activity-of-course")]


def test_a_course_is_the_provider_s_own_in_the_period_of_the_day() -> None:
    assert one(course="OLD", completed_at="2025-12-31").activity == "https://hoc.vn/old"
    assert one(course="OLD", completed_at="2026-01-01").activity == "https://hoc.vn/new"
    for code in ("THEIRS", "rice", "RICE2"):
        assert wrong(course=code) == [("course", "course-known")]


def test_scores_and_results_are_told_where_they_cannot_be() -> None:
    assert one(score="7").score is not None
    assert wrong(score_max="10") == [("score", "score-needed")]
    assert wrong(score="11", score_max="10") == [("score", "score-range")]
    assert wrong(score="85%") == [("score", "score")]
    assert wrong(result="tốt") == [("result", "result")]


def test_every_wrong_line_is_told_and_a_completion_stands_once() -> None:
    body = csv(
        PLAIN, {**PLAIN, "course": "X"}, {**PLAIN, "completed_at": "2026-10-02"}, {**PLAIN, "score": "9"},
        {**PLAIN, "email": "", "completed_at": ""},
    )  # fmt: skip
    assert told(body) == [
        (3, "course", "course-known"), (5, "", "line-twice"),
        (6, "completed_at", "required"), (6, "email", "learner-one"),
    ]  # fmt: skip


def test_semicolons_a_byte_order_mark_and_capitals_are_as_good() -> None:
    body = csv(PLAIN, separator=";").replace(b'"course"', b'"Course "')
    assert read(b"\xef\xbb\xbf" + body) == read(csv(PLAIN))


def test_a_file_as_a_whole_is_refused_clearly() -> None:
    assert told("email,course\nđ".encode("utf-16")) == [(1, "", "file-encoding")]
    assert told(csv({**PLAIN, "name": "Đàn"}).decode().encode("cp1258")) == [(2, "", "file-encoding")]
    assert told(b"") == [(0, "", "file-empty")]
    assert told(csv(PLAIN).split(b"\r\n")[0]) == [(1, "", "file-empty")]
    assert told(b"email,course,grade,course\nx") == [
        (1, "grade", "column-known"), (1, "course", "column-once"), (1, "completed_at", "column-missing"),
    ]  # fmt: skip
    few = Bounds(bytes=10_000, unpacked_bytes=100_000, tags=10_000, lines=2)
    assert told(csv(PLAIN, PLAIN), few) == [(3, "", "file-lines")]
    assert told(csv(*[PLAIN] * 500), few) == [(0, "", "file-size")]


def test_cells_of_a_workbook_are_taken_as_they_are_meant() -> None:
    at = datetime(2026, 10, 1, 16, 29, 59, 999_995)
    body = xlsx(
        {**PLAIN, "completed_at": date(2026, 10, 1), "score": 8.5},
        {**PLAIN, "completed_at": datetime(2026, 10, 2)},
        {**PLAIN, "course": "KOREAN", "completed_at": at, "duration": time(1, 30)},
        {**PLAIN, "course": "KOREAN", "completed_at": "02/10/2026 16:00", "duration": timedelta(hours=30)},
        {**PLAIN, "course": "KOREAN", "completed_at": datetime(2026, 10, 3, 8), "minutes": 45.0},
    )
    found = read(body)
    assert [one.completed_at.isoformat() for one in found] == [
        "2026-10-01T00:00:00+07:00", "2026-10-02T00:00:00+07:00", "2026-10-01T16:30:00+07:00",
        "2026-10-02T16:00:00+07:00", "2026-10-03T08:00:00+07:00",
    ]  # fmt: skip
    assert [one.seconds for one in found] == [None, None, 5_400, 108_000, 2_700]
    assert found[0].score is not None
    assert found[0].score.points == Decimal("8.5")


def test_cells_that_a_spreadsheet_turned_into_something_else_are_told() -> None:
    account = {"course": "RICE", "home_page": "https://lms.vn"}
    body = xlsx(
        {**account, "account": 79_203_001_234, "completed_at": date(2026, 10, 1)},
        {**account, "account": 1_234_567_890_123_456, "completed_at": 46_000},
        {**account, "account": date(2026, 1, 2), "completed_at": True},
    )
    assert told(body) == [
        (3, "account", "account-digits"), (3, "completed_at", "moment"),
        (4, "account", "type-text"), (4, "completed_at", "moment"),
    ]  # fmt: skip


def test_a_formula_whose_value_nobody_knows_is_told_by_its_cell() -> None:
    with pytest.raises(CompletionFileRefusal) as refusal:
        read(xlsx(PLAIN, {**PLAIN, "email": "tam@example.vn", "score": "=4+4"}))
    (error,) = refusal.value.errors
    assert (error.rule, error.got) == ("file-formulas", "a formula alone in D3")


@pytest.mark.parametrize(
    "cell",
    [
        b'<c t="str" r="E9" x="' + b"y" * 30_000 + b'"><f>A1</f></c>',
        b'<x:c r="E9">' + b" " * 30_000 + b"<x:f>" + b"A1+" * 10_000 + b"</x:f><x:v/></x:c>",
        b'<c r="E9"><f ' + b" " * 30_000 + b"/><v></v></c>",
    ],
)
def test_a_formula_alone_is_found_however_much_stands_around_it(cell: bytes) -> None:
    body = with_part(xlsx(PLAIN), "xl/worksheets/sheet9.xml", b"<c " * 9 + cell)
    with pytest.raises(CompletionFileRefusal) as refusal:
        read(body)
    assert [error.got for error in refusal.value.errors] == ["a formula alone in E9"]


@pytest.mark.parametrize(
    "part", [b"<c ", b'<c r="A1">', b'<c r="A1"><f ', b'<c r="A1"><f>', b"<c><f>x</f>", b"c "]
)
def test_what_is_no_formula_is_looked_through_once_however_it_begins(part: bytes) -> None:
    """By a search that begins again at each of them this would take hours."""
    junk = part * (2_000_000 // len(part))
    assert len(read(with_part(xlsx(PLAIN), "xl/worksheets/junk.xml", junk))) == 1
    assert (
        len(read(with_part(xlsx(PLAIN), "xl/worksheets/junk.xml", b'<c r="A1"><f>' + b" c" * 999_999))) == 1
    )


@given(st.integers(1, 10**9))
def test_a_length_is_written_as_it_is_read(seconds: int) -> None:
    parsed = durations.parse(duration(seconds))
    assert parsed is not None
    assert parsed.nanoseconds == seconds * 10**9


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_it(body: bytes) -> None:
    for tail in (body, csv(PLAIN) + b"\r\n" + body):
        with contextlib.suppress(CompletionFileRefusal):
            read(tail)
