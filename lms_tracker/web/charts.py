"""Charts as SVG, made on the server: they need no script, and the look comes from the style sheet alone.

Each chart stands beside a table with the same figures, and says so to those who cannot see it.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from markupsafe import Markup, escape

from lms_tracker.learning.records import Hours
from lms_tracker.web import languages

# The picture is 360 units wide, as a small telephone is, so that its letters are legible there.
WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 88, 4, 12, 28
# What the scale may end at, in seconds; beyond, tens of hours.
SCALES = [60 * minutes for minutes in (2, 10, 20, 30, 60, 120, 240, 360, 600, 1200)]
TEN_HOURS = 36_000
_BAR = Markup('<rect class="bar-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')


def months(sums: Sequence[Hours], year: int) -> Markup:
    """Twelve columns, the stated hours on top of the measured ones."""
    top = scale_end(max((one.total for one in sums), default=0))
    parts = [_grid(top)]
    column = (WIDTH - LEFT - RIGHT) / 12
    for index, one in enumerate(sums):
        left = LEFT + index * column
        base: float = HEIGHT - BOTTOM
        for seconds, kind in ((one.placed, "placed"), (one.nominal, "nominal")):
            if seconds:
                height = max(1.5, _height(seconds, top))
                base -= height
                parts.append(_BAR.format(kind, left + 3, base, column - 6, height))
        parts.append(
            Markup('<text class="axis" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                left + column / 2, HEIGHT - 8, index + 1
            )
        )
    title = _("Giờ học được ghi nhận theo từng tháng của năm %(year)s; số liệu ở bảng bên dưới", year=year)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT, escape(title), Markup("").join(parts))


def scale_end(greatest: int) -> int:
    """Where the scale ends, in seconds: a round length at or above the greatest column."""
    for end in SCALES:
        if greatest <= end:
            return end
    return -(-greatest // TEN_HOURS) * TEN_HOURS


def _height(seconds: int, top: int) -> float:
    return (HEIGHT - TOP - BOTTOM) * seconds / top


def _grid(top: int) -> Markup:
    lines = []
    for seconds in (0, top // 2, top):
        y = HEIGHT - BOTTOM - _height(seconds, top)
        lines.append(
            Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text class="axis" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 5, languages.hours(seconds) if seconds else "0")
        )
    return Markup("").join(lines)
