"""What is called the limit must be the rows that the service writes, all of them."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench import limit, statements
from bench.databases import Databases, SQLite
from xapi import batches


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    folder: Path = tmp_path_factory.mktemp("bench")
    return SQLite(folder)


def made(count: int) -> list[dict[str, Any]]:
    return list(itertools.islice(statements.stream(1), count))


def test_statements_are_valid_about_a_kilobyte_and_the_same_for_the_same_seed() -> None:
    made = list(itertools.islice(statements.stream(4), 50))
    assert made == list(itertools.islice(statements.stream(4), 50))
    body = json.dumps(made, ensure_ascii=False).encode()
    assert 900 < len(body) / 50 < 1_400
    received = batches.read(body, version="1.0.3").statements
    assert all(one.duration is not None and one.completion for one in received)


def test_the_rows_of_every_table_are_noted_for_each_batch(databases: Databases) -> None:
    transactions = limit.rows_of(databases, made(90), batch=30)
    assert len(transactions) == 3
    for transaction in transactions:
        count = Counter(name for name, _, rows in transaction.inserts for _ in rows)
        assert count["statements"] == count["statement_actors"] == count["evidence"] == 30
        assert count["due_marks"] > 0


def test_the_same_rows_can_be_inserted_raw_and_are_counted(databases: Databases) -> None:
    transactions = limit.rows_of(databases, made(60), batch=20)
    assert limit.insert(databases, transactions).statements == 60
    assert limit.insert(databases, transactions, connections=3).statements == 60


def test_what_the_service_writes_is_let_alone_afterwards(databases: Databases) -> None:
    from lms_tracker.store import dialects

    before = dialects.insert, dialects.insert_new
    limit.rows_of(databases, made(2), batch=1)
    assert (dialects.insert, dialects.insert_new) == before
