"""Statements come in from a file: by the door's own rules, those that break one told apart from the rest.

The caller is the operator on behalf of a provider: `stored` and `authority` of the file give way to ours as
at the door, a voiding is taken from the statements' own provider alone, and where the door would name the
credential, 0 stands for none.

A statement without an id gets one computed from the provider and from what it says, so that it is stored once
however often its file is imported. Two statements without ids that say the same are therefore one, as they
are one for credit.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from flask import current_app

from lms_tracker.actions.accepting import reread_kept
from lms_tracker.actions.recording import Recorder
from lms_tracker.actions.rights import Caller
from lms_tracker.store import courses, database, statements
from xapi import batches
from xapi.batches import Batch, Received
from xapi.comparison import digest, same
from xapi.faults import Fault, Refusal
from xapi.findings import excerpt
from xapi.splitting import Item, on_one_line
from xapi.versions import V1, V2

# The operator at this machine, whom no credential names.
OPERATOR = 0
KEPT_AT_ONCE = 2_000
_IDS = uuid.UUID("5c0c6f0e-2f0f-5d1c-9a43-0b6f6f0c4f5e")
_CLAUSE = "xAPI-Data 2.2"


class UnknownProvider(ValueError):
    """There is no such provider, or it may not post; the text is a sentence that says so."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that was not stored, and each rule that it breaks; there is at least one."""

    item: Item
    faults: list[Fault]


@dataclass(slots=True)
class Taken:
    """What became of some items: stored now, stored before and the same, or rejected, in their order."""

    stored: int = 0
    known: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    # The id of the last one that is in the store now; None if there is none.
    last: bytes | None = None


# A statement that is right, and the family of the version in which it was read.
_Valid = tuple[Item, Received, str]


class _Outline(msgspec.Struct):
    version: Any = None


_outline = msgspec.json.Decoder(_Outline).decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode


def operator_for(provider_id: int) -> Caller:
    """Who imports on behalf of a provider. Raises UnknownProvider."""
    with database.reading() as connection:
        if provider_id not in courses.provider_names(connection):
            raise UnknownProvider(f"there is no provider {provider_id}")
        if provider_id not in courses.approved_providers(connection):
            raise UnknownProvider(f"provider {provider_id} is not approved")
    return Caller(OPERATOR, provider_id, frozenset({"statements/write", "define"}))


def computed_id(provider_id: int, received: Received) -> bytes:
    """The id of a statement that came without one: the same for what says the same, from one provider."""
    content = digest(received.value, without_timestamp=received.timestamp_ns is None)
    return uuid.uuid5(_IDS, f"{provider_id}:{content.hex()}").bytes


def is_stored(statement_id: bytes) -> bool:
    with database.reading() as connection:
        return statement_id in statements.kept(connection, [statement_id])[0]


def conflicting(received: Sequence[Received]) -> list[int]:
    """The places of statements whose id another statement has in the store."""
    found: list[int] = []
    for begin in range(0, len(received), KEPT_AT_ONCE):
        part = received[begin : begin + KEPT_AT_ONCE]
        with database.reading() as connection:
            kept, _ = statements.kept(connection, [one.id for one in part if one.id is not None])
            for place, one in enumerate(part, begin):
                before = kept.get(one.id) if one.id is not None else None
                if before is not None and not same(reread_kept(before).value, one.value):
                    found.append(place)
    return found


class Importer:
    """Takes items for one provider. `version` is that of all of them, or None to read each in its own."""

    def __init__(self, caller: Caller, version: str | None = None) -> None:
        self._caller = caller
        self._version = version
        self._longest: int = current_app.config["SETTINGS"].max_statement_bytes
        self._recorder: Recorder = current_app.extensions["lms_tracker.recorder"]

    def take(self, items: Iterable[Item]) -> Taken:
        """Store what is right of these items, in their order. Returns after the commit."""
        taken = Taken()
        valid: list[_Valid] = []
        for item in map(mended, items):
            try:
                valid.append(self._read(item))
            except Refusal as refusal:
                taken.rejected.append(Rejected(item, refusal.faults))
        for version, run in _runs(valid):
            self._record(run, version, taken)
        taken.rejected.sort(key=lambda rejected: rejected.item.index)
        return taken

    def _read(self, item: Item) -> _Valid:
        if not item.finished and not item.text:
            raise _refusal("input-unfinished", "the input ends before its array does; it was cut off", item)
        if item.length > self._longest:
            message = f"expected at most {self._longest} bytes in one statement; this one has {item.length}"
            raise _refusal("statement-too-large", message, item)
        version = self._version or _version_of(item.text)
        (received,) = batches.read(item.text, version=version, allow_array=False).statements
        if received.id is None:
            received.id = computed_id(self._caller.provider_id, received)
        return item, received, version

    def _record(self, run: Sequence[tuple[Item, Received]], version: str, taken: Taken) -> None:
        while run:
            batch = Batch([received for _, received in run], is_array=True)
            try:
                recorded = self._recorder.record(batch, self._caller, version)
            except Refusal as refusal:
                faults = _by_index(refusal)
                taken.rejected += [Rejected(run[index][0], of_one) for index, of_one in faults.items()]
                run = [one for index, one in enumerate(run) if index not in faults]
                continue
            taken.stored += recorded.new
            taken.known += len(run) - recorded.new
            taken.last = recorded.ids[-1]
            return


def _runs(valid: list[_Valid]) -> Iterator[tuple[str, list[tuple[Item, Received]]]]:
    """What can be recorded together, in the order it came: of one version, and no id twice."""
    run: list[tuple[Item, Received]] = []
    seen: set[bytes | None] = set()
    before = V1
    for item, received, version in valid:
        if run and (version != before or received.id in seen):
            yield before, run
            run, seen = [], set()
        run.append((item, received))
        seen.add(received.id)
        before = version
    if run:
        yield before, run


def _by_index(refusal: Refusal) -> dict[int, list[Fault]]:
    """Faults of a batch by statement; raises the refusal where it is of the batch as a whole."""
    faults: dict[int, list[Fault]] = {}
    for fault in refusal.faults:
        if fault.index is None:
            raise refusal
        faults.setdefault(fault.index, []).append(fault)
    return faults


def _refusal(rule: str, message: str, item: Item) -> Refusal:
    got = excerpt(item.text[:100].decode("utf-8", "replace")) if item.text else "nothing"
    return Refusal([Fault(0, "", rule, message, got, _CLAUSE)])


def _version_of(text: bytes) -> str:
    """The family that a statement says it is of; 1.0 if it says nothing (xAPI-Data 2.4.10)."""
    if b'"version"' not in text:
        return V1
    try:
        version = _outline(text).version
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        # Whatever is wrong, whoever reads it says it better.
        return V1
    return V2 if isinstance(version, str) and version.startswith("2.0") else V1


def mended(item: Item) -> Item:
    """The statement of a line of a file of rejected ones; any other item as it is."""
    if b'"faults"' not in item.text:
        return item
    try:
        told = _object(item.text)
        if "faults" in told and "statement" in told:
            return _with(item, bytes(told["statement"]))
        if "faults" in told and "text" in told:
            return _with(item, _text(told["text"]).encode())
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        # Whoever reads it says what is wrong.
        return item
    return item


def _with(item: Item, text: bytes) -> Item:
    return replace(item, text=text, length=len(text))


def as_line(rejected: Rejected) -> bytes:
    """A line of a file of rejected statements, in JSON, with its line break.

    `line` counts from 1 and `index` from 0; `path`, `rule` and `message` are those of the first of `faults`.
    The statement stands as it came in `statement`, so that it can be mended there and the file be imported;
    what is no JSON object stands in `text`. Of one that was too long `text` is the beginning and `bytes` its
    length.
    """
    item = rejected.item
    faults = [
        {name: getattr(fault, name) for name in ("path", "rule", "message", "got", "clause")}
        for fault in rejected.faults
    ]
    first = {name: faults[0][name] for name in ("path", "rule", "message")}
    line = {"line": item.line, "index": item.index, **first, "faults": faults, **_original(item)}
    return msgspec.json.encode(line) + b"\n"


def _original(item: Item) -> dict[str, Any]:
    if item.length > len(item.text):
        return {"bytes": item.length, "text": item.text.decode("utf-8", "replace")}
    try:
        item.text.decode()
        _object(item.text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {"text": item.text.decode("utf-8", "backslashreplace")}
    return {"statement": msgspec.Raw(on_one_line(item.text))}
