"""Settings: one table, wrong values refused with a sentence, documented as they are."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.config import SETTINGS, ConfigurationError, Settings, as_markdown, unknown
from tests.house.imports import ROOT


def test_the_readme_lists_exactly_the_settings_with_their_defaults() -> None:
    assert as_markdown() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    names = re.findall(r"LMS_TRACKER_[A-Z_]+[A-Z]", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert list(unknown(dict.fromkeys(names, ""))) == []


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings.from_environment({row.variable: " " for row in SETTINGS}) == Settings()


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.name)
def test_every_default_is_a_value_that_its_setting_takes(row) -> None:
    if row.default:
        assert Settings.from_environment({row.variable: row.default}) == Settings()


@pytest.mark.parametrize(
    ("variable", "values"),
    [
        (
            "DATABASE_URL",
            [
                "sqlite:////srv/tracker.db",
                "postgresql+psycopg://me:p%40ss@db.example:5432/tracker",
                "postgresql+psycopg://me@/tracker?host=/run/postgresql",
            ],
        ),
        ("BASE_URL", ["https://hoc.example.vn", "http://[::1]:8000", "https://example.vn/hoc-tap"]),
        ("XAPI_DEFAULT_VERSION", ["1.0.3", "2.0.0"]),
        ("MAX_BATCH", ["1", "100000"]),
        ("TIMEZONE", ["UTC", "Asia/Bangkok"]),
        ("RATE_LIMIT", ["600/minute", "20/second;10000/day"]),
        ("RATE_LIMIT_STORAGE", ["memory://", "file:///srv/counts"]),
    ],
)
def test_a_right_value_is_taken_as_it_is(variable: str, values: list[str]) -> None:
    for value in values:
        settings = Settings.from_environment({f"LMS_TRACKER_{variable}": value})
        assert str(getattr(settings, variable.lower())) == value


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgres://me:hunter2@db/tracker"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql+psycopg://me:hunter2@db:port/tracker"),
        ("DATABASE_URL", "postgresql+psycopg://me:hunter2@db"),
        ("SECRET_KEY", "hunter2"),
        ("BASE_URL", "learning.example.vn"),
        ("BASE_URL", "https://example.vn/?page=1"),
        ("BASE_URL", "https://example.vn:99999"),
        ("TIMEZONE", "Asia/Nowhere"),
        ("TIMEZONE", "../../etc/passwd"),
        ("TIMEZONE", "Asia"),
        ("XAPI_DEFAULT_VERSION", "2.0"),
        ("MAX_BODY_BYTES", "16 MB"),
        ("MAX_BATCH", "0"),
        ("MAX_BATCH", "1e3"),
        ("WORKERS", "-1"),
        ("WORKERS", "٣"),
        ("REFUSAL_LOG_DAYS", "9" * 400),
        ("RATE_LIMIT", "600"),
        ("RATE_LIMIT", "0/minute"),
        ("REFUSED_RATE_LIMIT", "many/hour"),
        ("RATE_LIMIT_STORAGE", "redis://"),
        ("RATE_LIMIT_STORAGE", "mongodb://me:hunter2@db"),
        ("RATE_LIMIT_STORAGE", "file://counts"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("DEFAULT_LANGUAGE", "fr"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_what_was_expected_and_what_came(
    variable: str, value: str
) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"LMS_TRACKER_{variable}: expected .+, got .+\."
    ) as refusal:
        Settings.from_environment({f"LMS_TRACKER_{variable}": value})
    assert "hunter2" not in str(refusal.value)


def test_what_an_extra_is_needed_for_says_which_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match=r"LMS_TRACKER_RATE_LIMIT_STORAGE: .+'\.\[redis\]'"):
        Settings.from_environment({"LMS_TRACKER_RATE_LIMIT_STORAGE": "redis://localhost:6379/0"})


def test_a_relative_file_is_one_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(database_url="sqlite:///a/b.db").database_url == f"sqlite:///{tmp_path}/a/b.db"
    assert Settings().database_url == f"sqlite:///{tmp_path}/lms_tracker.db"


def test_every_wrong_value_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Settings.from_environment({"LMS_TRACKER_MAX_BATCH": "x", "LMS_TRACKER_TIMEZONE": "x"})
    assert len(str(refusal.value).splitlines()) == 2


@given(st.dictionaries(st.sampled_from([row.variable for row in SETTINGS]), st.text(max_size=40), max_size=3))
def test_no_text_whatever_ends_in_anything_but_settings_or_a_refusal(environ: dict[str, str]) -> None:
    with contextlib.suppress(ConfigurationError):
        assert isinstance(Settings.from_environment(environ), Settings)


def test_serving_needs_a_secret_and_says_how_to_make_one() -> None:
    with pytest.raises(ConfigurationError, match=r"SECRET_KEY.+token_hex"):
        Settings().for_serving()
    assert Settings(secret_key="k" * 32).for_serving()


def test_settings_that_are_printed_show_no_secret() -> None:
    settings = Settings(secret_key="k" * 32, database_url="postgresql+psycopg://me:hunter2@db/tracker")
    assert "kkk" not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_a_slip_of_the_pen_is_noticed() -> None:
    assert list(
        unknown({"LMS_TRACKER_TIMEZON": "x", "LMS_TRACKER_TEST_POSTGRESQL_URL": "x", "PATH": "x"})
    ) == ["LMS_TRACKER_TIMEZON is not a setting; did you mean LMS_TRACKER_TIMEZONE?"]
