"""The application factory."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from lms_tracker import logs
from lms_tracker.actions.catalogue import CurrentCatalogue
from lms_tracker.actions.holders import Holders
from lms_tracker.actions.rates import Rates
from lms_tracker.actions.recording import Recorder
from lms_tracker.actions.searching import Reader
from lms_tracker.actions.uses import Uses
from lms_tracker.config import Settings
from lms_tracker.store import database
from lms_tracker.store.names import Names
from lms_tracker.web import (
    about,
    activities,
    agents,
    alternate_syntax,
    api,
    compression,
    credentials,
    cross_origin,
    documents,
    links,
    lrs,
    operations,
    pages,
    place_search,
    short_way,
    statements,
)

MIGRATIONS = os.path.join(os.path.dirname(__file__), "store", "migrations")


class Service(Flask):
    """Flask without a question that it asks of every function for every request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        # There is no coroutine here; a tenth of what Flask does for a request is to look for one.
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """The whole service as a WSGI application; settings come from the environment unless given.

    Raises ConfigurationError when they are wrong. Does not touch the database.
    """
    settings = settings or Settings.from_environment()
    app = Service(__name__, static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
    )
    # Werkzeug would send whoever asks for a path with // to an address made of the Host header.
    app.url_map.merge_slashes = False
    app.wsgi_app = short_way.ShortWay(app)  # type: ignore[method-assign]
    welcome = partial(credentials.demand_welcome, app)
    as_meant = alternate_syntax.rewritten(app.wsgi_app, settings.max_body_bytes, welcome)
    app.wsgi_app = compression.unpacked(as_meant)  # type: ignore[assignment, method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    database.attach(app, settings.database_url)
    Migrate(app, database.db, directory=MIGRATIONS, render_as_batch=True)
    app.extensions["lms_tracker.recorder"] = Recorder()
    app.extensions["lms_tracker.reader"] = Reader()
    app.extensions["lms_tracker.catalogue"] = CurrentCatalogue()
    app.extensions["lms_tracker.names"] = Names()
    app.extensions["lms_tracker.rates"] = Rates(settings)
    app.extensions["lms_tracker.uses"] = Uses()
    app.extensions["lms_tracker.holders"] = Holders()
    logs.attach(app)
    for room in (
        operations,
        lrs,
        about,
        statements,
        activities,
        agents,
        documents,
        api,
        links,
        place_search,
        pages,
    ):
        room.register(app)
    for behind in (compression, cross_origin):
        behind.register(app)
    return app
