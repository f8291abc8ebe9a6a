"""What the wheel is made of: setup.cfg names by hand what is on disk, and every library we import."""

from __future__ import annotations

import configparser
import re
import sys
from pathlib import Path

import pytest

from tests.house.imports import OURS, ROOT, all_imports

# Distributions whose import name is another, and libraries that Flask brings and its users import from.
DISTRIBUTION = {
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "prometheus_client": "prometheus-client",
    "psycopg": "psycopg",
    "jinja2": "flask",
    "markupsafe": "flask",
    "werkzeug": "flask",
    "wtforms": "flask-wtf",
}


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def folders(setup: configparser.ConfigParser) -> dict[str, Path]:
    """Each listed package with its folder."""
    moved = dict(re.split(r"\s*=\s*", line) for line in lines(setup["options"]["package_dir"]))
    names = lines(setup["options"]["packages"])
    return {name: ROOT / moved.get(name, name.replace(".", "/")) for name in names}


def test_every_package_on_disk_is_listed(setup: configparser.ConfigParser) -> None:
    listed = set(folders(setup).values())
    on_disk = {path.parent for package in OURS for path in (ROOT / package).rglob("*.py")}
    assert {str(path.relative_to(ROOT)) for path in on_disk - listed} == set()


def test_every_listed_package_is_on_disk(setup: configparser.ConfigParser) -> None:
    assert [name for name, folder in folders(setup).items() if not folder.is_dir()] == []


def test_every_file_that_is_no_python_is_package_data(setup: configparser.ConfigParser) -> None:
    listed = folders(setup)
    data = {name: lines(text) for name, text in setup["options.package_data"].items()}
    known = {
        path
        for name, patterns in data.items()
        for pattern in patterns
        for path in listed[name].glob(pattern + "/*" if pattern.endswith("**") else pattern)
    }
    tops = [ROOT / name for name in (*OURS, "templates", "translations")]
    on_disk = {
        path for top in tops for path in top.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }
    left_out = {path for path in on_disk - known if path.suffix not in (".py", ".pot", ".mo")}
    assert {str(path.relative_to(ROOT)) for path in left_out} == set()


def test_every_library_that_is_imported_is_asked_for(setup: configparser.ConfigParser) -> None:
    asked = lines(setup["options"]["install_requires"]) + lines(setup["options.extras_require"]["postgresql"])
    names = {re.split(r"[\s\[><=;]", line, maxsplit=1)[0] for line in asked}
    imported = {found.imported.partition(".")[0] for found in all_imports()}
    imported -= {*OURS, *sys.stdlib_module_names}
    missing = {name for name in imported if DISTRIBUTION.get(name, name.replace("_", "-")) not in names}
    assert missing == set()


def test_every_library_has_a_lower_bound(setup: configparser.ConfigParser) -> None:
    asked = lines(setup["options"]["install_requires"])
    for extra in setup["options.extras_require"].values():
        asked += lines(extra)
    assert [line for line in asked if ">=" not in line] == []
