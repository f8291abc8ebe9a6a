"""Disputes: a citizen asks that an entry of their record, or a decision about a claim, be looked at again.

The provider of a disputed statement sees what is said against it, and answers; of the learner it sees what it
sent itself. What a reviewer makes of it is in `dispute_reviews`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import arrivals, claims, clock, identity, names, own_provider, rights
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.claims import Changed, NotNow
from lms_tracker.actions.readable import Sent, outline
from lms_tracker.actions.records import NotFound, log_looks
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.days import local_days
from lms_tracker.store import cases, courses, database, disputes, due, shown, statements
from lms_tracker.store import claims as claim_rows
from lms_tracker.store import records as rows
from lms_tracker.store.cases import DISPUTE, CaseStep
from lms_tracker.store.claims import Claim
from lms_tracker.store.disputes import Dispute
from xapi.actors import identify
from xapi.keys import format_id, statement_id_bytes

NOT_ME, HOURS_WRONG, OTHER = "not-me", "hours-wrong", "other"
ABOUT = (NOT_ME, HOURS_WRONG, OTHER)
WAITING, UPHELD, DISMISSED, WITHDRAWN = "waiting", "upheld", "dismissed", "withdrawn"
LEAST_WORDS, MOST_WORDS = 10, 2_000
# Disputes of one person that wait, and answers of a provider to one.
MOST_WAITING = 30
MOST_ANSWERS = 10
PAGE = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """A dispute and what it is about: an entry, as its provider sent it, or a claim."""

    dispute: Dispute
    provider: str
    sent: Sent | None
    claim: Claim | None
    is_late: bool
    # An officer asked in the person's place.
    is_assisted: bool

    @property
    def statement(self) -> str | None:
        """The id of the entry, as text."""
        return None if self.dispute.statement_id is None else format_id(self.dispute.statement_id)


@dataclass(frozen=True, slots=True)
class Page:
    """A dispute as its owner sees it."""

    subject: Subject
    steps: tuple[CaseStep, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """A dispute as the provider sees it; `learner` is whom it named itself."""

    subject: Subject
    learner: str
    steps: tuple[CaseStep, ...]


@dataclass(frozen=True, slots=True)
class AgainstPage:
    provider: Provider
    shown: tuple[Against, ...]
    page: int
    more: bool


def open_about_entry(
    viewer: Viewer, statement: str, about: str, words: str, person_key: bytes | None = None
) -> int:
    """Contest an entry of one's own record; answers the dispute's number, of the one that waits already if
    there is one.

    `person_key` is of somebody else, for whom an officer asks. Raises NotNow, rights.NotAllowed, and NotFound
    for what is no entry of theirs.
    """
    statement_id = statement_id_bytes(statement)
    if statement_id is None:
        raise NotFound
    _check(about, words)
    with database.writing() as connection:
        person, keys = _locked(connection, _for_whom(connection, viewer, person_key))
        if statement_id not in rows.times(connection, keys, [statement_id]):
            raise NotFound
        kept = statements.kept(connection, [statement_id]).statements.get(statement_id)
        if kept is None:
            raise NotFound
        for earlier in disputes.about_statement(connection, keys, statement_id):
            if earlier.state == WAITING:
                return earlier.id
        if disputes.is_voided(connection, statement_id, kept.provider_id):
            raise NotNow("voided")
        claim = claim_rows.by_statement(connection, statement_id)
        values = {"statement_id": statement_id, "provider_id": kept.provider_id}
        return _open(connection, viewer, person, keys, about, words, claim, values)


def open_about_claim(viewer: Viewer, claim_id: int, words: str) -> int:
    """Contest what was decided about one's own claim, or one that one entered for somebody as an officer.

    Answers as `open_about_entry`.
    """
    _check(OTHER, words)
    provider_id = own_provider.number()
    with database.writing() as connection:
        claim = claim_rows.by_id(connection, claim_id)
        if claim is None:
            raise NotFound
        owner = identity.current(connection, claim.person_key)
        is_own = owner == identity.current(connection, viewer.key)
        if not is_own and not claims.is_maker(connection, viewer, claim):
            raise NotFound
        person, keys = _locked(connection, owner)
        for earlier in disputes.about_claim(connection, claim_id):
            if earlier.state == WAITING:
                return earlier.id
        if claim.state not in (claims.ACCEPTED, claims.REDUCED, claims.REFUSED):
            raise NotNow("not-decided")
        values = {"statement_id": claim.statement_id, "provider_id": provider_id}
        return _open(connection, viewer, person, keys, HOURS_WRONG, words, claim, values)


def _check(about: str, words: str) -> None:
    if about not in ABOUT:
        raise NotNow("about")
    if len(words.strip()) < LEAST_WORDS:
        raise NotNow("words")
    if len(words) > MOST_WORDS:
        raise NotNow("words-long")


def may_assist(viewer: Viewer, person_key: bytes) -> bool:
    """Whether the viewer may ask in this other person's place."""
    return claims.may_enter(viewer, person_key)


def _for_whom(connection: Connection, viewer: Viewer, person_key: bytes | None) -> bytes:
    """Whose entry it is that the viewer contests. Raises rights.NotAllowed."""
    mine = identity.current(connection, viewer.key)
    if person_key is None:
        return mine
    owner = identity.current(connection, person_key)
    rights.demand(owner != mine)
    rights.demand_over(connection, viewer, Right.ENTER, owner)
    return owner


def _locked(connection: Connection, person: bytes) -> tuple[bytes, list[bytes]]:
    """A person, with every key of theirs; nobody opens a dispute of them meanwhile."""
    disputes.lock_person(connection, person)
    return person, due.actor_keys(connection, [person])[person]


def _open(
    connection: Connection,
    viewer: Viewer,
    person: bytes,
    keys: Sequence[bytes],
    about: str,
    words: str,
    claim: Claim | None,
    values: Mapping[str, object],
) -> int:
    if disputes.count_waiting_of(connection, keys) >= MOST_WAITING:
        raise NotNow("too-many")
    now = clock.now_us()
    number = disputes.add(
        connection,
        {
            "person_key": person,
            "claim_id": None if claim is None else claim.id,
            "about": about,
            "words": tidy(words),
            "made_us": now,
            "made_by": viewer.key,
            "due_us": _due_us(),
            **values,
        },
    )
    is_own = identity.current(connection, viewer.key) == person
    what = "opened" if is_own else "opened-for"
    cases.add_step(connection, (DISPUTE, number), what, now, viewer.key, note=tidy(words))
    return number


def _due_us() -> int:
    """The last microsecond of the local day by which a dispute of today should be answered."""
    settings = current_app.config["SETTINGS"]
    last = clock.today() + timedelta(days=settings.dispute_days)
    return local_days(settings.timezone).start(last.toordinal() + 1) * 1_000_000 - 1


def tidy(words: str) -> str:
    """As words are kept: line ends of one kind, no control characters."""
    text = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable()).strip()[:MOST_WORDS]


def withdraw(viewer: Viewer, dispute_id: int, revision: int) -> None:
    """Take one's own dispute back. Raises Changed, NotNow and NotFound."""
    with database.writing() as connection:
        dispute = owned(connection, viewer, dispute_id)
        if dispute.revision != revision:
            raise Changed
        if dispute.state != WAITING:
            raise NotNow("not-waiting")
        if not disputes.change(connection, dispute, state=WITHDRAWN):
            raise Changed
        cases.add_step(connection, (DISPUTE, dispute_id), "withdrawn", clock.now_us(), viewer.key)


def mine(viewer: Viewer) -> list[Subject]:
    """The viewer's own disputes, under whatever keys of theirs, the newest first."""
    with database.reading() as connection:
        person = identity.current(connection, viewer.key)
        keys = due.actor_keys(connection, [person])[person]
        return subjects(connection, disputes.of_persons(connection, keys))


def one(viewer: Viewer, dispute_id: int) -> Page:
    """One of the viewer's own disputes. Raises NotFound."""
    with database.reading() as connection:
        dispute = owned(connection, viewer, dispute_id)
        (subject,) = subjects(connection, [dispute])
        return Page(subject, tuple(cases.steps(connection, DISPUTE, [dispute_id])[dispute_id]))


def about_entry(viewer: Viewer, statement: str, person_key: bytes) -> list[Dispute]:
    """What was said about an entry of a record by its owner or in their place, the newest first.

    For the owner, and for who may ask in their place; nothing for others.
    """
    statement_id = statement_id_bytes(statement)
    if statement_id is None:
        return []
    with database.reading() as connection:
        person = identity.current(connection, person_key)
        is_own = identity.current(connection, viewer.key) == person
        if not is_own and not rights.may(connection, viewer, Right.ENTER, person):
            return []
        keys = due.actor_keys(connection, [person])[person]
        return disputes.about_statement(connection, keys, statement_id)


def claim_of_entry(viewer: Viewer, statement: str) -> int | None:
    """The viewer's own claim that an entry of their record comes from."""
    statement_id = statement_id_bytes(statement)
    if statement_id is None:
        return None
    with database.reading() as connection:
        claim = claim_rows.by_statement(connection, statement_id)
        if claim is None:
            return None
        mine = identity.current(connection, viewer.key)
        return claim.id if identity.current(connection, claim.person_key) == mine else None


def of_claim(claim_id: int) -> list[Dispute]:
    """What was said about the decisions of a claim, for who sees its page, the newest first."""
    with database.reading() as connection:
        return disputes.about_claim(connection, claim_id)


def owned(connection: Connection, viewer: Viewer, dispute_id: int) -> Dispute:
    """The viewer's own dispute; raises NotFound for any other."""
    dispute = disputes.by_id(connection, dispute_id)
    if dispute is None:
        raise NotFound
    if identity.current(connection, dispute.person_key) != identity.current(connection, viewer.key):
        raise NotFound
    return dispute


def subjects(connection: Connection, found: Sequence[Dispute]) -> list[Subject]:
    """What disputes are about, in their order."""
    ids = sorted({dispute.statement_id for dispute in found if dispute.statement_id is not None})
    statements_ = shown.shown(connection, ids) if ids else {}
    sent = {key: outline(statement).sent for key, statement in statements_.items()}
    providers = courses.provider_names(connection)
    persons = due.person_keys(
        connection, sorted({key for one in found for key in (one.person_key, one.made_by)})
    )
    now = clock.now_us()
    return [
        Subject(
            dispute,
            providers.get(dispute.provider_id, ""),
            None if dispute.statement_id is None else sent.get(dispute.statement_id),
            None if dispute.claim_id is None else claim_rows.by_id(connection, dispute.claim_id),
            dispute.state == WAITING and dispute.due_us < now,
            persons[dispute.made_by] != persons[dispute.person_key],
        )
        for dispute in found
    ]


# --- the provider's side ---------------------------------------------------------------------------------


def against(viewer: Viewer, provider_id: int, page: int = 1) -> AgainstPage:
    """A page of the disputes about a provider's statements, the newest first. Raises rights.NotAllowed.

    A look at everybody named is logged.
    """
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        found = disputes.of_provider(connection, provider_id, PAGE + 1, (page - 1) * PAGE)
        more, found = len(found) > PAGE, found[:PAGE]
        steps = cases.steps(connection, DISPUTE, [dispute.id for dispute in found])
        learners = _learners(connection, found)
        rows_ = tuple(
            Against(subject, learners.get(subject.dispute.id, ""), tuple(steps[subject.dispute.id]))
            for subject in subjects(connection, found)
        )
        provider = arrivals.provider(connection, provider_id)
        owners = {identity.current(connection, dispute.person_key) for dispute in found}
    log_looks(viewer, owners, "disputes")
    return AgainstPage(provider, rows_, page, more)


def _learners(connection: Connection, found: Sequence[Dispute]) -> dict[int, str]:
    """Whom the disputed statements name, in their provider's words; a Group is named by its name."""
    ids = sorted({dispute.statement_id for dispute in found if dispute.statement_id is not None})
    actors = {key: outline(one).actor for key, one in (shown.shown(connection, ids) if ids else {}).items()}
    named = {}
    for dispute in found:
        actor = actors.get(dispute.statement_id or b"")
        if actor is not None:
            name = actor.get("name")
            named[dispute.id] = name if isinstance(name, str) else names.told(identify(actor).identifier)
    return named


def answer(viewer: Viewer, provider_id: int, dispute_id: int, words: str) -> None:
    """Say something to a dispute, for the provider of the statement; its owner and the reviewer read it.

    Raises NotNow, NotFound and rights.NotAllowed.
    """
    rights.demand(rights.may_see_provider(viewer, provider_id))
    words = tidy(words)
    if len(words) < LEAST_WORDS:
        raise NotNow("words")
    with database.writing() as connection:
        dispute = disputes.by_id(connection, dispute_id)
        if dispute is None or dispute.provider_id != provider_id:
            raise NotFound
        if dispute.state != WAITING:
            raise NotNow("not-waiting")
        answers = [
            step
            for step in cases.steps(connection, DISPUTE, [dispute_id])[dispute_id]
            if step.what == "answered"
        ]
        if any(step.note == words for step in answers):
            # Sent twice.
            return
        if len(answers) >= MOST_ANSWERS:
            raise NotNow("answers-many")
        if not disputes.change(connection, dispute):
            raise Changed
        cases.add_step(connection, (DISPUTE, dispute_id), "answered", clock.now_us(), viewer.key, note=words)
