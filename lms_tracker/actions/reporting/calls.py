"""Calls for reports: who was asked, who has reported by when, and who has not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import figure_sheets, figures, registers, subjects
from lms_tracker.actions.reporting.figure_sheets import Row
from lms_tracker.actions.reporting.figures import FigureRefused, Overtaken, Wanted
from lms_tracker.actions.reporting.subjects import About, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.days import local_days
from lms_tracker.learning.reporting.figure_checks import Finding, Weight
from lms_tracker.learning.reporting.indicators import Register
from lms_tracker.store import database
from lms_tracker.store.reporting import baselines as stored_baselines
from lms_tracker.store.reporting import calls
from lms_tracker.store.reporting import figures as stored_figures
from lms_tracker.store.reporting import subjects as stored_subjects
from lms_tracker.store.reporting.calls import Call, Report
from lms_tracker.store.reporting.figures import Figure

__all__ = [
    "Call",
    "CallRefused",
    "Problem",
    "close",
    "form",
    "listed",
    "make",
    "report",
    "send_back",
    "sheet",
]

MOST_ASKED = 100
MOST_TITLE = 200
MOST_NOTE = 1_000
PAGE = 100

log = logs.logger(__name__)


class Problem(StrEnum):
    """Why a call, or an answer to it, is refused; pages have a sentence for each."""

    TITLE = "title"
    DUE = "due"
    ASKS = "asks"
    NOBODY = "nobody"
    CLOSED = "closed"
    REASON = "reason"
    OVERTAKEN = "overtaken"
    FIGURES = "figures"


class CallRefused(Exception):
    """`wrong` and `findings` tell of figures by the code of their indicator, where it is about figures."""

    def __init__(
        self,
        problem: Problem,
        wrong: Mapping[str, Sequence[figures.Wrong]] | None = None,
        findings: Mapping[str, Sequence[Finding]] | None = None,
    ) -> None:
        super().__init__(problem.value)
        self.problem, self.wrong, self.findings = problem, wrong or {}, findings or {}


@dataclass(frozen=True, slots=True)
class Asked:
    """A place or an organisation that was asked. `late` is in days; `may_report` is for who looks."""

    subject: Subject
    report: Report | None
    reported_on: date | None
    late: int
    may_report: bool

    @property
    def has_reported(self) -> bool:
        return self.report is not None and not self.report.is_returned


@dataclass(frozen=True, slots=True)
class Sheet:
    call: Call
    subject: Subject
    register: Register
    asked: tuple[Asked, ...]
    may_decide: bool

    @property
    def reported(self) -> int:
        return sum(1 for one in self.asked if one.has_reported)


def make(
    viewer: Viewer,
    about: About,
    title: str,
    year: int,
    period: str,
    due_on: date | None,
    asks: Sequence[str],
) -> int:
    """Ask those directly below for a report; answers the call's number.

    Raises NotAllowed, NotFound and CallRefused. Who approves at a place asks for reports to it.
    """
    figures.demand_period(year, period)
    said = " ".join(title.split())
    with database.writing() as connection:
        subject = subjects.demand(connection, viewer, about, Right.APPROVE)
        register = registers.held(connection)
        chosen = tuple(dict.fromkeys(asks))
        if not 0 < len(said) <= MOST_TITLE:
            raise CallRefused(Problem.TITLE)
        if due_on is None or not date(1990, 1, 1) <= due_on <= date(2100, 12, 31):
            raise CallRefused(Problem.DUE)
        if not 0 < len(chosen) <= MOST_ASKED or not set(chosen) <= register.indicators.keys():
            raise CallRefused(Problem.ASKS)
        if not subjects.units_below(connection, subject, subjects.last_day(year, period)):
            raise CallRefused(Problem.NOBODY)
        call = Call(0, said, about, year, period, due_on, chosen, clock.now_us(), viewer.key)
        number = calls.add(connection, call)
    log.info("report called for", call=number)
    return number


def demand_make(viewer: Viewer, about: About) -> tuple[Subject, Register]:
    """What the form for a call shows. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        subject = subjects.demand(connection, viewer, about, Right.APPROVE)
        return subject, registers.held(connection)


def listed(viewer: Viewer, page: int = 1) -> tuple[list[tuple[Call, Subject]], bool]:
    """A page of the calls that somebody sees, and whether there are more. Raises NotAllowed."""
    rights.demand(rights.may_somewhere(viewer, Right.SEE))
    with database.reading() as connection:
        sight = subjects.sight(connection, viewer)
        found = calls.listed(connection, sight, PAGE + 1, (page - 1) * PAGE)
        about = subjects.several(connection, [one.about for one in found])
        return [(one, about[one.about]) for one in found[:PAGE]], len(found) > PAGE


def sheet(viewer: Viewer | None, number: int) -> Sheet:
    """Who has reported to a call and who has not. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        call, subject = _demand(connection, viewer, number, None)
        found = calls.reports(connection, number)
        below = subjects.units_below(connection, subject, subjects.last_day(call.year, call.period))
        return Sheet(
            call=call,
            subject=subject,
            register=registers.held(connection),
            asked=tuple(_asked(connection, viewer, call, one, found.get(one.about)) for one in below),
            may_decide=subjects.may(connection, viewer, subject, Right.APPROVE),
        )


def _asked(
    connection: Connection, viewer: Viewer | None, call: Call, subject: Subject, found: Report | None
) -> Asked:
    on = None
    if found is not None and not found.is_returned:
        on = _day(found.reported_us)
    late = max(0, ((on or clock.today()) - call.due_on).days)
    may_report = call.closed_us is None and subjects.may(connection, viewer, subject, Right.ENTER)
    return Asked(subject, found, on, late, may_report)


def _day(us: int) -> date:
    days = local_days(current_app.config["SETTINGS"].timezone)
    return date.fromordinal(days.day(us // 1_000_000))


def close(viewer: Viewer, number: int) -> None:
    """Take no more reports; twice is the same as once. Raises NotAllowed and NotFound."""
    with database.writing() as connection:
        _demand(connection, viewer, number, Right.APPROVE, locked=True)
        calls.close(connection, number, clock.now_us())


def send_back(viewer: Viewer, number: int, about: About, revision: int, reason: str) -> None:
    """Send a report back with a reason. Raises NotAllowed, NotFound and CallRefused."""
    said = reason.strip()
    with database.writing() as connection:
        call, _ = _demand(connection, viewer, number, Right.APPROVE, locked=True)
        if call.closed_us is not None:
            raise CallRefused(Problem.CLOSED)
        if not 0 < len(said) <= MOST_NOTE:
            raise CallRefused(Problem.REASON)
        if not calls.send_back(connection, number, about, revision, said):
            raise CallRefused(Problem.OVERTAKEN)
    log.info("report sent back", call=number)


@dataclass(frozen=True, slots=True)
class Form:
    """What one place is asked: each indicator with the figure that is held, and its report if any."""

    call: Call
    asker: Subject
    subject: Subject
    register: Register
    rows: tuple[Row, ...]
    report: Report | None


def form(viewer: Viewer, number: int, about: About) -> Form:
    """Raises NotAllowed and NotFound, also for a place that was not asked."""
    with database.reading() as connection:
        call, asker, subject = _demand_asked(connection, viewer, number, about)
        register = registers.held(connection)
        held = stored_figures.holding(connection, [about], [call.year, call.year - 1], call.asks)
        known = {(one.year, one.indicator): one for one in held if one.period == call.period}
        dated = stored_baselines.of(connection, [about])
        rows = [
            figure_sheets.row(
                register.indicators[code],
                known.get((call.year, code)),
                known.get((call.year - 1, code)),
                dated,
                (),
            )
            for code in call.asks
            if code in register.indicators
        ]
        found = calls.reports(connection, number).get(about)
        return Form(call, asker, subject, register, tuple(rows), found)


def report(
    viewer: Viewer, number: int, about: About, values: Mapping[str, tuple[Wanted, int]], *, acknowledged: bool
) -> None:
    """Keep the figures of a report and that it was made, together.

    `values` tells each indicator with the number of the figure that the form showed. What was left empty is
    not reported; at least one must be there. Raises NotAllowed, NotFound, CallRefused and Overtaken.
    """
    with database.writing() as connection:
        call, _, _ = _demand_asked(connection, viewer, number, about, locked=True)
        if call.closed_us is not None:
            raise CallRefused(Problem.CLOSED)
        register = registers.held(connection)
        stored_subjects.lock(connection, about)
        new = _read(viewer, call, about, values, register)
        _demand_current(connection, call, about, values)
        findings = figures.check(connection, new, register)
        worst = max((one.weight for one in findings), default=Weight.NOTE)
        if worst is Weight.GRAVE or (worst is Weight.WARNING and not acknowledged):
            by_code: dict[str, list[Finding]] = {}
            for one in findings:
                by_code.setdefault(new[one.line - 1].indicator, []).append(one)
            raise CallRefused(Problem.FIGURES, findings=by_code)
        figures.keep(connection, new)
        made = Report(number, about.kind, about.number, clock.now_us(), viewer.key, False, "", 0)
        calls.report(connection, made)
    log.info("report received", call=number, about=about.kind, number=about.number)


def _read(
    viewer: Viewer,
    call: Call,
    about: About,
    values: Mapping[str, tuple[Wanted, int]],
    register: Register,
) -> list[Figure]:
    new, wrong = [], {}
    for code in call.asks:
        wanted = values.get(code, (Wanted(""), 0))[0]
        if code not in register.indicators or not (wanted.value.strip() or wanted.denominator.strip()):
            continue
        try:
            found = figures.read(wanted, register.indicators[code])
        except FigureRefused as refused:
            wrong[code] = refused.wrong
            continue
        new.append(
            replace(
                found,
                about=about,
                year=call.year,
                period=call.period,
                source=found.source or call.title,
                made_us=clock.now_us(),
                made_by=viewer.key,
            )
        )
    if wrong or not new:
        raise CallRefused(Problem.FIGURES, wrong)
    return new


def _demand_current(
    connection: Connection, call: Call, about: About, values: Mapping[str, tuple[Wanted, int]]
) -> None:
    """Raises Overtaken where another figure holds than the form showed."""
    held = stored_figures.holding(connection, [about], [call.year], call.asks)
    now = {one.indicator: one.id for one in held if one.period == call.period}
    if any(now.get(code, 0) != shown for code, (_, shown) in values.items()):
        raise Overtaken


def _demand(
    connection: Connection, viewer: Viewer | None, number: int, right: Right | None, *, locked: bool = False
) -> tuple[Call, Subject]:
    call = calls.of(connection, number, locked=locked)
    if call is None:
        raise NotFound
    return call, subjects.demand(connection, viewer, call.about, right)


def _demand_asked(
    connection: Connection, viewer: Viewer, number: int, about: About, *, locked: bool = False
) -> tuple[Call, Subject, Subject]:
    """The call, who made it, and who was asked; raises NotFound for who was not."""
    call = calls.of(connection, number, locked=locked)
    if call is None:
        raise NotFound
    asker = subjects.of(connection, call.about)
    below = subjects.units_below(connection, asker, subjects.last_day(call.year, call.period))
    found = next((one for one in below if one.about == about), None)
    if found is None:
        raise NotFound
    return call, asker, subjects.demand(connection, viewer, found.about, Right.ENTER)
