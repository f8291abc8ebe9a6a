"""A fixed cast for the tests of learning: short ways to state courses, evidence and what became of it."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms_tracker.learning.catalogue import Catalogue, Course
from lms_tracker.learning.credit import Verdict, decide
from lms_tracker.learning.evidence import COMPLETION, HAS_DURATION, OWN_TIME, Evidence
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.reasons import Reason

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
COURSE = "https://hoc.example.vn/khoa/ky-nang-so"
ENGLISH = "https://hoc.example.vn/khoa/tieng-anh"
HOUR = 3600
KINDS = ("placed", "nominal")
LATER = 10**15


def at(text: str, zone: ZoneInfo = HANOI) -> int:
    """Epoch seconds of a local time such as "2026-10-01 20:00"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def statement(number: int) -> bytes:
    return number.to_bytes(16, "big")


def course(number: int = 1, iri: str = COURSE, **changes: object) -> Course:
    stated: dict[str, object] = {
        "id": number,
        "provider_id": 1,
        "code": f"K{number}",
        "title": f"Khóa {number}",
        "category": "digital-skills",
        "domain": "1",
        "level": "2",
        "basis": "measured",
        "seconds": None,
        "hour_minutes": 60,
        "valid_from": None,
        "valid_to": None,
        "activities": ((iri, "prefix"),),
    }
    return Course(**{**stated, **changes})  # type: ignore[arg-type]


def studied(
    number: int, since: str | int | None, end: str | int, iri: str = COURSE, **changes: object
) -> Evidence:
    """A statement of measured time from one local time to another, received long after."""
    until = at(end) if isinstance(end, str) else end
    stated: dict[str, object] = {
        "statement_id": statement(number),
        "position": max(until, 0) * 1_000_000 + LATER,
        "provider_id": 1,
        "object": iri,
        "parents": (),
        "groupings": (),
        "verb": "http://adlnet.gov/expapi/verbs/terminated",
        "at": until,
        "start": at(since) if isinstance(since, str) else since,
        "flags": HAS_DURATION | OWN_TIME,
        "digest": b"content of " + statement(number),
        "voided": False,
    }
    return Evidence(**{**stated, **changes})  # type: ignore[arg-type]


def completed(number: int, when: str, iri: str = COURSE, **changes: object) -> Evidence:
    """A completion that says nothing of how long it took."""
    return studied(number, None, when, iri, **{"flags": COMPLETION | OWN_TIME, **changes})


def decided(
    evidence: Iterable[Evidence],
    courses: Iterable[Course] | None = None,
    allowed: Iterable[int] = (1, 2, 3),
    **policy: object,
) -> list[Verdict]:
    catalogue = Catalogue([course()] if courses is None else courses, allowed, 1)
    return decide(evidence, catalogue, Policy(version=1, **policy))  # type: ignore[arg-type]


def said(verdicts: Iterable[Verdict]) -> set[tuple[int, int | None, str, str, str, int]]:
    """Verdicts as (statement, course, local date, kind, reason, seconds)."""
    return {
        (
            int.from_bytes(verdict.statement_id, "big"),
            verdict.course_id,
            date.fromordinal(verdict.day).isoformat(),
            KINDS[verdict.kind],
            Reason(verdict.reason).words,
            verdict.seconds,
        )
        for verdict in verdicts
    }
