"""Everything the demo's learners do, as the parcels that each provider's program sends."""

from __future__ import annotations

from datetime import datetime

from lms_tracker.demo import language_units, mistakes, moodle, videos
from lms_tracker.demo.citizens import citizens
from lms_tracker.demo.diaries import diaries
from lms_tracker.demo.parcels import Parcel


def parcels(now: datetime, count: int) -> list[list[Parcel]]:
    """A list for each of courses.PROVIDERS; the same `now` and number of citizens give the same parcels."""
    written = diaries(citizens(count), now)
    centre = moodle.parcels(written)
    school = language_units.parcels(written)
    channel = videos.parcels(written)
    return [
        [*centre, *mistakes.at_the_centre(written, centre)],
        [*school, *mistakes.at_the_school(written)],
        [*channel, *mistakes.at_the_channel(written)],
    ]
