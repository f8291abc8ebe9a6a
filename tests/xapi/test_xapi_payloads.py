"""Parts and attachments: told by the hash alone, and what is said twice is said alike."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.xapi.statement_examples import small
from xapi import batches, payloads
from xapi.attachments import attachments_of, without_data
from xapi.faults import Refusal
from xapi.multipart import Part

TEXT = b"here is a simple attachment"
SHA2 = "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"


def attachment(data: bytes = TEXT, **changes: Any) -> dict[str, Any]:
    made = {
        "usageType": "http://example.com/attachment-usage/test",
        "display": {"vi": "Bài làm"},
        "contentType": "text/plain; charset=ascii",
        "length": len(data),
        "sha2": hashlib.sha256(data).hexdigest(),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def part(number: int = 1, **headers: str) -> Part:
    named = {"x-experience-api-hash": SHA2}
    named |= {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Part(number, {name: value for name, value in named.items() if value}, iter([TEXT]))


def statement(*attachments: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return small() | {"attachments": list(attachments)} | changes


def check(part: Part, *attachments: dict[str, Any]) -> None:
    one = payloads.belonging(part, payloads.declared([statement(*attachments)]))
    data = b"".join(part.data)
    payloads.demand_data(part, one, hashlib.new(one.digest, data).digest(), len(data))


def fault_of(part: Part, *attachments: dict[str, Any]) -> tuple[str, str, str]:
    """Path, rule and excerpt of what is refused, by headers or by data."""
    with pytest.raises(Refusal) as refusal:
        check(part, *attachments)
    (fault,) = refusal.value.faults
    assert (refusal.value.status, fault.index) == (400, None)
    return fault.path, fault.rule, fault.got


@pytest.mark.parametrize("function", ["sha224", "sha256", "sha384", "sha512"])
def test_any_hash_of_the_family_in_any_case_tells_whose_data_they_are(function: str) -> None:
    sha2 = hashlib.new(function, TEXT).hexdigest()
    check(part(x_experience_api_hash=sha2.upper()), attachment(sha2=sha2))
    check(part(x_experience_api_hash=sha2), attachment(sha2=sha2.upper()))


@pytest.mark.parametrize(
    "headers",
    [
        {"content_transfer_encoding": "binary"},
        {"content_transfer_encoding": "BINARY"},
        {"content_type": "text/plain; charset=ascii"},
        {"content_type": "TEXT/Plain;charset=ascii"},
        {"content_length": "27"},
        {"content_disposition": 'attachment; filename="bài làm.txt"'},
    ],
)
def test_a_part_that_says_what_the_statement_says_is_taken(headers: dict[str, str]) -> None:
    check(part(**headers), attachment())


@pytest.mark.parametrize(
    ("headers", "path", "rule", "came"),
    [
        ({"x_experience_api_hash": ""}, "part[1].X-Experience-API-Hash", "part-hash", "nothing"),
        ({"x_experience_api_hash": "ab"}, "part[1].X-Experience-API-Hash", "part-hash", '"ab"'),
        (
            {"content_transfer_encoding": "base64"},
            "part[1].Content-Transfer-Encoding",
            "part-encoding",
            '"base64"',
        ),
        ({"content_type": "text/html"}, "part[1].Content-Type", "part-content-type", '"text/html"'),
        ({"content_length": "28"}, "part[1].Content-Length", "part-length", '"28"'),
        ({"content_length": "x"}, "part[1].Content-Length", "part-length", '"x"'),
    ],
)
def test_a_part_that_says_something_else_is_refused(
    headers: dict[str, str], path: str, rule: str, came: str
) -> None:
    assert fault_of(part(**headers), attachment()) == (path, rule, came)


def test_data_that_are_not_what_the_hash_says_are_refused() -> None:
    other = Part(3, {"x-experience-api-hash": SHA2}, iter([TEXT, b"!"]))
    came = f'"{hashlib.sha256(TEXT + b"!").hexdigest()}"'
    assert fault_of(other, attachment()) == ("part[3]", "part-data", came)


def test_a_length_is_compared_with_the_data_where_a_part_names_its_own() -> None:
    wrong = attachment(length=28)
    check(part(), wrong)
    assert fault_of(part(content_length="28"), wrong) == ("part[1].Content-Length", "part-length", '"27"')


def test_a_length_of_any_number_of_digits_is_no_matter() -> None:
    huge = attachment(length=10**5000)
    assert fault_of(part(content_length="1" * 5000), huge)[1] == "part-length"
    assert fault_of(part(content_length="27"), huge)[1] == "part-length"


def test_one_part_may_belong_to_attachments_of_several_types() -> None:
    both = attachment(), attachment(contentType="text/markdown")
    check(part(content_type="text/markdown"), *both)
    check(part(content_type="text/plain;  charset=ascii"), *both)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON ; charset=utf-8"])
def test_the_first_part_says_that_it_is_json(content_type: str) -> None:
    payloads.demand_statements(part(0, content_type=content_type))


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/jsonp"])
def test_a_first_part_that_is_not_said_to_be_json_is_refused(content_type: str) -> None:
    with pytest.raises(Refusal) as problem:
        payloads.demand_statements(part(0, content_type=content_type))
    assert [(f.path, f.rule) for f in problem.value.faults] == [("part[0].Content-Type", "part-statements")]


# --- what has to come ------------------------------------------------------------------------------------


def sub_statement(*attachments: dict[str, Any]) -> dict[str, Any]:
    return small() | {"object": {"objectType": "SubStatement", **statement(*attachments)}}


def test_attachments_of_a_substatement_are_attachments() -> None:
    nested = sub_statement(attachment(), attachment(b"2")) | {"attachments": [attachment(b"3")]}
    assert [path for path, _ in attachments_of(nested)] == [
        "attachments[0]",
        "object.attachments[0]",
        "object.attachments[1]",
    ]


def test_what_came_neither_as_data_nor_as_an_address_is_missed_by_its_place() -> None:
    at_url = attachment(b"2", fileUrl="https://example.org/2")
    nested = sub_statement(at_url, attachment(b"3")) | {"attachments": [attachment(sha2=SHA2.upper())]}
    found = without_data(nested, ())
    assert found is not None
    assert [(one.path, one.rule) for one in found] == [
        ("attachments[0]", "attachment-data"),
        ("object.attachments[1]", "attachment-data"),
    ]
    assert without_data(nested, {SHA2, hashlib.sha256(b"3").hexdigest()}) is None


def test_json_alone_brings_no_data_for_a_statement_nor_for_its_substatement() -> None:
    for value in (statement(attachment()), sub_statement(attachment())):
        body = json.dumps(value).encode()
        with pytest.raises(Refusal) as problem:
            batches.read(body, version="1.0.3")
        assert [fault.rule for fault in problem.value.faults] == ["attachment-data"]
        assert len(batches.read(body, version="1.0.3", attached=None).statements) == 1
