"""Files of figures: read, looked at, applied whole or not at all. Warnings must be acknowledged."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import figures, registers, subjects
from lms_tracker.actions.reporting.subjects import About, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.places import Level, called
from lms_tracker.learning.reporting import figure_sheets
from lms_tracker.learning.reporting.figure_checks import Finding, Weight
from lms_tracker.learning.reporting.figure_sheets import FigureLine, FigureProblem, FiguresRefused
from lms_tracker.learning.reporting.indicators import Register
from lms_tracker.store import database
from lms_tracker.store import places as stored_places
from lms_tracker.store.places import Place
from lms_tracker.store.reporting import figure_files
from lms_tracker.store.reporting import subjects as stored_subjects
from lms_tracker.store.reporting.figure_files import FigureFile
from lms_tracker.store.reporting.figures import Figure

MOST_WAITING = 20
PREVIEW_DAYS = 30
DAY_US = 86_400_000_000
LONGEST_NAME = 120

log = logs.logger(__name__)


class TooManyWaiting(Exception):
    """Somebody has as many previews waiting as are kept."""


class Settled(Exception):
    """Somebody has applied or thrown away this file before."""


class NotAcknowledged(Exception):
    """There are warnings, and nobody has said that the figures are right all the same."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} warnings")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many figures are new, took the place of another, and were the same."""

    new: int
    replaced: int
    same: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A file with its lines, the places they mean and what does not add up; `lines` is empty once settled."""

    file: FigureFile
    place: Place
    register: Register
    lines: tuple[tuple[FigureLine, Place], ...]
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Weight:
        return max((one.weight for one in self.findings), default=Weight.NOTE)


def hand_in(viewer: Viewer, place_id: int, data: bytes, name: str) -> int:
    """Keep a preview of a file; answers its number.

    Raises NotAllowed, NotFound, TooManyWaiting and FiguresRefused.
    """
    with database.reading() as connection:
        subject = subjects.demand(connection, viewer, About(place_id=place_id), Right.ENTER)
        if figure_files.waiting(connection, viewer.key) >= MOST_WAITING:
            raise TooManyWaiting
        lines = figure_sheets.read(data, registers.held(connection))
        _placed(connection, viewer, _place(subject), lines)
    with database.writing() as connection:
        text = msgspec.json.encode(lines).decode()
        return figure_files.add(
            connection, place_id, viewer.key, clock.now_us(), name[:LONGEST_NAME] or "–", text
        )


def preview(viewer: Viewer, number: int) -> Preview:
    """A file as things stand now. Raises NotAllowed, NotFound, and FiguresRefused where places have gone."""
    with database.reading() as connection:
        file, place = _demand(connection, viewer, number)
        register = registers.held(connection)
        if file.state != figure_files.PREVIEW:
            return Preview(file, place, register, (), ())
        lines = msgspec.json.decode(file.rows, type=list[FigureLine])
        placed = _placed(connection, viewer, place, lines)
        _, findings = _checked(connection, placed, register, viewer)
        return Preview(file, place, register, tuple(placed), tuple(findings))


def apply(viewer: Viewer, number: int, *, acknowledged: bool) -> Outcome:
    """Keep all figures of a file. Raises NotAllowed, NotFound, Settled, FiguresRefused, NotAcknowledged."""
    with database.writing() as connection:
        file, place = _demand(connection, viewer, number, locked=True)
        if file.state != figure_files.PREVIEW:
            raise Settled
        lines = msgspec.json.decode(file.rows, type=list[FigureLine])
        outcome = _write(connection, viewer, place, lines, acknowledged=acknowledged)
        summary = {"new": outcome.new, "replaced": outcome.replaced, "same": outcome.same}
        figure_files.settle(
            connection, number, figure_files.APPLIED, msgspec.json.encode(summary).decode(), clock.now_us()
        )
    log.info("figures imported", file=number, new=outcome.new, replaced=outcome.replaced)
    return outcome


def discard(viewer: Viewer, number: int) -> int:
    """Forget a preview; answers the place it was for. Raises NotAllowed, NotFound and Settled."""
    with database.writing() as connection:
        file, place = _demand(connection, viewer, number, locked=True)
        if file.state != figure_files.PREVIEW:
            raise Settled
        figure_files.settle(connection, number, figure_files.DISCARDED, "", clock.now_us())
    return place.id


def drop_old() -> int:
    """Throw away previews that nobody settled for long; how many there were."""
    now = clock.now_us()
    with database.writing() as connection:
        found = figure_files.old_previews(connection, now - PREVIEW_DAYS * DAY_US, 20)
        for number in found:
            figure_files.settle(connection, number, figure_files.DISCARDED, "", now)
    return len(found)


def newest(viewer: Viewer, place_id: int) -> tuple[Subject, Register, list[FigureFile]]:
    """The place, the register and the newest files. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        subject = subjects.demand(connection, viewer, About(place_id=place_id), Right.ENTER)
        return subject, registers.held(connection), figure_files.newest(connection, place_id, 20)


def by_command(place_id: int, data: bytes, *, acknowledged: bool, dry_run: bool) -> Outcome:
    """Import a file at the machine. Raises NotFound, FiguresRefused and NotAcknowledged."""
    if dry_run:
        with database.reading() as connection:
            place = _place(subjects.of(connection, About(place_id=place_id)))
            register = registers.held(connection)
            lines = figure_sheets.read(data, register)
            placed = _placed(connection, None, place, lines)
            _, findings = _checked(connection, placed, register, None)
            return Outcome(0, 0, 0, tuple(findings))
    with database.writing() as connection:
        place = _place(subjects.of(connection, About(place_id=place_id)))
        lines = figure_sheets.read(data, registers.held(connection))
        return _write(connection, None, place, lines, acknowledged=acknowledged)


def _write(
    connection: Connection,
    viewer: Viewer | None,
    place: Place,
    lines: list[FigureLine],
    *,
    acknowledged: bool,
) -> Outcome:
    placed = _placed(connection, viewer, place, lines)
    # In one order, so that two files at once do not wait for each other.
    for number in sorted({at.id for _, at in placed}):
        stored_subjects.lock(connection, About(place_id=number))
    new, findings = _checked(connection, placed, registers.held(connection), viewer)
    grave = [one for one in findings if one.weight is Weight.GRAVE]
    if grave:
        raise FiguresRefused([_as_problem(one) for one in grave])
    if any(one.weight is Weight.WARNING for one in findings) and not acknowledged:
        raise NotAcknowledged(findings)
    return Outcome(*figures.keep(connection, new), tuple(findings))


def _as_problem(finding: Finding) -> FigureProblem:
    got = ", ".join(f"{name} {value}" for name, value in finding.facts.items())
    expected = {
        "numerator-above-denominator": "at most the denominator",
        "part-above-whole": "a part that is not above its whole",
    }
    return FigureProblem(
        line=finding.line,
        column=finding.column,
        rule=finding.rule,
        expected=expected.get(finding.rule, finding.rule),
        got=got,
    )


def _checked(
    connection: Connection,
    placed: list[tuple[FigureLine, Place]],
    register: Register,
    viewer: Viewer | None,
) -> tuple[list[Figure], list[Finding]]:
    now, by = clock.now_us(), None if viewer is None else viewer.key
    new = [_figure(line, place, now, by) for line, place in placed]
    lines = {one.place_in_register: line.line for one, (line, _) in zip(new, placed, strict=True)}
    return new, figures.check(connection, new, register, lines)


def _figure(line: FigureLine, place: Place, now: int, by: bytes | None) -> Figure:
    return Figure(
        indicator=line.indicator,
        about=About(place_id=place.id),
        year=line.year,
        period=line.period,
        value=line.value,
        bound=line.bound,
        denominator=line.denominator,
        denominator_counts=line.denominator_counts,
        denominator_on=line.denominator_on,
        published_ratio=line.published_ratio,
        published_change=line.published_change,
        published_change_unit=line.change_unit if line.published_change else "",
        source=line.source,
        note=line.note,
        made_us=now,
        made_by=by,
    )


# --- places of lines -------------------------------------------------------------------------------------


def _demand(
    connection: Connection, viewer: Viewer, number: int, *, locked: bool = False
) -> tuple[FigureFile, Place]:
    file = figure_files.of(connection, number, locked=locked)
    if file is None:
        raise NotFound
    subject = subjects.demand(connection, viewer, About(place_id=file.place_id), Right.ENTER)
    return file, _place(subject)


def _place(subject: Subject) -> Place:
    if subject.place is None:
        raise NotFound
    return subject.place


def _placed(
    connection: Connection, viewer: Viewer | None, place: Place, lines: list[FigureLine]
) -> list[tuple[FigureLine, Place]]:
    """Each line with its place of that year: the file's own, or one below it. Raises FiguresRefused."""
    known: dict[tuple[int, str], Mapping[str, Place | None]] = {}
    placed, problems = [], []
    seen: dict[tuple[int, int, str, str], int] = {}
    for line in lines:
        when = (line.year, line.period)
        if when not in known:
            known[when] = _spoken(connection, place, line)
        words = names.spelled(line.place)
        at = known[when].get(words) if words else place
        if at is None:
            rule = "place-twice" if words in known[when] else "place-known"
            problems.append(_problem(line, "place", rule, "one place of that year here or below", line.place))
            continue
        first = seen.setdefault((at.id, line.year, line.period, line.indicator), line.line)
        if first != line.line:
            expected = f"each indicator once for a place and a year (see line {first})"
            problems.append(_problem(line, "indicator", "figure-once", expected, line.indicator))
        if viewer is not None and not rights.reach(viewer, Right.ENTER).covers_place(at.path):
            problems.append(_problem(line, "place", "place-allowed", "a place you report for", line.place))
        placed.append((line, at))
    if problems:
        raise FiguresRefused(problems)
    return placed


def _problem(line: FigureLine, column: str, rule: str, expected: str, got: str) -> FigureProblem:
    return FigureProblem(line=line.line, column=column, rule=rule, expected=expected, got=got[:80])


def _spoken(connection: Connection, place: Place, line: FigureLine) -> dict[str, Place | None]:
    """The place and those one and two levels below it by how they are written; None for what means two."""
    day = subjects.last_day(line.year, line.period)
    found = [place]
    for below in stored_places.children(connection, place.id, day):
        found.append(below)
        if below.level == Level.DISTRICT:
            found += stored_places.children(connection, below.id, day)
    spoken: dict[str, Place | None] = {}
    for one in found:
        for words in {one.code or one.name, one.name, called(one.kind, one.name)}:
            key = names.spelled(words)
            spoken[key] = None if key in spoken and spoken[key] != one else one
    return spoken
