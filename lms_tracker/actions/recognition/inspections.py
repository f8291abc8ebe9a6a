"""A higher level looks at a sample of what was recognised below (thẩm định), and the level below answers.

The sample can be drawn again by anybody from its seed. Who draws it reviews at a place above; who answers
decides at the place itself. Nobody says how it stands with a row about themselves, their family or unit, nor
with one that they entered, reviewed or decided: that is left to somebody else of the higher level.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, records, rights
from lms_tracker.actions.recognition import scopes
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.samples import MOST_SEED, MOST_SIZE, drawn
from lms_tracker.store import cases, database, places
from lms_tracker.store.cases import CaseStep
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, decisions, inspections, recognitions
from lms_tracker.store.recognition.inspections import Inspection, Item
from lms_tracker.store.recognition.recognitions import Recognition

log = logs.logger(__name__)

PAGE = 50
MOST_NOTE = 500
FINDINGS = (inspections.RIGHT, inspections.WRONG, inspections.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One of a sample; `is_left` to somebody else, where the viewer had a part in it."""

    item: Item
    recognition: Recognition
    is_left: bool


@dataclass(frozen=True, slots=True)
class Page:
    inspection: Inspection
    place: Place
    drawn: Sequence[Drawn]
    at: Mapping[int, Place]
    steps: Sequence[CaseStep]
    may_find: bool
    may_answer: bool


def draw(viewer: Viewer, place_id: int, model: str, year: int, size: int, seed: str) -> int:
    """Draw a sample of a place's standing recognitions; answers its number, of a form sent twice the first.

    Raises rights.NotAllowed, RecognitionRefused and NotFound.
    """
    seed = seed.strip()
    if not seed or len(seed) > MOST_SEED or not seed.isprintable():
        raise RecognitionRefused("seed", "seed")
    if not 1 <= size <= MOST_SIZE:
        raise RecognitionRefused("size", "size")
    if model not in tuple(Model):
        raise RecognitionRefused("model", "model")
    with database.writing() as connection:
        place = _above(connection, viewer, place_id)
        # Two who draw at a place do so one after the other.
        places.locked(connection, place_id)
        every = recognitions.standing_below(connection, place.path, model, year)
        if not every:
            raise RecognitionRefused("sample-none", "year")
        chosen = drawn(every, size, seed)
        there = inspections.alike(connection, place_id, model, year, seed, len(every), len(chosen))
        if there is not None:
            return there
        number = inspections.add(
            connection,
            chosen,
            place_id=place_id,
            model=model,
            year=year,
            seed=seed,
            of_many=len(every),
            size=len(chosen),
            note="",
            made_us=clock.now_us(),
            made_by=viewer.key,
        )
        cases.add_step(connection, (cases.INSPECTION, number), "drawn", clock.now_us(), viewer.key)
    log.info("sample drawn", inspection=number, size=len(chosen), of_many=len(every))
    return number


def _above(connection: Connection, viewer: Viewer, place_id: int) -> Place:
    """The place, where the viewer reviews at one above it."""
    place = places.by_id(connection, place_id)
    if place is None:
        raise NotFound
    rights.demand(_reviews_above(connection, viewer, place))
    return place


def _reviews_above(connection: Connection, viewer: Viewer, place: Place) -> bool:
    if place.parent_id is None:
        return rights.may_everywhere(viewer, Right.REVIEW)
    return rights.may_at(connection, viewer, Right.REVIEW, place.parent_id)


def listed(viewer: Viewer, page: int) -> tuple[list[tuple[Inspection, Place]], bool]:
    """Inspections of places that the viewer sees, the newest first. Raises rights.NotAllowed."""
    rights.demand_somewhere(viewer, Right.SEE)
    within = rights.reach(viewer, Right.SEE)
    with database.reading() as connection:
        found = inspections.listed(connection, within, PAGE + 1, (page - 1) * PAGE)
        at = places.by_ids(connection, {one.place_id for one in found})
    return [(one, at[one.place_id]) for one in found[:PAGE]], len(found) > PAGE


def page_of(viewer: Viewer, number: int) -> Page:
    """A sample with its findings and answers; the looks are logged. Raises rights.NotAllowed."""
    with database.reading() as connection:
        found, place = _known(connection, viewer, number)
        items = inspections.items(connection, number)
        rows = recognitions.by_ids(connection, [one.recognition_id for one in items])
        left = _left(connection, viewer, rows.values())
        sample = [Drawn(one, rows[one.recognition_id], one.recognition_id in left) for one in items]
        made = Page(
            inspection=found,
            place=place,
            drawn=sample,
            at=places.by_ids(connection, {one.place_id for one in rows.values() if one.place_id is not None}),
            steps=cases.steps(connection, cases.INSPECTION, [number])[number],
            may_find=found.state == inspections.OPEN and _reviews_above(connection, viewer, place),
            may_answer=found.state == inspections.RETURNED
            and rights.may_at(connection, viewer, Right.APPROVE, place.id),
        )
    records.log_looks(
        viewer, [one.person_key for one in rows.values() if one.person_key is not None], "inspection"
    )
    return made


def _known(connection: Connection, viewer: Viewer, number: int) -> tuple[Inspection, Place]:
    found = inspections.by_id(connection, number)
    rights.demand(found is not None)
    assert found is not None
    rights.demand_at(connection, viewer, Right.SEE, found.place_id)
    place = places.by_id(connection, found.place_id)
    assert place is not None
    return found, place


def find(
    viewer: Viewer, number: int, revision: int, findings: Mapping[int, tuple[str, str]], *, returns: bool
) -> None:
    """Keep findings, (finding, note) by recognition; `returns` hands the sample to the level below.

    A finding that is not "right" has a note; what is returned has a finding for each. Raises
    rights.NotAllowed and RecognitionRefused.
    """
    with database.writing() as connection:
        found, place = _known(connection, viewer, number)
        rights.demand(_reviews_above(connection, viewer, place))
        if found.state != inspections.OPEN:
            raise RecognitionRefused("state")
        items = {one.recognition_id: one for one in inspections.items(connection, number)}
        _check_findings(items, findings)
        changed = {one for one, said in findings.items() if (items[one].finding, items[one].note) != said}
        about = recognitions.by_ids(connection, changed).values()
        left = _left(connection, viewer, about)
        if left:
            raise RecognitionRefused("own-finding", "finding", *sorted(left))
        now = clock.now_us()
        values: dict[str, object] = {"state": inspections.OPEN}
        if returns:
            if any(not findings.get(one, (item.finding, ""))[0] for one, item in items.items()):
                raise RecognitionRefused("findings-missing")
            values = {"state": inspections.RETURNED, "returned_us": now, "returned_by": viewer.key}
        if found.revision != revision or not inspections.change(connection, found, **values):
            raise RecognitionRefused("changed")
        for one in sorted(changed):
            finding, note = findings[one]
            by = {"found_us": now, "found_by": viewer.key} if finding else {}
            inspections.change_item(connection, items[one], finding=finding, note=note, **by)
        what = "returned" if returns else "looked-at"
        cases.add_step(connection, (cases.INSPECTION, number), what, now, viewer.key)


def _left(connection: Connection, viewer: Viewer, about: Collection[Recognition]) -> set[int]:
    """Those in which the viewer had a part, or which are about themselves, their family or unit."""
    rows = assessments.by_ids(connection, {one.assessment_id for one in about})
    me = scopes.myself(connection, viewer, *{row.round_id for row in rows.values()})
    made = decisions.by_ids(connection, {one.decision_id for one in about})
    return {
        one.id
        for one in about
        if made[one.decision_id].made_by in me.keys or not me.may_decide(rows[one.assessment_id])
    }


def _check_findings(items: Mapping[int, Item], findings: Mapping[int, tuple[str, str]]) -> None:
    for one, (finding, note) in findings.items():
        if one not in items or (finding and finding not in FINDINGS):
            raise RecognitionRefused("finding", "finding", one)
        if len(note) > MOST_NOTE or "\x00" in note:
            raise RecognitionRefused("long", "note", one)
        if finding in (inspections.WRONG, inspections.UNCLEAR) and not note.strip():
            raise RecognitionRefused("finding-note", "note", one)


def answer(viewer: Viewer, number: int, revision: int, answers: Mapping[int, str]) -> None:
    """Keep what the level below says to findings. Raises rights.NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        found, place = _known(connection, viewer, number)
        rights.demand_at(connection, viewer, Right.APPROVE, place.id)
        if found.state != inspections.RETURNED:
            raise RecognitionRefused("state")
        items = {one.recognition_id: one for one in inspections.items(connection, number)}
        for one, words in answers.items():
            if one not in items:
                raise RecognitionRefused("finding", "answer", one)
            if len(words) > MOST_NOTE or "\x00" in words:
                raise RecognitionRefused("long", "answer", one)
        if found.revision != revision or not inspections.change(connection, found, state=found.state):
            raise RecognitionRefused("changed")
        now = clock.now_us()
        for one, words in answers.items():
            if items[one].answer != words:
                by = {"answered_us": now, "answered_by": viewer.key} if words else {}
                inspections.change_item(connection, items[one], answer=words, **by)
        cases.add_step(connection, (cases.INSPECTION, number), "answered", now, viewer.key)


def demand_draw(viewer: Viewer) -> None:
    """Raise rights.NotAllowed unless the viewer reviews somewhere."""
    rights.demand_somewhere(viewer, Right.REVIEW)


def choices(viewer: Viewer) -> list[Place]:
    """The places below those where the viewer reviews, of which a sample may be drawn."""
    within = rights.reach(viewer, Right.REVIEW)
    with database.reading() as connection:
        above = places.by_ids(connection, within.places[:PAGE])
        today = clock.today()
        found = [one for place in above for one in places.children(connection, place, today)]
        if within.everywhere:
            found = places.children(connection, None, today)
    return [one for one in found if one.level <= Level.COMMUNE]
