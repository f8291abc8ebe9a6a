"""Items of files become statements by the door's own rules; what is wrong is told and harms nothing else."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest
from flask import Flask

from lms_tracker.actions import importing, providers
from lms_tracker.actions.importing import Importer, Taken, UnknownProvider, as_line
from lms_tracker.store import database, searches
from lms_tracker.store.searches import Found, Search
from xapi.splitting import Item, Splitter

VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@pytest.fixture
def provider(app: Flask) -> int:
    with app.app_context():
        return providers.add_provider("Trung tâm").provider


@pytest.fixture
def importer(app: Flask, provider: int):
    with app.app_context():
        yield Importer(importing.operator_for(provider))


def statement(**changes: Any) -> dict[str, Any]:
    made = {
        "actor": {"mbox": "mailto:lan@example.vn"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"},
        "object": {"id": "https://hoc.example.vn/khoa"},
        "timestamp": "2026-10-01T09:00:00Z",
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def with_id(**changes: Any) -> dict[str, Any]:
    return statement(id=str(uuid.uuid4()), **changes)


def items(*values: object) -> list[Item]:
    splitter = Splitter(100_000)
    lines = [value if isinstance(value, bytes) else msgspec.json.encode(value) for value in values]
    return [*splitter.feed(b"\n".join([*lines, b""])), *splitter.finish()]


def stored() -> list[Found]:
    with database.reading() as connection:
        return searches.page(connection, Search(ascending=True, limit=1_000))


def rules(taken: Taken) -> list[tuple[int, str, str]]:
    return [(one.item.line, one.faults[0].path, one.faults[0].rule) for one in taken.rejected]


def test_what_is_right_is_stored_in_its_order_and_what_is_wrong_told_by_line(importer: Importer) -> None:
    good = [with_id() for _ in range(3)]
    taken = importer.take(
        items(good[0], with_id(actor={"mbox": "lan"}), good[1], b'{"cut', b"[]", good[2], b"7")
    )
    assert (taken.stored, taken.known) == (3, 0)
    assert rules(taken) == [
        (2, "actor.mbox", "mbox"), (4, "", "json"), (7, "", "type-object"),
    ]  # fmt: skip
    assert [str(uuid.UUID(bytes=one.statement_id)) for one in stored()] == [one["id"] for one in good]
    assert taken.last == uuid.UUID(good[2]["id"]).bytes


def test_i2_the_same_again_is_known_and_another_under_its_id_is_rejected(importer: Importer) -> None:
    one = with_id()
    assert importer.take(items(one)).stored == 1
    taken = importer.take(items(with_id(), one, {**one, "timestamp": "2026-10-02T09:00:00Z"}, with_id()))
    assert (taken.stored, taken.known) == (2, 1)
    assert rules(taken) == [(3, "id", "id-conflict")]


def test_one_id_may_stand_twice_in_a_file_if_it_says_the_same(importer: Importer) -> None:
    one = with_id()
    taken = importer.take(items(one, one, {**one, "verb": {"id": VOIDED + "x"}}))
    assert (taken.stored, taken.known) == (1, 1)
    assert rules(taken) == [(3, "id", "id-conflict")]


def test_statements_without_ids_are_stored_once_however_often_they_come(importer: Importer) -> None:
    twice = items(statement(), statement(timestamp=None), statement(object={"id": "https://a.vn"}))
    assert importer.take(twice).stored == 3
    before = [one.statement_id for one in stored()]
    again = importer.take([*twice, *items(statement(object={"id": "https://b.vn"}))])
    assert (again.stored, again.known) == (1, 3)
    assert [one.statement_id for one in stored()][:3] == before


def test_an_id_is_computed_for_each_provider(app: Flask, importer: Importer) -> None:
    other = Importer(importing.operator_for(providers.add_provider("Trường").provider))
    assert importer.take(items(statement())).stored == 1
    assert other.take(items(statement())).stored == 1
    assert len({one.statement_id for one in stored()}) == 2


def test_each_statement_is_read_in_the_version_that_it_names(importer: Importer) -> None:
    agents = {"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@b.vn"}}]}
    taken = importer.take(
        items(
            with_id(version="1.0.0"),
            with_id(version="2.0.0", context=agents),
            with_id(),
            with_id(context=agents),
            with_id(version="3.0"),
            with_id(version=["2.0.0"]),
        )
    )
    assert [(found.version, found.body.count("contextAgents")) for found in stored()] == [
        (10, 0), (20, 1), (10, 0),
    ]  # fmt: skip
    assert [(line, rule) for line, _, rule in rules(taken)] == [
        (4, "property-unknown"), (5, "version"), (6, "type-string"),
    ]  # fmt: skip


def test_a_version_that_is_given_is_that_of_all(app: Flask, provider: int) -> None:
    with app.app_context():
        taken = Importer(importing.operator_for(provider), "1.0.3").take(
            items(with_id(version="2.0.0"), with_id(version="1.0.3"))
        )
    assert taken.stored == 1
    assert [rule for _, _, rule in rules(taken)] == ["version"]


def test_stored_and_authority_of_the_file_give_way_to_ours(importer: Importer) -> None:
    foreign = {"stored": "2020-01-01T00:00:00Z", "authority": {"mbox": "mailto:other@lrs.example"}}
    assert importer.take(items(with_id(**foreign))).stored == 1
    (found,) = stored()
    assert "2020-01-01" not in found.body
    assert "other@lrs" not in found.body


def test_a_voiding_is_taken_of_the_provider_s_own_statements_alone(app: Flask, importer: Importer) -> None:
    mine, theirs = with_id(), with_id()
    other = Importer(importing.operator_for(providers.add_provider("Trường").provider))
    assert other.take(items(theirs)).stored == 1
    voiding = [
        with_id(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": one["id"]})
        for one in (mine, theirs)
    ]
    taken = importer.take(items(mine, *voiding))
    assert (taken.stored, rules(taken)) == (2, [(3, "object.id", "voiding-not-permitted")])
    standing = [str(uuid.UUID(bytes=one.statement_id)) for one in stored()]
    assert standing == [theirs["id"], voiding[0]["id"]]


def test_data_of_attachments_are_not_in_files(importer: Importer) -> None:
    attachment = {
        "usageType": "https://e.vn/u", "display": {"vi": "Ảnh"}, "contentType": "image/png", "length": 4,
        "sha2": "a" * 64,
    }  # fmt: skip
    linked = with_id(attachments=[{**attachment, "fileUrl": "https://e.vn/anh.png"}])
    taken = importer.take(items(with_id(attachments=[attachment]), linked))
    assert taken.stored == 1
    assert rules(taken) == [(1, "attachments[0]", "attachment-data")]


def test_a_line_on_a_rejected_statement_holds_it_to_be_mended_and_imported(importer: Importer) -> None:
    wrong = msgspec.json.encode(with_id(actor={"mbox": "lan@example.vn"}))
    taken = importer.take(items(wrong.replace(b",", b",\r"), b'{"cut', b'{"a": "\xff"}'))
    lines = [as_line(one) for one in taken.rejected]
    told = [msgspec.json.decode(line) for line in lines]
    assert [(one["line"], one["index"], one["path"], one["rule"]) for one in told] == [
        (1, 0, "actor.mbox", "mbox"), (2, 1, "", "json"), (3, 2, "", "encoding-utf8"),
    ]  # fmt: skip
    assert all(line.endswith(b"}\n") and line.count(b"\n") == 1 for line in lines)
    assert told[0]["statement"] == msgspec.json.decode(wrong)
    assert (told[1]["text"], told[2]["text"]) == ('{"cut', '{"a": "\\xff"}')
    unmended = importer.take(items(*lines))
    assert rules(unmended)[0] == (1, "actor.mbox", "mbox")
    assert next(map(as_line, unmended.rejected)) == lines[0]
    mended = [lines[0].replace(b'"lan@', b'"mailto:lan@'), lines[1].replace(b'{\\"cut', b"{}")]
    assert [rule for _, _, rule in rules(importer.take(items(*mended)))] == ["required"]
    assert len(stored()) == 1


def test_an_item_that_is_too_long_is_told_with_its_length_and_beginning(importer: Importer) -> None:
    long = b'{"x": "' + b"y" * 1_100_000 + b'"}'
    for longest in (100_000, 2_000_000):
        splitter = Splitter(longest)
        taken = importer.take([*splitter.feed(long), *splitter.finish()])
        (rejected,) = taken.rejected
        assert rejected.faults[0].rule == "statement-too-large"
        assert str(len(long)) in rejected.faults[0].message
    assert rejected.item.text == long


def test_a_provider_that_is_not_there_imports_nothing(app: Flask) -> None:
    with app.app_context(), pytest.raises(UnknownProvider, match="no provider 99"):
        importing.operator_for(99)
