"""The demo's database, made at the first start: providers, courses, people. Statements come by HTTP."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from lms_tracker.actions import courses as catalogue
from lms_tracker.actions import grants, people, providers
from lms_tracker.actions.rights import ORGANISER, Role
from lms_tracker.app import create_app
from lms_tracker.config import Settings
from lms_tracker.demo.citizens import Citizen, citizens
from lms_tracker.demo.courses import PROVIDERS, catalogue_file
from lms_tracker.demo.folder import Folder, Login, Made, Program

# Without letters and digits that are mistaken for each other.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
STAFF = (
    ("don-vi-1", "Lê Thị Hòa", Role.PROVIDER, 0),
    ("don-vi-2", "Kim Văn Thọ", Role.PROVIDER, 1),
    ("don-vi-3", "Trần Quốc Việt", Role.PROVIDER, 2),
    ("to-chuc", "Nguyễn Thị Khuyến", ORGANISER, None),
    ("quan-tri", "Phan Minh Quản", Role.ADMINISTRATOR, None),
)

Progress = Callable[[int, int], None]


def set_up(folder: Folder, settings: Settings, count: int, progress: Progress) -> Made:
    """Make the database, whole or not at all; one that exists gets the newest schema alone."""
    made = folder.made()
    if made is None:
        folder.drop_unfinished()
        unfinished = replace(settings, database_url=f"sqlite:///{folder.unfinished_database}")
        made = _in_application(unfinished, lambda: _make(settings.timezone, citizens(count), progress))
        folder.keep(made)
        return made
    return _in_application(settings, lambda: made)


def _in_application(settings: Settings, work: Callable[[], Made]) -> Made:
    """Upgrade the schema and do the work; no connection is left open, because the server will fork."""
    import flask_migrate

    app: Flask = create_app(settings)
    with app.app_context():
        try:
            flask_migrate.upgrade()
            return work()
        finally:
            for engine in app.extensions["sqlalchemy"].engines.values():
                engine.dispose()


def _make(timezone: str, everybody: list[Citizen], progress: Progress) -> Made:
    now = datetime.now(ZoneInfo(timezone)).replace(microsecond=0)
    programs = [_program(name) for name in PROVIDERS]
    numbers = [program.provider for program in programs]
    outcome = catalogue.import_courses(catalogue_file(numbers, now.date()))
    if outcome.errors:
        raise RuntimeError(f"the demo's own courses are wrong: {outcome.errors}")
    logins: list[Login] = []
    for citizen in everybody:
        logins.append(_citizen(citizen))
        progress(len(logins), len(everybody) + len(STAFF))
    for login, name, role, place in STAFF:
        logins.append(_person(login, name, str(role), []))
        grants.grant_role(login, role, None if place is None else numbers[place])
        progress(len(logins), len(everybody) + len(STAFF))
    return Made(now, len(everybody), programs, logins)


def _program(name: str) -> Program:
    made = providers.add_provider(name)
    return Program(made.provider, name, made.key, made.secret)


def _citizen(citizen: Citizen) -> Login:
    agents = [json.dumps(agent, ensure_ascii=False) for agent in citizen.agents]
    return _person(citizen.login, citizen.name, "citizen", agents)


def _person(login: str, name: str, role: str, identifiers: list[str]) -> Login:
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    people.add_person(name, login, password, identifiers)
    return Login(login, name, password, role)
