"""Transactions: which wait for the disk."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from flask import Flask
from sqlalchemy import Connection

from lms_tracker.store import database


def test_what_may_be_done_again_does_not_wait_for_the_disk_and_all_others_do_I1(app: Flask) -> None:
    def waits(connection: Connection) -> bool:
        setting = "PRAGMA synchronous" if connection.dialect.name == "sqlite" else "SHOW synchronous_commit"
        return str(connection.exec_driver_sql(setting).scalar_one()) in ("2", "on")

    def waited(begin: Callable[[], AbstractContextManager[Connection]], fails: bool = False) -> bool:
        with suppress(ZeroDivisionError), begin() as connection:
            found = waits(connection)
            if fails:
                raise ZeroDivisionError
        return found

    with app.app_context():
        for fails in (False, True, True, False):
            assert not waited(database.writing_again, fails)
            assert waited(database.writing)
