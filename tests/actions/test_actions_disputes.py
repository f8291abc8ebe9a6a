"""Disputes: who may contest what, what follows when they are right, and what the provider sees of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from lms_tracker.actions import (
    claim_reviews,
    crediting,
    dispute_reviews,
    disputes,
    linking,
    own_provider,
    records,
)
from lms_tracker.actions.claims import Changed, NotNow
from lms_tracker.actions.linking import Decision
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Caller, NotAllowed, Viewer
from lms_tracker.jobs.due import JOBS
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, dialects
from lms_tracker.store import disputes as rows
from lms_tracker.store.disputes import Dispute
from tests.actions import learners
from tests.actions.claimants import claim, decided, handed_in
from tests.actions.viewers import hoa as with_identifier
from tests.actions.viewers import looks, somebody

HOUR = 3600
WORDS = "Hôm đó tôi ở nhà, không học khóa này."
REASON = "Đã gọi điện hỏi lại đơn vị."
pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def centre(in_app: Flask) -> Caller:
    caller = learners.provider()
    learners.add_course(caller)
    return caller


@pytest.fixture
def hoa(in_app: Flask) -> Viewer:
    """Somebody to whom the account that providers name "hoa" is linked."""
    return with_identifier()


@pytest.fixture
def reviewer(in_app: Flask) -> Viewer:
    return somebody("thuha", ("reviewer", None))


@pytest.fixture
def clerk(centre: Caller) -> Viewer:
    """One of the centre's people."""
    return somebody("duc", ("provider", centre.provider_id))


def studied(app: Flask, caller: Caller, end: str = "2026-10-01T09:00:00Z", **changes: object) -> str:
    statement = learners.studied("hoa", end, "PT2H", **changes)
    learners.record(app, caller, statement)
    return str(statement["id"])


def placed(viewer: Viewer) -> int:
    while crediting.recount_due():
        pass
    return records.record(viewer, viewer.key, 2026).ever.placed


def dispute(number: int) -> Dispute:
    with database.reading() as connection:
        found = rows.by_id(connection, number)
    assert found is not None
    return found


def opened(viewer: Viewer, statement: str, about: str = disputes.HOURS_WRONG) -> int:
    return disputes.open_about_entry(viewer, statement, about, WORDS)


def upheld(reviewer: Viewer, number: int, outcome: str, seconds: int | None = None) -> None:
    dispute_reviews.uphold(reviewer, number, dispute(number).revision, outcome, REASON, seconds)


def steps(viewer: Viewer, number: int) -> list[str]:
    return [step.what for step in disputes.one(viewer, number).steps]


def test_an_upheld_dispute_takes_the_entry_back_and_names_itself_in_the_voiding(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    statement = studied(in_app, centre)
    studied(in_app, centre, "2026-10-02T09:00:00Z")
    assert placed(hoa) == 4 * HOUR
    number = opened(hoa, statement)
    assert dispute_reviews.review(reviewer, number).outcomes == ("voided",)
    upheld(reviewer, number, "voided")
    assert placed(hoa) == 2 * HOUR
    assert steps(hoa, number) == ["opened", "upheld-voided"]
    with database.reading() as connection:
        (body,) = dialects.rows(connection, "SELECT body FROM statements WHERE is_voiding = ?", (True,))[0]
    assert f"/disputes/{number}" in body
    assert statement in body
    assert [(job.work()) for job in JOBS if job.name == "disputes"] == [0]


def test_i4_a_provider_still_cannot_void_another_s_statement(
    in_app: Flask, centre: Caller, hoa: Viewer
) -> None:
    statement = studied(in_app, centre)
    with database.reading() as connection:
        asked = "SELECT count(*) FROM voidings WHERE by_all = ?"
        assert dialects.rows(connection, asked, (True,)) == [(0,)]
    own_provider.void(UUID(int=7).bytes)
    own_provider.void_for_dispute(UUID(statement).bytes, "/disputes/1")
    assert placed(hoa) == 0


def test_a_dismissed_dispute_changes_nothing_and_says_why(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    number = opened(hoa, studied(in_app, centre))
    with pytest.raises(NotNow, match="reason"):
        dispute_reviews.dismiss(reviewer, number, 0, " ")
    dispute_reviews.dismiss(reviewer, number, 0, REASON)
    assert placed(hoa) == 2 * HOUR
    page = disputes.one(hoa, number)
    assert (page.subject.dispute.state, page.steps[-1].note) == ("dismissed", REASON)
    # Contested again, with more to say, it is another dispute.
    assert opened(hoa, str(page.subject.statement)) != number


def test_not_me_bars_the_identifier_until_identity_is_settled(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    number = opened(hoa, studied(in_app, centre), disputes.NOT_ME)
    studied(in_app, centre, "2026-10-02T09:00:00Z")
    assert placed(hoa) == 4 * HOUR
    assert dispute_reviews.review(reviewer, number).outcomes == ("barred", "voided")
    upheld(reviewer, number, "barred")
    assert placed(hoa) == 0
    shown = records.record(hoa, hoa.key, 2026).entries.shown
    assert {part.reason for one in shown for part in one.refused} == {Reason.IDENTITY_DISPUTED}
    with database.reading() as connection:
        (key,) = dialects.rows(connection, "SELECT actor_key FROM barred_actors", ())[0]
    linking.settle(somebody("khac", ("reviewer", None)), key, Decision.KEEP, "Đúng là bà Hoa.")
    assert placed(hoa) == 4 * HOUR


def test_a_statement_about_several_people_is_not_voided_for_one_of_them(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    group = {"objectType": "Group", "member": [learners.agent("hoa"), learners.agent("tam")]}
    number = opened(hoa, studied(in_app, centre, actor=group), disputes.NOT_ME)
    found = dispute_reviews.review(reviewer, number)
    assert (found.others, found.outcomes) == (1, ("barred",))
    with pytest.raises(NotNow, match="outcome"):
        upheld(reviewer, number, "voided")
    assert placed(hoa) == 2 * HOUR


def test_what_its_provider_has_voided_meanwhile_needs_nothing_more(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    statement = studied(in_app, centre)
    number = opened(hoa, statement)
    learners.record(in_app, centre, learners.voiding(statement))
    assert dispute_reviews.review(reviewer, number).outcomes == ("provider",)
    upheld(reviewer, number, "provider")
    assert steps(hoa, number) == ["opened", "upheld-provider"]
    with pytest.raises(NotNow, match="voided"):
        opened(hoa, statement)


def test_an_upheld_dispute_of_a_claim_decides_anew(hoa: Viewer, reviewer: Viewer) -> None:
    number = handed_in(hoa)
    assert decided(reviewer, number, HOUR).state == "reduced"
    while crediting.recount_due():
        pass
    entry = records.record(hoa, hoa.key).entries.shown[0]
    contested = opened(hoa, str(UUID(bytes=entry.statement_id)))
    assert disputes.open_about_claim(hoa, number, WORDS) == contested
    assert dispute_reviews.review(reviewer, contested).outcomes == ("claim",)
    for seconds, rule in ((None, "seconds"), (2 * HOUR + 60, "seconds"), (HOUR, "seconds-same")):
        with pytest.raises(NotNow, match=rule):
            upheld(reviewer, contested, "claim", seconds)
    upheld(reviewer, contested, "claim", 2 * HOUR)
    assert claim(number).state == "accepted"
    while crediting.recount_due():
        pass
    assert records.record(hoa, hoa.key).ever.nominal == 2 * HOUR


def test_a_claim_that_was_refused_can_be_disputed_although_nothing_stands_in_the_record(
    hoa: Viewer, reviewer: Viewer
) -> None:
    number = handed_in(hoa)
    with pytest.raises(NotNow, match="not-decided"):
        disputes.open_about_claim(hoa, number, WORDS)
    decided(reviewer, number, 0)
    contested = disputes.open_about_claim(hoa, number, WORDS)
    upheld(reviewer, contested, "claim", 90 * 60)
    assert (claim(number).state, claim(number).accepted_seconds) == ("reduced", 90 * 60)


def test_i17_one_contests_only_one_s_own_and_only_a_reviewer_of_others_decides(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer, clerk: Viewer
) -> None:
    statement, tam = studied(in_app, centre), somebody("tam")
    number = opened(hoa, statement)
    unknown: list[Callable[[], object]] = [
        lambda: opened(tam, statement),
        lambda: opened(tam, "nothing"),
        lambda: opened(reviewer, statement),
        lambda: disputes.one(tam, number),
        lambda: disputes.withdraw(tam, number, 0),
        lambda: disputes.open_about_claim(tam, 1, WORDS),
        lambda: disputes.answer(clerk, centre.provider_id, number + 1, WORDS),
    ]
    for door in unknown:
        with pytest.raises(NotFound):
            door()
    forbidden: list[Callable[[], object]] = [
        lambda: dispute_reviews.queue(tam),
        lambda: dispute_reviews.review(clerk, number),
        lambda: dispute_reviews.dismiss(hoa, number, 0, REASON),
        lambda: upheld(clerk, number, "voided"),
        lambda: disputes.against(tam, centre.provider_id),
        lambda: disputes.answer(hoa, centre.provider_id, number, WORDS),
    ]
    for door in forbidden:
        with pytest.raises(NotAllowed):
            door()
    assert looks() == []
    dispute_reviews.queue(reviewer)
    dispute_reviews.review(reviewer, number)
    assert looks() == [(hoa.key, reviewer.key, what) for what in ("disputes", f"dispute {number}")]


def test_a_reviewer_who_contests_is_no_reviewer_of_it(in_app: Flask, centre: Caller) -> None:
    both = somebody(
        "hoa",
        ("reviewer", None),
        identifiers=('{"account": {"homePage": "https://lms.example.vn", "name": "hoa"}}',),
    )
    number = opened(both, studied(in_app, centre))
    assert dispute_reviews.queue(both).shown == ()
    with pytest.raises(NotAllowed):
        upheld(both, number, "voided")


def test_the_provider_answers_and_sees_of_the_learner_what_it_sent_itself(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer, clerk: Viewer
) -> None:
    number = opened(hoa, studied(in_app, centre))
    (seen,) = disputes.against(clerk, centre.provider_id).shown
    assert (seen.learner, seen.steps[0].note) == ("hoa · lms.example.vn", WORDS)
    disputes.answer(clerk, centre.provider_id, number, "Hệ thống ghi nhầm giờ kết thúc.")
    disputes.answer(clerk, centre.provider_id, number, "Hệ thống ghi nhầm giờ kết thúc.")
    assert steps(hoa, number) == ["opened", "answered"]
    # What the reviewer saw before the answer is not what they decide about.
    with pytest.raises(Changed):
        dispute_reviews.dismiss(reviewer, number, 0, REASON)
    upheld(reviewer, number, "voided")
    with pytest.raises(NotNow, match="not-waiting"):
        disputes.answer(clerk, centre.provider_id, number, "Thêm một câu nữa.")


def test_a_dispute_that_is_sent_twice_is_one(in_app: Flask, centre: Caller, hoa: Viewer) -> None:
    statement = studied(in_app, centre)
    made: list[int] = []

    def send() -> None:
        with in_app.app_context():
            made.append(opened(hoa, statement))

    together = [Thread(target=send) for _ in range(4)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert len(set(made)) == 1


def test_a_dispute_is_withdrawn_by_its_owner_alone_and_stays_in_the_story(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer, clerk: Viewer
) -> None:
    number = opened(hoa, studied(in_app, centre))
    disputes.withdraw(hoa, number, 0)
    with pytest.raises(Changed):
        dispute_reviews.dismiss(reviewer, number, 0, REASON)
    with pytest.raises(NotNow, match="not-waiting"):
        disputes.withdraw(hoa, number, 1)
    assert steps(hoa, number) == ["opened", "withdrawn"]
    assert disputes.against(clerk, centre.provider_id).shown == ()


def test_a_dispute_is_due_at_the_end_of_the_fifteenth_day_and_late_after_it(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 20, 0, tzinfo=UTC), tick=False):
        number = opened(hoa, studied(in_app, centre))
    # It was the third already in Vietnam.
    ends = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
    assert dispute(number).due_us == int(ends.timestamp()) * 1_000_000 - 1
    for moment, late in ((ends - timedelta(seconds=1), False), (ends, True)):
        with time_machine.travel(moment, tick=False):
            assert dispute_reviews.queue(reviewer).shown[0].subject.is_late is late


def test_i16_killed_before_the_voiding_was_written_the_jobs_write_it(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = opened(hoa, studied(in_app, centre))
    with monkeypatch.context() as patched:
        patched.setattr(dispute_reviews, "settle_one", lambda _number: None)
        upheld(reviewer, number, "voided")
    assert placed(hoa) == 2 * HOUR
    (job,) = (job for job in JOBS if job.name == "disputes")
    assert (job.work(), job.work(), placed(hoa)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("about", "words", "rule"),
    [
        ("cooking", WORDS, "about"),
        ("", WORDS, "about"),
        ("other", " a ", "words"),
        ("other", "a" * 2_001, "words-long"),
    ],
)
def test_a_dispute_says_what_is_wrong(
    in_app: Flask, centre: Caller, hoa: Viewer, about: str, words: str, rule: str
) -> None:
    statement = studied(in_app, centre)
    with pytest.raises(NotNow, match=rule):
        disputes.open_about_entry(hoa, statement, about, words)


def test_a_claim_that_is_withdrawn_leaves_nothing_to_decide(hoa: Viewer, reviewer: Viewer) -> None:
    number = handed_in(hoa)
    decided(reviewer, number, HOUR)
    contested = disputes.open_about_claim(hoa, number, WORDS)
    claim_reviews.withdraw(hoa, number, claim(number).revision)
    assert dispute_reviews.review(reviewer, contested).outcomes == ()
    with pytest.raises(NotNow, match="outcome"):
        upheld(reviewer, contested, "claim", 2 * HOUR)
    dispute_reviews.dismiss(reviewer, contested, 0, REASON)


def test_i17_an_officer_contests_an_entry_for_somebody_who_sees_that_and_does_not_decide_it(
    in_app: Flask, centre: Caller, hoa: Viewer, reviewer: Viewer
) -> None:
    statement = studied(in_app, centre)
    officer = somebody("canbo", ("officer", None), ("reviewer", None))
    with pytest.raises(NotAllowed):
        disputes.open_about_entry(reviewer, statement, disputes.OTHER, WORDS, hoa.key)
    with pytest.raises(NotAllowed):
        disputes.open_about_entry(officer, statement, disputes.OTHER, WORDS, officer.key)
    with pytest.raises(NotFound):
        disputes.open_about_entry(officer, statement, disputes.OTHER, WORDS, reviewer.key)
    number = disputes.open_about_entry(officer, statement, disputes.NOT_ME, WORDS, hoa.key)
    # The same is not asked twice, whoever asks.
    assert opened(hoa, statement) == number
    assert [one.is_assisted for one in disputes.mine(hoa)] == [True]
    page = disputes.one(hoa, number)
    assert [(step.what, step.by_name) for step in page.steps] == [("opened-for", "Canbo")]
    assert [one.id for one in disputes.about_entry(officer, statement, hoa.key)] == [number]
    assert disputes.about_entry(reviewer, statement, hoa.key) == []
    assert not dispute_reviews.review(officer, number).may_decide
    with pytest.raises(NotAllowed):
        dispute_reviews.dismiss(officer, number, 0, REASON)
    upheld(reviewer, number, "voided")
    assert steps(hoa, number) == ["opened-for", "upheld-voided"]


def test_i17_who_entered_a_claim_for_somebody_contests_its_refusal_in_their_place(
    hoa: Viewer, reviewer: Viewer
) -> None:
    officer, other = somebody("canbo", ("officer", None)), somebody("khac", ("officer", None))
    number = handed_in(officer, hoa.key)
    with pytest.raises(NotNow, match="not-decided"):
        disputes.open_about_claim(officer, number, WORDS)
    decided(reviewer, number, 0)
    with pytest.raises(NotFound):
        disputes.open_about_claim(other, number, WORDS)
    contested = disputes.open_about_claim(officer, number, WORDS)
    assert disputes.one(hoa, contested).subject.is_assisted
    assert disputes.open_about_claim(hoa, number, WORDS) == contested
