"""Proofs that an identifier is somebody's: codes by letter and for providers, and providers' addresses."""

import json
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import clock, crediting, identity, letters, linking, merging, proving
from lms_tracker.actions.identity import IdentityRefused, Outcome
from lms_tracker.actions.proving import NoLetters, NotOfProvider, TooManyTries
from lms_tracker.actions.rights import Caller, Viewer
from lms_tracker.actions.throttling import Throttle
from lms_tracker.config import Settings
from lms_tracker.store import database, dialects, links
from tests import databases
from tests.actions import learners, viewers
from xapi.actors import Identified, identify

pytestmark = pytest.mark.usefixtures("in_app", "unthrottled")

MINUTE_US = 60_000_000
# At the site of the course of `learners.COURSE`.
AT_SITE: dict[str, Any] = {"account": {"homePage": "https://hoc.example.vn", "name": "42"}}


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    return Settings(
        database_url=migrated_database_url,
        secret_key=databases.SECRET_KEY,
        smtp_host="smtp.example.vn",
        smtp_from="so-hoc-tap@example.vn",
    )


@pytest.fixture
def unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "_by_credential", Throttle(free=5))


@pytest.fixture
def caller(in_app: Flask) -> Caller:
    made = learners.provider()
    learners.add_course(made)
    return made


@pytest.fixture
def hoa(in_app: Flask) -> Viewer:
    return viewers.somebody("hoa")


def later(monkeypatch: pytest.MonkeyPatch, us: int) -> None:
    now = clock.now_us() + us
    monkeypatch.setattr(clock, "now_us", lambda: now)


def links_of(viewer: Viewer) -> set[bytes]:
    with database.reading() as connection:
        return set(links.of_person(connection, viewer.key))


# --- a code that is taken to a provider ------------------------------------------------------------------


def test_a_code_links_an_agent_of_the_provider_once(caller: Caller, hoa: Viewer) -> None:
    made = proving.make_code(hoa)
    assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{5}-[2-9A-HJKMNP-TV-Z]{5}", made.code)
    typed = made.code.lower().replace("-", " ")
    assert proving.take_code(caller, typed, identify(AT_SITE)) is Outcome.LINKED
    assert links_of(hoa) == {identify(AT_SITE).key}
    again = {"account": {**AT_SITE["account"], "name": "43"}}
    assert proving.take_code(caller, made.code, identify(again)) is None


@pytest.mark.parametrize("code", ["", "KHONG-DUNG", "22222-22222", "2" * 10_000, "\ud800", "\0"])
def test_a_code_that_is_guessed_is_nobodys(caller: Caller, hoa: Viewer, code: str) -> None:
    proving.make_code(hoa)
    assert proving.take_code(caller, code, identify(AT_SITE)) is None
    assert links_of(hoa) == set()


def test_a_code_that_has_expired_is_nobodys(
    caller: Caller, hoa: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = proving.make_code(hoa)
    later(monkeypatch, 15 * MINUTE_US)
    assert proving.take_code(caller, made.code, identify(AT_SITE)) is None


def test_wrong_codes_of_a_credential_are_heard_more_and_more_slowly(caller: Caller, hoa: Viewer) -> None:
    for _ in range(5):
        assert proving.take_code(caller, "22222-22222", identify(AT_SITE)) is None
    with pytest.raises(TooManyTries) as refused:
        # The right one, too: else the wait would tell.
        proving.take_code(caller, proving.make_code(hoa).code, identify(AT_SITE))
    assert refused.value.seconds >= 1


def test_of_a_code_only_a_keyed_hash_is_kept(hoa: Viewer) -> None:
    made = proving.make_code(hoa)
    with database.reading() as connection:
        kept = dialects.rows(connection, "SELECT code_hash FROM link_codes", ())
    assert len(kept) == 1
    assert made.code.replace("-", "").encode() not in bytes(kept[0][0])


def test_somebody_has_few_codes_open_at_once(hoa: Viewer) -> None:
    for _ in range(proving.MOST_OPEN_CODES):
        proving.make_code(hoa)
    with pytest.raises(TooManyTries):
        proving.make_code(hoa)


def test_a_provider_links_only_its_own_learners(app: Flask, caller: Caller, hoa: Viewer) -> None:
    other = learners.provider("Trường khác")
    learners.add_course(other, "K9", "https://truong.example.vn/khoa")
    elsewhere = {"account": {"homePage": "https://lms.example.vn", "name": "tam"}}
    code = proving.make_code(hoa).code
    for agent in (AT_SITE, elsewhere, {"mbox": "mailto:tam@example.vn"}):
        with pytest.raises(NotOfProvider):
            proving.take_code(other, code, identify(agent))
    # Its own statements name the agent, but so do another's: who it is, neither alone may say.
    learners.record(app, other, learners.studied("tam", "2026-10-01T03:00:00Z", "PT1H"))
    learners.record(app, caller, learners.studied("tam", "2026-10-01T03:00:00Z", "PT1H"))
    assert proving.take_code(other, code, identify(elsewhere)) is None
    with pytest.raises(IdentityRefused):
        proving.address_for(other, elsewhere, identify(elsewhere))
    assert links_of(hoa) == set()
    learners.record(app, other, learners.studied("lan", "2026-10-01T03:00:00Z", "PT1H"))
    assert proving.take_code(other, code, identify(learners.agent("lan"))) is Outcome.LINKED


def test_an_agent_of_somebody_else_becomes_disputed(caller: Caller, hoa: Viewer) -> None:
    lan = viewers.somebody("lan")
    assert proving.take_code(caller, proving.make_code(hoa).code, identify(AT_SITE)) is Outcome.LINKED
    assert proving.take_code(caller, proving.make_code(hoa).code, identify(AT_SITE)) is Outcome.ALREADY
    assert proving.take_code(caller, proving.make_code(lan).code, identify(AT_SITE)) is Outcome.DISPUTED
    assert links_of(hoa) == {identify(AT_SITE).key}


# --- a provider's address --------------------------------------------------------------------------------


def token_of(path: str) -> str:
    return path.removeprefix("/links/")


def test_an_address_links_whoever_confirms_it_once(caller: Caller, hoa: Viewer) -> None:
    path, _ = proving.address_for(caller, AT_SITE, identify(AT_SITE))
    assert "42" not in path
    token = token_of(path)
    offered = proving.offer(token)
    assert offered is not None
    assert (offered.provider, offered.identifier) == ("Trung tâm", identify(AT_SITE))
    assert links_of(hoa) == set()
    assert proving.confirm(hoa, token) is Outcome.LINKED
    assert proving.offer(token) is None
    assert proving.confirm(viewers.somebody("lan"), token) is None


@pytest.mark.parametrize("token", ["", "x", "gAAAAA" * 20, "x" * 5_000, "Ă"])
def test_an_address_that_was_made_up_offers_nothing(in_app: Flask, token: str) -> None:
    assert proving.offer(token) is None


def test_an_address_expires(caller: Caller, hoa: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = proving.address_for(caller, AT_SITE, identify(AT_SITE))
    later(monkeypatch, 16 * MINUTE_US)
    assert proving.confirm(hoa, token_of(path)) is None


# --- a code by letter ------------------------------------------------------------------------------------


def write(code: str, minutes: int) -> tuple[str, str]:
    return "Mã xác nhận", f"{code} trong {minutes} phút"


def letters_kept() -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return dialects.rows(
            connection,
            "SELECT address, subject, body FROM letters ORDER BY id",
            (),
        )


def code_sent() -> str:
    return str(letters_kept()[-1][2]).split(" ")[0]


def test_a_code_by_letter_proves_the_address_and_its_digest(hoa: Viewer) -> None:
    proving.send_code(hoa, " hoa@Example.VN ", write)
    assert letters_kept()[0][0] == "hoa@example.vn"
    lan = viewers.somebody("lan")
    assert proving.prove_address(lan, "hoa@example.vn", code_sent()) is None
    assert proving.prove_address(hoa, "khac@example.vn", code_sent()) is None
    assert proving.prove_address(hoa, "hoa@example.vn", code_sent()) is Outcome.LINKED
    assert len(links_of(hoa)) == 2
    assert proving.prove_address(hoa, "hoa@example.vn", code_sent()) is None


def test_after_five_wrong_tries_the_code_that_was_sent_is_worth_nothing(hoa: Viewer) -> None:
    proving.send_code(hoa, "hoa@example.vn", write)
    for _ in range(5):
        assert proving.prove_address(hoa, "hoa@example.vn", "2222-2222") is None
    assert proving.prove_address(hoa, "hoa@example.vn", code_sent()) is None


def test_letters_to_an_address_are_few(hoa: Viewer) -> None:
    for _ in range(proving.MOST_LETTERS_AN_HOUR):
        proving.send_code(hoa, "hoa@example.vn", write)
    with pytest.raises(TooManyTries):
        proving.send_code(viewers.somebody("lan"), "hoa@example.vn", write)
    assert len(letters_kept()) == proving.MOST_LETTERS_AN_HOUR


@pytest.mark.parametrize(
    "address",
    ["", "hoa", "hoa@", "a@b\r\nBcc: c@d.vn", "a@b@c", f"{'a' * 250}@b.vn", "\ud800@b.vn", "a\0@b.vn"],
)
def test_no_letter_goes_to_what_is_no_address(hoa: Viewer, address: str) -> None:
    with pytest.raises(IdentityRefused, match="e-mail address"):
        proving.send_code(hoa, address, write)
    assert letters_kept() == []


def test_without_a_server_for_letters_none_is_laid_down(
    app: Flask, hoa: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", Settings(secret_key=databases.SECRET_KEY))
    with pytest.raises(NoLetters):
        proving.send_code(hoa, "hoa@example.vn", write)
    assert letters.send_due() == 0


def test_codes_and_letters_long_over_are_forgotten(hoa: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    proving.make_code(hoa)
    assert proving.drop_old() == 0
    later(monkeypatch, 3 * proving.DAY_US)
    assert proving.drop_old() == 1


# --- at once ---------------------------------------------------------------------------------------------


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """What each act answered, all begun together in threads of their own; an IdentityRefused is an answer."""
    barrier = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                answers[place] = act()
            except IdentityRefused as refused:
                answers[place] = refused.rule

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_two_who_post_one_code_at_once_one_links(app: Flask, caller: Caller, hoa: Viewer) -> None:
    agents = [identify({"account": {"homePage": "https://hoc.example.vn", "name": name}}) for name in "ab"]
    code = proving.make_code(hoa).code
    found = at_once(app, *(lambda one=one: proving.take_code(caller, code, one) for one in agents))
    assert sorted(found, key=str) == [None, Outcome.LINKED]
    assert len(links_of(hoa)) == 1


def test_of_many_presses_at_once_no_more_codes_and_letters_come_than_of_one_after_the_other(
    app: Flask, hoa: Viewer
) -> None:
    def pressed(act: Callable[[], Any]) -> Callable[[], str]:
        def press() -> str:
            try:
                act()
            except TooManyTries:
                return "refused"
            return "done"

        return press

    codes = at_once(app, *[pressed(lambda: proving.make_code(hoa))] * 10)
    assert codes.count("done") == proving.MOST_OPEN_CODES
    sent = at_once(app, *[pressed(lambda: proving.send_code(hoa, "lan@example.vn", write))] * 10)
    assert sent.count("done") == proving.MOST_LETTERS_AN_HOUR
    assert len(letters_kept()) == proving.MOST_LETTERS_AN_HOUR


def test_of_two_who_prove_one_identifier_at_once_one_has_it_and_the_other_claims_it(
    app: Flask, caller: Caller, hoa: Viewer
) -> None:
    lan = viewers.somebody("lan")
    codes = [proving.make_code(viewer).code for viewer in (hoa, lan)]
    identifier = identify(AT_SITE)
    found = at_once(app, *(lambda code=code: proving.take_code(caller, code, identifier) for code in codes))
    assert sorted(found) == [Outcome.DISPUTED, Outcome.LINKED]
    with database.reading() as connection:
        holder = links.holders(connection, [identifier.key])[identifier.key]
        claimant = links.bars(connection, [identifier.key])[identifier.key].claimed_by
    assert {holder, claimant} == {hoa.key, lan.key}


def test_i8_linking_and_unlinking_beside_workers_that_count_leaves_the_ledger_right(
    app: Flask, caller: Caller, hoa: Viewer
) -> None:
    names = [f"nguoi-{number}" for number in range(4)]
    learners.record(app, caller, *(learners.studied(name, "2026-10-01T03:00:00Z", "PT1H") for name in names))
    people_of = [identify(learners.agent(name)) for name in names]

    def link_and_unlink(identifier: Identified) -> None:
        for _ in range(3):
            linking.link_by_command(hoa.key, identifier, "…")
            linking.unlink_by_command(identifier.key, "…")
        linking.link_by_command(hoa.key, identifier, "…")

    def count() -> None:
        for _ in range(10):
            crediting.recount_due()

    at_once(app, *(lambda one=one: link_and_unlink(one) for one in people_of[:3]), count, count)
    learners.recount()
    learners.assert_ledger_is_right()
    assert learners.placed_seconds(hoa.key) == 3600
    assert [learners.placed_seconds(one.key) for one in people_of] == [0, 0, 0, 3600]


def test_a_merge_beside_a_link_ends_in_one_record_that_has_both(
    app: Flask, caller: Caller, hoa: Viewer
) -> None:
    khac = viewers.somebody("hoa-2")
    code = proving.make_code(khac).code
    at_once(
        app,
        lambda: merging.merge(None, hoa.key, khac.key, "cùng một người"),
        lambda: proving.take_code(caller, code, identify(AT_SITE)),
    )
    assert links_of(hoa) == {khac.key, identify(AT_SITE).key}
    with database.reading() as connection:
        assert identity.current(connection, khac.key) == hoa.key


def test_of_two_merges_of_the_same_two_at_once_one_stands(app: Flask, hoa: Viewer) -> None:
    khac = viewers.somebody("hoa-2")
    found = at_once(
        app,
        lambda: merging.merge(None, hoa.key, khac.key, "cùng một người"),
        lambda: merging.merge(None, khac.key, hoa.key, "cùng một người"),
    )
    assert "merged" in found
    assert len([answer for answer in found if isinstance(answer, int)]) == 1


def test_what_a_token_holds_is_read_back_as_json(caller: Caller) -> None:
    agent = {"account": {"homePage": "https://hoc.example.vn", "name": 'Hòa "1" \\ '}}
    path, _ = proving.address_for(caller, json.loads(json.dumps(agent)), identify(agent))
    found = proving.offer(token_of(path))
    assert found is not None
    assert found.identifier == identify(agent)
