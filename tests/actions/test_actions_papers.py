"""The papers of a whole round, read back as an office program reads them; who may have them; who looked."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from lms_tracker.actions.recognition import criteria, grids, papers, registrations
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.store import database, schema
from tests.actions import recognised
from tests.actions.communes import officer
from tests.actions.recognised import Cast

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BY_THON_AND_GIVEN_NAME = [recognised.NAMES[at] for at in (0, 2, 4, 1, 3, 5)]


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    with app.app_context():
        yield recognised.cast()


def text(made: papers.Made) -> list[str]:
    document = Document(BytesIO(b"".join(made.pieces)))
    return [node.text for node in document.element.body.iter(f"{W}p")]


def names_in(lines: list[str]) -> list[str]:
    return [line for line in lines if line in recognised.NAMES]


def test_the_papers_of_a_whole_round_hold_its_people_by_thon_and_given_name(cast: Cast) -> None:
    number = recognised.opened(cast)
    recognised.reviewed(cast, number, poor=1)
    decision = recognised.decided(cast, number)

    registered = names_in(text(papers.of_round(cast.approver, number, "registrations", "docx")))
    assert registered == BY_THON_AND_GIVEN_NAME
    proposed = names_in(text(papers.of_round(cast.approver, number, "proposed", "docx")))
    others = text(papers.of_round(cast.approver, number, "not-achieved", "docx"))
    assert proposed + names_in(others) == registered
    assert any("Chỉ số 10 dưới 5 điểm" in line for line in others)
    lines = text(papers.of_decision(cast.approver, decision, "decision", "docx"))
    assert names_in(lines) == proposed
    assert "Số: 45/QĐ-UBND" in lines
    assert any("Công nhận 5 công dân" in line for line in lines)
    minutes = text(papers.of_round(cast.approver, number, "minutes", "docx"))
    assert any("Nhà văn hóa xã" in line for line in minutes)
    assert "Nguyễn Văn Chủ" in minutes
    assert "83,33" in minutes
    assert "Số: 12/TTr-HKH" in text(papers.of_round(cast.approver, number, "submission", "docx"))
    certificates = text(papers.of_decision(cast.approver, decision, "certificates", "docx"))
    assert names_in(certificates) == proposed
    assert certificates.count("Giấy chứng nhận") == 5


def test_every_paper_of_a_round_comes_in_both_forms(cast: Cast) -> None:
    number = recognised.opened(cast)
    recognised.reviewed(cast, number)
    for kind in set(papers.OF_ROUND) - {"grid", "forms"}:
        document = papers.of_round(cast.approver, number, kind, "docx")
        book = papers.of_round(cast.approver, number, kind, "xlsx")
        assert document.name.isascii()
        assert document.name.endswith(".docx")
        assert Document(BytesIO(b"".join(document.pieces))).sections
        assert load_workbook(BytesIO(b"".join(book.pieces))).worksheets


def test_a_filled_sheet_comes_back_into_the_grid_with_what_was_typed(cast: Cast) -> None:
    number = recognised.opened(cast)
    registrations.register(cast.officer, number)
    made = papers.of_round(cast.officer, number, "grid", "xlsx", cast.at.east)
    book = load_workbook(BytesIO(b"".join(made.pieces)))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert sheet.column_dimensions["A"].hidden
    assert sheet.column_dimensions["B"].hidden
    assert sheet.protection.sheet
    at = heads.index("3 (0–10)") + 1
    assert not sheet.cell(2, at).protection.locked
    assert sheet.cell(1, at).protection.locked
    assert {int(one.formula2) for one in sheet.data_validations.dataValidation} == {10}
    sheet.cell(2, at).value = 7
    changed = BytesIO()
    book.save(changed)
    typed, stale = grids.from_sheet(cast.officer, number, changed.getvalue())
    assert not stale
    rows = {row.id: row for row in recognised.rows(number)}
    assert len(typed) == 3
    first = int(str(sheet.cell(2, 1).value))
    assert rows[first].name == sheet.cell(2, 4).value
    assert rules.read(rules.columns(used(number)), typed[first].cells).points == {"3": 7}


def used(number: int) -> AnySet:
    with database.reading() as connection:
        found = connection.execute(
            select(schema.rounds.c.criteria_set_id).where(schema.rounds.c.id == number)
        ).scalar_one()
        return criteria.held(connection, found).criteria


def test_nobody_has_the_papers_of_a_round_of_which_they_see_nothing_i17(cast: Cast) -> None:
    number = recognised.opened(cast)
    recognised.reviewed(cast, number)
    of_one_thon = officer("khach", cast.at.east, "approver")
    for kind in papers.OF_ROUND:
        with pytest.raises(NotAllowed):
            papers.of_round(of_one_thon, number, kind, "xlsx" if kind == "grid" else "docx")
        with pytest.raises(NotAllowed):
            papers.of_round(cast.approver, number + 999, kind, "xlsx" if kind == "grid" else "docx")
    with pytest.raises(NotAllowed):
        papers.of_round(cast.reviewer, number, "grid", "xlsx")
    for wrong in (("proposed", "pdf"), ("other", "docx"), ("grid", "docx"), ("forms", "xlsx")):
        with pytest.raises(NotFound):
            papers.of_round(cast.approver, number, *wrong)


def test_whoever_takes_a_list_away_is_told_to_everybody_on_it_i17(cast: Cast) -> None:
    number = recognised.opened(cast)
    recognised.reviewed(cast, number)
    with database.writing() as connection:
        connection.execute(schema.looks.delete())
    papers.of_round(cast.approver, number, "registrations", "docx")
    with database.reading() as connection:
        rows = connection.execute(select(schema.looks.c.person_key, schema.looks.c.by_person)).all()
    assert {bytes(row[0]) for row in rows} == set(cast.people)
    assert {bytes(row[1]) for row in rows} == {cast.approver.key}
    papers.of_round(cast.approver, number, "form", "docx")
    with database.reading() as connection:
        assert len(connection.execute(select(schema.looks.c.id)).all()) == len(rows)
