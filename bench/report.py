"""The tables for people; the JSON holds everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table


def show(result: dict[str, Any], console: Console) -> None:
    facts = result["machine"]
    console.print(
        f"{facts['processor']}, {facts['cores']} cores, {facts['memory_gb']} GB; Python {facts['python']};"
        f" load {facts['load_before'][0]} before; commit {facts['commit']}",
        soft_wrap=True,
    )
    measured = result["databases"]
    for table in (
        _taking_in(measured),
        _credit(measured),
        _standing(measured),
        _rebuild(measured),
        _statistics(measured),
        *_reading(measured),
    ):
        console.print(table)


def _ratio(one: dict[str, Any], raw: str) -> str:
    return f"{one['door']['per_second'] / one[raw]['per_second']:.2f}"


def _rate(one: dict[str, Any], name: str) -> str:
    return f"{one[name]['per_second']:,}"


def _taking_in(measured: dict[str, Any]) -> Table:
    table = Table(title="Statements per second; CPU and bytes for each", title_justify="left")
    table.add_column("", no_wrap=True)
    columns: list[dict[str, Any]] = []
    for database in measured.values():
        for how, words in (("batches", "batches"), ("singles", "singles")):
            table.add_column(f"{database['version']}\n{words}", justify="right")
            columns.append(database[how])
    for words, cell in (
        ("connections", lambda one: str(one["connections"])),
        ("HTTP door", lambda one: _rate(one, "door")),
        ("  jobs beside it", lambda one: _rate(one, "door_with_jobs")),
        ("raw, 1 connection", lambda one: _rate(one, "raw_one_connection")),
        ("  door / raw", lambda one: _ratio(one, "raw_one_connection")),
        ("raw, as many", lambda one: _rate(one, "raw_as_many")),
        ("  door / raw", lambda one: _ratio(one, "raw_as_many")),
        ("request p50 ms", lambda one: f"{one['ms']['p50']:g}"),
        ("request p95 ms", lambda one: f"{one['ms']['p95']:g}"),
        ("request p99 ms", lambda one: f"{one['ms']['p99']:g}"),
        ("server's CPU, us", lambda one: f"{one['server_cpu_us']:,}"),
        ("server's memory, MB", lambda one: f"{one['memory_mb']:g}"),
        ("bytes sent", lambda one: f"{one['bytes_sent']:,}"),
        ("bytes on disk", lambda one: f"{one['bytes_on_disk']:,}"),
    ):
        table.add_row(words, *(cell(one) for one in columns))
    return table


def _credit(measured: dict[str, Any]) -> Table:
    table = Table(title="Counting a learner, p50 / p95 ms", title_justify="left")
    for heading in ("database", "pieces of evidence", "all at first", "after one more"):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for database in measured.values():
        for one in database["credit"]:
            first, more = one["first_ms"], one["one_more_ms"]
            table.add_row(
                database["version"],
                f"{one['pieces']:,}",
                f"{first['p50']:g} / {first['p95']:g}",
                f"{more['p50']:g} / {more['p95']:g}",
            )
    return table


def _standing(measured: dict[str, Any]) -> Table:
    table = Table(title="From sending a statement to its credit, jobs beside the door", title_justify="left")
    for heading in ("database", "most /s", "load /s", "p50 / p95 / p99 ms"):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for database in measured.values():
        one = database["standing"]
        table.add_row(
            database["version"], f"{one['most_per_second']:,}", f"{one['per_second']:,}", _times(one["ms"])
        )
    return table


def _rebuild(measured: dict[str, Any]) -> Table:
    table = Table(
        title="Rebuild of credit, statements per second of one process's processor time (of the clock)",
        title_justify="left",
    )
    table.add_column("", no_wrap=True)
    columns = [database["rebuild"] for database in measured.values()]
    for database in measured.values():
        table.add_column(f"{database['version']}\n{database['rebuild']['statements']:,}", justify="right")
    for name, words in (
        ("raw", "evidence read raw"),
        ("nothing_changed", "nothing changes"),
        ("from_nothing", "from an empty ledger"),
    ):
        table.add_row(words, *(f"{_processed(one, name):,} ({_rate(one, name)})" for one in columns))
        if name != "raw":
            table.add_row("  of raw", *(_part(one, name) for one in columns))
            table.add_row("  2 processes, clock", *(_rate(one, f"{name}_by_processes") for one in columns))
    return table


def _statistics(measured: dict[str, Any]) -> Table:
    citizens = next(iter(measured.values()))["statistics"]["citizens"]
    table = Table(
        title=f"Statistics of a province of {citizens:,} citizens from kept totals, milliseconds",
        title_justify="left",
    )
    for heading in ("database", "province", "of raw sums", "commune", "page", "all places counted", "of raw"):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for database in measured.values():
        one = database["statistics"]
        table.add_row(
            database["version"],
            _times(one["ms"]["province"]),
            f"{one['ms']['province']['p50'] / one['ms']['raw']['p50']:.1f}",
            *(_times(one["ms"][name]) for name in ("commune", "province_page")),
            f"{one['places']:,} in {one['counting_seconds']} s",
            f"{one['counting_seconds'] / one['raw_counting_seconds']:.1f}",
        )
    return table


def _processed(one: dict[str, Any], name: str) -> int:
    return int(one[name]["per_processor_second"])


def _part(one: dict[str, Any], name: str) -> str:
    return f"1/{_processed(one, 'raw') / _processed(one, name):.1f}"


def _reading(measured: dict[str, Any]) -> Iterator[Table]:
    """One table for each size of the database."""
    first = next(iter(measured.values()))
    for name in (name for name in first if name.startswith("reads of ")):
        table = Table(
            title=f"GET statements, 25 each, {name.removeprefix('reads of ')} stored, 8 connections:"
            " requests/s; p50 / p95 / p99 ms",
            title_justify="left",
        )
        table.add_column("by")
        # An interrupted run may have it of one kind of database alone.
        columns = [one[name] for one in measured.values() if name in one]
        for one in measured.values():
            if name in one:
                table.add_column(one["version"], justify="right")
        for asked in columns[0]["gets"]:
            table.add_row(asked, *(_speed(one["gets"][asked], one["gets"][asked]["ms"]) for one in columns))
        table.add_row(
            "mix, 4 GETs to a POST: GETs", *(_speed(one["mix"], one["mix"]["get_ms"]) for one in columns)
        )
        table.add_row("  its POSTs", *(_times(one["mix"]["post_ms"]) for one in columns))
        table.add_row("bytes on disk", *(f"{one['bytes_on_disk']:,}" for one in columns))
        table.add_row("server's memory, MB", *(f"{one['memory_mb']:g}" for one in columns))
        table.add_row("seconds to fill", *(f"{one['filling_seconds']:g}" for one in columns))
        yield table


def _speed(one: dict[str, Any], ms: dict[str, float]) -> str:
    return f"{one['per_second']:,}; {_times(ms)}"


def _times(ms: dict[str, float]) -> str:
    return f"{ms['p50']:g} / {ms['p95']:g} / {ms['p99']:g}"
