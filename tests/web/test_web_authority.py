"""Authority is the provider's: which credential posted is noted beside a statement and changes nothing."""

from __future__ import annotations

import json

from lms_tracker.actions import providers
from lms_tracker.store import database, dialects
from tests.web.lrs_client import Lrs, rows, statement, voiding


def rotated(lrs: Lrs) -> Lrs:
    with lrs.app.app_context():
        return Lrs(lrs.app, lrs.client, providers.rotate(lrs.credential.key, 0).new)


def credential_of(lrs: Lrs, statement_id: str) -> str:
    with lrs.app.app_context(), database.reading() as connection:
        ((key,),) = dialects.rows(
            connection,
            "SELECT c.key FROM statements s JOIN credentials c ON c.id = s.credential_id"
            " WHERE s.statement_id = ?",
            (bytes.fromhex(statement_id.replace("-", "")),),
        )
    return str(key)


def test_i4_rotation_changes_nothing_that_was_stored(lrs: Lrs) -> None:
    (given,) = lrs.stored(statement())
    page, counts = lrs.get(), rows(lrs.app)
    new = rotated(lrs)
    assert lrs.get().status_code == 401
    assert new.get().data == page.data
    assert rows(lrs.app) == counts
    (later,) = new.stored(statement())
    assert new.one(later)["authority"] == new.one(given)["authority"]
    assert [credential_of(lrs, one) for one in (given, later)] == [lrs.credential.key, new.credential.key]
    # What the old one sent is the same when the new one sends it again.
    sent = {name: value for name, value in new.one(given).items() if name not in ("authority", "stored")}
    assert new.stored(sent) == [given]
    assert credential_of(lrs, given) == lrs.credential.key


def test_i4_a_provider_s_new_credential_may_void_what_the_old_one_sent(lrs: Lrs, stranger: Lrs) -> None:
    targets = lrs.stored([statement(), statement()])
    new = rotated(lrs)
    assert stranger.post(voiding(targets[0])).status_code == 403
    new.stored(voiding(targets[0]))
    assert new.get(statementId=targets[0]).status_code == 404
    assert new.get(voidedStatementId=targets[0]).status_code == 200
    assert new.found(ascending="true")[0] == targets[1]


def test_statements_are_found_by_the_authority_whichever_credential_sent_them(
    lrs: Lrs, overseer: Lrs
) -> None:
    (before,) = lrs.stored(statement())
    (after,) = rotated(lrs).stored(statement())
    authority = overseer.one(before)["authority"]
    found = overseer.found(agent=json.dumps(authority), related_agents="true", ascending="true")
    assert found == [before, after]
