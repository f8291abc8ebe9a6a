"""What has to be known and held when identifiers move between persons and their balances are taken back."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from lms_tracker.store import credit, dialects, schema


def hold_state(connection: Connection, person_key: bytes) -> credit.State:
    """Where a person's credit stands, which no worker changes before this transaction has ended."""
    # On SQLite the transaction is the only writer already. A row is made where there is none, so that a
    # worker who counted before this transaction and writes after it finds another revision than it saw.
    dialects.change(
        connection,
        "INSERT INTO credit_states (person_key, revision, entries, decided_us) VALUES (?, 1, 0, 0)"
        " ON CONFLICT DO NOTHING",
        (person_key,),
    )
    locking = " FOR UPDATE" if dialects.is_postgresql(connection) else ""
    select = f"SELECT revision, entries FROM credit_states WHERE person_key = ?{locking}"
    revision, entries = dialects.rows(connection, select, (person_key,))[0]
    return credit.State(revision, entries)


def only_of(connection: Connection, leaving: Sequence[bytes], staying: Sequence[bytes]) -> set[bytes]:
    """Ids of statements that are evidence about identifiers that leave, and about none that stays."""
    select = "SELECT DISTINCT statement_id FROM evidence WHERE actor_key {keys}"
    gone = {row[0] for row in dialects.rows_by_key(connection, select, sorted(leaving))}
    return gone - {row[0] for row in dialects.rows_by_key(connection, select, sorted(staying))}


def mark(connection: Connection, position: int, keys: Collection[bytes]) -> None:
    """As `due.mark`, by a transaction that may have marked some of them before."""
    dialects.insert_new(connection, schema.due_marks, [(position, key) for key in sorted(set(keys))])
