"""A program at the LRS door: what it sends in as few words as possible, what comes back as it came."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import courses, crediting, providers
from lms_tracker.actions.providers import NewCredential
from lms_tracker.store import database, dialects

VERSION = "X-Experience-API-Version"
THROUGH = "X-Experience-API-Consistent-Through"
STATEMENTS = "/xapi/statements"

ATTEMPTED = "http://adlnet.gov/expapi/verbs/attempted"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
COURSE = "https://hoc.example.vn/khoa/tin-hoc"

COLUMNS = (
    "provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to"
)

# Tables in which a refused request must leave nothing.
KEPT = ("statements", "statement_actors", "voidings", "statement_references", "evidence", "due_marks")


@dataclass(frozen=True, slots=True)
class Lrs:
    """One credential and the version it speaks; both go with every request unless `headers` say otherwise."""

    app: Flask
    client: FlaskClient
    credential: NewCredential
    version: str = "1.0.3"

    @property
    def provider(self) -> int:
        return self.credential.provider

    def speaking(self, version: str) -> Lrs:
        return replace(self, version=version)

    def call(
        self,
        method: str,
        path: str = STATEMENTS,
        body: Any = None,
        *,
        headers: dict[str, str | None] | None = None,
        **parameters: str,
    ) -> TestResponse:
        """`body` as bytes goes as it is, anything else as JSON; a header that is None is left out."""
        sent: dict[str, str | None] = {
            VERSION: self.version,
            "Authorization": basic(self.credential.key, self.credential.secret),
        }
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sent |= headers or {}
        return self.client.open(
            path,
            method=method,
            data=body,
            headers={name: value for name, value in sent.items() if value is not None},
            query_string=parameters or None,
        )

    def post(self, body: Any, **headers: str | None) -> TestResponse:
        return self.call("POST", body=body, headers=headers)

    def put(self, statement_id: str, body: Any) -> TestResponse:
        return self.call("PUT", body=body, statementId=statement_id)

    def get(self, **parameters: str) -> TestResponse:
        return self.call("GET", **parameters)

    def stored(self, body: Any) -> list[str]:
        """Post what has to be taken; its ids."""
        answer = self.post(body)
        assert answer.status_code == 200, answer.text
        return list(answer.json)

    def one(self, statement_id: str) -> dict[str, Any]:
        answer = self.get(statementId=statement_id)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def found(self, **parameters: str) -> list[str]:
        """Ids of the statements of all pages, in their order."""
        return self.rest(self.get(**parameters))

    def rest(self, answer: TestResponse) -> list[str]:
        """Ids of this page and all that follow; fails where one comes twice."""
        ids = ids_of(answer)
        while answer.json["more"]:
            answer = self.follow(answer)
            ids += ids_of(answer)
            assert len(set(ids)) == len(ids)
        return ids

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page after this one, by the address that it named."""
        return self.call("GET", answer.json["more"])


def ids_of(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [statement["id"] for statement in answer.json["statements"]]


def basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def new_lrs(app: Flask, name: str = "Trung tâm Ngoại ngữ", scopes: Sequence[str] | None = None) -> Lrs:
    """A provider of its own, with the scopes that every new one has unless others are named."""
    with app.app_context():
        return Lrs(app, app.test_client(), providers.add_provider(name, scopes))


def statement(**changes: Any) -> dict[str, Any]:
    """A small valid statement with an id of its own; a change to None takes a property away."""
    made = {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": "mailto:lan@example.vn"},
        "verb": {"id": ATTEMPTED},
        "object": {"id": COURSE},
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def voiding(target: str, **changes: Any) -> dict[str, Any]:
    return statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": target}, **changes)


def add_course(lrs: Lrs, code: str = "TH1", activity: str = COURSE, **columns: str) -> None:
    """A measured course of the provider, unless `columns` of the catalogue say otherwise."""
    stated = {
        "provider": str(lrs.provider),
        "course": code,
        "title": f"Khóa {code}",
        "activity": activity,
        "match": "prefix",
        "category": "other",
        "basis": "measured",
        **columns,
    }
    line = ",".join(stated.get(name, "") for name in COLUMNS.split(","))
    with lrs.app.app_context():
        outcome = courses.import_courses(f"{COLUMNS}\n{line}\n".encode())
    assert not outcome.errors, outcome.errors


def recount(app: Flask) -> int:
    """Do what a credit worker does until nothing waits; how many learners were written."""
    written = 0
    with app.app_context():
        while now := crediting.recount_due():
            written += now
    return written


def rows(app: Flask, *tables: str) -> dict[str, int]:
    """How many rows each table holds, those that statements are kept in unless others are named."""
    with app.app_context(), database.reading() as connection:
        return {
            table: dialects.rows(connection, f"SELECT COUNT(*) FROM {table}", ())[0][0]
            for table in tables or KEPT
        }


def refusal_log(lrs: Lrs) -> list[tuple[int | None, str, str, str]]:
    """Lines of the provider's refusal log, oldest first: index, path, rule, excerpt."""
    with lrs.app.app_context(), database.reading() as connection:
        return [
            tuple(row)
            for row in dialects.rows(
                connection,
                "SELECT item, path, rule, excerpt FROM refusals WHERE provider_id = ? ORDER BY id",
                (lrs.provider,),
            )
        ]
