"""The papers of a round: office programs open them, and nothing that somebody is called does harm in them."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from datetime import date, datetime
from io import BytesIO
from xml.etree import ElementTree

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.papers import lists, sheets, texts, word
from lms_tracker.learning.recognition.papers.facts import Entry
from tests.learning import paper_facts
from tests.learning.paper_facts import papers

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KINDS = tuple(papers())


def parts(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def in_word(kind: str, model: Model = Model.CITIZEN) -> bytes:
    return word.document(papers(model)[kind]())


def in_sheets(kind: str, model: Model = Model.CITIZEN) -> bytes:
    return sheets.workbook(papers(model)[kind]())


def all_text(body: bytes) -> str:
    document = Document(BytesIO(body))
    return "\n".join(node.text for node in document.element.body.iter(f"{W}p"))


@pytest.mark.parametrize("model", Model)
def test_every_part_of_every_paper_is_well_formed(model: Model) -> None:
    for kind in KINDS:
        for body in (in_word(kind, model), in_sheets(kind, model)):
            for name, content in parts(body).items():
                assert ElementTree.fromstring(content) is not None, (kind, name)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_gives_the_same_bytes(kind: str) -> None:
    assert in_word(kind) == in_word(kind)
    assert in_sheets(kind) == in_sheets(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_a4_with_the_margins_of_the_decree(kind: str) -> None:
    for section in Document(BytesIO(in_word(kind))).sections:
        sides = sorted((section.page_width.mm, section.page_height.mm))
        assert [round(side) for side in sides] == [210, 297]
        assert 20 <= round(section.top_margin.mm) <= 25
        assert 20 <= round(section.bottom_margin.mm) <= 25
        if kind != "certificates":
            assert 30 <= section.left_margin.mm <= 35
            assert 15 <= section.right_margin.mm <= 20
            # Numbers stand in the middle of the top, from the second page on.
            assert section.different_first_page_header_footer
            assert "PAGE" in "".join(section.header.paragraphs[0]._p.itertext())
            assert "".join(section.first_page_header.paragraphs[0]._p.itertext()) == ""


@pytest.mark.parametrize("kind", ["registrations", "proposed", "decision", "not-achieved"])
def test_the_head_of_a_list_is_repeated_and_its_rows_are_not_broken(kind: str) -> None:
    table = Document(BytesIO(in_word(kind))).tables[-2 if kind != "decision" else -1]
    rows = list(table._tbl.iter(f"{W}tr"))
    assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_a_decision_bears_its_number_its_day_who_signed_and_every_name() -> None:
    text = all_text(in_word("decision"))
    for wanted in (
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 15/QĐ-UBND",
        "Gò Quao, ngày 05 tháng 01 năm 2027",
        "Công nhận 26 công dân",
        "KT. Chủ tịch",
        "Nơi nhận:",
        "Nguyễn Văn An",
        "CDHT-2026-00026",
    ):
        assert wanted in text, wanted


def test_a_draft_leaves_room_for_what_is_not_known_yet() -> None:
    text = all_text(in_word("decision-draft"))
    assert "Số: ……/QĐ-UBND" in text
    assert "Gò Quao, ngày …… tháng …… năm 2026" in text


def test_each_certificate_is_a_page() -> None:
    document = Document(BytesIO(in_word("certificates")))
    breaks = list(document.element.body.iter(f"{W}pageBreakBefore"))
    assert len(breaks) == 25
    assert all_text(in_word("certificates")).count("Giấy chứng nhận") == 26


def test_lists_are_numbered_through_all_thon_whose_names_head_their_rows() -> None:
    text = all_text(in_word("registrations")).split("\n")
    assert text.index("Ấp 1") < text.index("Ấp 2") < text.index("Ấp 3")
    assert text[text.index("Ấp 2") + 1] == "11"


def test_a_blank_form_has_room_for_everything_and_points_for_nobody() -> None:
    facts = paper_facts.round_of()
    blank = paper_facts.forms(facts)[1]
    body = word.document(papers()["forms"]())
    assert "☒ Người lao động" in all_text(body)
    assert "2 giờ 15 phút" in all_text(body)
    table = Document(BytesIO(body)).tables[-2]
    filled = [cell.text for row in table.rows[1:] for cell in row.cells[5:] if cell.text.strip()]
    # Group headings span the row; of the points only the greatest total stands.
    assert set(filled) <= {"A", "B", ""}
    assert all(line.own is None for line in blank.lines)


# --- hostile data ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_of_a_workbook_is_a_formula_or_an_error(kind: str) -> None:
    for name, content in parts(in_sheets(kind)).items():
        if name.startswith("xl/worksheets/"):
            assert not re.search(rb"<f[ >/]", content), name
            assert b't="e"' not in content


def test_what_looks_like_a_formula_is_read_back_as_the_text_it_is() -> None:
    sheet = load_workbook(BytesIO(in_sheets("registrations"))).worksheets[0]
    texts_of_it = {cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    assert {"=cmd|' /C calc'!A0", "+84912345678", "@SUM(1+1)", "#N/A"} <= texts_of_it


def test_numbers_are_numbers_and_days_are_days() -> None:
    sheet = load_workbook(BytesIO(in_sheets("registrations"))).worksheets[0]
    values = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, datetime)]
    assert len(values) == 26
    proposed = load_workbook(BytesIO(in_sheets("proposed"))).worksheets[0]
    head = next(row[0].row for row in proposed.iter_rows() if row[0].value == "STT")
    first = [cell.value for cell in proposed[head + 1]]
    assert first[0] == 1
    assert first[4:14] == [7, 8, 9, 10, 7, 8, 9, 10, 7, 8]
    assert proposed.freeze_panes == f"A{head + 1}"
    assert proposed.print_title_rows == f"${head}:${head}"
    assert (proposed.page_setup.paperSize, proposed.page_setup.orientation) == (9, "landscape")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_name_at_all_makes_files_that_open(names: list[str]) -> None:
    facts = paper_facts.round_of()
    rows = [Entry(name=name, group=name, note=name, points=(1,) * 10) for name in names]
    for make in (lists.proposed, lists.registrations):
        assert "<w:document" in parts(word.document(make(facts, rows)))["word/document.xml"].decode()
        ElementTree.fromstring(parts(word.document(make(facts, rows)))["word/document.xml"])
        book = load_workbook(BytesIO(sheets.workbook(make(facts, rows))))
        found = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
        for name in names:
            assert not texts.line(name) or texts.line(name) in found


@given(st.text())
def test_a_line_is_one_line_of_what_xml_may_hold(text: str) -> None:
    found = texts.line(text)
    assert found == unicodedata.normalize("NFC", found)
    assert "\n" not in found
    assert found == texts.line(found)
    ElementTree.fromstring(f"<a>{found.replace('&', '').replace('<', '')}</a>")


@given(st.lists(st.text(max_size=50), max_size=12))
def test_names_of_sheets_are_ones_that_a_spreadsheet_takes(wanted: list[str]) -> None:
    found = texts.sheet_names(wanted)
    assert len({name.casefold() for name in found}) == len(wanted)
    for name in found:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")


def test_two_thon_of_one_name_have_sheets_of_their_own() -> None:
    assert texts.sheet_names(["Tổ 1/2", "Tổ 1/2", "tổ 1-2", "History", ""]) == [
        "Tổ 1-2",
        "Tổ 1-2 (2)",
        "tổ 1-2 (3)",
        "History (2)",
        "Trang",
    ]


def test_names_of_files_are_plain() -> None:
    assert texts.file_name("danh-sach-de-nghi", "Gò Quao", 2026) == "danh-sach-de-nghi-go-quao-2026"
    assert texts.file_name("../..\\Đặc khu\r\n", 'a"b;c') == "dac-khu-a-b-c"


def test_days_and_lengths_are_written_as_the_administration_writes_them() -> None:
    assert texts.day_in_words(date(2026, 10, 1)) == "ngày 01 tháng 10 năm 2026"
    assert texts.day_in_words(date(2026, 3, 11)) == "ngày 11 tháng 3 năm 2026"
    assert texts.length(8_100) == "2 giờ 15 phút"
    assert texts.length(0) == "0 phút"
    assert texts.count(138_068) == "138.068"
