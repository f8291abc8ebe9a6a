"""A provider's list of its learners links their agents to people who are matched beyond doubt.

A line with a login matches that person if the name agrees, whatever its marks and case. One without matches
by name and year of birth, if just one person has both, and then never disputes what is somebody else's: two
people of one name and year are nothing rare. What a provider is told does not say whether nobody or several
were found. Each person that a preview finds is told, in the log of looks, that somebody looked.

Lines are linked fifty at a time, each part in one transaction: a list that was cut off is sent again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import identity, people, proving, records, rights
from lms_tracker.actions.identity import IdentityRefused, Proof, Step
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning import names
from lms_tracker.learning.account_files import AccountFileRefusal, AccountLine, read_accounts
from lms_tracker.learning.course_conflicts import LineError
from lms_tracker.store import database, links
from lms_tracker.store import people as rows
from xapi.actors import Identified, read_agent
from xapi.faults import Refusal

TOGETHER = 50

log = logs.logger(__name__)


class Fate(StrEnum):
    """What becomes of a line."""

    LINK = "link"
    ALREADY = "already"
    DISPUTE = "dispute"
    # Nobody, or more than one, or a name that does not agree.
    UNKNOWN = "unknown"
    # No learner of this provider, an account shared by many, or not an account at all.
    NOT_LINKABLE = "not-linkable"


@dataclass(frozen=True, slots=True)
class Previewed:
    line: AccountLine
    fate: Fate


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines in the order of the file; with errors there are none."""

    lines: tuple[Previewed, ...] = ()
    errors: tuple[LineError, ...] = ()

    def count(self, fate: str) -> int:
        return sum(1 for one in self.lines if one.fate == fate)


@dataclass(frozen=True, slots=True)
class _Match:
    line: AccountLine
    identifier: Identified | None
    person: bytes | None
    fate: Fate


def preview(viewer: Viewer, provider_id: int, data: bytes) -> Preview:
    """What each line would do; links nothing. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    try:
        lines = read_accounts(data)
    except AccountFileRefusal as refusal:
        return Preview(errors=tuple(refusal.errors))
    with database.reading() as connection:
        found = [_match(connection, provider_id, line) for line in lines]
    records.log_looks(viewer, {one.person for one in found if one.person is not None}, "list")
    return Preview(tuple(Previewed(one.line, one.fate) for one in found))


def link(viewer: Viewer, provider_id: int, data: bytes) -> Preview:
    """Link what the lines name; answers what became of each. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    try:
        lines = read_accounts(data)
    except AccountFileRefusal as refusal:
        return Preview(errors=tuple(refusal.errors))
    done: list[Previewed] = []
    for part in _parts(lines):
        with database.writing() as connection:
            now = identity.begin(connection)
            step = Step(Proof.FILE, by_person=viewer.key)
            done += [_link(connection, now, _match(connection, provider_id, line), step) for line in part]
    log.info("accounts linked from a file", provider=provider_id, lines=len(done))
    return Preview(tuple(done))


def _parts(lines: Sequence[AccountLine]) -> Iterator[Sequence[AccountLine]]:
    return (lines[start : start + TOGETHER] for start in range(0, len(lines), TOGETHER))


def _link(connection: Connection, now: int, match: _Match, step: Step) -> Previewed:
    wanted = match.fate in (Fate.LINK, Fate.DISPUTE)
    if wanted and match.identifier is not None and match.person is not None:
        try:
            identity.attach(connection, now, match.identifier, match.person, step)
        except IdentityRefused:
            # Refused before anything was written; what it could not be linked for is not the provider's.
            return Previewed(match.line, Fate.NOT_LINKABLE)
    return Previewed(match.line, match.fate)


def _match(connection: Connection, provider_id: int, line: AccountLine) -> _Match:
    try:
        identifier = read_agent(line.agent, "2.0.0")
        identity.demand_personal(connection, identifier)
        is_own = proving.demand_own(connection, provider_id, identifier)
    except (Refusal, IdentityRefused, proving.NotOfProvider):
        return _Match(line, None, None, Fate.NOT_LINKABLE)
    person = _person(connection, line)
    if person is None or not is_own:
        return _Match(line, identifier, None, Fate.UNKNOWN)
    return _Match(line, identifier, person, _fate(connection, line, identifier, person))


def _fate(connection: Connection, line: AccountLine, identifier: Identified, person: bytes) -> Fate:
    held = links.holders(connection, [*identity.forms(identifier)])
    if held.get(identifier.key) == person:
        return Fate.ALREADY
    if any(holder != person for holder in held.values()):
        return Fate.DISPUTE if line.login is not None else Fate.UNKNOWN
    return Fate.LINK


def _person(connection: Connection, line: AccountLine) -> bytes | None:
    """Who a line means beyond doubt."""
    wanted = names.folded(line.name)
    if line.login is not None:
        found = people.with_login(connection, line.login)
        if found is None or names.folded(found.name) != wanted:
            return None
        if line.birth_year is not None and rows.birth_year(connection, found.key) not in (
            None,
            line.birth_year,
        ):
            return None
        return identity.current(connection, found.key)
    found_keys = rows.with_name_and_year(connection, wanted, line.birth_year or 0)
    persons = {identity.current(connection, key) for key in found_keys}
    return persons.pop() if len(persons) == 1 else None
