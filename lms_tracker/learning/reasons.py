"""The closed list of reasons why evidence is not credited. The numbers are stored: never renumber."""

from enum import IntEnum


class Reason(IntEnum):
    """Why time stands as it does; 0 is credited time. `words` is the exact text used in JSON."""

    CREDITED = 0
    UNKNOWN_COURSE = 1
    PROVIDER_NOT_ALLOWED = 2
    OVERLAPS = 3
    DUPLICATE_CONTENT = 4
    OVER_A_CAP = 5
    FUTURE_TIMESTAMP = 6
    NO_DURATION = 7
    NO_TIME_OF_ITS_OWN = 8
    IMPOSSIBLE_DURATION = 9
    VOIDED = 10
    IDENTITY_DISPUTED = 11
    SHARED_ACCOUNT = 12
    OUTSIDE_VALIDITY = 13
    SELF_ASSERTED = 14

    @property
    def words(self) -> str:
        """Lower-case English words, as in "no time of its own"."""
        return "self-asserted" if self is Reason.SELF_ASSERTED else self.name.lower().replace("_", " ")
