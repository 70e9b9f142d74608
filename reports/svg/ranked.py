"""Horizontal bars in rank order, and progress bars from a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.svg import palette
from reports.svg.canvas import Canvas, text_width
from reports.svg.frame import WIDTH
from reports.svg.model import Figure, FigureError, Point, Series, describe

_ROW = 14.5


def ranked_bars(
    title: str, points: Sequence[Point], unit: str, *, strong: int = 3, width: float = WIDTH, row: float = _ROW
) -> Figure:
    """Bars from the highest to the lowest value (ties in label order); missing values come last with their text.

    The first `strong` bars are in the first colour. Raises FigureError without a point.
    """
    if not points:
        raise FigureError(f"{title}: ranked bars need at least one point")
    ordered = sorted(points, key=lambda point: (point.value is None, -(point.value or 0), point.label))
    canvas = Canvas(width, row * len(ordered) + 8)
    label_width = max(text_width(point.label, 8) for point in ordered) + 8
    value_width = max(text_width(point.text, 8) for point in ordered) + 8
    highest = max((point.value for point in ordered if point.value is not None), default=Decimal(0))
    room = width - label_width - value_width
    for index, point in enumerate(ordered):
        y = 4 + index * row
        canvas.text(label_width - 8, y + row / 2 + 2.8, point.label, size=8, anchor="end")
        length = room * float(point.value / highest) if point.value and highest else 0.0
        if point.value is not None:
            colour = palette.PRIMARY if index < strong else palette.SECONDARY
            canvas.rect(label_width, y + 2.2, max(length, 0.6), row - 4.4, colour)
        ink = palette.INK if point.value is not None else palette.MUTED
        canvas.text(label_width + length + 5, y + row / 2 + 2.8, point.text, size=8, colour=ink, bold=index < strong)
    alt = describe(title, (Series("", tuple(ordered)),), unit)
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


@dataclass(frozen=True)
class Progress:
    """A baseline, the present value and, where the plan has a number, the target; texts come from the facts."""

    label: str
    baseline: Point
    now: Point
    target: Point | None


def progress_chart(title: str, rows: Sequence[Progress], *, width: float = WIDTH, row: float = 26) -> Figure:
    """One bullet a row, each on its own scale: baseline bar, bar of today, dashed mark for a numeric target.

    Raises FigureError without a row.
    """
    if not rows:
        raise FigureError(f"{title}: a progress chart needs at least one row")
    canvas = Canvas(width, row * len(rows) + 22)
    label_width = max(text_width(item.label, 8) for item in rows) + 10
    room = width - label_width - 92
    _progress_legend(canvas, label_width, has_target=any(item.target for item in rows))
    for index, item in enumerate(rows):
        y = 22 + index * row
        scale = max((point.value or Decimal(0)) for point in (item.baseline, item.now, item.target or item.now))
        canvas.text(label_width - 10, y + row / 2 + 1, item.label, size=8, anchor="end")
        for offset, point, colour in ((2.5, item.baseline, palette.TERTIARY), (11.5, item.now, palette.PRIMARY)):
            length = room * float(point.value / scale) if point.value and scale else 0.0
            canvas.rect(label_width, y + offset, max(length, 0.6), 8, colour)
            is_now = point is item.now
            ink = palette.INK if is_now else palette.MUTED
            canvas.text(label_width + length + 5, y + offset + 6.8, point.text, size=7.5, colour=ink, bold=is_now)
        if item.target is not None and item.target.value and scale:
            x = label_width + room * float(item.target.value / scale)
            canvas.dashed_line((x, y), (x, y + row - 4), palette.ACCENT)
    alt = describe(
        title,
        tuple(Series(item.label, (item.baseline, item.now)) for item in rows),
        "见各行",
    )
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


def _progress_legend(canvas: Canvas, x: float, *, has_target: bool) -> None:
    for name, colour in (("规划基期", palette.TERTIARY), ("报告期", palette.PRIMARY)):
        canvas.rect(x, 3, 8, 8, colour, radius=1)
        canvas.text(x + 12, 10, name, size=8)
        x += 64
    if has_target:
        canvas.dashed_line((x + 4, 2), (x + 4, 13), palette.ACCENT)
        canvas.text(x + 12, 10, "规划目标", size=8)
