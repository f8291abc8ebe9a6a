"""Both languages complete, no sentence outside them, the glossary, and how things are written."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from lms_tracker.config import Settings
from lms_tracker.learning.categories import CATEGORIES
from lms_tracker.learning.criteria import shipped_texts
from lms_tracker.learning.reasons import Reason
from lms_tracker.web import languages, wording
from tests import databases
from tests.web import page_texts
from tests.web.page_glossary import wrong_words


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


@pytest.fixture(params=["vi", "en"])
def tongue(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_text_that_pages_ask_for_is_in_every_catalogue_and_no_other(tongue: str) -> None:
    assert {source for source, _ in page_texts.entries(tongue)} == page_texts.extracted()


def test_no_text_is_untranslated_or_fuzzy(tongue: str) -> None:
    assert [
        source for source, forms in page_texts.entries(tongue) if not all(form.strip() for form in forms)
    ] == []
    assert [message.id for message in page_texts.catalogue(tongue) if message.id and message.fuzzy] == []


def test_the_vietnamese_catalogue_says_what_the_source_says() -> None:
    assert [source for source, forms in page_texts.entries("vi") if forms != source[:1]] == []


def test_translations_keep_the_places_where_values_go() -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\((\w+)\)[sd]", text))

    different = [
        source
        for source, forms in page_texts.entries("en")
        for form in forms
        if places(form) != places(source[0])
    ]
    assert different == []


def test_no_two_filters_of_templates_have_the_same_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    add = Flask.add_template_filter

    def noted(app: Flask, filter_: Callable[..., Any], name: str | None = None) -> None:
        names.append(name or filter_.__name__)
        add(app, filter_, name)

    monkeypatch.setattr(Flask, "add_template_filter", noted)
    with databases.application(settings):
        assert [name for name, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("path", page_texts.templates(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_holds_no_sentence_of_its_own(path: Path) -> None:
    assert page_texts.hard_coded(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Xin chào</p>",
        '<p aria-label="Năm">{{ _("Năm") }}</p>',
        '{{ "Xin chào"|upper }}',
        "{% if x %}<b>{{ x }}</b> phút{% endif %}",
    ],
)
def test_the_search_for_hard_coded_sentences_finds_them(source: str) -> None:
    assert page_texts.hard_coded(source)


def test_no_vietnamese_sentence_in_the_code_of_pages_escapes_the_catalogues() -> None:
    modules = sorted((page_texts.ROOT / "lms_tracker" / "web").glob("*.py"))
    found = {path.name: page_texts.untranslated_in_code(path) for path in modules}
    # What `languages` looks for in CLDR's own words.
    found["languages.py"] = [text for text in found["languages.py"] if text.strip().lower() != "thứ"]
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_glossary_is_kept_in_every_text_and_in_the_criteria_that_ship() -> None:
    english = dict(page_texts.entries("en"))
    pairs = [(source[0], " ".join(forms)) for source, forms in english.items()]
    assert [objection for pair in pairs for objection in wrong_words(*pair)] == []
    for criteria in shipped_texts():
        assert "khiếu nại" not in criteria.decode()


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [
        ("Gửi khiếu nại", "Send a dispute"),
        ("Bạn đã học", "You learned"),
        ("Học 2,25 giờ", "Learned"),
        ("Thời gian được công nhận", "Credited time"),
        ("Quyết định ghi nhận danh hiệu", "Recognition"),
    ],
)
def test_the_glossary_objects_to_wrong_words(vietnamese: str, english: str) -> None:
    assert wrong_words(vietnamese, english)


def test_every_reason_and_category_has_words_in_both_languages(app: Flask, tongue: str) -> None:
    with app.test_request_context(), force_locale(tongue):
        for reason in Reason:
            assert wording.reason_label(reason)
            assert wording.reason_sentence(reason).endswith(".")
        assert all(wording.category(code) != code for code in CATEGORIES)


def test_the_english_label_of_a_reason_is_the_one_that_the_json_has(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert [wording.reason_label(reason).lower() for reason in Reason] == [
            "credited"
            if reason is Reason.CREDITED
            else reason.words.replace("self asserted", "self-asserted")
            for reason in Reason
        ]


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "english"),
    [
        (0, "0 phút", "0 minutes"),
        (59, "59 giây", "59 seconds"),
        (60, "1 phút", "1 minute"),
        (8_100, "2 giờ 15 phút", "2 hours 15 minutes"),
        (8_159, "2 giờ 15 phút", "2 hours 15 minutes"),
        (3_600, "1 giờ", "1 hour"),
        (138_068 * 3600, "138.068 giờ", "138,068 hours"),
    ],
)
def test_time_is_written_in_hours_and_minutes(
    app: Flask, seconds: int, vietnamese: str, english: str
) -> None:
    with app.test_request_context():
        with force_locale("vi"):
            assert languages.hours(seconds) == vietnamese
        with force_locale("en"):
            assert languages.hours(seconds) == english


def test_exact_time_keeps_its_seconds_and_what_is_missing_is_rounded_up(app: Flask) -> None:
    with app.test_request_context(), force_locale("vi"):
        assert languages.exact(8_107) == "2 giờ 15 phút 7 giây"
        assert languages.hours_up(61) == "2 phút"


def test_days_and_moments_are_written_as_people_here_write_them(app: Flask) -> None:
    with app.test_request_context():
        with force_locale("vi"):
            assert languages.day(739_890) == "thứ Năm, 1 tháng 10, 2026"
            assert languages.day(739_893) == "Chủ Nhật, 4 tháng 10, 2026"
            # 20:30 UTC is the next day here.
            assert languages.moment(1_790_886_600_000_000) == "03:30:00, 02/10/2026"
        with force_locale("en"):
            assert languages.day(739_890) == "Thursday, 1 October 2026"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "vi"),
        ("en-GB,en;q=0.9", "en"),
        ("ko-KR,ko;q=0.9", "vi"),
        ("ko,en;q=0.5", "en"),
        ("*", "vi"),
    ],
)
def test_a_page_is_vietnamese_unless_the_browser_asks_otherwise(
    app: Flask, header: str, expected: str
) -> None:
    page = app.test_client().get("/", headers={"Accept-Language": header} if header else {})
    assert page.status_code == 200
    assert f'<html lang="{expected}">' in page.get_data(as_text=True)


def test_the_language_that_was_chosen_stays_and_beats_the_browser(app: Flask) -> None:
    client = app.test_client()
    assert '<html lang="en">' in client.get("/?lang=en").get_data(as_text=True)
    assert '<html lang="en">' in client.get("/sign-in", headers={"Accept-Language": "vi"}).get_data(
        as_text=True
    )
    assert '<html lang="vi">' in client.get("/sign-in?lang=vi").get_data(as_text=True)
    assert '<html lang="vi">' in client.get("/", headers={"Accept-Language": "en"}).get_data(as_text=True)


@pytest.mark.parametrize("wrong", ["xx", "../en", "EN", "en\r\nSet-Cookie: a=b", ""])
def test_a_language_that_is_not_there_changes_nothing(app: Flask, wrong: str) -> None:
    page = app.test_client().get("/", query_string={"lang": wrong})
    assert '<html lang="vi">' in page.get_data(as_text=True)
    assert not any("language" in value for value in page.headers.getlist("Set-Cookie"))


def test_the_switch_keeps_the_page_and_what_was_asked_of_it(app: Flask) -> None:
    page = app.test_client().get("/sign-in?next=/record%3Fyear%3D2025&lang=vi").get_data(as_text=True)
    assert 'href="/sign-in?next=%2Frecord%3Fyear%3D2025&amp;lang=en"' in page


def test_error_pages_speak_both_languages(app: Flask) -> None:
    client = app.test_client()
    assert "Không tìm thấy trang" in client.get("/nowhere").get_data(as_text=True)
    assert "Page not found" in client.get("/nowhere?lang=en").get_data(as_text=True)


def test_sources_use_composed_letters_only() -> None:
    for path in [*page_texts.templates(), *(page_texts.ROOT / "translations").rglob("*.po")]:
        assert unicodedata.is_normalized("NFC", path.read_text()), path.name
