"""What somebody shows for an indicator of their own row: words, a picture or PDF, or both."""

from collections.abc import Iterator
from typing import IO

from sqlalchemy import Connection

from lms_tracker.actions import clock, contents, proofs, records
from lms_tracker.actions.recognition import criteria, scopes, scores, sheets
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.store import database
from lms_tracker.store.recognition import assessments, rounds
from lms_tracker.store.recognition import proofs as store_proofs
from lms_tracker.store.recognition.proofs import AssessmentProof

MOST_PROOFS = 20
MOST_WORDS = 1_000


def add(viewer: Viewer, number: int, item: str, words: str, name: str, file: IO[bytes] | None) -> None:
    """Put words, a picture or PDF to an indicator of one's own row.

    Raises proofs.ProofRefused, RecognitionRefused and NotFound.
    """
    said = " ".join(words.replace("\x00", "").split())
    if len(said) > MOST_WORDS:
        raise RecognitionRefused("words-long", "words")
    if not said and file is None:
        raise RecognitionRefused("proof-none", "words")
    with database.reading() as connection:
        _check_room(connection, viewer, number, item)
    kept = proofs.keep(name, file) if file is not None else None
    with database.writing() as connection:
        scores.own(connection, viewer, number)
        there = _check_room(connection, viewer, number, item)
        if any(
            (one.item, one.words, one.content_key) == (item, said, kept and kept.content_key) for one in there
        ):
            return
        store_proofs.add(
            connection,
            assessment_id=number,
            item=item,
            words=said,
            content_key=kept and kept.content_key,
            content_type=kept and kept.content_type,
            name=kept and kept.name,
            size=kept and kept.size,
            made_us=clock.now_us(),
            made_by=viewer.key,
        )


def _check_room(connection: Connection, viewer: Viewer, number: int, item: str) -> list[AssessmentProof]:
    row = assessments.by_id(connection, number)
    if row is None or not scopes.myself(connection, viewer, row.round_id).is_own(row):
        raise NotFound
    found = rounds.by_id(connection, row.round_id)
    assert found is not None
    used = criteria.held(connection, found.criteria_set_id).criteria
    if item not in {column.code for column in rules.columns(used, row.population)}:
        raise RecognitionRefused("item", "item")
    there = store_proofs.of(connection, [number])[number]
    if len(there) >= MOST_PROOFS:
        raise RecognitionRefused("proofs-many", "proof")
    return there


def remove(viewer: Viewer, number: int, proof: int) -> None:
    """Take a proof off one's own row. Raises RecognitionRefused and NotFound."""
    with database.writing() as connection:
        scores.own(connection, viewer, number)
        for one in store_proofs.of(connection, [number])[number]:
            if one.id == proof:
                store_proofs.remove(connection, proof)
                if one.content_key is not None:
                    contents.let_go(connection, one.content_key)


def one_of(viewer: Viewer, number: int, proof: int) -> tuple[AssessmentProof, Iterator[bytes]]:
    """A proof's file, for whoever sees the row; the look is logged. Raises NotFound and contents.Missing."""
    with database.reading() as connection:
        row, _, _ = sheets.known(connection, viewer, number)
        found = [one for one in store_proofs.of(connection, [number])[number] if one.id == proof]
        is_own = scopes.myself(connection, viewer, row.round_id).is_own(row)
    if not found or found[0].content_key is None:
        raise NotFound
    if not is_own and row.person_key is not None:
        records.log_look(viewer, row.person_key, f"assessment {number}")
    return found[0], contents.read(found[0].content_key)
