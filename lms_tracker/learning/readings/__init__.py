"""Readings of time: what the durations of one convention mean. One module for each that is not plain.

Which reading applies to a statement is said by its own profile (the category activities it declares), else by
its course, else by its provider, else it is PLAIN; nothing is guessed from how the numbers look.
"""

from enum import IntEnum, StrEnum


class Profile(IntEnum):
    """Which profile's conventions a statement says it follows. The numbers are stored: never renumber."""

    NONE = 0
    CMI5 = 1
    SCORM = 2
    H5P = 3
    VIDEO = 4


class Reading(StrEnum):
    """How time is read; the words stand in course files and settings."""

    # Every duration is an interval that ends at the timestamp; nested ones are one.
    PLAIN = "plain"
    CMI5 = "cmi5"
    SCORM = "scorm"
    KEEPING_TIME = "keeping-time"
    H5P = "h5p"
    VIDEO = "video"
    # The stated fallback where a sender gives no durations: from one statement to the next.
    GAPS = "gaps"


OF_PROFILE = {
    Profile.CMI5: Reading.CMI5,
    Profile.SCORM: Reading.SCORM,
    Profile.H5P: Reading.H5P,
    Profile.VIDEO: Reading.VIDEO,
}
# Readings for which it matters that somebody was there, also where a statement says nothing of how long.
PRESENT = frozenset({Reading.CMI5, Reading.VIDEO, Reading.GAPS})
PRESENT_PROFILES = tuple(int(profile) for profile, reading in OF_PROFILE.items() if reading in PRESENT)

# cmi5 9.6.2.1 and 9.6.2.2 (https://github.com/AICC/CMI-5_Spec_Current); the video profile 1.0 and the SCORM
# profile say theirs as w3id addresses.
_BY_CATEGORY = {
    "https://w3id.org/xapi/cmi5/context/categories/cmi5": Profile.CMI5,
    "https://w3id.org/xapi/cmi5/context/categories/moveon": Profile.CMI5,
    "https://w3id.org/xapi/video": Profile.VIDEO,
    "https://w3id.org/xapi/scorm": Profile.SCORM,
}
_BY_PREFIX = (
    # H5P names the library and its version: http://h5p.org/libraries/H5P.MultiChoice-1.16.
    ("http://h5p.org/libraries/", Profile.H5P),
    ("https://h5p.org/libraries/", Profile.H5P),
    ("https://w3id.org/xapi/scorm/", Profile.SCORM),
    ("https://w3id.org/xapi/video/", Profile.VIDEO),
)


def profile_of(categories: tuple[str, ...]) -> Profile:
    """The profile that these category activities declare; of several the one with the smaller number."""
    found = [profile for iri in categories if (profile := _declared(iri))]
    return min(found, default=Profile.NONE)


def _declared(iri: str) -> Profile:
    profile = _BY_CATEGORY.get(iri)
    if profile is not None:
        return profile
    return next((of_prefix for prefix, of_prefix in _BY_PREFIX if iri.startswith(prefix)), Profile.NONE)
