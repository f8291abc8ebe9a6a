"""Completions come in from a file of a provider without xAPI: as statements, through the door of all others.

A line's statement has an id computed from the provider and from what it says, but for the learner's name, so
the same file twice credits once, and so does one in which a name was corrected. Nothing is imported unless
every line is right.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import msgspec
from flask import current_app

from lms_tracker import logs
from lms_tracker.actions import catalogue, checking, clock, importing, rights
from lms_tracker.actions.accepting import reread_kept
from lms_tracker.actions.recording import Recorder
from lms_tracker.actions.rights import Caller, Viewer
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.completion_files import (
    BOUNDS,
    CompletionFileRefusal,
    LineError,
    read_completions,
)
from lms_tracker.learning.completions import Completion, statement
from lms_tracker.learning.course_sheets import Bounds
from lms_tracker.store import database, statements
from xapi import batches
from xapi.batches import Batch, Received
from xapi.comparison import same
from xapi.faults import Fault, Refusal
from xapi.versions import V1

log = logs.logger(__name__)

# Statements in one transaction, and about as many decided together for a preview.
TOGETHER = 500
# What people send by a browser is decided while they wait.
PAGE_BOUNDS = Bounds(bytes=2 * 1024 * 1024, unpacked_bytes=24 * 1024 * 1024, tags=1_000_000, lines=5_001)
# Where in a line stands what a statement's property was made of.
_COLUMNS = {"actor.mbox": "email", "actor.account.homePage": "home_page", "actor.account.name": "account"}


# How many lines are done, and of how many.
Progress = Callable[[int, int], None]


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class PreviewedLine:
    """What would become of a line: `seconds` on the clock, `nominal_seconds` of the course's stated hours.

    `refused` are reasons in the words of `learning.reasons`, with their seconds. Where `is_stored`
    is True the completion was imported before and credits nothing again. `counts_for` is the code of the
    course that the catalogue finds for it, None if there is none.
    """

    completion: Completion
    counts_for: str | None
    seconds: int
    nominal_seconds: int
    refused: tuple[tuple[str, int], ...]
    is_stored: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The lines in the order of the file; with errors there are none."""

    lines: list[PreviewedLine] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many completions are new and how many were stored before; with errors, none of either."""

    stored: int = 0
    known: int = 0
    errors: list[LineError] = field(default_factory=list)


def preview(
    data: bytes,
    provider_id: int,
    bounds: Bounds = BOUNDS,
    by_person: bytes | None = None,
    progress: Progress = _unseen,
) -> Preview:
    """What each line would credit, or why not. Stores nothing, but logs the look at learners' evidence.

    Raises importing.UnknownProvider.
    """
    caller = importing.operator_for(provider_id)
    try:
        found = _statements(_completions(data, provider_id, bounds), caller)
    except CompletionFileRefusal as refusal:
        return Preview(errors=refusal.errors)
    lines: list[PreviewedLine] = []
    errors: list[LineError] = []
    for part in _by_learner(found):
        batch = Batch([received for _, received in part], is_array=True)
        answers = checking.check(batch, caller, V1, by_person)
        for (completion, _), answer in zip(part, answers, strict=True):
            if isinstance(answer, Fault):
                errors.append(_error(completion, answer))
            else:
                lines.append(_previewed(completion, answer))
        progress(len(lines) + len(errors), len(found))
    if errors:
        return Preview(errors=sorted(errors, key=lambda error: error.line))
    return Preview(sorted(lines, key=lambda line: line.completion.line))


def import_completions(
    data: bytes, provider_id: int, bounds: Bounds = BOUNDS, progress: Progress = _unseen
) -> Imported:
    """Store the completions of a file, if every line is right. Raises importing.UnknownProvider."""
    caller = importing.operator_for(provider_id)
    try:
        found = _statements(_completions(data, provider_id, bounds), caller)
    except CompletionFileRefusal as refusal:
        return Imported(errors=refusal.errors)
    taken = importing.conflicting([received for _, received in found])
    if taken:
        message = "a completion whose id is not taken by another statement"
        errors = [LineError(found[index][0].line, "", "id-conflict", message, "") for index in taken]
        return Imported(errors=errors)
    recorder: Recorder = current_app.extensions["lms_tracker.recorder"]
    stored = done = 0
    for part in _parts(found):
        stored += recorder.record(Batch([received for _, received in part], is_array=True), caller, V1).new
        done += len(part)
        progress(done, len(found))
    log.info("completions imported", provider=provider_id, stored=stored, known=len(found) - stored)
    return Imported(stored, len(found) - stored)


def _completions(data: bytes, provider_id: int, bounds: Bounds) -> list[Completion]:
    with database.reading() as connection:
        current: Catalogue = catalogue.current(connection)
    return read_completions(
        data,
        provider_id=provider_id,
        catalogue=current,
        timezone=current_app.config["SETTINGS"].timezone,
        now=clock.now_us() // 1_000_000,
        bounds=bounds,
    )


def _parts(found: list[tuple[Completion, Received]]) -> Iterator[list[tuple[Completion, Received]]]:
    for begin in range(0, len(found), TOGETHER):
        yield found[begin : begin + TOGETHER]


def _statements(completions: Sequence[Completion], caller: Caller) -> list[tuple[Completion, Received]]:
    """Each completion with its statement, as the door reads it. Raises CompletionFileRefusal."""
    found: list[tuple[Completion, Received]] = []
    errors: list[LineError] = []
    lines: dict[bytes, int] = {}
    for completion in completions:
        try:
            text = msgspec.json.encode(statement(completion))
            (received,) = batches.read(text, version=V1, allow_array=False).statements
        except Refusal as refusal:
            errors += [_error(completion, fault) for fault in refusal.faults]
            continue
        nameless = replace(received, value=_nameless(received.value))
        received.id = importing.computed_id(caller.provider_id, nameless)
        first = lines.setdefault(received.id, completion.line)
        if first != completion.line:
            message, got = "each completion once", completion.learner[:80]
            errors.append(LineError(completion.line, "", "line-twice", message, got, first))
        found.append((completion, received))
    if errors:
        raise CompletionFileRefusal(errors)
    return [one for part in _parts(found) for one in _as_stored(part)]


def _as_stored(
    found: Sequence[tuple[Completion, Received]],
) -> Iterator[tuple[Completion, Received]]:
    """Those that are stored under another name of the learner have the stored one: they are the same."""
    with database.reading() as connection:
        kept, _ = statements.kept(connection, [received.id for _, received in found if received.id])
        for completion, received in found:
            before = kept.get(received.id or b"")
            earlier = reread_kept(before) if before is not None else received
            if same(_nameless(earlier.value), _nameless(received.value)):
                earlier.id = received.id
                yield completion, earlier
            else:
                yield completion, received


def _nameless(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "actor": {name: item for name, item in value["actor"].items() if name != "name"}}


def _error(completion: Completion, fault: Fault) -> LineError:
    expected = fault.message.removeprefix("expected ")
    return LineError(completion.line, _COLUMNS.get(fault.path, ""), fault.rule, expected, fault.got)


def _by_learner(
    found: Sequence[tuple[Completion, Received]],
) -> Iterator[list[tuple[Completion, Received]]]:
    """Parts of about TOGETHER, a learner's completions never in two: they may contest each other."""
    part: list[tuple[Completion, Received]] = []
    ordered = sorted(found, key=lambda one: one[1].actors[0].key)
    for _, of_one in groupby(ordered, key=lambda one: one[1].actors[0].key):
        part += of_one
        if len(part) >= TOGETHER:
            yield part
            part = []
    if part:
        yield part


def _previewed(completion: Completion, answer: dict[str, Any]) -> PreviewedLine:
    if answer["stored"]:
        # What it credited it has credited already.
        return PreviewedLine(completion, answer["course"], 0, 0, (), is_stored=True)
    return PreviewedLine(
        completion,
        answer["course"],
        answer["seconds"],
        answer["nominal_seconds"],
        tuple((one["reason"], one["seconds"]) for one in answer["refused"]),
        is_stored=False,
    )


# --- by the provider's people, in the browser ------------------------------------------------------------


def preview_for(viewer: Viewer, provider_id: int, data: bytes) -> Preview:
    """As `preview`, of a file as a page takes it. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    return preview(data, provider_id, PAGE_BOUNDS, viewer.key)


def import_for(viewer: Viewer, provider_id: int, data: bytes) -> Imported:
    """As `import_completions`, of a file as a page takes it. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    return import_completions(data, provider_id, PAGE_BOUNDS)
