"""Proofs come in: pictures and PDFs that a stranger sends, kept only once it is known what they are.

What a file is, its content says and not its name; a process of its own finds it out (`proof_reading`), with a
bound of memory and time. They are kept with the contents, outside everything that is served, and leave only
through a page that asks who may see them.
"""

import os
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import msgspec
from flask import current_app

from lms_tracker import logs
from lms_tracker.actions import contents, proof_reading
from lms_tracker.actions.availability import NotWritten
from lms_tracker.actions.proof_reading import ProofRefused as ProofRefused

log = logs.logger(__name__)

MOST_NAME = 100
READ_AT_ONCE = 256 * 1024
# A page waits so long for its turn: what decodes pictures takes a core and up to a gigabyte.
SECONDS_FOR_A_TURN = 20.0
SECONDS_FOR_A_FILE = proof_reading.MOST_SECONDS + 10

# Of the environment, what the interpreter may need to start.
HANDED_ON = ("PATH", "LD_LIBRARY_PATH")

_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Kept:
    """A proof as it is kept: a JPEG drawn anew, or a PDF as it came."""

    content_key: bytes
    content_type: str
    name: str
    size: int


class _Answer(msgspec.Struct):
    type: str = ""
    refused: str = ""


def most_bytes() -> int:
    """How large a file may be."""
    megabytes: int = current_app.config["SETTINGS"].proof_mb
    return megabytes * 1024 * 1024


def keep(name: str, file: IO[bytes]) -> Kept:
    """Find out what a file is and keep it, for a day although nothing refers to it.

    Raises ProofRefused, and NotWritten where too many are being looked at.
    """
    data = file.read(most_bytes() + 1)
    if len(data) > most_bytes():
        raise ProofRefused("proof-large")
    kind, clean = _examined(data)
    kept = contents.keep(_pieces(clean), len(clean))
    return Kept(kept.content_key, kind, shown_name(name, kind), kept.size)


def _pieces(data: bytes) -> Iterator[bytes]:
    for begin in range(0, len(data), READ_AT_ONCE):
        yield data[begin : begin + READ_AT_ONCE]


def _examined(data: bytes) -> tuple[str, bytes]:
    if proof_reading.kind_of(data) is None:
        raise ProofRefused("proof-type" if data else "proof-empty")
    if not _turns.acquire(timeout=SECONDS_FOR_A_TURN):
        raise NotWritten("too many proofs are being looked at")
    try:
        # -I: neither the environment nor the current folder says what is imported. Settings come from the
        # environment; whoever breaks out of a decoder finds none of them there.
        done = subprocess.run(
            [sys.executable, "-I", proof_reading.__file__],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
            timeout=SECONDS_FOR_A_FILE,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        # It went over its bounds, or the decoder broke down.
        log.warning("a proof could not be looked at", kind=type(error).__name__)
        raise ProofRefused("proof-broken") from None
    finally:
        _turns.release()
    line, _, clean = done.stdout.partition(b"\n")
    answer = msgspec.json.decode(line, type=_Answer)
    if answer.refused:
        raise ProofRefused(answer.refused)
    return answer.type, clean


def shown_name(name: str, kind: str) -> str:
    """The name of a file as its sender called it, on one line, with the ending of what it really is."""
    plain = unicodedata.normalize("NFC", name[:1000].replace("\\", "/").rsplit("/", 1)[-1])
    stem = "".join(letter for letter in plain if letter.isprintable()).rpartition(".")
    ending = "pdf" if kind == proof_reading.PDF else "jpg"
    return f"{(stem[0] or stem[2]).strip(' .')[:MOST_NAME] or 'proof'}.{ending}"
