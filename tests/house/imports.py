"""Who imports what, read from the source: imports inside functions and by name count like any other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("xapi", "lms_tracker")


@dataclass(frozen=True)
class Import:
    """``importer`` names ``imported``, a dotted name that may be a module or something in one."""

    importer: str
    imported: str
    line: int


def sources(root: Path = ROOT) -> dict[str, Path]:
    """Every module of ours with its file."""
    found = {}
    for package in OURS:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(module: str, text: str, is_package: bool) -> Iterator[Import]:
    """Every import of a module's text, relative names resolved."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node, is_package)
            for alias in node.names:
                yield Import(module, f"{base}.{alias.name}", node.lineno)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            argument = node.args[0] if node.args else None
            known = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            yield Import(module, argument.value if known else "(a computed name)", node.lineno)


def _base(module: str, node: ast.ImportFrom, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parents = module.split(".")
    kept = parents[: len(parents) - node.level + is_package]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def all_imports(root: Path = ROOT) -> list[Import]:
    return [
        found
        for module, path in sources(root).items()
        for found in imports_of(module, path.read_text(encoding="utf-8"), path.name == "__init__.py")
    ]


def module_of(name: str, modules: dict[str, Path]) -> str | None:
    """The module of ours that a dotted name is or lies in."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name or None


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """The knots: sets of modules that all reach each other."""
    reach = {start: _reachable(start, edges) for start in edges}
    knots = {
        tuple(sorted({a, *(b for b in reach[a] if a in reach.get(b, ()))})) for a in edges if a in reach[a]
    }
    return [list(knot) for knot in sorted(knots)]


def _reachable(start: str, edges: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting.extend(edges.get(module, ()))
    return seen
