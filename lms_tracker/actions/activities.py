"""What is known of an activity: the definition that statements gave it."""

from lms_tracker.actions.rights import Caller
from lms_tracker.store import database, definitions
from xapi import keys


def definition(iri: str, caller: Caller) -> bytes | None:
    """JSON text of the definition: of the caller's own provider, else the newest that another gave."""
    key = keys.activity_key(iri)
    with database.reading() as connection:
        return dict(definitions.shown_to(connection, caller.provider_id, [key])).get(key)
