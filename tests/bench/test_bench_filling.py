"""A database that was filled past the door must be as the service would have left it."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest
from flask import current_app

from bench import filling, statements
from bench.databases import Databases, SQLite, application
from bench.filling import Filling
from bench.reading import ASKED
from lms_tracker.actions.providers import authenticate
from lms_tracker.actions.searching import Reader
from xapi import queries


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    folder: Path = tmp_path_factory.mktemp("bench")
    return SQLite(folder)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = statements.block()
    # The statements of few learners, and what refers to them.
    learners = {one["id"] for one in whole if one["actor"]["account"]["name"] in ("100000", "100001")}
    few = [one for one in whole if one["id"] in learners or one["object"]["id"] in learners]
    monkeypatch.setattr(statements, "block", lambda: few)


def test_a_block_has_as_many_statements_in_each_registration_as_an_answer_holds() -> None:
    made = statements.block()
    assert len(made) == len({one["id"] for one in made}) == statements.BLOCK
    own = Counter(one["context"]["registration"] for one in made if "context" in one)
    targets = [one["object"]["id"] for one in made if one["object"]["objectType"] == "StatementRef"]
    assert set(own.values()) == {statements.STATEMENTS_OF_A_REGISTRATION - 1}
    assert len(targets) == len(set(targets)) == len(own)


@pytest.mark.usefixtures("small_blocks")
def test_every_statement_of_every_block_is_found_under_its_own_names(databases: Databases) -> None:
    blocks = 3
    filled = Filling(databases)
    told: list[int] = []
    database = filled.fill(blocks, told.append)
    assert told == [0, 1, 2]
    wanted = filled.some(blocks, 40, random.Random(2))
    assert len({one["actor"]["account"]["name"] for one in wanted}) > 2
    with application(database.url):
        caller = authenticate(database.credential.key, database.credential.secret)
        assert caller is not None
        reader: Reader = current_app.extensions["lms_tracker.reader"]
        for statement in wanted:
            for name in ("id", "agent", "registration"):
                parameters, fits = ASKED[name]
                query = queries.read(list(parameters(statement).items()), "1.0.3")
                if query.statement_id is not None:
                    one = reader.one(query.statement_id, caller).found
                    assert one is not None
                    found = [one.statement]
                else:
                    found = reader.page(query, None, caller).statements
                    assert len(found) == statements.STATEMENTS_OF_A_REGISTRATION
                assert all(fits(statement, json.loads(text)) for text in found)
                if name == "id":
                    kept = json.loads(found[0])
                    assert {key: kept[key] for key in statement} == statement
    databases.drop(database)


def test_names_differ_from_block_to_block_and_nothing_else_does() -> None:
    text = (
        '{"id":"b3d1e0d4-0c1f-4c6e-9d66-0d7c0a1f2e3d","account":{"name":"100007"},"raw":12,"at":"2026-10-01"}'
    )
    one, other = (filling._text_in(block, text) for block in (1, 2))
    assert one != other
    assert json.loads(one)["account"]["name"] == "100407"
    assert {**json.loads(one), "id": "", "account": {}} == {**json.loads(text), "id": "", "account": {}}
