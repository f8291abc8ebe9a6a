"""The keys with which course providers post: commands of the group `provider`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, show

if TYPE_CHECKING:
    from lms_tracker.actions.providers import Limits, Listed, NewCredential

scope_option = click.option(
    "--scope", "scopes", multiple=True, help="What the key allows, instead of the usual. Repeatable."
)
expires_option = click.option(
    "--expires", metavar="WHEN", help="The last day it is valid, 2027-12-31, or how long from now, 90d."
)
rate_option = click.option(
    "--rate",
    metavar="RATE",
    help="Requests at most, such as 600/minute or 20/second;10000/day, or none: then those of the settings.",
)
daily_option = click.option(
    "--daily", metavar="COUNT", help="New statements at most per local day, such as 100000, or none."
)
leave_out_option = click.option(
    "--leave-out-2/--no-leave-out-2",
    "leaves_out_2",
    default=None,
    help="Whether readers of 1.0.x are given no statements of 2.0.",
)


@click.command("credential")
@click.argument("provider", type=int)
@scope_option
@expires_option
@rate_option
@daily_option
@leave_out_option
@as_json_option
def add(
    provider: int,
    scopes: tuple[str, ...],
    expires: str | None,
    rate: str | None,
    daily: str | None,
    leaves_out_2: bool | None,
    as_json: bool,
) -> None:
    """Make a further key for PROVIDER, its number, beside those it has; its secret is shown only now.

    To change a key for another, see `provider rotate`.
    """
    from lms_tracker.actions import providers, terms

    with opened():
        try:
            given = terms.Terms(
                terms.scopes(scopes),
                None if expires is None else terms.expiry(expires),
                None if rate is None else terms.rate_limit(rate),
                None if daily is None else terms.daily_statements(daily),
                bool(leaves_out_2),
            )
            made = providers.add_credential(provider, given)
        except ValueError as error:
            raise Refused(str(error)) from None
    show_new(made, f"Provider {made.provider} posts to {made.endpoint} with a further key", as_json)


@click.command("rotate")
@click.argument("key")
@click.option(
    "--overlap", metavar="TIME", default="7d", show_default=True, help="How long KEY goes on: 7d, 12h, 0m."
)
@expires_option
@as_json_option
def rotate(key: str, overlap: str, expires: str | None, as_json: bool) -> None:
    """Make a new key in place of KEY, which goes on for a while and then ends.

    The new key has the scopes, limits and switch of the old one, and no end unless --expires names one. What
    was stored stays as it is: the authority of statements is the provider's, not the key's.
    """
    from lms_tracker.actions import providers, terms

    with opened():
        try:
            ends = None if expires is None else terms.expiry(expires)
            made = providers.rotate(key, terms.span(overlap), ends)
        except ValueError as error:
            raise Refused(str(error)) from None
    old = {"key": key, "expires": moment(made.old_ends_us)}
    text = f"Provider {made.new.provider} has a new key; {key} goes on until {old['expires']}"
    print_new(made.new, {**dataclasses.asdict(made.new), "old": old}, text, as_json)


@click.command("limit")
@click.argument("key")
@rate_option
@daily_option
@leave_out_option
@as_json_option
def limit(key: str, rate: str | None, daily: str | None, leaves_out_2: bool | None, as_json: bool) -> None:
    """Change the limits of KEY at once; those that are not named stay as they are."""
    from lms_tracker.actions import providers

    if rate is None and daily is None and leaves_out_2 is None:
        raise click.UsageError("Name what to change: --rate, --daily, --leave-out-2 or --no-leave-out-2.")
    with opened():
        try:
            now = providers.limit(key, rate=rate, daily=daily, leaves_out_2=leaves_out_2)
        except ValueError as error:
            raise Refused(str(error)) from None
    result = {"provider": now.provider, "key": key, **limits(now)}
    show(result, f"The key {key} of provider {now.provider}: {', '.join(words(result))}.", as_json)


@click.command("revoke")
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


COMMANDS = (add, rotate, limit, revoke)


def show_new(made: NewCredential, sentence: str, as_json: bool) -> None:
    print_new(made, dataclasses.asdict(made), sentence, as_json)


def print_new(made: NewCredential, result: dict[str, Any], sentence: str, as_json: bool) -> None:
    show(result, f"{sentence}\n  key     {made.key}\n  secret  {made.secret}   (shown only now)", as_json)


def listed(row: Listed) -> dict[str, Any]:
    """A key as lists show it; times are UTC."""
    from lms_tracker.actions import clock, providers

    return {
        "key": row.key,
        "state": str(providers.state_of(row.expires_us, row.revoked_us, clock.now_us())),
        "scopes": list(row.scopes),
        "created": moment(row.created_us),
        "last_used": moment(row.last_used_us),
        "expires": moment(row.expires_us),
        "revoked": moment(row.revoked_us),
        **limits(row),
    }


def limits(of: Limits | Listed) -> dict[str, Any]:
    return {
        "rate": of.rate_limit,
        "daily_statements": of.daily_statements,
        "leaves_out_2": of.leaves_out_2,
    }


def words(limited: dict[str, Any]) -> list[str]:
    """What `limits` says, for people; without a rate of its own a key has that of the settings, if any."""
    rate, daily = limited["rate"], limited["daily_statements"]
    return [
        f"{rate} requests" if rate else "requests as the settings allow",
        f"{daily} statements a day" if daily else "no limit of statements",
        *(["leaves out 2.0 for readers of 1.0.x"] if limited["leaves_out_2"] else []),
    ]


def line(key: dict[str, Any]) -> str:
    """What `listed` says, on one line for people."""
    times = [f"{word} {key[word]}" for word in ("created", "expires", "revoked") if key[word]]
    times.append(f"last used {key['last_used']}" if key["last_used"] else "not used yet")
    return f"   {key['key']}  {key['state']}: {', '.join([*times, *words(key)])}; {' '.join(key['scopes'])}"
