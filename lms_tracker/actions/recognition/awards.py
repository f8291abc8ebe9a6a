"""Honours (khen thưởng) of a place: entered from decisions, withdrawn, listed by year.

Whoever is known here is named by their login, and a household, clan, village, commune or unit by itself
(`award_subjects`); anybody else is a name. What was withdrawn stays in the list as such and counts no longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from lms_tracker import logs
from lms_tracker.actions import clock, people, records, rights
from lms_tracker.actions.recognition import award_subjects
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.recognition import awards as rules
from lms_tracker.learning.recognition.awards import SubjectKind
from lms_tracker.store import database, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import awards, decisions
from lms_tracker.store.recognition.awards import Award

log = logs.logger(__name__)

PAGE = 100
MOST_EXPORTED = 20_000
MOST_NAME = 200
MOST_WORDS = 500
FIRST_DAY = date(1945, 9, 2)


class AwardRefused(ValueError):
    """What cannot be entered; `rule` is a stable name, `field` the field of the form it is about."""

    def __init__(self, rule: str, field: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.field = field


@dataclass(frozen=True, slots=True)
class Wanted:
    """An honour to be entered, as it was typed.

    `login` may be empty, and `subject` ("household-12", see award_subjects.read): then it is a name alone.
    """

    subject_kind: str
    name: str
    login: str
    form: str
    what_for: str
    authority: str
    signed_by: str
    number: str
    decided_on: date
    year: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the honours of a place in a year; `counts` by form and kind of subject, those that stand."""

    place: Place
    above: Sequence[Place]
    year: int
    shown: Sequence[Award]
    at: Mapping[int, Place]
    counts: Mapping[tuple[str, str], int]
    more: bool
    may_enter: bool


def listing(viewer: Viewer, place_id: int, year: int, page: int = 1, size: int = PAGE) -> Listing:
    """The honours of a place and all below it. Looks at known people are logged.

    Raises rights.NotAllowed and NotFound.
    """
    with database.reading() as connection:
        rights.demand_at(connection, viewer, Right.SEE, place_id)
        place = places.by_id(connection, place_id)
        if place is None:
            raise NotFound
        found = awards.listed(connection, place.path, year, size + 1, (page - 1) * size)
        made = Listing(
            place,
            places.ancestors(connection, place),
            year,
            found[:size],
            places.by_ids(
                connection,
                {number for one in found for number in (one.place_id, one.subject_place_id) if number},
            ),
            awards.counts(connection, place.path, year),
            len(found) > size,
            rights.may_at(connection, viewer, Right.ENTER, place_id),
        )
    records.log_looks(viewer, {one.person_key for one in made.shown if one.person_key is not None}, "awards")
    return made


def demand_enter(viewer: Viewer, place_id: int) -> None:
    """Raise rights.NotAllowed unless somebody may enter honours of a place."""
    with database.reading() as connection:
        rights.demand_at(connection, viewer, Right.ENTER, place_id)


def add(viewer: Viewer, place_id: int, wanted: Wanted, form_key: bytes) -> int:
    """Enter an honour; answers its number. A form that is sent twice makes one.

    Several honours of one decision share its row. Raises rights.NotAllowed and AwardRefused.
    """
    name = _check(wanted)
    try:
        with database.writing() as connection:
            rights.demand_at(connection, viewer, Right.ENTER, place_id)
            decisions.lock(connection)
            person_key = _person(connection, viewer, wanted)
            subject = _subject(connection, place_id, wanted)
            number = _decision(connection, viewer, place_id, wanted, form_key)
            if awards.named(connection, number, name, wanted.form):
                raise AwardRefused("there-already", "name")
            made = awards.add(
                connection,
                subject_kind=wanted.subject_kind,
                person_key=person_key,
                **(subject.columns if subject else {}),
                name=name,
                form=wanted.form,
                what_for=" ".join(wanted.what_for.split()),
                year=wanted.year,
                place_id=place_id,
                decision_id=number,
                made_us=clock.now_us(),
                made_by=viewer.key,
            )
    except IntegrityError as error:
        raise AwardRefused("there-already", "name") from error
    log.info("award added", award=made, form=wanted.form)
    return made


def _check(wanted: Wanted) -> str:
    """The name as it is kept. Raises AwardRefused."""
    if wanted.subject_kind not in tuple(SubjectKind):
        raise AwardRefused("kind", "subject_kind")
    if wanted.form not in rules.forms():
        raise AwardRefused("form", "form")
    name = names.composed(" ".join(wanted.name.split()))
    texts = (
        ("name", name, MOST_NAME, True),
        ("what_for", wanted.what_for, MOST_WORDS, False),
        ("authority", wanted.authority, MOST_NAME, True),
        ("signed_by", wanted.signed_by, MOST_NAME, False),
        ("number", wanted.number, 60, True),
    )
    for field, text, most, is_needed in texts:
        said = " ".join(text.split())
        if len(said) > most or (is_needed and not said) or (said and not said.isprintable()):
            raise AwardRefused("text", field)
    if not FIRST_DAY <= wanted.decided_on <= clock.today():
        raise AwardRefused("day", "decided_on")
    if not FIRST_DAY.year <= wanted.year <= wanted.decided_on.year:
        raise AwardRefused("year", "year")
    return name


def _person(connection: Connection, viewer: Viewer, wanted: Wanted) -> bytes | None:
    """Who is meant by a login, within the viewer's reach."""
    if not wanted.login.strip():
        return None
    if wanted.subject_kind != SubjectKind.INDIVIDUAL:
        raise AwardRefused("login-kind", "login")
    found = people.with_login(connection, wanted.login)
    if found is None or not rights.may(connection, viewer, Right.SEE, found.key):
        raise AwardRefused("login", "login")
    return found.key


def _subject(connection: Connection, place_id: int, wanted: Wanted) -> award_subjects.Subject | None:
    """Which household, clan, village, commune or unit is meant, at the honour's place or below it."""
    if not wanted.subject:
        return None
    found = award_subjects.read(connection, place_id, wanted.subject)
    if found is None:
        raise AwardRefused("subject", "subject")
    if found.kind != wanted.subject_kind:
        raise AwardRefused("subject-kind", "subject_kind")
    return found


def named(viewer: Viewer, place_id: int, text: str) -> award_subjects.Subject | None:
    """Which household, clan, village, commune or unit an address names; None where it names none there.

    Raises rights.NotAllowed.
    """
    with database.reading() as connection:
        rights.demand_at(connection, viewer, Right.ENTER, place_id)
        return award_subjects.read(connection, place_id, text)


def _decision(connection: Connection, viewer: Viewer, place_id: int, wanted: Wanted, form_key: bytes) -> int:
    authority = " ".join(wanted.authority.split())
    number = awards.decision(connection, place_id, wanted.number, wanted.decided_on, authority)
    if number is not None:
        return number
    return decisions.add(
        connection,
        kind=decisions.AWARD,
        place_id=place_id,
        number=" ".join(wanted.number.split()),
        decided_on=wanted.decided_on,
        authority=authority,
        signed_by=" ".join(wanted.signed_by.split()),
        why="",
        made_us=clock.now_us(),
        made_by=viewer.key,
        form_key=form_key,
    )


def withdraw(viewer: Viewer, number: int) -> Award:
    """Withdraw an honour that was entered by mistake, or taken back; answers it as it was.

    Raises rights.NotAllowed, and AwardRefused where that was done already.
    """
    with database.writing() as connection:
        found = awards.by_id(connection, number)
        rights.demand(found is not None)
        assert found is not None
        rights.demand_at(connection, viewer, Right.ENTER, found.place_id)
        if not awards.withdraw(connection, number, viewer.key, clock.now_us()):
            raise AwardRefused("withdrawn", "")
    log.info("award withdrawn", award=number)
    return found
