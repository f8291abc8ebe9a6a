"""The chart of a flag: a column for each figure, and the threshold as a line across them.

It stands beside a table with the same figures, and says so to those who cannot see it.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from markupsafe import Markup

from lms_tracker.learning.watching import Figures, Kind
from lms_tracker.web import flag_words
from lms_tracker.web.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, scale_end

# Kinds whose bars are measured as their threshold is.
_WITH_LINE = (Kind.LONG_DAYS, Kind.COURSE_JUMPS, Kind.SAME_TIMES)
# Kinds whose second figure lies within the first.
_WITHIN = (Kind.LONG_DAYS, Kind.SHARED_ACCOUNT)
_BAR = Markup('<rect class="bar-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')


def columns(kind: Kind, figures: Figures) -> Markup | None:
    """None for a kind without a chart, or a flag without figures to draw."""
    told = flag_words.measured(kind, figures)
    if told is None or not figures.bars:
        return None
    line = figures.threshold if kind in _WITH_LINE else 0
    greatest = max(line, *(bar.value for bar in figures.bars))
    top = scale_end(greatest) if kind in _WITHIN else _round_up(greatest)
    parts = [_grid(kind, top)]
    width = (WIDTH - LEFT - RIGHT) / len(figures.bars)
    for index, bar in enumerate(figures.bars):
        left = LEFT + index * width
        both = ((bar.value, "placed"), (bar.other if kind in _WITHIN else 0, "nominal"))
        for value, name in both:
            if value:
                height = max(1.5, _height(value, top))
                parts.append(
                    _BAR.format(name, left + width * 0.1, HEIGHT - BOTTOM - height, width * 0.8, height)
                )
    parts += _ends(kind, figures)
    if line:
        y = HEIGHT - BOTTOM - _height(line, top)
        parts.append(
            Markup('<line class="threshold" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
                LEFT, WIDTH - RIGHT, y, y
            )
        )
    title = _("%(what)s; số liệu ở bảng bên dưới", what=told.title)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup("").join(parts))


def has_line(kind: Kind) -> bool:
    return kind in _WITH_LINE


def is_within(kind: Kind) -> bool:
    return kind in _WITHIN


def _round_up(greatest: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100, …, so that its half is a whole number."""
    size = 1
    while True:
        for step in (2, 4, 10):
            if greatest <= step * size:
                return step * size
        size *= 10


def _height(value: int, top: int) -> float:
    return (HEIGHT - TOP - BOTTOM) * value / top


def _grid(kind: Kind, top: int) -> Markup:
    lines = []
    for value in (0, top // 2, top):
        y = HEIGHT - BOTTOM - _height(value, top)
        lines.append(
            Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
                '<text class="axis" x="{}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(
                LEFT,
                WIDTH - RIGHT,
                y,
                y,
                LEFT - 6,
                y + 5,
                flag_words.bar_value(kind, value) if value else "0",
            )
        )
    return Markup("").join(lines)


def _ends(kind: Kind, figures: Figures) -> Sequence[Markup]:
    """Names of the first and the last column; those between are in the table."""
    text = Markup('<text class="axis" x="{}" y="{}" text-anchor="{}">{}</text>')
    first = text.format(LEFT, HEIGHT - 8, "start", flag_words.bar_label(kind, figures.bars[0]))
    if len(figures.bars) == 1:
        return [first]
    return [
        first,
        text.format(WIDTH - RIGHT, HEIGHT - 8, "end", flag_words.bar_label(kind, figures.bars[-1])),
    ]
