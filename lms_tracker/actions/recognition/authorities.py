"""Who proposes and who decides at a place or in an organisation on a day: settings, dated.

The nearest setting upwards wins: an organisation's before its place's, a place's before those above it. Where
nobody entered anything the usual bodies hold (learning.recognition.authorities). What was decided keeps the
words of its day, so that a setting that is ended changes nothing that was.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.recognition import criteria
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import Level, called
from lms_tracker.learning.recognition import authorities as known
from lms_tracker.learning.recognition.authorities import Part
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, organisation_tree, places
from lms_tracker.store.organisation_tree import Organisation
from lms_tracker.store.reach import Reach
from lms_tracker.store.recognition import authorities
from lms_tracker.store.recognition.authorities import AuthorityRow

MOST_BODY = 200
MOST_SOURCE = 500
FIRST_DAY, LAST_DAY = date(1945, 9, 2), date(2100, 12, 31)

# The status of what somebody entered here.
ENTERED = "entered"

log = logs.logger(__name__)


class AuthorityRefused(ValueError):
    """What cannot be entered; `rule` is a stable name, `field` the field of the form it is about."""

    def __init__(self, rule: str, field: str = "") -> None:
        super().__init__(SENTENCES[rule])
        self.rule = rule
        self.field = field


SENTENCES = {
    "body": f"expected the body in 1 to {MOST_BODY} characters that can be printed",
    "signs-as": f"expected who signs in 1 to {MOST_BODY} characters that can be printed",
    "source": f"expected where this is laid down in 1 to {MOST_SOURCE} characters that can be printed",
    "model": f"expected a model: {', '.join(Model)}",
    "part": f"expected a part: {', '.join(Part)}",
    "days": f"expected days from {FIRST_DAY} to {LAST_DAY}, the last not before the first",
    "where": "expected a place or an organisation that there is, and not both",
    "overlap": "another one holds there for the same model and part on some of these days; end it first",
    "ended": "it ends before that day already, or somebody changed it just now",
    "today": "it begins after that day; expected its first day or later",
}


@dataclass(frozen=True, slots=True)
class Authority:
    """A body as documents write it, who signs for it and where that is laid down.

    `status` is "entered" for a setting, else the "verified" or "draft" of a usual body.
    """

    body: str
    signs_as: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A setting to be entered; days are inclusive local days, None is open."""

    model: str
    part: str
    body: str
    signs_as: str
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    place_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A setting with the name of its place or organisation, empty for everywhere."""

    row: AuthorityRow
    where: str
    may_end: bool


def authority(
    connection: Connection,
    model: Model | str,
    part: Part | str,
    on: date,
    place_id: int | None = None,
    organisation_id: int | None = None,
) -> Authority | None:
    """Who does this part for a model on a local day; None where nobody is known."""
    found = None if organisation_id is None else organisation_tree.of(connection, organisation_id)
    branches = [*found.above, found.id] if found else []
    place_id = criteria.place_of(connection, organisation_id) if place_id is None else place_id
    above = criteria.chain(connection, place_id)
    rows = authorities.holding(connection, model, part, on, above, branches)
    if rows:
        best = max(rows, key=lambda row: (_nearness(row, branches, above), row.id))
        return Authority(best.body, best.signs_as, best.source, ENTERED)
    usual = known.usual(model, part, on, criteria.managed_by(connection, place_id))
    if usual is None:
        return None
    return Authority(usual.named(_units(connection, above)), usual.signs_as, usual.source, usual.status)


def _nearness(row: AuthorityRow, branches: list[int], above: list[int]) -> tuple[int, int]:
    if row.organisation_id is not None:
        return 2, branches.index(row.organisation_id)
    return (1, above.index(row.place_id)) if row.place_id is not None else (0, 0)


def _units(connection: Connection, above: list[int]) -> dict[str, str]:
    """The names of a place and those above it, by what a usual body calls them."""
    known_places = places.by_ids(connection, above)
    units = {}
    for place in (known_places[number] for number in above):
        name = called(place.kind, place.name)
        if place.level <= Level.COMMUNE:
            units[{1: "province", 2: "district"}.get(place.level, "commune")] = name
        units["place"] = name
    return units


def add(viewer: Viewer | None, wanted: Wanted) -> int:
    """Enter a setting; answers its number. Without a viewer the program's shell does.

    Raises rights.NotAllowed and AuthorityRefused. What is there already, word for word, is answered again.
    """
    _check(wanted)
    with database.writing() as connection:
        _demand(connection, viewer, wanted.place_id, wanted.organisation_id)
        authorities.lock(connection)
        there = authorities.of_the_same(
            connection, wanted.model, wanted.part, wanted.place_id, wanted.organisation_id
        )
        for row in there:
            if _wanted(row) == wanted:
                return row.id
            if _overlap(row, wanted):
                raise AuthorityRefused("overlap", "valid_from")
        made = authorities.add(
            connection,
            model=wanted.model,
            part=wanted.part,
            place_id=wanted.place_id,
            organisation_id=wanted.organisation_id,
            body=wanted.body,
            signs_as=wanted.signs_as,
            valid_from=wanted.valid_from,
            valid_to=wanted.valid_to,
            source=wanted.source,
            made_us=clock.now_us(),
            made_by=viewer.key if viewer else None,
        )
    log.info("authority added", authority=made, model=wanted.model, part=wanted.part)
    return made


def end(viewer: Viewer | None, number: int, last: date) -> None:
    """Have a setting hold until a day, that day included.

    Raises rights.NotAllowed, NotFound and AuthorityRefused.
    """
    with database.writing() as connection:
        authorities.lock(connection)
        found = authorities.by_id(connection, number)
        if found is None:
            raise NotFound
        _demand(connection, viewer, found.place_id, found.organisation_id)
        if not FIRST_DAY <= last <= LAST_DAY:
            raise AuthorityRefused("days", "valid_to")
        # Ended on the day before it begins it never holds, which is how a mistake is taken back.
        if found.valid_from is not None and last < found.valid_from - timedelta(days=1):
            raise AuthorityRefused("today", "valid_to")
        if found.valid_to is not None and found.valid_to < last:
            raise AuthorityRefused("ended", "valid_to")
        if not authorities.end(connection, number, found.revision, last):
            raise AuthorityRefused("ended", "valid_to")
    log.info("authority ended", authority=number)


def demand_end(viewer: Viewer, number: int) -> None:
    """Raise rights.NotAllowed where somebody may not end a setting, and NotFound where there is none."""
    with database.reading() as connection:
        found = authorities.by_id(connection, number)
        if found is None:
            raise NotFound
        _demand(connection, viewer, found.place_id, found.organisation_id)


def listed(viewer: Viewer | None) -> list[Listed]:
    """All settings, which are no secret to organisers, the newest first. Raises rights.NotAllowed."""
    if viewer is not None:
        rights.demand_somewhere(viewer, Right.SEE)
    with database.reading() as connection:
        rows = authorities.everything(connection)
        at = places.by_ids(connection, {row.place_id for row in rows if row.place_id is not None})
        of = organisation_tree.several(
            connection, sorted({row.organisation_id for row in rows if row.organisation_id is not None})
        )
    within = None if viewer is None else rights.reach(viewer, Right.ADMINISTER)
    return [Listed(row, _where(row, at, of), within is None or _covers(within, row, at, of)) for row in rows]


def _covers(
    within: Reach, row: AuthorityRow, at: dict[int, places.Place], of: dict[int, Organisation]
) -> bool:
    if row.organisation_id is not None:
        return within.covers_organisation(of[row.organisation_id].path)
    if row.place_id is not None:
        return within.covers_place(at[row.place_id].path)
    return within.everywhere


def _where(row: AuthorityRow, at: dict[int, places.Place], of: dict[int, Organisation]) -> str:
    if row.organisation_id is not None:
        return of[row.organisation_id].name
    return called(at[row.place_id].kind, at[row.place_id].name) if row.place_id is not None else ""


def _may(
    connection: Connection, viewer: Viewer | None, place_id: int | None, organisation_id: int | None
) -> bool:
    if viewer is None:
        return True
    if organisation_id is not None:
        found = organisation_tree.of(connection, organisation_id)
        return found is not None and rights.reach(viewer, Right.ADMINISTER).covers_organisation(found.path)
    if place_id is not None:
        return rights.may_at(connection, viewer, Right.ADMINISTER, place_id)
    return rights.may_everywhere(viewer, Right.ADMINISTER)


def _demand(
    connection: Connection, viewer: Viewer | None, place_id: int | None, organisation_id: int | None
) -> None:
    rights.demand(_may(connection, viewer, place_id, organisation_id))
    there = (place_id is None or places.by_id(connection, place_id) is not None) and (
        organisation_id is None or organisation_tree.of(connection, organisation_id) is not None
    )
    if not there:
        raise AuthorityRefused("where", "place")


def _check(wanted: Wanted) -> None:
    texts = ("body", wanted.body, MOST_BODY), ("signs-as", wanted.signs_as, MOST_BODY)
    for rule, text, most in (*texts, ("source", wanted.source, MOST_SOURCE)):
        if not (0 < len(text.strip()) <= most and text.isprintable()):
            raise AuthorityRefused(rule, rule.replace("-", "_"))
    if wanted.model not in tuple(Model):
        raise AuthorityRefused("model", "model")
    if wanted.part not in tuple(Part):
        raise AuthorityRefused("part", "part")
    first, last = wanted.valid_from or FIRST_DAY, wanted.valid_to or LAST_DAY
    if not FIRST_DAY <= first <= last <= LAST_DAY:
        raise AuthorityRefused("days", "valid_from")
    if wanted.place_id is not None and wanted.organisation_id is not None:
        raise AuthorityRefused("where", "place")


def _wanted(row: AuthorityRow) -> Wanted:
    return Wanted(
        row.model,
        row.part,
        row.body,
        row.signs_as,
        row.source,
        row.valid_from,
        row.valid_to,
        row.place_id,
        row.organisation_id,
    )


def _overlap(row: AuthorityRow, wanted: Wanted) -> bool:
    first, last = row.valid_from or date.min, row.valid_to or date.max
    if first > last:
        return False
    return first <= (wanted.valid_to or date.max) and (wanted.valid_from or date.min) <= last
