"""GET statements: filters, pages, and what Consistent-Through promises (I5)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from lms_tracker.actions import searching
from tests.web.lrs_client import COMPLETED, THROUGH, Lrs, ids_of, new_lrs, statement, voiding

LAN = '{"mbox":"mailto:lan@example.vn"}'
REGISTRATION = "EC531277-B57B-4C15-8D91-D292C5B2B8F7"


def instant(text: str) -> datetime:
    """An instant as the LRS writes it, in UTC; fails where it was written without that."""
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("ascending", ["true", "false"])
@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_i5_pages_miss_nothing_and_repeat_nothing(lrs: Lrs, ascending: str, limit: int) -> None:
    sent = lrs.stored([statement() for _ in range(6)]) + lrs.stored([statement() for _ in range(4)])
    found = lrs.found(limit=str(limit), ascending=ascending, agent=LAN)
    assert found == (sent if ascending == "true" else sent[::-1])


@pytest.mark.parametrize("filters", [{}, {"agent": LAN}])
def test_i5_newest_first_pages_do_not_move_while_statements_are_posted(
    lrs: Lrs, filters: dict[str, str]
) -> None:
    sent = lrs.stored([statement() for _ in range(9)])
    page = lrs.get(limit="2", **filters)
    found = ids_of(page)
    for _ in range(4):
        lrs.stored([statement(), statement()])
        page = lrs.follow(page)
        found += ids_of(page)
    assert page.json["more"] == ""
    assert found == sent[::-1]


@pytest.mark.parametrize("filters", [{}, {"agent": LAN}])
def test_i5_oldest_first_pages_reach_what_is_posted_in_between(lrs: Lrs, filters: dict[str, str]) -> None:
    sent = lrs.stored([statement() for _ in range(7)])
    page = lrs.get(limit="2", ascending="true", **filters)
    found = ids_of(page)
    for _ in range(3):
        sent += lrs.stored([statement()])
        page = lrs.follow(page)
        found += ids_of(page)
    assert found + lrs.rest(page)[len(ids_of(page)) :] == sent


def test_i5_a_statement_voided_between_two_pages_harms_no_other(lrs: Lrs) -> None:
    sent = lrs.stored([statement() for _ in range(6)])
    page = lrs.get(limit="2")
    # The one that the next page would go on from, and one on that page.
    lrs.stored([voiding(sent[4]), voiding(sent[3])])
    assert lrs.rest(page) == [sent[5], sent[4], sent[2], sent[1], sent[0]]


def test_i5_stored_is_unique_and_rises_in_the_order_of_paging(lrs: Lrs) -> None:
    for size in (1, 5, 3):
        lrs.stored([statement() for _ in range(size)])
    stored = [one["stored"] for one in lrs.get(ascending="true").json["statements"]]
    assert len(set(stored)) == 9
    assert stored == sorted(stored)
    assert [one["stored"] for one in lrs.get().json["statements"]] == stored[::-1]


def test_i5_following_by_since_reads_every_statement_once(lrs: Lrs) -> None:
    sent, found, since = [], [], "1970-01-01T00:00:00Z"
    for round_ in range(5):
        sent += lrs.stored([statement() for _ in range(round_ + 1)])
        found += lrs.found(since=since, ascending="true", limit="2")
        since = lrs.one(found[-1])["stored"]
    assert found == sent


def test_since_leaves_out_its_instant_and_until_takes_it_in(lrs: Lrs) -> None:
    sent = lrs.stored([statement() for _ in range(3)])
    stored = [lrs.one(given)["stored"] for given in sent]
    assert lrs.found(since=stored[0], ascending="true") == sent[1:]
    assert lrs.found(until=stored[1], ascending="true") == sent[:2]
    assert lrs.found(since=stored[0], until=stored[1]) == [sent[1]]
    assert lrs.found(since=stored[2]) == []
    local = (instant(stored[1]) + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S.%f+07:00")
    assert lrs.found(until=local, ascending="true") == sent[:2]
    # Between two positions: nanoseconds that a position does not have.
    assert lrs.found(since=stored[1][:-1] + "001Z") == [sent[2]]
    assert lrs.found(until=stored[1][:-1] + "999Z", ascending="true") == sent[:2]


def test_since_and_until_look_at_stored_and_never_at_timestamp(lrs: Lrs) -> None:
    (old,) = lrs.stored(statement(timestamp="2001-01-01T00:00:00Z"))
    assert lrs.found(since="2020-01-01T00:00:00Z") == [old]
    assert lrs.found(until="2020-01-01T00:00:00Z") == []


def test_pages_keep_their_filters_and_bounds(lrs: Lrs) -> None:
    sent = []
    for number in range(8):
        verb = {"id": COMPLETED} if number % 2 else statement()["verb"]
        sent += lrs.stored(statement(verb=verb))
    since, until = (lrs.one(sent[number])["stored"] for number in (0, 6))
    for ascending in ("true", "false"):
        found = lrs.found(verb=COMPLETED, agent=LAN, since=since, until=until, limit="1", ascending=ascending)
        assert sorted(found) == sorted([sent[1], sent[3], sent[5]])


def test_each_filter_finds_its_own_and_together_they_narrow(lrs: Lrs) -> None:
    plain = statement()
    others = {
        "agent": statement(
            actor={"account": {"homePage": "https://lms.example.vn", "name": "Lê Văn Tám & 1"}}
        ),
        "verb": statement(verb={"id": "https://e.vn/động-từ?a=1&b=2"}),
        "activity": statement(object={"id": "https://e.vn/khóa học".replace(" ", "%20")}),
        "registration": statement(context={"registration": REGISTRATION}),
    }
    lrs.stored([plain, *others.values()])
    asked = {
        "agent": json.dumps(others["agent"]["actor"], ensure_ascii=False),
        "verb": others["verb"]["verb"]["id"],
        "activity": others["activity"]["object"]["id"],
        "registration": REGISTRATION.lower(),
    }
    for name, value in asked.items():
        assert lrs.found(**{name: value}, limit="1") == [others[name]["id"]]
        assert lrs.found(**{name: value}, until="2001-01-01T00:00:00Z") == []
    assert lrs.found(verb=asked["verb"], activity=asked["activity"]) == []
    assert lrs.found(agent=LAN, activity=plain["object"]["id"], verb=plain["verb"]["id"]) == [
        others["registration"]["id"],
        plain["id"],
    ]


def test_an_agent_is_found_as_actor_as_object_and_as_member_of_a_group(lrs: Lrs) -> None:
    minh = {"mbox": "mailto:minh@example.vn"}
    lan = json.loads(LAN)
    group = {"objectType": "Group", "mbox": "mailto:to3@example.vn", "member": [minh, lan]}
    sent = lrs.stored(
        [
            statement(),
            statement(actor=minh),
            statement(actor=minh, object={"objectType": "Agent", **lan}),
            statement(actor=group),
            statement(actor={"objectType": "Group", "member": [lan, minh, lan]}),
            statement(actor=minh, object=group),
            statement(actor=minh, context={"instructor": lan}),
        ]
    )
    assert lrs.found(agent=LAN, ascending="true") == [sent[0], *sent[2:6]]
    assert lrs.found(agent='{"mbox":"mailto:to3@example.vn","objectType":"Group"}') == [sent[5], sent[3]]
    assert lrs.found(agent='{"mbox":"mailto:ai@example.vn"}') == []


def test_more_is_empty_exactly_when_nothing_follows(lrs: Lrs) -> None:
    lrs.stored([statement() for _ in range(4)])
    assert lrs.get(limit="4").json["more"] == ""
    assert lrs.get(limit="3").json["more"] != ""
    assert lrs.follow(lrs.get(limit="3")).json["more"] == ""
    assert lrs.get().json["more"] == ""


def test_more_is_an_address_from_the_servers_root_without_credentials(lrs: Lrs) -> None:
    lrs.stored([statement() for _ in range(2)])
    more = lrs.get(limit="1", agent=LAN).json["more"]
    assert more.startswith("/xapi/statements?")
    assert lrs.credential.key not in more
    assert lrs.call("GET", more, headers={"Authorization": None}).status_code == 401


@pytest.mark.parametrize("asked", [{}, {"limit": "0"}, {"limit": "600"}, {"limit": "999999999999"}])
def test_no_page_holds_more_than_the_server_allows(
    lrs: Lrs, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_ON_A_PAGE", 4)
    sent = lrs.stored([statement() for _ in range(9)])
    assert len(ids_of(lrs.get(**asked))) == 4
    assert lrs.found(**asked) == sent[::-1]


def test_i5_consistent_through_stands_on_every_answer_and_is_not_behind_what_was_just_stored(
    lrs: Lrs,
) -> None:
    sent = statement()
    answers = [lrs.post(sent), lrs.post(sent), lrs.put(sent["id"], sent)]
    stored = instant(lrs.one(sent["id"])["stored"])
    answers += [
        lrs.get(),
        lrs.get(statementId=sent["id"]),
        lrs.get(statementId="6690e6c9-3ef0-4ed3-8b37-7f3964730bee"),
        lrs.get(limit="x"),
        lrs.post({**sent, "verb": {"id": COMPLETED}}),
        lrs.post(b"{"),
        lrs.call("HEAD"),
        lrs.call("GET", headers={"Authorization": None}),
    ]
    assert [answer.status_code for answer in answers] == [
        200, 200, 204, 200, 200, 404, 400, 409, 400, 200, 401,
    ]  # fmt: skip
    promised = [instant(answer.headers[THROUGH]) for answer in answers]
    assert min(promised) >= stored
    assert promised == sorted(promised)


def test_i5_nothing_appears_later_at_or_before_what_was_promised(lrs: Lrs) -> None:
    for _ in range(5):
        promised = lrs.get().headers[THROUGH]
        (given,) = lrs.stored(statement())
        assert lrs.one(given)["stored"] > promised
        assert lrs.found(since=promised) == [given]


def test_a_statement_says_when_it_was_last_modified(lrs: Lrs) -> None:
    (given,) = lrs.stored(statement())
    answer = lrs.get(statementId=given)
    modified = parsedate_to_datetime(answer.headers["Last-Modified"]).astimezone(UTC)
    assert modified == instant(answer.json["stored"]).replace(microsecond=0)


def test_a_provider_reads_its_own_statements_and_nothing_more(lrs: Lrs, stranger: Lrs) -> None:
    (mine,), (theirs,) = lrs.stored(statement()), stranger.stored(statement())
    gone = statement()
    (_, void) = stranger.stored([gone, voiding(gone["id"])])
    assert lrs.found() == lrs.found(agent=LAN) == [mine]
    assert lrs.get(statementId=theirs).status_code == 404
    assert lrs.get(voidedStatementId=gone["id"]).status_code == 404
    for scopes in (["statements/read"], ["all/read"], ["all"]):
        reader = new_lrs(lrs.app, "Người xem", scopes)
        assert reader.found(agent=LAN, ascending="true") == [mine, theirs, void]
        assert reader.get(statementId=mine).status_code == 200


def test_a_page_of_large_statements_ends_early_and_more_goes_on(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "BYTES_ON_A_PAGE", 3_000)
    monkeypatch.setattr(searching, "READ_AT_ONCE", 2)
    sent = [statement(result={"response": "x" * 1_000}) for _ in range(7)]
    lrs.stored(sent)
    first = lrs.call("GET").json
    assert len(first["statements"]) == 2
    seen = [one["id"] for one in first["statements"]]
    more = first["more"]
    while more:
        page = lrs.call("GET", more).json
        assert 1 <= len(page["statements"]) <= 2
        seen += [one["id"] for one in page["statements"]]
        more = page["more"]
    assert seen == [one["id"] for one in reversed(sent)]
