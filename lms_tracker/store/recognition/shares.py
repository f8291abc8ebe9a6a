"""How many of the members of many subjects are recognised, each figure by one query for all of them.

Of merged records the surviving one is counted, once; whoever died before the day is not. Nothing is kept:
each figure is a pure function of memberships and recognitions as they are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.store import schema
from lms_tracker.store.reach import in_force

_RECOGNITION, _LINK, _PERSON = schema.recognitions, schema.links, schema.people
_PLACE, _KINSHIP, _KIN = schema.places, schema.kinships, schema.kinship_members
_ORGANISATION, _MEMBER = schema.organisations, schema.organisation_members

LEARNER = "learner"
# What can be a learning unit; sectors and associations are none.
UNIT_KINDS = ("unit", "school")

# Numbers of subjects, as a select of one column.
Subjects = Select[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Who belongs is as of the local day `on`, the recognitions of `year` as they stand on `today`; an adult is
    whoever was born in `adult_born` or before.
    """

    year: int
    on: date
    today: date
    adult_born: int


@dataclass(frozen=True, slots=True)
class People:
    """Distinct people, and how many of them are recognised; `unknown` adults have no known year of birth."""

    all: int = 0
    recognised: int = 0
    adults: int = 0
    adults_recognised: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Things:
    """Households, clans, communities or units, and how many of them are recognised."""

    all: int = 0
    recognised: int = 0


def stands(asked: Asked) -> ColumnElement[bool]:
    table = _RECOGNITION.c
    return and_(
        table.result == Result.ACHIEVED,
        or_(table.revoked_by.is_(None), table.revoked_on > asked.today),
        or_(table.valid_to.is_(None), table.valid_to >= asked.on),
    )


def _citizen(person_key: ColumnElement[bytes], asked: Asked) -> ColumnElement[bool]:
    """The condition that somebody is a learning citizen of the year, be it under a merged record's key."""
    table = _RECOGNITION.c
    of_year = (table.year == asked.year, table.model == Model.CITIZEN, stands(asked))
    own = exists(select(1).where(table.person_key == person_key, *of_year))
    # A list of keys, and no join, which SQLite would begin at the other end.
    losers = select(_LINK.c.actor_key).where(_LINK.c.person_key == person_key)
    merged = exists(select(1).where(table.person_key.in_(losers), *of_year))
    return or_(own, merged)


def recognised(model: Model, subject: ColumnElement[int], asked: Asked) -> ColumnElement[bool]:
    """The condition that a subject holds a model in the year: of that year, or of an earlier one and kept."""
    table = _RECOGNITION.c
    of_year = or_(table.year == asked.year, and_(table.year < asked.year, table.valid_to.is_not(None)))
    return exists(select(1).where(table.model == model, table.subject_id == subject, of_year, stands(asked)))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _people(connection: Connection, belongs: Select[Any], asked: Asked) -> dict[Any, People]:
    """Counts of `belongs`, a select of `subject` and `person`, by subject."""
    who = belongs.distinct().subquery("who")
    born = _PERSON.c.birth_year
    facts = (
        select(
            who.c.subject,
            case((_citizen(who.c.person, asked), 1), else_=0).label("done"),
            case((or_(born.is_(None), born <= asked.adult_born), 1), else_=0).label("adult"),
            case((born.is_(None), 1), else_=0).label("unknown"),
        )
        .select_from(who.outerjoin(_PERSON, _PERSON.c.person_key == who.c.person))
        .where(or_(_PERSON.c.died_on.is_(None), _PERSON.c.died_on >= asked.on))
        .subquery("facts")
    )
    done, adult = facts.c.done, facts.c.adult
    rows = connection.execute(
        select(
            facts.c.subject,
            func.count(),
            func.sum(done),
            func.sum(adult),
            func.sum(done * adult),
            func.sum(facts.c.unknown),
        ).group_by(facts.c.subject)
    )
    return {row[0]: People(*(int(number) for number in row[1:])) for row in rows}


def _survivor(own: ColumnElement[bytes]) -> ColumnElement[bytes]:
    return func.coalesce(_LINK.c.person_key, own).label("person")


def of_kinships(connection: Connection, subjects: Subjects, asked: Asked) -> Mapping[int, People]:
    """Who belongs to these households and clans."""
    belongs = (
        select(_KIN.c.kinship_id.label("subject"), _survivor(_KIN.c.person_key))
        .select_from(_KIN.outerjoin(_LINK, _LINK.c.actor_key == _KIN.c.person_key))
        .where(_KIN.c.kinship_id.in_(subjects), in_force(_KIN.c.since, _KIN.c.until, asked.on))
    )
    return _people(connection, belongs, asked)


def _below(table: Any, upper: Any) -> ColumnElement[bool]:
    """The condition that a row of a tree is the one of `upper` or stands below it."""
    # A path ends with "/", after which "0" is the next letter.
    end = func.rtrim(upper.c.path, "/").op("||")(literal("0"))
    return and_(table.c.path >= upper.c.path, table.c.path < end)


def of_places(connection: Connection, subjects: Subjects, asked: Asked) -> Mapping[int, People]:
    """Who lives in these places or below."""
    upper, lived = _PLACE.alias("upper"), schema.residences
    belongs = (
        select(upper.c.id.label("subject"), _survivor(lived.c.person_key))
        .select_from(
            upper.join(_PLACE, _below(_PLACE, upper))
            .join(lived, lived.c.place_id == _PLACE.c.id)
            .outerjoin(_LINK, _LINK.c.actor_key == lived.c.person_key)
        )
        .where(upper.c.id.in_(subjects), in_force(lived.c.since, lived.c.until, asked.on))
    )
    return _people(connection, belongs, asked)


def of_units(connection: Connection, subjects: Subjects, asked: Asked) -> Mapping[tuple[int, bool], People]:
    """Who belongs to these organisations or any below, by organisation and whether as learners.

    Whoever teaches and learns there is one of each.
    """
    upper = _ORGANISATION.alias("upper")
    learns = case((_MEMBER.c.capacity == LEARNER, 1), else_=0)
    found: dict[tuple[int, bool], People] = {}
    for as_learners in (False, True):
        belongs = (
            select(upper.c.id.label("subject"), _survivor(_MEMBER.c.person_key))
            .select_from(
                upper.join(_ORGANISATION, _below(_ORGANISATION, upper))
                .join(_MEMBER, _MEMBER.c.organisation_id == _ORGANISATION.c.id)
                .outerjoin(_LINK, _LINK.c.actor_key == _MEMBER.c.person_key)
            )
            .where(
                upper.c.id.in_(subjects),
                in_force(_MEMBER.c.since, _MEMBER.c.until, asked.on),
                learns == int(as_learners),
            )
        )
        for subject, people in _people(connection, belongs, asked).items():
            found[subject, as_learners] = people
    return found


def _things(connection: Connection, rows: Select[Any], model: Model, asked: Asked) -> Mapping[int, Things]:
    """Counts of `rows`, a select of `subject` and `thing`, by subject."""
    things = rows.distinct().subquery("things")
    chosen = select(things.c.subject, func.count(), _sum(recognised(model, things.c.thing, asked))).group_by(
        things.c.subject
    )
    return {row[0]: Things(int(row[1]), int(row[2])) for row in connection.execute(chosen)}


def kinships_of_places(
    connection: Connection, subjects: Subjects, model: Model, asked: Asked
) -> Mapping[int, Things]:
    """Households or clans (`model`) of these places and of all below, those to whom somebody belongs."""
    upper = _PLACE.alias("upper")
    anybody = exists(
        select(1).where(_KIN.c.kinship_id == _KINSHIP.c.id, in_force(_KIN.c.since, _KIN.c.until, asked.on))
    )
    rows = (
        select(upper.c.id.label("subject"), _KINSHIP.c.id.label("thing"))
        .select_from(
            upper.join(_PLACE, _below(_PLACE, upper)).join(_KINSHIP, _KINSHIP.c.place_id == _PLACE.c.id)
        )
        .where(upper.c.id.in_(subjects), _KINSHIP.c.kind == model.value, anybody)
    )
    return _things(connection, rows, model, asked)


def communities_of_places(connection: Connection, subjects: Subjects, asked: Asked) -> Mapping[int, Things]:
    """Villages and residential groups below these places, those that are there on the day."""
    upper = _PLACE.alias("upper")
    rows = (
        select(upper.c.id.label("subject"), _PLACE.c.id.label("thing"))
        .select_from(upper.join(_PLACE, _below(_PLACE, upper)))
        .where(
            upper.c.id.in_(subjects),
            _PLACE.c.level == Level.LOCAL,
            in_force(_PLACE.c.valid_from, _PLACE.c.valid_to, asked.on),
        )
    )
    return _things(connection, rows, Model.COMMUNITY, asked)


def units_of_places(connection: Connection, subjects: Subjects, asked: Asked) -> Mapping[int, Things]:
    """Units and schools that stand in these places or below, those that are there on the day."""
    upper = _PLACE.alias("upper")
    rows = (
        select(upper.c.id.label("subject"), _ORGANISATION.c.id.label("thing"))
        .select_from(
            upper.join(_PLACE, _below(_PLACE, upper)).join(
                _ORGANISATION, _ORGANISATION.c.place_id == _PLACE.c.id
            )
        )
        .where(
            upper.c.id.in_(subjects),
            _ORGANISATION.c.kind.in_(UNIT_KINDS),
            in_force(_ORGANISATION.c.valid_from, _ORGANISATION.c.valid_to, asked.on),
        )
    )
    return _things(connection, rows, Model.UNIT, asked)


def citizens_among(connection: Connection, person_keys: Collection[bytes], asked: Asked) -> set[bytes]:
    """Those of these people who are learning citizens of the year."""
    key = _PERSON.c.person_key
    rows = connection.execute(select(key).where(key.in_(person_keys), _citizen(key, asked)))
    return {bytes(row[0]) for row in rows}
