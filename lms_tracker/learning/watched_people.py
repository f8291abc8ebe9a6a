"""Rules of the watch about one person: days longer than a day can be, and accounts that look shared.

A session counts once, however many statements tell of it, and beside whatever else was going on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lms_tracker.learning.days import DAY_SECONDS, LocalDays
from lms_tracker.learning.watching import MOST_ENTRIES, Bar, Figures, Found, Kind, Place, Thresholds

# Of one session no more than its last days are looked at: nobody sits longer, and the work is bounded.
MOST_DAYS_OF_A_SESSION = 31


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement's claim of [start, at) in epoch seconds; those of one `session` tell of the same time."""

    actor_key: bytes
    statement_id: bytes
    provider_id: int
    session: bytes
    start: int
    at: int


@dataclass(slots=True)
class _Day:
    sessions: list[tuple[int, int]] = field(default_factory=list)
    claims: dict[bytes, int] = field(default_factory=dict)
    providers: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(end - start for start, end in self.sessions)

    @property
    def union(self) -> int:
        return sum(end - start for start, end in union(self.sessions))


def union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The time that these spans cover, in order and without overlaps."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def sessions(claims: Iterable[Claim]) -> dict[tuple[bytes, int, bytes], list[tuple[int, int]]]:
    """The time of each session of each account with a provider."""
    spans: dict[tuple[bytes, int, bytes], list[tuple[int, int]]] = defaultdict(list)
    for claim in claims:
        first = claim.at - MOST_DAYS_OF_A_SESSION * DAY_SECONDS
        spans[claim.actor_key, claim.provider_id, claim.session].append((max(claim.start, first), claim.at))
    return {key: union(found) for key, found in spans.items()}


def long_days(
    person_key: bytes, claims: Sequence[Claim], days: LocalDays, thresholds: Thresholds
) -> list[Found]:
    """Local days on which one person claims more than a threshold: one flag for each month with such days."""
    months: dict[tuple[int, int], list[int]] = defaultdict(list)
    by_day = _by_day(claims, days)
    for day in sorted(by_day):
        on = date.fromordinal(day)
        months[on.year, on.month].append(day)
    found = []
    for (year, month), of_month in months.items():
        over = [day for day in of_month if by_day[day].total > thresholds.day_seconds]
        if not over:
            continue
        worst = max(over, key=lambda day: by_day[day].total)
        most = by_day[worst]
        longest = sorted(most.claims, key=lambda one: (-most.claims[one], one))[:MOST_ENTRIES]
        figures = Figures(
            value=most.total,
            threshold=thresholds.day_seconds,
            weight=sum(by_day[day].total for day in over),
            bars=tuple(Bar(day, by_day[day].total, by_day[day].union) for day in of_month),
            facts={
                "union": most.union,
                "days": len(over),
                "sessions": len(most.sessions),
                "providers": len(most.providers),
                "longest": max(end - start for start, end in most.sessions),
            },
            places=tuple(Place(person_key.hex(), one.hex()) for one in longest),
        )
        subject = f"{person_key.hex()}/{year:04}-{month:02}"
        found.append(Found(Kind.LONG_DAYS, subject, figures, person_key=person_key, day=worst))
    return found


def _by_day(claims: Sequence[Claim], days: LocalDays) -> dict[int, _Day]:
    found: dict[int, _Day] = defaultdict(_Day)
    for (_actor, provider_id, _session), spans in sessions(claims).items():
        for start, end in spans:
            for day, first, last in _cut(start, end, days):
                found[day].sessions.append((first, last))
                found[day].providers.add(provider_id)
    for claim in claims:
        # Where to look: on the day of its end.
        day = days.day(claim.at - 1)
        if day in found:
            found[day].claims[claim.statement_id] = claim.at - claim.start
    return found


def _cut(start: int, end: int, days: LocalDays) -> Iterable[tuple[int, int, int]]:
    while start < end:
        day, midnight = days.span(start)
        if midnight <= start:  # beyond the calendar
            return
        yield day, start, min(end, midnight)
        start = midnight


def shared_accounts(
    person_key: bytes,
    claims: Sequence[Claim],
    names: Mapping[bytes, str],
    days: LocalDays,
    thresholds: Thresholds,
) -> list[Found]:
    """Accounts that look shared: too many sessions at once, far more time than a day has, or a known name.

    `names` are the account names of the actors, as far as they have any.
    """
    of_actor: dict[bytes, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_actor[claim.actor_key].append(claim)
    found = []
    for actor_key, own in of_actor.items():
        is_known = names.get(actor_key, "").strip().casefold() in thresholds.shared_names
        figures = _shared(person_key, own, is_known, days, thresholds)
        if figures is not None:
            subject = actor_key.hex()
            found.append(Found(Kind.SHARED_ACCOUNT, subject, figures, person_key=person_key))
    return found


def _shared(
    person_key: bytes, claims: Sequence[Claim], is_known: bool, days: LocalDays, thresholds: Thresholds
) -> Figures | None:
    at_once, moment = most_at_once(sessions(claims).values())
    by_day = _by_day(claims, days)
    worst = max(by_day, key=lambda day: (by_day[day].total, -day), default=None)
    seconds = 0 if worst is None else by_day[worst].total
    is_crowded = at_once > thresholds.shared_sessions
    if not (is_known or is_crowded or seconds > thresholds.shared_day_seconds):
        return None
    busiest = sorted(by_day, key=lambda day: (-by_day[day].total, day))[:31]
    then = [claim for claim in claims if claim.start <= moment < claim.at] if is_crowded else list(claims)
    by_hour = 3600 * at_once + seconds
    return Figures(
        value=at_once,
        threshold=thresholds.shared_sessions,
        weight=max(by_hour, len(claims) if is_known else 0),
        bars=tuple(Bar(day, by_day[day].total, by_day[day].union) for day in sorted(busiest)),
        facts={
            "most": seconds,
            "day_threshold": thresholds.shared_day_seconds,
            "claims": len(claims),
            "known_name": int(is_known),
        }
        | ({"moment": moment} if at_once else {}),
        places=tuple(
            Place(person_key.hex(), claim.statement_id.hex())
            for claim in sorted(then, key=lambda one: (one.start, one.statement_id))[:MOST_ENTRIES]
        ),
    )


def most_at_once(sessions: Iterable[Sequence[tuple[int, int]]]) -> tuple[int, int]:
    """How many sessions ran at one instant at most, and the first such instant."""
    edges = sorted(edge for spans in sessions for start, end in spans for edge in ((start, 1), (end, -1)))
    most = running = moment = 0
    # At one instant ends come before beginnings: sessions that follow each other are not at once.
    for at, change in edges:
        running += change
        if running > most:
            most, moment = running, at
    return most, moment
