"""Forms of self-assessment and sheets of scores, with what is known of each person filled in."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock
from lms_tracker.actions.recognition import criteria, evidence, paper_facts, shares
from lms_tracker.learning.criteria import AnySet, IndicatorProposal, PointsSet
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.facts import Form, Learned, Line, RoundFacts, Scored
from lms_tracker.learning.recognition.papers.grid_sheets import GridRow
from lms_tracker.learning.recognition.papers.wording import CATEGORIES
from lms_tracker.learning.records import CATEGORY_OF_UNKNOWN
from lms_tracker.store import due, places
from lms_tracker.store.recognition import proofs, subjects
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.proofs import AssessmentProof
from lms_tracker.store.recognition.rounds import Round


def learned_of(
    connection: Connection, used: AnySet, year: int, rows: Sequence[Assessment]
) -> dict[bytes, list[Learned]]:
    """What these rows' persons learned in the year's window, by their keys there, the longest first."""
    if not isinstance(used, PointsSet):
        return {}
    keys = sorted({row.person_key for row in rows if row.person_key is not None})
    now = due.person_keys(connection, keys)
    first, last = evidence.window(used, year)
    seconds = subjects.seconds(connection, sorted(set(now.values())), first.toordinal(), last.toordinal())
    courses = catalogue.current(connection).courses if seconds else {}
    found: dict[bytes, list[Learned]] = {}
    for key in keys:
        for number, length in seconds.get(now[key], {}).items():
            if length > 0:
                course = courses.get(number)
                category = course.category if course else CATEGORY_OF_UNKNOWN
                title = course.title if course else "Khóa học không còn trong danh mục"
                found.setdefault(key, []).append(Learned(title, category, length))
    return {key: sorted(several, key=lambda one: (-one.seconds, one.title)) for key, several in found.items()}


def forms_of(
    connection: Connection, facts: RoundFacts, found: Round, rows: Sequence[Assessment]
) -> list[Form]:
    """The form of each of these rows, in their order."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    learned = learned_of(connection, used, found.year, rows)
    proposals = evidence.of_rows(connection, used, found.year, rows)
    shown = proofs.of(connection, [row.id for row in rows])
    births = paper_facts.births_of(connection, rows)
    at = places.by_ids(connection, {row.local_place_id for row in rows if row.local_place_id is not None})
    above = places.by_ids(connection, {number for place in at.values() for number in place.above})
    made = []
    for row in rows:
        key = row.person_key or b""
        place = at.get(row.local_place_id or 0)
        by_number = {str(one.number): one for one in proposals.get(key, ())}
        counts = _counts(connection, used, found, row)
        scored = paper_facts.criteria_of(used, found.area, row.population).scored
        made.append(
            Form(
                name=row.name,
                birth=births.get(key, ""),
                address=texts.capital(paper_facts.in_full(place, above)) if place else "",
                population=row.population,
                learned=[
                    Learned(one.title, CATEGORIES.get(one.category, one.category), one.seconds)
                    for one in learned.get(key, ())
                ],
                lines=_lines(scored, row, by_number, shown[row.id], counts),
                remark=_remark(used),
            )
        )
    return made


def blank_of(connection: Connection, facts: RoundFacts, found: Round) -> Form:
    used = criteria.held(connection, found.criteria_set_id).criteria
    return Form(lines=tuple(Line(scored=one) for one in facts.criteria.scored), remark=_remark(used))


def _remark(used: AnySet) -> str:
    return used.proposal.note.vi if isinstance(used, PointsSet) else ""


def _counts(connection: Connection, used: AnySet, found: Round, row: Assessment) -> Mapping[str, str]:
    """Of a checklist what is counted of the subject's members, in words, by item code."""
    if isinstance(used, PointsSet) or row.subject_id is None:
        return {}
    counted = shares.shares_of(connection, Model(found.model), row.subject_id, found.year, clock.today())
    return {
        item.code: f"{texts.count(one.numerator)}/{texts.count(one.denominator)}"
        for item in used.items
        if item.share is not None and (one := counted.get(item.share.of)) is not None
    }


def _lines(
    scored: Sequence[Scored],
    row: Assessment,
    proposals: Mapping[str, IndicatorProposal],
    shown: Sequence[AssessmentProof],
    counts: Mapping[str, str],
) -> tuple[Line, ...]:
    own, reviewed = rules.unpacked(row.self_points), rules.unpacked(row.reviewed_points)
    made = []
    for one in scored:
        words = [counts[one.code]] if one.code in counts else []
        for proof in shown:
            if proof.item == one.code:
                words += [part for part in (proof.words, f"tệp {proof.name}" if proof.name else "") if part]
        proposal = proposals.get(one.code)
        made.append(
            Line(
                scored=one,
                evidence=tuple(words),
                proposed=proposal.points if proposal else None,
                why=_why(proposal),
                own=own.get(one.code),
                reviewed=reviewed.get(one.code),
            )
        )
    return tuple(made)


def _why(proposal: IndicatorProposal | None) -> str:
    """What hours speak for an indicator; nothing where they cannot, or there are none."""
    if proposal is None or not proposal.speaks or not proposal.seconds:
        return ""
    return f"{texts.length(proposal.seconds)} học được ghi nhận"


def grid_rows_of(
    connection: Connection, facts: RoundFacts, found: Round, rows: Sequence[Assessment]
) -> tuple[list[str], list[GridRow]]:
    """The titles of categories in which anybody learned, and the rows of a sheet of scores."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    learned = learned_of(connection, used, found.year, rows)
    proposals = evidence.of_rows(connection, used, found.year, rows)
    births, titles = paper_facts.births_of(connection, rows), dict(facts.criteria.populations)
    categories = sorted({one.category for several in learned.values() for one in several})
    codes = [one.code for one in facts.criteria.scored]
    made = []
    for row in rows:
        key, own = row.person_key or b"", rules.unpacked(row.self_points)
        proposed = evidence.points(proposals.get(key, ()))
        sums = [
            sum(one.seconds for one in learned.get(key, ()) if one.category == category)
            for category in categories
        ]
        made.append(
            GridRow(
                number=row.id,
                revision=row.revision,
                name=row.name,
                birth=births.get(key, ""),
                population=titles.get(row.population, ""),
                seconds=tuple(sums),
                proposed=tuple(proposed.get(code) for code in codes),
                own=tuple(own.get(code) for code in codes),
            )
        )
    return [CATEGORIES.get(category, category) for category in categories], made
