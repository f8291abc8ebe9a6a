"""A provider's people send a file of completions, look at the preview, and confirm: without a script."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from lms_tracker.actions import completions as actions
from lms_tracker.learning import (
    account_files,
    completion_fields,
    completion_files,
    course_fields,
    course_sheets,
    file_columns,
)
from lms_tracker.store import database, dialects
from lms_tracker.web import completions, file_rules
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token
from tests.web.rule_names import rules_of

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")
PAGE = "/provider/completions"


@pytest.fixture
def duc(settled: Commune) -> FlaskClient:
    return as_(settled.app, "duc")


def send(client: FlaskClient, body: bytes, provider: int = 1, csrf: str | None = None) -> TestResponse:
    """Put together by hand: the test client would leave a large one in a file that nobody closes."""
    fields = token(client, PAGE) if csrf is None else csrf
    data = (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + fields.encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="lines.csv"\r\n\r\n' + body
        + b"\r\n--x--\r\n"
    )  # fmt: skip
    return client.post(
        f"{PAGE}?provider={provider}", data=data, content_type="multipart/form-data; boundary=x"
    )


def previewed(client: FlaskClient, body: bytes, provider: int = 1) -> str:
    answer = send(client, body, provider)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location).get_data(as_text=True)


def confirm(client: FlaskClient, page: str, provider: int = 1) -> TestResponse:
    found = re.search('name="file" value="([0-9a-f]{64})"', page)
    assert found is not None
    form = {"csrf_token": token(client, PAGE), "file": found[1]}
    return client.post(f"{PAGE}/import?provider={provider}", data=form)


def stored(app: Flask) -> int:
    with app.app_context(), database.reading() as connection:
        return int(dialects.rows(connection, "SELECT COUNT(*) FROM statements", ())[0][0])


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


GOOD = (
    "email,name,course,completed_at,minutes,result\n"
    "moi@example.vn,Phạm Thị Mới,TL,01/10/2026,,\n"
    "moi@example.vn,Phạm Thị Mới,ATS,01/10/2026 16:30,90,đạt\n"
    "cu@example.vn,<b>Cũ</b>,TL,01/10/2026,,không đạt\n"
    "cu@example.vn,,ATS,01/10/2026,,\n"
).encode()


def test_a_file_is_looked_at_confirmed_and_counts_once(settled: Commune, duc: FlaskClient) -> None:
    before = stored(settled.app)
    page = previewed(duc, GOOD)
    told = words(page)
    assert "Số dòng: 4. Thời gian sẽ được ghi nhận: 16 giờ 30 phút. Chưa lưu gì." in told
    assert "Phạm Thị Mới" in told
    assert "Chưa đạt nên không được ghi nhận." in told
    assert "Ghi thời gian học ở cột minutes, hours hoặc duration." in told
    assert "<b>Cũ" not in page
    assert stored(settled.app) == before
    answer = confirm(duc, page)
    assert answer.status_code == 303
    outcome = words(duc.get(answer.location).get_data(as_text=True))
    assert "Đã nhập 4 lượt hoàn thành mới; 0 lượt đã có từ trước." in outcome
    assert "Đã nhập 4" not in duc.get(answer.location).get_data(as_text=True)
    assert stored(settled.app) == before + 4
    again = previewed(duc, GOOD)
    assert words(again).count("Đã nhập từ trước") == 4
    assert "Thời gian sẽ được ghi nhận: 0 phút" in words(again)
    confirm(duc, again)
    assert stored(settled.app) == before + 4


def test_wrong_lines_are_told_in_the_readers_language(settled: Commune, duc: FlaskClient) -> None:
    body = b"email,course,completed_at\nhoa,TL,2026-10-01\nhoa@example.vn,NOPE,2026-10-01\n"
    before = stored(settled.app)
    answer = send(duc, body)
    told = words(duc.get(answer.location).get_data(as_text=True))
    assert "Tệp có lỗi, chưa nhập dòng nào" in told
    assert "Phải là một địa chỉ thư điện tử" in told
    assert "Mã khóa học này không có trong danh mục" in told
    english = words(duc.get(f"{answer.location}&lang=en").get_data(as_text=True))
    assert "The file has errors, nothing was imported" in english
    assert "It must be one e-mail address" in english
    assert 'name="file" value=' not in duc.get(answer.location).get_data(as_text=True)
    assert stored(settled.app) == before


def test_what_changed_since_the_preview_is_told_instead_of_imported(
    settled: Commune, duc: FlaskClient
) -> None:
    page = previewed(duc, GOOD)
    with settled.app.app_context(), database.writing() as connection:
        connection.exec_driver_sql("UPDATE courses SET code = 'X' WHERE code = 'TL'")
        connection.exec_driver_sql("UPDATE catalogue_state SET version = version + 1")
    before = stored(settled.app)
    answer = confirm(duc, page)
    assert "Tệp có lỗi" in duc.get(answer.location).get_data(as_text=True)
    assert stored(settled.app) == before


def test_a_form_without_its_token_or_its_file_does_nothing(settled: Commune, duc: FlaskClient) -> None:
    assert send(duc, GOOD, csrf="").status_code == 400
    answer = send(duc, b"")
    assert "Chưa chọn tệp" in duc.get(answer.location).get_data(as_text=True)
    without = {"csrf_token": token(duc, PAGE)}
    assert duc.post(f"{PAGE}?provider=1", data=without).status_code == 303
    assert "không còn được giữ" in duc.get(f"{PAGE}?file=00").get_data(as_text=True)
    gone = duc.post(f"{PAGE}/import?provider=1", data={**without, "file": "zz"})
    assert "không còn được giữ" in duc.get(gone.location).get_data(as_text=True)


def test_a_file_that_is_too_large_is_refused(duc: FlaskClient) -> None:
    for size in (completions.PAGE_BOUNDS.bytes + 1, completions.MOST_BYTES + 1):
        answer = send(duc, b"x" * size)
        assert answer.status_code == 413
        assert "Nội dung gửi quá lớn" in answer.get_data(as_text=True)
    lines = b"email,course,completed_at\n" + b"a@b.vn,TL,2026-10-01\n" * completions.PAGE_BOUNDS.lines
    assert "nhiều dòng hơn mức cho phép" in previewed(duc, lines)


def test_i17_only_the_provider_s_people_send_and_only_they_see_what_they_sent(
    settled: Commune, duc: FlaskClient
) -> None:
    page = previewed(duc, GOOD)
    key = re.search('name="file" value="([0-9a-f]{64})"', page)
    assert key is not None
    before = stored(settled.app)
    for login in ("hoa", "thuha"):
        other = as_(settled.app, login)
        form = {"csrf_token": token(other, "/record"), "file": (io.BytesIO(GOOD), "lines.csv")}
        assert other.post(f"{PAGE}?provider=1", data=form).status_code == 403
        form = {"csrf_token": token(other, "/record"), "file": key[1]}
        assert other.post(f"{PAGE}/import?provider=1", data=form).status_code == 403
    stranger = settled.app.test_client()
    form = {"csrf_token": token(stranger), "file": key[1]}
    assert stranger.post(f"{PAGE}/import?provider=1", data=form).status_code == 302
    assert send(duc, GOOD, provider=99).status_code == 403
    # The other of their two providers has not sent it, nor has another session of theirs.
    answer = confirm(duc, page, provider=2)
    assert "không còn được giữ" in duc.get(answer.location).get_data(as_text=True)
    elsewhere = as_(settled.app, "duc").get(f"{PAGE}?provider=1&file={key[1]}")
    assert "không còn được giữ" in elsewhere.get_data(as_text=True)
    assert stored(settled.app) == before


# Where what makes a finding takes the rule's name.
TAKERS = {"FieldFault": 0, "Unreadable": 0, "LineError": 2, "_wrong": 2}


def test_every_rule_of_files_has_words() -> None:
    modules = (
        *(account_files, completion_fields, completion_files, course_fields, course_sheets),
        *(file_columns, actions),
    )
    named = set().union(*(rules_of(module, TAKERS) for module in modules))
    of_courses_alone = {"one-of", "provider-known"}
    in_a_table = {"login-or-year", "email-or-account"}
    assert (named | in_a_table) - of_courses_alone == set(file_rules.RULES)


@pytest.mark.parametrize("tongue", ["vi", "en"])
def test_the_words_of_a_rule_of_files_are_one_sentence(app: Flask, tongue: str) -> None:
    with app.test_request_context(), force_locale(tongue):
        sentences = {rule: file_rules.file_rule(rule) for rule in file_rules.RULES}
        assert file_rules.file_rule("mbox")
    assert [rule for rule, said in sentences.items() if not re.fullmatch(r"[^%]{15,}\.", said)] == []
    assert [rule for rule, said in sentences.items() if re.search(r"\.\s", said)] == []


def test_the_columns_that_are_explained_are_those_that_are_read() -> None:
    explained = [name for names in completions.COLUMNS for name in names.split(", ")]
    assert sorted(explained) == sorted(completion_files.COLUMNS)
    assert completions.EXAMPLE.splitlines()[0].split(";")[0] in completion_files.COLUMNS
