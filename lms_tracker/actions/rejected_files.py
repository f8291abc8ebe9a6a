"""The file that an import leaves beside its input: what was not stored, a line each, to be mended."""

import contextlib
import fcntl
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lms_tracker.actions import importing
from lms_tracker.actions.importing import Rejected
from lms_tracker.actions.owner_files import for_its_owner


class RejectedInUse(Exception):
    """Another import writes to the file; the text is a sentence that says so."""


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only import that writes what it rejects to this file. Raises RejectedInUse, and OSError.

    The lock is on a file beside it, which is there as long as the import: the file itself comes and goes.
    """
    lock = path.with_name(path.name + ".lock")
    with contextlib.ExitStack() as files:
        while True:
            file = files.enter_context(open(lock, "ab", opener=for_its_owner))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                words = "wait for its end, or name another file with --rejected"
                raise RejectedInUse(f"another import is writing to {path}: {words}") from None
            # Who had it before may have taken it away between the opening and the lock.
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), os.stat(lock)):
                    break
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


class RejectedFile:
    """The file of rejected statements; it is there as soon as there is one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        # How much of it stands for items that are done.
        self.length = 0

    def begin(self) -> None:
        """Set aside what an earlier import left, with a tilde after its name: somebody may be mending it."""
        with contextlib.suppress(FileNotFoundError):
            os.replace(self._path, _free(self._path.with_name(self._path.name + "~")))

    def has(self, length: int) -> bool:
        return length == 0 or (self._path.exists() and self._path.stat().st_size >= length)

    def go_on(self, length: int) -> None:
        self.length = length
        if self._path.exists():
            self._file = open(self._path, "r+b")  # noqa: SIM115 - closed by `close`
            self.forget_unfinished()

    def write(self, rejected: list[Rejected]) -> None:
        if rejected and self._file is None:
            self._file = open(self._path, "wb", opener=for_its_owner)  # noqa: SIM115 - closed by `close`
        if self._file is not None:
            self._file.writelines(map(importing.as_line, rejected))
            self._file.flush()

    def finish(self) -> None:
        self.length = self._file.tell() if self._file is not None else 0

    def forget_unfinished(self) -> None:
        if self._file is not None:
            self._file.seek(self.length)
            self._file.truncate()

    def sync(self) -> None:
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self.sync()
            self._file.close()


def _free(path: Path) -> Path:
    """The path, or that with a number after it, under which nothing was set aside yet."""
    numbered = (path.with_name(f"{path.name}{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain([path], numbered) if not one.exists())


def replace(path: Path, content: bytes) -> None:
    """Write a file so that after any crash it is the old one or the new one, whole."""
    draft = path.with_name(path.name + ".new")
    with open(draft, "wb", opener=for_its_owner) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
