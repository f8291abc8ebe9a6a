"""From computed keys to the IRIs of verbs and activities. A key's text never changes."""

from sqlalchemy import Connection

from lms_tracker.store import dialects


class Names:
    """What a process has read of them, up to about `limit` of each."""

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._verbs: dict[bytes, str] = {}
        self._activities: dict[bytes, str] = {}

    def of_verbs(self, connection: Connection, keys: set[bytes]) -> dict[bytes, str]:
        """IRIs by key, those of `keys` among them."""
        select = "SELECT verb_key, iri FROM verbs WHERE verb_key {keys}"
        self._verbs = self._with(connection, self._verbs, keys, select)
        return self._verbs

    def of_activities(self, connection: Connection, keys: set[bytes]) -> dict[bytes, str]:
        """IRIs by key, those of `keys` among them."""
        select = "SELECT activity_key, iri FROM activities WHERE activity_key {keys}"
        self._activities = self._with(connection, self._activities, keys, select)
        return self._activities

    def _with(
        self, connection: Connection, known: dict[bytes, str], keys: set[bytes], select: str
    ) -> dict[bytes, str]:
        # A dictionary only grows; when it is too big a new one takes its place, and whoever still reads the
        # old one finds everything in it.
        if len(known) + len(keys) > self._limit and not keys <= known.keys():
            known = {}
        missing = sorted(keys - known.keys())
        known.update(dialects.rows_by_key(connection, select, missing))
        return known
