"""The import table of the house, and what the pure rooms may not touch."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.house.imports import OURS, ROOT, Import, all_imports, cycles, imports_of, module_of, sources

# A room and the rooms it may import from, itself always. xapi <- learning <- store <- actions <- {web, jobs}
# <- {app, cli}; the settings, the logs and the place of the folders stand beside them.
MAY_IMPORT: dict[str, set[str]] = {
    "xapi": set(),
    "lms_tracker.config": set(),
    "lms_tracker.bodies": set(),
    "lms_tracker.locations": set(),
    "lms_tracker.logs": set(),
    "lms_tracker.learning": {"xapi"},
    "lms_tracker.store": {"lms_tracker.learning", "xapi", "lms_tracker.config"},
    "lms_tracker.actions": {
        "lms_tracker.store", "lms_tracker.learning", "xapi", "lms_tracker.config", "lms_tracker.logs",
    },
    "lms_tracker.web": {
        "lms_tracker.actions", "lms_tracker.learning", "xapi",
        "lms_tracker.config", "lms_tracker.logs", "lms_tracker.locations",
    },
    "lms_tracker.jobs": {
        "lms_tracker.actions", "lms_tracker.learning", "xapi", "lms_tracker.config", "lms_tracker.logs",
    },
    "lms_tracker.app": {
        "lms_tracker.web", "lms_tracker.actions", "lms_tracker.store", "lms_tracker.learning",
        "lms_tracker.config", "lms_tracker.logs", "lms_tracker.locations",
    },
    "lms_tracker.serving": {
        "lms_tracker.app", "lms_tracker.bodies", "lms_tracker.jobs", "lms_tracker.config", "lms_tracker.logs",
    },
    "lms_tracker.demo": {
        "lms_tracker.serving", "lms_tracker.app", "lms_tracker.actions", "lms_tracker.learning", "xapi",
        "lms_tracker.config", "lms_tracker.logs",
    },
    "lms_tracker.cli": {
        "lms_tracker.serving", "lms_tracker.demo", "lms_tracker.app", "lms_tracker.jobs",
        "lms_tracker.actions", "lms_tracker.learning", "lms_tracker.config", "lms_tracker.logs",
        "lms_tracker.locations",
    },
    "lms_tracker": set(),
}  # fmt: skip

# Beside the standard library, all that the pure rooms may use; openpyxl to read workbooks from bytes,
# cryptography to verify signatures.
THIRD_PARTIES = {"xapi": {"msgspec", "cryptography"}, "lms_tracker.learning": {"msgspec", "openpyxl"}}
PURE_ROOMS = tuple(THIRD_PARTIES)

# The doors to the world outside: a disk, a network, a clock, chance, other processes.
NOT_PURE = {
    "asyncio", "ftplib", "glob", "http", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "shutil", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib.request",
}  # fmt: skip
# The one module of a pure room that is such a door, and to what; tests replace it.
DOORS = {"xapi.transport": {"http.client", "socket", "ssl", "time"}}
NOT_PURE_CALLS = {"open", "print", "input", "now", "utcnow", "today", "uuid1", "uuid4", "localtime", "gmtime"}
# A part of an archive that stands in memory is no file.
PURE_ALL_THE_SAME = {"archive.open"}

# SQL is spoken in the store alone; its neighbours hold a connection and know its errors.
SPEAK_NO_SQL = ("xapi", "lms_tracker.learning", "lms_tracker.web", "lms_tracker.jobs")
SQL = {"sqlalchemy", "flask_sqlalchemy", "psycopg", "sqlite3", "alembic"}


def room_of(module: str) -> str:
    return next(
        room for room in sorted(MAY_IMPORT, key=len, reverse=True) if (module + ".").startswith(room + ".")
    )


def against_the_table(imports: list[Import]) -> list[str]:
    """A sentence for each import of ours that the table does not allow."""
    wrong = []
    for found in imports:
        if found.imported.partition(".")[0] not in OURS:
            continue
        importer = room_of(found.importer)
        imported = room_of(found.imported)
        if imported not in (importer, *MAY_IMPORT[importer]):
            wrong.append(f"{found.importer}:{found.line} imports {found.imported}")
    return wrong


def test_every_import_is_in_the_table() -> None:
    assert against_the_table(all_imports()) == []


def test_web_and_jobs_never_import_each_other() -> None:
    assert "lms_tracker.jobs" not in MAY_IMPORT["lms_tracker.web"]
    assert "lms_tracker.web" not in MAY_IMPORT["lms_tracker.jobs"]


def test_the_pages_never_reach_past_the_actions_into_the_store() -> None:
    assert "lms_tracker.store" not in MAY_IMPORT["lms_tracker.web"]


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    from lms_tracker.store import database",
        "def f():\n    import lms_tracker.store.database as d",
        "class A:\n    def f(self):\n        from ..store import database",
        "import importlib\nimportlib.import_module('lms_tracker.store')",
        "if False:\n    from lms_tracker import jobs",
    ],
)
def test_an_import_hidden_in_a_function_is_found(text: str) -> None:
    assert against_the_table(list(imports_of("lms_tracker.web.pages", text, is_package=False)))


def test_nobody_imports_a_module_under_a_computed_name() -> None:
    assert [found for found in all_imports() if found.imported == "(a computed name)"] == []


def test_there_is_no_import_cycle() -> None:
    modules = sources()
    edges: dict[str, set[str]] = {module: set() for module in modules}
    for found in all_imports():
        target = module_of(found.imported, modules)
        if target and target != found.importer:
            edges[found.importer].add(target)
    assert cycles(edges) == []


def test_a_cycle_would_be_found() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_imports_neither_frameworks_nor_doors_to_the_world(room: str) -> None:
    wrong = []
    for found in all_imports():
        if room_of(found.importer) != room or found.imported.startswith(OURS):
            continue
        top = found.imported.partition(".")[0]
        allowed = DOORS.get(found.importer, ())
        outside = found.imported not in allowed and any(
            (found.imported + ".").startswith(name + ".") for name in NOT_PURE
        )
        known = top in sys.stdlib_module_names or top in THIRD_PARTIES[room]
        if outside or not known:
            wrong.append(f"{found.importer}:{found.line} imports {found.imported}")
    assert wrong == []


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_asks_no_clock_and_opens_no_file(room: str) -> None:
    wrong = []
    for module, path in sources().items():
        if room_of(module) != room:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in NOT_PURE_CALLS and ast.unparse(node.func) not in PURE_ALL_THE_SAME:
                    wrong.append(f"{module}:{node.lineno} calls {name}")
    assert wrong == []


def test_sql_is_spoken_in_the_store_alone() -> None:
    wrong = [
        f"{found.importer}:{found.line} imports {found.imported}"
        for found in all_imports()
        if room_of(found.importer) in SPEAK_NO_SQL and found.imported.partition(".")[0] in SQL
    ]
    assert wrong == []


def test_no_room_is_named_after_a_kind_of_thing() -> None:
    names = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
    found = [
        str(path.relative_to(ROOT)) for path in sources().values() if names & set(path.with_suffix("").parts)
    ]
    assert found == []
