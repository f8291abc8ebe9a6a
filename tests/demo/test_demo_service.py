"""A small demo as people start it: a process of its own, served, stopped and started again."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms_tracker.demo import learning
from lms_tracker.demo.folder import Folder, Made
from tests.ports import free_port

CITIZENS = 3
START = "import pathlib, sys; from lms_tracker import demo; "
START += f"demo.run(int(sys.argv[1]), pathlib.Path(sys.argv[2]), citizens={CITIZENS})"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    process: subprocess.Popen[str]
    base_url: str
    folder: Path

    def printed_until(self, word: str) -> str:
        """What it prints up to the line with this word."""
        lines = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line)
            if word in line:
                return "".join(lines)
        raise AssertionError(f"it ended without {word!r}: {''.join(lines)}")

    def made(self) -> Made:
        made = Folder(self.folder).made()
        assert made is not None
        return made


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(port), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT), "LMS_TRACKER_WORKERS": "1"},
        start_new_session=True,
    )
    try:
        yield Running(process, f"http://127.0.0.1:{port}", folder)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(12)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def rows(folder: Path, select: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "demo.db")) as connection:
        return connection.execute(select).fetchall()


def count(folder: Path, table: str) -> int:
    return int(str(rows(folder, f"SELECT count(*) FROM {table}")[0][0]))


def stored_ids(folder: Path) -> set[object]:
    return {row[0] for row in rows(folder, "SELECT statement_id FROM statements")}


def command(demo: Running, *words: str) -> subprocess.CompletedProcess[str]:
    """What the program says of this demo's database."""
    return subprocess.run(
        [sys.executable, "-m", "lms_tracker.cli", *words],
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "LMS_TRACKER_DATABASE_URL": f"sqlite:///{demo.folder / 'demo.db'}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    with running(folder) as started:
        text = started.printed_until("Ctrl+C")
        assert f"{started.base_url}/record" in text
        assert "credit verify" in text
        assert f"export LMS_TRACKER_DATABASE_URL=sqlite:///{folder / 'demo.db'} " in text
        assert f" LMS_TRACKER_BASE_URL={started.base_url}\n" in text
        yield started


def test_every_statement_that_should_be_stored_is(demo: Running) -> None:
    made = demo.made()
    with_ids, without = set(), 0
    for parcel in (parcel for parcels in learning.parcels(made.at, CITIZENS) for parcel in parcels):
        if parcel.status in (200, 204):
            accepted = json.loads(parcel.raw) if parcel.raw else list(parcel.statements)
            for statement in accepted if isinstance(accepted, list) else [accepted]:
                if "id" in statement:
                    with_ids.add(statement["id"])
                else:
                    without += 1
    of_programs = "FROM statements WHERE provider_id IN (SELECT id FROM providers WHERE NOT is_ours)"
    assert rows(demo.folder, f"SELECT count(*) {of_programs}") == [(len(with_ids) + without,)]


def test_each_mistake_is_in_its_providers_refusal_log(demo: Running) -> None:
    found = rows(demo.folder, "SELECT provider_id, rule FROM refusals ORDER BY id")
    centre, school, channel, *_others = (program.provider for program in demo.made().programs)
    assert [rule for provider, rule in found if provider == centre] == ["iri-absolute"]
    assert sorted(str(rule) for provider, rule in found if provider == school) == [
        "duration",
        "id-conflict",
        "iri-absolute",
        "required",
    ]
    assert [rule for provider, rule in found if provider == channel] == ["mbox"]


def test_every_reason_of_the_field_occurs(demo: Running) -> None:
    from lms_tracker.learning.reasons import Reason

    found = {Reason(int(str(row[0]))) for row in rows(demo.folder, "SELECT DISTINCT reason FROM ledger")}
    assert found >= {
        Reason.CREDITED,
        Reason.UNKNOWN_COURSE,
        Reason.OVERLAPS,
        Reason.DUPLICATE_CONTENT,
        Reason.OVER_A_CAP,
        Reason.FUTURE_TIMESTAMP,
        Reason.NO_DURATION,
        Reason.NO_TIME_OF_ITS_OWN,
        Reason.IMPOSSIBLE_DURATION,
        Reason.VOIDED,
        Reason.OUTSIDE_VALIDITY,
    }


def test_nobody_waits_to_be_counted_and_the_ledger_agrees(demo: Running) -> None:
    assert count(demo.folder, "due_marks") == 0
    outcome = command(demo, "credit", "verify", "--json")
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout)["differing"] == []


def test_the_commune_has_hamlets_a_roster_and_people_who_claim_and_contest(demo: Running) -> None:
    commune = "SELECT id FROM places WHERE name = 'Gò Quao' AND kind = 'xa'"
    assert rows(demo.folder, f"SELECT count(*) FROM places WHERE parent_id IN ({commune})") == [(12,)]
    assert count(demo.folder, "residences") == 2 * CITIZENS
    assert count(demo.folder, "kinships") >= CITIZENS
    assert rows(demo.folder, "SELECT state FROM rosters ORDER BY id") == [("applied",), ("preview",)]
    states = {str(row[0]) for row in rows(demo.folder, "SELECT state FROM claims")}
    assert states == {"accepted", "reduced", "refused", "waiting"}
    assert rows(demo.folder, "SELECT state FROM disputes") == [("waiting",)]
    assert count(demo.folder, "barred_actors") == 1


def test_a_round_of_last_year_is_decided_and_one_of_this_year_is_open(demo: Running) -> None:
    assert rows(demo.folder, "SELECT state FROM rounds WHERE model = 'citizen' ORDER BY year") == [
        ("decided",),
        ("open",),
    ]
    given = dict(rows(demo.folder, "SELECT result, count(*) FROM recognitions GROUP BY result"))
    assert given["achieved"] > given["not-achieved"] > 0


def test_i13_statistics_are_counted_from_the_start_and_of_2024_too(demo: Running) -> None:
    people = "SELECT year, sum(value) FROM place_totals WHERE measure = 1 GROUP BY year ORDER BY year"
    running = demo.made().at.year
    assert rows(demo.folder, people) == [(year, 2 * CITIZENS) for year in (2024, running - 1, running)]


def test_flags_of_every_kind_wait_for_a_reviewer(demo: Running) -> None:
    from lms_tracker.learning.watching import Kind

    time.sleep(max(0.0, 10 - (time.time() - (demo.folder / "sent.json").stat().st_mtime)))
    outcome = command(demo, "flags", "run", "--json")
    assert outcome.returncode == 0, outcome.stderr
    listed = json.loads(command(demo, "flags", "list", "--waiting", "--json").stdout)["flags"]
    assert {flag["kind"] for flag in listed} == {str(kind) for kind in Kind}


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("citizen", "/record"),
        ("provider", "/provider"),
        ("officer", "/organiser"),
        ("reviewer", "/organiser"),
        ("approver", "/organiser"),
        ("organiser", "/organiser/flags"),
        ("administrator", "/organiser"),
    ],
)
def test_each_kind_of_login_opens_its_page(demo: Running, role: str, page: str) -> None:
    login = next(login for login in demo.made().logins if login.role == role)
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
    )
    with opener.open(f"{demo.base_url}/sign-in") as answer:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    assert token is not None
    form = {"login": login.login, "password": login.password, "csrf_token": token[1]}
    with opener.open(f"{demo.base_url}/sign-in", urllib.parse.urlencode(form).encode()) as answer:
        assert answer.status == 200
    with opener.open(f"{demo.base_url}{page}") as answer:
        assert answer.url == f"{demo.base_url}{page}"
        assert login.name in answer.read().decode()


def test_what_is_secret_is_its_owners_alone(demo: Running) -> None:
    assert stat.S_IMODE(demo.folder.stat().st_mode) == 0o700
    for name in ("secret-key", "logins.txt", "made.json", "sent.json", "demo.db"):
        assert stat.S_IMODE((demo.folder / name).stat().st_mode) == 0o600, name
    # What the making of it needed is gone.
    assert not list(demo.folder.glob("unfinished*"))


def test_a_demo_cut_short_goes_on_and_a_further_start_keeps_everything(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as first:
        first.printed_until("Serving")
        deadline = time.monotonic() + 30
        while sum(Folder(folder).sent()) < 8 and time.monotonic() < deadline:
            time.sleep(0.01)
        # As Ctrl+C in a terminal does.
        os.killpg(first.process.pid, signal.SIGINT)
        assert first.process.wait(60) == 0
    made, secret = first.made(), (folder / "secret-key").read_text()
    early = stored_ids(folder)
    assert early
    with running(folder) as second:
        second.printed_until("Ctrl+C")
    complete = stored_ids(folder)
    assert complete > early
    with running(folder) as third:
        assert "(0 requests sent" in third.printed_until("requests sent")
        third.printed_until("Ctrl+C")
    assert stored_ids(folder) == complete
    assert third.made() == made
    assert (folder / "secret-key").read_text() == secret
