"""Whose a round is, who may do what in it, and whether something is a person's own affair.

ENTER registers and enters scores, REVIEW scores and proposes, APPROVE makes the list, submits, decides,
revokes and answers appeals. Nobody reviews, decides or answers about themselves, nor about what they entered
or decided themselves: such rows are left to somebody else.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock, identity, organisation_rules, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.store import database, due, organisation_tree, places, reach
from lms_tracker.store.organisation_tree import Organisation
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import rounds, standings
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round
from lms_tracker.store.reporting import due as totals_due


class RecognitionRefused(ValueError):
    """What cannot be done in a round; `rule` is a stable name, `field` the field of the form it is about."""

    def __init__(self, rule: str, field: str = "", *numbers: int) -> None:
        super().__init__(rule)
        self.rule = rule
        self.field = field
        # Rows that it is about, where there are any.
        self.numbers = numbers


@dataclass(frozen=True, slots=True)
class Whose:
    """A round is of a place or of an organisation."""

    place: Place | None
    organisation: Organisation | None


@dataclass(frozen=True, slots=True)
class Mine:
    """What the viewer may do in a round."""

    enter: bool
    review: bool
    approve: bool


def whose(connection: Connection, place_id: int | None, organisation_id: int | None) -> Whose:
    """The place or organisation with this number. Raises NotFound."""
    place = None if place_id is None else places.by_id(connection, place_id)
    organisation = None if organisation_id is None else organisation_tree.of(connection, organisation_id)
    if place is None and organisation is None:
        raise NotFound
    return Whose(place, organisation)


def may(connection: Connection, viewer: Viewer, right: Right, found: Whose) -> bool:
    if found.organisation is not None:
        return organisation_rules.covers(connection, viewer, found.organisation, right)
    return found.place is not None and rights.may_at(connection, viewer, right, found.place.id)


def mine(connection: Connection, viewer: Viewer, found: Whose) -> Mine:
    return Mine(*(may(connection, viewer, one, found) for one in (Right.ENTER, Right.REVIEW, Right.APPROVE)))


def known(connection: Connection, viewer: Viewer, right: Right, number: int) -> tuple[Round, Whose]:
    """A round in which the viewer has a right.

    Raises rights.NotAllowed, also where there is no such round: nobody learns which numbers there are.
    """
    found = rounds.by_id(connection, number)
    rights.demand(found is not None)
    assert found is not None
    there = whose(connection, found.place_id, found.organisation_id)
    rights.demand(may(connection, viewer, right, there))
    return found, there


def locked(
    connection: Connection, viewer: Viewer, right: Right, number: int, revision: int | None = None
) -> tuple[Round, Whose]:
    """The same, locked until the transaction ends. Raises RecognitionRefused("changed") as well."""
    known(connection, viewer, right, number)
    found = rounds.locked(connection, number)
    rights.demand(found is not None)
    assert found is not None
    if revision is not None and found.revision != revision:
        raise RecognitionRefused("changed")
    return found, whose(connection, found.place_id, found.organisation_id)


def mark_totals(connection: Connection, found: Round) -> None:
    """Have everything counted again that a round may count in: who is registered in it has changed."""
    if found.place_id is not None:
        place = places.by_id(connection, found.place_id)
        totals_due.mark_below(connection, place.path if place else "/0/", found.year)
    elif found.organisation_id is not None:
        totals_due.mark_organisations(connection, [found.organisation_id], found.year)


def demand(viewer: Viewer, right: Right, number: int) -> None:
    """Raise rights.NotAllowed unless the viewer has a right in a round: before their form is read."""
    with database.reading() as connection:
        known(connection, viewer, right, number)


def paths(connection: Connection, found: Whose, on: date) -> tuple[str, ...]:
    """Where a round's people live, or to what they belong, what went whole into that included."""
    if found.organisation is not None:
        return (found.organisation.path,)
    if found.place is None:
        return ()
    covered = reach.place_paths(connection, [found.place.id], max(on, clock.today()))
    return covered.get(found.place.id, (found.place.path,))


@dataclass(frozen=True, slots=True)
class Self:
    """Who is at work in rounds: to tell what is their own affair.

    `key` is what their record goes by now; `keys` are all under which rows may name them, those of records
    that were merged into it among them. `own_rows` are rows about a household, clan or unit of theirs.
    """

    key: bytes
    keys: frozenset[bytes]
    own_rows: frozenset[int] = frozenset()

    def is_own(self, row: Assessment) -> bool:
        """Whether a row is about them."""
        return row.person_key in self.keys

    def may_review(self, row: Assessment) -> bool:
        """Nobody reviews themselves or their own family or unit, nor the score that they entered."""
        return self.keys.isdisjoint({row.person_key, row.self_by}) and row.id not in self.own_rows

    def may_decide(self, row: Assessment) -> bool:
        """Nobody decides about themselves, their family or unit, nor about what they entered or reviewed."""
        return self.keys.isdisjoint({row.reviewed_by}) and self.may_review(row)


def myself(connection: Connection, viewer: Viewer, *round_ids: int) -> Self:
    key = identity.current(connection, viewer.key)
    keys = frozenset({key, viewer.key, *due.actor_keys(connection, [key])[key]})
    return Self(key, keys, frozenset(standings.own_rows(connection, keys, clock.today(), round_ids)))
