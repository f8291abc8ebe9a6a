"""Other record stores that chosen statements are sent on to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.forwards import DeadLetter, Listed

_secret_option = click.option(
    "--secret-file",
    type=click.File(),
    help="Read the secret from the first line of this file; - is standard input. Else it is asked for.",
)
_key_option = click.option("--key", required=True, help="The key that the other store gave us.")


@click.group()
def forward() -> None:
    """Send chosen statements on to other record stores."""


@forward.command("add")
@click.argument("name")
@click.option(
    "--endpoint", required=True, help="The other store's address, such as https://lrs.example.org/xapi/."
)
@_key_option
@_secret_option
@click.option("--provider", type=int, help="Only statements of the provider with this number.")
@click.option("--verb", "verbs", multiple=True, help="Only statements with this verb, an IRI. Repeatable.")
@click.option(
    "--activity", "activities", multiple=True, help="Only statements about this activity, an IRI. Repeatable."
)
@click.option(
    "--from",
    "since",
    default="now",
    show_default=True,
    help="What was stored from then on: now, beginning, or a time such as 2026-10-01T00:00:00+07:00.",
)
@click.option(
    "--version",
    type=click.Choice(["1.0.3", "2.0.0"]),
    default="1.0.3",
    show_default=True,
    help="The xAPI version that the other store speaks. 1.0.3 leaves out statements that came as 2.0.",
)
@click.option("--insecure", is_flag=True, help="Allow plain http to another machine.")
@as_json_option
def add(name: str, key: str, secret_file: Any, as_json: bool, **chosen: Any) -> None:
    """Send statements on to another store from now on, under the name NAME.

    Statements are sent as they came, byte for byte, voided ones and what voids them included. What the other
    store refuses is kept as a dead letter; while it does not answer, nothing is lost. `serve --with-jobs` or
    `jobs` does the sending.
    """
    from lms_tracker.actions import forwards

    secret = _secret(secret_file)
    provider = chosen.pop("provider")
    with _opened():
        warning = forwards.add(
            forwards.Wanted(name=name, key=key, secret=secret, provider_id=provider, **chosen)
        )
    if warning:
        click.echo(f"Warning: {warning}", err=True)
    result = {"forward": name, "endpoint": chosen["endpoint"], "warning": warning}
    show(result, f"{name}: statements are sent on to {chosen['endpoint']}", as_json)


@forward.command("list")
@as_json_option
def list_forwards(as_json: bool) -> None:
    """List the forwards: whither, what, how far, what went wrong, how many dead letters."""
    from lms_tracker.actions import forwards

    with opened():
        rows = [_listed(found) for found in forwards.everything()]
    lines = [line for row in rows for line in _lines(row)]
    show({"forwards": rows}, "\n".join(lines) or "There is no forward yet.", as_json)


@forward.command("pause")
@click.argument("name")
@as_json_option
def pause(name: str, as_json: bool) -> None:
    """Send nothing more for NAME until `forward resume`."""
    from lms_tracker.actions import forwards

    with _opened():
        forwards.pause(name)
    show({"forward": name, "paused": True}, f"{name} is paused.", as_json)


@forward.command("resume")
@click.argument("name")
@as_json_option
def resume(name: str, as_json: bool) -> None:
    """Go on with NAME where it stopped, at once also where it waits after a failure."""
    from lms_tracker.actions import forwards

    with _opened():
        forwards.resume(name)
    show({"forward": name, "paused": False}, f"{name} goes on.", as_json)


@forward.command("credential")
@click.argument("name")
@_key_option
@_secret_option
@as_json_option
def credential(name: str, key: str, secret_file: Any, as_json: bool) -> None:
    """Use another key and secret for NAME, at once."""
    from lms_tracker.actions import forwards

    secret = _secret(secret_file)
    with _opened():
        forwards.set_credential(name, key, secret)
    show({"forward": name, "key": key}, f"{name} uses the key {key} now.", as_json)


@forward.command("remove")
@click.argument("name")
@as_json_option
def remove(name: str, as_json: bool) -> None:
    """Remove NAME and its dead letters; statements stay, here and there."""
    from lms_tracker.actions import forwards

    with _opened():
        count = forwards.remove(name)
    show({"forward": name, "dead_letters": count}, f"{name} is removed with {count} dead letters.", as_json)


@forward.command("dead")
@click.argument("name")
@as_json_option
def dead(name: str, as_json: bool) -> None:
    """Look at the statements of NAME that the other store would not have, and at what it said."""
    from lms_tracker.actions import forwards

    with _opened():
        letters = [_letter(found) for found in forwards.dead(name)]
    lines = [
        f"{row['statement']}  {row['status'] or '-'}  {row['failed']}  {row['attempts']}×  {row['answer']}"
        for row in letters
    ]
    show({"dead_letters": letters}, "\n".join(lines) or f"{name} has no dead letters.", as_json)


@forward.command("resend")
@click.argument("name")
@click.argument("statement", required=False)
@as_json_option
def resend(name: str, statement: str | None, as_json: bool) -> None:
    """Send the dead letters of NAME again now, or that of STATEMENT alone.

    Exit status 1 when one of them is refused again or the other store does not answer.
    """
    from lms_tracker.actions import resending

    with _opened(), progress("Sending again") as advance:
        outcome = resending.resend(name, statement, advance)
    result = {"sent": outcome.sent, "still_dead": outcome.refused, "gone": outcome.gone}
    text = f"{outcome.sent} were taken, {outcome.refused} refused again"
    if outcome.gone:
        text += f", {outcome.gone} are not stored here any more"
    if outcome.stopped is not None:
        raise Refused(f"{text}; the rest waits: {outcome.stopped}", result)
    if outcome.refused:
        raise Refused(f"{text}; `forward dead {name}` says why.", result)
    show(result, f"{text}.", as_json)


@contextmanager
def _opened() -> Iterator[None]:
    """As `opened`; what cannot be done is told by its sentence."""
    with opened():
        try:
            yield
        except ValueError as error:
            raise Refused(str(error)) from None


def _secret(file: Any) -> str:
    if file is not None:
        return str(file.readline().rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise click.UsageError("The secret is asked for on a terminal alone; else give --secret-file.")
    return str(click.prompt("Secret", hide_input=True, err=True))


def _listed(found: Listed) -> dict[str, Any]:
    forward = found.forward
    state = "paused" if forward.paused_us is not None else "failing" if forward.failures else "running"
    return {
        "forward": forward.name,
        "endpoint": forward.endpoint,
        "key": forward.key,
        "version": forward.version,
        "provider": forward.provider_id,
        "verbs": list(found.verbs),
        "activities": list(found.activities),
        "state": state,
        "behind_seconds": found.behind_us // 1_000_000,
        "failures": forward.failures,
        "again": moment(forward.next_us) if forward.failures else None,
        "last_error": forward.last_error or None,
        "dead_letters": found.dead_letters,
    }


def _lines(row: dict[str, Any]) -> list[str]:
    chosen = [f"provider {row['provider']}"] if row["provider"] is not None else []
    chosen += row["verbs"] + row["activities"]
    lines = [f"{row['forward']}  {row['state']}  to {row['endpoint']}  {', '.join(chosen) or 'everything'}"]
    without = ", without statements of 2.0" if row["version"] == "1.0.3" else ""
    lines.append(f"   {row['behind_seconds']} s behind, {row['dead_letters']} dead letters{without}")
    if row["failures"]:
        lines.append(f"   {row['failures']} failures in a row, again at {row['again']}: {row['last_error']}")
    return lines


def _letter(found: DeadLetter) -> dict[str, Any]:
    return {
        "statement": str(UUID(bytes=found.statement_id)),
        "failed": moment(found.failed_us),
        "attempts": found.attempts,
        "status": found.status,
        "answer": found.answer,
    }
