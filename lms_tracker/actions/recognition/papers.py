"""The papers of a round, of a decision and of one person, for whoever sees them; the looks are logged.

What is gathered is read in one transaction; the file is made after it has ended.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import records
from lms_tracker.actions.recognition import grids, paper_facts, paper_forms, rounds, scopes, sheets
from lms_tracker.actions.recognition.scopes import Whose
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import called
from lms_tracker.learning.recognition.papers import (
    certificates,
    decisions,
    grid_sheets,
    lists,
    meetings,
    self_assessments,
    texts,
    word,
    workbooks,
)
from lms_tracker.learning.recognition.papers import sheets as paper_sheets
from lms_tracker.learning.recognition.papers.blocks import Paper
from lms_tracker.learning.recognition.papers.facts import Decided, Entry, Figures, RoundFacts
from lms_tracker.learning.recognition.papers.wording import WORDS
from lms_tracker.store import database, places
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition import decisions as store_decisions
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

DOCX, XLSX = "docx", "xlsx"
# Pages of certificates, and forms, in one file: more of them no office program opens willingly.
AT_ONCE = 500
# So many rows of a round are read at once.
ROWS_AT_ONCE = 2_000
# By kind, the beginning of a file's name.
OF_ROUND = {
    "registrations": "danh-sach-dang-ky",
    "proposed": "danh-sach-de-nghi",
    "not-achieved": "danh-sach-chua-dat",
    "minutes": "bien-ban",
    "submission": "to-trinh",
    "draft": "du-thao-quyet-dinh",
    "form": "phieu-tu-danh-gia",
    "forms": "phieu-tu-danh-gia-da-dien",
    "grid": "bang-diem",
}
OF_DECISION = {"decision": "quyet-dinh", "certificates": "giay-chung-nhan"}


@dataclass(frozen=True, slots=True)
class Made:
    """A file: its name in ASCII and as people write it, and its bytes as they are made, to be taken once."""

    name: str
    shown_name: str
    media_type: str
    pieces: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """A paper about to be made, whose looks it is, and what names its file."""

    make: Callable[[], Paper | bytes]
    keys: Collection[bytes]
    named: tuple[str, ...]


def of_round(
    viewer: Viewer, number: int, kind: str, form: str, place_id: int | None = None, part: int = 1
) -> Made:
    """A paper of a round; of forms and grids those of one thôn where it is given, and 500 to a part.

    Raises rights.NotAllowed and NotFound.
    """
    _known(kind, OF_ROUND, form)
    # Of forms a workbook would have two sheets each; the sheet of scores is theirs.
    if (kind, form) in (("grid", DOCX), ("forms", XLSX)):
        raise NotFound
    right = Right.ENTER if kind == "grid" else Right.SEE
    figures = _figures(viewer, number) if kind in ("minutes", "submission") else ()
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, right, number)
        facts = paper_facts.of_round(connection, found, whose)
        if kind in ("form", "forms", "grid"):
            gathered = _forms(connection, facts, found, kind, place_id, part)
        elif kind in ("minutes", "submission"):
            gathered = _meeting(facts, found, kind, figures)
        else:
            gathered = _list(connection, facts, found, whose, kind)
    return _made(viewer, facts, OF_ROUND[kind], gathered, form)


def _known(kind: str, kinds: Collection[str], form: str) -> None:
    if kind not in kinds or form not in (DOCX, XLSX):
        raise NotFound


def _figures(viewer: Viewer, number: int) -> tuple[Figures, ...]:
    """Figures of a round by thôn, without names."""
    page = rounds.page_of(viewer, number)
    return tuple(
        Figures(
            group=texts.capital(called(place.kind, place.name)) if place else "Nơi khác",
            registered=one.registered,
            reviewed=one.reviewed,
            proposed=one.achieved,
            not_achieved=one.not_achieved,
        )
        for place, one in page.by_place
    )


def _meeting(facts: RoundFacts, found: Round, kind: str, figures: Sequence[Figures]) -> _Gathered:
    meeting, letter = paper_facts.meeting_of(found), paper_facts.letter_of(found)
    if kind == "minutes":
        return _Gathered(lambda: meetings.minutes(facts, figures, meeting), (), ())
    return _Gathered(lambda: meetings.submission(facts, figures, meeting, letter), (), ())


def _list(connection: Connection, facts: RoundFacts, found: Round, whose: Whose, kind: str) -> _Gathered:
    if kind == "registrations":
        entries, keys = _entries(connection, facts, found)
        return _Gathered(lambda: lists.registrations(facts, entries), keys, ())
    proposed, others, why = paper_facts.proposed_rows(connection, found, whose)
    if kind == "not-achieved":
        entries, keys = _entries(connection, facts, found, others, why)
        return _Gathered(lambda: lists.not_achieved(facts, entries), keys, ())
    entries, keys = _entries(connection, facts, found, proposed)
    if kind == "proposed":
        return _Gathered(lambda: lists.proposed(facts, entries), keys, ())
    meeting, letter = paper_facts.meeting_of(found), paper_facts.letter_of(found)
    names, decided = paper_facts.as_proposed(facts, entries), Decided(body=facts.deciding)
    return _Gathered(lambda: decisions.recognition(facts, names, decided, meeting, letter), keys, ())


def _entries(
    connection: Connection,
    facts: RoundFacts,
    found: Round,
    numbers: Collection[int] | None = None,
    why: Mapping[int, str] | None = None,
) -> tuple[list[Entry], list[bytes]]:
    """These rows of a round as its lists tell them, all who did not withdraw without any, and whose they are.

    Read a part at a time: of a row a list needs a tenth.
    """
    entries: list[Entry] = []
    keys: list[bytes] = []
    for part in assessments.parts(connection, found.id, grids.ACTIVE, ROWS_AT_ONCE):
        rows = [row for row in part if numbers is None or row.id in numbers]
        entries += paper_facts.entries_of(connection, facts, found, rows, why)
        keys += _keys(rows)
    return entries, keys


def _keys(rows: Sequence[Assessment]) -> list[bytes]:
    return [row.person_key for row in rows if row.person_key is not None]


def _forms(
    connection: Connection, facts: RoundFacts, found: Round, kind: str, place_id: int | None, part: int
) -> _Gathered:
    """Forms or a sheet of scores; a blank form is of nobody."""
    if kind == "form":
        blank = paper_forms.blank_of(connection, facts, found)
        return _Gathered(lambda: self_assessments.self_assessments(facts, [blank]), (), ())
    rows = assessments.every(connection, found.id, local_place_id=place_id, states=grids.ACTIVE)
    rows = rows[(part - 1) * AT_ONCE : part * AT_ONCE]
    if not rows:
        raise NotFound
    place = None if place_id is None else places.by_id(connection, place_id)
    name = texts.capital(called(place.kind, place.name)) if place else ""
    named = tuple(text for text in (name, f"phan-{part}" if part > 1 else "") if text)
    if kind == "grid":
        categories, lines = paper_forms.grid_rows_of(connection, facts, found, rows)
        return _Gathered(lambda: grid_sheets.workbook(facts, name, categories, lines), _keys(rows), named)
    forms = paper_forms.forms_of(connection, facts, found, rows)
    return _Gathered(lambda: self_assessments.self_assessments(facts, forms), _keys(rows), named)


def of_decision(viewer: Viewer, number: int, kind: str, form: str, part: int = 1) -> Made:
    """A decision, or 500 of its certificates (as a workbook: the register of all of them).

    Raises rights.NotAllowed and NotFound.
    """
    _known(kind, OF_DECISION, form)
    with database.reading() as connection:
        made = store_decisions.by_id(connection, number)
        if made is None or made.round_id is None:
            raise NotFound
        found, whose = scopes.known(connection, viewer, Right.SEE, made.round_id)
        facts = paper_facts.of_round(connection, found, whose, made.decided_on)
        held = paper_facts.in_decision(connection, made)
        is_revocation = made.kind == store_decisions.REVOCATION
        if kind == "certificates":
            held = [] if is_revocation else held
            held = held[(part - 1) * AT_ONCE : part * AT_ONCE] if form == DOCX else held
            if not held:
                raise NotFound
        names = paper_facts.recognised_of(connection, facts, held)
        meeting, letter = paper_facts.meeting_of(found), paper_facts.letter_of(found)
    decided = paper_facts.decided_by(facts, made)

    def make() -> Paper:
        if kind == "certificates":
            if form == XLSX:
                return certificates.register(facts, names)
            return certificates.certificates(facts, names, decided)
        if is_revocation:
            return decisions.revocation(facts, names, decided)
        return decisions.recognition(facts, names, decided, meeting, letter)

    keys = [one.person_key for one in held if one.person_key is not None]
    named = (made.number, *((f"phan-{part}",) if part > 1 else ()))
    return _made(viewer, facts, OF_DECISION[kind], _Gathered(make, keys, named), form)


def of_row(viewer: Viewer, number: int, form: str) -> Made:
    """The form of self-assessment of one subject, for its owner and whoever sees the round.

    Raises rights.NotAllowed and NotFound.
    """
    _known("form", OF_ROUND, form)
    with database.reading() as connection:
        row, found, whose = sheets.known(connection, viewer, number)
        facts = paper_facts.of_round(connection, found, whose)
        forms = paper_forms.forms_of(connection, facts, found, [row])
    make = _Gathered(
        lambda: self_assessments.self_assessments(facts, forms), _keys([row]), (texts.name(row.name),)
    )
    return _made(viewer, facts, OF_ROUND["form"], make, form)


def parts_of(count: int) -> int:
    """In how many files so many certificates or forms come."""
    return -(-count // AT_ONCE)


def _made(viewer: Viewer, facts: RoundFacts, begins: str, gathered: _Gathered, form: str) -> Made:
    records.log_looks(viewer, gathered.keys, "round")
    paper = gathered.make()
    pieces: Iterable[bytes]
    if isinstance(paper, Paper):
        pieces = word.streamed(paper) if form == DOCX else paper_sheets.streamed(paper)
    else:
        pieces = (paper,)
    name = texts.file_name(begins, WORDS[facts.model].short, *gathered.named, facts.seat, facts.year)
    shown = texts.line(" ".join((begins, *gathered.named, facts.seat, str(facts.year))), 120)
    log.info("paper made", kind=begins, form=form, names=len(gathered.keys))
    media_type = word.MEDIA_TYPE if form == DOCX else workbooks.MEDIA_TYPE
    return Made(f"{name}.{form}", f"{shown.replace('/', '-')}.{form}", media_type, pieces)
