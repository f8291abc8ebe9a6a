"""The names of all rules that the protocol and the LRS door can refuse by, read from their sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
# Whatever takes a rule's name says so: a parameter or a field `rule`, a string.
Takers = dict[str, int]


def sources() -> list[Path]:
    """The modules of the protocol, and those of the service that make faults of their own."""
    ours = sorted((ROOT / "lms_tracker").rglob("*.py"))
    return sorted((ROOT / "xapi").glob("*.py")) + [path for path in ours if "xapi.faults" in path.read_text()]


def rule_names(paths: list[Path]) -> set[str]:
    """Every name that is written where a rule is taken. Raises LookupError where it cannot be told."""
    trees = {path: ast.parse(path.read_text()) for path in paths}
    everywhere: Takers = {}
    for tree in trees.values():
        everywhere |= {name: at for name, at in _takers(tree) if not name.startswith("_")}
    found: set[str] = set()
    for path, tree in trees.items():
        takers = everywhere | dict(_takers(tree))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            try:
                found |= _names(call, takers)
            except LookupError as unclear:
                raise LookupError(f"{path.name}:{call.lineno}: {unclear}") from None
    return found


def _takers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions and classes with a `rule: str`, and at which place they take it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _place(node.name, [*node.args.posonlyargs, *node.args.args])
        elif isinstance(node, ast.ClassDef):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            yield from _place(node.name, fields)
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                    yield from _place(node.name, method.args.args[1:])


def _place(name: str, takes: list[ast.arg] | list[ast.AnnAssign]) -> Iterator[tuple[str, int]]:
    for at, one in enumerate(takes):
        called = one.arg if isinstance(one, ast.arg) else getattr(one.target, "id", "")
        if called == "rule" and isinstance(one.annotation, ast.Name) and one.annotation.id == "str":
            yield name, at


def _names(call: ast.Call, takers: Takers) -> set[str]:
    called = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if called == "wrong_type":
        # It names its rule after the noun that was expected: "an object".
        (expected,) = _written(call.args[0])
        return {f"type-{expected.split()[-1]}"}
    if called not in takers:
        return set()
    given = [keyword.value for keyword in call.keywords if keyword.arg == "rule"]
    given += call.args[takers[called] :][:1]
    if any(isinstance(argument, ast.Starred) for argument in call.args) or not given:
        # A finding that was made elsewhere, told of a statement.
        return set()
    return _written(given[0])


def _written(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _written(node.body) | _written(node.orelse)
    handed_on = isinstance(node, ast.Name | ast.Attribute) and getattr(node, "id", "") in ("rule", "")
    if (handed_on and getattr(node, "attr", "rule") == "rule") or ast.unparse(node) == "f'type-{noun}'":
        return set()
    raise LookupError(f"{ast.unparse(node)} is not a rule's name")


def rules_of(module: ModuleType, takers: Takers) -> set[str]:
    """The names of rules that one module writes, where it calls `takers`."""
    found: set[str] = set()
    for call in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            named = [one.value for one in call.keywords if one.arg == "rule"]
            if name in takers and len(call.args) > takers[name]:
                named.append(call.args[takers[name]])
            found |= {str(one.value) for one in named if isinstance(one, ast.Constant)}
    return found
