"""Granting, handing on and taking away: who may, how far, and what ends with what."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms_tracker.actions import clock, grants, people, rights
from lms_tracker.actions.grants import GrantRefused, Problem, Wanted
from lms_tracker.actions.rights import NotAllowed, Right, Role, Viewer
from lms_tracker.store import database
from lms_tracker.store.grants import Scope
from tests.actions import learners
from tests.actions.territory import lives, organisation, place
from tests.actions.viewers import PASSWORD

pytestmark = pytest.mark.usefixtures("in_app")


def viewer(login: str) -> Viewer:
    with database.reading() as connection:
        row = people.with_login(connection, login)
        assert row is not None
        found = people.viewer_in(connection, row.key)
    assert found is not None
    return found


def somebody(login: str, role: str | None = None, scope: Scope | None = None) -> Viewer:
    people.add_person(login.title(), login, PASSWORD)
    if role is not None:
        grants.grant(None, Wanted(login, role, scope or Scope()))
    return viewer(login)


def problem_of(by: Viewer | None, wanted: Wanted) -> Problem:
    with pytest.raises(GrantRefused) as refused:
        grants.grant(by, wanted)
    return refused.value.problem


def test_i17_who_administers_a_place_grants_any_role_there_and_below_and_nowhere_else() -> None:
    province = place("Cần Thơ")
    commune, other = place("Trường Long", province), place("Phong Điền", province)
    hamlet = place("Ấp 1", commune)
    chief = somebody("chief", "administrator", Scope(place_id=commune))
    somebody("lan")
    for at in (commune, hamlet):
        grants.grant(chief, Wanted("lan", "organiser", Scope(place_id=at)))
    assert viewer("lan").roles == {Role.OFFICER, Role.REVIEWER, Role.APPROVER}
    school, elsewhere = organisation("Trường", None, commune), organisation("Trường khác", None, other)
    grants.grant(chief, Wanted("lan", "viewer", Scope(organisation_id=school)))
    beyond = [Scope(place_id=province), Scope(place_id=other), Scope(), Scope(organisation_id=elsewhere)]
    for scope in beyond:
        with pytest.raises(NotAllowed):
            grants.grant(chief, Wanted("lan", "administrator", scope))
    with pytest.raises(NotAllowed):
        grants.grant(chief, Wanted("lan", "provider", Scope(provider_id=learners.provider().provider_id)))
    resident, stranger = somebody("tam"), somebody("minh")
    lives(resident.key, hamlet)
    grants.grant(chief, Wanted("lan", "guardian", Scope(ward_key=resident.key)))
    with pytest.raises(NotAllowed):
        grants.grant(chief, Wanted("lan", "guardian", Scope(ward_key=stranger.key)))


def test_i17_nobody_hands_on_another_role_another_place_or_longer_than_they_hold() -> None:
    today = clock.today()
    province = place("Cần Thơ")
    commune, other = place("Trường Long", province), place("Phong Điền", province)
    people.add_person("Đức", "duc", PASSWORD)
    until = today + timedelta(days=30)
    grants.grant(None, Wanted("duc", "officer", Scope(place_id=commune), None, until))
    duc, at = viewer("duc"), Scope(place_id=commune)
    somebody("lan")
    for role, scope in (
        ("reviewer", at),
        ("administrator", at),
        ("organiser", at),
        ("officer", Scope(place_id=province)),
        ("officer", Scope(place_id=other)),
        ("officer", Scope()),
        ("officer", Scope(organisation_id=organisation("Trường", None, commune))),
        ("guardian", Scope(ward_key=viewer("lan").key)),
    ):
        with pytest.raises(NotAllowed):
            grants.grant(duc, Wanted("lan", role, scope))
    late = Wanted("lan", "officer", at, None, until + timedelta(days=1))
    assert problem_of(duc, late) is Problem.BEYOND
    after = Wanted("lan", "officer", at, until + timedelta(days=1))
    assert problem_of(duc, after) is Problem.BEYOND
    grants.grant(duc, Wanted("lan", "viewer", Scope(place_id=place("Ấp 1", commune)), today))
    (handed,) = viewer("lan").grants
    assert (handed.role, handed.first_day, handed.last_day) == (Role.VIEWER, today, until)


def test_what_was_handed_on_ends_with_its_origin_however_long_the_chain() -> None:
    at = Scope(place_id=place("Trường Long"))
    first = somebody("a12", "officer", at)
    for giver, taker in (("a12", "b12"), ("b12", "c12"), ("c12", "d12")):
        somebody(taker)
        grants.grant(viewer(giver), Wanted(taker, "officer", at))
    assert rights.may_somewhere(viewer("d12"), Right.ENTER)
    number = first.grants[0].id
    assert number is not None
    administrator = somebody("chief", "administrator")
    grants.revoke(administrator, number)
    for login in ("a12", "b12", "c12", "d12"):
        assert viewer(login).grants == ()


def test_who_may_take_a_grant_away() -> None:
    at, other = Scope(place_id=place("Trường Long")), Scope(place_id=place("Phong Điền"))
    giver = somebody("giver", "officer", at)

    def handed() -> int:
        return grants.grant(viewer("giver"), Wanted("taker", "officer", at))[0]

    somebody("taker")
    beside = [somebody("beside", "administrator", other), somebody("peer", "officer", at), somebody("hoa")]
    for stranger in beside:
        with pytest.raises(NotAllowed):
            grants.revoke(stranger, handed())
        with pytest.raises(NotAllowed):
            grants.revoke(stranger, 999)
    somebody("chief", "administrator", at)
    for login in ("giver", "taker", "chief"):
        number = handed()
        grants.revoke(viewer(login), number)
        assert viewer("taker").grants == ()
        with pytest.raises(GrantRefused) as refused:
            grants.revoke(viewer(login), number)
        assert refused.value.problem is Problem.NOT_HELD
    # Who gave it once and holds nothing any more has no say.
    number = grants.grant(viewer("chief"), Wanted("taker", "reviewer", at))[0]
    grants.revoke_role("chief", "administrator", at)
    with pytest.raises(NotAllowed):
        grants.revoke(viewer("chief"), number)
    assert giver.key != viewer("taker").key


def test_nobody_grants_to_themselves_and_nobody_is_their_own_guardian() -> None:
    chief = somebody("chief", "administrator")
    assert problem_of(chief, Wanted("chief", "reviewer")) is Problem.ONESELF
    assert problem_of(None, Wanted("chief", "guardian", Scope(ward_key=chief.key))) is Problem.ONESELF


def test_what_somebody_lost_since_their_page_was_made_they_cannot_grant() -> None:
    chief = somebody("chief", "administrator")
    somebody("lan")
    grants.revoke_role("chief", "administrator")
    with pytest.raises(NotAllowed):
        grants.grant(chief, Wanted("lan", "viewer"))


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (Wanted("lan", "king"), Problem.ROLE),
        (Wanted("lan", "provider"), Problem.SCOPE),
        (Wanted("lan", "guardian"), Problem.SCOPE),
        (Wanted("lan", "viewer", Scope(provider_id=1)), Problem.SCOPE),
        (Wanted("lan", "viewer", Scope(ward_key=b"0" * 16)), Problem.SCOPE),
        (Wanted("lan", "viewer", Scope(place_id=1, organisation_id=1)), Problem.SCOPE),
        (Wanted("lan", "viewer", Scope(place_id=999)), Problem.NOWHERE),
        (Wanted("lan", "viewer", Scope(organisation_id=999)), Problem.NOWHERE),
        (Wanted("lan", "provider", Scope(provider_id=999)), Problem.NOWHERE),
        (Wanted("lan", "guardian", Scope(ward_key=b"0" * 16)), Problem.NOWHERE),
        (Wanted("nobody", "viewer"), Problem.LOGIN),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(wanted: Wanted, problem: Problem) -> None:
    somebody("lan")
    for by in (None, somebody("chief", "administrator")):
        assert problem_of(by, wanted) is problem


def test_days_that_end_before_they_begin_are_refused() -> None:
    somebody("lan")
    today = clock.today()
    wanted = Wanted("lan", "viewer", Scope(), today, today - timedelta(days=1))
    assert problem_of(None, wanted) is Problem.DATES


def test_granting_twice_changes_nothing_and_other_days_are_another_grant() -> None:
    somebody("lan")
    first = grants.grant(None, Wanted("lan", "organiser"))
    assert grants.grant(None, Wanted("lan", "organiser")) == first
    assert not set(grants.grant(None, Wanted("lan", "organiser", Scope(), clock.today()))) & set(first)


def test_the_last_administrator_of_the_whole_stays_until_there_is_another() -> None:
    chief = somebody("chief", "administrator")
    somebody("local", "administrator", Scope(place_id=place("Trường Long")))
    own = chief.grants[0].id
    assert own is not None
    with pytest.raises(GrantRefused) as refused:
        grants.revoke(chief, own)
    assert refused.value.problem is Problem.LAST_ADMINISTRATOR
    somebody("second", "administrator")
    grants.revoke(chief, own)
    assert viewer("chief").grants == ()


def test_two_administrators_who_dismiss_each_other_at_once_do_not_both_go(in_app: Flask) -> None:
    one, two = somebody("one", "administrator"), somebody("two", "administrator")
    barrier, outcomes = threading.Barrier(2), []

    def dismiss(by: Viewer, whom: Viewer) -> Callable[[], None]:
        def work() -> None:
            with in_app.app_context():
                number = whom.grants[0].id
                assert number is not None
                barrier.wait()
                try:
                    grants.revoke(by, number)
                    outcomes.append("done")
                except (GrantRefused, NotAllowed):
                    outcomes.append("refused")

        return work

    workers = [threading.Thread(target=dismiss(*pair)) for pair in ((one, two), (two, one))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["done", "refused"]


def test_roles_are_granted_once_and_seen_at_the_next_page() -> None:
    somebody("duc")
    number = learners.provider().provider_id
    for _again in range(2):
        grants.grant_role("duc", "provider", number)
        grants.grant_role("duc", "organiser")
    found = viewer("duc")
    assert found.roles == {Role.PROVIDER, Role.OFFICER, Role.REVIEWER, Role.APPROVER}
    assert (found.providers, len(found.grants)) == ((number,), 4)
