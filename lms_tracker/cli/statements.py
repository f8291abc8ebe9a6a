"""Statements in and out in bulk."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, bytes_progress, print_json, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.exporting import Export
    from lms_tracker.actions.import_files import Outcome
    from lms_tracker.actions.importing import Rejected


@click.group()
def statements() -> None:
    """Statements in and out in bulk."""


@statements.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--provider", required=True, type=int, help="The number of the provider whose they are.")
@click.option(
    "--version",
    type=click.Choice(["1.0.3", "2.0.0"]),
    help="The xAPI version of all of them; otherwise each is of the version that it names, or of 1.0.3.",
)
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where statements that are not stored are written, with the reason.  [default: FILE.rejected]",
)
@click.option(
    "--batch",
    type=click.IntRange(1, 10_000),
    default=500,
    show_default=True,
    help="How many statements are stored in one transaction.",
)
@as_json_option
def import_statements(
    file: Path, provider: int, version: str | None, rejected: Path | None, batch: int, as_json: bool
) -> None:
    """Import the statements of FILE, or of standard input where FILE is a single dash.

    FILE is JSON Lines, a JSON array, or what a record store answers ({"statements": […]}), one or many after
    each other, also packed with gzip, of any size. Statements are stored as if the provider had posted them,
    with our `stored` and `authority`; importing a file again stores nothing twice. What is wrong goes to the
    file of rejected statements; mend it there and import that file. Attachments' data are not in such files:
    statements whose attachments have no fileUrl are rejected.

    An import that was ended goes on where it was when the same command is run again.
    """
    from lms_tracker.actions import import_files, importing, rejected_files

    source = None if str(file) == "-" else file
    rejected = rejected or (Path("import.rejected") if source is None else Path(f"{file}.rejected"))
    if source is not None and rejected.exists() and rejected.samefile(source):
        raise click.UsageError("--rejected is the file that is imported")
    if rejected.exists() and not rejected.is_file():
        raise click.UsageError("--rejected is there and is no plain file, which alone can be set aside")
    wanted = import_files.Wanted(provider, source, rejected, version, batch)
    try:
        with opened(), bytes_progress("Statements") as report, _termination_as_interrupt():
            outcome = import_files.run(wanted, sys.stdin.buffer, report)
    except (importing.UnknownProvider, rejected_files.RejectedInUse) as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{error.filename or file}: {error.strerror}") from None
    _show_imported(outcome, rejected, source, as_json)


@statements.command("export")
@click.option("--provider", type=int, help="Only the statements of this provider, by its number.")
@click.option("--agent", help="Only those about this Agent or Group, in JSON.")
@click.option("--verb", help="Only those with this verb, an IRI.")
@click.option("--activity", help="Only those about this activity, an IRI.")
@click.option(
    "--related-agents", is_flag=True, help="With --agent, those too that name it anywhere else, as GET does."
)
@click.option(
    "--related-activities",
    is_flag=True,
    help="With --activity, those too that name it anywhere else, as GET does.",
)
@click.option("--registration", help="Only those of this registration, a UUID.")
@click.option("--since", help="Only those stored after this time, or after the cursor of an earlier export.")
@click.option("--until", help="Only those stored up to this time.")
@click.option("--with-voided", is_flag=True, help="Voided statements too, as for a copy of everything.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file instead of standard output; one that is there is gone on with after its last whole line, "
    "unless it is a device or a pipe.",
)
@as_json_option
def export_statements(
    provider: int | None,
    with_voided: bool,
    output: Path | None,
    as_json: bool,
    related_agents: bool,
    related_activities: bool,
    **filters: str | None,
) -> None:
    """Export statements as JSON Lines in the order of `stored`, whole up to the moment of the start.

    The cursor to go on from next time with --since is told on standard error. Attachments' data are not in
    it. What is voided after it was exported is told by the voiding statement, which comes later.
    """
    from lms_tracker.actions import exporting

    asked = {name: value for name, value in filters.items() if value is not None}
    related = {"related_agents": related_agents, "related_activities": related_activities}
    asked |= {name: "true" for name, is_wanted in related.items() if is_wanted}
    try:
        with opened():
            after = exporting.reached(output) if output is not None else None
            found = exporting.begin(provider, asked, after, with_voided=with_voided)
            count = _write(found, output)
    except exporting.NotExported as error:
        raise Refused(str(error)) from None
    except OSError as error:
        if output is None:
            raise
        raise Refused(f"{output}: {error.strerror or error}") from None
    figures = {"statements": count, "cursor": found.cursor}
    if output is not None and as_json:
        print_json(figures)
        return
    words = f"{count} statements were exported. To go on from here: --since {found.cursor}"
    click.echo(json.dumps(figures) if as_json else words, err=True)


def _write(found: Export, output: Path | None) -> int:
    """Write an export to its end, and to the disk; how many statements it had."""
    from lms_tracker.actions.owner_files import for_its_owner

    count = 0
    with ExitStack() as files:
        file: IO[bytes] = sys.stdout.buffer
        if output is not None:
            file = files.enter_context(open(output, "ab", opener=for_its_owner))
        with progress("Statements") as report:
            for lines, position in found.pages():
                file.writelines(lines)
                count += len(lines)
                report(position - found.first, found.last - found.first)
        file.flush()
        if output is not None and stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            os.fsync(file.fileno())
    return count


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """SIGTERM ends what is going on as Ctrl+C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show_imported(outcome: Outcome, rejected: Path, source: Path | None, as_json: bool) -> None:
    figures: dict[str, Any] = {
        "stored": outcome.stored,
        "known": outcome.known,
        "rejected": outcome.rejected,
        "rejected_file": str(rejected) if outcome.rejected else None,
        "resumed_at": outcome.resumed_at,
        "done": outcome.done,
    }
    lines = list(_sentences(outcome, rejected))
    if outcome.done and not outcome.rejected:
        show(figures, "\n".join(lines), as_json)
        return
    if not outcome.done:
        again = "Run the same command to go on." if source else "Send it again; nothing is stored twice."
        lines.append(f"{outcome.trouble or 'Ended'} at line {outcome.line}. {outcome.remedy or again}")
    raise Refused("\n".join(lines), figures)


def _sentences(outcome: Outcome, rejected: Path) -> Iterator[str]:
    if outcome.resumed_at is not None:
        yield f"Went on at line {outcome.resumed_at}."
    yield f"{outcome.stored} statements were stored, {outcome.known} were stored before."
    if outcome.rejected:
        yield f"{outcome.rejected} were rejected; they are in {rejected} with the reasons. The first:"
        yield from map(_sentence, outcome.first)


def _sentence(rejected: Rejected) -> str:
    fault = rejected.faults[0]
    path = f" {fault.path}:" if fault.path else ""
    return f"  line {rejected.item.line}:{path} {fault.message}; got {fault.got} ({fault.rule})"
