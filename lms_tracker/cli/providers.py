"""Course providers and the keys with which they post."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show

if TYPE_CHECKING:
    from lms_tracker.actions.providers import Listed, NewCredential

scope_option = click.option(
    "--scope", "scopes", multiple=True, help="What the key allows, instead of the usual. Repeatable."
)


@click.group()
def provider() -> None:
    """Course providers, who post statements."""


@provider.command("add")
@click.argument("name")
@scope_option
@as_json_option
def add_provider(name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Add the provider NAME, approved and ready to post; its secret is shown only now."""
    from lms_tracker.actions import providers

    with opened():
        try:
            made = providers.add_provider(name, scopes or None)
        except ValueError as error:
            raise Refused(str(error)) from None
    _show_new(made, f"Provider {made.provider}, {name}, posts to {made.endpoint}", as_json)


@provider.command("credential")
@click.argument("provider", type=int)
@scope_option
@as_json_option
def add_credential(provider: int, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a further key for PROVIDER, its number, beside those it has; its secret is shown only now.

    To change a key, make a further one, let the provider's program use it, and revoke the old one.
    """
    from lms_tracker.actions import providers

    with opened():
        try:
            made = providers.add_credential(provider, scopes or None)
        except ValueError as error:
            raise Refused(str(error)) from None
    _show_new(made, f"Provider {made.provider} posts to {made.endpoint} with a further key", as_json)


@provider.command("revoke")
@click.argument("key")
@as_json_option
def revoke(key: str, as_json: bool) -> None:
    """Revoke KEY at once; its provider's other keys stay."""
    from lms_tracker.actions import providers

    with opened():
        try:
            number = providers.revoke(key)
        except ValueError as error:
            raise Refused(str(error)) from None
    show({"provider": number, "key": key}, f"The key {key} of provider {number} is revoked.", as_json)


@provider.command("list")
@as_json_option
def list_providers(as_json: bool) -> None:
    """List the providers and their keys; secrets are kept nowhere."""
    from lms_tracker.actions import providers

    with opened():
        rows = [_listed(keys) for _, keys in groupby(providers.everything(), lambda row: row.provider_id)]
    lines = [line for row in rows for line in _lines(row)]
    show({"providers": rows}, "\n".join(lines) or "There is no provider yet.", as_json)


def _show_new(made: NewCredential, sentence: str, as_json: bool) -> None:
    text = f"{sentence}\n  key     {made.key}\n  secret  {made.secret}   (shown only now)"
    show(dataclasses.asdict(made), text, as_json)


def _listed(rows: Iterable[Listed]) -> dict[str, Any]:
    """One provider with its keys; times are UTC."""
    found = list(rows)
    keys = [
        {
            "key": row.key,
            "scopes": list(row.scopes),
            "created": _time(row.created_us),
            "expires": _time(row.expires_us),
            "revoked": _time(row.revoked_us),
        }
        for row in found
        if row.key is not None
    ]
    first = found[0]
    return {
        "provider": first.provider_id,
        "name": first.name,
        "created": _time(first.provider_created_us),
        "keys": keys,
    }


def _time(us: int | None) -> str | None:
    return None if us is None else datetime.fromtimestamp(us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lines(row: dict[str, Any]) -> Iterable[str]:
    yield f"{row['provider']}  {row['name']}  (since {row['created']})"
    for key in row["keys"]:
        ends = [f"{word} {key[word]}" for word in ("created", "expires", "revoked") if key[word]]
        yield f"   {key['key']}  {', '.join(ends)}  {' '.join(key['scopes'])}"
