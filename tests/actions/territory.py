"""Places, organisations and who belongs where, written straight into the tables, for tests of rights."""

from datetime import date

from sqlalchemy import insert, update

from lms_tracker.store import database, schema


def place(
    name: str, above: int | None = None, first_day: date | None = None, last_day: date | None = None
) -> int:
    """The number of a new place; its level is how deep it stands."""
    return _node("places", name, above, code=None, valid_from=first_day, valid_to=last_day)


def organisation(name: str, above: int | None = None, at: int | None = None) -> int:
    return _node("organisations", name, above, place_id=at)


def _node(kind: str, name: str, above: int | None, **more: object) -> int:
    table = schema.metadata.tables[kind]
    with database.writing() as connection:
        path = "/"
        if above is not None:
            path = connection.execute(table.select().where(table.c.id == above)).mappings().one()["path"]
        words = {"name": name, "search": name.lower(), "sort_key": name.lower(), "path": "?"}
        words |= {"kind": "xa" if kind == "places" else "unit", "parent_id": above}
        if kind == "places":
            words |= {"level": path.count("/"), "spelling": name.lower()}
        done = connection.execute(insert(table).values(**words, **more))
        assert done.inserted_primary_key is not None
        number = int(done.inserted_primary_key[0])
        connection.execute(update(table).where(table.c.id == number).values(path=f"{path}{number}/"))
    return number


def becomes(old: int, new: int, on: date, *, is_split: bool = False) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(schema.place_moves).values(
                from_id=old, to_id=new, on_date=on, is_split=is_split, is_default=False
            )
        )


def lives(person: bytes, at: int, since: date | None = None, until: date | None = None) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(schema.residences).values(person_key=person, place_id=at, since=since, until=until)
        )


def belongs(
    person: bytes, to: int, capacity: str = "staff", since: date | None = None, until: date | None = None
) -> None:
    with database.writing() as connection:
        connection.execute(
            insert(schema.organisation_members).values(
                organisation_id=to, person_key=person, capacity=capacity, since=since, until=until
            )
        )
