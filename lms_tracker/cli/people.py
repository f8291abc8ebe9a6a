"""People who can sign in."""

from __future__ import annotations

import secrets
import sys

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show


@click.group()
def person() -> None:
    """People who can sign in."""


@person.command("add")
@click.argument("name")
@click.option("--login", required=True, help="What the person signs in with, such as a telephone number.")
@click.option(
    "--identifier",
    "identifiers",
    multiple=True,
    help="mailto:… or an xAPI agent as JSON; statements about it are about this person. Repeatable.",
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@as_json_option
def add_person(
    name: str, login: str, identifiers: tuple[str, ...], password_stdin: bool, as_json: bool
) -> None:
    """Add NAME as a person who can sign in.

    The password is asked for on a terminal or read with --password-stdin; else one is made and printed once.
    """
    from lms_tracker.actions import people

    password, made = _password(password_stdin, as_json)
    with opened():
        try:
            added = people.add_person(name, login, password, identifiers)
        except ValueError as error:
            raise Refused(str(error)) from None
    result = {"person": added.key.hex(), "login": added.login}
    text = f"{name} can sign in as {added.login}."
    if made:
        result["password"] = password
        text += f" The password, shown only now: {password}"
    show(result, text, as_json)


@person.command("password")
@click.argument("login")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@as_json_option
def change_password(login: str, password_stdin: bool, as_json: bool) -> None:
    """Give the person who signs in with LOGIN a new password; it ends their sessions.

    The password is asked for on a terminal or read with --password-stdin; else one is made and printed once.
    """
    from lms_tracker.actions import people

    password, made = _password(password_stdin, as_json)
    with opened():
        try:
            people.set_password(login, password)
        except ValueError as error:
            raise Refused(str(error)) from None
    result, text = {"login": people.clean_login(login)}, f"{login} has a new password."
    if made:
        result["password"] = password
        text += f" It is shown only now: {password}"
    show(result, text, as_json)


def _password(from_stdin: bool, as_json: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if not as_json and sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True), False
    return secrets.token_urlsafe(15), True
