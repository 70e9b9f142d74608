"""The frame that charts over a category axis share: grid, ticks, legend, category labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.svg import palette
from reports.svg.canvas import Canvas, text_width
from reports.svg.scales import Axis

WIDTH = 440.0
LABEL_SIZE = 7.5
LEFT = 34.0
RIGHT = 8.0


@dataclass(frozen=True)
class Plot:
    """The plotting area in points; `slot` is the width of one category."""

    left: float
    top: float
    right: float
    bottom: float
    count: int

    @property
    def slot(self) -> float:
        return (self.right - self.left) / self.count

    def centre(self, index: int) -> float:
        return self.left + (index + 0.5) * self.slot

    def height_of(self, share: float) -> float:
        return (self.bottom - self.top) * share


def draw_frame(canvas: Canvas, plot: Plot, axis: Axis, labels: Sequence[str]) -> None:
    """Grid lines with tick labels, the unit above the axis, the base line and the category labels."""
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        y = plot.bottom - plot.height_of(axis.share(tick))
        is_base = tick == 0
        canvas.line(
            (plot.left, y), (plot.right, y), palette.AXIS if is_base else palette.HAIRLINE, 0.8 if is_base else 0.5
        )
        canvas.text(plot.left - 5, y + 2.6, label, size=LABEL_SIZE, anchor="end", colour=palette.MUTED)
    canvas.text(plot.left - 5, plot.top - 9, axis.unit, size=LABEL_SIZE, anchor="end", colour=palette.MUTED)
    for index, label in enumerate(labels):
        canvas.text(plot.centre(index), plot.bottom + 12, label, size=LABEL_SIZE, anchor="middle")


def draw_legend(canvas: Canvas, names: Sequence[str], colours: Sequence[str], y: float, *, is_line: bool) -> None:
    """Keys centred at height y; one series needs none, its name stands in the title."""
    if len(names) < 2:
        return
    widths = [16 + text_width(name, 8) + 16 for name in names]
    x = (canvas.width - sum(widths) + 16) / 2
    for name, colour, width in zip(names, colours, widths, strict=False):
        if is_line:
            canvas.line((x, y - 3), (x + 11, y - 3), colour, 1.8)
        else:
            canvas.rect(x, y - 7, 8, 8, colour, radius=1)
        canvas.text(x + (15 if is_line else 12), y, name, size=8)
        x += width
