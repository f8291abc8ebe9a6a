"""The part of a form that says where something holds: everywhere, a place or organisation, or a code."""

from collections.abc import Mapping

from lms_tracker.actions.recognition import administered
from lms_tracker.actions.recognition.administered import Where

EVERYWHERE = "everywhere"


def read(typed: Mapping[str, str]) -> Where | None:
    """What was chosen (`where`: "everywhere", "place-1" or "unit-1"), or the unit with `code`.

    None for neither. Whether whoever sent it may do anything there is asked elsewhere.
    """
    code = typed.get("code", "").strip()
    if code:
        place = administered.place_with(code[:20])
        return None if place is None else Where(place)
    if typed.get("where") == EVERYWHERE:
        return Where()
    kind, _, text = typed.get("where", "").partition("-")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        return None
    if kind == "place":
        return Where(int(text))
    return Where(organisation_id=int(text)) if kind == "unit" else None
