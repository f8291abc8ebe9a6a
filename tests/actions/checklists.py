"""Checklists to be adopted in tests: a family's threshold, and a commune's with two levels."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, schema
from tests.actions import recognitions

TOLD = {"told": {"vi": "dữ liệu thử", "en": "made for tests"}}


def words(text: str) -> dict[str, str]:
    return {"vi": text, "en": text}


def figure(value: int) -> dict[str, Any]:
    return {"value": value, "status": "draft", "source": TOLD}


def share(of: str, percent: int, recognised_as: str = "citizen", **more: Any) -> dict[str, Any]:
    return {"of": of, "recognised_as": recognised_as, "percent": figure(percent), **more}


def item(code: str, level: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "code": code, "heading": "h", "title": words(f"Mục {code}"), "level": level, "status": "draft",
        "source": TOLD, **more,
    }  # fmt: skip


def body(model: Model, items: list[Mapping[str, Any]], code: str = "local", **more: Any) -> str:
    """A set that holds since 2020, as JSON."""
    return json.dumps(
        {
            "form": "checklist",
            "id": code,
            "model": model,
            "title": words("Bộ tiêu chí thử"),
            "document": {
                "number": "1/QĐ", "date": "2020-01-01", "issuer": words("UBND"), "status": "draft",
                "source": TOLD,
            },
            "status": "draft",
            "status_note": words("thử"),
            "valid_from": "2020-01-01",
            "valid_to": None,
            "window": {"from": "01-01", "to": "12-31", "status": "draft", "source": TOLD},
            "process": words("thử"),
            "authority": {"name": words("UBND"), "status": "draft"},
            "results": [
                {"code": "achieved", "title": words("Đạt")},
                {"code": "not-achieved", "title": words("Chưa đạt")},
            ],
            "headings": [{"code": "h", "title": words("Chung")}],
            "items": items,
            **more,
        }
    )  # fmt: skip


def adopt(
    model: Model, items: list[Mapping[str, Any]], place_id: int | None = None, code: str = "", **more: Any
) -> int:
    """The number of a set in force at a place, or everywhere; one of its own place wins over the shipped."""
    code = code or f"local-{model}-{place_id or 0}"
    number = recognitions.criteria_set(model, body(model, items, code, **more))
    with database.writing() as connection:
        table = schema.criteria_sets
        connection.execute(update(table).where(table.c.id == number).values(code=code, place_id=place_id))
    return number


def family(place_id: int, percent: int = 70) -> int:
    """A family needs so many per cent of its members recognised."""
    return adopt(Model.HOUSEHOLD, [item("1", share=share("members", percent))], place_id)
