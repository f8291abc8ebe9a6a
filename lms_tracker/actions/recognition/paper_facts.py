"""What the papers of a round are about, gathered from the rows of it. Rights are asked before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import authorities, criteria, lists
from lms_tracker.actions.recognition.scopes import Whose
from lms_tracker.learning.criteria import AnySet, PointsSet
from lms_tracker.learning.days import local_days
from lms_tracker.learning.places import called
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.facts import (
    Body,
    Criteria,
    Decided,
    Entry,
    Letter,
    Meeting,
    Recognised,
    RoundFacts,
    Scored,
)
from lms_tracker.learning.recognition.papers.wording import CAME_BY, LEFT_OUT, document
from lms_tracker.store import due, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, decisions, recognitions, subjects
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.recognitions import Recognition
from lms_tracker.store.recognition.rounds import Round

CHAIR = "Chủ tịch "
# Models whose subjects live in thôn, by which their lists are parted.
_IN_THON = frozenset({Model.CITIZEN, Model.HOUSEHOLD, Model.CLAN, Model.UNIT})


def of_round(connection: Connection, found: Round, whose: Whose, on: date | None = None) -> RoundFacts:
    """The round as its papers tell it, with the bodies of the local day `on`, today unless given."""
    day, model = on or clock.today(), Model(found.model)
    where, seat = _where(connection, whose)
    used = criteria.held(connection, found.criteria_set_id).criteria
    bodies = [
        authorities.authority(connection, model, part, day, found.place_id, found.organisation_id)
        for part in ("proposing", "deciding")
    ]
    proposing, deciding = (
        Body(name=one.body, signs_as=one.signs_as) if one else Body(name=texts.DOTS, signs_as=texts.DOTS)
        for one in bodies
    )
    return RoundFacts(
        model=model,
        year=found.year,
        number=found.number,
        where=where,
        seat=seat,
        grouped_by="Thôn, tổ dân phố" if whose.place is not None and model in _IN_THON else "",
        criteria=criteria_of(used, found.area),
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        proposing=proposing,
        deciding=deciding,
    )


def _where(connection: Connection, whose: Whose) -> tuple[str, str]:
    """What a round's place is called with its province, and where its papers are dated."""
    if whose.organisation is not None:
        at = whose.organisation.place_id
        place = None if at is None else places.by_id(connection, at)
        return whose.organisation.name, place.name if place else texts.DOTS
    assert whose.place is not None
    return in_full(whose.place, places.by_ids(connection, whose.place.above)), whose.place.name


def in_full(place: Place, above: Mapping[int, Place]) -> str:
    """Thôn Đông, xã Gò Quao, tỉnh An Giang."""
    over = [above[number] for number in reversed(place.above) if number in above]
    return ", ".join(called(one.kind, one.name) for one in (place, *over))


def criteria_of(used: AnySet, area: str, population: str = "") -> Criteria:
    """A criteria set as papers tell it, with the indicators of a population group."""
    if isinstance(used, PointsSet):
        parts = {one.code: one.title.vi for one in used.competencies}
        most = used.most(population)
        scored = [
            Scored(
                code=str(one.number),
                title=one.title.vi,
                most=most[one.number],
                group=f"{one.competency}. {parts[one.competency]}",
            )
            for one in used.table(population)
        ]
    else:
        parts = {one.code: one.title.vi for one in used.headings}
        scored = [
            Scored(code=one.code, title=one.title.vi, most=None, group=f"{one.heading}. {parts[one.heading]}")
            for one in used.items
        ]
    made = Criteria(
        title=used.title.vi,
        number=document(used.document.number),
        day=used.document.date,
        issuer=used.document.issuer.vi,
        scored=tuple(scored),
        note=used.status_note.vi,
    )
    if not isinstance(used, PointsSet):
        return made
    groups = tuple((one.code, one.title.vi) for one in used.groups)
    return replace(made, least=used.least(area), populations=groups)


def meeting_of(found: Round) -> Meeting:
    held = lists.minutes_of(found)
    if held is None:
        return Meeting()
    return Meeting(
        held_on=held.held_on,
        held_at=held.held_at,
        chair=held.chair,
        secretary=held.secretary,
        present=held.present,
        votes_for=held.votes_for,
        votes_against=held.votes_against,
        note=held.note,
    )


def letter_of(found: Round) -> Letter:
    sent = lists.submission_of(found)
    if sent is None:
        return Letter()
    return Letter(number=sent.number, sent_on=sent.sent_on, to=sent.to, signed_by=sent.signed_by)


def decided_by(facts: RoundFacts, made: Decision) -> Decided:
    """A decision with the body as it stood on its day; `authority` has who signs before the body."""
    known = facts.deciding
    if made.authority == f"{known.signs_as} {known.name}".strip():
        body = known
    elif made.authority.startswith(CHAIR):
        body = Body(name=made.authority.removeprefix(CHAIR), signs_as=CHAIR.strip())
    else:
        body = Body(name=made.authority, signs_as="")
    return Decided(number=made.number, day=made.decided_on, body=body, signed_by=made.signed_by, why=made.why)


def groups_of(connection: Connection, rows: Sequence[Assessment]) -> dict[int, str]:
    """What the thôn of these rows are called, each otherwise than the others."""
    numbers = sorted({row.local_place_id for row in rows if row.local_place_id is not None})
    found: dict[int, str] = {}
    taken: set[str] = set()
    for number, place in places.by_ids(connection, numbers).items():
        name = texts.capital(called(place.kind, place.name))
        found[number] = name if name not in taken else f"{name} ({number})"
        taken.add(found[number])
    return found


def births_of(connection: Connection, rows: Sequence[Assessment]) -> dict[bytes, str]:
    """The years of birth of these rows' persons, by their keys there."""
    keys = sorted({row.person_key for row in rows if row.person_key is not None})
    now = due.person_keys(connection, keys)
    known = subjects.people(connection, sorted(set(now.values())))
    years = {key: known[now[key]].birth_year for key in keys if now[key] in known}
    return {key: str(year) for key, year in years.items() if year is not None}


def entries_of(
    connection: Connection,
    facts: RoundFacts,
    found: Round,
    rows: Sequence[Assessment],
    left_out: Mapping[int, str] | None = None,
) -> list[Entry]:
    """Rows of a round as lists tell them; with `left_out`, why some are not proposed, they say why not."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    groups = groups_of(connection, rows) if facts.grouped_by else {}
    births, titles = births_of(connection, rows), dict(facts.criteria.populations)
    days = local_days(current_app.config["SETTINGS"].timezone)
    codes = [one.code for one in facts.criteria.scored]
    made = []
    for row in rows:
        points = rules.unpacked(row.reviewed_points)
        made.append(
            Entry(
                name=row.name,
                group=groups.get(row.local_place_id or 0, "Nơi khác" if facts.grouped_by else ""),
                birth=births.get(row.person_key or b"", ""),
                population=titles.get(row.population, ""),
                came_by=CAME_BY.get(row.came_by, ""),
                registered_on=date.fromordinal(days.day(row.registered_us // 1_000_000)),
                self_total=row.self_total,
                total=row.reviewed_total,
                points=tuple(points.get(code) for code in codes),
                level=row.proposed_level,
                note=row.note,
                why="" if left_out is None else left_out.get(row.id) or why_not(used, points, found.area),
            )
        )
    return made


def why_not(used: AnySet, points: Mapping[str, int], area: str) -> str:
    """What kept these points from achieving it; empty where nothing did."""
    if not isinstance(used, PointsSet):
        unmet = [code for code, value in points.items() if value == 0]
        return f"Chưa đạt mục {', '.join(unmet)}" if unmet else ""
    came_to, (_total, each) = rules.outcome_of(used, points, area), used.least(area)
    said = [f"Thiếu {came_to.missing_total} điểm so với mức đạt"] if came_to.missing_total else []
    if came_to.too_low:
        said.append(f"Chỉ số {', '.join(str(one) for one in came_to.too_low)} dưới {each} điểm")
    if came_to.unassessed:
        said.append(f"Chưa đánh giá chỉ số {', '.join(str(one) for one in came_to.unassessed)}")
    return "; ".join(said)


def proposed_rows(
    connection: Connection, found: Round, whose: Whose
) -> tuple[set[int], set[int], dict[int, str]]:
    """The rows that are proposed and those that are not, and why those are not who were left out."""
    results, left_out = lists.standing(connection, found, whose, None, clock.today())
    proposed = {
        row
        for row, result in results.items()
        if result == Result.ACHIEVED and left_out.get(row, "") in ("", "decided")
    }
    others = results.keys() - proposed
    why = {row: LEFT_OUT[left_out[row]] for row in others if left_out.get(row) in LEFT_OUT}
    return proposed, others, why


def recognised_of(connection: Connection, facts: RoundFacts, held: Sequence[Recognition]) -> list[Recognised]:
    """Recognitions as decisions and certificates tell them."""
    rows = assessments.by_ids(connection, [one.assessment_id for one in held])
    groups = groups_of(connection, list(rows.values())) if facts.grouped_by else {}
    births = births_of(connection, list(rows.values()))
    earlier = decisions.by_ids(connection, {one.decision_id for one in held})
    made = []
    for one in held:
        row, first = rows[one.assessment_id], earlier[one.decision_id]
        group = groups.get(row.local_place_id or 0, "Nơi khác" if facts.grouped_by else "")
        lives = group[:1].lower() + group[1:] if row.local_place_id in groups else ""
        made.append(
            Recognised(
                name=one.name,
                group=group,
                birth=births.get(row.person_key or b"", ""),
                address=", ".join(part for part in (lives, facts.where) if part),
                level=one.level,
                points=one.points,
                certificate=one.certificate or "",
                valid_to=one.valid_to,
                earlier=f"{first.number} ngày {texts.day(first.decided_on)}",
                revoked_on=one.revoked_on,
            )
        )
    return made


def as_proposed(facts: RoundFacts, entries: Sequence[Entry]) -> list[Recognised]:
    """Those on the list, as the draft of a decision names them before there are certificates."""
    return [
        Recognised(name=one.name, group=one.group, birth=one.birth, level=one.level, points=one.total)
        for one in entries
    ]


def in_decision(connection: Connection, made: Decision) -> list[Recognition]:
    """Whom a decision recognises, or whose recognition it takes back, in the order of lists."""
    return recognitions.of_decision(connection, made.id, result=Result.ACHIEVED)
