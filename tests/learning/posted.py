"""Evidence as it comes from whole statements through the door, for tests of the readings."""

import json
from datetime import datetime
from typing import Any

from lms_tracker.learning.evidence import SELF_VOUCHED, Evidence, evidence_of, vouching
from tests.learning.cast import COURSE, HANOI, LATER, statement
from xapi.batches import read

ADL = "http://adlnet.gov/expapi/verbs/"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
CMI5 = ("https://w3id.org/xapi/cmi5/context/categories/cmi5",)
MOVE_ON = (*CMI5, "https://w3id.org/xapi/cmi5/context/categories/moveon")
VIDEO = ("https://w3id.org/xapi/video",)
SCORM = ("https://w3id.org/xapi/scorm",)
H5P = ("http://h5p.org/libraries/H5P.MultiChoice-1.16",)
CMI5_EXTENSION = "https://w3id.org/xapi/cmi5/context/extensions/"
VIDEO_EXTENSION = "https://w3id.org/xapi/video/extensions/"
REGISTRATION = "f3b1c6a2-6f0e-4b0c-9c55-5b0e0a1d2c3b"
AN = {"mbox": "mailto:an@example.vn"}


def posted(
    number: int,
    verb: str,
    when: str | None,
    duration: str | None = None,
    *,
    categories: tuple[str, ...] = (),
    extensions: dict[str, Any] | None = None,
    played: str | None = None,
    registration: str | None = REGISTRATION,
    iri: str = COURSE,
    parent: str | None = None,
    provider_id: int = 1,
    came: int | None = None,
    **changes: Any,
) -> Evidence:
    """`when` is a local time such as "2026-10-01 20:00"; received long after, or at `came` (microseconds)."""
    result: dict[str, Any] = {} if duration is None else {"duration": duration}
    if played is not None:
        result["extensions"] = {VIDEO_EXTENSION + "played-segments": played}
    around = {"category": [{"id": one} for one in categories], "parent": [{"id": parent}] if parent else []}
    context = {
        "registration": registration,
        "contextActivities": {kind: found for kind, found in around.items() if found},
        "extensions": extensions or {},
    }
    value = {
        "actor": AN,
        "verb": {"id": verb if ":" in verb else ADL + verb},
        "object": {"id": iri},
        "result": result,
        "context": {key: found for key, found in context.items() if found},
        "timestamp": None if when is None else datetime.fromisoformat(when).replace(tzinfo=HANOI).isoformat(),
        **changes,
    }
    body = json.dumps({key: found for key, found in value.items() if found}).encode()
    received = read(body, version="2.0.0").statements[0]
    position = LATER * 2 if came is None else came
    found = evidence_of(received, position, provider_id=provider_id, statement_id=statement(number))
    assert found is not None
    if any(learner.key in vouching(received) for learner in received.learners):
        found.flags |= SELF_VOUCHED
    return found


def in_cmi5(
    number: int, verb: str, when: str, duration: str | None = None, session: str = "phiên 1", **changes: Any
) -> Evidence:
    extensions = {CMI5_EXTENSION + "sessionid": session}
    mode = changes.pop("mode", None)
    if mode is not None:
        extensions[CMI5_EXTENSION + "launchmode"] = mode
    return posted(number, verb, when, duration, **{"categories": CMI5, "extensions": extensions, **changes})


def watched(number: int, verb: str, when: str, played: str | None = None, **changes: Any) -> Evidence:
    """A statement of the video profile; `session` names the session."""
    session = changes.pop("session", "lần xem 1")
    verb = f"https://w3id.org/xapi/video/verbs/{verb}" if verb in ("played", "paused", "seeked") else verb
    extensions = {VIDEO_EXTENSION + "session-id": session}
    return posted(
        number, verb, when, played=played, **{"categories": VIDEO, "extensions": extensions, **changes}
    )
