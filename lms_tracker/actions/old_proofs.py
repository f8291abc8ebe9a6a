"""Proofs of claims that were withdrawn: kept as long as somebody may have to look at them, and no longer.

A withdrawn claim proves nothing any more, and its pictures are about people. Of one that nobody decided on
they go after the time within which a request for deletion is to be met. One that a reviewer decided on earned
or was refused by those pictures; who inspects the reviewer's decisions needs them until the year of that is
reported. The claim itself and its steps stay, and tell that the proofs went.
"""

from datetime import timedelta

from lms_tracker.actions import clock, contents
from lms_tracker.store import cases, claims, database
from lms_tracker.store.cases import CLAIM

UNDECIDED = timedelta(days=20)
DECIDED = timedelta(days=400)
AT_ONCE = 100


def drop_old() -> int:
    """Let go of what has been kept long enough; of how many claims that was."""
    done = 0
    for is_decided, kept in ((False, UNDECIDED), (True, DECIDED)):
        before = clock.now_us() - kept // timedelta(microseconds=1)
        with database.reading() as connection:
            found = claims.withdrawn_with_proofs(connection, before, AT_ONCE, is_decided=is_decided)
        done += sum(_drop(claim_id) for claim_id in found)
    return done


def _drop(claim_id: int) -> bool:
    with database.writing() as connection:
        claim = claims.by_id(connection, claim_id)
        # Of two workers one raises the revision; the other finds nothing left to drop.
        if claim is None or not claims.change(connection, claim):
            return False
        proofs = claims.proofs(connection, [claim_id])[claim_id]
        for proof in proofs:
            claims.remove_proof(connection, claim_id, proof.number)
            contents.let_go(connection, proof.content_key)
        if proofs:
            cases.add_step(connection, (CLAIM, claim_id), "proofs-dropped", clock.now_us())
    return bool(proofs)
