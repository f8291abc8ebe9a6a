"""The demo's database, made at the first start: places, courses, people. Statements come by HTTP."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from lms_tracker.actions import catalogue, grants, linking, people, providers
from lms_tracker.actions import courses as courses_
from lms_tracker.actions.rights import ORGANISER, Role, Scope, Viewer
from lms_tracker.app import create_app
from lms_tracker.config import Settings
from lms_tracker.demo import cases, families, plans, rounds, township
from lms_tracker.demo.citizens import Citizen, citizens
from lms_tracker.demo.courses import PROVIDERS, catalogue_file
from lms_tracker.demo.folder import Folder, Login, Made, Program

# Without letters and digits that are mistaken for each other.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
# Where a role of somebody holds: for a provider by its place in PROVIDERS, in the commune, or everywhere.
COMMUNE, EVERYWHERE = "commune", "everywhere"
STAFF: tuple[tuple[str, str, str, int | str], ...] = (
    ("don-vi-1", "Lê Thị Hòa", Role.PROVIDER, 0),
    ("don-vi-2", "Kim Văn Thọ", Role.PROVIDER, 1),
    ("don-vi-3", "Trần Quốc Việt", Role.PROVIDER, 2),
    ("don-vi-4", "Hứa Mỹ Tiên", Role.PROVIDER, 3),
    ("don-vi-5", "Lương Gia Vĩ", Role.PROVIDER, 4),
    ("to-chuc", "Nguyễn Thị Khuyến", ORGANISER, EVERYWHERE),
    ("quan-tri", "Phan Minh Quản", Role.ADMINISTRATOR, EVERYWHERE),
    ("can-bo", "Thị Ngọc Diệp", Role.OFFICER, COMMUNE),
    ("tham-dinh", "Đinh Văn Thẩm", Role.REVIEWER, COMMUNE),
    ("phe-duyet", "Tăng Thị Duyệt", Role.APPROVER, COMMUNE),
    ("quan-tri-xa", "Danh Hoàng Quân", Role.ADMINISTRATOR, COMMUNE),
)
OFFICER, REVIEWER, APPROVER, ADMINISTRATOR = "can-bo", "tham-dinh", "phe-duyet", "quan-tri-xa"
ORGANISER_OF_ALL = "to-chuc"
# So many citizens can sign in; of the others a roster told, as of most people of a commune.
ACCOUNTS = 12
WHY = "Danh sách học viên của đơn vị (dữ liệu mẫu)"

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
    catalogue.adopt_policy()
    commune = township.load(progress)
    programs = [_program(name) for name in PROVIDERS]
    numbers = [program.provider for program in programs]
    outcome = courses_.import_courses(catalogue_file(numbers, now.date()))
    if outcome.errors:
        raise RuntimeError(f"the demo's own courses are wrong: {outcome.errors}")
    total = len(everybody) + len(STAFF)
    staff, known = [], {}
    for login, name, role, where in STAFF:
        password = _password()
        known[login] = people.add_person(name, login, password).key
        staff.append(Login(login, name, password, str(role)))
        grants.grant(None, grants.Wanted(login, role, _scope(where, numbers, commune)))
        progress(len(staff), total)
    officer, reviewer, administrator = (_of(known[one]) for one in (OFFICER, REVIEWER, ADMINISTRATOR))
    township.name_hamlets(administrator, commune)
    keys = township.settle(officer, commune, everybody, now.date())
    found = []
    for citizen in everybody:
        _link(citizen, keys[citizen.number])
        if citizen.number <= ACCOUNTS:
            found.append(_open_account(citizen, keys[citizen.number]))
        progress(len(staff) + citizen.number, total)
    cases.declare([_of(keys[one.number]) for one in everybody[:ACCOUNTS]], officer, reviewer, now.date())
    cases.dispute_an_account(officer, everybody, keys)
    approver = _of(known[APPROVER])
    by = rounds.Officers(officer, reviewer, approver)
    decision = rounds.hold(by, commune, now.date())
    families.hold(by, commune, [login.login for login in found], decision, now.date())
    plans.load()
    plans.call(_of(known[ORGANISER_OF_ALL]), officer, commune, now.date())
    plans.count(commune)
    return Made(now, len(everybody), programs, [*found, *staff])


def _scope(where: int | str, providers_: list[int], commune: int) -> Scope:
    if isinstance(where, int):
        return Scope(provider_id=providers_[where])
    return Scope(place_id=commune) if where == COMMUNE else Scope()


def _program(name: str) -> Program:
    made = providers.add_provider(name)
    return Program(made.provider, name, made.key, made.secret)


def _link(citizen: Citizen, key: bytes) -> None:
    """Who somebody of the roster is elsewhere.

    The first one's account on the open platform is not linked yet.
    """
    agents = [citizen.on_moodle, citizen.at_language_centre]
    if citizen.number == 2:
        agents.append(citizen.on_mooc)
    for agent in agents:
        linking.link_by_command(key, people.identified(json.dumps(agent, ensure_ascii=False)), WHY)


def _open_account(citizen: Citizen, key: bytes) -> Login:
    password = _password()
    people.open_account(key, citizen.login, password)
    return Login(citizen.login, citizen.name, password, "citizen")


def _password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def _of(key: bytes) -> Viewer:
    found = people.viewer(key)
    if found is None:
        raise RuntimeError("somebody of the demo has no account")
    return found
