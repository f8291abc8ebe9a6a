"""One numbered decision that covers many names: who is recognised, who is not, with certificates.

It is written in one transaction under a lock on all decisions: of two that are made at once the second sees
the first, so that no number is used twice at a place in a year and nobody is recognised twice in a year. A
form that is sent twice makes one decision.

Whoever decides leaves out the rows that are their own affair (`lists.Named.left_out`); the round is decided,
and somebody else decides about those rows by a decision of their own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, contents, proofs, records, rights
from lms_tracker.actions.recognition import authorities, criteria, lists, scopes, steps
from lms_tracker.actions.recognition.authorities import Authority
from lms_tracker.actions.recognition.lists import Named
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import kept_until
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.rounds import Presence, State, certificate, wrong_day
from lms_tracker.store import cases, database, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import decisions, recognitions
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.recognitions import New, Recognition
from lms_tracker.store.recognition.rounds import Round
from lms_tracker.store.reporting import due as totals_due

log = logs.logger(__name__)

PAGE = 200
MOST_NUMBER = 60
MOST_WHY = 500


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a form of a decision says. `authority` is read only where no setting says who decides.

    `posthumous` are numbers of rows of people who died in the year and are to be recognised all the same.
    """

    number: str
    decided_on: date
    signed_by: str
    why: str = ""
    authority: str = ""
    posthumous: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A decision with a page of its names."""

    decision: Decision
    round: Round | None
    whose: Whose
    shown: Sequence[Recognition]
    at: Mapping[int, Place]
    counts: Mapping[str, int]
    more: bool
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """The signed paper, as it came."""

    name: str
    file: IO[bytes]


def who_decides(viewer: Viewer, number: int, on: date) -> Authority | None:
    """Who decides in a round on a local day, by the settings. Raises rights.NotAllowed."""
    with database.reading() as connection:
        found, _ = scopes.known(connection, viewer, Right.SEE, number)
        return authority_of(connection, found, on)


def authority_of(connection: Connection, found: Round, on: date) -> Authority | None:
    return authorities.authority(
        connection, Model(found.model), "deciding", on, found.place_id, found.organisation_id
    )


def decide(
    viewer: Viewer, number: int, revision: int, deciding: Deciding, form_key: bytes, scan: Scan | None = None
) -> int:
    """Decide about everybody on the list of a submitted round; answers the decision's number.

    Raises rights.NotAllowed, RecognitionRefused and proofs.ProofRefused.
    """
    # The rows are read first, so that nobody waits to write meanwhile: while the round has this revision and
    # is submitted or decided, they stay as they are.
    with database.reading() as connection:
        found, _ = scopes.known(connection, viewer, Right.APPROVE, number)
        before = by_form(connection, viewer, form_key, number)
        if before is not None:
            return before
        rows = lists.reviewed(connection, found) if found.revision == revision else []
    kept = None if scan is None else proofs.keep(scan.name, scan.file)
    with database.writing() as connection:
        found, whose = scopes.locked(connection, viewer, Right.APPROVE, number)
        decisions.lock(connection)
        before = by_form(connection, viewer, form_key, number)
        if before is not None:
            return before
        if found.revision != revision:
            raise RecognitionRefused("changed")
        if found.state not in (State.SUBMITTED, State.DECIDED):
            raise RecognitionRefused("state")
        body = check(connection, found, deciding)
        me = scopes.myself(connection, viewer, number)
        everybody = lists.named(connection, found, whose, me, deciding.decided_on, rows)
        chosen = [one for one in everybody if _is_decided_about(one, me.may_decide(one.row), deciding)]
        if not chosen:
            raise RecognitionRefused("nobody")
        made = add(connection, viewer, found, decisions.RECOGNITION, deciding, body, form_key, kept)
        _write(connection, found, made, chosen, deciding.decided_on)
        _step(connection, viewer, found, deciding.number)
    log.info("round decided", round=number, decision=made, names=len(chosen))
    return made


def _is_decided_about(one: Named, may_decide: bool, deciding: Deciding) -> bool:
    if one.left_out == Presence.DIED:
        return may_decide and one.row.id in deciding.posthumous
    return not one.left_out


def _step(connection: Connection, viewer: Viewer, found: Round, number: str) -> None:
    if found.state == State.SUBMITTED:
        steps.step_to(connection, viewer, found, State.DECIDED, "decided", number)
        return
    # A decision about rows that were left to somebody else.
    if not steps.changed(connection, found):
        raise RecognitionRefused("changed")
    steps.note(connection, viewer, found.id, "decided-more", number)


def by_form(connection: Connection, viewer: Viewer, form_key: bytes, round_id: int | None) -> int | None:
    """The decision that this form made before. Of a form that somebody else drew nothing is told."""
    found = decisions.by_form(connection, form_key)
    if found is None:
        return None
    if found.made_by != viewer.key or found.round_id != round_id:
        raise RecognitionRefused("form")
    return found.id


def check(connection: Connection, found: Round, deciding: Deciding, *, not_before: date | None = None) -> str:
    """Who decides, as the document writes it; the lock on decisions is held. Raises RecognitionRefused."""
    lists.line(deciding.number, "number", needed=True, most=MOST_NUMBER)
    lists.line(deciding.signed_by, "signed_by", needed=True)
    lists.line(deciding.authority, "authority", needed=False)
    lists.line(deciding.why, "why", needed=False, most=MOST_WHY)
    submission = lists.submission_of(found)
    after = not_before or (submission.sent_on if submission else None)
    wrong = wrong_day(deciding.decided_on, found.opens_on, after, clock.today())
    if wrong is not None:
        raise RecognitionRefused(wrong, "decided_on")
    year = deciding.decided_on.year
    if decisions.is_taken(connection, deciding.number, year, found.place_id, found.organisation_id):
        raise RecognitionRefused("number-taken", "number")
    known = authority_of(connection, found, deciding.decided_on)
    if known is not None:
        return f"{known.signs_as} {known.body}".strip()
    if not deciding.authority.strip():
        raise RecognitionRefused("authority-none", "authority")
    return deciding.authority.strip()


def add(
    connection: Connection,
    viewer: Viewer,
    found: Round,
    kind: str,
    deciding: Deciding,
    authority: str,
    form_key: bytes,
    kept: proofs.Kept | None = None,
) -> int:
    """Write a decision without its names; answers its number."""
    return decisions.add(
        connection,
        kind=kind,
        round_id=found.id,
        place_id=found.place_id,
        organisation_id=found.organisation_id,
        number=" ".join(deciding.number.split()),
        decided_on=deciding.decided_on,
        authority=authority,
        signed_by=" ".join(deciding.signed_by.split()),
        why=deciding.why.strip(),
        content_key=kept and kept.content_key,
        content_type=kept and kept.content_type,
        content_name=kept and kept.name,
        made_us=clock.now_us(),
        made_by=viewer.key,
        form_key=form_key,
    )


def _write(
    connection: Connection, found: Round, decision_id: int, chosen: Sequence[Named], decided_on: date
) -> None:
    results = [one.row.proposed_result for one in chosen]
    write(connection, found, decision_id, decided_on, list(zip(chosen, results, strict=True)))


def write(
    connection: Connection,
    found: Round,
    decision_id: int,
    decided_on: date,
    results: Sequence[tuple[Named, str]],
) -> None:
    """Write what a decision says of each name, with certificates for those who achieved, and mark totals."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    given = recognitions.certificates(
        connection, found.model, found.year, found.place_id, found.organisation_id
    )
    new = []
    for one, result in results:
        row, paper = one.row, None
        if result == Result.ACHIEVED:
            given += 1
            paper = certificate(found.model, found.year, given)
        new.append(
            New(
                assessment_id=row.id,
                person_key=row.person_key,
                subject_id=row.subject_id,
                place_id=one.belonging.place_id if found.place_id is not None else None,
                organisation_id=row.subject_id if found.model == Model.UNIT else found.organisation_id,
                name=row.name,
                result=result,
                level=row.proposed_level if result == Result.ACHIEVED else None,
                points=row.reviewed_total,
                certificate=paper,
            )
        )
    until = kept_until(used, found.year)
    recognitions.add(
        connection, decision_id, found.criteria_set_id, found.model, found.year, decided_on, until, new
    )
    mark(connection, found.year, new)


def mark(connection: Connection, year: int, changed: Sequence[New | Recognition]) -> None:
    """Have the totals of everything that these recognitions count in counted again."""
    place_ids = {one.place_id for one in changed if one.place_id is not None}
    organisation_ids = {one.organisation_id for one in changed if one.organisation_id is not None}
    totals_due.mark_places(connection, sorted(place_ids), year)
    totals_due.mark_organisations(connection, sorted(organisation_ids), year)


def page_of(viewer: Viewer, number: int, page: int = 1, result: str = "") -> Page:
    """A decision with its names; the looks are logged. Raises rights.NotAllowed."""
    with database.reading() as connection:
        decision = decisions.by_id(connection, number)
        rights.demand(decision is not None)
        assert decision is not None
        whose = scopes.whose(connection, decision.place_id, decision.organisation_id)
        rights.demand(scopes.may(connection, viewer, Right.SEE, whose))
        shown = recognitions.of_decision(connection, number, PAGE + 1, (page - 1) * PAGE, result)
        at = places.by_ids(connection, {one.place_id for one in shown if one.place_id is not None})
        found = None
        if decision.round_id is not None:
            found, _ = scopes.known(connection, viewer, Right.SEE, decision.round_id)
        made = Page(
            decision=decision,
            round=found,
            whose=whose,
            shown=shown[:PAGE],
            at=at,
            counts=decisions.sizes(connection, [number])[number],
            more=len(shown) > PAGE,
            may_revoke=decision.kind in (decisions.RECOGNITION, decisions.APPEAL)
            and scopes.may(connection, viewer, Right.APPROVE, whose),
        )
    records.log_looks(
        viewer, [one.person_key for one in made.shown if one.person_key is not None], "decision"
    )
    return made


def demand_revoke(viewer: Viewer, number: int) -> None:
    """Raise rights.NotAllowed unless the viewer may take titles of this decision back."""
    with database.reading() as connection:
        found = decisions.by_id(connection, number)
        rights.demand(found is not None)
        assert found is not None
        whose = scopes.whose(connection, found.place_id, found.organisation_id)
        rights.demand(scopes.may(connection, viewer, Right.APPROVE, whose))


def scan_of(viewer: Viewer, number: int) -> tuple[Decision, Iterator[bytes]]:
    """The signed paper of a decision, a look at everybody named in it, which is logged.

    Raises rights.NotAllowed, NotFound and contents.Missing.
    """
    with database.reading() as connection:
        decision = decisions.by_id(connection, number)
        rights.demand(decision is not None)
        assert decision is not None
        whose = scopes.whose(connection, decision.place_id, decision.organisation_id)
        rights.demand(scopes.may(connection, viewer, Right.SEE, whose))
        if decision.content_key is None:
            raise records.NotFound
        named = recognitions.of_decision(connection, number)
    records.log_looks(viewer, {one.person_key for one in named if one.person_key is not None}, "decision")
    return decision, contents.read(decision.content_key)


def note_of_row(connection: Connection, viewer: Viewer, row_id: int, what: str, words: str) -> None:
    """Keep a step of one subject's row."""
    cases.add_step(connection, (cases.ASSESSMENT, row_id), what, clock.now_us(), viewer.key, note=words)
