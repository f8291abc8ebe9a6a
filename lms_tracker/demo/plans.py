"""The demo's plans and figures: those that the articles of 2023 and 2024 tell of, and calls for reports.

They are files, loaded as an administrator or an officer would load them. What the articles do not say, and a
page needs to show something, is marked as a sample in the files themselves.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib import resources

from lms_tracker.actions import grant_lists, organisations
from lms_tracker.actions.organisations import Wanted
from lms_tracker.actions.reporting import baselines, calls, figure_imports, plans, totals
from lms_tracker.actions.reporting import figures as reported
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.actions.rights import Viewer

MINISTRY = "Bộ Giáo dục và Đào tạo"
LAST_OF_2024 = date(2024, 12, 31)
ARTICLE = "Bài báo về kết quả năm 2024 của tỉnh Hà Giang"
# An Giang, to which the demo's commune belongs.
PROVINCE = "91"
# What is asked of the communes of the province.
ASKS = ("citizen", "household", "clan", "community", "unit", "members", "training-classes", "articles")


def load() -> None:
    """Plans, figures and dated denominators; the places are those of 2024, districts included."""
    ha_giang, hue = (grant_lists.place_with_code(code, LAST_OF_2024) for code in ("02", "46"))
    organisations.add(None, Wanted("sector", MINISTRY))
    folder = resources.files(__package__) / "plan_data"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json"):
            plans.load(None, file.read_bytes())
    for place, name in ((ha_giang, "figures-ha-giang.csv"), (hue, "figures-hue.csv")):
        figure_imports.by_command(place, (folder / name).read_bytes(), acknowledged=True, dry_run=False)
    for place, base, value, on, source in (
        (ha_giang, "population", "935.700", LAST_OF_2024, ARTICLE),
        (ha_giang, "association-members", "337.294", LAST_OF_2024, ARTICLE),
        (hue, "districts", "9", date(2024, 5, 2), "Số huyện, thị xã, thành phố của tỉnh năm 2024"),
    ):
        baselines.add(None, About(place_id=place), base, value, on, source)


def count(commune: int) -> None:
    """What statistics are made of: of this year and the last, and of 2024 by the units of then."""
    totals.recount()
    totals.mark_below(commune, LAST_OF_2024.year)
    totals.recount()


def call(organiser: Viewer, officer: Viewer, commune: int, today: date) -> None:
    """A call of last year that is overdue but for the commune, and one that is open for everybody."""
    province = grant_lists.place_with_code(PROVINCE, today)
    about, here = About(place_id=province), About(place_id=commune)
    last = calls.make(
        organiser,
        about,
        f"Báo cáo năm {today.year - 1}",
        today.year - 1,
        "year",
        today - timedelta(days=30),
        ASKS[:5],
    )
    values = {"household": "1.204", "clan": "11", "community": "9", "unit": "14", "citizen": "2.310"}
    wanted = {code: (reported.Wanted(value, source="Số mẫu"), 0) for code, value in values.items()}
    calls.report(officer, last, here, wanted, acknowledged=True)
    calls.make(
        organiser, about, f"Báo cáo năm {today.year}", today.year, "year", today + timedelta(days=30), ASKS
    )
