"""What providers read about refusals: each rule in the reader's language, English kept for developers."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from lms_tracker.actions import grants, people
from lms_tracker.actions import refusals as log
from lms_tracker.web import refusals, wording
from tests.journeys.commune import PASSWORD
from tests.web.lrs_client import Lrs, statement
from tests.web.page_visitors import as_
from tests.web.rule_names import rule_names, sources
from xapi.faults import Fault


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


# --- every rule has words --------------------------------------------------------------------------------


def test_every_rule_that_the_sources_name_has_words_and_no_other() -> None:
    assert rule_names(sources()) == set(refusals.RULES)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def broken(rule: str, got: object): ...\nbroken('a-rule', 1)", {"a-rule"}),
        ("class Fault:\n    path: str\n    rule: str\nFault('', rule='a-rule')", {"a-rule"}),
        ("class Fault:\n    path: str\n    rule: str\nFault('', 'a' if x else 'b')", {"a", "b"}),
        ("def _no(name: str, rule: str): ...\n_no('x', bad.rule)", set()),
        ("wrong_type('an object', 1, '')", {"type-object"}),
    ],
)
def test_rules_are_found_where_they_are_written(tmp_path: Path, source: str, names: set[str]) -> None:
    module = tmp_path / "module.py"
    module.write_text(source)
    assert rule_names([module]) == names


def test_a_rule_whose_name_is_put_together_is_not_overlooked(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def broken(rule: str): ...\nbroken('rule-' + kind)")
    with pytest.raises(LookupError, match=r"module\.py:2"):
        rule_names([module])


@pytest.mark.parametrize("tongue", ["vi", "en"])
def test_the_words_of_a_rule_are_one_sentence(app: Flask, tongue: str) -> None:
    with app.test_request_context(), force_locale(tongue):
        sentences = {rule: refusals.expected(rule) for rule in refusals.RULES}
    assert [rule for rule, words in sentences.items() if not re.fullmatch(r"[^%]{15,}\.", words)] == []
    assert [rule for rule, words in sentences.items() if re.search(r"\.\s", words)] == []
    vietnamese = {rule for rule, words in sentences.items() if re.search(r"[à-ỹđ]", words.lower())}
    assert vietnamese == (set(refusals.RULES) if tongue == "vi" else set())


# --- on the page -----------------------------------------------------------------------------------------


class Rows(HTMLParser):
    """The cells of a page's table body: what a reader reads, and what stands there in English."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[tuple[str, str]]] = []
        self.inside: list[bool] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.found.append([])
        elif tag == "td":
            self.found[-1].append(("", ""))
        if tag in ("td", "span", "small"):
            self.inside.append(dict(attributes).get("lang") == "en" or any(self.inside))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "span", "small"):
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1] and self.inside:
            own, english = self.found[-1][-1]
            self.found[-1][-1] = (own, f"{english} {data}") if self.inside[-1] else (own + data, english)


def shown(lrs: Lrs, tongue: str = "vi") -> list[list[tuple[str, str]]]:
    """The lines of the provider's refusal log as one of its people reads them, the oldest first."""
    with lrs.app.app_context():
        people.add_person("Phạm Minh Đức", "duc", PASSWORD)
        grants.grant_role("duc", "provider", lrs.provider)
    rows = Rows()
    page = as_(lrs.app, "duc").get(f"/provider/refusals?lang={tongue}")
    rows.feed(page.get_data(as_text=True).split("<tbody", 1)[1].split("</tbody", 1)[0])
    return list(reversed(rows.found))


# What is sent, and what a reader of Vietnamese is told of it: the property, what was expected, what came.
SENT = [
    (b"", "–", "JSON đúng cú pháp", "nội dung trống"),
    ([statement(verb=None)], "verb", "bắt buộc phải có", "không có gì"),
    ([statement(verb={"id": "completed"})], "verb.id", "IRI đầy đủ", '"completed"'),
    ([statement(actor={"mbox": "lan@example.vn"})], "actor.mbox", "mailto:", '"lan@example.vn"'),
    ([statement(actor={"name": "Lan"})], "actor", "đúng một định danh", "không có gì"),
    ([statement(result={"duration": 45})], "result.duration", "trong dấu ngoặc kép", "45"),
    ([statement(result={"success": 10**90})], "result.success", "true hoặc false", "hơn 80 chữ số"),
    ([statement(id="1")], "id", "UUID", '"1"'),
]


@pytest.mark.usefixtures("quick_and_unthrottled")
def test_a_provider_reads_what_was_expected_in_vietnamese_with_the_english_beneath(lrs: Lrs) -> None:
    for body, *_ in SENT:
        assert lrs.post(body).status_code == 400
    told = shown(lrs)
    assert len(told) == len(SENT)
    for (_, path, sentence, came), (_, _, (where, _), (expected, english), (got, _)) in zip(
        SENT, told, strict=True
    ):
        assert where == path
        assert sentence in expected
        assert came in got
        # Beneath, for developers: the rule's name and the sentence that their program was answered.
        assert english.split()[0] in refusals.RULES
        assert re.search(r"[a-z]{3,}", english)
        assert english.isascii()


@pytest.mark.usefixtures("quick_and_unthrottled")
def test_requests_refused_as_a_whole_are_told_in_vietnamese_too(lrs: Lrs) -> None:
    taken = statement()
    lrs.stored(taken)
    assert lrs.post([statement()], **{"Content-Type": None}).status_code == 400
    assert lrs.post([statement()], **{"X-Experience-API-Version": None}).status_code == 400
    assert lrs.put(taken["id"], [statement()]).status_code == 400
    assert lrs.call("PUT", body=statement()).status_code == 400
    assert lrs.post({**taken, "verb": {"id": "https://example.org/other"}}).status_code == 409
    assert lrs.post([{}] * 10_001).status_code == 400
    told = [(item, expected, got) for _, (item, _), _, (expected, _), (got, _) in shown(lrs)]
    assert [item for item, _, _ in told] == ["cả lượt gửi"] * 4 + ["0", "cả lượt gửi"]
    assert [got for _, _, got in told] == [
        "không có gì", "không có gì", "một mảng", "statementId 0 lần", taken["id"], "hơn 10.000 bản ghi",
    ]  # fmt: skip
    words = ["Content-Type", "Phiên bản", "PUT", "tham số", "bản ghi khác nội dung", "mức tối đa"]
    assert all(word in expected for word, (_, expected, _) in zip(words, told, strict=True))


@pytest.mark.usefixtures("quick_and_unthrottled")
def test_in_english_the_sentence_of_the_program_stands_alone(lrs: Lrs) -> None:
    assert lrs.post([statement(verb=None)]).status_code == 400
    ((_, _, _, (own, english), (got, _)),) = shown(lrs, "en")
    assert not own.strip()
    assert english.split() == ["a", "statement", "needs", "the", "property", "'verb'", "required"]
    assert got == "nothing"


@pytest.mark.usefixtures("quick_and_unthrottled")
def test_a_rule_that_is_no_longer_known_keeps_its_english_sentence(lrs: Lrs) -> None:
    with lrs.app.app_context():
        log.log(lrs.provider, [Fault(0, "verb", "rule-of-old", "expected what was asked then", "45 %", "")])
    ((_, _, _, (own, english), (got, _)),) = shown(lrs)
    assert not own.strip()
    assert english.split() == ["expected", "what", "was", "asked", "then", "rule-of-old"]
    assert got == "45 %"


def test_the_json_for_programs_stays_english_whatever_the_reader_prefers(lrs: Lrs) -> None:
    answer = lrs.post([statement(verb=None)], **{"Accept-Language": "vi"})
    assert answer.json["faults"][0]["expected"] == "a statement needs the property 'verb'"
    assert answer.json["faults"][0]["got"] == "nothing"


@pytest.mark.parametrize("excerpt", ['"nothing"', "none", "12 bytes", "more than 5", "{…}", ""])
def test_what_came_is_shown_as_it_came(app: Flask, excerpt: str) -> None:
    with app.test_request_context(), force_locale("vi"):
        assert refusals.came(excerpt, "parameter-unknown") == excerpt


# --- other words that come in English --------------------------------------------------------------------

VIEWED = "http://id.tincanapi.com/verb/viewed"


@pytest.mark.parametrize(
    ("iri", "names", "vietnamese", "english"),
    [
        (VIEWED, {"en": "Viewed"}, "đã xem", "Viewed"),
        (VIEWED, {"vi-VN": "đã mở xem", "en": "Viewed"}, "đã mở xem", "Viewed"),
        (VIEWED, {}, "đã xem", "viewed"),
        (VIEWED, {"vi": "đã mở xem"}, "đã mở xem", "viewed"),
        ("http://activitystrea.ms/schema/1.0/submit", {"en-US": "Submitted"}, "đã nộp", "Submitted"),
        ("https://example.org/verbs/planted", {"en": "Planted"}, "Planted", "Planted"),
        ("https://example.org/verbs/planted", {}, "planted", "planted"),
    ],
)
def test_a_verb_is_told_in_the_readers_language(
    app: Flask, iri: str, names: dict[str, str], vietnamese: str, english: str
) -> None:
    with app.test_request_context():
        with force_locale("vi"):
            assert wording.verb(iri, names) == vietnamese
        with force_locale("en"):
            assert wording.verb(iri, names) == english


def test_the_language_that_a_course_teaches_is_named_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context():
        with force_locale("vi"):
            assert wording.domain("ko", "foreign-language") == "Tiếng Hàn"
            assert wording.domain("4.2", "digital-skills") == "4.2"
        with force_locale("en"):
            assert wording.domain("ko", "foreign-language") == "Korean"
            assert wording.domain("zz", "foreign-language") == "zz"
