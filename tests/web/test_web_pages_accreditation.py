"""The page where providers are suspended and approved again."""

import pytest

from lms_tracker.actions import grants, providers
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

PAGE = "/organiser/providers"


@pytest.fixture
def database_kind() -> str:
    """What pages show is the same on every database."""
    return "sqlite"


def test_a_provider_is_suspended_and_approved_again_on_its_page(settled: Commune) -> None:
    with settled.app.app_context():
        grants.grant_role("tam", "administrator")
    client, number = as_(settled.app, "tam"), settled.school.provider

    def heard() -> bool:
        with settled.app.app_context():
            return providers.authenticate(settled.school.key, settled.school.secret) is not None

    form = {"csrf_token": token(client, PAGE), "why": " a "}
    refused = client.post(f"{PAGE}/{number}/suspend", data=form)
    assert refused.status_code == 422
    assert 'id="why-wrong"' in refused.get_data(as_text=True)
    assert heard()
    form["why"] = "Chưa có <b>hồ sơ</b> lớp học."
    for _twice in range(2):
        assert client.post(f"{PAGE}/{number}/suspend", data=form).location == PAGE
    assert not heard()
    text = client.get(PAGE).get_data(as_text=True)
    assert text.count("Đang tạm dừng") == 1
    assert text.count("Chưa có &lt;b&gt;hồ sơ&lt;/b&gt; lớp học.") == 1
    assert client.post(f"{PAGE}/{number}/approve", data=form).status_code == 303
    assert heard()
    assert client.post(f"{PAGE}/999999/approve", data=form).status_code == 404
