"""A plan, a call for reports, a file of figures and a denominator, for the walk of every route."""

import json
from datetime import date

from lms_tracker.actions import people
from lms_tracker.actions.reporting import baselines, calls, figure_imports
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.actions.rights import Viewer
from lms_tracker.store import database
from lms_tracker.store.reporting import baselines as stored_baselines
from lms_tracker.store.reporting import plans

YEAR = 2024


def gather(keys: dict[str, bytes], commune: int, hamlet: int) -> dict[str, str]:
    """What stands for the words between angle brackets in the addresses of reporting."""
    approver, officer = _viewer(keys["approver"]), _viewer(keys["officer"])
    about = About(place_id=commune)
    call = calls.make(approver, about, "Báo cáo năm", YEAR, "year", date(2024, 12, 15), ["members"])
    file = figure_imports.hand_in(officer, hamlet, b"indicator;year;value\nmembers;2024;12\n", "x.csv")
    baselines.add(officer, About(place_id=hamlet), "population", "100", date(2024, 1, 1), "Dân số")
    with database.reading() as connection:
        (baseline,) = stored_baselines.of(connection, [About(place_id=hamlet)])
    return {
        "<plan>": str(plan(commune)),
        "<task>": "1",
        "<phase>": "1",
        "<call>": str(call),
        "figure-files/<number>": f"figure-files/{file}",
        "baselines/<number>": f"baselines/{baseline.id}",
        "figures/<code>": "figures/members",
        "export.<form>": "export.csv",
    }


def plan(place: int) -> int:
    """A plan with a phase and a task, written straight into the tables."""
    values = {
        "title": "Kế hoạch năm 2024",
        "document": "1/KH-UBND",
        "issuer": "UBND xã",
        "place_id": place,
        "first_year": YEAR,
        "last_year": YEAR,
        "note": "",
        "made_us": 0,
        "revision": 0,
    }
    phase = {
        "title": "Cả năm",
        "first_day": date(YEAR, 1, 1),
        "last_day": date(YEAR, 12, 31),
        "review": "final",
        "findings": "",
    }
    task = {"heading": "", "title": "Tập huấn", "done_by": "", "result": "", "revision": 0}
    with database.writing() as connection:
        number = plans.add(connection, values)
        plans.add_parts(connection, number, [phase], [], [task])
    return number


def as_file(**changes: object) -> bytes:
    """A small plan of Kiên Giang as a file, with these members changed or added."""
    body = {
        "title": "Kế hoạch",
        "document": "72/KH-UBND",
        "issuer": "UBND",
        "place": {"code": "907", "on": "2023-05-09"},
        "first_year": 2023,
        "last_year": 2030,
        "tasks": [{"title": "Tập huấn"}],
    }
    return json.dumps({**body, **changes}).encode()


def _viewer(key: bytes) -> Viewer:
    found = people.viewer(key)
    assert found is not None
    return found
