"""Logs go to standard error, carry the request's id, and hold nobody's personal data (I18)."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask

from lms_tracker import logs


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_logs_are_json_on_standard_error_and_nothing_on_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", "json")
    logs.logger("lms_tracker.test").info("stored", count=3, title="Kỹ năng số")
    logging.getLogger("somebody.else").warning("%s said", "a library")
    out, err = capsys.readouterr()
    ours, theirs = lines(err)
    assert out == ""
    assert (ours["event"], ours["count"], ours["title"], ours["level"]) == ("stored", 3, "Kỹ năng số", "info")
    assert str(ours["timestamp"]).endswith("Z")
    assert (theirs["event"], theirs["logger"]) == ("a library said", "somebody.else")


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", "json")
    logs.logger("lms_tracker.test").info("stored")
    assert capsys.readouterr().err == ""


def test_debug_shows_our_own_chatter_and_not_that_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", "json")
    logs.logger("lms_tracker.test").debug("ours")
    logging.getLogger("somebody.else").debug("theirs")
    assert [line["event"] for line in lines(capsys.readouterr().err)] == ["ours"]


@pytest.mark.parametrize(
    "key", ["actor", "mbox", "name", "login", "Password", "agent", "secret", "identifiers"]
)
@pytest.mark.parametrize("log_format", ["json", "console"])
def test_i18_a_value_under_a_personal_name_is_left_out(
    key: str, log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", log_format)
    logs.logger("lms_tracker.test").info("seen", **{key: "mailto:lan@example.vn"})
    logged = capsys.readouterr().err
    assert "lan@example.vn" not in logged
    assert "left out" in logged


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_i18_an_exception_is_logged_by_class_and_place_without_its_text(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", log_format)
    try:
        try:
            raise KeyError("mailto:lan@example.vn")
        except KeyError as error:
            raise ValueError("Key (login)=(lan) already exists") from error
    except ValueError:
        logs.logger("lms_tracker.test").exception("failed")
        logging.getLogger("somebody.else").exception("failed too")
    logged = capsys.readouterr().err
    assert logged.count("builtins.ValueError at test_house_logs.py:") == 2
    assert logged.count("builtins.KeyError at test_house_logs.py:") == 2
    assert "lan" not in logged


@pytest.fixture
def requests_app() -> Flask:
    app = Flask("a")
    logs.attach(app)

    @app.get("/learners/<name>")
    def learner(name: str) -> tuple[str, int]:
        return "", 404

    return app


def test_every_answer_names_its_request_and_i18_the_log_names_no_path(
    requests_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", "json")
    answer = requests_app.test_client().get("/learners/lan?agent=lan", headers={"X-Request-ID": "abc-12345"})
    (line,) = lines(text := capsys.readouterr().err)
    assert answer.headers["X-Request-ID"] == line["request"] == "abc-12345"
    assert (line["route"], line["status"]) == ("/learners/<name>", 404)
    assert "lan?" not in text
    assert "agent" not in text


def test_a_request_id_that_could_forge_a_line_is_replaced(requests_app: Flask) -> None:
    logs.configure("error", "json")
    for forged in ("short", "x" * 65, "a b c d e f g h", 'abcdefgh","level":"x'):
        answer = requests_app.test_client().get("/learners/lan", headers={"X-Request-ID": forged})
        assert answer.headers["X-Request-ID"] != forged
