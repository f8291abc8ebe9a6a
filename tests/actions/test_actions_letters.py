"""Letters laid down and sent: tried again with pauses, given up, and forgotten; on both databases."""

import itertools
import smtplib
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import clock, letters
from lms_tracker.config import ConfigurationError, Settings
from lms_tracker.store import database, dialects
from tests import databases

pytestmark = pytest.mark.usefixtures("in_app")

SECOND_US = 1_000_000
ADDRESS = "hoa@example.vn"


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    return Settings(
        database_url=migrated_database_url,
        secret_key=databases.SECRET_KEY,
        smtp_host="smtp.example.vn",
        smtp_user="so-hoc-tap",
        smtp_password="một mật khẩu",
        smtp_from="so-hoc-tap@example.vn",
    )


class Server:
    """A server of letters as smtplib speaks to it; its error it gives for every letter."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.told: list[str] = []
        self.error: BaseException | None = None

    def __call__(self, host: str, port: int, **_more: Any) -> "Server":
        self.told.append(f"{host}:{port}")
        return self

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: object) -> None:
        self.told.append("quit")

    def starttls(self, context: object) -> None:
        self.told.append("starttls")

    def login(self, user: str, _password: str) -> None:
        self.told.append(f"login {user}")

    def send_message(self, message: EmailMessage) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(message)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(smtplib, "SMTP", made)
    return made


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The clock in microseconds, which a test moves."""
    now = [clock.now_us()]
    monkeypatch.setattr(clock, "now_us", lambda: now[0])
    return now


def lay_down() -> None:
    with database.writing() as connection:
        letters.add(connection, ADDRESS, "Mã xác nhận", "Mã: ABCD-2345", clock.now_us())


def kept() -> dict[str, Any]:
    names = ("address", "subject", "body", "failures", "last_error", "sent_us", "given_up_us")
    with database.reading() as connection:
        found = dialects.rows(connection, f"SELECT {', '.join(names)} FROM letters", ())
    return dict(zip(names, found[0], strict=True)) if found else {}


def test_a_letter_goes_out_once_and_keeps_no_text(server: Server) -> None:
    lay_down()
    assert letters.send_due() == 1
    assert letters.send_due() == 0
    (message,) = server.sent
    assert (message["To"], message["From"]) == (ADDRESS, "so-hoc-tap@example.vn")
    assert (message["Subject"], message.get_content().strip()) == ("Mã xác nhận", "Mã: ABCD-2345")
    assert server.told == ["smtp.example.vn:587", "starttls", "login so-hoc-tap", "quit"]
    assert (kept()["subject"], kept()["body"]) == ("", "")


def test_what_fails_is_tried_again_later_and_later_and_given_up_after_two_hours(
    server: Server, time: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    server.error = smtplib.SMTPDataError(451, b"try later, hoa@example.vn")
    lay_down()
    begin, tries = time[0], []
    while kept()["given_up_us"] is None:
        known = len(server.told)
        letters.send_due()
        if len(server.told) > known:
            tries.append(time[0] - begin)
        time[0] += 30 * SECOND_US
    waits = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert waits == sorted(waits)
    assert len(tries) > 5
    assert tries[-1] <= letters.GIVE_UP_US
    assert (kept()["body"], kept()["last_error"]) == ("", "SMTPDataError 451")
    server.error = None
    assert letters.send_due() == 0
    assert ADDRESS not in "".join(capfd.readouterr())


def test_an_address_that_is_refused_for_good_is_not_tried_again(server: Server) -> None:
    server.error = smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"no such user hoa@example.vn")})
    lay_down()
    letters.send_due()
    assert kept()["given_up_us"] is not None
    assert kept()["last_error"] == "recipient refused 550"


def test_a_letter_that_a_process_was_killed_with_is_left_alone_for_minutes_and_then_sent(
    server: Server, time: list[int]
) -> None:
    lay_down()
    server.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        letters.send_due()
    server.error = None
    assert letters.send_due() == 0
    time[0] += letters.HELD_US
    assert letters.send_due() == 1


def test_a_week_later_not_even_the_address_is_kept(server: Server, time: list[int]) -> None:
    lay_down()
    letters.send_due()
    assert letters.drop_old() == 0
    time[0] += letters.KEPT_US + SECOND_US
    assert letters.drop_old() == 1
    assert kept() == {}


def test_a_server_without_an_address_to_write_from_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match="SMTP_FROM"):
        Settings.from_environment({"LMS_TRACKER_SMTP_HOST": "smtp.example.vn"})


def test_without_a_server_nothing_is_sent(
    app: Flask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_down()
    monkeypatch.setitem(app.config, "SETTINGS", Settings())
    assert letters.send_due() == 0
    assert server.told == []
