"""Courses come in while others write."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import courses as importing
from lms_tracker.actions.courses import ImportOutcome, import_courses
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.course_files import read_courses
from lms_tracker.store import courses, database
from tests.actions.learners import HEADER, add_course, provider, record, studied


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def line(caller: Caller, code: str, activity: str) -> str:
    return f"{caller.provider_id},{code},Khóa {code},https://a.vn/{activity},exact,other,,,measured,,,,"


def imported(*lines: str) -> ImportOutcome:
    return import_courses("\n".join([HEADER, *lines, ""]).encode())


def known() -> dict[int, tuple[str, tuple[tuple[str, str], ...]]]:
    with database.reading() as connection:
        return {course.id: (course.code, course.activities) for course in courses.everything(connection)}


def while_parsing(monkeypatch: pytest.MonkeyPatch, app: Flask, work: Callable[[], None]) -> list[int]:
    """Have `work` done by another thread during the first parsing; gives what each parsing knew."""
    parsed: list[int] = []

    def in_context() -> None:
        with app.app_context():
            work()

    def parse(data: bytes, **known: Any) -> Any:
        parsed.append(len(known["existing"]))
        if len(parsed) == 1:
            thread = threading.Thread(target=in_context, daemon=True)
            thread.start()
            thread.join(10)
            assert not thread.is_alive(), "somebody waits for the parsing"
        return read_courses(data, **known)

    monkeypatch.setattr(importing, "read_courses", parse)
    return parsed


def test_a_file_that_is_being_read_makes_nobody_wait_who_posts(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    posted = studied("an", "2026-10-01T09:00:00Z", "PT1H")
    parsed = while_parsing(monkeypatch, in_app, lambda: record(in_app, caller, posted) and None)
    assert imported(line(caller, "K1", "1")) == ImportOutcome(1, 0)
    assert parsed == [0]


def test_a_file_is_compared_anew_with_a_catalogue_that_changed_meanwhile(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()

    def another_import() -> None:
        add_course(caller, "K1", "https://a.vn/1", match="exact")

    parsed = while_parsing(monkeypatch, in_app, another_import)
    outcome = imported(line(caller, "K2", "1"))
    # Ours, the other one, and ours once more.
    assert parsed == [0, 0, 1]
    assert [error.rule for error in outcome.errors] == ["activity-once"]
    assert [code for code, _ in known().values()] == ["K1"]


def test_each_course_of_a_file_has_its_own_activities_and_keeps_its_number(in_app: Flask) -> None:
    caller = provider()
    many = [line(caller, f"K{number}", f"{number}") for number in range(1_500)]
    assert imported(*many) == ImportOutcome(1_500, 0)
    before = known()
    assert dict(before.values()) == {
        f"K{number}": ((f"https://a.vn/{number}", "exact"),) for number in range(1_500)
    }
    moved = [line(caller, f"K{number}", f"moved-{number}") for number in range(750, 1_510)]
    assert imported(*moved) == ImportOutcome(10, 750)
    after = known()
    assert {number: code for number, (code, _) in after.items() if number in before} == {
        number: code for number, (code, _) in before.items()
    }
    assert dict(after.values())["K700"] == (("https://a.vn/700", "exact"),)
    assert dict(after.values())["K1509"] == (("https://a.vn/moved-1509", "exact"),)
    assert len(after) == 1_510
