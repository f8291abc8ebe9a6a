"""Every address asked by everybody: who is heard, who is refused, and that nothing leaks (I17)."""

from __future__ import annotations

import base64
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import passwords
from lms_tracker.actions.providers import NewCredential
from lms_tracker.actions.rights import SCOPES
from lms_tracker.config import Settings
from lms_tracker.store import database, dialects
from lms_tracker.web import wording
from tests import databases
from tests.journeys.commune import HOA as HOA_MBOX
from tests.journeys.commune import SAFE
from tests.web import everybody, route_table
from tests.web.everybody import STRANGER, Everybody
from tests.web.route_table import HIDDEN, KNOW_HOA, PAGES, PARAMETERS, PROGRAMS, QUERIES, WITHOUT_CREDENTIALS

# Who asks on the second kind of database, where the tables are the same and the questions to them another.
ONE_OF_EACH = frozenset(
    {STRANGER, "hoa", "tam", "duc", "foreign", "guardian", "head", "far-head", "officer", "reviewer"}
    | {"approver", "administrator", "country-organiser", "far-officer", "far-administrator", "ended"}
)
# Of those who may see Hoa, one of each kind.
LOOKERS = frozenset(
    {"officer", "reviewer", "approver", "administrator", "country-organiser", "head", "guardian", "duc"}
)
# What was refused is about nobody that we know: here, an address that is none. And whom one is guardian of,
# one's own rights say; and a form shows an example with such a name.
NO_LOOK = {
    ("/provider/refusals", "hoa@example.vn"),
    ("/organiser/rights", "Nguyễn Thị Hoa"),
    ("/provider/accounts", "Nguyễn Thị Hoa"),
}
SECRETS_OF_HOA = ("Bài 7", "Nguyễn Thị Hoa", "hoa@example.vn")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared_folder: Path
) -> Iterator[Everybody]:
    """Everybody on one database of each kind for the whole module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        if request.param == "sqlite":
            file = tmp_path_factory.mktemp("everybody") / "lms_tracker.db"
            shutil.copyfile(databases.sqlite_template(shared_folder), file)
            yield from _gathered(f"sqlite:///{file}")
            return
        server = request.getfixturevalue("postgresql_url")
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        template = databases.postgresql_template(server, shared_folder, run)
        with databases.postgresql_database(server, template=template) as url:
            yield from _gathered(url)


def _gathered(url: str) -> Iterator[Everybody]:
    settings = Settings(database_url=url, secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app:
        app.testing = True
        found = everybody.gather(app)
        # Who sends a form without its token is asked about below; here everybody has one.
        app.config["WTF_CSRF_METHODS"] = set()
        yield found


def addresses(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_has_a_line_in_the_table(world: Everybody) -> None:
    listed = set(PAGES) | set(PROGRAMS)
    missing = sorted(addresses(world.app) - listed)
    assert not missing, (
        f"who is heard at {missing}? Add a line for each to tests/web/route_table.py, which says how"
    )
    gone = sorted(listed - addresses(world.app))
    assert not gone, f"{gone} are served no more: take their lines out of tests/web/route_table.py"


def test_the_table_knows_everybody(world: Everybody) -> None:
    assert set(world.visitors) == route_table.ANYBODY
    assert set().union(*PAGES.values()) <= route_table.ANYBODY


def path_of(world: Everybody, rule: str) -> str:
    path = re.sub(r"<\w+:(\w+)>", r"<\1>", rule)
    for words in sorted(world.ids, key=len, reverse=True):
        path = path.replace(words, world.ids[words])
    assert "<" not in path, f"what does {rule} stand for? Add it to `ids` in tests/web/everybody.py"
    queries = [query for start, query in QUERIES.items() if rule.startswith(start)]
    for words in ("{provider}", "{place}"):
        queries = [query.replace(words, world.ids[words]) for query in queries]
    return f"{path}?{queries[0]}" if queries else path


def is_refused(answer: TestResponse, visitor: str, rule: str) -> bool:
    """Whether somebody was refused in the way that becomes them; no other refusal will do."""
    if answer.status_code in (302, 303) and answer.headers["Location"].startswith("/sign-in"):
        assert visitor == STRANGER, (visitor, rule)
        return True
    refused = answer.status_code in (403, 404) or (answer.status_code == 401 and rule != "/sign-in")
    assert not (refused and visitor == STRANGER), (rule, answer.status_code)
    assert answer.status_code < 500, (visitor, rule, answer.status_code)
    return refused


@pytest.mark.parametrize(("method", "rule"), sorted(PAGES))
def test_i17_a_page_hears_whom_it_is_for_and_nobody_else_and_whoever_sees_hoa_there_leaves_a_look(
    world: Everybody, method: str, rule: str
) -> None:
    heard, path, form = PAGES[method, rule], path_of(world, rule), None if method == "GET" else HIDDEN
    # Those who must not first: what the others do may change what there is to see.
    asking = world.visitors if world.is_on_sqlite else ONE_OF_EACH & set(world.visitors)
    for visitor in sorted(asking, key=lambda one: (one in heard, one)):
        is_watched = method == "GET" and visitor in heard & LOOKERS
        before = looks_at_hoa(world, visitor) if is_watched else 0
        with world.as_(visitor).open(path, method=method, data=form) as answer:
            text = answer.get_data().decode(errors="replace")
        assert is_refused(answer, visitor, rule) == (visitor not in heard), (visitor, path, answer.status)
        secrets = [secret for secret in SECRETS_OF_HOA if secret in text]
        assert not secrets or visitor in KNOW_HOA, (visitor, path, secrets)
        shown = [secret for secret in secrets if (rule, secret) not in NO_LOOK]
        if is_watched and shown:
            assert looks_at_hoa(world, visitor) > before, (visitor, path, shown)
    if rule == "/sign-out":
        world.sign_out()


def looks_at_hoa(world: Everybody, visitor: str) -> int:
    """How many looks at Hoa by somebody are kept."""
    with world.app.app_context(), database.reading() as connection:
        values = (world.keys["hoa"], world.keys[visitor])
        counted = "SELECT count(*) FROM looks WHERE person_key = ? AND by_person = ?"
        return int(dialects.rows(connection, counted, values)[0][0])


def test_every_look_is_told_to_its_owner_in_words(world: Everybody) -> None:
    with world.app.app_context(), database.reading() as connection:
        kept = {
            row[0].split(" ")[0] for row in dialects.rows(connection, "SELECT DISTINCT what FROM looks", ())
        }
    assert kept
    assert kept <= set(wording.LOOKS)


@pytest.mark.parametrize(("method", "rule"), sorted(line for line in PAGES if line[0] != "GET"))
def test_a_form_without_its_token_does_nothing(world: Everybody, method: str, rule: str) -> None:
    world.app.config["WTF_CSRF_METHODS"] = {"POST", "PUT", "PATCH", "DELETE"}
    try:
        for visitor in ("country-administrator", "hoa", "duc", STRANGER):
            assert world.as_(visitor).open(path_of(world, rule), method=method).status_code == 400
    finally:
        world.app.config["WTF_CSRF_METHODS"] = set()


# --- programs ----------------------------------------------------------------------------------------------


def ask(
    client: FlaskClient, method: str, rule: str, credential: NewCredential | None = None, **more: str
) -> TestResponse:
    headers = {"X-Experience-API-Version": "1.0.3", "If-None-Match": "*"}
    if credential is not None:
        basic = base64.b64encode(f"{credential.key}:{credential.secret}".encode()).decode()
        headers["Authorization"] = f"Basic {basic}"
    known = {"agent": f'{{"mbox": "{HOA_MBOX}"}}', "activityId": SAFE, "stateId": "s", "profileId": "p"}
    asked = {name: known[name] for name in PARAMETERS.get(rule, ())}
    if method != "GET" and rule == "/xapi/statements":
        asked = {}
    return client.open(
        rule,
        method=method,
        headers=headers,
        query_string={**asked, **more},
        data=None if method in ("GET", "DELETE") else "{}",
        content_type=None if method in ("GET", "DELETE") else "application/json",
    )


@pytest.mark.parametrize(("method", "rule"), sorted(PROGRAMS))
def test_i17_an_address_for_programs_hears_credentials_with_the_scope_and_nothing_else(
    world: Everybody, method: str, rule: str
) -> None:
    scopes = PROGRAMS[method, rule]
    # Signing in as a person gives a program nothing.
    for visitor in (STRANGER, "hoa", "country-administrator"):
        answer = ask(world.as_(visitor), method, rule)
        assert answer.status_code == (200 if scopes is WITHOUT_CREDENTIALS else 401), (visitor, answer.text)
        assert not [secret for secret in SECRETS_OF_HOA if secret in answer.text]
    if scopes is WITHOUT_CREDENTIALS:
        return
    for (provider, scope), credential in world.programs.items():
        answer = ask(world.app.test_client(), method, rule, credential)
        assert answer.status_code not in (401, 500), (provider, scope, answer.text)
        # An agent of whom no statement of this provider tells is not its own to link.
        of_another = rule.startswith("/api/v1/links") and answer.status_code == 403 and scope in scopes
        assert (answer.status_code == 403) == (scope not in scopes) or of_another, (provider, scope)


def test_i17_a_program_of_another_provider_learns_nothing_of_hoa_unless_it_may_read_all(
    world: Everybody,
) -> None:
    for scope in SCOPES:
        reads_all = scope in ("statements/read", "all/read", "all")
        for rule, parameters in (
            ("/xapi/statements", {}),
            ("/xapi/statements", {"statementId": world.ids["<statement>"]}),
            ("/xapi/agents", {}),
            ("/xapi/activities/state", {}),
            ("/xapi/agents/profile", {}),
            ("/api/v1/credit", {}),
        ):
            known = {} if parameters.get("statementId") else parameters
            client, credential = world.app.test_client(), world.programs["foreign", scope]
            if "statementId" in parameters:
                answer = client.get(
                    rule,
                    query_string=parameters,
                    headers={
                        "X-Experience-API-Version": "1.0.3",
                        "Authorization": "Basic "
                        + base64.b64encode(f"{credential.key}:{credential.secret}".encode()).decode(),
                    },
                )
                assert (answer.status_code == 200) == reads_all, (scope, answer.text)
            else:
                answer = ask(client, "GET", rule, credential, **known)
            if not reads_all:
                told = answer.text.replace(HOA_MBOX, "") if rule == "/xapi/agents" else answer.text
                assert not [secret for secret in SECRETS_OF_HOA if secret in told], (scope, rule)
                assert '"seconds"' not in told, (scope, rule)
