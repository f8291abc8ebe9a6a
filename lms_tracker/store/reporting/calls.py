"""Demands for a report, and who has reported to them. Who has not is found by the absence of a row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from lms_tracker.store import schema
from lms_tracker.store.reporting.subjects import About, Sight, is_about, is_seen

_CALLS, _REPORTS = schema.report_calls, schema.reports


@dataclass(frozen=True, slots=True)
class Call:
    """`asks` are codes of indicators."""

    id: int
    title: str
    about: About
    year: int
    period: str
    due_on: date
    asks: tuple[str, ...]
    made_us: int
    made_by: bytes
    closed_us: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`is_returned`: sent back with the reason in `note`, and not reported until it is sent again."""

    call_id: int
    kind: str
    subject_id: int
    reported_us: int
    reported_by: bytes
    is_returned: bool
    note: str
    revision: int


def add(connection: Connection, call: Call) -> int:
    """Write a call; its number is made here and answered."""
    values = {
        "title": call.title,
        "place_id": call.about.place_id,
        "organisation_id": call.about.organisation_id,
        "year": call.year,
        "period": call.period,
        "due_on": call.due_on,
        "asks": msgspec.json.encode(call.asks).decode(),
        "made_us": call.made_us,
        "made_by": call.made_by,
    }
    return int(connection.execute(insert(_CALLS).values(**values).returning(_CALLS.c.id)).scalar_one())


def of(connection: Connection, call_id: int, *, locked: bool = False) -> Call | None:
    """With `locked`, nobody else changes it until the transaction ends."""
    chosen = select(_CALLS).where(_CALLS.c.id == call_id)
    row = connection.execute(chosen.with_for_update() if locked else chosen).mappings().first()
    return None if row is None else _call(row)


def of_those(connection: Connection, about: Collection[About], limit: int) -> list[Call]:
    """The calls that these made, the newest first."""
    chosen = select(_CALLS).where(is_about(_CALLS, about)).order_by(_CALLS.c.id.desc()).limit(limit)
    return [_call(row) for row in connection.execute(chosen).mappings()]


def listed(connection: Connection, sight: Sight | None, limit: int, offset: int = 0) -> list[Call]:
    """The calls that somebody sees, or all for None, the newest first."""
    chosen = select(_CALLS) if sight is None else select(_CALLS).where(is_seen(_CALLS, sight))
    rows = connection.execute(chosen.order_by(_CALLS.c.id.desc()).limit(limit).offset(offset))
    return [_call(row) for row in rows.mappings()]


def close(connection: Connection, call_id: int, at_us: int) -> bool:
    """Whether this closed it: False where somebody did before."""
    done = connection.execute(
        update(_CALLS).where(_CALLS.c.id == call_id, _CALLS.c.closed_us.is_(None)).values(closed_us=at_us)
    )
    return bool(done.rowcount)


def _call(row: Any) -> Call:
    values: dict[str, Any] = dict(row)
    about = About(values.pop("place_id"), values.pop("organisation_id"))
    asks = tuple(msgspec.json.decode(values.pop("asks"), type=list[str]))
    return Call(about=about, asks=asks, **{**values, "made_by": bytes(values["made_by"])})


# --- reports ---------------------------------------------------------------------------------------------


def reports(connection: Connection, call_id: int) -> dict[About, Report]:
    """Who has reported to a call."""
    rows = connection.execute(select(_REPORTS).where(_REPORTS.c.call_id == call_id)).mappings()
    return {_about(row["kind"], row["subject_id"]): _report(row) for row in rows}


def reports_of(connection: Connection, call_ids: Collection[int], about: About) -> dict[int, Report]:
    """What one place or organisation has reported, by call."""
    chosen = select(_REPORTS).where(
        _REPORTS.c.call_id.in_(call_ids),
        _REPORTS.c.kind == about.kind,
        _REPORTS.c.subject_id == about.number,
    )
    return {row["call_id"]: _report(row) for row in connection.execute(chosen).mappings()}


def report(connection: Connection, made: Report) -> None:
    """Write that somebody reported, for the first time or after it was sent back; `revision` is made here."""
    is_this = (
        _REPORTS.c.call_id == made.call_id,
        _REPORTS.c.kind == made.kind,
        _REPORTS.c.subject_id == made.subject_id,
    )
    values = {
        "reported_us": made.reported_us,
        "reported_by": made.reported_by,
        "is_returned": False,
        "note": made.note,
    }
    done = connection.execute(
        update(_REPORTS).where(*is_this).values(**values, revision=_REPORTS.c.revision + 1)
    )
    if not done.rowcount:
        keys = {"call_id": made.call_id, "kind": made.kind, "subject_id": made.subject_id}
        connection.execute(insert(_REPORTS).values(**keys, **values, revision=1))


def send_back(connection: Connection, call_id: int, about: About, revision: int, note: str) -> bool:
    """Whether it was sent back: False where there is none, or it was sent anew since that revision."""
    done = connection.execute(
        update(_REPORTS)
        .where(
            _REPORTS.c.call_id == call_id,
            _REPORTS.c.kind == about.kind,
            _REPORTS.c.subject_id == about.number,
            _REPORTS.c.revision == revision,
            _REPORTS.c.is_returned.is_(False),
        )
        .values(is_returned=True, note=note, revision=revision + 1)
    )
    return bool(done.rowcount)


def _about(kind: str, number: int) -> About:
    return About(place_id=number) if kind == "place" else About(organisation_id=number)


def _report(row: Any) -> Report:
    values: dict[str, Any] = dict(row)
    return Report(**{**values, "reported_by": bytes(values["reported_by"])})
