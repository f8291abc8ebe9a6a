"""The steps by which hours propose points, as columns; they stand beside a table with the same figures."""

from collections.abc import Sequence

from flask_babel import gettext as _
from markupsafe import Markup

from lms_tracker.learning.recognition.criteria_parts import Step
from lms_tracker.web.charts import BOTTOM, HEIGHT, TOP, WIDTH

LEFT, RIGHT = 30, 4
# Hours stand under at most so many columns; of more, under every second, third, …
MOST_NAMED = 10


def steps(of: Sequence[Step]) -> Markup:
    """A column for each step, as high as its points, with the hours from which on it holds beneath."""
    most = max(step.points for step in of) or 1
    width = (WIDTH - LEFT - RIGHT) / len(of)
    every = -(-len(of) // MOST_NAMED)
    room = HEIGHT - TOP - BOTTOM
    parts = [_line(points, HEIGHT - BOTTOM - room * points / most) for points in sorted({0, most})]
    for index, step in enumerate(of):
        left, height = LEFT + index * width, room * step.points / most
        parts.append(
            Markup('<rect class="bar-placed" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                left + width * 0.1, HEIGHT - BOTTOM - height, width * 0.8, height
            )
        )
        if index % every == 0:
            parts.append(
                Markup('<text class="axis" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    left + width / 2, HEIGHT - 8, step.hours
                )
            )
    title = _("Số giờ (bên dưới) và số điểm được gợi ý (chiều cao); số liệu ở bảng bên dưới")
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup("").join(parts))


def _line(points: int, y: float) -> Markup:
    return Markup(
        '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
        '<text class="axis" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
    ).format(LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 5, points)
