"""Organisations: their tree, their dates, who belongs to them, and who may change what (I17)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask import Flask

from lms_tracker.actions import clock, grants, memberships, organisations, passwords, people, rights
from lms_tracker.actions.grants import Wanted as Granted
from lms_tracker.actions.organisation_rules import MOST_LEVELS, SENTENCES, OrganisationRefused, Problem
from lms_tracker.actions.organisations import Wanted
from lms_tracker.actions.rights import NotAllowed, Right, Viewer
from lms_tracker.cli import main
from lms_tracker.store import database
from lms_tracker.store.grants import Scope
from tests.actions.territory import lives, place
from tests.actions.viewers import PASSWORD, looks


@pytest.fixture(autouse=True)
def in_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with app.app_context():
        yield app


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Rules are the same on every database; what is asked of both says so."""
    return str(getattr(request, "param", "sqlite"))


both = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


def somebody(login: str, role: str = "", scope: Scope | None = None) -> Viewer:
    key = people.add_person(login.title(), login, PASSWORD).key
    if role:
        grants.grant(None, Granted(login, role, scope or Scope()))
    return again(key)


def again(key: bytes) -> Viewer:
    found = people.viewer(key)
    assert found is not None
    return found


def refused(problem: Problem, work: Callable[[], object]) -> None:
    with pytest.raises(OrganisationRefused) as error:
        work()
    assert error.value.problem is problem
    assert str(error.value) == SENTENCES[problem]


def made(name: str, under: int | None = None, kind: str = "school", at: int | None = None) -> int:
    return organisations.add(None, Wanted(kind, name, under, at)).id


@both
def test_a_tree_stands_in_vietnamese_order_and_is_found_by_any_spelling(app: Flask) -> None:
    top = made("Phòng Giáo dục", kind="sector")
    for name in ("Trường Định Hòa", "Trường An Bình", "Trường Ân Thi"):
        made(name, top)
    below = [one.organisation.name for one in organisations.listed(None, under=top)]
    assert below == ["Trường An Bình", "Trường Ân Thi", "Trường Định Hòa"]
    (found,) = organisations.listed(None, "dinh hoa")
    assert [one.name for one in found.above] == ["Phòng Giáo dục"]
    assert organisations.listed(None, "inh hoa") == []
    assert [one.organisation.id for one in organisations.listed(None)] == [top]


@both
def test_i15_a_tree_counts_each_person_once_whatever_they_are_in_it(app: Flask) -> None:
    admin = somebody("quan-tri", "administrator")
    top = made("Sở Giáo dục", kind="sector")
    one, two = made("Trường Một", top), made("Trường Hai", top)
    for login in ("hoa", "tam"):
        somebody(login)
    for number, login, capacity in (
        (one, "hoa", "staff"), (two, "hoa", "learner"), (top, "hoa", "member"), (two, "tam", "head"),
    ):  # fmt: skip
        memberships.join(None, number, login, capacity)
    assert organisations.sheet(admin, top).people == 2
    assert [member.name for member in organisations.sheet(admin, two).members] == ["Hoa", "Tam"]


def test_what_is_wrong_is_refused(app: Flask) -> None:
    top = made("Hội Khuyến học", kind="association")
    for problem, wanted in (
        (Problem.KIND, Wanted("club", "A")),
        (Problem.NAME, Wanted("unit", "")),
        (Problem.NAME, Wanted("unit", "a\x00")),
        (Problem.NAME, Wanted("unit", "\ud800")),
        (Problem.NAME, Wanted("unit", "a" * 201)),
        (Problem.ABOVE, Wanted("unit", "A", 10**6)),
        (Problem.PLACE, Wanted("unit", "A", None, 10**6)),
        (Problem.DAY, Wanted("unit", "A", since=date.max)),
        (Problem.DAY, Wanted("unit", "A", since=date.min)),
        (Problem.THERE_ALREADY, Wanted("association", "hội  khuyến học")),
    ):
        refused(problem, lambda wanted=wanted: organisations.add(None, wanted))
    refused(Problem.ABOVE, lambda: organisations.rename(None, 10**6, "A"))
    refused(Problem.CAPACITY, lambda: memberships.join(None, top, "hoa", "king"))
    refused(Problem.LOGIN, lambda: memberships.join(None, top, "nobody", "staff"))
    refused(Problem.NO_MEMBER, lambda: memberships.leave(None, 10**6, clock.today()))


def test_a_tree_has_a_bottom(app: Flask) -> None:
    number = made("Đơn vị", kind="unit")
    for level in range(2, MOST_LEVELS + 1):
        number = made(f"Đơn vị {level}", number, kind="unit")
    refused(Problem.ABOVE, lambda: made("Một nữa", number, kind="unit"))


def test_what_ends_ends_with_all_below_it_and_once(app: Flask) -> None:
    top = made("Sở", kind="sector")
    made("Trường", top)
    tomorrow = clock.today() + timedelta(days=1)
    organisations.end(None, top, tomorrow)
    assert len(organisations.listed(None)) == 1
    refused(Problem.ENDED, lambda: organisations.end(None, top, tomorrow))
    other = made("Sở khác", kind="sector")
    organisations.end(None, other, clock.today())
    assert len(organisations.listed(None)) == 1
    refused(Problem.ABOVE, lambda: made("Trường", other))


def test_somebody_is_one_thing_once_at_a_time(app: Flask) -> None:
    school = made("Trường")
    somebody("hoa")
    today = clock.today()
    number = memberships.join(None, school, "hoa", "staff", today - timedelta(days=9))
    refused(Problem.MEMBER_ALREADY, lambda: memberships.join(None, school, "hoa", "staff"))
    memberships.join(None, school, "hoa", "learner")
    refused(Problem.DAY, lambda: memberships.leave(None, number, today - timedelta(days=9)))
    memberships.leave(None, number, today)
    refused(Problem.ENDED, lambda: memberships.leave(None, number, today))
    memberships.join(None, school, "hoa", "staff", today)


def test_i17_being_head_gives_rights_over_the_members_and_is_given_by_who_administers(app: Flask) -> None:
    commune = place("Đông Hòa")
    school = made("Trường", at=commune)
    teacher, pupil, stranger = somebody("thay"), somebody("tro"), somebody("nguoi-la")
    lives(pupil.key, commune)
    officer = somebody("can-bo", "officer", Scope(place_id=commune))
    administrator = somebody("quan-tri", "administrator", Scope(place_id=commune))
    lives(teacher.key, commune)
    with pytest.raises(NotAllowed):
        memberships.join(officer, school, "thay", "head")
    memberships.join(administrator, school, "thay", "head")
    memberships.join(officer, school, "tro", "learner")
    head = again(teacher.key)
    with database.reading() as connection:
        assert rights.may(connection, head, Right.ENTER, pupil.key)
        assert not rights.may(connection, head, Right.SEE, stranger.key)
    # A head takes nobody in over whom they have no right yet, nor makes another head.
    refused(Problem.LOGIN, lambda: memberships.join(head, school, "nguoi-la", "staff"))
    with pytest.raises(NotAllowed):
        memberships.join(head, school, "tro", "head")
    memberships.join(head, school, "tro", "member")


def test_i17_strangers_change_and_see_nothing(app: Flask) -> None:
    commune, other = place("Đông Hòa"), place("Phong Điền")
    school = made("Trường", at=commune)
    somebody("tro")
    membership = memberships.join(None, school, "tro", "learner")
    far = somebody("o-xa", "administrator", Scope(place_id=other))
    nobody = somebody("khong-ai")
    for viewer in (far, nobody):
        for work in (
            lambda viewer=viewer: organisations.add(viewer, Wanted("unit", "A", school)),
            lambda viewer=viewer: organisations.add(viewer, Wanted("unit", "A", None, commune)),
            lambda viewer=viewer: organisations.add(viewer, Wanted("unit", "A")),
            lambda viewer=viewer: organisations.rename(viewer, school, "A"),
            lambda viewer=viewer: organisations.end(viewer, school, clock.today()),
            lambda viewer=viewer: memberships.join(viewer, school, "tro", "staff"),
            lambda viewer=viewer: memberships.leave(viewer, membership, clock.today()),
        ):
            with pytest.raises(NotAllowed):
                work()
    with pytest.raises(NotAllowed):
        organisations.sheet(nobody, school)
    assert organisations.sheet(far, school).members == ()
    assert looks() == []


def test_i17_a_look_at_members_is_kept_with_each_of_them(app: Flask) -> None:
    school = made("Trường")
    pupil = somebody("tro")
    memberships.join(None, school, "tro", "learner")
    officer = somebody("can-bo", "officer", Scope(organisation_id=school))
    assert [one.name for one in organisations.sheet(officer, school).members] == ["Tro"]
    assert looks() == [(pupil.key, officer.key, "members")]


def test_the_command_adds_lists_and_ends(
    app: Flask, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", settings.database_url)
    somebody("hoa")

    def run(*words: object) -> dict[str, object]:
        result = CliRunner().invoke(main, ["organisation", *map(str, words), "--json"])
        assert result.exit_code == 0, result.output
        return dict(json.loads(result.stdout))

    top = run("add", "Sở Giáo dục", "--kind", "sector")["organisation"]
    school = run("add", "Trường Một", "--kind", "school", "--under", top)["organisation"]
    membership = run("join", school, "hoa", "--as", "head")["membership"]
    run("rename", school, "Trường Hai")
    (found,) = run("list", "--find", "truong")["organisations"]
    assert (found["name"], found["above"]) == ("Trường Hai", [top])
    run("leave", membership, "--on", clock.today().isoformat())
    run("end", top, "--on", clock.today().isoformat())
    assert run("list") == {"organisations": []}
    wrong = CliRunner().invoke(main, ["organisation", "add", "A", "--kind", "unit", "--place", "91"])
    assert wrong.exit_code == 1
