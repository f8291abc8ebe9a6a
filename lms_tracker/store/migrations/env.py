"""Alembic's environment: our engine, our tables, one transaction."""

from alembic import context
from flask import current_app

from lms_tracker.store.schema import metadata

migrate = current_app.extensions["migrate"]


def run() -> None:
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, **migrate.configure_args)
        with context.begin_transaction():
            context.run_migrations()


run()
