"""The chart beside the table of units: a bar for each, in per cent of the same scale, made on the server."""

from collections.abc import Sequence
from fractions import Fraction

from flask_babel import gettext as _
from markupsafe import Markup

from lms_tracker.learning.reporting.ratios import Ratio

# The picture is 360 units wide, as a small telephone is, so that its letters are legible there.
WIDTH, ROW, NAMES, VALUES = 360, 46, 0, 76
MOST = 40
LONGEST = 34

_BAR = Markup('<rect class="bar-{}" x="{}" y="{:.1f}" width="{:.1f}" height="14" rx="2"/>')
_NAME = Markup('<text class="axis" x="0" y="{:.1f}">{}</text>')
_VALUE = Markup('<text class="axis" x="{}" y="{:.1f}" text-anchor="end">{}</text>')


def is_cut(rows: Sequence[tuple[str, Ratio]]) -> bool:
    """Whether more units could be drawn than are."""
    return len(_drawable(rows)) > MOST


def _drawable(rows: Sequence[tuple[str, Ratio]]) -> list[tuple[str, Ratio]]:
    return [(name, ratio) for name, ratio in rows if ratio.exact is not None]


def bars(rows: Sequence[tuple[str, Ratio]], what: str, language: str) -> Markup | None:
    """None where nothing is to be drawn; of many units the first `MOST`, in the order of the table."""
    drawn = _drawable(rows)[:MOST]
    if not drawn:
        return None
    width, parts = WIDTH - VALUES, []
    for index, (name, ratio) in enumerate(drawn):
        top = index * ROW
        share = min(ratio.exact or Fraction(0), Fraction(100))
        shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
        parts.append(_NAME.format(top + 16, shown))
        parts.append(_BAR.format("rest", 0, top + 22, width))
        if share:
            parts.append(_BAR.format("placed", 0, top + 22, max(1.5, float(share) * width / 100)))
        parts.append(_VALUE.format(WIDTH, top + 35, ratio.written(language)))
    title = _("%(what)s theo từng đơn vị; số liệu ở bảng", what=what)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>'
    ).format(WIDTH, len(drawn) * ROW, title, Markup("").join(parts))
