"""Two records that turn out to be one person's, merged and parted again, on both databases."""

import pytest
from flask import Flask

from lms_tracker.actions import identity, linking, merging, people
from lms_tracker.actions.identity import IdentityRefused, Outcome
from lms_tracker.actions.linking import Decision
from lms_tracker.actions.rights import Caller, NotAllowed, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, links
from tests.actions import claimants, learners, viewers
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
