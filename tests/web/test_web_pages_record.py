"""What the pages of a record say: sums that add up, who looked, and the ways between its pages."""

import re

import pytest
from flask import Flask

from lms_tracker.actions import crediting
from tests.journeys import commune
from tests.journeys.commune import SAFE, Commune
from tests.web.page_visitors import as_

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


def text_of(app: Flask, login: str, address: str) -> str:
    answer = as_(app, login).get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def minutes(told: str) -> int:
    """Minutes of "2 giờ 15 phút"."""
    counts = {unit: int(count) for count, unit in re.findall(r"(\d+) (giờ|phút|giây)", told)}
    assert "giây" not in counts
    return counts.get("giờ", 0) * 60 + counts.get("phút", 0)


def amounts(table: str) -> list[list[int]]:
    """Minutes in the columns of amounts, row by row."""
    rows = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in table.split("</tr>")]
    return [[minutes(cell) for cell in row] for row in rows if row]


def test_fields_and_months_add_up_to_the_year(settled: Commune) -> None:
    page = text_of(settled.app, "hoa", "/record")
    year = minutes(re.findall(r'class="figure-value">([^<]*)<', page)[0])
    by_field, by_month = re.findall(r"<table.*?</table>", page, re.DOTALL)[:2]
    assert sum(row[0] for row in amounts(by_field)) == year
    *months, whole = amounts(by_month)
    assert len(months) == 12
    assert [sum(column) for column in zip(*months, strict=True)] == whole
    assert sum(whole) == year


def test_fields_and_providers_add_up_to_the_whole_commune(settled: Commune) -> None:
    page = text_of(settled.app, "thuha", "/organiser")
    whole = minutes(re.findall(r'class="figure-value">([^<]*)<', page)[1])
    by_field, by_provider = re.findall(r"<table.*?</table>", page, re.DOTALL)[:2]
    assert sum(row[2] for row in amounts(by_field)) == whole
    assert sum(row[2] for row in amounts(by_provider)) == whole


def test_a_year_without_entries_makes_no_tab(settled: Commune) -> None:
    page = text_of(settled.app, "hoa", "/record?year=1900")
    assert ">1900<" not in page
    assert f'aria-current="page">{settled.day.year}<' in page


def test_an_entry_names_what_it_overlaps_and_leads_back_to_its_place(settled: Commune) -> None:
    statement = settled.statements["overlapping"]
    record = text_of(settled.app, "hoa", "/record")
    [address] = re.findall(rf'href="(/record/entries/{statement}[^"]*)"', record)
    entry = text_of(settled.app, "hoa", address)
    assert "Những lần học cùng giờ" in entry
    assert f'href="/record/entries/{settled.statements["long"]}' in entry
    back = re.search(r'class="back" href="([^"]*)#([^"]*)"', entry)
    assert back is not None
    assert f'id="{back[2]}"' in text_of(settled.app, "hoa", back[1].replace("&amp;", "&"))
    key = settled.people["hoa"].hex()
    seen = text_of(settled.app, "thuha", f"/people/{key}/record/entries/{statement}")
    assert f'href="/people/{key}/record/entries/{settled.statements["long"]}' in seen


def test_an_entry_of_an_older_page_leads_back_to_that_page(settled: Commune) -> None:
    record = text_of(settled.app, "hoa", "/record")
    [older] = re.findall(r'href="(/record\?[^"]*from=[^"]*)"', record)
    page = text_of(settled.app, "hoa", older.replace("&amp;", "&"))
    entry = re.findall(r'href="(/record/entries/[^"]*)"', page)[0].replace("&amp;", "&")
    back = re.search(r'class="back" href="([^"#]*)#([^"]*)"', text_of(settled.app, "hoa", entry))
    assert back is not None
    assert f'id="{back[2]}"' in text_of(settled.app, "hoa", back[1].replace("&amp;", "&"))


def test_an_entry_without_a_time_of_its_own_has_no_interval(settled: Commune) -> None:
    with settled.app.app_context():
        undated = commune.studied(settled.day, commune.TAM, "15:00", "PT30M", SAFE)
        del undated["timestamp"]
        commune.send(settled, settled.centre, [undated])
        while crediting.recount_due():
            pass
    entry = text_of(settled.app, "tam", f"/record/entries/{undated['id']}")
    assert "Không có thời điểm học" in entry
    assert "Khoảng thời gian</dt>" not in entry
    dated = text_of(settled.app, "hoa", f"/record/entries/{settled.statements['long']}")
    assert "Khoảng thời gian</dt>" in dated


def test_an_entry_says_in_words_when_only_a_part_of_it_is_credited(settled: Commune) -> None:
    page = text_of(settled.app, "hoa", "/record")
    entries = re.findall(r'<li class="entry.*?</li>\n(?=<li|</ol>)', page, re.DOTALL)
    [part] = [entry for entry in entries if "Ghi nhận một phần" in entry]
    assert "entry-part" in part
    assert settled.statements["overlapping"] in part


def test_the_owner_reads_who_looked_and_an_organiser_does_not(settled: Commune) -> None:
    assert "Chưa có ai khác xem." in text_of(settled.app, "hoa", "/record")
    key = settled.people["hoa"].hex()
    seen = text_of(settled.app, "thuha", f"/people/{key}/record")
    assert "Ai đã xem hồ sơ này" not in seen
    assert "Ông/Bà học" not in seen
    record = text_of(settled.app, "hoa", "/record")
    looks = record[record.index("Ai đã xem hồ sơ này") :]
    assert "Lê Thu Hà" in looks
    assert "hồ sơ học tập" in looks
    english = text_of(settled.app, "hoa", "/record?lang=en")
    assert "Who has looked at this record" in english


def test_a_learner_is_found_by_name_and_where_nobody_is_the_page_says_only_that(settled: Commune) -> None:
    client = as_(settled.app, "thuha")
    found = client.get("/organiser/learners", query_string={"find": "tran van tam"})
    assert found.headers["Location"] == f"/people/{settled.people['tam'].hex()}/record"
    several = client.get("/organiser/learners", query_string={"find": "an"}).get_data(as_text=True)
    assert "Nguyễn Thị Hoa" not in several
    nobody = client.get("/organiser/learners", query_string={"find": "không có ai"}).get_data(as_text=True)
    assert "Không tìm thấy người học này." in nobody
    assert "<table" not in nobody
