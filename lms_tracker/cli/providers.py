"""Course providers and the keys with which they post."""

from __future__ import annotations

import dataclasses

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show


@click.group()
def provider() -> None:
    """Course providers, who post statements."""


@provider.command("add")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, help="What the key allows, instead of the usual. Repeatable."
)
@as_json_option
def add_provider(name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Add the provider NAME, approved and ready to post; its secret is shown only now."""
    from lms_tracker.actions import providers

    with opened():
        try:
            credential = providers.add_provider(name, scopes or None)
        except ValueError as error:
            raise Refused(str(error)) from None
    text = (
        f"Provider {credential.provider}, {name}, posts to {credential.endpoint}\n"
        f"  key     {credential.key}\n"
        f"  secret  {credential.secret}   (shown only now)"
    )
    show(dataclasses.asdict(credential), text, as_json)
