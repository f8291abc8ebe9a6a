"""Everything the demo's learners do, as the parcels that each provider's program sends."""

from __future__ import annotations

from datetime import datetime

from lms_tracker.demo import irregular, language_units, mistakes, moodle, other_doors, videos
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
        [*centre, *mistakes.at_the_centre(written, centre), *other_doors.on_pages(written)],
        [*school, *mistakes.at_the_school(written), *irregular.at_the_school(written)],
        [*channel, *mistakes.at_the_channel(written)],
        other_doors.on_platform(written),
        irregular.at_the_computer_school(written),
    ]
