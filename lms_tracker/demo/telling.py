"""What the demo prints for the person who started it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lms_tracker.demo.citizens import COMMUNE
from lms_tracker.demo.folder import Folder, Made


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A function that takes how much is done and of how much; it draws a bar on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def setting_up() -> None:
    say(f"Setting up a demo commune: {COMMUNE}, with invented people and made-up data.")


def serving(base_url: str) -> None:
    say(f"Serving at {base_url}/")


def counting() -> None:
    say("Every provider's program has sent its statements; hours are being counted.")


def everything(folder: Folder, made: Made, base_url: str, sent: int) -> None:
    """Addresses and logins, one for each kind of person, and how to check the ledger."""
    shown = {
        "citizen": "/record",
        "provider": "/provider",
        "officer": "/organiser",
        "reviewer": "/organiser",
        "approver": "/organiser/recognition",
        "organiser": "/organiser/flags",
        "administrator": "/organiser",
    }
    lines = [
        "",
        f"The demo commune is ready: {made.citizens} citizens, {len(made.programs)} providers"
        f" ({sent} requests sent by their programs in this run).",
        "",
        f"  {base_url}/",
        "",
    ]
    first = {login.role: login for login in reversed(made.logins)}
    for role, page in shown.items():
        login = first[role]
        lines.append(f"  {role:14} login {login.login:10} password {login.password}   {base_url}{page}")
    lines += [
        "",
        "What a reviewer should look at is raised by the jobs within a minute or two.",
        f"All logins, made for this demo alone, are in {_short(folder.logins)}.",
        "In a second terminal, tell the program first that it works on this demo:",
        f"  export LMS_TRACKER_DATABASE_URL={shlex.quote(f'sqlite:///{folder.database}')}"
        f" LMS_TRACKER_BASE_URL={base_url}",
        "and then compare the ledger with the evidence, minute by minute:",
        f"  {_program()} credit verify",
        "Ctrl+C ends the demo; the next start keeps the data.",
    ]
    say("\n".join(lines))


def say(text: str) -> None:
    print(text, flush=True)


def _program() -> str:
    """How this very program is called from here."""
    beside = Path(sys.executable).with_name("lms-tracker")
    return _short(beside) if beside.exists() else "lms-tracker"


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
