"""Absolute IRIs as RFC 3987 writes them, and language tags as RFC 5646 does."""

from __future__ import annotations

import time

import pytest

from tests.xapi.statement_examples import faults_of, found_in, small
from xapi.iris import is_iri
from xapi.languages import is_tag

IRIS = [
    "http://example.org", "https://example.org/khóa-học/bài-1?trang=2#đầu", "urn:uuid:1",
    "mailto:a@example.org",
    "tag:example.org,2026:x", "a:", "a:b", "x+y.z-1:path", "HTTP://EXAMPLE.ORG/", "http://", "http:///path",
    "http://user:pass@example.org:8080/a;b=1,2/(c)!$&'*+=@:", "http://[::1]/", "http://[2001:db8::7]:80/x",
    "http://[v1.fe:x]/", "http://example.org:/", "http://example.org/%C3%A9", "http://example.org/a//b",
    "http://ví-dụ.vn/", "http://example.org/?q=\ue000", "http://example.org/\U0001f600", "a:/", "a://b",
    "http://example.org/~x/-._", "http://example.org/?a/b?c", "http://example.org/#a/b?c", "http:///?#",
]  # fmt: skip
NOT_IRIS = [
    "", "example.org", "example.org/path", "/path", "//example.org/x", "#fragment", "?query", ":", ":a",
    "1a:b",
    "é:b", "a b:c", "http://example.org/a b", "http://example.org/\n", "\nhttp://example.org/",
    "http://ex\tample.org",
    "http://example.org/<x>", 'http://example.org/"x"', "http://example.org/{x}", "http://example.org/a|b",
    "http://example.org/a\\b", "http://example.org/a^b", "http://example.org/`", "http://example.org/%",
    "http://example.org/%4", "http://example.org/%zz", "http://example.org/a[1]", "http://example.org/?a[]=1",
    "http://example.org/#a#b", "http://[::1", "http://[::g]/", "http://[1:2]/", "http://[::1%25eth0]/",
    "http://[]/",
    "http://[v1]/", "http://a@b@c/", "http://example.org:80a/", "http://example.org/\x00",
    "http://example.org/\x7f",
    "http://example.org/\x80", "http://example.org/\ue000", "http://example.org/\ufffe",
    "http://example.org/#\ue000",
    "http://example.org/\ufdd0", "http://example.org/\U0001ffff", "http://[::1]x/", "should fail",
]  # fmt: skip


@pytest.mark.parametrize("text", IRIS)
def test_an_absolute_iri_is_accepted(text: str) -> None:
    assert is_iri(text)
    assert is_iri(text), "once more, now that it is remembered"


@pytest.mark.parametrize("text", NOT_IRIS)
def test_what_is_no_absolute_iri_is_refused_wherever_one_is_due(text: str) -> None:
    assert not is_iri(text)
    about = {"id": text, "definition": {"type": text, "moreInfo": text, "extensions": {text: 1}}}
    statement = {
        "actor": {"account": {"homePage": text, "name": "x"}},
        "verb": {"id": text},
        "object": about,
        "context": {"instructor": {"openid": text}},
    }
    faults = faults_of(statement)
    assert len(faults) == 7
    assert {fault.rule for fault in faults} <= {"iri-absolute", "iri-characters", "iri-form"}


def test_the_first_character_that_is_not_allowed_is_named() -> None:
    (fault,) = faults_of({**small(), "verb": {"id": "http://example.org/a|b"}})
    assert (fault.path, fault.rule) == ("verb.id", "iri-characters")
    assert "U+007C at character 21" in fault.message


@pytest.mark.parametrize(
    "text",
    [
        "http://" + "a" * 300_000 + " ", "http://" + "%41" * 100_000 + "%", "a:" + "/" * 300_000 + "\n",
        "x" * 300_000, "http://" + "a:" * 100_000 + "@ ", "http://[" + ":" * 300_000,
    ],
)  # fmt: skip
def test_a_long_wrong_iri_is_refused_in_linear_time(text: str) -> None:
    started = time.process_time()
    assert not is_iri(text)
    assert time.process_time() - started < 2


TAGS = [
    "vi", "en-US", "EN-us", "und", "vie", "zh-Hant-TW", "zh-cmn-Hans-CN", "sr-Latn-RS", "sl-rozaj-biske",
    "es-419",
    "de-CH-1901", "de-DE-u-co-phonebk", "en-a-myext-b-another", "x-whatever", "en-x-us", "i-klingon",
    "i-default",
    "zh-min-nan", "art-lojban", "sgn-BE-FR", "abcd", "abcdefgh", "hy-Latn-IT-arevela",
    "az-Arab-x-AZE-derbend",
    "de-1996",
]  # fmt: skip
NOT_TAGS = [
    "", "a", "a12345678", "en_US", "en-", "-en", "en--US", "english-languages", "1a", "en-US-", "x-", "en-x",
    "en-a", "tiếng-việt", "vi-VN\n", " vi", "vi ", "i-unknown", "en-US-u", "e٣", "en-USA-GB-x", "a-DE",
    "v" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", TAGS)
def test_a_language_tag_is_accepted_in_any_case(text: str) -> None:
    for spelled in (text, text.upper(), text.lower()):
        assert is_tag(spelled)


@pytest.mark.parametrize("text", NOT_TAGS)
def test_what_is_no_language_tag_is_refused(text: str) -> None:
    assert not is_tag(text)
    assert found_in({**small(), "context": {"language": text}}) == [("context.language", "language-tag")]
    statement = {**small(), "verb": {"id": "http://example.org/v", "display": {text: "x"}}}
    ((path, rule),) = found_in(statement)
    assert path.startswith("verb.display")
    assert rule == "language-tag"
