"""Days as forms and addresses carry them."""

from datetime import date


def read_day(text: str) -> date | None:
    """A day as browsers write it, or as people do (01/07/2025); None for what is none."""
    text = text.strip()
    day, _slash, rest = text.partition("/")
    month, _slash, year = rest.partition("/")
    if rest and len(text) <= 10 and all(part.isascii() and part.isdigit() for part in (day, month, year)):
        text = f"{year:0>4}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
