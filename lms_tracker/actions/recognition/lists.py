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
from lms_tracker.actions.recognition import criteria, evidence, rounds, scopes
from lms_tracker.actions.recognition.scopes import Mine, RecognitionRefused, Self, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grids as grid_rules
from lms_tracker.learning.recognition.rounds import COUNTED, Belonging, Presence, State, belonging, counted_on
from lms_tracker.store import database, due, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, recognitions, subjects
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

    "gone", "never", "died" (unless a person decides so), "title" (holds it already), "other-person" (somebody
    else must decide about this row), "decided" (a decision names it already).
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
        everybody = named(connection, found, whose, scopes.myself(connection, viewer), clock.today())
        shown = [
            one
            for one in everybody
            if (after is None or (one.row.sort_key, one.row.id) > after)
            and (place_id is None or one.row.local_place_id == place_id)
        ]
        page = shown[:PAGE]
        states = assessments.counts(connection, [number])[number]
        made = Listing(
            round=found,
            whose=whose,
            criteria=criteria.held(connection, found.criteria_set_id).criteria,
            mine=scopes.mine(connection, viewer, whose),
            shown=page,
            at=places.by_ids(connection, {one.row.local_place_id for one in page if one.row.local_place_id}),
            counts=_counted(one.row.proposed_result for one in everybody if not one.left_out),
            left_out=_counted(one.left_out for one in everybody if one.left_out),
            warnings=[one for one in everybody if is_warned(one)][:PAGE],
            unreviewed=sum(
                one.count for one in states if one.state in (assessments.REGISTERED, assessments.SCORED)
            ),
            next=(page[-1].row.sort_key, page[-1].row.id) if len(shown) > PAGE else None,
            minutes=minutes_of(found),
            submission=submission_of(found),
        )
    seen = [*made.shown, *made.warnings]
    records.log_looks(viewer, {one.row.person_key for one in seen if one.row.person_key is not None}, "round")
    return made


def is_warned(one: Named) -> bool:
    """Whether somebody has to look at this name before it is decided about."""
    return bool(one.left_out) or one.belonging.presence != Presence.HERE


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words))


def named(
    connection: Connection, found: Round, whose: Whose, me: Self | None, decided_on: date
) -> list[Named]:
    """Everybody who was reviewed, in the order of lists, with what is known of them on a day.

    Whoever lived in the round's place, or belonged to its organisation, on the last day of the year, or on
    the day of the decision if that comes first, is decided about, also when they left or died since.
    """
    rows = assessments.every(connection, found.id, states=[assessments.REVIEWED])
    decided = recognitions.of_assessments(connection, [row.id for row in rows])
    holders = standing(connection, found, rows)
    belong = belongings(connection, found, whose, rows, decided_on)
    made = []
    for row in rows:
        left_out = _left_out(row, belong[row.id], bool(decided[row.id]), row.id in holders, me)
        made.append(Named(row, belong[row.id], left_out))
    return made


def _left_out(
    row: Assessment, found: Belonging, is_decided: bool, holds_already: bool, me: Self | None
) -> str:
    if is_decided:
        return "decided"
    if holds_already:
        return "title"
    if found.presence not in COUNTED:
        return found.presence.value
    return "other-person" if me is not None and not me.may_decide(row) else ""


def standing(connection: Connection, found: Round, rows: Sequence[Assessment]) -> set[int]:
    """The rows of those who hold the title of the round's year already, under whatever key."""
    subject_ids = [row.subject_id for row in rows if row.subject_id is not None]
    held = recognitions.standing(connection, found.model, found.year, (), subject_ids)
    subjects_held = {one.subject_id for one in held}
    keys = sorted({row.person_key for row in rows if row.person_key is not None})
    now = due.person_keys(connection, keys)
    actors = due.actor_keys(connection, sorted(set(now.values())))
    every = {actor: person for person, known in actors.items() for actor in (*known, person)}
    holders = {
        every[one.person_key]
        for one in recognitions.standing(connection, found.model, found.year, sorted(every))
        if one.person_key is not None
    }
    return {
        row.id
        for row in rows
        if (row.person_key is not None and now[row.person_key] in holders)
        or (row.subject_id is not None and row.subject_id in subjects_held)
    }


def belongings(
    connection: Connection, found: Round, whose: Whose, rows: Sequence[Assessment], decided_on: date
) -> dict[int, Belonging]:
    """How the subjects of these rows stand to the round's place on its day."""
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
    with database.writing() as connection:
        found, whose = scopes.locked(connection, viewer, Right.APPROVE, number, revision)
        everybody = named(connection, found, whose, None, clock.today())
        if not everybody:
            raise RecognitionRefused("list-empty")
        _keep_proposals(connection, found)
        note = f"{len(everybody)}"
        rounds.step_to(connection, viewer, found, State.LISTED, "listed", note)
    log.info("list made", round=number, names=len(everybody))


def _keep_proposals(connection: Connection, found: Round) -> None:
    used = criteria.held(connection, found.criteria_set_id).criteria
    rows = assessments.every(connection, found.id, states=[assessments.REVIEWED])
    proposals = evidence.of_rows(connection, used, found.year, rows)
    kept = []
    for row in rows:
        points = evidence.points(proposals.get(row.person_key or b"", ()))
        text = grid_rules.packed({code: value for code, value in points.items() if value is not None})
        if text != row.proposed_points:
            kept.append((row.id, text))
    assessments.propose(connection, kept)


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
        if not rounds.changed(connection, found, minutes=text):
            raise RecognitionRefused("changed")
        rounds.note(connection, viewer, number, "minutes")


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
        rounds.step_to(
            connection, viewer, found, State.SUBMITTED, "submitted", submission.number, submission=text
        )
    log.info("list submitted", round=number)
