"""What is written in templates and code, and whether it goes through a catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import nodes

from lms_tracker import locations

ROOT = Path(__file__).resolve().parents[2]
TRANSLATING = {"_", "_l", "gettext", "ngettext", "lazy_gettext"}
# Attributes whose text people read or hear.
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "data-label", "value", "content"}
LETTERS = re.compile(r"[^\W\d_]{2,}")


def templates() -> list[Path]:
    return sorted(locations.templates().rglob("*.html"))


class _Texts(HTMLParser):
    """Gathers the text and the spoken attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.found += [value for name, value in attributes if value and name in SPOKEN]


def hard_coded(source: str) -> list[str]:
    """Words of a template that no catalogue can change: in its text, and in strings outside `_()`."""
    tree = jinja2.Environment(autoescape=True).parse(source)
    texts = _Texts()
    texts.feed("".join(node.data for node in tree.find_all(nodes.TemplateData)))
    found = [text.strip() for text in texts.found if LETTERS.search(text)]
    translated = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING
        for constant in call.find_all(nodes.Const)
    }
    found += [
        constant.value
        for constant in tree.find_all(nodes.Const)
        if isinstance(constant.value, str)
        and id(constant) not in translated
        and LETTERS.search(constant.value)
        and (not constant.value.isascii() or " " in constant.value.strip())
    ]
    return found


def untranslated_in_code(path: Path) -> list[str]:
    """Vietnamese strings of a module that are neither documentation nor given to a catalogue."""
    tree = ast.parse(path.read_text())
    passed = {
        id(constant)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATING)
        for constant in ast.walk(node)
    } | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"[à-ỹ]", node.value.lower())
        and id(node) not in passed
    ]


def extracted() -> set[tuple[str, ...]]:
    """Every text that code and templates ask a catalogue for."""
    found = extract_from_dir(
        ROOT,
        method_map=[("lms_tracker/**.py", "python"), ("templates/**.html", "jinja2")],
        keywords={"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None},
    )
    return {(text,) if isinstance(text, str) else tuple(text) for _file, _line, text, *_rest in found}


def catalogue(language: str) -> Catalog:
    with open(locations.translations() / language / "LC_MESSAGES" / "messages.po", "rb") as file:
        return read_po(file)


def entries(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(source forms, translated forms) of a catalogue; the header is left out."""
    for message in catalogue(language):
        if message.id:
            yield _forms(message.id), _forms(message.string)


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]
