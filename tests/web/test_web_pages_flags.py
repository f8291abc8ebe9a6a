"""The reviewers' pages of flags: what they show, to whom, and settling one."""

import re

import pytest
from flask.testing import FlaskClient

from lms_tracker.learning.watching import Kind
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token

KINDS = [str(kind) for kind in Kind]


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


@pytest.fixture
def reviewer(settled: Commune) -> FlaskClient:
    return as_(settled.app, "thuha")


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_the_list_has_a_line_for_each_flag_with_its_figures(settled: Commune, reviewer: FlaskClient) -> None:
    assert sorted(settled.flags) == sorted(KINDS)
    page = text(reviewer, "/organiser/flags")
    assert page.count('<a class="line-link"') == len(KINDS)
    assert "Đang chờ (6)" in page
    assert "18 giờ, ngưỡng 16 giờ" in page
    assert "500 người, ngưỡng 60 người" in page
    one = text(reviewer, "/organiser/flags?kind=course-jumps")
    assert one.count('<a class="line-link"') == 1
    assert "Chưa có cảnh báo nào được giải quyết." in text(reviewer, "/organiser/flags?state=settled")
    assert "Cảnh báo cần xem" in text(reviewer, "/organiser")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_kind_shows_its_figures_its_chart_beside_a_table_and_where_to_look(
    settled: Commune, reviewer: FlaskClient, kind: str, language: str
) -> None:
    page = text(reviewer, f"/organiser/flags/{settled.flags[kind]}?lang={language}")
    if kind != "claimed-twice":
        assert '<svg class="chart"' in page
        assert "<caption>" in page
    assert f"/people/{settled.people['hoa'].hex()}/" in page
    assert 'name="outcome"' in page
    assert "&lt;" not in page


def test_a_flag_is_settled_once_with_a_reason_and_moves_to_the_other_list(
    settled: Commune, reviewer: FlaskClient
) -> None:
    address = f"/organiser/flags/{settled.flags['same-times']}"
    form = {"csrf_token": token(reviewer, address), "revision": "1", "outcome": "harmless", "note": " "}
    without = reviewer.post(address, data=form)
    assert without.status_code == 422
    assert 'aria-describedby="note-problem"' in without.get_data(as_text=True)
    assert 'value="harmless" checked' in without.get_data(as_text=True)
    undecided = reviewer.post(address, data={**form, "outcome": "", "note": "Lớp học chung"})
    assert undecided.status_code == 422
    assert "Lớp học chung</textarea>" in undecided.get_data(as_text=True)
    stale = reviewer.post(address, data={**form, "revision": "7", "note": "Lớp học chung"})
    assert stale.status_code == 409
    done = reviewer.post(address, data={**form, "note": "Lớp học <chung>"}, follow_redirects=True)
    assert "Đã ghi kết luận" in done.get_data(as_text=True)
    again = reviewer.post(address, data={**form, "note": "Lần nữa"})
    assert again.status_code == 409
    page = text(reviewer, address)
    assert "Lớp học &lt;chung&gt;" in page
    assert "Lê Thu Hà" in page
    assert 'name="outcome"' not in page
    assert "Không có gì bất thường" in text(reviewer, "/organiser/flags?state=settled")


@pytest.mark.parametrize("login", [None, "hoa", "duc"])
def test_i17_flags_are_for_reviewers_alone(settled: Commune, login: str | None) -> None:
    client = as_(settled.app, login)
    for address in ("/organiser/flags", f"/organiser/flags/{settled.flags['long-days']}"):
        assert client.get(address).status_code == (403 if login else 302)
    form = {"csrf_token": token(client, "/record" if login else "/sign-in"), "outcome": "harmless"}
    answer = client.post(f"/organiser/flags/{settled.flags['long-days']}", data=form)
    assert answer.status_code == (403 if login else 302)


@pytest.mark.parametrize(
    "address",
    [
        "/organiser/flags/999999",
        "/organiser/flags/0",
        f"/organiser/flags/{10**40}",
        "/organiser/flags?kind=nothing",
        "/organiser/flags?before=x",
        f"/organiser/flags?before={'9' * 40}",
    ],
)
def test_what_is_not_there_is_not_found(reviewer: FlaskClient, address: str) -> None:
    assert reviewer.get(address).status_code == 404


def test_charts_have_a_threshold_and_numbers_for_every_column(
    settled: Commune, reviewer: FlaskClient
) -> None:
    page = text(reviewer, f"/organiser/flags/{settled.flags['course-jumps']}")
    assert 'class="threshold"' in page
    assert len(re.findall('<rect class="bar-placed"', page)) == 13
    assert page.count('<th scope="row">') == 13
