"""People, and the identifiers linked to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, insert, select, update

from lms_tracker.learning.names import folded, person_sort_key
from lms_tracker.store import schema


@dataclass(frozen=True, slots=True)
class PersonRow:
    key: bytes
    login: str
    name: str
    password_hash: str
    # How many times the person ended their sessions.
    sessions: int = 0


def _person(connection: Connection, condition: ColumnElement[bool]) -> PersonRow | None:
    table = schema.people
    row = connection.execute(
        select(
            table.c.person_key, table.c.login, table.c.name, table.c.password_hash, table.c.sessions
        ).where(condition)
    ).first()
    return PersonRow(bytes(row[0]), *row[1:]) if row else None


def by_login(connection: Connection, login: str) -> PersonRow | None:
    return _person(connection, schema.people.c.login == login)


def by_key(connection: Connection, key: bytes) -> PersonRow | None:
    return _person(connection, schema.people.c.person_key == key)


def accounts(connection: Connection, keys: Collection[bytes]) -> dict[bytes, tuple[str, str]]:
    """(login, name) of these people; the login is empty for those who have no account."""
    table = schema.people
    rows = connection.execute(
        select(table.c.person_key, table.c.login, table.c.name).where(table.c.person_key.in_(keys))
    )
    return {bytes(row[0]): (row[1] or "", row[2]) for row in rows}


def add(connection: Connection, person: PersonRow, created_us: int) -> None:
    connection.execute(
        insert(schema.people).values(
            person_key=person.key,
            login=person.login,
            name=person.name,
            password_hash=person.password_hash,
            created_us=created_us,
            search=folded(person.name),
            sort_key=person_sort_key(person.name),
        )
    )


def open_account(connection: Connection, key: bytes, login: str, password_hash: str) -> bool:
    """Let somebody sign in who is known without an account; False where there is nobody such."""
    table = schema.people
    done = connection.execute(
        update(table)
        .where(table.c.person_key == key, table.c.login.is_(None))
        .values(login=login, password_hash=password_hash)
    )
    return done.rowcount == 1


def set_password_hash(connection: Connection, key: bytes, password_hash: str) -> None:
    connection.execute(
        update(schema.people).where(schema.people.c.person_key == key).values(password_hash=password_hash)
    )


def end_sessions(connection: Connection, key: bytes) -> None:
    table = schema.people
    connection.execute(update(table).where(table.c.person_key == key).values(sessions=table.c.sessions + 1))


def link(connection: Connection, actor_key: bytes, person_key: bytes, linked_us: int) -> None:
    connection.execute(
        insert(schema.links).values(actor_key=actor_key, person_key=person_key, linked_us=linked_us)
    )


def remember_actor(connection: Connection, actor_key: bytes, identifier: str, name: str | None) -> None:
    """Keep the text behind an actor key that no statement has named yet."""
    table = schema.actors
    known = connection.execute(select(table.c.actor_key).where(table.c.actor_key == actor_key)).first()
    if known is None:
        connection.execute(insert(table).values(actor_key=actor_key, identifier=identifier, name=name))


def identifiers(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, tuple[str, str | None]]:
    """(canonical identifier, name) of those actors that are known."""
    table = schema.actors
    rows = connection.execute(
        select(table.c.actor_key, table.c.identifier, table.c.name).where(table.c.actor_key.in_(actor_keys))
    )
    return {bytes(row.actor_key): (row.identifier, row.name) for row in rows}


def names(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, tuple[str, str]]:
    """(name, canonical identifier) of these persons: the name of their account, else a provider's for them.

    One of the two is empty where there is none.
    """
    found = {
        key: (name or "", identifier) for key, (identifier, name) in identifiers(connection, keys).items()
    }
    table = schema.people
    rows = connection.execute(select(table.c.person_key, table.c.name).where(table.c.person_key.in_(keys)))
    return found | {bytes(row.person_key): (row.name, "") for row in rows}


def named_like(
    connection: Connection, pattern: str, limit: int
) -> tuple[list[tuple[bytes, str]], list[tuple[bytes, str]]]:
    """(key, name) of accounts, and of actors, whose name is like a pattern of LIKE, whatever its case."""
    accounts, actors = schema.people.c, schema.actors.c
    of_people, of_actors = (
        connection.execute(select(key, name).where(name.ilike(pattern)).order_by(name, key).limit(limit))
        for key, name in ((accounts.person_key, accounts.name), (actors.actor_key, actors.name))
    )
    return [(bytes(row[0]), row[1]) for row in of_people], [(bytes(row[0]), row[1]) for row in of_actors]


def birth_year(connection: Connection, key: bytes) -> int | None:
    table = schema.people
    return connection.execute(
        select(table.c.birth_year).where(table.c.person_key == key)
    ).scalar_one_or_none()


def with_name_and_year(connection: Connection, search: str, year: int) -> list[bytes]:
    """Everybody with this name, as `learning.names.folded` has it, and this year of birth."""
    table = schema.people
    rows = connection.execute(
        select(table.c.person_key).where(table.c.search == search, table.c.birth_year == year)
    )
    return [bytes(row[0]) for row in rows]
