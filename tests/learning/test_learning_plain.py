"""The quick way of most evidence comes to the same as the way of all."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import decide, decide_with, part_rows
from lms_tracker.learning.ledger import differences, row_differences, stand
from lms_tracker.learning.plain import place_of, plain_course
from lms_tracker.learning.verdicts import Verdict
from tests.learning.cast import course, studied
from tests.learning.streams import ALLOWED, COURSES, POLICY, A, streams

# Courses that are always valid, so that much is plain; the stream's own have stated hours and validity.
ALWAYS = [course(9, activities=((A, "prefix"),)), course(10, provider_id=2, activities=((A, "prefix"),))]
CLOSING = replace(POLICY, closes=(1, 20), first_closed_year=2026)
DAY_US = 86_400_000_000


def row_of(piece):
    """As the store keeps it; names stand for their own keys."""
    named = [" ".join(names).encode() for names in (piece.parents, piece.groupings)]
    aim = None if piece.object is None else piece.object.encode()
    return (
        *(b"actor", piece.statement_id, piece.position, piece.provider_id, aim, *named),
        *(piece.at, piece.start, piece.flags, piece.digest, piece.profile),
    )


def by_rows(evidence, catalogue, policy, asked=None):
    rows = [row_of(piece) for piece in evidence]
    courses = {
        place_of(row): plain_course(catalogue.matched(piece))
        for row, piece in zip(rows, evidence, strict=True)
    }
    voided = {piece.statement_id for piece in evidence if piece.voided}
    segments, rest = part_rows(rows, courses, voided, policy)
    if asked is not None:
        asked.extend(rest)
    of_rest = [piece for row, piece in zip(rows, evidence, strict=True) if row in rest]
    return sorted(map(Verdict._make, decide_with(of_rest, segments, catalogue, policy)))


@settings(max_examples=80, deadline=None)
@given(
    streams(),
    st.sampled_from([COURSES, ALWAYS]),
    st.lists(st.sampled_from([0, 0, 41]), min_size=9, max_size=9),
)
def test_rows_are_decided_as_evidence_is_I7(evidence, courses, late):
    evidence = [
        replace(piece, position=piece.position + days * DAY_US)
        for piece, days in zip(evidence, late, strict=False)
    ]
    catalogue = Catalogue(courses, ALLOWED, 1)
    for policy in (POLICY, CLOSING):
        assert by_rows(evidence, catalogue, policy) == decide(evidence, catalogue, policy)


def test_what_is_plain_is_made_no_evidence_of():
    asked = []
    pieces = [
        studied(number, f"2026-10-01 {number:02}:00", f"2026-10-01 {number:02}:30", A) for number in range(9)
    ]
    found = by_rows(
        [*pieces, replace(pieces[3], statement_id=b"again")], Catalogue(ALWAYS, ALLOWED, 1), POLICY, asked
    )
    assert sum(verdict.seconds for verdict in found if not verdict.reason) > 0
    assert sorted(row[1] for row in asked) == sorted([pieces[3].statement_id, b"again"])


@settings(max_examples=40, deadline=None)
@given(streams(), streams())
def test_rows_that_stand_differ_as_balances_do_I9(before, after):
    catalogue = Catalogue(COURSES, ALLOWED, 1)
    then, now = decide(before, catalogue, POLICY), decide(after, catalogue, POLICY)
    # Between two streams a statement may change its provider, which none does.
    now = [verdict._replace(provider_id=1) for verdict in now]
    then = [verdict._replace(provider_id=1) for verdict in then]
    standing = stand(differences({}, then))
    providers = {verdict.statement_id: 1 for verdict in then}
    assert row_differences({tuple(verdict) for verdict in then}, now) == differences(standing, now, providers)
