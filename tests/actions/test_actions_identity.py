"""One person, many identifiers: linked, unlinked, disputed, and the hours that follow, on both databases."""

import hashlib
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import linking, sharing
from lms_tracker.actions.identity import IdentityRefused, Outcome
from lms_tracker.actions.linking import Decision
from lms_tracker.actions.rights import Caller, NotAllowed, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, dialects, links
from tests.actions import learners, viewers
from xapi.actors import Identified, identify

pytestmark = pytest.mark.usefixtures("in_app")

HOUR = 3600
MOODLE = {"account": {"homePage": "https://moodle.example.vn", "name": "42"}}
EDX = {"account": {"homePage": "https://edx.example.vn", "name": "9f1c"}}
MAIL = {"mbox": "mailto:hoa@Example.vn"}
DIGEST = {"mbox_sha1sum": hashlib.sha1(b"mailto:hoa@example.vn").hexdigest()}


@pytest.fixture
def caller(in_app: Flask) -> Caller:
    made = learners.provider()
    learners.add_course(made)
    return made


@pytest.fixture
def hoa(in_app: Flask) -> Viewer:
    return viewers.somebody("hoa")


@pytest.fixture
def lan(in_app: Flask) -> Viewer:
    return viewers.somebody("lan")


@pytest.fixture
def officer(in_app: Flask) -> Viewer:
    return viewers.somebody("can-bo", ("organiser", None))


def sees(agent: dict[str, Any]) -> Identified:
    return identify(agent)


def placed(key: bytes) -> int:
    learners.recount()
    learners.assert_ledger_is_right()
    return learners.placed_seconds(key)


def story(key: bytes) -> list[tuple[str, str]]:
    with database.reading() as connection:
        return [(one.what, one.proof) for one in reversed(links.events(connection, [key], None, 100))]


def stands_anywhere(statement: dict[str, Any]) -> int:
    """Credited seconds of a statement over all ledgers, as the database holds them at this moment."""
    with database.reading() as connection:
        rows = dialects.rows(
            connection,
            "SELECT COALESCE(sum(seconds), 0) FROM ledger WHERE statement_id = ? AND reason = 0",
            (learners.id_of(statement),),
        )
    return int(rows[0][0])


def test_i8_one_person_through_moodle_open_edx_and_a_seminar_earns_the_union_and_gets_back_the_rest(
    app: Flask, caller: Caller, hoa: Viewer, officer: Viewer
) -> None:
    learners.record(
        app, caller,
        learners.studied("", "2026-10-01T03:00:00Z", "PT2H", actor=MOODLE),
        learners.studied("", "2026-10-01T03:30:00Z", "PT2H", actor=EDX),
        learners.studied("", "2026-10-01T04:00:00Z", "PT1H", actor=MAIL),
    )  # fmt: skip
    keys = [sees(agent).key for agent in (MOODLE, EDX, MAIL)]
    learners.recount()
    assert [learners.placed_seconds(key) for key in keys] == [2 * HOUR, 2 * HOUR, HOUR]
    for agent in (MOODLE, EDX, MAIL):
        assert linking.link_by_sight(officer, hoa.key, sees(agent), "đã gặp") is Outcome.LINKED
        # Nothing stands under the identifier's own key for one moment longer.
        assert learners.placed_seconds(sees(agent).key) == 0
    # From 8:00 to 11:00, whatever came through which.
    assert placed(hoa.key) == 3 * HOUR
    linking.unlink(hoa, hoa.key, keys[1], "")
    assert placed(hoa.key) == 2 * HOUR + HOUR
    assert placed(keys[1]) == 2 * HOUR
    linking.unlink(hoa, hoa.key, keys[2], "không dùng nữa")
    assert [placed(key) for key in (hoa.key, *keys)] == [2 * HOUR, 0, 2 * HOUR, HOUR]
    assert story(keys[1]) == [("linked", "seen"), ("unlinked", "own-word")]


def test_at_no_moment_does_time_stand_under_two_keys(
    app: Flask, caller: Caller, hoa: Viewer, officer: Viewer
) -> None:
    studied = learners.studied("", "2026-10-01T03:00:00Z", "PT2H", actor=MOODLE)
    learners.record(app, caller, studied)
    learners.recount()
    linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp")
    assert stands_anywhere(studied) == 0
    learners.recount()
    assert stands_anywhere(studied) == 2 * HOUR
    linking.unlink(hoa, hoa.key, sees(MOODLE).key, "")
    assert stands_anywhere(studied) == 0
    learners.recount()
    assert stands_anywhere(studied) == 2 * HOUR
    learners.assert_ledger_is_right()


def test_pitfall_9_an_address_and_its_sha1_are_one_identifier(
    app: Flask, caller: Caller, hoa: Viewer, officer: Viewer
) -> None:
    learners.record(
        app, caller,
        learners.studied("", "2026-10-01T03:00:00Z", "PT1H", actor=DIGEST),
        learners.studied("", "2026-10-02T03:00:00Z", "PT1H", actor=MAIL),
    )  # fmt: skip
    linking.link_by_sight(officer, hoa.key, sees({"mbox": "mailto:hoa@EXAMPLE.VN"}), "đã gặp")
    assert placed(hoa.key) == 2 * HOUR
    # Whichever form is named, both go.
    linking.unlink(hoa, hoa.key, sees(DIGEST).key, "")
    assert placed(hoa.key) == 0
    assert placed(sees(MAIL).key) == HOUR


def test_who_never_signed_in_loses_nothing_when_linked(app: Flask, caller: Caller, officer: Viewer) -> None:
    learners.record(app, caller, learners.studied("", "2026-10-01T03:00:00Z", "PT1H", actor=MOODLE))
    assert placed(sees(MOODLE).key) == HOUR
    late = viewers.somebody("den-sau")
    linking.link_by_sight(officer, late.key, sees(MOODLE), "đã gặp")
    assert placed(late.key) == HOUR


def test_linking_again_changes_nothing_and_adds_nothing_to_the_story(hoa: Viewer, officer: Viewer) -> None:
    assert linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp") is Outcome.LINKED
    assert linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp") is Outcome.ALREADY
    assert story(sees(MOODLE).key) == [("linked", "seen")]


def test_an_identifier_that_a_second_person_proves_is_disputed_and_stays_where_it_is(
    app: Flask, caller: Caller, hoa: Viewer, lan: Viewer, officer: Viewer
) -> None:
    learners.record(app, caller, learners.studied("", "2026-10-01T03:00:00Z", "PT1H", actor=MOODLE))
    linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp")
    assert linking.link_by_sight(officer, lan.key, sees(MOODLE), "đã gặp") is Outcome.DISPUTED
    with database.reading() as connection:
        barred = links.bars(connection, [sees(MOODLE).key])[sees(MOODLE).key]
    assert (barred.reason, barred.claimed_by) == (Reason.IDENTITY_DISPUTED, lan.key)
    assert links_of(hoa) == {sees(MOODLE).key}
    with pytest.raises(IdentityRefused, match="a reviewer decides"):
        linking.unlink(hoa, hoa.key, sees(MOODLE).key, "")


def links_of(viewer: Viewer) -> set[bytes]:
    with database.reading() as connection:
        return set(links.of_person(connection, viewer.key))


@pytest.mark.parametrize(
    ("decision", "of_hoa", "of_lan", "of_nobody"),
    [(Decision.KEEP, HOUR, 0, 0), (Decision.GIVE, 0, HOUR, 0), (Decision.RELEASE, 0, 0, HOUR)],
)
def test_a_reviewer_settles_a_dispute(
    app: Flask, caller: Caller, hoa: Viewer, lan: Viewer, officer: Viewer,
    decision: Decision, of_hoa: int, of_lan: int, of_nobody: int,
) -> None:  # fmt: skip
    learners.record(app, caller, learners.studied("", "2026-10-01T03:00:00Z", "PT1H", actor=MOODLE))
    key = sees(MOODLE).key
    linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp")
    linking.link_by_sight(officer, lan.key, sees(MOODLE), "đã gặp")
    with pytest.raises(NotAllowed):
        # Who linked it does not judge.
        linking.settle(officer, key, decision, "đã hỏi cả hai")
    with pytest.raises(NotAllowed):
        linking.settle(hoa, key, decision, "của tôi")
    reviewer = viewers.somebody("tham-dinh", ("organiser", None))
    linking.settle(reviewer, key, decision, "đã hỏi cả hai")
    assert [placed(one) for one in (hoa.key, lan.key, key)] == [of_hoa, of_lan, of_nobody]
    with pytest.raises(IdentityRefused, match="not disputed"):
        linking.settle(reviewer, key, decision, "lần nữa")


def test_this_is_not_me_waits_for_a_reviewer_whatever_the_holder_does(
    hoa: Viewer, lan: Viewer, officer: Viewer
) -> None:
    linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp")
    with pytest.raises(IdentityRefused, match="not linked"):
        linking.deny(lan, sees(MOODLE).key, "không phải tôi")
    linking.deny(hoa, sees(MOODLE).key, "không phải tôi")
    linking.deny(hoa, sees(MOODLE).key, "không phải tôi")
    assert story(sees(MOODLE).key) == [("linked", "seen"), ("denied", "own-word")]
    reviewer = viewers.somebody("tham-dinh", ("organiser", None))
    with pytest.raises(IdentityRefused, match="nobody else"):
        linking.settle(reviewer, sees(MOODLE).key, Decision.GIVE, "…")
    # What was refused changed nothing.
    linking.settle(reviewer, sees(MOODLE).key, Decision.RELEASE, "đúng là người khác")
    assert links_of(hoa) == set()


def test_an_account_shared_by_many_is_nobodys_until_that_is_taken_back(hoa: Viewer, officer: Viewer) -> None:
    administrator = viewers.somebody("quan-tri", ("administrator", None))
    linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp")
    with pytest.raises(NotAllowed):
        sharing.mark(officer, sees(MOODLE), "khách của Moodle")
    sharing.mark(administrator, sees(MOODLE), "khách của Moodle")
    assert links_of(hoa) == set()
    with pytest.raises(IdentityRefused, match="shared by many"):
        linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp")
    with pytest.raises(NotAllowed):
        sharing.unmark_key(officer, sees(MOODLE).key, "nhầm")
    assert sharing.unmark_key(administrator, sees(MOODLE).key, "nhầm") == hoa.key
    assert linking.link_by_sight(officer, hoa.key, sees(MOODLE), "đã gặp") is Outcome.ALREADY
    with pytest.raises(IdentityRefused, match="not marked"):
        sharing.unmark_key(administrator, sees(MOODLE).key, "nhầm")


def test_i7_credit_falls_when_an_account_is_marked_as_shared_and_returns_when_it_is_unmarked(
    app: Flask, hoa: Viewer, caller: Caller
) -> None:
    for agent in (MOODLE, MAIL):
        linking.link_by_command(hoa.key, sees(agent), "danh sách")
    learners.record(
        app, caller,
        learners.studied("", "2026-10-01T03:00:00Z", "PT1H", actor=MOODLE),
        learners.studied("", "2026-10-01T03:30:00Z", "PT1H", actor=MAIL),
    )  # fmt: skip
    assert placed(hoa.key) == 90 * 60
    for agent, left in ((MOODLE, HOUR), (MAIL, 0)):
        sharing.mark(None, sees(agent), "khách")
        sharing.mark(None, sees(agent), "bấm hai lần")
        assert placed(hoa.key) == left
        assert placed(sees(agent).key) == 0
    assert story(sees(MOODLE).key) == [("linked", "command"), ("shared", "command")]
    assert sharing.unmark(None, sees(MAIL), "nhầm") == hoa.key
    assert sharing.unmark(None, sees(MOODLE), "nhầm") == hoa.key
    assert placed(hoa.key) == 90 * 60
    # The address is also known by its digest, which goes the same way.
    assert story(sees(DIGEST).key)[-1] == ("not-shared", "command")


def test_what_was_disputed_when_it_was_marked_as_shared_goes_back_to_nobody(hoa: Viewer, lan: Viewer) -> None:
    linking.link_by_command(hoa.key, sees(MOODLE), "danh sách")
    sharing.mark(None, sees(MOODLE), "khách")
    assert sharing.unmark(None, sees(MOODLE), "nhầm") == hoa.key
    assert linking.link_by_command(lan.key, sees(MOODLE), "danh sách") is Outcome.DISPUTED
    sharing.mark(None, sees(MOODLE), "khách")
    assert sharing.unmark(None, sees(MOODLE), "nhầm") is None
    assert links_of(hoa) == links_of(lan) == set()


def test_i17_nobody_without_the_right_links_or_unlinks_for_somebody_else(hoa: Viewer, lan: Viewer) -> None:
    with pytest.raises(NotAllowed):
        linking.link_by_sight(lan, hoa.key, sees(MOODLE), "đã gặp")
    with pytest.raises(NotAllowed):
        linking.link_by_sight(hoa, hoa.key, sees(MOODLE), "tôi đây")
    linking.link_by_command(hoa.key, sees(MOODLE), "theo danh sách")
    with pytest.raises(NotAllowed):
        linking.unlink(lan, hoa.key, sees(MOODLE).key, "…")
    with pytest.raises(IdentityRefused, match="not linked to this person"):
        linking.unlink(lan, lan.key, sees(MOODLE).key, "…")
    assert links_of(hoa) == {sees(MOODLE).key}


@pytest.mark.parametrize("agent", [{"objectType": "Group", **MOODLE}])
def test_a_group_is_linked_to_nobody(hoa: Viewer, officer: Viewer, agent: dict[str, Any]) -> None:
    with pytest.raises(IdentityRefused, match="Group"):
        linking.link_by_sight(officer, hoa.key, identify(agent), "đã gặp")


@pytest.mark.parametrize("why", ["", "  \n", "x" * 501, "nửa \ud83d"])
def test_an_officer_says_why_in_words_that_can_be_kept(hoa: Viewer, officer: Viewer, why: str) -> None:
    with pytest.raises(IdentityRefused, match="reason"):
        linking.link_by_sight(officer, hoa.key, sees(MOODLE), why)
    assert links_of(hoa) == set()
