"""Two records that turn out to be one person's, merged and parted again, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms_tracker.actions import clock, grants, identity, linking, merging, people, rights
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.identity import IdentityRefused, Outcome
from lms_tracker.actions.linking import Decision
from lms_tracker.actions.rights import Caller, NotAllowed, Right, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import consents, database, kinships, links, residences, schema
from lms_tracker.store.grants import Scope
from tests.actions import claimants, learners, territory, viewers
from xapi.actors import Identified, identify

pytestmark = pytest.mark.usefixtures("in_app")

HOUR = 3600
WHY = "cùng một người, đã đối chiếu giấy tờ"


def account(name: str) -> Identified:
    return identify(learners.agent(name))


@pytest.fixture
def caller(in_app: Flask) -> Caller:
    made = learners.provider()
    learners.add_course(made)
    return made


@pytest.fixture
def approver(in_app: Flask) -> Viewer:
    return viewers.somebody("phe-duyet", ("organiser", None))


def somebody_with(app: Flask, caller: Caller, login: str, *ends: str) -> Viewer:
    """A person with an account of the same name, and an hour of learning before each instant."""
    made = viewers.somebody(login, identifiers=(f'{{"account": {_account(login)}}}',))
    learners.record(app, caller, *(learners.studied(login, end, "PT1H") for end in ends))
    return made


def _account(name: str) -> str:
    return f'{{"homePage": "https://lms.example.vn", "name": "{name}"}}'


def placed(*persons: bytes) -> list[int]:
    learners.recount()
    learners.assert_ledger_is_right()
    return [learners.placed_seconds(key) for key in persons]


def links_of(key: bytes) -> set[bytes]:
    with database.reading() as connection:
        return set(links.of_person(connection, key))


def test_i8_a_merge_gives_one_person_the_union_and_undoing_it_gives_both_theirs_back(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa = somebody_with(app, caller, "hoa", "2026-10-01T03:00:00Z", "2026-10-02T03:00:00Z")
    khac = somebody_with(app, caller, "hoa-2", "2026-10-01T03:30:00Z", "2026-10-03T03:00:00Z")
    assert placed(hoa.key, khac.key) == [2 * HOUR, 2 * HOUR]
    before = (links_of(hoa.key), links_of(khac.key))
    seen = merging.preview(approver, hoa.key, khac.key)
    assert (seen.of_survivor.total, seen.of_loser.total, seen.together.total) == (
        2 * HOUR,
        2 * HOUR,
        3 * HOUR + HOUR // 2,
    )
    assert [(one.before.total, one.after.total) for one in seen.differences] == [(4 * HOUR, 7 * HOUR // 2)]
    number = merging.merge(approver, hoa.key, khac.key, WHY)
    # In the same transaction, before anybody counts.
    assert learners.placed_seconds(khac.key) == 0
    assert placed(hoa.key, khac.key) == [seen.together.total, 0]
    undone = merging.unmerge(approver, number, "hai người khác nhau")
    assert (undone.back, undone.stayed) == (1, ())
    assert placed(hoa.key, khac.key) == [2 * HOUR, 2 * HOUR]
    assert (links_of(hoa.key), links_of(khac.key)) == before


def test_the_preview_of_a_merge_writes_nothing_but_the_looks(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa = somebody_with(app, caller, "hoa", "2026-10-01T03:00:00Z")
    khac = somebody_with(app, caller, "hoa-2", "2026-10-01T03:00:00Z")
    placed()
    merging.preview(approver, hoa.key, khac.key)
    assert placed(hoa.key, khac.key) == [HOUR, HOUR]
    assert {key for key, _by, _what in viewers.looks()} == {hoa.key, khac.key}


def test_either_login_opens_the_record_that_remains_and_after_undoing_each_its_own(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa, khac = viewers.somebody("hoa"), viewers.somebody("hoa-2")
    number = merging.merge(approver, hoa.key, khac.key, WHY)
    assert people.viewer(khac.key) is None
    for login in ("hoa", "hoa-2"):
        found = people.authenticate(login, viewers.PASSWORD)
        assert found is not None
        assert found.key == hoa.key
    merging.unmerge(approver, number, "nhầm")
    found = people.authenticate("hoa-2", viewers.PASSWORD)
    assert found is not None
    assert found.key == khac.key


def test_what_was_linked_unlinked_or_given_in_between_stays_where_it_was_put(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa, khac = somebody_with(app, caller, "hoa"), somebody_with(app, caller, "hoa-2")
    lan = viewers.somebody("lan")
    for name in ("a", "b", "c"):
        linking.link_by_command(khac.key, account(name), "theo danh sách")
    number = merging.merge(approver, hoa.key, khac.key, WHY)
    linking.unlink(hoa, hoa.key, account("a").key, "không phải của tôi")
    # Taken away and proved again by the survivor: that is later than the merge.
    linking.unlink(hoa, hoa.key, account("b").key, "nhầm")
    linking.link_by_command(hoa.key, account("b"), "đã chứng minh")
    linking.link_by_command(hoa.key, account("moi"), "đã chứng minh")
    assert linking.link_by_command(lan.key, account("c"), "đã chứng minh") is Outcome.DISPUTED
    linking.settle(approver, account("c").key, Decision.GIVE, "đã hỏi cả hai")
    undone = merging.unmerge(approver, number, "nhầm")
    assert links_of(khac.key) == {account("hoa-2").key}
    assert links_of(hoa.key) == {account(name).key for name in ("hoa", "b", "moi")}
    assert links_of(lan.key) == {account("c").key}
    assert set(undone.stayed) == {account("b").key, account("moi").key}


def test_a_merge_of_a_merged_record_is_undone_from_the_outside_in(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    names = ("hoa", "hoa-2", "hoa-3")
    one, two, three = (somebody_with(app, caller, name, "2026-10-01T03:00:00Z") for name in names)
    inner = merging.merge(approver, two.key, three.key, WHY)
    outer = merging.merge(approver, one.key, two.key, WHY)
    assert placed(one.key, two.key, three.key) == [HOUR, 0, 0]
    with pytest.raises(IdentityRefused, match="merged again"):
        merging.unmerge(approver, inner, "nhầm")
    merging.unmerge(approver, outer, "nhầm")
    assert placed(one.key, two.key, three.key) == [HOUR, HOUR, 0]
    merging.unmerge(approver, inner, "nhầm")
    assert placed(one.key, two.key, three.key) == [HOUR, HOUR, HOUR]
    with pytest.raises(IdentityRefused, match="already"):
        merging.unmerge(approver, inner, "nhầm")


def test_a_dispute_between_the_two_ends_with_the_merge_and_stands_again_after_it(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa, khac = viewers.somebody("hoa"), viewers.somebody("hoa-2")
    linking.link_by_command(hoa.key, account("a"), "…")
    assert linking.link_by_command(khac.key, account("a"), "…") is Outcome.DISPUTED
    number = merging.merge(approver, hoa.key, khac.key, WHY)
    assert bars("a") is None
    merging.unmerge(approver, number, "nhầm")
    assert bars("a") == (Reason.IDENTITY_DISPUTED, khac.key)
    assert links_of(hoa.key) == {account("a").key}


def bars(name: str) -> tuple[int, bytes | None] | None:
    with database.reading() as connection:
        found = links.bars(connection, [account(name).key]).get(account(name).key)
    return None if found is None else (found.reason, found.claimed_by)


def test_a_learner_who_never_signed_in_can_be_the_one_that_ends(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa = somebody_with(app, caller, "hoa", "2026-10-01T03:00:00Z")
    learners.record(app, caller, learners.studied("khach", "2026-10-02T03:00:00Z", "PT1H"))
    number = merging.merge(approver, hoa.key, account("khach").key, WHY)
    assert placed(hoa.key, account("khach").key) == [2 * HOUR, 0]
    merging.unmerge(approver, number, "nhầm")
    assert placed(hoa.key, account("khach").key) == [HOUR, HOUR]


def test_what_cannot_be_merged_is_refused_with_the_reason(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa, khac = viewers.somebody("hoa"), viewers.somebody("hoa-2")
    can_bo = viewers.somebody("can-bo", ("organiser", None))
    learners.record(app, caller, learners.studied("khach", "2026-10-02T03:00:00Z", "PT1H"))
    for survivor, loser, reason in (
        (hoa.key, hoa.key, "two records"),
        (hoa.key, bytes(16), "no such record"),
        (hoa.key, can_bo.key, "holds rights"),
        (account("khach").key, khac.key, "the other way round"),
    ):
        with pytest.raises(IdentityRefused, match=reason):
            merging.merge(approver, survivor, loser, WHY)
    merging.merge(approver, hoa.key, khac.key, WHY)
    for pair in ((hoa.key, khac.key), (khac.key, hoa.key)):
        with pytest.raises(IdentityRefused, match="another record already"):
            merging.merge(approver, *pair, WHY)


def test_i17_only_who_may_approve_for_both_merges_them_and_never_oneself(approver: Viewer) -> None:
    hoa, khac = viewers.somebody("hoa"), viewers.somebody("hoa-2")
    reviewer = viewers.somebody("tham-dinh", ("reviewer", None))
    for viewer in (hoa, reviewer):
        for act in (
            lambda viewer=viewer: merging.preview(viewer, hoa.key, khac.key),
            lambda viewer=viewer: merging.merge(viewer, hoa.key, khac.key, WHY),
        ):
            with pytest.raises(NotAllowed):
                act()
    with pytest.raises(NotAllowed):
        merging.merge(approver, approver.key, hoa.key, WHY)
    number = merging.merge(approver, hoa.key, khac.key, WHY)
    for viewer in (hoa, reviewer):
        with pytest.raises(NotAllowed):
            merging.unmerge(viewer, number, "nhầm")
    with pytest.raises(NotAllowed):
        merging.unmerge(approver, number + 1, "nhầm")


def test_an_address_of_the_record_that_ended_leads_to_the_one_that_remains(
    app: Flask, caller: Caller, approver: Viewer
) -> None:
    hoa, khac = somebody_with(app, caller, "hoa"), somebody_with(app, caller, "hoa-2")
    merging.merge(approver, hoa.key, khac.key, WHY)
    # Who has seen the person finds the old record's address still good.
    assert linking.link_by_sight(approver, khac.key, account("moi"), "đã gặp") is Outcome.LINKED
    assert account("moi").key in links_of(hoa.key)
    with database.reading() as connection:
        assert identity.current(connection, khac.key) == hoa.key


def nominal(*persons: bytes) -> list[int]:
    learners.recount()
    learners.assert_ledger_is_right()
    return [learners.nominal_seconds(key) for key in persons]


def test_a_merge_of_two_people_who_both_have_reviewed_claims_and_its_undoing(approver: Viewer) -> None:
    hoa, khac = viewers.somebody("hoa"), viewers.somebody("hoa-2")
    reviewer = viewers.somebody("tham-dinh", ("organiser", None))
    claimants.decided(reviewer, claimants.handed_in(hoa), 2 * HOUR)
    claimants.decided(reviewer, claimants.handed_in(khac, title="Lớp tiếng Anh"), HOUR, "Một buổi thôi.")
    # Handed in before the merge, reviewed after it.
    waiting = claimants.handed_in(khac, title="Lớp nấu ăn")
    assert nominal(hoa.key, khac.key) == [2 * HOUR, HOUR]
    number = merging.merge(approver, hoa.key, khac.key, WHY)
    assert learners.nominal_seconds(khac.key) == 0
    assert nominal(hoa.key, khac.key) == [3 * HOUR, 0]
    claimants.decided(reviewer, waiting, 2 * HOUR)
    # Made by the one they are now.
    both = people.authenticate("hoa-2", viewers.PASSWORD)
    assert both is not None
    claimants.decided(reviewer, claimants.handed_in(both, title="Lớp đan lát"), 2 * HOUR)
    assert nominal(hoa.key, khac.key) == [7 * HOUR, 0]
    merging.unmerge(approver, number, "hai người khác nhau")
    assert nominal(hoa.key, khac.key) == [4 * HOUR, 3 * HOUR]


def homes(key: bytes) -> list[tuple[int, date | None, date | None]]:
    with database.reading() as connection:
        return [(one.place_id, one.since, one.until) for one in residences.of_person(connection, key)]


def families(key: bytes) -> list[tuple[int, str]]:
    with database.reading() as connection:
        return [(one.kinship.id, one.relation) for one in kinships.of_person(connection, key)]


def units(key: bytes) -> set[tuple[int, str]]:
    table = schema.organisation_members.c
    with database.reading() as connection:
        rows = connection.execute(
            select(table.organisation_id, table.capacity).where(table.person_key == key)
        ).all()
    return {(row[0], row[1]) for row in rows}


def agreed(key: bytes) -> bool | None:
    with database.reading() as connection:
        found = consents.newest(connection, [key], "learning").get(key)
    return None if found is None else found.given


def test_what_is_known_of_the_record_that_ends_follows_and_goes_back_when_the_merge_is_undone(
    approver: Viewer,
) -> None:
    hoa, roster = viewers.somebody("hoa"), viewers.somebody("ho-so-cu")
    today, year = clock.today(), timedelta(days=365)
    old, new = territory.place("Phong Điền"), territory.place("Đông Hòa")
    school = territory.organisation("Trường Đông Hòa")
    with database.writing() as connection:
        household, clan = kinships.add(connection, [("household", "12", new), ("clan", "Nguyễn", new)], 1)
        kinships.join(
            connection,
            [(household, hoa.key, "wife", None), (household, roster.key, "head", today - year),
             (clan, roster.key, "", None)],
        )  # fmt: skip
        consents.add(connection, [(hoa.key, True)], "learning", "roster", None, 1)
        consents.add(connection, [(roster.key, False)], "learning", "paper", None, 2)
    territory.lives(hoa.key, new)
    territory.lives(roster.key, old, until=today - year)
    territory.lives(roster.key, new, since=today - year)
    territory.belongs(hoa.key, school)
    territory.belongs(roster.key, school)
    territory.belongs(roster.key, school, "learner")

    def stands() -> list[object]:
        return [f(key) for f in (homes, families, units, agreed) for key in (hoa.key, roster.key)]

    before = stands()
    for _again in range(2):
        number = merging.merge(approver, hoa.key, roster.key, WHY)
        assert homes(hoa.key) == [(old, None, today - year), (new, None, None)]
        # What her own record says already stays where it was.
        assert homes(roster.key) == [(new, today - year, None)]
        assert sorted(families(hoa.key)) == [(household, "head"), (household, "wife"), (clan, "")]
        assert units(hoa.key) == {(school, "staff"), (school, "learner")}
        assert agreed(hoa.key) is False
        merging.unmerge(approver, number, WHY)
        assert stands() == before


def test_what_was_changed_since_the_merge_goes_back_as_it_is_and_what_was_written_since_stays(
    approver: Viewer,
) -> None:
    hoa, roster = viewers.somebody("hoa"), viewers.somebody("ho-so-cu")
    commune, elsewhere = territory.place("Đông Hòa"), territory.place("Phong Điền")
    territory.lives(roster.key, commune)
    number = merging.merge(approver, hoa.key, roster.key, WHY)
    with database.writing() as connection:
        residences.end_of_person(connection, hoa.key, clock.today())
    territory.lives(hoa.key, elsewhere)
    merging.unmerge(approver, number, WHY)
    assert homes(roster.key) == [(commune, None, clock.today())]
    assert homes(hoa.key) == [(elsewhere, None, None)]


@pytest.mark.parametrize("begins", [None, 5], ids=["now", "in five days"])
def test_a_guardian_keeps_the_ward_whose_record_was_merged_and_after_undoing_that_one_alone(
    approver: Viewer, begins: int | None
) -> None:
    an, child, mother = (viewers.somebody(login) for login in ("binh-an", "con-gai", "me-an"))
    first = None if begins is None else clock.today() + timedelta(days=begins)
    grants.grant(None, Wanted("me-an", "guardian", Scope(ward_key=child.key), first, None))
    number = merging.merge(approver, an.key, child.key, WHY)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=begins or 0)):
        mother = people.viewer(mother.key) or mother
        with database.reading() as connection:
            assert rights.may(connection, mother, Right.SEE, an.key)
        merging.unmerge(people.viewer(approver.key), number, WHY)
        mother = people.viewer(mother.key) or mother
        with database.reading() as connection:
            assert rights.may(connection, mother, Right.SEE, child.key)
            assert not rights.may(connection, mother, Right.SEE, an.key)


def test_i17_nobody_becomes_the_guardian_of_themselves_by_a_merge(approver: Viewer) -> None:
    mother, child = viewers.somebody("me-an"), viewers.somebody("con-gai")
    grants.grant(None, Wanted("me-an", "guardian", Scope(ward_key=child.key), None, None))
    merging.merge(approver, mother.key, child.key, WHY)
    with database.reading() as connection:
        wards = connection.execute(select(schema.grants.c.ward_key)).scalars().all()
    assert child.key in map(bytes, filter(None, wards))
    assert mother.key not in map(bytes, filter(None, wards))


def test_i17_who_is_to_hold_rights_or_is_the_head_of_a_unit_cannot_be_the_record_that_ends(
    approver: Viewer,
) -> None:
    hoa, lan, minh = (viewers.somebody(login) for login in ("hoa", "lan", "minh"))
    later, place = clock.today() + timedelta(days=30), territory.place("Xã")
    grants.grant(None, Wanted("lan", "viewer", Scope(place_id=place), later, None))
    territory.belongs(minh.key, territory.organisation("Trường"), "head", since=later)
    for loser in (lan, minh):
        with pytest.raises(IdentityRefused, match="holds rights"):
            merging.merge(approver, hoa.key, loser.key, WHY)
    grants.revoke_role("lan", "viewer", Scope(place_id=place))
    merging.merge(approver, hoa.key, lan.key, WHY)


def test_i17_nobody_undoes_a_merge_by_a_right_that_the_merge_itself_gave(approver: Viewer) -> None:
    here, there = territory.place("Đây"), territory.place("Kia")
    hoa, roster = viewers.somebody("hoa"), viewers.somebody("ho-so-cu")
    territory.lives(hoa.key, here)
    territory.lives(roster.key, there)
    local = viewers.somebody("phe-duyet-kia")
    grants.grant(None, Wanted("phe-duyet-kia", "approver", Scope(place_id=there), None, None))
    local = people.viewer(local.key) or local
    number = merging.merge(approver, hoa.key, roster.key, WHY)
    with database.reading() as connection:
        assert rights.may(connection, local, Right.APPROVE, hoa.key)
    with pytest.raises(NotAllowed):
        merging.unmerge(local, number, WHY)
    assert (there, None, None) in homes(hoa.key)
