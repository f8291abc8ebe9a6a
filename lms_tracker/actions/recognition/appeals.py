"""Requests that a result be looked at again (đề nghị xem xét lại), each answered by somebody else.

One is made by the person themselves, within 90 days of the decision, and is due to be answered within 15
days. Who decided, revoked, reviewed or entered the scores does not answer it. Where it is upheld a new
decision says that the title was achieved; the earlier one stays to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity, records, rights
from lms_tracker.actions.recognition import decisions, lists, scopes
from lms_tracker.actions.recognition.decisions import Deciding
from lms_tracker.actions.recognition.lists import Named
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Whose
from lms_tracker.actions.recognition.steps import said_why
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.recognition.models import Result
from lms_tracker.learning.recognition.rounds import Belonging
from lms_tracker.store import cases, database, due
from lms_tracker.store.cases import CaseStep
from lms_tracker.store.recognition import appeals, assessments, recognitions, rounds
from lms_tracker.store.recognition import decisions as store_decisions
from lms_tracker.store.recognition.appeals import Appeal
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.recognitions import Recognition
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

# No rule was found that states either; they are ours, and told on the page.
ASK_DAYS = 90
ANSWER_DAYS = 15
DAY_US = 86_400_000_000
LEAST_WORDS, MOST_WORDS = 10, 2_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class Case:
    """An appeal with what it is about."""

    appeal: Appeal
    recognition: Recognition
    decision: Decision
    row: Assessment
    round: Round
    whose: Whose
    steps: Sequence[CaseStep]
    is_late: bool
    may_answer: bool


def last_day(one: Recognition, decision: Decision, revocation: Decision | None) -> date:
    """The last local day on which a result can be appealed against."""
    return (revocation or decision).decided_on + timedelta(days=ASK_DAYS)


def may_appeal(one: Recognition) -> bool:
    """Against what was not achieved, or was taken back."""
    return one.result != Result.ACHIEVED or one.revoked_by is not None


def make(viewer: Viewer, recognition_id: int, words: str) -> int:
    """Ask that one's own result be looked at again; while an appeal waits it is that one.

    Raises RecognitionRefused and NotFound.
    """
    with database.writing() as connection:
        one = recognitions.by_id(connection, recognition_id)
        me = identity.current(connection, viewer.key)
        if one is None or one.person_key is None or identity.current(connection, one.person_key) != me:
            raise NotFound
        said = words.replace("\x00", "").strip()
        if len(said) < LEAST_WORDS:
            raise RecognitionRefused("words", "words")
        if len(said) > MOST_WORDS:
            raise RecognitionRefused("words-long", "words")
        row = assessments.by_id(connection, one.assessment_id)
        assert row is not None
        # Two that are sent at once wait here for each other.
        rounds.locked(connection, row.round_id)
        there = appeals.of_recognitions(connection, [recognition_id])[recognition_id]
        waits = next((each for each in there if each.state == appeals.WAITING), None)
        if waits is not None:
            return waits.id
        _check_open(connection, one, there)
        now = clock.now_us()
        number = appeals.add(
            connection,
            recognition_id=recognition_id,
            person_key=me,
            words=said,
            made_us=now,
            made_by=me,
            due_us=now + ANSWER_DAYS * DAY_US,
        )
        decisions.note_of_row(connection, viewer, one.assessment_id, "appealed", said)
    log.info("appeal made", appeal=number)
    return number


def _check_open(connection: Connection, one: Recognition, there: Sequence[Appeal]) -> None:
    if not may_appeal(one):
        raise RecognitionRefused("appeal-none")
    known = store_decisions.by_ids(
        connection, [one.decision_id, *([one.revoked_by] if one.revoked_by else [])]
    )
    last = known[one.revoked_by or one.decision_id].decided_on + timedelta(days=ASK_DAYS)
    if clock.today() > last:
        raise RecognitionRefused("appeal-late")
    since = known[one.revoked_by].made_us if one.revoked_by else 0
    if any(each.state in (appeals.UPHELD, appeals.DISMISSED) and each.made_us >= since for each in there):
        raise RecognitionRefused("appeal-answered")


def withdraw(viewer: Viewer, number: int) -> None:
    """Take one's own appeal back while it waits. Raises RecognitionRefused and NotFound."""
    with database.writing() as connection:
        one = appeals.by_id(connection, number)
        if one is None or not identity.is_any_of(connection, viewer.key, [one.made_by]):
            raise NotFound
        if one.state == appeals.WITHDRAWN:
            return
        if one.state != appeals.WAITING or not appeals.change(connection, one, state=appeals.WITHDRAWN):
            raise RecognitionRefused("answered")
        about = recognitions.by_id(connection, one.recognition_id)
        assert about is not None
        decisions.note_of_row(connection, viewer, about.assessment_id, "appeal-withdrawn", "")


def queue(viewer: Viewer, page: int) -> tuple[list[Case], int]:
    """Appeals that wait for somebody like the viewer, and how many there are; looks are logged.

    Raises rights.NotAllowed.
    """
    rights.demand_somewhere(viewer, Right.APPROVE)
    within = rights.reach(viewer, Right.APPROVE)
    with database.reading() as connection:
        me = identity.current(connection, viewer.key)
        besides = [*due.actor_keys(connection, [me])[me], me]
        found = appeals.waiting(connection, within, besides, PAGE, (page - 1) * PAGE)
        cases_ = [_case(connection, viewer, one) for one in found]
        count = appeals.count_waiting(connection, within, besides)
    records.log_looks(viewer, {one.appeal.person_key for one in cases_ if one.appeal.person_key}, "appeals")
    return cases_, count


def one_of(viewer: Viewer, number: int) -> Case:
    """An appeal, for its maker and whoever may decide there; the look is logged. Raises NotAllowed."""
    with database.reading() as connection:
        found = appeals.by_id(connection, number)
        rights.demand(found is not None)
        assert found is not None
        case = _case(connection, viewer, found)
        is_own = identity.is_any_of(connection, viewer.key, [found.made_by])
        rights.demand(is_own or scopes.may(connection, viewer, Right.APPROVE, case.whose))
    if not is_own and found.person_key is not None:
        records.log_look(viewer, found.person_key, f"appeal {number}")
    return case


def _case(connection: Connection, viewer: Viewer, found: Appeal) -> Case:
    about = recognitions.by_id(connection, found.recognition_id)
    assert about is not None
    row = assessments.by_id(connection, about.assessment_id)
    assert row is not None
    one = rounds.by_id(connection, row.round_id)
    decision = store_decisions.by_id(connection, about.revoked_by or about.decision_id)
    assert one is not None
    assert decision is not None
    whose = scopes.whose(connection, one.place_id, one.organisation_id)
    may_answer = (
        found.state == appeals.WAITING
        and scopes.may(connection, viewer, Right.APPROVE, whose)
        and _is_other(connection, viewer, row, about)
    )
    return Case(
        appeal=found,
        recognition=about,
        decision=decision,
        row=row,
        round=one,
        whose=whose,
        steps=cases.steps(connection, cases.ASSESSMENT, [row.id])[row.id],
        is_late=found.state == appeals.WAITING and found.due_us < clock.now_us(),
        may_answer=may_answer,
    )


def _is_other(connection: Connection, viewer: Viewer, row: Assessment, about: Recognition) -> bool:
    """Whether somebody had no part in what is appealed against."""
    me = scopes.myself(connection, viewer, row.round_id)
    numbers = [about.decision_id, *([about.revoked_by] if about.revoked_by else [])]
    made = {one.made_by for one in store_decisions.by_ids(connection, numbers).values()}
    return me.may_decide(row) and not identity.is_any_of(connection, viewer.key, made)


def demand_answer(viewer: Viewer, number: int) -> None:
    """Raise rights.NotAllowed unless the viewer may decide where this appeal is made."""
    with database.reading() as connection:
        found = appeals.by_id(connection, number)
        rights.demand(found is not None)
        assert found is not None
        rights.demand(scopes.may(connection, viewer, Right.APPROVE, _case(connection, viewer, found).whose))


def dismiss(viewer: Viewer, number: int, revision: int, answer: str) -> None:
    """Leave a result as it is, and say why. Raises rights.NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        found, case = _answerable(connection, viewer, number, revision)
        said = said_why(answer)
        _answer(connection, viewer, found, appeals.DISMISSED, said, None)
        decisions.note_of_row(connection, viewer, case.row.id, "appeal-dismissed", said)
    log.info("appeal answered", appeal=number, outcome="dismissed")


def uphold(
    viewer: Viewer, number: int, revision: int, answer: str, deciding: Deciding, form_key: bytes
) -> int:
    """Decide anew that the title was achieved; answers the new decision's number.

    Raises rights.NotAllowed and RecognitionRefused, also where the person holds the title of the year by
    another decision.
    """
    with database.writing() as connection:
        store_decisions.lock(connection)
        found, case = _answerable(connection, viewer, number, revision)
        if store_decisions.by_form(connection, form_key) is not None:
            raise RecognitionRefused("form")
        said = said_why(answer)
        not_before = case.decision.decided_on
        body = decisions.check(connection, case.round, deciding, not_before=not_before)
        if lists.holds_title(connection, case.round, case.row):
            raise RecognitionRefused("title")
        made = decisions.add(connection, viewer, case.round, store_decisions.APPEAL, deciding, body, form_key)
        decided = deciding.decided_on
        belong = lists.belongings(connection, case.round, case.whose, [case.row], decided)[case.row.id]
        kept = Belonging(belong.presence, case.recognition.place_id)
        name = Named(case.row, kept, "")
        decisions.write(connection, case.round, made, decided, [(name, Result.ACHIEVED)])
        _answer(connection, viewer, found, appeals.UPHELD, said, made)
        decisions.note_of_row(connection, viewer, case.row.id, "appeal-upheld", f"{deciding.number}: {said}")
    log.info("appeal answered", appeal=number, outcome="upheld", decision=made)
    return made


def _answerable(connection: Connection, viewer: Viewer, number: int, revision: int) -> tuple[Appeal, Case]:
    found = appeals.by_id(connection, number)
    rights.demand(found is not None)
    assert found is not None
    case = _case(connection, viewer, found)
    rights.demand(scopes.may(connection, viewer, Right.APPROVE, case.whose))
    if found.state != appeals.WAITING:
        raise RecognitionRefused("answered")
    if not _is_other(connection, viewer, case.row, case.recognition):
        raise RecognitionRefused("own-decision")
    if found.revision != revision:
        raise RecognitionRefused("changed")
    return found, case


def _answer(
    connection: Connection, viewer: Viewer, found: Appeal, state: str, said: str, decision_id: int | None
) -> None:
    done = appeals.change(
        connection,
        found,
        state=state,
        answer=said,
        decided_us=clock.now_us(),
        decided_by=identity.current(connection, viewer.key),
        decision_id=decision_id,
    )
    if not done:
        raise RecognitionRefused("changed")
