"""Crediting counted second by second, written from the design and not from the program.

For small ranges only. It shares the data classes with the program and nothing else: days come from datetime,
matching from comparing every course, contested seconds from comparing every claimant.
"""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from lms_tracker.learning.evidence import COMPLETION, HAS_DURATION, IMPOSSIBLE_DURATION, OWN_TIME


def count(evidence, courses, allowed, policy):
    """{(statement, course, day, kind, reason words): seconds}, pieces of no seconds included."""
    return _Count(evidence, courses, allowed, policy).result()


class _Count:
    def __init__(self, evidence, courses, allowed, policy):
        self.evidence = list({e.statement_id: e for e in evidence}.values())
        self.courses, self.allowed, self.policy = courses, allowed, policy
        self.zone = ZoneInfo(policy.timezone)
        self.seconds = defaultdict(int)

    def day(self, instant):
        return datetime.fromtimestamp(instant, self.zone).date().toordinal()

    def rank(self, course, e):
        """The smaller the better; None when the course does not match."""
        ranks = []
        for iri, match in course.activities:
            if match == "exact" and e.object == iri:
                ranks.append((0, 0, ""))
            if match == "prefix" and e.object is not None and e.object.startswith(iri):
                ranks.append((1, -len(iri), ""))
            if match == "context" and iri in e.parents:
                ranks.append((2, 0, iri))
            if match == "context" and iri in e.groupings:
                ranks.append((3, 0, iri))
        return min(ranks, default=None)

    def on(self, e, day):
        """(course or None, refusal words or "", course to name in a refusal)."""
        own = sorted(
            (self.rank(c, e), c.id, c)
            for c in self.courses
            if c.provider_id == e.provider_id and self.rank(c, e)
        )
        valid = [c for *_, c in own if c.first_day <= day <= c.last_day]
        named = (valid or [c for *_, c in own] or [None])[0]
        if e.provider_id not in self.allowed:
            return None, "provider not allowed", named
        if not own:
            of_others = any(self.rank(c, e) for c in self.courses)
            return None, "provider not allowed" if of_others else "unknown course", None
        return (valid[0], "", named) if valid else (None, "outside validity", named)

    def put(self, e, course, day, kind, reason, seconds):
        self.seconds[e.statement_id, course.id if course else None, day, kind, reason] += seconds

    def is_future(self, e):
        return e.at > e.position // 10**6 + self.policy.clock_tolerance

    def is_copy(self, e):
        alike = [o for o in self.evidence if o.digest == e.digest and not o.voided]
        able = [o for o in alike if self.on(o, self.day(o.at))[0] and not self.is_future(o)] or alike
        return e != min(able, key=lambda o: (o.at, o.statement_id))

    def result(self):
        going, completing = [], defaultdict(list)
        for e in self.evidence:
            day = self.day(e.at)
            course, refusal, named = self.on(e, day)
            whole = (
                "voided"
                if e.voided
                else "future timestamp"
                if self.is_future(e)
                else "duplicate content"
                if self.is_copy(e)
                else ""
            )
            is_nominal = (
                e.flags & COMPLETION
                and course is not None
                and course.basis == "nominal"
                and any(iri == e.object and match != "context" for iri, match in course.activities)
            )
            if is_nominal and whole:
                self.put(e, course, day, 1, whole, course.seconds)
            elif is_nominal:
                completing[course.id].append((e.at, e.digest, e.statement_id, e, course, day))
            claimed = e.at - e.start if e.start is not None else 0
            if is_nominal and not claimed and not e.flags & IMPOSSIBLE_DURATION:
                continue
            reason = self.interval_reason(e, whole, refusal, claimed)
            if reason:
                self.put(e, named, day, 0, reason, claimed)
            else:
                going.append(e)
        for alike in completing.values():
            for place, (*_, e, course, day) in enumerate(sorted(alike, key=lambda one: one[:3])):
                self.put(e, course, day, 1, "over a cap" if place else "credited", course.seconds)
        self.place(going, set(completing))
        return dict(self.seconds)

    def interval_reason(self, e, whole, refusal, claimed):
        if whole == "voided":
            return whole
        if e.flags & IMPOSSIBLE_DURATION:
            return "impossible duration"
        if whole == "future timestamp":
            return whole
        if e.flags & HAS_DURATION and not e.flags & OWN_TIME:
            return "no time of its own"
        if whole:
            return whole
        if not claimed:
            return refusal if e.flags & COMPLETION and refusal else "no duration"
        return refusal if refusal != "outside validity" else ""

    def place(self, going, earned):
        of_day, of_course, of_year = defaultdict(int), defaultdict(int), defaultdict(int)
        counted = {e.statement_id: max(e.start, e.at - self.policy.statement_cap) for e in going}
        instants = sorted({t for e in going for t in range(counted[e.statement_id], e.at)})
        for t in instants:
            day = self.day(t)
            claimants = []
            for e in going:
                start = counted[e.statement_id]
                if start <= t < e.at:
                    course, _, named = self.on(e, day)
                    if course is None:
                        self.put(e, named, day, 0, "outside validity", 1)
                    elif course.id in earned:
                        self.put(e, course, day, 0, "over a cap", 1)
                    else:
                        claimants.append((start, e.digest, e.statement_id, e, course))
            for place, (*_, e, course) in enumerate(sorted(claimants, key=lambda one: one[:3])):
                if place:
                    self.put(e, course, day, 0, "overlaps", 1)
                    continue
                year = datetime.fromtimestamp(t, self.zone).year
                caps = [
                    (of_day, day, self.policy.day_cap),
                    (of_course, course.id, course.seconds if course.basis == "capped" else None),
                    (of_course, course.id, self.policy.course_caps.get((course.provider_id, course.code))),
                    (of_year, year, self.policy.year_cap),
                ]
                if any(cap is not None and used[key] >= cap for used, key, cap in caps):
                    self.put(e, course, day, 0, "over a cap", 1)
                else:
                    self.put(e, course, day, 0, "credited", 1)
                    of_day[day] += 1
                    of_course[course.id] += 1
                    of_year[year] += 1
        for e in going:
            cut = counted[e.statement_id] - e.start
            if cut:
                day = self.day(e.at - 1)
                course, _, named = self.on(e, day)
                self.put(e, course or named, day, 0, "over a cap", cut)
