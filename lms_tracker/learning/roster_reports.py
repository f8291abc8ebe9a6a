"""What was wrong with a roster as a file, for whoever has to correct the list."""

import csv
import io
from collections.abc import Iterable, Sequence

# What makes a spreadsheet take a cell for a formula, also behind spaces.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """CSV as spreadsheets here open it: with a byte order mark and semicolons; no cell is a formula."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
    return kept.getvalue().encode("utf-8-sig")


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.lstrip(" \xa0").startswith(_STARTS) or text.startswith(_STARTS) else text
