"""What all applications of a test process have alike is compiled once: templates, and how routes are written.

Nearly each test has an application of its own, and compiling took more than half of what most of them cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_compile_builder = Rule._compile_builder
_builders: dict[tuple[object, ...], Callable[..., Any]] = {}


class Templates(BytecodeCache):
    """Compiled templates in memory, by name, file and text."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


def _builder_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:
    """The function that writes addresses; it is given its rule as an argument, so equal rules share it."""
    alike = (
        rule.rule,
        append_unknown,
        tuple(rule._trace),
        tuple((name, type(converter)) for name, converter in rule._converters.items()),
        repr(rule.defaults),
    )
    if alike not in _builders:
        _builders[alike] = _compile_builder(rule, append_unknown)
    return _builders[alike]


def share() -> None:
    """For all applications that this process makes from now on."""
    Rule._compile_builder = _builder_once  # type: ignore[method-assign]
    if "bytecode_cache" not in Flask.jinja_options:
        Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}
