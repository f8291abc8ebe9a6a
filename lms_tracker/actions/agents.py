"""What is known of an Agent: the names that statements gave it."""

from dataclasses import replace

from lms_tracker.actions.accepting import FAMILY_VERSIONS
from lms_tracker.actions.rights import Caller
from lms_tracker.store import database, searches
from lms_tracker.store.searches import Search
from xapi.actors import Identified
from xapi.batches import reread

# Names are looked for in so many of the newest statements, no further than so many characters of them, and
# in few at once, because any of them may be large.
STATEMENTS = 50
CHARACTERS = 4_000_000
READ_AT_ONCE = 10


def names(agent: Identified, caller: Caller) -> list[str]:
    """Names of an Agent in the newest statements about it that the caller may read, the newest first."""
    if not caller.may_read_mine:
        return []
    owner = None if caller.may_read_all else caller.provider_id
    search = Search(actor_key=agent.key, provider_id=owner, limit=READ_AT_ONCE)
    found: dict[str, None] = {}
    characters = 0
    with database.reading() as connection:
        for _ in range(STATEMENTS // READ_AT_ONCE):
            part = searches.page(connection, search)
            for statement in part:
                received = reread(statement.body.encode(), FAMILY_VERSIONS[statement.version])
                everyone = (*received.actors, *received.related_actors)
                found.update((one.name, None) for one in everyone if one.key == agent.key and one.name)
                characters += len(statement.body)
            if len(part) < READ_AT_ONCE or characters > CHARACTERS:
                break
            search = replace(search, before=part[-1].position)
    return list(found)
