"""Claims from the draft to the decision, and what each step writes."""

import io
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection

from lms_tracker.actions import (
    claim_reviews,
    claims,
    contents,
    crediting,
    identity,
    linking,
    merging,
    old_proofs,
    own_provider,
    people,
    records,
)
from lms_tracker.actions.claims import Changed, ClaimRefused, NotNow
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.actions.proof_reading import ProofRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import NotAllowed, Viewer
from lms_tracker.jobs.due import JOBS
from lms_tracker.store import claims as claim_rows
from lms_tracker.store import contents as content_rows
from lms_tracker.store import database, dialects
from lms_tracker.store import people as people_rows
from lms_tracker.store.claims import Proof
from tests.actions.claimants import claim, decided, draft, form, handed_in, picture
from tests.actions.viewers import looks, somebody
from xapi.actors import identify

HOUR = 3600
pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def hoa(in_app: Flask) -> Viewer:
    return somebody("hoa")


@pytest.fixture
def reviewer(in_app: Flask) -> Viewer:
    return somebody("thuha", ("reviewer", None))


@pytest.fixture
def officer(in_app: Flask) -> Viewer:
    return somebody("canbo", ("officer", None), ("reviewer", None))


def query(select: str, *values: object) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return dialects.rows(connection, select, values)


def standing() -> list[object]:
    """The ids of statements that nobody has voided."""
    return [
        row[0]
        for row in query(
            "SELECT statement_id FROM statements s WHERE NOT is_voiding"
            " AND NOT EXISTS (SELECT 1 FROM voidings v WHERE v.target_id = s.statement_id)"
        )
    ]


def nominal(viewer: Viewer) -> int:
    """Credited seconds of a person that have no place on the clock, once everybody is counted."""
    while crediting.recount_due():
        pass
    return records.record(viewer, viewer.key).ever.nominal


def test_a_claim_is_accepted_and_its_hours_stand_in_the_record(hoa: Viewer, reviewer: Viewer) -> None:
    number = handed_in(hoa)
    assert nominal(hoa) == 0
    found = decided(reviewer, number, 2 * HOUR)
    assert (found.state, found.accepted_seconds, found.is_due) == ("accepted", 2 * HOUR, False)
    assert standing() == [found.statement_id]
    assert nominal(hoa) == 2 * HOUR
    steps = [step.what for step in claims.one(hoa, number).steps]
    assert steps == ["begun", "sent", "accepted"]
    entry = records.record(hoa, hoa.key).entries.shown[0]
    assert (entry.day, entry.course) == (found.last_day.toordinal(), "Tự kê khai: Kỹ năng số")


def test_a_reason_keeps_no_character_that_a_database_cannot_hold(hoa: Viewer, reviewer: Viewer) -> None:
    number = handed_in(hoa)
    decided(reviewer, number, HOUR, "Ảnh\0 không\u202e rõ.\r\nMời gửi lại.\ud800")
    assert claims.one(hoa, number).steps[-1].note == "Ảnh không rõ.\nMời gửi lại."
    with pytest.raises(NotNow, match="reason"):
        decided(reviewer, number, 0, "\0" * 20)


def test_i9_a_decision_that_changes_voids_its_statement_and_records_another(
    hoa: Viewer, reviewer: Viewer
) -> None:
    number = handed_in(hoa)
    told = []
    for seconds in (2 * HOUR, HOUR, 0, 90 * 60):
        found = decided(reviewer, number, seconds)
        told.append((found.state, nominal(hoa), len(standing())))
    assert told == [
        ("accepted", 2 * HOUR, 1),
        ("reduced", HOUR, 1),
        ("refused", 0, 0),
        ("reduced", 90 * 60, 1),
    ]
    claim_reviews.withdraw(hoa, number, claim(number).revision)
    assert (claim(number).state, nominal(hoa), standing()) == ("withdrawn", 0, [])


def test_two_claims_that_say_the_same_are_two(hoa: Viewer, reviewer: Viewer) -> None:
    for _ in range(2):
        decided(reviewer, handed_in(hoa), 2 * HOUR)
    assert nominal(hoa) == 4 * HOUR


def test_nothing_is_credited_beyond_what_was_claimed(hoa: Viewer, reviewer: Viewer) -> None:
    number = handed_in(hoa)
    for seconds in (2 * HOUR + 1, -1):
        with pytest.raises(NotNow, match="seconds"):
            decided(reviewer, number, seconds)
    for seconds in (0, HOUR):
        with pytest.raises(NotNow, match="reason"):
            decided(reviewer, number, seconds, "  ")
    decided(reviewer, number, 2 * HOUR, "")
    with pytest.raises(NotNow, match="reason"):
        decided(reviewer, number, 2 * HOUR, "")


def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told(
    in_app: Flask, hoa: Viewer, reviewer: Viewer, officer: Viewer
) -> None:
    number = handed_in(hoa)
    seen = claim(number).revision
    claim_reviews.decide(reviewer, number, seen, HOUR, "Một buổi thôi.")
    with pytest.raises(Changed):
        claim_reviews.decide(officer, number, seen, 0, "Không thấy ảnh.")
    outcomes: list[str] = []

    def decide(viewer: Viewer, seconds: int, revision: int) -> None:
        with in_app.app_context():
            try:
                claim_reviews.decide(viewer, number, revision, seconds, "Cùng một lúc.")
                outcomes.append("won")
            except Changed:
                outcomes.append("told")

    now = claim(number).revision
    asked = (reviewer, 0, now), (officer, 60, now)
    both = [Thread(target=decide, args=one) for one in asked]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(outcomes) == ["told", "won"]
    assert nominal(hoa) == claim(number).accepted_seconds
    assert len(standing()) == (1 if claim(number).accepted_seconds else 0)


def test_nobody_reviews_their_own_claim_or_one_they_entered(
    hoa: Viewer, reviewer: Viewer, officer: Viewer
) -> None:
    own, entered = handed_in(officer), handed_in(officer, hoa.key)
    assert claim_reviews.queue(officer).shown == ()
    for number in (own, entered):
        with pytest.raises(NotAllowed):
            decided(officer, number, HOUR)
    assert claim_reviews.review(officer, entered).may_decide is False
    assert {one.claim.id for one in claim_reviews.queue(reviewer).shown} == {own, entered}
    decided(reviewer, entered, 2 * HOUR)
    assert nominal(hoa) == 2 * HOUR


def test_a_claim_that_was_entered_for_somebody_says_so_to_them(hoa: Viewer, officer: Viewer) -> None:
    number = handed_in(officer, hoa.key)
    page = claims.one(hoa, number)
    assert (page.is_own, page.claim.is_assisted, page.entered_by) == (True, True, "Canbo")
    assert page.may_withdraw
    assert [one.id for one in claims.mine(hoa)] == [number]
    assert claims.mine(officer) == []
    assert page.steps[0].by_name == "Canbo"


def test_only_officers_enter_for_others_and_never_for_themselves(hoa: Viewer, officer: Viewer) -> None:
    tam = somebody("tam")
    for viewer, key in ((tam, hoa.key), (officer, officer.key)):
        with pytest.raises(NotAllowed):
            draft(viewer, key)
    with pytest.raises(NotFound):
        draft(officer, os.urandom(16))


def test_i17_a_stranger_finds_neither_claim_nor_proof_and_looks_are_logged(
    hoa: Viewer, reviewer: Viewer
) -> None:
    number, tam = handed_in(hoa), somebody("tam")
    doors: list[Callable[[], object]] = [
        lambda: claims.one(tam, number),
        lambda: claims.proof(tam, number, 1),
        lambda: claims.hand_in(tam, number),
        lambda: claims.remove_proof(tam, number, 1),
        lambda: claim_reviews.withdraw(tam, number, claim(number).revision),
        lambda: claims.one(reviewer, number),
    ]
    for door in doors:
        with pytest.raises(NotFound):
            door()
    for door in (lambda: claim_reviews.review(tam, number), lambda: claim_reviews.queue(tam)):
        with pytest.raises(NotAllowed):
            door()
    assert looks() == []
    claim_reviews.queue(reviewer)
    claim_reviews.review(reviewer, number)
    proof, data = claims.proof(reviewer, number, 1)
    assert len(b"".join(data)) == proof.size
    assert looks() == [
        (hoa.key, reviewer.key, what) for what in ("claims", f"claim {number}", f"proof {number}")
    ]


def test_a_draft_is_nobody_else_s_affair(hoa: Viewer, reviewer: Viewer) -> None:
    number = draft(hoa)
    claims.add_proof(hoa, number, "anh.jpg", io.BytesIO(picture()))
    with pytest.raises(NotFound):
        claim_reviews.review(reviewer, number)
    with pytest.raises(NotFound):
        claims.proof(reviewer, number, 1)
    with pytest.raises(NotNow, match="not-waiting"):
        decided(reviewer, number, HOUR)


def test_i17_what_was_withdrawn_as_a_draft_is_for_no_reviewer_to_see(hoa: Viewer, reviewer: Viewer) -> None:
    """A wrong picture that somebody took back before sending it stays theirs alone."""
    begun, sent = draft(hoa), handed_in(hoa)
    claims.add_proof(hoa, begun, "anh.jpg", io.BytesIO(picture()))
    for number in (begun, sent):
        claim_reviews.withdraw(hoa, number, claim(number).revision)
    with pytest.raises(NotFound):
        claim_reviews.review(reviewer, begun)
    with pytest.raises(NotFound):
        claims.proof(reviewer, begun, 1)
    assert claim_reviews.review(reviewer, sent).may_decide is False
    assert claims.proof(reviewer, sent, 1)[0].number == 1


def test_i17_who_entered_a_claim_takes_it_back_only_while_they_may_enter(
    hoa: Viewer, officer: Viewer
) -> None:
    number = handed_in(officer, hoa.key)
    with pytest.raises(NotFound):
        claim_reviews.withdraw(replace(officer, grants=()), number, claim(number).revision)
    assert claim(number).state == claims.WAITING
    claim_reviews.withdraw(officer, number, claim(number).revision)
    assert claim(number).state == claims.WITHDRAWN


def test_a_form_that_is_sent_twice_makes_one_claim(in_app: Flask, hoa: Viewer) -> None:
    key, made = os.urandom(16), []

    def send() -> None:
        with in_app.app_context():
            made.append(claims.begin(hoa, form(), key))

    both = [Thread(target=send) for _ in range(4)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(set(made)) == 1
    with pytest.raises(NotNow, match="form"):
        claims.begin(somebody("tam"), form(), key)
    claims.add_proof(hoa, made[0], "anh.jpg", io.BytesIO(picture()))
    claims.hand_in(hoa, made[0])
    claims.hand_in(hoa, made[0])
    assert [step.what for step in claims.one(hoa, made[0]).steps] == ["begun", "sent"]


def test_the_own_provider_is_made_once_however_many_come_at_once(in_app: Flask) -> None:
    made = []

    def ask() -> None:
        with in_app.app_context():
            made.append(own_provider.number())

    together = [Thread(target=ask) for _ in range(6)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert len(set(made)) == 1
    assert query("SELECT count(*) FROM providers WHERE is_ours = ?", True) == [(1,)]
    assert query("SELECT count(*) FROM courses WHERE substr(code, 1, 9) = 'declared-'") == [(5,)]
    assert query("SELECT count(*) FROM credentials") == [(0,)]


class Killed(Exception):
    """The process ended here."""


@pytest.mark.parametrize("at", ["void", "record", "settled"])
def test_i16_killed_between_the_decision_and_its_statement_the_jobs_write_it_once(
    hoa: Viewer, reviewer: Viewer, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    number = handed_in(hoa)
    decided(reviewer, number, 2 * HOUR)
    with monkeypatch.context() as patched:

        def killed(*_: object) -> None:
            raise Killed

        patched.setattr(claim_rows if at == "settled" else own_provider, at, killed)
        with pytest.raises(Killed):
            decided(reviewer, number, HOUR)
    assert claim(number).is_due
    (job,) = (job for job in JOBS if job.name == "claims")
    assert (job.work(), job.work()) == (1, 0)
    assert (nominal(hoa), len(standing())) == (HOUR, 1)


def test_i16_a_decision_that_was_not_written_is_written_before_it_is_changed(
    hoa: Viewer, reviewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = handed_in(hoa)
    with monkeypatch.context() as patched:
        patched.setattr(claim_reviews, "settle_one", lambda _claim: None)
        decided(reviewer, number, 2 * HOUR)
    decided(reviewer, number, HOUR)
    assert (nominal(hoa), len(standing())) == (HOUR, 1)
    with monkeypatch.context() as patched:
        patched.setattr(claim_reviews, "settle_one", lambda _claim: None)
        decided(reviewer, number, 30 * 60)
    claim_reviews.withdraw(hoa, number, claim(number).revision)
    assert (nominal(hoa), standing()) == (0, [])


def test_claims_stay_with_their_person_through_a_merger_and_its_undoing(
    hoa: Viewer, reviewer: Viewer
) -> None:
    approver, twin = somebody("duyet", ("approver", None)), somebody("hoa2")
    decided(reviewer, handed_in(hoa), 2 * HOUR)
    waiting = handed_in(twin)
    decided(reviewer, handed_in(twin, hours="1"), HOUR)
    merged = merging.merge(approver, hoa.key, twin.key, "Cùng một người, hai tài khoản.")
    assert nominal(hoa) == 3 * HOUR
    assert len(claims.mine(hoa)) == 3
    assert {one.name for one in claim_reviews.queue(reviewer).shown} == {"Hoa"}
    decided(reviewer, waiting, 2 * HOUR)
    assert nominal(hoa) == 5 * HOUR
    merging.unmerge(approver, merged, "Hai người khác nhau.")
    assert (nominal(hoa), nominal(twin)) == (2 * HOUR, 3 * HOUR)
    assert len(claims.mine(twin)) == 2


@pytest.mark.parametrize("has_claimed", [False, True])
def test_i17_the_account_by_which_the_service_speaks_of_somebody_is_linked_to_nobody_else(
    in_app: Flask, hoa: Viewer, officer: Viewer, reviewer: Viewer, has_claimed: bool
) -> None:
    """Else hours that a reviewer accepted for one person would stand in the record of another."""
    lan = somebody("lan")
    if has_claimed:
        draft(hoa)
    base = str(in_app.config["SETTINGS"].base_url)
    account = identify({"account": {"homePage": base.rstrip("/"), "name": f"person-{hoa.key.hex()}"}})
    with pytest.raises(IdentityRefused, match="the service itself"):
        linking.link_by_sight(officer, lan.key, account, "Đã gặp, có giấy tờ.")
    decided(reviewer, handed_in(hoa), 2 * HOUR)
    assert (nominal(hoa), nominal(lan)) == (2 * HOUR, 0)


def test_somebody_without_an_account_has_claims_too(officer: Viewer, reviewer: Viewer) -> None:
    """A learner of whom only a provider told: the person key is the identifier's."""
    learner = people.identified("mailto:ba-tu@example.vn")
    with database.writing() as connection:
        identity.begin(connection)
        people_rows.remember_actor(connection, learner.key, learner.identifier, "Bà Tư")
    decided(reviewer, handed_in(officer, learner.key), 2 * HOUR)
    while crediting.recount_due():
        pass
    assert records.record(reviewer, learner.key).ever.nominal == 2 * HOUR


def test_what_a_reviewer_weighs_stands_beside_the_claim(hoa: Viewer, reviewer: Viewer) -> None:
    first = handed_in(hoa, title="Buổi sáng")
    decided(reviewer, first, HOUR)
    second = handed_in(hoa, title="Buổi chiều")
    nominal(hoa)
    found = claim_reviews.review(reviewer, second)
    assert [one.title for one in found.others] == ["Buổi sáng"]
    assert [(day, hours.total) for day, hours in found.days] == [(claim(first).last_day.toordinal(), HOUR)]
    # What this claim earned itself is not held against it.
    assert claim_reviews.review(reviewer, first).days == ()


def test_a_proof_is_kept_by_the_sweep_as_long_as_its_claim_and_no_longer(hoa: Viewer) -> None:
    number = draft(hoa)
    claims.add_proof(hoa, number, "anh.jpg", io.BytesIO(picture()))
    claims.add_proof(hoa, number, "hai.png", io.BytesIO(picture("PNG", (300, 200))))
    later = datetime.now(UTC) + timedelta(microseconds=content_rows.UNTOUCHED_US * 2)
    with time_machine.travel(later, tick=False):
        assert contents.sweep() == 0
        claims.remove_proof(hoa, number, 2)
    with time_machine.travel(later + timedelta(days=2), tick=False):
        assert contents.sweep() == 1
    proof, data = claims.proof(hoa, number, 1)
    assert len(b"".join(data)) == proof.size


def test_proofs_are_five_at_most_and_each_once(hoa: Viewer) -> None:
    number = draft(hoa)
    for width in (100, 100, 101, 102, 103, 104):
        claims.add_proof(hoa, number, "anh.png", io.BytesIO(picture("PNG", (width, 100))))
    assert len(claims.one(hoa, number).proofs) == 5
    with pytest.raises(NotNow, match="proofs-many"):
        claims.add_proof(hoa, number, "anh.png", io.BytesIO(picture("PNG", (105, 100))))
    with pytest.raises(ProofRefused):
        claims.add_proof(hoa, draft(hoa), "anh.jpg", io.BytesIO(b"<svg onload=alert(1)>"))


def test_a_claim_without_proof_is_not_handed_in(hoa: Viewer) -> None:
    with pytest.raises(NotNow, match="proofs-none"):
        claims.hand_in(hoa, draft(hoa))


def test_a_claim_that_is_handed_in_twice_at_once_is_handed_in_once_and_both_are_told_so(
    in_app: Flask, hoa: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = draft(hoa)
    claims.add_proof(hoa, number, "anh.jpg", io.BytesIO(picture()))
    both_have_read, problems = Barrier(2, timeout=10), list[BaseException]()
    proofs_of = claim_rows.proofs

    def slowly(connection: Connection, ids: Sequence[int]) -> dict[int, list[Proof]]:
        found = proofs_of(connection, ids)
        # On SQLite a writer is alone, and waiting for the other would be in vain.
        if connection.dialect.name == "postgresql":
            both_have_read.wait()
        return found

    def press() -> None:
        with in_app.app_context():
            try:
                claims.hand_in(hoa, number)
            except Exception as error:
                problems.append(error)

    monkeypatch.setattr(claim_rows, "proofs", slowly)
    presses = [Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert problems == []
    steps = query("SELECT what FROM case_steps WHERE case_id = ? ORDER BY id", number)
    assert steps == [("begun",), ("sent",)]


def test_what_was_handed_in_is_not_changed_any_more(hoa: Viewer) -> None:
    number = handed_in(hoa)
    with pytest.raises(NotNow, match="sent"):
        claims.add_proof(hoa, number, "anh.jpg", io.BytesIO(picture()))
    with pytest.raises(NotNow, match="sent"):
        claims.remove_proof(hoa, number, 1)


def test_one_person_has_only_so_many_claims_open(hoa: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MOST_OPEN", 2)
    draft(hoa)
    draft(hoa)
    with pytest.raises(NotNow, match="too-many"):
        draft(hoa)


def test_a_claim_of_a_year_that_is_closed_is_refused(hoa: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    open_since = claims.bounds().first_open
    with pytest.raises(ClaimRefused) as refused:
        draft(hoa, first_day=(open_since - timedelta(days=1)).isoformat())
    assert refused.value.problems == {"first_day": "closed"}
    assert open_since == date(open_since.year, 1, 1)


def with_proof(number: int, size: int) -> None:
    """A proof that says it has so many bytes; straight to its place."""
    kept = contents.keep([os.urandom(20)], 1_000_000)
    with database.writing() as connection:
        claim_rows.add_proof(
            connection, number, Proof(1, kept.content_key, "application/pdf", "anh.pdf", size)
        )


def test_the_proofs_of_what_was_not_sent_are_bounded_for_each_person_and_leave_room_when_withdrawn(
    hoa: Viewer, officer: Viewer
) -> None:
    first, second, own = draft(hoa), draft(officer, hoa.key), draft(officer)
    with_proof(first, 100 * 1024**2 - 5)
    for viewer, number in ((hoa, first), (officer, second)):
        with pytest.raises(NotNow, match="proofs-full"):
            claims.add_proof(viewer, number, "anh.jpg", io.BytesIO(picture()))
    claims.add_proof(officer, own, "anh.jpg", io.BytesIO(picture()))
    claim_reviews.withdraw(hoa, first, claim(first).revision)
    assert claims.one(hoa, first).proofs == ()
    claims.add_proof(officer, second, "anh.jpg", io.BytesIO(picture()))


def test_proofs_of_what_was_withdrawn_are_kept_for_a_while_longer_where_it_was_decided_on(
    hoa: Viewer, reviewer: Viewer
) -> None:
    with time_machine.travel("2026-11-20T08:00:00Z", tick=False) as now:
        undecided, accepted, waiting = handed_in(hoa), handed_in(hoa), handed_in(hoa)
        decided(reviewer, accepted, HOUR)
        for number in (undecided, accepted):
            claim_reviews.withdraw(hoa, number, claim(number).revision)
        told = []
        for days in (19, 2, 378, 2):
            now.shift(timedelta(days=days))
            left = [len(claims.one(hoa, number).proofs) for number in (undecided, accepted, waiting)]
            told.append((old_proofs.drop_old(), left))
        assert told == [(0, [1, 1, 1]), (1, [1, 1, 1]), (0, [0, 1, 1]), (1, [0, 1, 1])]
        assert old_proofs.drop_old() == 0
    assert [step.what for step in claims.one(hoa, accepted).steps][-2:] == ["withdrawn", "proofs-dropped"]
    assert claims.one(hoa, undecided).claim.state == "withdrawn"
