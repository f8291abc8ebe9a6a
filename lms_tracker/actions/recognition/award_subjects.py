"""What an honour can name beside people: a household, clan, village, commune or unit that is known here."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.learning.places import Level, called
from lms_tracker.learning.recognition.awards import SubjectKind
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.papers import texts
from lms_tracker.store import places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import standings
from lms_tracker.store.recognition.awards import Award

# The column of an honour that holds the subject of a model.
COLUMNS = {
    Model.HOUSEHOLD: "kinship_id",
    Model.CLAN: "kinship_id",
    Model.COMMUNITY: "subject_place_id",
    Model.COMMUNE: "subject_place_id",
    Model.UNIT: "organisation_id",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of a model as an honour names it; `text` is how an address and a form do: "household-12"."""

    model: Model
    id: int
    name: str

    @property
    def text(self) -> str:
        return f"{self.model.value}-{self.id}"

    @property
    def kind(self) -> SubjectKind:
        return SubjectKind.HOUSEHOLD if self.model is Model.HOUSEHOLD else SubjectKind.COLLECTIVE

    @property
    def columns(self) -> Mapping[str, int]:
        return {COLUMNS[self.model]: self.id}


def read(connection: Connection, place_id: int, text: str) -> Subject | None:
    """The subject that a text names, where it stands at a place or below it."""
    word, _, number = text.partition("-")
    model = next((one for one in COLUMNS if one.value == word), None)
    if model is None or not (number.isascii() and number.isdigit() and len(number) <= 12):
        return None
    found = standings.subjects(connection, model, standings.these(model, [int(number)]))
    at = places.by_id(connection, place_id)
    its = places.by_id(connection, found[0].place_id) if found and found[0].place_id is not None else None
    if at is None or its is None or not its.path.startswith(at.path):
        return None
    name = found[0].name
    if model is Model.HOUSEHOLD:
        name = f"Hộ {name}"
    elif model is Model.CLAN and not name.casefold().startswith("dòng họ"):
        name = f"Dòng họ {name}"
    elif model in (Model.COMMUNITY, Model.COMMUNE):
        name = texts.capital(called(its.kind, its.name))
    return Subject(model, found[0].id, name)


def page_of(one: Award, at: Mapping[int, Place]) -> tuple[str, int] | None:
    """The model and number of what an honour names, by which its page is found; None for a name alone."""
    if one.kinship_id is not None:
        is_household = one.subject_kind == SubjectKind.HOUSEHOLD
        return (Model.HOUSEHOLD if is_household else Model.CLAN).value, one.kinship_id
    if one.organisation_id is not None:
        return Model.UNIT.value, one.organisation_id
    place = at.get(one.subject_place_id or 0)
    if place is None:
        return None
    return (Model.COMMUNITY if place.level == Level.LOCAL else Model.COMMUNE).value, place.id
