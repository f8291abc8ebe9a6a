"""The look that an old telephone can show and old eyes can read, held by the sheet's own text."""

import re

import pytest

from lms_tracker.web import charts, pages
from tests.web import page_texts

SHEET = (pages.STATIC / "pages.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.DOTALL)

# Newer than Chrome 80, each with the version that brought it.
TOO_NEW = {
    r":has\(": 105,
    r":is\(": 88,
    r":where\(": 88,
    r":not\([^)]*,": 88,
    r":focus-visible": 86,
    r"@layer": 99,
    r"@container": 105,
    r"\binset\s*:": 87,
    r"aspect-ratio\s*:": 88,
    r"accent-color": 93,
    r"color-mix\(": 111,
    r"(margin|padding)-(inline|block)\b": 87,
    r"\b(dvh|svh|lvh)\b": 108,
    r"^\s*&": 112,
    r"(?<![a-z-])gap\s*:": 84,
    r"text-wrap": 114,
    r"@import": 0,
    r"https?:": 0,
    r"@font-face": 0,
}


@pytest.mark.parametrize("pattern", TOO_NEW)
def test_the_sheet_uses_nothing_newer_than_chrome_80_and_nothing_from_elsewhere(pattern: str) -> None:
    assert re.findall(pattern, RULES, re.MULTILINE) == []


@pytest.mark.parametrize(
    "broken", ["a:has(b){}", ".x{inset: 0}", ".x{display:flex;gap: 1rem}", ".x{\n  & b{}}"]
)
def test_the_search_for_newer_rules_finds_them(broken: str) -> None:
    assert any(re.search(pattern, broken, re.MULTILINE) for pattern in TOO_NEW)


def test_letters_are_large_and_lines_are_apart_for_marks_above_and_below() -> None:
    body = re.search(r"\nbody \{(.*?)\}", RULES, re.DOTALL)
    root = re.search(r"\nhtml \{(.*?)\}", RULES, re.DOTALL)
    assert body is not None
    assert root is not None
    assert "font-size: 112.5%" in root[1]  # 18 px where the reader has not chosen otherwise
    assert float(re.search(r"line-height: ([\d.]+)", body[1])[1]) >= 1.5  # type: ignore[index]
    assert "letter-spacing" not in RULES
    assert (
        re.findall(r"text-transform: uppercase", RULES)
        == re.findall(r"::first-letter \{\s*text-transform: uppercase", RULES)
        or len(re.findall(r"text-transform: uppercase", RULES)) == 1
    )


def test_no_colour_stands_outside_the_tokens_but_black_and_white() -> None:
    tokens = RULES.index("}")
    colours = set(re.findall(r"#[0-9a-f]{3,8}\b", RULES[tokens:]))
    assert colours <= {"#ffffff", "#000000"}


@pytest.mark.parametrize("path", page_texts.templates(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_has_no_script_no_style_of_its_own_and_nothing_from_elsewhere(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", text)


@pytest.mark.parametrize(
    ("greatest", "end"), [(0, 120), (1, 120), (61, 120), (3600, 3600), (3601, 7200), (72_001, 108_000)]
)
def test_the_scale_of_a_chart_ends_at_a_round_length(greatest: int, end: int) -> None:
    assert charts.scale_end(greatest) == end
