"""People who look at records, and what is kept of their looks."""

from lms_tracker.actions import grants, people
from lms_tracker.actions.rights import Viewer
from lms_tracker.store import database, dialects

PASSWORD = "đi học mỗi ngày"


def somebody(login: str, *roles: tuple[str, int | None], identifiers: tuple[str, ...] = ()) -> Viewer:
    key = people.add_person(login.title(), login, PASSWORD, identifiers).key
    for role, provider in roles:
        grants.grant_role(login, role, provider)
    found = people.viewer(key)
    assert found is not None
    return found


def hoa() -> Viewer:
    return somebody(
        "hoa", identifiers=('{"account": {"homePage": "https://lms.example.vn", "name": "hoa"}}',)
    )


def looks() -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return dialects.rows(connection, "SELECT person_key, by_person, what FROM looks ORDER BY id", ())
