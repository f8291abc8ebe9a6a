"""When citizens learn: evenings and weekends of this year and the last, never two at a time by accident."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from lms_tracker.demo.citizens import Citizen

SEED = "Gò Quao"


class Diary:
    """The free evenings of one citizen; each is handed out once.

    `now` carries the programme's time zone. The same citizen and `now` give the same diary.
    """

    def __init__(self, citizen: Citizen, now: datetime) -> None:
        self.citizen = citizen
        self.now = now
        self.chance = random.Random(f"{SEED}/{citizen.number}")
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight.replace(year=now.year - 1, month=1, day=1)
        self._days = [first + timedelta(days=number) for number in range((midnight - first).days)]
        self.chance.shuffle(self._days)

    def eager(self, chance: float) -> bool:
        """Whether the citizen takes up a course that people take up with this chance; the first takes all."""
        return self.chance.random() < chance or self.citizen.number == 1

    def some(self, least: int, most: int) -> int:
        """How many sessions; the first citizen has the most."""
        number = self.chance.randrange(least, most + 1)
        return most if self.citizen.number == 1 else number

    def evening(self) -> datetime:
        """The beginning of one session."""
        return self.evenings(1)[0]

    def evenings(self, count: int) -> list[datetime]:
        """So many beginnings of sessions, oldest first."""
        days = sorted(self._days.pop() for _ in range(count))
        return [day + timedelta(minutes=self._first_minute(day)) for day in days]

    def _first_minute(self, day: datetime) -> int:
        if day.weekday() >= 5 and self.chance.random() < 0.5:
            return self.chance.randrange(7 * 60, 10 * 60)
        return self.chance.randrange(18 * 60, 20 * 60 + 30)

    def seconds(self, least_minutes: int, most_minutes: int) -> int:
        return self.chance.randrange(60 * least_minutes, 60 * most_minutes)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))


def diaries(people: Sequence[Citizen], now: datetime) -> list[Diary]:
    return [Diary(citizen, now) for citizen in people]
