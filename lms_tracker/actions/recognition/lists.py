"""The list proposed (danh sách đề nghị), its minutes (biên bản) and its submission (tờ trình).

On the list is who was reviewed. Each name carries what a reader must know before the decision: who moved
away or died, who holds the title of the year already, whose row is left to somebody else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, records
from lms_tracker.actions.recognition import criteria, evidence, scopes, steps
from lms_tracker.actions.recognition.scopes import Mine, RecognitionRefused, Self, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grids as grid_rules
from lms_tracker.learning.recognition.rounds import COUNTED, Belonging, Presence, State, belonging, counted_on
from lms_tracker.store import database, due, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, subjects
from lms_tracker.store.recognition import listing as listing_store
from lms_tracker.store.recognition.assessments import After, Assessment
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

PAGE = 200
MOST_TEXT = 2_000
MOST_LINE = 200
MOST_VOTES = 10_000


class Minutes(msgspec.Struct, frozen=True, kw_only=True):
    """What the minutes of the meeting say; `held_on` is a local day."""

    held_on: date
    held_at: str
    chair: str
    secretary: str
    present: str
    votes_for: int
    votes_against: int
    note: str = ""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """The paper with which the list goes to who decides; `sent_on` is a local day."""

    number: str
    sent_on: date
    to: str
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name on the list; `left_out` is "" for who is decided about, else why not.

    "gone", "never", "died" (unless a person decides so), "twice" (another row is of the same person), "title"
    (holds it already), "other-person" (somebody else must decide about this row), "decided" (a decision names
    it already).
    """

    row: Assessment
    belonging: Belonging
    left_out: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list and figures of all of it; `left_out` counts by reason."""

    round: Round
    whose: Whose
    criteria: AnySet
    mine: Mine
    shown: Sequence[Named]
    at: Mapping[int, Place]
    counts: Mapping[str, int]
    left_out: Mapping[str, int]
    warnings: Sequence[Named]
    unreviewed: int
    next: After
    minutes: Minutes | None
    submission: Submission | None


def minutes_of(found: Round) -> Minutes | None:
    return msgspec.json.decode(found.minutes, type=Minutes) if found.minutes else None


def submission_of(found: Round) -> Submission | None:
    return msgspec.json.decode(found.submission, type=Submission) if found.submission else None


def listing(viewer: Viewer, number: int, after: After = None, place_id: int | None = None) -> Listing:
    """The list, or what it would be; looks at the names shown are logged. Raises rights.NotAllowed."""
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, Right.SEE, number)
        asked = _Asked(connection, found, whose, scopes.myself(connection, viewer, number), clock.today())
        rows = assessments.page(
            connection, number, PAGE + 1, after, local_place_id=place_id, states=[assessments.REVIEWED]
        )
        page, results = asked.named(rows[:PAGE]), listing_store.results(connection, number)
        warned = sorted(asked.warned)[:PAGE]
        warnings = asked.named(_in_order(assessments.by_ids(connection, warned).values()))
        states = assessments.counts(connection, [number])[number]
        made = Listing(
            round=found,
            whose=whose,
            criteria=criteria.held(connection, found.criteria_set_id).criteria,
            mine=scopes.mine(connection, viewer, whose),
            shown=page,
            at=places.by_ids(connection, {one.row.local_place_id for one in page if one.row.local_place_id}),
            counts=Counter(result for row, result in results.items() if row not in asked.left_out),
            left_out=Counter(asked.left_out.values()),
            warnings=warnings,
            unreviewed=sum(
                one.count for one in states if one.state in (assessments.REGISTERED, assessments.SCORED)
            ),
            next=(page[-1].row.sort_key, page[-1].row.id) if len(rows) > PAGE else None,
            minutes=minutes_of(found),
            submission=submission_of(found),
        )
    seen = [*made.shown, *made.warnings]
    records.log_looks(viewer, {one.row.person_key for one in seen if one.row.person_key is not None}, "round")
    return made


def _in_order(rows: Iterable[Assessment]) -> list[Assessment]:
    return sorted(rows, key=lambda row: (row.sort_key, row.id))


class _Asked:
    """All that is asked about the reviewed rows of a round, in few questions however many there are.

    Whoever lived in the round's place, or belonged to its organisation, on the last day of the year, or on
    the day of the decision if that comes first, is decided about, also when they left or died since.
    """

    def __init__(
        self, connection: Connection, found: Round, whose: Whose, me: Self | None, decided_on: date
    ) -> None:
        self.on, today = counted_on(found.year, decided_on), clock.today()
        paths = scopes.paths(connection, whose, self.on)
        ask = listing_store.members if whose.organisation is not None else listing_store.placed
        there = ask(connection, found.id, paths, self.on)
        still = there if today <= self.on else ask(connection, found.id, paths, today)
        dead = listing_store.died(connection, found.id)
        self.results = listing_store.results(connection, found.id)
        self._places: dict[int, int | None] = {
            **there, **listing_store.without_subject(connection, found.id)
        }  # fmt: skip
        plain = {row for row in self._places if row not in dead and (row in still or row not in there)}
        strange = [row for row in self.results if row not in plain]
        rows = list(assessments.by_ids(connection, strange).values())
        self._strange = belongings(connection, found, whose, rows, decided_on)
        self.left_out = self._left_out(connection, found, me)
        self.warned = {*self.left_out, *self._strange}

    def _left_out(self, connection: Connection, found: Round, me: Self | None) -> dict[int, str]:
        """Why rows are not decided about; of several reasons the first of these."""
        others: set[int] = set()
        if me is not None:
            others = listing_store.concerning(connection, found.id, me.keys) | (
                me.own_rows & self.results.keys()
            )
        gone = {row: one.presence.value for row, one in self._strange.items() if one.presence not in COUNTED}
        holders = listing_store.holders(connection, found.id, found.model, found.year)
        return {
            **dict.fromkeys(others, "other-person"),
            **gone,
            **dict.fromkeys(listing_store.doubled(connection, found.id), "twice"),
            **dict.fromkeys(holders, "title"),
            **dict.fromkeys(listing_store.decided(connection, found.id), "decided"),
        }

    def belonging(self, row_id: int) -> Belonging:
        known = self._strange.get(row_id)
        return Belonging(Presence.HERE, self._places[row_id]) if known is None else known

    def named(self, rows: Iterable[Assessment]) -> list[Named]:
        return [Named(row, self.belonging(row.id), self.left_out.get(row.id, "")) for row in rows]


def reviewed(connection: Connection, found: Round) -> list[Assessment]:
    """Everybody who was reviewed, in the order of lists."""
    return assessments.every(connection, found.id, states=[assessments.REVIEWED])


def named(
    connection: Connection,
    found: Round,
    whose: Whose,
    me: Self | None,
    decided_on: date,
    rows: Sequence[Assessment] | None = None,
) -> list[Named]:
    """Everybody who was reviewed, in the order of lists, with what is known of them on a day.

    `rows` are those of `reviewed` where they were read before.
    """
    asked = _Asked(connection, found, whose, me, decided_on)
    return asked.named(reviewed(connection, found) if rows is None else rows)


def standing(
    connection: Connection, found: Round, whose: Whose, me: Self | None, decided_on: date
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """What is proposed for each reviewed row, and why rows are left out, by their numbers."""
    asked = _Asked(connection, found, whose, me, decided_on)
    return asked.results, asked.left_out


def holds_title(connection: Connection, found: Round, row: Assessment) -> bool:
    """Whether the person or other subject of a row holds the title of the round's year."""
    return row.id in listing_store.holders(connection, found.id, found.model, found.year)


def belongings(
    connection: Connection, found: Round, whose: Whose, rows: Sequence[Assessment], decided_on: date
) -> dict[int, Belonging]:
    """How the subjects of these rows, of which there are few, stand to the round's place on its day."""
    keys = sorted({row.person_key for row in rows if row.person_key is not None})
    on, today = counted_on(found.year, decided_on), clock.today()
    now = due.person_keys(connection, keys)
    asked = sorted({*keys, *now.values()})
    people = subjects.people(connection, asked)
    paths = scopes.paths(connection, whose, on)
    ask = subjects.memberships if whose.organisation is not None else subjects.stays
    stays = ask(connection, paths, asked)
    belong: dict[int, Belonging] = {}
    for row in rows:
        if row.person_key is None:
            belong[row.id] = Belonging(Presence.HERE, row.local_place_id)
            continue
        key = now[row.person_key]
        person = people.get(key)
        lived = [*stays.get(key, ()), *(stays.get(row.person_key, ()) if key != row.person_key else ())]
        belong[row.id] = belonging(lived, person.died_on if person else None, on, today)
    return belong


def make(viewer: Viewer, number: int, revision: int) -> None:
    """Make the list final, and keep what evidence proposed for each name at that moment.

    Raises rights.NotAllowed and RecognitionRefused.
    """
    # What takes long is read first, so that on SQLite nobody waits for it to write.
    with database.reading() as connection:
        found, _ = scopes.known(connection, viewer, Right.APPROVE, number)
        rows = assessments.every(connection, number, states=[assessments.REVIEWED])
        kept = _proposals(connection, found, rows)
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.APPROVE, number, revision)
        names = listing_store.results(connection, number)
        if not names:
            raise RecognitionRefused("list-empty")
        later = assessments.by_ids(connection, names.keys() - {row.id for row in rows}).values()
        assessments.propose(connection, [*kept, *_proposals(connection, found, list(later))])
        steps.step_to(connection, viewer, found, State.LISTED, "listed", f"{len(names)}")
    log.info("list made", round=number, names=len(names))


def _proposals(connection: Connection, found: Round, rows: Sequence[Assessment]) -> list[tuple[int, str]]:
    """What evidence proposes for these rows, where it is not what is kept: (number, points as text)."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    proposals = evidence.of_rows(connection, used, found.year, rows)
    kept = []
    for row in rows:
        points = evidence.points(proposals.get(row.person_key or b"", ()))
        text = grid_rules.packed({code: value for code, value in points.items() if value is not None})
        if text != row.proposed_points:
            kept.append((row.id, text))
    return kept


def keep_minutes(viewer: Viewer, number: int, revision: int, minutes: Minutes) -> None:
    """Keep what the minutes of the meeting say, while the list stands.

    Raises rights.NotAllowed and RecognitionRefused.
    """
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.APPROVE, number, revision)
        if found.state != State.LISTED:
            raise RecognitionRefused("state")
        _check_minutes(minutes, found)
        text = msgspec.json.encode(minutes).decode()
        if not steps.changed(connection, found, minutes=text):
            raise RecognitionRefused("changed")
        steps.note(connection, viewer, number, "minutes")


def _check_minutes(minutes: Minutes, found: Round) -> None:
    for name in ("held_at", "chair", "secretary"):
        line(getattr(minutes, name), name, needed=True)
    _text(minutes.present, "present")
    _text(minutes.note, "note")
    if not found.opens_on <= minutes.held_on <= clock.today():
        raise RecognitionRefused("day-minutes", "held_on")
    if not (0 <= minutes.votes_for <= MOST_VOTES and 0 <= minutes.votes_against <= MOST_VOTES):
        raise RecognitionRefused("votes", "votes_for")
    if minutes.votes_for + minutes.votes_against == 0 or minutes.votes_for <= minutes.votes_against:
        raise RecognitionRefused("votes-few", "votes_for")


def line(text: str, name: str, *, needed: bool, most: int = MOST_LINE) -> None:
    """Refuse what does not fit into a line of a document. Raises RecognitionRefused."""
    if needed and not text.strip():
        raise RecognitionRefused("required", name)
    if len(text) > most or any(not letter.isprintable() for letter in text):
        raise RecognitionRefused("long", name)


def _text(text: str, name: str) -> None:
    if len(text) > MOST_TEXT or "\x00" in text:
        raise RecognitionRefused("long", name)


def submit(viewer: Viewer, number: int, revision: int, submission: Submission) -> None:
    """Send the list to who decides; the minutes are there. Raises NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.APPROVE, number, revision)
        held = minutes_of(found)
        if found.state != State.LISTED:
            raise RecognitionRefused("state")
        if held is None:
            raise RecognitionRefused("minutes-none")
        for name in ("number", "to"):
            line(getattr(submission, name), name, needed=True)
        line(submission.signed_by, "signed_by", needed=False)
        if not held.held_on <= submission.sent_on <= clock.today():
            raise RecognitionRefused("day-submission", "sent_on")
        text = msgspec.json.encode(submission).decode()
        steps.step_to(
            connection, viewer, found, State.SUBMITTED, "submitted", submission.number, submission=text
        )
    log.info("list submitted", round=number)
