"""Completions from a file enter by the door of all statements; a preview says what they would credit."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import (
    catalogue,
    completions,
    courses,
    crediting,
    grants,
    importing,
    people,
    providers,
)
from lms_tracker.actions.completions import Imported, Preview
from lms_tracker.actions.importing import UnknownProvider
from lms_tracker.store import database, dialects, totals
from xapi.actors import identify

COURSES = """\
provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to
1,RICE,Trồng lúa,https://hoc.vn/rice,exact,agriculture,,,nominal,20,45,,
1,KOREAN,Tiếng Hàn,https://hoc.vn/ko/,prefix,foreign-language,ko,1,measured,,50,,
1,OLD,Khóa cũ,https://hoc.vn/old,exact,other,,,nominal,2,60,,2020-12-31
2,THEIRS,Khóa khác,https://hoc.vn/theirs,exact,other,,,nominal,5,60,,
"""
KEPT = ("statements", "statement_actors", "evidence", "due_marks", "ledger", "totals", "activities", "actors")


@pytest.fixture
def catalogued(app: Flask):
    with app.app_context():
        assert providers.add_provider("Trung tâm").provider == 1
        assert providers.add_provider("Trường").provider == 2
        assert not courses.import_courses(COURSES.encode()).errors
        catalogue.adopt_policy()
        yield app


def file(*lines: str, header: str = "email,course,completed_at,minutes") -> bytes:
    return "\n".join([header, *lines]).encode()


def rows(*tables: str) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table: dialects.rows(connection, f"SELECT COUNT(*) FROM {table}", ())[0][0]
            for table in tables or KEPT
        }


def credited(email: str) -> dict[str, int]:
    """Seconds by course, placed and nominal together, after everything was counted."""
    while crediting.recount_due():
        pass
    key = identify({"mbox": f"mailto:{email}"}).key
    with database.reading() as connection:
        codes = {number: course.code for number, course in catalogue.current(connection).courses.items()}
        kept = totals.kept(connection, key)
    found: dict[str, int] = {}
    for (_, course_id), seconds in kept.items():
        found[codes[course_id]] = found.get(codes[course_id], 0) + sum(seconds)
    return found


def said(found: Preview) -> list[tuple[Any, ...]]:
    return [
        (line.completion.line, line.counts_for, line.seconds, line.nominal_seconds, line.refused)
        for line in found.lines
    ]


FILE = file(
    "lan@example.vn,RICE,2026-10-01,",
    "lan@example.vn,KOREAN,2026-10-01 16:00,90",
    "tam@example.vn,KOREAN,2026-10-01 16:00,60",
    "lan@example.vn,KOREAN,2026-10-01 16:30,60",
    "lan@example.vn,RICE,2026-10-05,",
    "tam@example.vn,OLD,2026-10-05,",
    "tam@example.vn,KOREAN,2026-10-07,",
)


def test_a_preview_says_what_each_line_would_credit_and_stores_nothing(catalogued: Flask) -> None:
    before = rows()
    found = completions.preview(FILE, 1)
    assert found.errors == []
    assert said(found) == [
        (2, "RICE", 0, 54_000, ()),
        (3, "KOREAN", 5_400, 0, ()),
        (4, "KOREAN", 3_600, 0, ()),
        (5, "KOREAN", 1_800, 0, (("overlaps", 1_800),)),
        (6, "RICE", 0, 0, (("over a cap", 54_000),)),
        (7, None, 0, 0, (("outside validity", 0),)),
        (8, "KOREAN", 0, 0, (("no duration", 0),)),
    ]
    assert rows() == before


def test_a_learner_s_lines_are_decided_together_however_few_are_at_once(
    catalogued: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = said(completions.preview(FILE, 1))
    monkeypatch.setattr(completions, "TOGETHER", 1)
    assert said(completions.preview(FILE, 1)) == at_once


def test_what_the_preview_says_is_what_is_credited_and_twice_the_file_credits_once(catalogued: Flask) -> None:
    found = completions.preview(FILE, 1)
    assert completions.import_completions(FILE, 1) == Imported(7, 0)
    first = {name: credited(f"{name}@example.vn") for name in ("lan", "tam")}
    assert first == {"lan": {"RICE": 54_000, "KOREAN": 7_200}, "tam": {"KOREAN": 3_600}}
    assert sum(line.seconds + line.nominal_seconds for line in found.lines) == 54_000 + 7_200 + 3_600
    assert completions.import_completions(FILE, 1) == Imported(0, 7)
    assert {name: credited(f"{name}@example.vn") for name in ("lan", "tam")} == first
    again = completions.preview(FILE, 1)
    assert [line.is_stored for line in again.lines] == [True] * 7


def test_a_file_that_grew_adds_what_is_new(catalogued: Flask) -> None:
    completions.import_completions(FILE, 1)
    more = FILE + b"\ntam@example.vn,RICE,2026-10-09,"
    assert completions.import_completions(more, 1) == Imported(1, 7)
    assert credited("tam@example.vn") == {"KOREAN": 3_600, "RICE": 54_000}


def test_nothing_is_imported_unless_every_line_is_right(catalogued: Flask) -> None:
    body = FILE + b"\ntam@example.vn,THEIRS,2026-10-09,\nt\xc3\xa2m@example.vn,RICE,2026-10-09,\n"
    before = rows()
    for found in (completions.import_completions(body, 1), completions.preview(body, 1)):
        first = found.errors[0]
        assert (first.line, first.column, first.rule) == (9, "course", "course-known")
    assert rows() == before


def test_one_learner_in_two_spellings_is_one_line_too_many(catalogued: Flask) -> None:
    body = file("lan@example.vn,RICE,2026-10-01,", "lan@EXAMPLE.vn,RICE,2026-10-01,")
    (error,) = completions.import_completions(body, 1).errors
    assert (error.line, error.rule, error.other_line) == (3, "line-twice", 2)


def test_an_address_is_one_learner_s_however_it_is_written(catalogued: Flask) -> None:
    assert completions.import_completions(file("LAN@EXAMPLE.VN,RICE,2026-10-01,"), 1) == Imported(1, 0)
    again = file("lan@example.vn,RICE,2026-10-01,")
    assert [line.is_stored for line in completions.preview(again, 1).lines] == [True]
    assert completions.import_completions(again, 1) == Imported(0, 1)
    assert credited("lan@example.vn") == {"RICE": 54_000}


def test_a_name_that_was_corrected_is_no_other_completion(catalogued: Flask) -> None:
    def named(name: str) -> bytes:
        return f"email,name,course,completed_at\nlan@example.vn,{name},RICE,2026-10-01\n".encode()

    assert completions.import_completions(named("Nguyễn Lan"), 1) == Imported(1, 0)
    for name in ("Nguyễn Thị Lan", ""):
        assert [line.is_stored for line in completions.preview(named(name), 1).lines] == [True]
        assert completions.import_completions(named(name), 1) == Imported(0, 1)
    assert credited("lan@example.vn") == {"RICE": 54_000}


def test_an_id_that_somebody_took_before_stops_the_file(
    catalogued: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    completions.import_completions(FILE, 1)
    taken = importing.computed_id
    monkeypatch.setattr(importing, "computed_id", lambda provider, received: b"\1" * 16)
    body = file("lan@example.vn,RICE,2026-10-01,")
    assert completions.import_completions(body, 1) == Imported(1, 0)
    (error,) = completions.import_completions(file("tam@example.vn,RICE,2026-10-01,"), 1).errors
    assert (error.line, error.rule) == (2, "id-conflict")
    assert taken is not importing.computed_id


def test_i17_a_look_at_what_learners_learned_elsewhere_is_logged(catalogued: Flask) -> None:
    completions.import_completions(FILE, 1)
    viewer_key = people.add_person("Đức", "duc", "một mật khẩu dài", []).key
    grants.grant_role("duc", "provider", 1)
    viewer = people.viewer(viewer_key)
    assert viewer is not None
    assert rows("looks") == {"looks": 0}
    completions.preview_for(viewer, 1, FILE)
    with database.reading() as connection:
        found = dialects.rows(connection, "SELECT by_person, by_credential, what FROM looks", ())
    assert [tuple(row) for row in found] == [(viewer_key, None, "check")] * 2


def test_a_provider_that_is_not_there_has_no_completions(catalogued: Flask) -> None:
    with pytest.raises(UnknownProvider):
        completions.preview(FILE, 9)


def test_thousands_of_lines_are_previewed_and_imported_in_parts(catalogued: Flask) -> None:
    lines = [
        f"hv{number % 800}@example.vn,KOREAN,2026-10-{number // 800 + 1:02} 16:00,45"
        for number in range(2_000)
    ]
    found = completions.preview(file(*lines), 1)
    assert [line.completion.line for line in found.lines] == list(range(2, 2_002))
    assert {line.seconds for line in found.lines} == {2_700}
    assert completions.import_completions(file(*lines), 1) == Imported(2_000, 0)
