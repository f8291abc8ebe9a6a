"""The process beside the server: sends what is still to be sent, waits for the credit, tells the rest."""

from __future__ import annotations

import re
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from lms_tracker.demo import learning, telling
from lms_tracker.demo.folder import Folder, Made
from lms_tracker.demo.provider_program import ProviderProgram, UnexpectedAnswer

SECONDS_TO_START = 60
SECONDS_TO_COUNT = 120


class NoAnswer(Exception):
    """The service did not come to where it should in time."""


def run(path: Path, base_url: str) -> None:
    """The whole life of the process; it ends with its parent's SIGTERM or when all is told."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Folder(path)
    made = folder.made()
    if made is None:
        raise RuntimeError("the demo must be set up first")
    try:
        _wait_until_ready(base_url)
        telling.serving(base_url)
        count = send(folder, made, base_url)
        telling.counting()
        _wait_until_counted(base_url)
    except (NoAnswer, UnexpectedAnswer, OSError) as error:
        print(f"The demo's data are not complete: {error}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None
    telling.everything(folder, made, base_url, count)


def send(folder: Folder, made: Made, base_url: str) -> int:
    """Send every parcel that was not answered yet; answers how many there were to send."""
    all_parcels = learning.parcels(made.at, made.citizens)
    counts = folder.sent() or [0] * len(all_parcels)
    total = sum(len(parcels) - count for parcels, count in zip(all_parcels, counts, strict=True))
    done = 0
    with telling.progress("Learning") as advance:
        for number, (program, parcels) in enumerate(zip(made.programs, all_parcels, strict=True)):
            sender = ProviderProgram(f"{base_url}/xapi/", program.key, program.secret)
            for parcel in parcels[counts[number] :]:
                sender.send(parcel)
                # Killed between these lines, it sends one parcel twice, which changes nobody's credit.
                counts[number] += 1
                folder.note_sent(counts)
                done += 1
                advance(done, total)
    return total


def _wait_until_ready(base_url: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            if _get(f"{base_url}/readyz").startswith("ready"):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise NoAnswer(f"the service was not ready within {SECONDS_TO_START} seconds")


def _wait_until_counted(base_url: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_COUNT
    while time.monotonic() < deadline:
        waiting = re.search(
            r"^lms_tracker_credit_due_marks ([0-9.e+]+)$", _get(f"{base_url}/metrics"), re.MULTILINE
        )
        if waiting is None:
            raise NoAnswer("the service does not tell its figures")
        if float(waiting[1]) == 0:
            return
        time.sleep(0.2)
    raise NoAnswer(f"the credit was not counted within {SECONDS_TO_COUNT} seconds")


def _get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.read().decode())
