"""Courses from CSV and XLSX: what is taken, and that every wrong line is told."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from lms_tracker.learning import course_sheets
from lms_tracker.learning.course_files import CourseFileRefusal, LineError, read_courses
from tests.learning.cast import course

HEADER = (
    "provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to"
)
COLUMNS = HEADER.split(",")
SHEET = "xl/worksheets/sheet1.xml"
PLAIN = {
    "provider": "1",
    "course": "KNS1",
    "title": "Kỹ năng số cơ bản",
    "activity": "https://hoc.example.vn/khoa/1",
    "match": "prefix",
    "category": "digital-skills",
    "domain": "1.2",
    "level": "3",
    "basis": "capped",
    "hours": "20",
    "hour_minutes": "45",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
}


def line(**changes: str) -> str:
    cells = {**PLAIN, **changes}
    return ",".join(f'"{cells[column]}"' for column in COLUMNS)


def csv(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines, ""]).encode()


def xlsx(*rows: list[object]) -> bytes:
    workbook = Workbook()
    for row in [COLUMNS, *rows]:
        workbook.active.append(row)
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def changed(body: bytes, name: str, change) -> bytes:
    """A workbook with one part rewritten, or added."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    parts[name] = change(parts.get(name, b""))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return packed.getvalue()


def read(body: bytes, existing=()):
    return read_courses(body, providers={1, 2}, existing=existing)


def errors(body: bytes, existing=()) -> list[LineError]:
    with pytest.raises(CourseFileRefusal) as refusal:
        read(body, existing)
    return refusal.value.errors


def told(body: bytes, existing=()) -> list[tuple[int, str, str]]:
    return [(error.line, error.column, error.rule) for error in errors(body, existing)]


def test_a_line_becomes_a_course():
    assert read(csv(line())) == [
        course(
            0,
            code="KNS1",
            title="Kỹ năng số cơ bản",
            domain="1.2",
            level="3",
            basis="capped",
            seconds=20 * 45 * 60,
            hour_minutes=45,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            activities=(("https://hoc.example.vn/khoa/1", "prefix"),),
        )
    ]


def test_a_byte_order_mark_and_semicolons_are_taken():
    body = csv(line()).replace(b",", b";").replace(b'"', b"")
    assert read(b"\xef\xbb\xbf" + body) == read(csv(line()))


def test_columns_may_come_in_any_order_and_those_that_may_be_empty_may_be_missing():
    body = "Basis, Match ,category,activity,title,course,provider\nmeasured,exact,other,https://a.vn/1,Luật,L1,2\n"
    (found,) = read(body.encode())
    assert (found.provider_id, found.basis, found.seconds, found.hour_minutes) == (2, "measured", None, 60)
    assert (found.valid_from, found.valid_to, found.domain, found.level) == (None, None, "", "")


def test_several_lines_are_several_activities_of_one_course():
    empty = dict.fromkeys(set(COLUMNS) - {"provider", "course", "activity", "match"}, "")
    body = csv(
        line(),
        line(activity="https://hoc.example.vn/2", match="exact", **empty),
        line(activity="https://hoc.example.vn/3", match="context"),
        line(),
    )
    (found,) = read(body)
    assert found.activities == (
        ("https://hoc.example.vn/khoa/1", "prefix"),
        ("https://hoc.example.vn/2", "exact"),
        ("https://hoc.example.vn/3", "context"),
    )


def test_later_lines_of_a_course_must_not_contradict_the_first():
    body = csv(line(), line(activity="https://a.vn/2", title="Khác", hours="21"))
    assert [(e.line, e.column, e.rule, e.other_line) for e in errors(body)] == [
        (3, "title", "same-course-same-values", 2),
        (3, "hours", "same-course-same-values", 2),
    ]


def test_another_valid_from_is_another_period_of_the_course():
    body = csv(line(), line(valid_from="2027-01-01", valid_to="", hours="30"))
    first, second = read(body)
    assert (first.code, first.valid_to, first.seconds) == ("KNS1", date(2026, 12, 31), 54_000)
    assert (second.code, second.valid_from, second.seconds) == ("KNS1", date(2027, 1, 1), 81_000)


@pytest.mark.parametrize("activity", [PLAIN["activity"], "https://a.vn/2"])
@pytest.mark.parametrize(("valid_from", "valid_to"), [("2026-12-31", ""), ("2025-01-01", "2026-01-01")])
def test_periods_of_one_course_must_not_meet(activity, valid_from, valid_to):
    body = csv(line(), line(valid_from=valid_from, valid_to=valid_to, activity=activity))
    assert [(e.line, e.column, e.rule, e.other_line) for e in errors(body)] == [
        (3, "valid_from", "validity-once", 2)
    ]


def test_what_could_not_be_read_on_the_first_line_contradicts_nothing():
    body = csv(line(hours="hai mươi"), line(activity="https://a.vn/2"))
    assert told(body) == [(2, "hours", "hours-positive")]


@pytest.mark.parametrize("text", ["01/10/2026", "1/10/2026", "2026-10-01"])
def test_dates_are_iso_or_day_first(text):
    assert read(csv(line(valid_from=text)))[0].valid_from == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("hours", "minutes", "seconds"),
    [("2,5", "60", 9000), ("2.5", "45", 6750), ("0.75", "60", 2700), ("1", "1", 60), ("10", "", 36_000)],
)
def test_hours_become_exact_seconds(hours, minutes, seconds):
    assert read(csv(line(hours=hours, hour_minutes=minutes)))[0].seconds == seconds


def test_hours_of_a_measured_course_may_be_stated_or_left_out():
    assert read(csv(line(basis="measured", hours="")))[0].seconds is None
    assert read(csv(line(basis="measured", hours="2")))[0].seconds == 5400


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"provider": "3"}, "provider", "provider-known"),
        ({"provider": "một"}, "provider", "provider-known"),
        ({"provider": ""}, "provider", "required"),
        ({"course": ""}, "course", "required"),
        ({"title": ""}, "title", "required"),
        ({"title": "x" * 301}, "title", "length"),
        ({"title": "hai\ndòng"}, "title", "characters"),
        ({"activity": ""}, "activity", "required"),
        ({"activity": "khoa/1"}, "activity", "iri-absolute"),
        ({"activity": "https://a.vn/có dấu cách"}, "activity", "iri-absolute"),
        ({"match": "like"}, "match", "one-of"),
        ({"category": "cooking"}, "category", "one-of"),
        ({"domain": "7"}, "domain", "domain-of-category"),
        ({"domain": "1.4"}, "domain", "domain-of-category"),
        ({"level": "9"}, "level", "level-of-category"),
        ({"level": "0"}, "level", "level-of-category"),
        ({"category": "foreign-language", "domain": "en", "level": "7"}, "level", "level-of-category"),
        ({"category": "foreign-language", "domain": "English", "level": "6"}, "domain", "domain-of-category"),
        ({"basis": "guessed"}, "basis", "one-of"),
        ({"hours": ""}, "hours", "hours-of-basis"),
        ({"hours": "", "basis": "nominal"}, "hours", "hours-of-basis"),
        ({"hours": "0"}, "hours", "hours-positive"),
        ({"hours": "-1"}, "hours", "hours-positive"),
        ({"hours": "1e3"}, "hours", "hours-positive"),
        ({"hours": "1.000,5"}, "hours", "hours-positive"),
        ({"hours": "0.0001"}, "hours", "hours-whole-seconds"),
        ({"hour_minutes": "0"}, "hour_minutes", "hour-minutes"),
        ({"hour_minutes": "61"}, "hour_minutes", "hour-minutes"),
        ({"hour_minutes": "45.5"}, "hour_minutes", "hour-minutes"),
        ({"valid_from": "2026-02-30"}, "valid_from", "date"),
        ({"valid_to": "10/2026"}, "valid_to", "date"),
        ({"valid_to": "2025-12-31"}, "valid_to", "validity-order"),
        ({"title": "#REF!"}, "title", "formula-error"),
    ],
)
def test_each_wrong_cell_is_told_with_its_line_and_column(changes, column, rule):
    body = csv(line(course="K0", activity="https://a.vn/0"), line(**changes))
    assert told(body) == [(3, column, rule)]


def test_every_wrong_line_is_told_and_not_only_the_first():
    body = csv(line(course="A", level="9"), line(course="B", activity="x"), line(course="C", hours="?"))
    assert told(body) == [
        (2, "level", "level-of-category"),
        (3, "activity", "iri-absolute"),
        (4, "hours", "hours-positive"),
        (4, "activity", "activity-once"),
    ]


def test_an_error_says_what_was_expected_and_what_came():
    (error,) = errors(csv(line(level="9")))
    assert error == LineError(2, "level", "level-of-category", "a level 1 to 8", "9")


def test_two_courses_of_a_provider_must_not_share_an_activity_at_one_time():
    body = csv(line(), line(course="KNS2"))
    (error,) = errors(body)
    assert (error.line, error.column, error.rule, error.other_line) == (3, "activity", "activity-once", 2)
    assert "KNS1" in error.expected


def test_an_activity_may_be_shared_with_another_match_time_or_provider():
    body = csv(
        line(),
        line(course="KNS2", match="exact"),
        line(course="KNS3", valid_from="2027-01-01", valid_to=""),
        line(course="KNS1", provider="2"),
    )
    assert [found.code for found in read(body)] == ["KNS1", "KNS2", "KNS3", "KNS1"]


def test_an_activity_that_is_in_the_catalogue_already_is_refused():
    existing = [course(5, code="CŨ", activities=(("https://hoc.example.vn/khoa/1", "prefix"),))]
    (error,) = errors(csv(line()), existing)
    assert (error.line, error.rule, error.other_line) == (2, "activity-once", None)
    assert "CŨ" in error.expected


def test_the_same_course_imported_again_comes_in_the_place_of_the_first():
    existing = [
        course(5, code="KNS1", valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)),
        course(6, code="KNS1", valid_from=date(2027, 1, 1)),
    ]
    (found,) = read(csv(line(title="Mới")), existing)
    assert (found.id, found.title) == (5, "Mới")


def test_a_new_period_must_not_meet_one_that_stays_in_the_catalogue():
    existing = [course(5, code="KNS1", valid_from=date(2025, 1, 1), activities=(("https://a.vn", "exact"),))]
    assert told(csv(line()), existing) == [(2, "valid_from", "validity-once")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (0, "", "file-empty")),
        (b"\r\n\r\n", (0, "", "file-empty")),
        (HEADER.encode(), (1, "", "file-empty")),
        (csv(line())[:150] + b"\xff", (2, "", "file-encoding")),
        (csv(line()).decode().encode("utf-16"), (1, "", "file-encoding")),
        (csv('"1"x,2'), (2, "", "file-csv")),
        (csv('"1'), (2, "", "file-csv")),
        (csv(line() + ",hơn"), (2, "", "cell-beyond-header")),
        (HEADER.replace("hours", "hour").encode() + b"\n1", (1, "hour", "column-known")),
        (HEADER.encode() + b",title\n1", (1, "title", "column-once")),
        (HEADER.replace("title,", "").encode() + b"\n1", (1, "title", "column-missing")),
        (b"PK\x03\x04 not a workbook", (0, "", "file-xlsx")),
    ],
)
def test_a_file_that_cannot_be_read_is_told_as_such(body, expected):
    assert told(body) == [expected]


def test_lines_are_counted_as_an_editor_does():
    body = csv(line(title="hai\ndòng"), "", line(course="B", level="x", activity="https://b.vn"))
    assert told(body) == [(2, "title", "characters"), (5, "level", "level-of-category")]


def test_a_workbook_is_read_with_its_numbers_and_dates():
    dated = [2.5, 45.0, datetime(2026, 1, 1), date(2026, 12, 31)]
    body = xlsx(
        [1, 101, "Kỹ năng số", "https://a.vn/1", "prefix", "digital-skills", 1.2, 3, "nominal", *dated],
        [1.0, "101", None, " https://a.vn/2 ", "exact"],
    )
    assert read(body) == [
        course(
            0,
            code="101",
            title="Kỹ năng số",
            domain="1.2",
            level="3",
            basis="nominal",
            seconds=6750,
            hour_minutes=45,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            activities=(("https://a.vn/1", "prefix"), ("https://a.vn/2", "exact")),
        )
    ]


def test_cells_that_a_spreadsheet_turned_into_something_else_are_told():
    start = [1, "K", "Kỹ năng số", "https://a.vn/1", "exact", "digital-skills"]
    body = xlsx(
        [*start, datetime(2026, 2, 1), 3, "measured", True, None, 46000, datetime(2026, 12, 31, 8)],
        [],
        [1, "L", "=1/0", "https://a.vn/2", "exact", "other", None, None, "measured"],
    )
    assert told(body) == [
        (2, "domain", "type-text"),
        (2, "hours", "type-text"),
        (2, "valid_from", "date"),
        (2, "valid_to", "date"),
        (4, "title", "required"),
    ]


def test_a_workbook_that_unpacks_to_more_than_the_bounds_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (course_sheets.MOST_UNPACKED_BYTES + 1))
    assert len(packed.getvalue()) < 100_000
    assert told(packed.getvalue()) == [(0, "", "file-size")]


def lying(body: bytes, content: bytes, kind: int) -> bytes:
    """A workbook with one part more that states to be 100 bytes long, with the checksum of as many."""
    name = b"xl/x.xml"
    packed = io.BytesIO(body)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name.decode()), content, compress_type=kind)
    told = bytearray(packed.getvalue())
    # Where its headers begin, in its place and in the directory at the end (APPNOTE 4.3.7, 4.3.12).
    for begin in (told.find(name) - 30, told.rfind(name) - 46):
        at = begin + (14 if told[begin + 2] == 3 else 16)
        struct.pack_into("<I", told, at, zlib.crc32(content[:100]))
        struct.pack_into("<I", told, at + 8, 100)
    return bytes(told)


@pytest.mark.parametrize(
    "kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_part_that_is_larger_than_it_states_is_refused_before_it_takes_memory(kind):
    body = lying(xlsx([1, "K"]), b" " * (3_000_000 if kind == zipfile.ZIP_STORED else 20_000_000), kind)
    tracemalloc.start()
    try:
        assert told(body) == [(0, "", "file-xlsx")]
        # What is stored as it is has taken that already.
        assert tracemalloc.get_traced_memory()[1] < 2_000_000 + len(body)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_damaged_part_is_refused_however_it_is_packed(kind):
    packed = io.BytesIO(xlsx([1, "K"]))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/x.xml", b"hello world" * 50, compress_type=kind)
    body = packed.getvalue()
    begin = body.find(b"xl/x.xml") + 8
    for at in range(begin, begin + 12):
        assert told(body[:at] + bytes([body[at] ^ 0x5A]) + body[at + 1 :]) == [(0, "", "file-xlsx")]


def test_a_row_of_a_million_cells_is_refused_before_it_takes_memory():
    row = b"<row>" + b'<c r="A9"/>' * 1_000_000 + b"</row>"
    body = changed(xlsx([1, "K"]), SHEET, lambda sheet: sheet.replace(b"</sheetData>", row + b"</sheetData>"))
    assert len(body) < 100_000
    assert told(body) == [(0, "", "file-size")]


def test_a_workbook_in_another_encoding_is_refused():
    body = changed(xlsx([1, "K"]), SHEET, lambda sheet: sheet.decode().encode("utf-16"))
    assert told(body) == [(0, "", "file-xlsx")]


def test_shared_strings_as_spreadsheets_write_them_are_read():
    """openpyxl itself writes each string in its cell; others keep them in one list, however long."""
    cells = [str(text) for text in COLUMNS] + [PLAIN[column] for column in COLUMNS]
    rows = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{chr(65 + column)}{row}" t="s"><v>{(row - 1) * 13 + column}</v></c>'
            for column in range(13)
        )
        + "</row>"
        for row in (1, 2)
    )
    strings = "".join(f"<si><t>{text}</t></si>" for text in [*cells, *map(str, range(30_000))])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    body = changed(
        xlsx(),
        SHEET,
        lambda _: f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode(),
    )
    body = changed(
        body,
        "[Content_Types].xml",
        lambda types: types.replace(
            b"</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
        ),
    )
    body = changed(body, "xl/sharedStrings.xml", lambda _: f'<sst xmlns="{main}">{strings}</sst>'.encode())
    assert read(body) == read(csv(line()))


def test_a_workbook_with_a_cell_in_its_last_row_is_bounded():
    workbook = Workbook()
    workbook.active.append(COLUMNS)
    workbook.active.cell(1_048_576, 1, "x")
    kept = io.BytesIO()
    workbook.save(kept)
    assert [rule for _, _, rule in told(kept.getvalue())] == ["file-lines"]


def test_a_damaged_workbook_is_refused_whatever_openpyxl_raises():
    body = xlsx([1, "K"])
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
    for name in names:
        assert errors(changed(body, name, lambda content: content[: len(content) // 2]))
    for cut in range(0, len(body), 200):
        assert errors(body[:cut])


def test_too_large_a_file_and_too_many_lines_are_refused(monkeypatch):
    monkeypatch.setattr(course_sheets, "MOST_LINES", 3)
    assert told(csv(line(), "", line(), line())) == [(4, "", "file-lines")]
    monkeypatch.setattr(course_sheets, "MOST_BYTES", 100)
    assert told(csv(line())) == [(0, "", "file-size")]
