"""The page on which a provider's people see how its programs' credentials stand."""

from __future__ import annotations

import re

import pytest
import time_machine

from lms_tracker.actions import credentials, providers
from lms_tracker.actions.terms import Terms
from tests.journeys.commune import Commune
from tests.web.lrs_client import Lrs, statement
from tests.web.page_visitors import as_

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

NOW_US = 1_803_859_200_000_000
NOW = "2027-03-01T00:00:00Z"


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


def cards(page: str) -> list[str]:
    """What each credential's card says, its mark-up taken away."""
    found = re.findall(r'<li class="card">(.*?)</li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", card).split()) for card in found]


def test_a_credential_is_shown_with_its_terms_and_without_its_secret(settled: Commune) -> None:
    number = settled.centre.provider
    with time_machine.travel(NOW, tick=False):
        with settled.app.app_context():
            limits = Terms(
                ("statements/read", "statements/write"),
                NOW_US + 86_400_000_000,
                "20/second;1500/hour",
                5000,
                True,
            )
            made = providers.add_credential(number, limits)
        client = settled.app.test_client()
        Lrs(settled.app, client, made).post([statement(), statement()]).close()
        page = as_(settled.app, "duc").get(f"/provider/credentials?provider={number}").get_data(as_text=True)
        card = cards(page)[0]
    assert card == (
        f"{made.key} Tình trạng còn hiệu lực đến 07:00:00, 02/03/2027"
        " Quyền gửi bản ghi (statements/write) đọc bản ghi của mọi đơn vị (statements/read)"
        " Giới hạn 20 lượt gọi mỗi giây 1.500 lượt gọi mỗi giờ"
        " 5.000 bản ghi mới mỗi ngày; hôm nay đã gửi 2"
        " Phiên bản khi đọc bằng xAPI 1.0.x thì không nhận bản ghi của 2.0"
        " Cấp lúc 07:00:00, 01/03/2027 Dùng lần cuối khoảng 07:00:00, 01/03/2027"
    )
    assert made.secret not in page
    assert f"{settled.app.config['SETTINGS'].base_url}/xapi/" in page


def test_it_is_shown_in_english_too(settled: Commune) -> None:
    client = as_(settled.app, "duc")
    page = client.get("/provider/credentials", headers={"Accept-Language": "en"}).get_data(as_text=True)
    (card,) = cards(page)
    assert "Limits none" in card
    assert "Last used" in card
    assert "send statements (statements/write)" in card


def test_those_in_use_come_first_and_of_the_ended_the_newest_are_shown(settled: Commune) -> None:
    number = settled.centre.provider
    with settled.app.app_context():
        ended = [providers.add_credential(number).key for _ in range(credentials.MOST_ENDED + 3)]
        for key in ended:
            providers.revoke(key)
    page = as_(settled.app, "duc").get("/provider/credentials").get_data(as_text=True)
    shown = [card.split(" ")[0] for card in cards(page)]
    assert shown == [settled.centre.key, *ended[: -credentials.MOST_ENDED - 1 : -1]]
    assert "đã thu hồi lúc" in page
    assert "không hiện ở đây: 3" in page


def test_no_other_provider_s_credential_is_shown(settled: Commune) -> None:
    page = as_(settled.app, "duc").get("/provider/credentials").get_data(as_text=True)
    assert settled.school.key not in page
