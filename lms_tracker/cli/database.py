"""The schema of the database."""

from __future__ import annotations

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import as_json_option, show


@click.group()
def db() -> None:
    """The schema of the database."""


@db.command()
@as_json_option
def upgrade(as_json: bool) -> None:
    """Bring the database of LMS_TRACKER_DATABASE_URL to the newest schema."""
    import flask_migrate
    from alembic.script import ScriptDirectory

    from lms_tracker.actions import places

    with opened(making=True) as app:
        flask_migrate.upgrade()
        config = app.extensions["migrate"].migrate.get_config()
        revision = ScriptDirectory.from_config(config).get_current_head()
        has_places = places.are_loaded()
    advice = "" if has_places else "\nIt has no provinces and communes yet: run lms-tracker places load."
    show({"revision": revision}, f"The database has the newest schema, {revision}.{advice}", as_json)
