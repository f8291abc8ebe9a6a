"""Who may do what where, to look at: in one place with what comes from above, below it, and of oneself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock, people, rights
from lms_tracker.actions import places as places_of
from lms_tracker.actions.grants import GrantRefused, Problem
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed, Right, Role, Viewer
from lms_tracker.learning.places import called
from lms_tracker.store import courses, database, organisations, places
from lms_tracker.store import grants as rows
from lms_tracker.store import people as names
from lms_tracker.store.grants import GrantRow, Scope, Standing
from lms_tracker.store.places import Place

# Lines of a place's history that are shown.
HISTORY = 100
# Roles that are held in a place, as columns of the table.
COLUMNS = (Role.VIEWER, Role.OFFICER, Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Line:
    """One grant as people read it; `where` is empty for everywhere, the days are local and inclusive."""

    id: int
    person_key: bytes
    login: str
    name: str
    role: str
    scope: Scope
    where: str
    first_day: date | None
    last_day: date | None
    granted_us: int
    granted_by: str
    delegated_from: int | None
    revoked_us: int | None
    revoked_by: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in the table of a place: for each role what gives it, which may be a grant further above."""

    name: str
    login: str
    cells: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Below:
    """A place or branch below, and how many people hold each of `COLUMNS` in it or further down."""

    place: Place
    name: str
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """`place` is None for the whole country; `above` are those above it that the viewer administers."""

    place: Place | None
    name: str
    above: tuple[tuple[int, str], ...]
    is_above_all: bool
    holders: tuple[Holder, ...]
    below: tuple[Below, ...]
    others: tuple[Line, ...]
    history: tuple[Line, ...]
    providers: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody holds, and what they handed on from it."""

    lines: tuple[Line, ...]
    handed_on: tuple[Line, ...]


def everything(place_id: int | None = None) -> list[Line]:
    """What holds today, by place; of one place and all below it where one is named."""
    today = clock.today()
    with database.reading() as connection:
        if place_id is None:
            standing = rows.all_standing(connection, today)
        else:
            found = places.by_id(connection, place_id)
            path = found.path if found else ""
            standing = [one for _path, one in rows.below_place(connection, path, today)] if path else []
        return _lines(connection, standing)


def place_with_code(code: str, on: date | None) -> int:
    """The number of the place that a code means on a day, today unless given. Raises PlacesRefused."""
    with database.reading() as connection:
        return places_of.coded(connection, code, on or clock.today()).id


def key_of(login: str) -> bytes:
    """Whose login this is. Raises GrantRefused."""
    with database.reading() as connection:
        person = people.with_login(connection, login)
    if person is None:
        raise GrantRefused(Problem.LOGIN, f"nobody has the login {people.clean_login(login)}")
    return person.key


def own(viewer: Viewer) -> Own:
    """What the viewer holds and handed on. Raises NotAllowed for who holds nothing."""
    with database.reading() as connection:
        standing = rows.valid(connection, viewer.key, viewer.today)
        if not standing:
            raise NotAllowed
        handed = rows.handed_on(connection, [one.row.id for one in standing], viewer.today)
        return Own(tuple(_lines(connection, standing)), tuple(_lines(connection, handed)))


@dataclass(frozen=True, slots=True)
class Part:
    """A scope for which the viewer may hand something on, and the roles that are in it."""

    scope: Scope
    name: str
    roles: tuple[Role, ...]


def parts(viewer: Viewer) -> list[Part]:
    """Where the viewer may hand on what: what was granted to them, and the places straight below it."""
    found: dict[Scope, set[Role]] = {}
    names_of: dict[Scope, str] = {}
    with database.reading() as connection:
        for grant in viewer.grants:
            if grant.id is None or grant.role is Role.GUARDIAN:
                continue
            roles = {grant.role} if grant.role is Role.PROVIDER else set(_lesser(grant.role))
            scopes = {grant.scope: _where(connection, [grant.scope], {})[grant.scope]}
            if grant.scope.place_id is not None or (grant.scope.is_everywhere):
                below = places.children(connection, grant.scope.place_id, viewer.today)
                scopes |= {Scope(place_id=one.id): called(one.kind, one.name) for one in below}
            for scope, name in scopes.items():
                found.setdefault(scope, set()).update(roles)
                names_of.setdefault(scope, name)
    return [
        Part(scope, names_of[scope], tuple(role for role in Role if role in roles))
        for scope, roles in found.items()
    ]


def _lesser(role: Role) -> Iterable[Role]:
    return (one for one in COLUMNS if rights.RIGHTS[one] <= rights.RIGHTS[role])


def top(viewer: Viewer) -> int | None:
    """The place whose board an administrator of no more than some places sees first; None for the whole."""
    reach = rights.reach(viewer, Right.ADMINISTER)
    return None if reach.everywhere or not reach.places else reach.places[0]


def board(viewer: Viewer, place_id: int | None) -> Board:
    """Who may do what in a place, or in the whole country. Raises NotAllowed, records.NotFound."""
    with database.reading() as connection:
        if place_id is None:
            rights.demand(rights.may_everywhere(viewer, Right.ADMINISTER))
            return _board(connection, viewer, None, [])
        rights.demand_at(connection, viewer, Right.ADMINISTER, place_id)
        place = places.by_id(connection, place_id)
        if place is None:
            raise NotFound
        return _board(connection, viewer, place, places.ancestors(connection, place))


def _board(connection: Connection, viewer: Viewer, place: Place | None, above: list[Place]) -> Board:
    today, reach = viewer.today, rights.reach(viewer, Right.ADMINISTER)
    held = rows.at_places(connection, [one.id for one in (*above, *([place] if place else []))], today)
    scope = Scope(place_id=place.id if place else None)
    others = rows.bound(connection, today) if place is None else []
    return Board(
        place=place,
        name=called(place.kind, place.name) if place else "",
        above=tuple((one.id, called(one.kind, one.name)) for one in above if reach.covers_place(one.path)),
        is_above_all=reach.everywhere,
        holders=_holders(_lines(connection, held)),
        below=_below(connection, place, today),
        others=tuple(_lines(connection, others)),
        history=tuple(_lines(connection, rows.history(connection, scope, HISTORY))),
        providers=tuple(sorted(courses.provider_names(connection).items())) if place is None else (),
    )


def _holders(lines: Sequence[Line]) -> tuple[Holder, ...]:
    """A row for each person, those who may most first."""
    by_person: dict[bytes, list[Line]] = {}
    for line in lines:
        if line.role in COLUMNS:
            by_person.setdefault(line.person_key, []).append(line)
    found = [
        Holder(
            lines[0].name,
            lines[0].login,
            tuple(tuple(line for line in lines if line.role == role) for role in COLUMNS),
        )
        for lines in by_person.values()
    ]
    return tuple(sorted(found, key=_most_first))


def _most_first(one: Holder) -> tuple[bool, int, str, str]:
    return not one.cells[-1], -sum(map(bool, one.cells)), one.name.casefold(), one.login


def _below(connection: Connection, place: Place | None, today: date) -> tuple[Below, ...]:
    children = places.children(connection, place.id if place else None, today)
    found: dict[int, set[tuple[str, bytes]]] = {}
    depth = place.path.count("/") if place else 1
    for path, one in rows.below_place(connection, place.path if place else None, today):
        parts = path.split("/")
        if len(parts) > depth + 1:
            found.setdefault(int(parts[depth]), set()).add((one.row.role, one.row.person_key))
    return tuple(
        Below(
            child,
            called(child.kind, child.name),
            tuple(sum(role == column for role, _key in found.get(child.id, ())) for column in COLUMNS),
        )
        for child in children
    )


def _lines(connection: Connection, found: Iterable[Standing | GrantRow]) -> list[Line]:
    """As people read them; of what holds, the days are those for which all it was handed on from hold too."""
    shown = [
        (one.row, one.first_day, one.last_day)
        if isinstance(one, Standing)
        else (one, one.valid_from, one.valid_to)
        for one in found
    ]
    keys = {
        key for row, _first, _last in shown for key in (row.person_key, row.granted_by, row.revoked_by) if key
    }
    scopes = {row.scope for row, _first, _last in shown}
    keys |= {scope.ward_key for scope in scopes if scope.ward_key}
    accounts = names.accounts(connection, keys)
    where = _where(connection, scopes, accounts)
    return [
        Line(
            id=row.id,
            person_key=row.person_key,
            login=accounts.get(row.person_key, ("", ""))[0],
            name=accounts.get(row.person_key, ("", ""))[1],
            role=row.role,
            scope=row.scope,
            where=where[row.scope],
            first_day=first,
            last_day=last,
            granted_us=row.granted_us,
            granted_by=accounts.get(row.granted_by or b"", ("", ""))[1],
            delegated_from=row.delegated_from,
            revoked_us=row.revoked_us,
            revoked_by=accounts.get(row.revoked_by or b"", ("", ""))[1],
        )
        for row, first, last in shown
    ]


def _where(
    connection: Connection, scopes: Iterable[Scope], accounts: Mapping[bytes, tuple[str, str]]
) -> dict[Scope, str]:
    asked = list(scopes)
    known = places.by_ids(connection, {scope.place_id for scope in asked if scope.place_id is not None})
    above = places.chains(connection, known.values())
    units = organisations.by_ids(
        connection, {scope.organisation_id for scope in asked if scope.organisation_id is not None}
    )
    providers = courses.provider_names(connection)

    def told(scope: Scope) -> str:
        if scope.place_id is not None:
            chain = [known[scope.place_id], *reversed(above[scope.place_id])]
            return ", ".join(called(one.kind, one.name) for one in chain)
        if scope.organisation_id is not None:
            return units[scope.organisation_id].name
        if scope.provider_id is not None:
            return providers.get(scope.provider_id, "")
        return accounts.get(scope.ward_key, ("", ""))[1] if scope.ward_key else ""

    return {scope: told(scope) for scope in asked}
