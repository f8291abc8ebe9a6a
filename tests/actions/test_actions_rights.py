"""Who has which right over whom: roles by place, by organisation and over wards, on a date (I17)."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.actions import clock, grants, people, rights
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.rights import BOUND, NotAllowed, Right, Role, Viewer
from lms_tracker.store import database, organisations, reach
from lms_tracker.store.grants import Scope
from lms_tracker.store.organisations import Counted
from tests.actions.territory import becomes, belongs, lives, organisation, place
from tests.actions.viewers import PASSWORD

pytestmark = pytest.mark.usefixtures("in_app")

MERGER = date(2025, 7, 1)


def somebody(login: str) -> bytes:
    return people.add_person(login.title(), login, PASSWORD).key


def granted(login: str, role: str, scope: Scope | None = None, *days: date | None) -> Viewer:
    """Somebody new in a role."""
    key = somebody(login)
    grants.grant(None, Wanted(login, role, scope or Scope(), *days))
    return viewer(key)


def viewer(key: bytes) -> Viewer:
    found = people.viewer(key)
    assert found is not None
    return found


def sees(who: Viewer, right: Right, keys: Collection[bytes]) -> set[bytes]:
    """Those of some people over whom somebody has a right, asked in every way there is."""
    everybody = set(keys) - {who.key}
    with database.reading() as connection:
        one_by_one = {key for key in everybody if rights.may(connection, who, right, key)}
        found = rights.reach(who, right)
        assert reach.within(connection, found, everybody) == one_by_one
        table = database.db.metadata.tables["people"]
        listed = connection.execute(
            table.select().where(reach.persons(found, table.c.person_key)).order_by(table.c.login)
        ).mappings()
        known = [row["person_key"] for row in listed if row["person_key"] in everybody]
    assert len(known) == len(set(known))
    assert set(known) == one_by_one
    return one_by_one


@pytest.fixture
def database_kind() -> str:
    """What is asked here in many ways is the same on every database; one test asks both."""
    return "sqlite"


class OnBoth:
    @pytest.fixture(params=["sqlite", "postgresql"])
    def database_kind(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)


@pytest.mark.parametrize("role", [role for role in Role if role not in BOUND])
def test_i17_a_role_gives_the_rights_of_the_table_within_its_place_and_none_beyond(role: Role) -> None:
    province = place("Cần Thơ")
    commune, other = place("Trường Long", province), place("Phong Điền", province)
    hamlet = place("Ấp 1", commune)
    at_home, below, beside, nowhere = (somebody(name) for name in ("hoa", "tam", "lan", "minh"))
    for person, home in ((at_home, commune), (below, hamlet), (beside, other)):
        lives(person, home)
    who = granted("officer", role, Scope(place_id=commune))
    everywhere = granted("official", role)
    for right in Right:
        has = right in rights.RIGHTS[role]
        everybody = {at_home, below, beside, nowhere}
        assert sees(who, right, everybody) == ({at_home, below} if has else set())
        assert sees(everywhere, right, everybody) == (everybody if has else set())
        assert rights.may_somewhere(who, right) is has
        with database.reading() as connection:
            places = [
                rights.may_at(connection, who, right, one) for one in (province, commune, hamlet, other)
            ]
            assert places == [False, has, has, False]
            assert rights.may_at(connection, who, right, 999) is False
            assert rights.may_at(connection, everywhere, right, 999) is False


def test_i17_ones_own_data_one_sees_and_decides_nothing_about() -> None:
    who = granted("duc", "organiser")
    with database.reading() as connection:
        found = {right for right in Right if rights.may(connection, who, right, who.key)}
        assert found == {Right.SEE}
        assert not rights.may(connection, None, Right.SEE, who.key)
        with pytest.raises(NotAllowed):
            rights.demand_over(connection, who, Right.REVIEW, who.key)
        assert rights.demand_over(connection, who, Right.SEE, who.key) == who


class TestReachOnBothDatabases(OnBoth):
    def test_i17_places_organisations_and_wards_together_count_a_person_once(self) -> None:
        commune, school = place("Trường Long"), organisation("Trường THPT")
        branch = organisation("Tổ Toán", school)
        lan, tam, hoa = somebody("lan"), somebody("tam"), somebody("hoa")
        lives(lan, commune)
        lives(lan, place("Ấp 1", commune))
        belongs(lan, branch)
        belongs(tam, branch, "learner")
        who = granted("ha1", "viewer", Scope(place_id=commune))
        grants.grant(None, Wanted("ha1", "viewer", Scope(organisation_id=school)))
        grants.grant(None, Wanted("ha1", "guardian", Scope(ward_key=hoa)))
        assert sees(viewer(who.key), Right.SEE, {lan, tam, hoa}) == {lan, tam, hoa}
        assert sees(viewer(who.key), Right.ENTER, {lan, tam, hoa}) == set()


class TestCountingOnBothDatabases(OnBoth):
    def test_i15_a_province_counts_each_person_once_over_places_and_organisations(self) -> None:
        province, other = place("Cần Thơ"), place("An Giang")
        first, second = place("Trường Long", province), place("Phong Điền", province)
        union, school = organisation("Hội Khuyến học", None, province), organisation("Trường", None, first)
        branch = organisation("Tổ Toán", school, first)
        lan, tam, hoa, far = (somebody(login) for login in ("lan", "tam", "hoa", "far"))
        today = clock.today()
        # Lan lives in two of its places and belongs to three units; Tám lives elsewhere and belongs to two.
        for at in (first, second):
            lives(lan, at)
        for unit in (union, school, branch):
            belongs(lan, unit)
        for unit in (union, school):
            belongs(tam, unit, "learner")
        lives(tam, other)
        lives(hoa, second)
        lives(far, other)
        belongs(far, union, "member", None, today - timedelta(days=1))
        with database.reading() as connection:
            path = reach.path_of(connection, province)
            assert path is not None
            assert organisations.people_of(connection, [path], today) == Counted(2, 2, 3)
            assert organisations.people_of(connection, [], today) == Counted(0, 0, 0)


def test_somebody_who_moved_is_seen_where_they_live_now_and_no_longer_where_they_lived() -> None:
    old, new = place("Xã cũ"), place("Xã mới")
    hoa, today = somebody("hoa"), clock.today()
    there, here = (
        granted(login, "officer", Scope(place_id=at)) for login, at in (("cu1", old), ("moi", new))
    )
    lives(hoa, old, None, today)
    lives(hoa, new, today + timedelta(days=1))
    assert (sees(there, Right.SEE, {hoa}), sees(here, Right.SEE, {hoa})) == ({hoa}, set())
    with pytest.MonkeyPatch.context() as patch:
        tomorrow = clock.now_us() + 86_400_000_000
        patch.setattr(clock, "now_us", lambda: tomorrow)
        there, here = viewer(there.key), viewer(here.key)
        assert (sees(there, Right.SEE, {hoa}), sees(here, Right.SEE, {hoa})) == (set(), {hoa})


def test_a_grant_begins_and_ends_with_the_local_day(monkeypatch: pytest.MonkeyPatch) -> None:
    who = granted("duc", "viewer", None, date(2026, 10, 1), date(2026, 10, 2))
    # Midnight in Ho Chi Minh City is 17:00 in UTC.
    moments = {"2026-09-30T16:59:59": False, "2026-09-30T17:00:00": True}
    moments |= {"2026-10-02T16:59:59": True, "2026-10-02T17:00:00": False}
    for moment, holds in moments.items():
        us = _us(moment)
        monkeypatch.setattr(clock, "now_us", lambda us=us: us)
        assert rights.may_everywhere(viewer(who.key), Right.SEE) is holds, moment


def _us(moment: str) -> int:
    from datetime import UTC, datetime

    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()) * 1_000_000


def test_a_grant_at_a_unit_that_was_merged_covers_what_is_recorded_there_and_not_the_new_unit() -> None:
    first, second = (place(name, None, None, date(2025, 6, 30)) for name in ("Xã A", "Xã B"))
    merged = place("Xã AB", None, MERGER)
    becomes(first, merged, MERGER)
    becomes(second, merged, MERGER)
    left, other, moved = somebody("left"), somebody("other"), somebody("moved")
    for person, at in ((left, first), (other, second), (moved, merged)):
        lives(person, at)
    old = granted("old", "officer", Scope(place_id=first))
    new = granted("new", "officer", Scope(place_id=merged))
    everybody = {left, other, moved}
    assert sees(old, Right.SEE, everybody) == {left}
    assert sees(new, Right.SEE, everybody) == everybody
    with database.reading() as connection:
        assert not rights.may_at(connection, old, Right.SEE, merged)
        assert rights.may_at(connection, new, Right.SEE, second)


def test_a_grant_follows_a_unit_that_only_changed_its_name_kind_or_code() -> None:
    commune = place("Xã Đông Hòa", None, None, date(2024, 12, 31))
    ward = place("Phường Đông Hòa", None, date(2025, 1, 1))
    becomes(commune, ward, date(2025, 1, 1))
    hoa = somebody("hoa")
    lives(hoa, place("Khu phố 1", ward))
    assert sees(granted("old", "viewer", Scope(place_id=commune)), Right.SEE, {hoa}) == {hoa}


def test_what_was_split_is_covered_from_above_and_by_none_of_its_parts() -> None:
    province = place("Cần Thơ")
    old = place("Xã cũ", province, None, date(2025, 6, 30))
    one, two = (place(name, province, MERGER) for name in ("Xã một", "Xã hai"))
    for part in (one, two):
        becomes(old, part, MERGER, is_split=True)
    hoa = somebody("hoa")
    lives(hoa, old)
    for number, (at, seen) in enumerate(((one, set()), (two, set()), (province, {hoa}))):
        assert sees(granted(f"officer{number}", "officer", Scope(place_id=at)), Right.SEE, {hoa}) == seen


def test_a_merger_that_is_still_to_come_changes_nothing() -> None:
    old, tomorrow = place("Xã cũ"), clock.today() + timedelta(days=1)
    new = place("Xã mới", None, tomorrow)
    becomes(old, new, tomorrow)
    hoa = somebody("hoa")
    lives(hoa, old)
    assert sees(granted("new", "officer", Scope(place_id=new)), Right.SEE, {hoa}) == set()


def test_the_head_of_a_unit_sees_and_enters_for_its_members_while_they_are_both_there() -> None:
    school, today = organisation("Trường THPT"), clock.today()
    branch = organisation("Tổ Toán", school)
    head, lan, gone = somebody("head"), somebody("lan"), somebody("gone")
    belongs(head, school, "head", today)
    belongs(lan, branch, "learner")
    belongs(gone, branch, "staff", None, today - timedelta(days=1))
    assert sees(viewer(head), Right.SEE, {lan, gone}) == {lan}
    assert sees(viewer(head), Right.ENTER, {lan, gone}) == {lan}
    assert sees(viewer(head), Right.REVIEW, {lan, gone}) == set()
    with pytest.MonkeyPatch.context() as patch:
        yesterday = clock.now_us() - 86_400_000_000
        patch.setattr(clock, "now_us", lambda: yesterday)
        assert sees(viewer(head), Right.SEE, {lan, gone}) == set()


def test_a_guardian_sees_the_ward_alone_and_no_page_of_a_place() -> None:
    hoa, tam = somebody("hoa"), somebody("tam")
    who = granted("lan", "guardian", Scope(ward_key=hoa))
    assert sees(who, Right.SEE, {hoa, tam}) == {hoa}
    assert not any(rights.may_somewhere(who, right) for right in Right)


def test_who_was_granted_nothing_reaches_nobody() -> None:
    hoa, tam = somebody("hoa"), somebody("tam")
    lives(tam, place("Xã A"))
    for right in Right:
        assert sees(viewer(hoa), right, {hoa, tam}) == set()
        assert rights.reach(None, right).is_nowhere


# --- handing on --------------------------------------------------------------------------------------------

DAYS = st.one_of(st.none(), st.integers(-3, 3))


@given(
    role=st.sampled_from([role for role in Role if role not in BOUND]),
    lesser=st.sampled_from([role for role in Role if role not in BOUND]),
    at=st.integers(-1, 5),
    part=st.integers(-1, 5),
    days=st.tuples(DAYS, DAYS),
    lesser_days=st.tuples(DAYS, DAYS),
    later=st.integers(-4, 4),
)
def test_i17_nobody_hands_on_more_than_they_hold(
    role: Role,
    lesser: Role,
    at: int,
    part: int,
    days: tuple[int | None, int | None],
    lesser_days: tuple[int | None, int | None],
    later: int,
) -> None:
    world = _world()
    origin, onto = somebody(f"from{world.count}"), somebody(f"onto{world.count}")
    onto_login = f"onto{world.count}"
    world.count += 1
    today = clock.today()

    def dates(pair: tuple[int | None, int | None]) -> tuple[date | None, date | None]:
        first, last = (None if day is None else today + timedelta(days=day) for day in pair)
        return first, last

    def scope(number: int) -> Scope:
        return Scope() if number < 0 else Scope(place_id=world.places[number])

    try:
        grants.grant(None, Wanted(f"from{world.count - 1}", role, scope(at), *dates(days)))
        holder = viewer(origin)
        grants.grant(holder, Wanted(onto_login, lesser, scope(part), *dates(lesser_days)))
    except (grants.GrantRefused, NotAllowed):
        return
    with pytest.MonkeyPatch.context() as patch:
        then = clock.now_us() + later * 86_400_000_000
        patch.setattr(clock, "now_us", lambda: then)
        giver, taker = viewer(origin), viewer(onto)
        for right in Right:
            if Right.ADMINISTER in rights.RIGHTS[role]:
                # Who administers grants any role, and never further than they administer.
                whole = sees(holder, Right.ADMINISTER, world.people)
            else:
                whole = sees(giver, right, world.people)
            assert sees(taker, right, world.people) <= whole


class World:
    """A province of two communes with two hamlets in one, another province, and somebody in each."""

    def __init__(self) -> None:
        first, second = place("Tỉnh một"), place("Tỉnh hai")
        one, two = place("Xã một", first), place("Xã hai", first)
        self.places = [first, second, one, two, place("Ấp 1", one), place("Ấp 2", one)]
        self.people = {somebody(f"dan{number}") for number in range(len(self.places) + 1)}
        for person, home in zip(sorted(self.people), self.places, strict=False):
            lives(person, home)
        self.count = 0


_worlds: dict[str, World] = {}


def _world() -> World:
    """The world of this test's database, made with its first example."""
    from flask import current_app

    url = str(current_app.config["SETTINGS"].database_url)
    if url not in _worlds:
        _worlds[url] = World()
    return _worlds[url]
