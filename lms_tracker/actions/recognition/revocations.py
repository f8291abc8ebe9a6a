"""Titles taken back, for one or several names, by a decision of its own. What was decided before stays."""

from collections.abc import Sequence

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.recognition import decisions, scopes
from lms_tracker.actions.recognition.decisions import Deciding
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.recognition.models import Result
from lms_tracker.store import cases, database
from lms_tracker.store.recognition import assessments, recognitions
from lms_tracker.store.recognition import decisions as store_decisions

log = logs.logger(__name__)

MOST = 500


def revoke(
    viewer: Viewer, decision_id: int, numbers: Sequence[int], deciding: Deciding, form_key: bytes
) -> int:
    """Take back titles that one decision gave; answers the number of the decision that does.

    Raises rights.NotAllowed and RecognitionRefused: nobody takes back a title of their own, their family or
    unit, none is taken back twice, and the day is not before that of the decision that gave them.
    """
    chosen = list(dict.fromkeys(numbers))
    with database.writing() as connection:
        given = store_decisions.by_id(connection, decision_id)
        rights.demand(given is not None and given.round_id is not None)
        assert given is not None
        assert given.round_id is not None
        found, _ = scopes.locked(connection, viewer, Right.APPROVE, given.round_id)
        if not chosen or len(chosen) > MOST:
            raise RecognitionRefused("chosen", "chosen")
        store_decisions.lock(connection)
        before = decisions.by_form(connection, viewer, form_key, found.id)
        if before is not None:
            return before
        rows = recognitions.by_ids(connection, chosen)
        rows_of = assessments.by_ids(connection, [one.assessment_id for one in rows.values()])
        me = scopes.myself(connection, viewer, found.id)
        for number in chosen:
            one = rows.get(number)
            if one is None or one.decision_id != decision_id:
                raise RecognitionRefused("chosen", "chosen")
            if one.result != Result.ACHIEVED or one.revoked_by is not None:
                raise RecognitionRefused("revoked", "chosen", number)
            row = rows_of[one.assessment_id]
            if me.is_own(row) or row.id in me.own_rows:
                raise RecognitionRefused("own", "chosen", number)
        if not deciding.why.strip():
            raise RecognitionRefused("required", "why")
        body = decisions.check(connection, found, deciding, not_before=given.decided_on)
        made = decisions.add(connection, viewer, found, store_decisions.REVOCATION, deciding, body, form_key)
        for number in chosen:
            if not recognitions.revoke(connection, rows[number], made, deciding.decided_on):
                raise RecognitionRefused("changed")
        steps = [(rows[number].assessment_id, f"{deciding.number}: {deciding.why}") for number in chosen]
        cases.add_steps(connection, cases.ASSESSMENT, steps, "revoked", clock.now_us(), viewer.key)
        decisions.mark(connection, found.year, [rows[number] for number in chosen])
    log.info("titles revoked", round=found.id, decision=made, names=len(chosen))
    return made
