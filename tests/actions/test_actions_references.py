"""Filters that reach through references, and related agents and activities, against the clause read naively.

xAPI-Communication 2.1.3: a statement whose object refers to another meets a filter when the other does, and
so on along the chain; time and sequence are those of the statement itself.
"""

import json
import random
import uuid
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import references
from lms_tracker.actions.rights import Caller
from lms_tracker.actions.searching import Reader
from tests.actions.learners import agent, provider, record, voiding
from xapi import queries

VERBS = ["http://adlnet.gov/expapi/verbs/attempted", "http://adlnet.gov/expapi/verbs/completed"]
ACTIVITIES = [f"https://hoc.example.vn/bai/{number}" for number in range(3)]
REGISTRATIONS = [str(uuid.UUID(int=number, version=4)) for number in range(2)]
PEOPLE = ["an", "binh", "chi"]

Statement = dict[str, Any]


def about(target: str, who: str = "giam-thi", **further: Any) -> Statement:
    return {
        "id": str(uuid.uuid4()),
        "actor": agent(who),
        "verb": {"id": VERBS[0]},
        "object": {"objectType": "StatementRef", "id": target},
        **further,
    }


def plain(who: str = "an", activity: str = ACTIVITIES[0], verb: str = VERBS[0], **further: Any) -> Statement:
    return {
        "id": str(uuid.uuid4()),
        "actor": agent(who),
        "verb": {"id": verb},
        "object": {"id": activity},
        **further,
    }


def found(caller: Caller, *, ascending: bool = True, limit: int = 0, **filters: str) -> list[str]:
    """Ids of every page, in order."""
    reader, ids, cursor = Reader(), [], None
    asked = {**filters, "ascending": "true" if ascending else "false", "limit": str(limit)}
    query = queries.read(asked.items(), "1.0.3")
    while True:
        page = reader.page(query, cursor, caller)
        ids += [str(uuid.UUID(bytes=one)) for one in page.ids]
        assert len(page.ids) == len(page.statements)
        cursor = page.last
        if cursor is None:
            return ids


def person(name: str) -> str:
    return json.dumps(agent(name))


@pytest.fixture
def reads_all(in_app: Flask) -> Caller:
    return provider(scopes=["all"])


def test_a_statement_about_another_is_found_by_what_the_other_is_found_by(
    in_app: Flask, reads_all: Caller
) -> None:
    target = plain("binh", ACTIVITIES[1], VERBS[1], context={"registration": REGISTRATIONS[0]})
    note = about(target["id"])
    record(in_app, reads_all, target)
    record(in_app, reads_all, note, plain("chi"))
    both = [target["id"], note["id"]]
    assert found(reads_all, agent=person("binh")) == both
    assert found(reads_all, verb=VERBS[1]) == both
    assert found(reads_all, activity=ACTIVITIES[1]) == both
    assert found(reads_all, registration=REGISTRATIONS[0]) == both
    assert found(reads_all, agent=person("binh"), verb=VERBS[1], activity=ACTIVITIES[1]) == both
    assert found(reads_all, agent=person("giam-thi")) == [note["id"]]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1]])
@pytest.mark.parametrize("together", [True, False])
def test_a_chain_is_reached_in_whatever_order_it_came(
    in_app: Flask, reads_all: Caller, order: list[int], together: bool
) -> None:
    first = plain("binh", ACTIVITIES[1])
    second = about(first["id"], "co-giao")
    third = about(second["id"], "hieu-truong")
    chain = [first, second, third]
    sent = [chain[place] for place in order]
    if together:
        record(in_app, reads_all, *sent)
    else:
        for statement in sent:
            record(in_app, reads_all, statement)
    ids = [statement["id"] for statement in sent]
    assert found(reads_all, agent=person("binh")) == ids
    assert found(reads_all, activity=ACTIVITIES[1], ascending=False) == ids[::-1]
    assert found(reads_all, agent=person("co-giao")) == [i for i in ids if i != first["id"]]


def test_all_filters_must_be_met_by_one_statement_of_the_chain(in_app: Flask, reads_all: Caller) -> None:
    target = plain("binh", ACTIVITIES[1])
    record(in_app, reads_all, target, about(target["id"], "co-giao"))
    assert found(reads_all, agent=person("co-giao"), activity=ACTIVITIES[1]) == []


def test_statements_that_refer_to_each_other_in_a_circle_are_found_once(
    in_app: Flask, reads_all: Caller
) -> None:
    a, b = str(uuid.uuid4()), str(uuid.uuid4())
    record(in_app, reads_all, about(b, "an", id=a))
    record(in_app, reads_all, about(a, "binh", id=b), about(str(uuid.uuid4()), "chi"))
    itself = str(uuid.uuid4())
    record(in_app, reads_all, about(itself, "dung", id=itself))
    assert found(reads_all, agent=person("an")) == [a, b]
    assert found(reads_all, agent=person("binh"), limit=1) == [a, b]
    assert found(reads_all, agent=person("dung")) == [itself]


def test_a_voided_target_is_gone_and_what_refers_to_it_stays(in_app: Flask, reads_all: Caller) -> None:
    target = plain("binh")
    note, takes_back = about(target["id"]), voiding(target["id"])
    record(in_app, reads_all, target, note, takes_back)
    assert found(reads_all, agent=person("binh")) == [note["id"], takes_back["id"]]


def test_time_is_that_of_the_statement_that_refers(in_app: Flask, reads_all: Caller) -> None:
    target = plain("binh")
    record(in_app, reads_all, target)
    note = about(target["id"])
    record(in_app, reads_all, note)
    since = _stored(reads_all, target["id"])
    assert found(reads_all, agent=person("binh"), since=since) == [note["id"]]
    assert found(reads_all, agent=person("binh"), until=since) == [target["id"]]


def _stored(caller: Caller, statement_id: str) -> str:
    one = Reader().one(uuid.UUID(statement_id).bytes, caller).found
    assert one is not None
    return str(json.loads(one.statement)["stored"])


def test_i17_a_provider_learns_nothing_of_what_another_s_statement_holds(in_app: Flask) -> None:
    owner = provider("Chủ", ["statements/write", "statements/read/mine"])
    other = provider("Người khác", ["statements/write", "statements/read/mine"])
    target = plain("binh")
    record(in_app, owner, target)
    record(in_app, other, about(target["id"]))
    assert found(other, agent=person("binh")) == []
    assert found(owner, agent=person("binh")) == [target["id"]]


def test_a_chain_is_followed_a_stated_number_of_steps(in_app: Flask, reads_all: Caller) -> None:
    chain = [plain("binh")]
    for _ in range(references.LONGEST_CHAIN + 3):
        chain.append(about(chain[-1]["id"]))
    ids = [statement["id"] for statement in chain]
    for place in random.Random(5).sample(range(len(chain)), len(chain)):
        record(in_app, reads_all, chain[place])
    assert set(found(reads_all, agent=person("binh"))) == set(ids[: references.LONGEST_CHAIN + 1])


def test_where_many_pairs_are_completed_at_once_each_is_found_by_what_matters_most(
    in_app: Flask, reads_all: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "MOST_ROWS", 40)
    monkeypatch.setattr(references, "MOST_REFERRERS", 4)
    group = {"objectType": "Group", "member": [agent(f"hv{number}") for number in range(30)]}
    target = plain(activity=ACTIVITIES[1], actor=group)
    early = [about(target["id"]) for _ in range(6)]
    record(in_app, reads_all, *early)
    record(in_app, reads_all, target)
    (alone,) = late = [about(target["id"])]
    record(in_app, reads_all, *late)
    many = [about(target["id"]) for _ in range(8)]
    record(in_app, reads_all, *many)
    by_activity = found(reads_all, activity=ACTIVITIES[1])
    assert len(set(by_activity) & {one["id"] for one in early}) == references.MOST_REFERRERS
    assert by_activity[4:] == [one["id"] for one in (target, alone, *many)]
    assert by_activity[4:] == found(reads_all, agent=person("hv0"))[4:]
    assert found(reads_all, agent=person("hv29")) == [target["id"], alone["id"]]


def test_the_authority_is_a_related_agent(in_app: Flask) -> None:
    mine, theirs = provider("Của tôi", ["all"]), provider("Của họ", ["all"])
    target, foreign = plain("binh"), plain("binh")
    record(in_app, mine, target)
    record(in_app, theirs, foreign)
    note = about(target["id"])
    record(in_app, theirs, note)
    one = Reader().one(uuid.UUID(target["id"]).bytes, mine).found
    assert one is not None
    authority = json.dumps(json.loads(one.statement)["authority"])
    assert found(mine, agent=authority) == []
    assert found(mine, agent=authority, related_agents="true") == [target["id"], note["id"]]
    assert found(mine, agent=authority, related_agents="true", verb=VERBS[1]) == []


@pytest.mark.parametrize("seed", range(8))
def test_pages_hold_what_the_clause_says_read_naively(in_app: Flask, reads_all: Caller, seed: int) -> None:
    chance = random.Random(seed)
    statements = _random_statements(chance, 40)
    for start in range(0, len(statements), 7):
        record(in_app, reads_all, *statements[start : start + 7])
    by_id = {statement["id"]: statement for statement in statements}
    voided = {s["object"]["id"] for s in statements if s["verb"]["id"].endswith("voided")}
    for _ in range(15):
        filters = _random_filters(chance)
        expected = [
            s["id"]
            for s in statements
            if s["id"] not in voided and any(_meets(one, filters) for one in _chain(s, by_id))
        ]
        assert found(reads_all, limit=chance.choice([0, 1, 3]), **filters) == expected, filters
        assert found(reads_all, ascending=False, limit=4, **filters) == expected[::-1], filters


def _random_statements(chance: random.Random, count: int) -> list[Statement]:
    made: list[Statement] = []
    for _ in range(count):
        who, verb = chance.choice(PEOPLE), chance.choice(VERBS)
        statement = plain(who, chance.choice(ACTIVITIES), verb, context=_random_context(chance))
        kind = chance.random()
        if made and kind < 0.35:
            statement["object"] = {"objectType": "StatementRef", "id": chance.choice(made)["id"]}
        elif kind < 0.5:
            inner = {"actor": agent(chance.choice(PEOPLE)), "verb": {"id": chance.choice(VERBS)}}
            inner |= {"object": {"id": chance.choice(ACTIVITIES)}, "context": _random_context(chance)}
            inner["context"].pop("registration", None)
            statement["object"] = {"objectType": "SubStatement", **inner}
        elif kind < 0.6:
            statement["object"] = {"objectType": "Agent", **agent(chance.choice(PEOPLE))}
        made.append(statement)
    for target in chance.sample(made, 3):
        if not any(s["object"].get("id") == target["id"] and "voided" in s["verb"]["id"] for s in made):
            made.append(voiding(target["id"]))
    return chance.sample(made, len(made))


def _random_context(chance: random.Random) -> Statement:
    context: Statement = {}
    if chance.random() < 0.4:
        context["registration"] = chance.choice(REGISTRATIONS)
    if chance.random() < 0.3:
        context["instructor"] = agent(chance.choice(PEOPLE))
    if chance.random() < 0.5:
        kind = chance.choice(["parent", "grouping", "category", "other"])
        context["contextActivities"] = {kind: [{"id": chance.choice(ACTIVITIES)}]}
    return context


def _random_filters(chance: random.Random) -> dict[str, str]:
    filters: dict[str, str] = {}
    if chance.random() < 0.5:
        filters["agent"] = person(chance.choice([*PEOPLE, "quan-tri"]))
        filters["related_agents"] = chance.choice(["true", "false"])
    if chance.random() < 0.5:
        filters["activity"] = chance.choice(ACTIVITIES)
        filters["related_activities"] = chance.choice(["true", "false"])
    if chance.random() < 0.3:
        filters["verb"] = chance.choice(VERBS)
    if chance.random() < 0.2:
        filters["registration"] = chance.choice(REGISTRATIONS)
    return filters


def _chain(statement: Statement, by_id: dict[str, Statement]) -> list[Statement]:
    chain = [statement]
    while (target := by_id.get(chain[-1]["object"].get("id", ""))) is not None and target not in chain:
        if chain[-1]["object"].get("objectType") != "StatementRef":
            break
        chain.append(target)
    return chain


def _meets(statement: Statement, filters: dict[str, str]) -> bool:
    if "verb" in filters and statement["verb"]["id"] != filters["verb"]:
        return False
    context = statement.get("context", {})
    if "registration" in filters and context.get("registration") != filters["registration"]:
        return False
    if "agent" in filters:
        wanted = json.loads(filters["agent"])["account"]["name"]
        if wanted not in _people(statement, broadly=filters["related_agents"] == "true"):
            return False
    if "activity" not in filters:
        return True
    return filters["activity"] in _activities(statement, broadly=filters["related_activities"] == "true")


def _people(statement: Statement, *, broadly: bool) -> set[str]:
    everyone = [statement["actor"]]
    if statement["object"].get("objectType") == "Agent":
        everyone.append(statement["object"])
    if broadly and "instructor" in statement.get("context", {}):
        everyone.append(statement["context"]["instructor"])
    names = {one["account"]["name"] for one in everyone}
    if broadly and statement["object"].get("objectType") == "SubStatement":
        names |= _people(statement["object"], broadly=True)
    return names


def _activities(statement: Statement, *, broadly: bool) -> set[str]:
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    found = {target["id"]} if kind == "Activity" else set()
    if broadly:
        around = statement.get("context", {}).get("contextActivities", {})
        found |= {one["id"] for activities in around.values() for one in activities}
        if kind == "SubStatement":
            found |= _activities(target, broadly=True)
    return found
