"""Files of statements: read on from where an import that was ended left off, what is rejected written beside.

An import may be killed at any instant. What it has done is known from a file of progress: how far the input
was read, how much of the file of rejected statements stands for that, and one statement that must be in the
store if this is the database that it was imported into. It is written after the statements were committed and
the rejected ones are on the disk. So going on repeats at most what was done since: statements that are stored
are not stored again, and lines on rejected ones that it does not know of are taken away before.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import msgspec
from flask import current_app

from lms_tracker.actions import clock, importing, rejected_files
from lms_tracker.actions.import_inputs import Source, Unreadable
from lms_tracker.actions.importing import Importer, Rejected
from lms_tracker.actions.rejected_files import RejectedFile
from xapi.splitting import BEGINNING, Item, Place, Splitter

# Statements are stored together up to the number that is asked for, or so many bytes.
BATCH_BYTES = 8_000_000
# A line on a rejected statement holds it and what is wrong with it.
FAULTS_BYTES = 65_536
# Progress is kept no more often than this, in microseconds: each time waits for the disk.
KEPT_EVERY_US = 1_000_000
# So many of the rejected are told at once, besides the file that has all.
FIRST_REJECTED = 5
_BOM = b"\xef\xbb\xbf"

_any_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

# How many bytes of the input were read, and how many there are if that is known.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to import: `input` None is standard input; `rejected` is where rejected statements are written."""

    provider_id: int
    input: Path | None
    rejected: Path
    version: str | None = None
    batch: int = 500


@dataclass(slots=True)
class Outcome:
    """Statements stored now, stored before and the same, and rejected, of which the first few are told.

    `line` is where the next one would begin. Where the import is not `done`, `trouble` says why and `remedy`
    what to do, or both are None after an interruption; `resumed_at` is the line where this one went on with
    another.
    """

    stored: int = 0
    known: int = 0
    rejected: int = 0
    line: int = 1
    done: bool = False
    trouble: str | None = None
    remedy: str | None = None
    resumed_at: int | None = None
    first: list[Rejected] = field(default_factory=list)


class _Kept(msgspec.Struct):
    """The file of progress: whose it is, and how far it came."""

    input: str
    provider: int
    version: str | None
    place: Place
    last: bytes
    rejected_bytes: int
    stored: int
    known: int
    rejected: int


def progress_file(rejected: Path) -> Path:
    """Where the progress of an import is kept that writes what it rejects to this file."""
    return rejected.with_name(rejected.name + ".progress")


def run(wanted: Wanted, standard_input: IO[bytes], progress: Progress) -> Outcome:
    """Import, going on where the same import was ended before.

    Ends early, with an outcome that says so, on KeyboardInterrupt and where the input cannot be read on.
    Raises importing.UnknownProvider, RejectedInUse where another import writes to the same file, and OSError
    where a file cannot be opened or written.
    """
    importer = Importer(importing.operator_for(wanted.provider_id), wanted.version)
    with rejected_files.alone(wanted.rejected):
        if wanted.input is None:
            return _Import(wanted, importer, Source(standard_input, None), progress).run()
        with open(wanted.input, "rb") as raw:
            return _Import(wanted, importer, Source(raw, wanted.input), progress).run()


class _Import:
    """One run over one input."""

    def __init__(self, wanted: Wanted, importer: Importer, source: Source, progress: Progress) -> None:
        self._wanted, self._importer, self._source, self._progress = wanted, importer, source, progress
        self._outcome = Outcome()
        self._place, self._last = BEGINNING, b""
        self._rejects = RejectedFile(wanted.rejected)
        self._kept_us = clock.now_us()

    def run(self) -> Outcome:
        self._go_on()
        with contextlib.closing(self._rejects):
            try:
                self._read_all()
                self._outcome.done = True
            except KeyboardInterrupt:
                self._outcome.done = False
            except Unreadable as error:
                self._outcome.trouble, self._outcome.remedy = str(error), error.remedy
            finally:
                self._rejects.forget_unfinished()
                self._keep()
        if self._outcome.done:
            progress_file(self._wanted.rejected).unlink(missing_ok=True)
        self._outcome.line = self._place.line
        return self._outcome

    def _read_all(self) -> None:
        longest = current_app.config["SETTINGS"].max_statement_bytes + FAULTS_BYTES
        splitter = Splitter(longest, self._place)
        waiting = _Waiting(self._wanted.batch)
        is_begun = self._place is not BEGINNING
        trouble = None
        try:
            for chunk in self._source.chunks(self._place.offset):
                if not is_begun and chunk.startswith(_BOM):
                    self._place = replace(BEGINNING, offset=len(_BOM))
                    splitter, chunk = Splitter(longest, self._place), chunk[len(_BOM) :]
                is_begun = True
                for item in splitter.feed(chunk):
                    if waiting.add(item):
                        self._take(waiting.everything())
        except Unreadable as error:
            trouble = error
        for item in splitter.finish():
            if trouble is None or trouble.ended or _is_whole(item):
                waiting.add(item)
        self._take(waiting.everything())
        if trouble is not None:
            raise trouble

    def _take(self, items: list[Item]) -> None:
        if not items:
            return
        taken = self._importer.take(items)
        self._rejects.write(taken.rejected)
        # From here on it is done; before, the next run does it again and finds it stored.
        outcome = self._outcome
        outcome.stored += taken.stored
        outcome.known += taken.known
        outcome.rejected += len(taken.rejected)
        outcome.first += taken.rejected[: FIRST_REJECTED - len(outcome.first)]
        self._place, self._last = items[-1].after, taken.last or self._last
        self._rejects.finish()
        self._progress(self._source.read(), self._source.size)
        if clock.now_us() - self._kept_us >= KEPT_EVERY_US:
            self._keep()

    def _go_on(self) -> None:
        """Begin where the same import was ended, if that is known and was into this database."""
        kept = self._read_kept()
        if kept is None:
            self._rejects.begin()
            return
        self._place, self._last = kept.place, kept.last
        self._rejects.go_on(kept.rejected_bytes)
        self._outcome = Outcome(kept.stored, kept.known, kept.rejected, resumed_at=kept.place.line)

    def _read_kept(self) -> _Kept | None:
        wanted = self._wanted
        try:
            kept = msgspec.json.decode(progress_file(wanted.rejected).read_bytes(), type=_Kept)
        except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
            return None
        same = (kept.input, kept.provider, kept.version)
        if same != (self._source.identity, wanted.provider_id, wanted.version):
            return None
        if not self._rejects.has(kept.rejected_bytes) or not importing.is_stored(kept.last):
            return None
        return kept

    def _keep(self) -> None:
        # Without a statement in the store nothing would tell whether it is the same store.
        if self._source.identity is None or not self._last:
            return
        self._rejects.sync()
        outcome = self._outcome
        kept = _Kept(
            self._source.identity,
            self._wanted.provider_id,
            self._wanted.version,
            self._place,
            self._last,
            self._rejects.length,
            outcome.stored,
            outcome.known,
            outcome.rejected,
        )
        rejected_files.replace(progress_file(self._wanted.rejected), msgspec.json.encode(kept))
        self._kept_us = clock.now_us()


def _is_whole(item: Item) -> bool:
    """Whether the last item of an input that breaks off is all there, and only what should follow is not."""
    try:
        _any_object(item.text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return item.finished


class _Waiting:
    """Items until there are enough to be stored together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: list[Item] = []
        self._bytes = 0

    def add(self, item: Item) -> bool:
        """Whether there are enough now."""
        self._items.append(item)
        self._bytes += len(item.text)
        return len(self._items) >= self._most or self._bytes >= BATCH_BYTES

    def everything(self) -> list[Item]:
        items, self._items, self._bytes = self._items, [], 0
        return items
