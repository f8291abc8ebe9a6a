"""The readings counted second by second, written from their conventions and not from the program.

Without caps: which seconds anything tells of, as sets. It shares data classes and names with the program.
"""

from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from lms_tracker.learning.evidence import (
    BROWSED,
    COMPLETION,
    DECLARED,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    REVIEWED,
    SELF_VOUCHED,
)
from lms_tracker.learning.segments import unpack

ADL = "http://adlnet.gov/expapi/verbs/"
TERMINATED, SUSPENDED = ADL + "terminated", ADL + "suspended"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
NAMES = {1: "cmi5", 2: "scorm", 3: "h5p", 4: "video"}


def credited(evidence, catalogue, policy):
    """{(local day, kind): seconds}."""
    zone = ZoneInfo(policy.timezone)
    courses = list(catalogue.courses.values())

    def course_of(e):
        own = [
            c
            for c in courses
            if c.provider_id == e.provider_id and e.object and e.object.startswith(c.activities[0][0])
        ]
        return own[0] if own and e.provider_id in catalogue.allowed_providers else None

    def reading_of(e):
        return NAMES.get(e.profile) or course_of(e).reading or ("h5p" if e.provider_id == 2 else "plain")

    def is_able(e):
        late = e.at > e.position // 10**6 + policy.clock_tolerance
        return bool(course_of(e)) and not (late or e.barred or e.flags & (SELF_VOUCHED | DECLARED))

    unique = list({e.statement_id: e for e in evidence}.values())
    standing = []
    for e in unique:
        alike = [o for o in unique if o.digest == e.digest and not o.voided]
        first = min(
            [o for o in alike if is_able(o)] or alike, key=lambda o: (o.at, o.statement_id), default=None
        )
        if not e.voided and is_able(e) and first is e:
            standing.append(e)

    groups, modes = defaultdict(list), defaultdict(int)
    for e in standing:
        name = reading_of(e)
        if name == "cmi5":
            modes[KEYS[name](e, course_of(e))] |= e.flags & (BROWSED | REVIEWED)
    for e in standing:
        says = e.flags & HAS_DURATION or (reading_of(e) == "video" and e.segments)
        if not e.flags & IMPOSSIBLE_DURATION and (e.flags & OWN_TIME or not says):
            name = reading_of(e)
            groups[name, e.provider_id if name == "h5p" else KEYS[name](e, course_of(e))].append(e)
    seconds, practice = defaultdict(set), set()
    for e in standing:
        if reading_of(e) == "cmi5" and is_practice(modes[KEYS["cmi5"](e, course_of(e))], policy):
            practice.add(e.statement_id)
    for (name, _), pieces in groups.items():
        for e, instants in READ[name](pieces, policy, practice):
            seconds[course_of(e).id].update(instants)

    sums = Counter()
    for course in courses:
        if course.basis == "nominal":
            done = [
                e
                for e in standing
                if e.flags & COMPLETION and course_of(e) is course and course.is_itself(e.object)
            ]
            done = [e for e in done if e.statement_id not in practice]
            if done:
                seconds.pop(course.id, None)
                earliest = min(done, key=lambda e: (e.at, e.digest, e.statement_id))
                sums[day(earliest.at, zone), 1] += course.seconds
    for instant in set().union(*seconds.values()):
        sums[day(instant, zone), 0] += 1
    return sums


def day(instant, zone):
    return datetime.fromtimestamp(instant, zone).date().toordinal()


def length(e):
    return 0 if e.start is None else e.at - e.start


def said(e, since=None):
    return {t for t in range(e.at - length(e), e.at) if since is None or t >= since}


def is_practice(modes, policy):
    return (modes & BROWSED and not policy.counts_browse) or (modes & REVIEWED and not policy.counts_review)


def plain(pieces, policy, practice):
    return [(e, said(e)) for e in pieces]


def cmi5(pieces, policy, practice):
    if any(e.statement_id in practice for e in pieces):
        return []
    timed = [e for e in pieces if e.flags & OWN_TIME]
    begun = [e.at for e in timed if e.verb == ADL + "initialized"] or [
        e.at for e in timed if e.verb == ADL + "launched"
    ]
    since = min(begun, default=None)
    ended = [e for e in pieces if e.verb == TERMINATED and length(e)]
    left = [e for e in pieces if e.verb == ABANDONED and length(e)]
    if ended:
        return [(e, said(e, since)) for e in ended]
    if not left:
        return [(e, said(e, since)) for e in pieces]
    found = []
    for e in left:
        seen = [o.at for o in timed if o.at <= e.at and o.verb not in (ABANDONED, ADL + "launched")]
        if seen:
            first = min(seen) if since is None else since
            found.append((e, set(range(first, min(max(seen), first + length(e))))))
    return found


def scorm(pieces, policy, practice):
    sessions = [e for e in pieces if e.verb in (TERMINATED, SUSPENDED) and length(e)]
    return [(e, said(e)) for e in sessions or pieces]


def keeping_time(pieces, policy, practice):
    so_far = [ADL + word for word in ("suspended", "completed", "passed", "failed")]
    known, told, found = 0, set(), []
    order = sorted(pieces, key=lambda e: (e.at, e.verb in so_far, length(e), e.digest, e.statement_id))
    for e in order:
        if e.verb in so_far:
            more = set(range(e.at - max(0, length(e) - known), e.at))
            known = max(known, length(e))
        else:
            more = said(e)
            known += len(more - told)
        told |= more
        found.append((e, more))
    return found


def h5p(pieces, policy, practice):
    pages = []
    for e in sorted(pieces, key=lambda e: e.at - length(e)):
        if not pages or e.at - length(e) - (pages[-1][-1].at - length(pages[-1][-1])) > 5:
            pages.append([])
        pages[-1].append(e)
    found = []
    for page in pages:
        told = {e.object for e in page if length(e)}
        for name in told:
            longest = min(
                (e for e in page if e.object == name and length(e)),
                key=lambda e: (-length(e), e.at, e.digest, e.statement_id),
            )
            if not any(parent in told and parent != name for parent in longest.parents):
                found.append((longest, said(longest)))
    return found


def video(pieces, policy, practice):
    def halves(e):
        return {t for since, until in unpack(e.segments or b"") for t in range(since // 500, until // 500)}

    told, used, found = set(), None, []
    has_segments = any(e.segments for e in pieces)
    for e in sorted(pieces, key=lambda e: (e.at, len(halves(e)) // 2, e.digest, e.statement_id)):
        instants = set()
        if e.segments:
            more = len(halves(e) | told) // 2 - len(told) // 2
            told |= halves(e)
            most = length(e) or len(halves(e)) // 2
            instants = {t for t in range(e.at - min(more, most), e.at) if used is None or t >= used}
        elif not has_segments:
            instants = said(e, used)
        found.append((e, instants))
        if e.flags & OWN_TIME and (used is None or (e.segments and instants)):
            used = e.at
    return found


def gaps(pieces, policy, practice):
    ends = {e.at for e in pieces if e.flags & OWN_TIME}
    found = []
    for e in pieces:
        before = max((t for t in ends if t < e.at), default=None)
        instants = said(e)
        if not instants and e.flags & OWN_TIME and before is not None and e.at - before <= policy.gap_limit:
            instants = set(range(before, e.at))
        found.append((e, instants))
    return found


READ = {
    "plain": plain,
    "cmi5": cmi5,
    "scorm": scorm,
    "keeping-time": keeping_time,
    "h5p": h5p,
    "video": video,
    "gaps": gaps,
}
KEYS = {
    "plain": lambda e, course: None,
    "cmi5": lambda e, course: (e.provider_id, e.registration, e.session or e.object),
    "scorm": lambda e, course: (e.provider_id, e.registration, e.object),
    "keeping-time": lambda e, course: (e.provider_id, e.registration, e.object),
    "video": lambda e, course: (e.provider_id, e.session or e.registration, e.object),
    "gaps": lambda e, course: course.id,
}
