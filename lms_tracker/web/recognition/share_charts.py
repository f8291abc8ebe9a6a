"""Bars of shares: how many are recognised of how many, and where the threshold lies.

They stand beside a table with the same figures, and say so to those who cannot see them.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from markupsafe import Markup

from lms_tracker.learning.recognition.outcomes import ItemVerdict
from lms_tracker.web.charts import WIDTH

LEFT, RIGHT, BAR, ROW = 30, 4, 18, 30


def bars(items: Sequence[ItemVerdict]) -> Markup | None:
    """A bar for each item that is computed, numbered as in the table; None where there is none."""
    counted = [(at, item) for at, item in enumerate(items, 1) if item.denominator]
    if not counted:
        return None
    parts = [_bar(row, at, item) for row, (at, item) in enumerate(counted)]
    title = _("Tỷ lệ đã được công nhận và ngưỡng của từng mục; số liệu ở bảng bên dưới")
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(WIDTH, ROW * len(counted) + 6, title, Markup("").join(parts))


def _bar(row: int, number: int, item: ItemVerdict) -> Markup:
    top, width = row * ROW + 6, WIDTH - LEFT - RIGHT
    denominator = item.denominator or 1
    done = width * min(item.numerator or 0, denominator) / denominator
    line = LEFT + width * min(item.required or 0, denominator) / denominator
    return Markup(
        '<text class="axis" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="bar-rest" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="bar-placed" x="{}" y="{}" width="{:.1f}" height="{}"/>'
        '<line class="threshold" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/>'
    ).format(
        LEFT - 8, top + 14, number,
        LEFT, top, width, BAR,
        LEFT, top, done, BAR,
        line, line, top - 4, top + BAR + 4,
    )  # fmt: skip
