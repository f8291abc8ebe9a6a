"""Rosters as communes have them: what is read of them, and that every wrong line is told."""

from __future__ import annotations

import contextlib
import io
import unicodedata
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from lms_tracker.learning import roster_fields
from lms_tracker.learning.course_fields import FieldFault
from lms_tracker.learning.course_sheets import MOST_COLUMNS, Bounds
from lms_tracker.learning.roster_fields import Birth
from lms_tracker.learning.roster_files import read_roster
from lms_tracker.learning.roster_lines import Roster, RosterRefusal

TODAY = date(2026, 11, 22)
TCVN3 = "STT;Hä vµ tªn;N¨m sinh;Th«n\n1;NguyÔn V¨n Hïng;1960;§«ng Hßa\n2;TrÇn ThÞ Lan;1961;§«ng Hßa\n"
VNI = "STT;Hoï vaø teân;Naêm sinh\n1;Nguyeãn Vaên Huøng;1960\n2;Traàn Thò Lan;1961\n3;Ñöùc;1962\n"
HEADER = "STT;Họ và tên;Năm sinh;Giới tính;Thôn;Số hộ;Quan hệ với chủ hộ;Điện thoại;Đồng ý"
PLAIN = (
    f"{HEADER}\n"
    "1;NGUYỄN VĂN ẨN;1/2/1960;Nam;Đông Hòa;12;Chủ hộ;0912 345 678;x\n"
    "2;Trần Thị Lệ;1962;Nữ;Đông Hòa;12;Vợ;;không\n"
    "3;Nguyễn Thị Ngọc Ánh;03/1990;nữ;Đông Hòa;12;Con;;\n"
)


def read(body: bytes | str, needs_place: bool = True, **more: Any) -> Roster:
    content = body.encode() if isinstance(body, str) else body
    return read_roster(content, today=TODAY, needs_place=needs_place, **more)


def refused(body: bytes | str, **more: Any) -> list[tuple[int, str, str]]:
    with pytest.raises(RosterRefusal) as refusal:
        read(body, **more)
    return [(one.line, one.column, one.rule) for one in refusal.value.problems]


def test_of_a_line_of_a_hundred_thousand_columns_the_first_are_read_as_of_a_workbook() -> None:
    """Two megabytes of separators kept a core busy for eleven seconds."""
    found = read(f"Họ tên;Năm sinh{';x' * 100_000}\nLê Ba;1950{';y' * 100_000}\n", needs_place=False)
    assert [one.name for one in found.lines] == ["Lê Ba"]
    assert len(found.unknown) <= MOST_COLUMNS


def told(roster: Roster) -> list[tuple[int, str, str, bool]]:
    return [(one.line, one.column, one.rule, one.is_grave) for one in roster.problems]


def xlsx(*rows: list[Any], from_1904: bool = False) -> bytes:
    workbook = Workbook()
    if from_1904:
        workbook.epoch = CALENDAR_MAC_1904
    for row in rows:
        workbook.active.append(row)
    kept = io.BytesIO()
    workbook.save(kept)
    return kept.getvalue()


def windows_1258(text: str) -> bytes:
    """As a program of Windows writes it: a letter with its shape, then the tone as a mark of its own."""
    kept = b""
    for letter in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        shape = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
        kept += shape.encode("cp1258") + tones.encode("cp1258")
    return kept


def test_a_line_says_who_somebody_is_and_with_whom_they_live() -> None:
    roster = read(PLAIN)
    first, second, third = roster.lines
    assert (first.line, first.name, first.birth_year, first.birth_date) == (
        2, "Nguyễn Văn Ẩn", 1960, date(1960, 2, 1),
    )  # fmt: skip
    assert (first.sex, first.place, first.household, first.relation) == ("male", "Đông Hòa", "12", "head")
    assert (first.phone, first.consent) == ("0912345678", True)
    assert (second.birth_year, second.birth_date, second.consent) == (1962, None, False)
    assert (third.birth_year, third.birth_date, third.consent) == (1990, None, None)
    assert {one.household for one in roster.lines} == {"12"}
    assert (roster.problems, roster.left_out, roster.unknown) == ([], [], [])


@pytest.mark.parametrize(
    "encoded",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        windows_1258(PLAIN),
        unicodedata.normalize("NFD", PLAIN).encode(),
        PLAIN.replace(";", "\t").encode("utf-16"),
        PLAIN.replace(";", ",").replace("\n", "\r\n").encode(),
        unicodedata.normalize("NFD", PLAIN).encode("utf-16"),
    ],
    ids=["utf-8", "bom", "utf-16", "le", "be", "windows-1258", "decomposed", "tabs", "commas", "both"],
)
def test_one_list_is_the_same_in_every_encoding_that_spreadsheets_write(encoded: bytes) -> None:
    assert read(encoded) == read(PLAIN)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (TCVN3, "file-tcvn3"),
        (VNI, "file-vni"),
        (PLAIN.encode().decode("cp1252", "replace"), "file-encoded-twice"),
    ],
    ids=["TCVN3", "VNI", "twice"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "xlsx"])
def test_text_in_fonts_of_before_unicode_is_told_and_not_guessed(body: str, rule: str, encoding: str) -> None:
    if encoding == "xlsx":
        content = xlsx(*(line.split(";") for line in body.split("\n")))
    elif encoding == "latin-1" and rule == "file-encoded-twice":
        return
    else:
        content = body.encode(encoding)
    assert refused(content) == [(0, "", rule)]


def test_two_encodings_in_one_file_are_told_with_the_line_of_the_first_foreign_byte() -> None:
    mixed = PLAIN.encode() + windows_1258("4;Lê Văn Tám;1970;nam;Đông Hòa;13;Chủ hộ;;\n")
    assert refused(mixed) == [(5, "", "file-encoding-mixed")]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "file-xls"),
        (b"\xff\xfe\0\0" + PLAIN.encode("utf-32-le"), "file-encoding"),
        (PLAIN.encode("utf-16")[:-1] + b"\xd8", "file-encoding"),
        ("名前,生年,村\n山田太郎,1960,一\n".encode("shift_jis"), "file-encoding"),
        (b"", "file-empty"),
        (b"PK\x03\x04 no workbook", "file-xlsx"),
        ("Danh sách\nkhông có cột\n", "header-missing"),
        (f"{HEADER}\n", "file-empty"),
        ("Họ tên;Họ và tên;Năm sinh;Thôn\nA;B;1960;1\n", "column-twice"),
    ],
)
def test_what_is_no_roster_is_refused_with_its_reason(body: bytes | str, rule: str) -> None:
    assert [problem[2] for problem in refused(body)] == [rule]


def test_a_missing_column_is_named() -> None:
    assert refused("Họ tên;Giới tính\nNguyễn Văn A;nam\n") == [
        (1, "birth", "column-missing"), (1, "place", "column-missing"),
    ]  # fmt: skip
    assert refused("Năm sinh;Thôn;Giới tính\n1960;1;nam\n") == [(1, "name", "column-missing")]
    assert len(read("Họ tên;Năm sinh\nNguyễn Văn A;1960\n", needs_place=False).lines) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Full name;Date of birth;Sex;Village;Household;Relationship;Phone;Email;Consent;Note;Clan",
        "HỌ + TÊN;NGÀY SINH;Giới tính (Nam/Nữ);Ấp;Mã hộ;Quan hệ;SĐT;Thư điện tử;Đồng ý;Ghi chú;Dòng họ",
        "ho va ten;Ngày, tháng, năm sinh;GIOI TINH;Tổ;Số hộ khẩu;QH với chủ hộ;ĐT;E-mail;Đồng ý xử lý dữ liệu"
        ";Ghi chú;Dòng họ",
    ],
)
def test_headings_are_known_in_either_language_whatever_their_case_and_marks(header: str) -> None:
    roster = read(f"{header}\nLê A;1/2/1960;F;Hòa;7;con;0912345678;LE@a.vn;no;x;Lê\n")
    (line,) = roster.lines
    assert (line.name, line.sex, line.place, line.household, line.relation) == (
        "Lê A", "female", "Hòa", "7", "con",
    )  # fmt: skip
    assert (line.phone, line.email, line.consent, line.clan) == ("0912345678", "le@a.vn", False, "Lê")
    assert roster.unknown == []
    # Free words are read nowhere, and who hands them in is told so.
    assert [kind for kind, _ in roster.left_out] == ["note"]


def test_titles_above_parted_headings_and_numbers_of_columns_are_no_people() -> None:
    roster = read(
        "UBND XÃ ĐÔNG HÒA;;;;;\nDANH SÁCH HỘ DÂN;;;;;\n;;;;;\n"
        "STT;Họ và tên;Năm sinh;;Quan hệ với chủ hộ;Thôn\n;;Nam;Nữ;;\n(1);(2);(3);(4);(5);(6)\n"
        "1;Nguyễn Văn A;1960;;Chủ hộ;1\n2;Trần Thị B;;1962;Vợ;1\n;;;;Đông Hòa, ngày 1;\n"
    )
    assert [(one.name, one.birth_year, one.sex) for one in roster.lines] == [
        ("Nguyễn Văn A", 1960, "male"),
        ("Trần Thị B", 1962, "female"),
    ]


def test_family_and_given_names_in_two_columns_are_one_name() -> None:
    roster = read("Họ và tên đệm;Tên;Năm sinh;Nam;Nữ;Thôn\nNguyễn Thị;An;1960;;x;1\n")
    assert [(one.name, one.sex) for one in roster.lines] == [("Nguyễn Thị An", "female")]


def test_ethnicity_religion_and_personal_numbers_are_never_read() -> None:
    roster = read(
        "Họ tên;Năm sinh;Thôn;Dân tộc;Tôn giáo;Số CCCD/CMND;Số định danh cá nhân;Nghề nghiệp\n"
        "Lê A;1960;1;BIMAT;BIMAT;BIMAT;BIMAT;thợ\nLê B;1999/1;1;BIMAT;;;;\n"
    )
    assert [kind for kind, _ in roster.left_out] == [
        "ethnicity", "religion", "personal-number", "personal-number",
    ]  # fmt: skip
    assert roster.unknown == ["Nghề nghiệp"]
    assert "BIMAT" not in repr(roster)
    assert "thợ" not in repr(roster)


# --- dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1/2/1960", Birth(1960, date(1960, 2, 1))),
        ("01-02-1960", Birth(1960, date(1960, 2, 1))),
        (" 1 . 2 . 1960 ".strip(), Birth(1960, date(1960, 2, 1))),
        ("ngày 1 tháng 2 năm 1960", Birth(1960, date(1960, 2, 1))),
        ("1960-02-01", Birth(1960, date(1960, 2, 1))),
        ("02/1960", Birth(1960)),
        ("Tháng 2 năm 1960", Birth(1960)),
        ("00/00/1960", Birth(1960)),
        ("1960", Birth(1960)),
        ("năm 1960", Birth(1960)),
        (1960, Birth(1960)),
        (1960.0, Birth(1960)),
        (21947, Birth(1960, date(1960, 2, 1), from_cell=True)),
        ("21947", Birth(1960, date(1960, 2, 1), from_cell=True)),
        (datetime(1960, 2, 1), Birth(1960, date(1960, 2, 1), from_cell=True)),
        ("22/11/2026", Birth(2026, date(2026, 11, 22))),
    ],
)
def test_a_birth_is_read_as_it_is_written_here(cell: Any, expected: Birth) -> None:
    assert roster_fields.birth(cell, TODAY) == expected


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("31/2/1960", "birth-impossible"),
        ("1/13/1960", "birth-impossible"),
        ("13/1960", "birth-impossible"),
        ("29/2/1900", "birth-impossible"),
        ("23/11/2026", "birth-future"),
        (2027, "birth-future"),
        (datetime(2030, 1, 1), "birth-future"),
        (60_000, "birth-future"),
        ("1/2/1850", "birth-old"),
        ("1/2/60", "birth-century"),
        ("chưa rõ", "birth-form"),
        (60, "birth-form"),
        (True, "birth-form"),
        (1960.5, "birth-form"),
        (10**12, "birth-form"),
        (timedelta(days=3), "birth-form"),
        ("9" * 5000, "birth-form"),
    ],
)
def test_an_impossible_birth_is_refused(cell: Any, rule: str) -> None:
    with pytest.raises(FieldFault) as fault:
        roster_fields.birth(cell, TODAY)
    assert fault.value.rule == rule


def test_a_spreadsheet_s_numbers_of_days_count_from_where_the_workbook_says() -> None:
    rows = [["Họ tên", "Ngày sinh", "Thôn"], ["Lê A", 21947, 1], ["Lê B", datetime(1960, 2, 1), "1"]]
    for from_1904, day in ((False, date(1960, 2, 1)), (True, date(1964, 2, 2))):
        first, second = read(xlsx(*rows, from_1904=from_1904)).lines
        assert (first.birth_date, second.birth_date) == (day, date(1960, 2, 1))


def test_a_file_whose_days_and_months_a_spreadsheet_may_have_turned_is_warned_of() -> None:
    cells = [["Lê A", datetime(1960, month, 5), "1"] for month in range(1, 5)]
    rows = [["Họ tên", "Ngày sinh", "Thôn"], *cells, ["Lê B", "25/12/1960", "1"]]
    assert read(xlsx(*rows)).warnings == ["dates-turned"]
    assert read(xlsx(*rows[:-1])).warnings == []


@given(st.dates(date(1900, 1, 1), TODAY), st.sampled_from("/-."), st.booleans(), st.integers(0, 2))
def test_any_day_is_read_back_from_any_of_its_writings(
    day: date, mark: str, zeros: bool, spaces: int
) -> None:
    parts = [f"{day.day:02}", f"{day.month:02}"] if zeros else [str(day.day), str(day.month)]
    written = (" " * spaces + mark + " " * spaces).join([*parts, f"{day.year:04}"])
    assert roster_fields.birth(written, TODAY).day == day
    assert roster_fields.birth(day.isoformat(), TODAY).day == day


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.datetimes()))
def test_whatever_stands_in_a_cell_is_read_or_refused_with_a_rule(cell: Any) -> None:
    for read_cell in (
        lambda one: roster_fields.birth(one, TODAY),
        roster_fields.name, roster_fields.sex, roster_fields.phone, roster_fields.email,
        roster_fields.consent, roster_fields.text, roster_fields.is_tick,
    ):  # fmt: skip
        with contextlib.suppress(FieldFault):
            found = read_cell(cell)
            if isinstance(found, Birth):
                assert found.year <= TODAY.year
                assert found.day is None or (found.day <= TODAY and found.day.year == found.year)


# --- names and other cells -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("NGUYỄN VĂN A", "Nguyễn Văn A"),
        ("  nguyễn   thị  hòa ", "Nguyễn Thị Hòa"),
        (unicodedata.normalize("NFD", "NGUYỄN THỊ ÁNH"), "Nguyễn Thị Ánh"),
        ("H’NHUNG NIÊ", "H'Nhung Niê"),
        ("y-wang mlô", "Y-Wang Mlô"),
        ("Nguyễn Văn An (Tí)", "Nguyễn Văn An (Tí)"),
        ("Anna McDonald", "Anna McDonald"),
    ],
)
def test_names_are_cleaned_of_capitals_and_spaces(cell: str, name: str) -> None:
    assert roster_fields.name(unicodedata.normalize("NFC", cell)) == name


@pytest.mark.parametrize(
    "cell", ["Nguy3n", "Иван Петров", "=1+1", "A", "-", "x" * 101, "Nguyễn\x07An", "123"]
)
def test_what_is_no_name_is_refused(cell: str) -> None:
    with pytest.raises(FieldFault):
        roster_fields.name(cell)


LETTERS = st.sampled_from(
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
WORDS = st.text(LETTERS, min_size=2, max_size=7)


@given(st.lists(WORDS, min_size=2, max_size=5))
def test_a_name_is_the_same_however_it_was_typed(words: list[str]) -> None:
    plain = " ".join(words)
    expected = " ".join(word[0].upper() + word[1:] for word in words)
    for typed in (plain, plain.upper(), plain.title(), f"  {plain.replace(' ', '   ')} "):
        assert roster_fields.name(typed) == expected
        assert roster_fields.name(roster_fields.name(typed)) == expected


@pytest.mark.parametrize(
    "cell", ["0912 345 678", "+84 912.345.678", "84912345678", 912345678, 912345678.0, "(0912)-345-678"]
)
def test_telephone_numbers_are_taken_as_people_write_them(cell: Any) -> None:
    assert roster_fields.phone(cell) == "0912345678"


def test_what_is_wrong_with_a_small_cell_leaves_that_cell_out_and_not_the_person() -> None:
    roster = read(f"{HEADER}\n1;Lê A;1960;?;1;;;123;có lẽ\n2;Lê B;31/2/1960;nam;1;;;;\n3;;1960;nam;1;;;;\n")
    assert [(one.name, one.sex, one.phone, one.consent) for one in roster.lines] == [("Lê A", None, "", None)]
    assert told(roster) == [
        (2, "sex", "sex", False), (2, "phone", "phone", False), (2, "consent", "consent", False),
        (3, "birth", "birth-impossible", True) if "birth" in roster.columns
        else (3, "birth_year", "birth-impossible", True),
        (4, "name", "required", True),
    ]  # fmt: skip


def test_a_date_and_a_year_that_contradict_each_other_are_told() -> None:
    roster = read("Họ tên;Ngày sinh;Năm sinh;Thôn\nLê A;1/2/1960;1961;1\nLê B;1/2/1960;1960;1\nLê C;;;1\n")
    assert [one.name for one in roster.lines] == ["Lê B"]
    assert told(roster) == [(2, "birth", "birth-contradicts", True), (4, "birth", "required", True)]


# --- households ------------------------------------------------------------------------------------------


def households(text: str) -> list[str]:
    return [one.household for one in read(text).lines]


def test_joined_cells_state_a_household_in_its_first_line_alone() -> None:
    text = "Số hộ;Họ tên;Năm sinh;Thôn;Quan hệ\n7;Lê A;1960;1;Chủ hộ\n;Lê B;1962;1;Vợ\n8;Lê C;1970;1;Chủ hộ\n"
    assert households(text) == ["7", "7", "8"]


def test_without_numbers_a_household_begins_with_its_head() -> None:
    text = (
        "Họ tên;Năm sinh;Thôn;Quan hệ\nLê An;1960;1;Chủ hộ\nLê B;1962;1;Vợ\n"
        "Lê An;1970;1;Chủ hộ\nLê D;1972;1;Vợ\n"
        "Lê An;1980;2;Chủ hộ\nLê E;1999;2;\n"
    )
    assert households(text) == ["Lê An (1960)", "Lê An (1960)", "Lê An (1970)", "Lê An (1970)", "Lê An", ""]


def test_who_follows_a_head_whose_line_is_wrong_does_not_join_the_household_above() -> None:
    text = "Họ tên;Năm sinh;Thôn;Quan hệ\nLê An;1960;1;Chủ hộ\nLê C;31/2/1960;1;Chủ hộ\nLê D;1972;1;Vợ\n"
    assert households(text) == ["Lê An", "Lê C"]


def test_the_name_of_the_head_in_each_line_makes_a_household() -> None:
    text = "Họ tên;Năm sinh;Thôn;Chủ hộ\nLê An;1960;1;LÊ AN\nLê B;1962;1;lê an\nLê C;1970;1;Lê C\n"
    roster = read(text)
    assert [(one.household, one.relation) for one in roster.lines] == [
        ("Lê An", "head"), ("Lê An", ""), ("Lê C", "head"),
    ]  # fmt: skip


# --- bounds ----------------------------------------------------------------------------------------------


def test_a_roster_within_bounds_alone_is_read() -> None:
    small = Bounds(bytes=2_000, unpacked_bytes=100_000, tags=5_000, lines=5)
    assert (
        refused(PLAIN + "4;Lê A;1960;nam;1;;;;\n5;Lê B;1960;nam;1;;;;\n", bounds=small)[0][2] == "file-lines"
    )
    assert refused(PLAIN + ";" * 2_000, bounds=small)[0][2] == "file-size"
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    assert refused(bomb.getvalue(), bounds=Bounds(10**6, 10**6, 10**6, 100))[0][2] == "file-size"


def test_a_formula_that_nobody_calculated_is_told_and_never_run() -> None:
    rows = [["Họ tên", "Năm sinh", "Thôn"], ["Lê A", "=1900+60", "1"]]
    assert refused(xlsx(*rows)) == [(0, "", "file-formulas")]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_roster_or_refused(body: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xff\xfe", "Họ tên;Năm sinh;Thôn\n".encode()):
        with contextlib.suppress(RosterRefusal):
            read(start + body)
