"""Connections that stay open from one transaction to the next."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from lms_tracker.store import database, dialects, schema
from lms_tracker.store.connections import KEPT, Connections, driver


class Broken(Exception):
    """What a test lets go wrong."""


def _verbs() -> int:
    with database.asking() as connection:
        return int(dialects.rows(connection, "SELECT count(*) FROM verbs", ())[0][0])


def _write(number: int) -> None:
    with database.writing() as connection:
        dialects.insert(connection, schema.verbs, [(number.to_bytes(16), "urn:x")])


def _write_and_fail() -> None:
    with database.writing() as connection:
        dialects.insert(connection, schema.verbs, [(bytes(16), "urn:x")])
        raise Broken


def test_one_transaction_after_the_other_has_the_same_connection(app: Flask) -> None:
    with app.app_context():
        with database.writing() as connection:
            first = driver(connection)
        with database.reading() as connection:
            assert driver(connection) is first
        with database.asking() as connection:
            assert driver(connection) is first


def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_works(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(Broken):
            _write_and_fail()
        assert _verbs() == 0
        _write(1)
        assert _verbs() == 1


def test_what_is_written_while_reading_is_not_kept(app: Flask) -> None:
    with app.app_context():
        with database.reading() as connection:
            if connection.dialect.name == "sqlite":
                dialects.insert(connection, schema.verbs, [(bytes(16), "urn:x")])
        assert _verbs() == 0


def test_rows_that_fail_in_the_midst_of_others_leave_none_of_them(app: Flask) -> None:
    rows = [(number.to_bytes(16), "urn:x") for number in (*range(40), 7)]
    with app.app_context():
        with pytest.raises(Exception, match=r"(?i)unique"), database.writing() as connection:
            dialects.insert(connection, schema.verbs, rows)
        assert _verbs() == 0


def test_any_number_of_rows_is_written_once(app: Flask) -> None:
    counts = (1, 15, 16, 17, 47, 143, 300)
    with app.app_context(), database.writing() as connection:
        for of, count in enumerate(counts):
            rows = [((of * 1_000 + number).to_bytes(16), "urn:x") for number in range(count)]
            dialects.insert(connection, schema.verbs, rows)
            dialects.insert_new(connection, schema.verbs, rows)
    with app.app_context():
        assert _verbs() == sum(counts)


def test_a_question_asked_through_sqlalchemy_leaves_no_transaction_behind(app: Flask) -> None:
    with app.app_context():
        with database.asking() as connection:
            assert connection.execute(select(schema.verbs.c.iri)).all() == []
        _write(1)
        # A snapshot that was left open would not see it.
        with database.asking() as connection:
            assert connection.execute(select(schema.verbs.c.iri)).all() == [("urn:x",)]


def test_a_connection_that_was_closed_meanwhile_is_not_used_again(app: Flask) -> None:
    with app.app_context():
        with database.asking() as connection:
            if connection.dialect.name == "sqlite":
                return
            driver(connection).close()
        _write(1)
        assert _verbs() == 1


def test_a_connection_that_the_server_ended_is_not_used_again(app: Flask) -> None:
    with app.app_context():
        with database.asking() as connection:
            if connection.dialect.name == "sqlite":
                return
            process = driver(connection).info.backend_pid
        with database.db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:process, 10000)"), {"process": process})
        _write(1)
        assert _verbs() == 1


def test_no_more_connections_stay_open_than_a_few(app: Flask) -> None:
    with app.app_context():
        connections = Connections(database.db.engine)
        taken = [connections.take() for _ in range(KEPT + 3)]
        for connection in taken:
            connections.give_back(connection)
        assert sum(not connection.closed for connection in taken) == KEPT
        database.db.engine.dispose()
        assert all(connection.closed for connection in taken)


def _insert_twice_and_commit(few: bool) -> None:
    rows = [(bytes(15) + bytes([number]), "urn:x") for number in range(3 if few else 100)]
    with database.writing() as connection, dialects.together(connection, [rows]):
        dialects.insert(connection, schema.verbs, rows)
        dialects.insert(connection, schema.verbs, rows)
        dialects.commit(connection)


@pytest.mark.parametrize("few", [True, False])
def test_i1_what_goes_out_with_its_commit_is_not_kept_when_a_part_of_it_fails(app: Flask, few: bool) -> None:
    with app.app_context():
        with pytest.raises(Exception, match=r"(?i)unique"):
            _insert_twice_and_commit(few)
        assert _verbs() == 0
        _write(1)
        assert _verbs() == 1
