"""Forwarding from one instance of our service to another, over HTTP: what arrives is what was sent."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import forwards, providers, resending
from lms_tracker.actions.providers import NewCredential
from lms_tracker.config import Settings
from lms_tracker.store import database, dialects
from tests import databases, record_stores
from tests.actions.forwarded import NAME, Sender, add, dead_ids, listed, run
from tests.web.lrs_client import Lrs, statement, voiding

IMAGE = bytes(range(256)) * 5000


@pytest.fixture
def sender(in_app: Flask) -> Sender:
    return Sender(in_app.extensions["lms_tracker.recorder"])


@pytest.fixture
def other(shared_folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """The other instance, with a database of its own."""
    copy = tmp_path / "other.db"
    copy.write_bytes(databases.sqlite_template(shared_folder).read_bytes())
    settings = Settings(database_url=f"sqlite:///{copy}", secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app:
        yield app


@pytest.fixture
def given(other: Flask) -> NewCredential:
    with other.app_context():
        return providers.add_provider("Sở", ["all"])


@pytest.fixture
def endpoint(other: Flask) -> Iterator[str]:
    with record_stores.served(other) as endpoint:
        yield endpoint


@pytest.fixture
def theirs(other: Flask, given: NewCredential) -> Lrs:
    return Lrs(other, other.test_client(), given)


def forward(endpoint: str, given: NewCredential, **more: Any) -> None:
    assert add(endpoint, key=given.key, secret=given.secret, **more) is None


def test_what_arrives_is_what_was_sent_in_its_order_with_the_receivers_own_authority(
    sender: Sender, endpoint: str, given: NewCredential, theirs: Lrs
) -> None:
    id_ = str(uuid.uuid4())
    text = (
        f'{{"id":"{id_}"'
        ',"actor":{"mbox":"mailto:lan@a.vn","name":"Lan Đỗ"},"verb":{"id":"http://a.vn/v"},'
        '"object":{"id":"http://a.vn/khóa"},"timestamp":"2026-10-01T09:00:00.123456789+07:00",'
        '"result":{"duration":"PT1H30M","score":{"raw":1.10e0},"extensions":{"http://a.vn/x":12345678901234567890123}}}'
    )
    first = statement(id=None, timestamp=None)
    last = voiding(id_)
    sender.record(text.encode(), first)
    sender.record(last)
    forward(endpoint, given)
    assert run() == 3
    voided = theirs.get(voidedStatementId=id_)
    assert voided.data.startswith(text[:-1].encode() + b',"stored":"')
    assert voided.json["authority"]["account"]["name"] == "provider-1"
    ids = theirs.found(ascending="true")
    assert len(ids) == 2
    assert ids[1] == last["id"]
    assert theirs.one(ids[0])["timestamp"] < theirs.one(ids[0])["stored"]


def test_what_was_sent_already_is_sent_again_without_harm(
    sender: Sender, endpoint: str, given: NewCredential, theirs: Lrs
) -> None:
    sender.record(*(statement() for _ in range(5)), statement(id=None))
    forward(endpoint, given)
    forward(endpoint, given, name="lần nữa")
    assert run() == 12
    assert len(theirs.found()) == 6
    assert dead_ids() == []


def test_a_statement_that_is_another_there_is_a_dead_letter_until_it_can_be_taken(
    sender: Sender, endpoint: str, given: NewCredential, theirs: Lrs
) -> None:
    made = [statement() for _ in range(7)]
    theirs.stored([{**made[2], "result": {"success": True}}, made[4]])
    sender.record(*made)
    forward(endpoint, given)
    assert run() == 7
    (letter,) = forwards.dead(NAME)
    assert (letter.statement_id.hex(), letter.status) == (made[2]["id"].replace("-", ""), 409)
    assert len(theirs.found()) == 7
    assert resending.resend(NAME, None).refused == 1
    assert forwards.dead(NAME)[0].attempts == 2


def test_a_credential_that_may_not_write_there_buries_nothing(
    sender: Sender, endpoint: str, other: Flask
) -> None:
    sender.record(statement())
    with other.app_context():
        given = providers.add_provider("Chỉ đọc", ["statements/read"])
    forward(endpoint, given)
    assert run() == 0
    assert "403" in listed().forward.last_error
    assert dead_ids() == []


def test_statements_of_2_0_reach_a_store_that_speaks_it(
    sender: Sender, endpoint: str, given: NewCredential, theirs: Lrs
) -> None:
    group = {"objectType": "contextGroup", "group": {"objectType": "Group", "mbox": "mailto:g@a.vn"}}
    new = statement(context={"contextGroups": [group]}, version="2.0.0")
    sender.record(new, version="2.0.0")
    forward(endpoint, given)
    assert run() == 0, "1.0.3 has no contextGroups"
    assert dead_ids() == []
    forward(endpoint, given, name="hai", version="2.0.0")
    assert run() == 1
    assert theirs.speaking("2.0.0").one(str(new["id"]))["context"] == new["context"]


def test_two_that_forward_to_each_other_come_to_rest(
    sender: Sender, endpoint: str, given: NewCredential, in_app: Flask, other: Flask, theirs: Lrs
) -> None:
    back = providers.add_provider("Trở lại", ["all"])
    ours = Lrs(in_app, in_app.test_client(), back)
    theirs.stored([statement(), statement()])
    sender.record(*(statement() for _ in range(3)))
    forward(endpoint, given)
    with record_stores.served(in_app) as our_endpoint:
        with other.app_context():
            forward(our_endpoint, back)
        for _ in range(4):
            run()
            with other.app_context():
                run()
    assert len(ours.found()) == len(theirs.found()) == 5
    assert run() == 0


def attached(content: bytes, content_type: str = "image/jpeg") -> dict[str, Any]:
    return {
        "usageType": "http://a.vn/u",
        "display": {"vi": "ảnh"},
        "contentType": content_type,
        "length": len(content),
        "sha2": hashlib.sha256(content).hexdigest(),
    }


def multipart(value: dict[str, Any], *contents: bytes) -> tuple[bytes, dict[str, str]]:
    parts = [b"--b\r\nContent-Type: application/json\r\n\r\n" + json.dumps(value).encode()]
    for content in contents:
        sha2 = hashlib.sha256(content).hexdigest()
        head = f"--b\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {sha2}"
        parts.append(head.encode() + b"\r\n\r\n" + content)
    return b"\r\n".join([*parts, b"--b--\r\n"]), {"Content-Type": "multipart/mixed; boundary=b"}


def test_data_of_attachments_go_along_and_order_is_kept(
    in_app: Flask, endpoint: str, given: NewCredential, theirs: Lrs
) -> None:
    made = providers.add_provider("Có ảnh", ["all"])
    ours = Lrs(in_app, in_app.test_client(), made)
    strange = 'text/plain; name="ảnh"'
    with_data = statement(attachments=[attached(IMAGE), attached("chào".encode(), strange)])
    far = statement(attachments=[{**attached(b"far"), "fileUrl": "http://a.vn/far"}])
    in_order = [statement(), with_data, statement(), far]
    for one in in_order:
        if one is with_data:
            body, headers = multipart(one, IMAGE, "chào".encode())
            assert ours.call("POST", body=body, headers=dict(headers)).status_code == 200
        else:
            ours.stored(one)
    forward(endpoint, given)
    assert run() == 4
    assert dead_ids() == []
    assert theirs.found(ascending="true") == [one["id"] for one in in_order]
    answer = theirs.get(statementId=str(with_data["id"]), attachments="true")
    assert IMAGE in answer.data
    assert "chào".encode() in answer.data


def test_a_statement_whose_data_are_lost_here_is_a_dead_letter(
    in_app: Flask, endpoint: str, given: NewCredential, theirs: Lrs
) -> None:
    made = providers.add_provider("Mất ảnh", ["all"])
    ours = Lrs(in_app, in_app.test_client(), made)
    body, headers = multipart(statement(attachments=[attached(IMAGE)]), IMAGE)
    assert ours.call("POST", body=body, headers=dict(headers)).status_code == 200
    after = ours.stored(statement())
    with database.writing() as connection:
        dialects.change(connection, "DELETE FROM content_pieces WHERE number > ?", (0,))
    forward(endpoint, given)
    assert run() == 2
    (letter,) = forwards.dead(NAME)
    assert letter.answer.startswith("not sent")
    assert theirs.found() == after
