"""The OpenAPI document says what the service does, no more and no less."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.lrs_client import VERSION, Lrs, basic

DOORS = ("/xapi/", "/api/v1/")
# The JSON API answers HEAD too, as everything does; the LRS promises it.
SAID_OF_THE_LRS_ALONE = {"HEAD"}
NEVER_SAID = {"OPTIONS"}

Operations = list[tuple[str, str, dict[str, Any]]]


def served(app: Flask) -> set[tuple[str, str]]:
    """Every address of the doors for programs with each method it takes."""
    return {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(DOORS)
        for method in (rule.methods or set()) - NEVER_SAID
        if rule.rule.startswith("/xapi/") or method not in SAID_OF_THE_LRS_ALONE
    }


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


@pytest.fixture
def operations(document: dict[str, Any]) -> Operations:
    return [
        (path, method.upper(), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_resource_and_method_for_programs_is_described_and_nothing_else(
    app: Flask, operations: Operations
) -> None:
    assert {(path, method) for path, method, _ in operations} == served(app)


def test_every_schema_that_is_named_stands_in_the_document(document: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named - set(document["components"]["schemas"]) == set()
    # A Statement is named by those that hold it; whatever else nothing names is a leftover.
    assert set(document["components"]["schemas"]) - named <= {"Person", "About"}


def test_operations_have_names_of_their_own(operations: Operations) -> None:
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(names) == len(set(names))


def test_who_sends_no_credentials_is_let_in_just_where_the_document_says_so(
    client: FlaskClient, operations: Operations
) -> None:
    for path, method, operation in operations:
        open_to_all = operation.get("security") == []
        answer = client.open(path, method=method, headers={VERSION: "1.0.3"})
        assert answer.status_code == (200 if open_to_all else 401), (path, method)


def test_parameters_that_the_document_demands_are_demanded(lrs: Lrs, operations: Operations) -> None:
    for path, method, operation in operations:
        if any(one["required"] and one["in"] == "query" for one in operation.get("parameters", ())):
            assert lrs.call(method, path, {}).status_code == 400, (path, method)


def test_the_version_is_demanded_where_the_document_says_so(lrs: Lrs, operations: Operations) -> None:
    for path, method, operation in operations:
        for one in operation.get("parameters", ()):
            if one["name"] == VERSION:
                without = lrs.call(method, path, headers={VERSION: None})
                assert (without.status_code == 400) == one["required"], (path, method)
                wrong = lrs.call(method, path, headers={VERSION: "0.9"})
                assert (wrong.status_code == 400) == one["required"], (path, method)


def test_the_addresses_of_the_document_begin_where_the_service_stands(
    client: FlaskClient, lrs: Lrs, document: dict[str, Any]
) -> None:
    assert [server["url"] for server in document["servers"]] == [lrs.app.config["SETTINGS"].base_url]
    headers = {"Authorization": basic(lrs.credential.key, lrs.credential.secret), VERSION: "2.0.0"}
    assert client.get("/xapi/statements", headers=headers).status_code == 200
