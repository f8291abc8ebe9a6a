"""The tables as they are declared, migrated and divided into families."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from lms_tracker.config import Settings
from lms_tracker.learning.names import folded, person_sort_key
from lms_tracker.store import database
from lms_tracker.store.schema import metadata
from tests import databases

# By the column that each table is spread by when it outgrows a machine (DESIGN 5).
FAMILIES = {
    "statement_id": {"statements", "statement_attachments"},
    "activity_key": {"statement_activities"},
    "key": {"reached"},
    "target_id": {"voidings", "statement_references"},
    "actor_key": {"statement_actors", "evidence", "due_marks", "held_back"},
    "person_key": {"ledger", "totals", "credit_states"},
    "course_id": {"watched_times", "watched_completions"},
}
FOUND_BY_ACTOR = {"links"}

_ROLES = "SELECT person_key, role, provider_id, granted_us FROM roles ORDER BY role"


def test_the_migrations_make_the_tables_that_are_declared(app: Flask) -> None:
    with app.app_context(), database.db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_database_can_be_taken_back_to_nothing_and_up_again(database_url: str) -> None:
    settings = Settings(database_url=database_url, secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app, app.app_context():
        upgrade()
        downgrade(revision="base")
        assert inspect(database.db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert set(metadata.tables) <= set(inspect(database.db.engine).get_table_names())


def test_people_and_roles_of_the_first_version_are_kept_by_the_second_and_back(database_url: str) -> None:
    key, other = b"\x01" * 16, b"\x02" * 16
    settings = Settings(database_url=database_url, secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app, app.app_context():
        upgrade(revision="0001")
        with database.db.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO people (person_key, login, name, password_hash, created_us)"
                    " VALUES (:key, 'dao', 'Nguyễn Thị Đào', 'x', 1), (:other, 'tam', 'Lê Tám', 'x', 1)"
                ),
                {"key": key, "other": other},
            )
            connection.execute(
                text(
                    "INSERT INTO roles (person_key, role, provider_id, granted_us)"
                    " VALUES (:key, 'organiser', NULL, 5), (:other, 'administrator', NULL, 7)"
                ),
                {"key": key, "other": other},
            )
            before = connection.execute(text(_ROLES)).all()
        upgrade()
        with database.db.engine.connect() as connection:
            found = connection.execute(text("SELECT search, sort_key FROM people ORDER BY login")).all()
            roles = connection.execute(text("SELECT role FROM grants ORDER BY role")).scalars().all()
        assert [row[0] for row in found] == [folded("Nguyễn Thị Đào"), folded("Lê Tám")]
        assert [row[1] for row in found] == [person_sort_key("Nguyễn Thị Đào"), person_sort_key("Lê Tám")]
        assert roles == ["administrator", "approver", "officer", "reviewer"]
        downgrade(revision="0001")
        with database.db.engine.connect() as connection:
            assert connection.execute(text(_ROLES)).all() == before
            assert connection.execute(text("SELECT count(*) FROM people")).scalar() == 2


def test_every_unique_rule_of_a_growing_table_holds_the_column_it_is_spread_by() -> None:
    for column, tables in FAMILIES.items():
        for name in tables:
            table = metadata.tables[name]
            assert column in table.primary_key.columns
            assert not [index.name for index in table.indexes if index.unique], name


def test_no_foreign_key_leaves_a_growing_table() -> None:
    growing = set().union(*FAMILIES.values(), FOUND_BY_ACTOR)
    for name in growing:
        assert not metadata.tables[name].foreign_keys, name
