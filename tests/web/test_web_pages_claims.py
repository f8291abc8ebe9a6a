"""The pages of claims and disputes, by the forms that browsers send."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.web import claims as pages
from tests.actions.claimants import picture
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def hoa(settled: Commune) -> FlaskClient:
    return as_(settled.app, "hoa")


@pytest.fixture
def reviewer(settled: Commune) -> FlaskClient:
    return as_(settled.app, "thuha")


def typed(day: date, **changes: str) -> dict[str, str]:
    return {
        "category": "law",
        "title": "Hội nghị phổ biến Luật Đất đai",
        "taught_by": "Phòng Tư pháp",
        "first_day": day.isoformat(),
        "last_day": "",
        "hours": "3",
        "minutes": "30",
        "per": "all",
        "description": "Quyền và nghĩa vụ của người sử dụng đất.",
        **changes,
    }


def begun(client: FlaskClient, day: date, page: str = "/claims/new", **changes: str) -> TestResponse:
    text = client.get(page).get_data(as_text=True)
    form = re.search('name="form" value="([0-9a-f]{32})"', text)
    assert form is not None
    data = {"csrf_token": token(client, page), "form": form[1], **typed(day, **changes)}
    return client.post(page, data=data)


def with_proof(client: FlaskClient, address: str, data: bytes, name: str = "anh.jpg") -> TestResponse:
    form = {"csrf_token": token(client, address), "proof": (io.BytesIO(data), name)}
    return client.post(f"{address}/proofs", data=form)


def sent(client: FlaskClient, day: date, **changes: str) -> str:
    """The address of a claim that was handed in."""
    address = begun(client, day, **changes).location
    assert with_proof(client, address, picture()).status_code == 303
    assert client.post(f"{address}/send", data={"csrf_token": token(client, address)}).status_code == 303
    return str(address)


def revision(text: str) -> str:
    found = re.search('name="revision" value="([0-9]+)"', text)
    assert found is not None
    return found[1]


def decided(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    text = client.get(address).get_data(as_text=True)
    data = {"csrf_token": token(client, address), "revision": revision(text), **fields}
    return client.post(address, data=data)


def test_a_claim_goes_from_the_form_to_the_decision(
    settled: Commune, hoa: FlaskClient, reviewer: FlaskClient
) -> None:
    address = sent(hoa, settled.day)
    assert "Đang chờ thẩm định" in hoa.get(address).get_data(as_text=True)
    assert "Luật Đất đai" in reviewer.get("/organiser/claims").get_data(as_text=True)
    answer = decided(reviewer, f"/organiser{address}", decision="reduce", hours="1", minutes="30", reason="")
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "Mời Ông/Bà ghi lý do" in text
    assert 'value="30"' in text
    reason = "Buổi chiều không có trong ảnh."
    answer = decided(
        reviewer, f"/organiser{address}", decision="reduce", hours="1", minutes="30", reason=reason
    )
    assert answer.status_code == 303
    page = hoa.get(address).get_data(as_text=True)
    assert "1 giờ 30 phút" in page
    assert reason in page
    assert "Lê Thu Hà" in page
