"""GET /api/v1/places: open to everybody, dated, and bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.some_places import application_with_places


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def asking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    with application_with_places(request.param, tmp_path_factory.mktemp("places"), request) as app:
        yield app.test_client()


def found(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/places", query_string=query)
    assert answer.status_code == 200, answer.json
    return list(answer.get_json()["places"])


def test_i13_a_name_is_found_on_the_day_that_is_asked(asking: FlaskClient) -> None:
    (today,) = found(asking, q="go quao")
    assert (today["code"], today["kind"], today["above"][0]["name"]) == ("30952", "xa", "An Giang")
    before = found(asking, q="Gò Quao", on="2024-12-31")
    assert [(one["kind"], one["above"][0]["name"]) for one in before] == [
        ("huyen", "Kiên Giang"), ("thi-tran", "Kiên Giang"),
    ]  # fmt: skip


def test_marks_tell_cam_giang_from_cam_giang(asking: FlaskClient) -> None:
    assert [one["name"] for one in found(asking, q="Cẩm Giang")] == ["Cẩm Giang"]
    assert [one["name"] for one in found(asking, q="Cẩm Giàng")] == ["Cẩm Giàng"]
    assert [one["name"] for one in found(asking, q="cam giang")] == ["Cẩm Giang", "Cẩm Giàng"]


def test_without_a_name_come_the_units_below_another(asking: FlaskClient) -> None:
    assert [one["name"] for one in found(asking)] == ["An Giang", "Hải Phòng"]
    assert len(found(asking, under="31")) == 114
    assert {one["level"] for one in found(asking, under="91", on="2025-06-30")} == {2}


def test_only_a_level_or_a_part_of_the_country_is_looked_through(asking: FlaskClient) -> None:
    assert {one["level"] for one in found(asking, q="an", level="3", under="31")} == {3}
    assert found(asking, q="go quao", under="31") == []


@pytest.mark.parametrize(
    "query",
    [
        "on=30/06/2025", "on=20250630", "on=2025-13-01", "on=2025-06-30T00:00", "level=5", "level=x&q=a",
        "level=3", "under=89", "under=9", "under=%00", "q=a&q=b", "limit=5", "q=" + "a" * 101, "q=%FF",
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_with_a_reason(asking: FlaskClient, query: str) -> None:
    answer = asking.get(f"/api/v1/places?{query}")
    assert answer.status_code == 400
    assert answer.get_json()["faults"]


@pytest.mark.parametrize(
    "typed", ["%", "'", "\x00", "\U0010ffff", "\ud7ff", "((((", " ", "\u0301" * 90, "中"]
)
def test_whatever_is_looked_for_is_answered(asking: FlaskClient, typed: str) -> None:
    assert found(asking, q=typed, level="3") == []
