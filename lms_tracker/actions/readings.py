"""How the time of a provider's statements is read where neither their profile nor their course says."""

from dataclasses import dataclass

from lms_tracker import logs
from lms_tracker.actions.providers import Unknown
from lms_tracker.actions.recounts import begin_for_catalogue
from lms_tracker.learning.readings import Reading
from lms_tracker.store import courses, database, recounts

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderReading:
    """`changed` is False where it was read so already; then nobody is counted anew."""

    provider: int
    reading: Reading
    changed: bool


def set_reading(provider_id: int, reading: Reading) -> ProviderReading:
    """Have a provider's time read so from now on, and everybody whom that concerns counted anew.

    Raises Unknown. Whoever was counted before stays counted so until the recount in the background comes to
    them; what they then have is as if it had always been read so.
    """
    # PLAIN is what holds without a setting.
    setting = "" if reading is Reading.PLAIN else reading.value
    with database.reading() as connection:
        if provider_id not in courses.provider_names(connection):
            raise Unknown(f"there is no provider {provider_id}")
        people = recounts.count_concerned(connection, [provider_id])
    with database.writing() as connection:
        courses.lock_version(connection)
        changed = courses.set_provider_reading(connection, provider_id, setting)
        if changed:
            begin_for_catalogue(connection, [provider_id], people)
    log.info("provider reading set", provider=provider_id, reading=reading.value, changed=changed)
    return ProviderReading(provider_id, reading, changed)
