"""Statements as one request to another record store."""

from collections.abc import Sequence

from lms_tracker.actions.delivering import text_to_send
from lms_tracker.store.outgoing import Waiting
from xapi.client import Client, Outcome


def post(client: Client, statements: Sequence[Waiting]) -> Outcome:
    """Send them in one request."""
    return client.post([text_to_send(statement) for statement in statements])
