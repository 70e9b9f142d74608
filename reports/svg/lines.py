"""Lines over years, and the small line of a card."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reports.svg import palette
from reports.svg.canvas import Canvas
from reports.svg.frame import LABEL_SIZE, LEFT, RIGHT, WIDTH, Plot, draw_frame, draw_legend
from reports.svg.model import Figure, Point, Series, checked, describe
from reports.svg.scales import Axis, axis

_COLOURS = (palette.PRIMARY, palette.ACCENT, palette.TEAL, palette.OCHRE)


def line_chart(
    title: str, series: Sequence[Series], unit: str, *, height: float = 190, width: float = WIDTH, area: bool = False
) -> Figure:
    """One to four lines from a zero base; gaps where a value is not reported. A single line labels every point."""
    rows = checked(tuple(series))
    canvas = Canvas(width, height)
    scale = axis([point.value for row in series for point in row.points], unit)
    top = 28 if len(series) == 1 else 42
    plot = Plot(LEFT, top, width - RIGHT, height - 20, len(series[0].points))
    draw_frame(canvas, plot, scale, [point.label for point in series[0].points])
    draw_legend(canvas, [row.name for row in series], _COLOURS, 12, is_line=True)
    for row, colour in zip(series, _COLOURS, strict=False):
        for run in _runs(row.points):
            places = [_place(plot, scale, index, value) for index, value in run]
            if area and len(places) > 1:
                floor = [(places[-1][0], plot.bottom), (places[0][0], plot.bottom)]
                canvas.polygon([*places, *floor], palette.TERTIARY, 0.45)
            canvas.polyline(places, colour, 1.8)
        _label(canvas, plot, scale, row.points, colour, others=[other for other in series if other is not row])
    alt = describe(title, rows, unit)
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


def sparkline(title: str, points: Sequence[Point], *, width: float = 84, height: float = 24) -> Figure:
    """A line without axes, its last point marked; scaled between its own lowest and highest value."""
    canvas = Canvas(width, height)
    known = [point.value for point in points if point.value is not None]
    if len(known) > 1:
        low, span = min(known), max(known) - min(known)
        step = (width - 8) / (len(points) - 1)
        for run in _runs(points):
            places = [
                (4 + index * step, height - 5 - (height - 10) * (float((value - low) / span) if span else 0.5))
                for index, value in run
            ]
            canvas.polyline(places, palette.PRIMARY, 1.3)
            if run[-1][0] == len(points) - 1:
                canvas.circle(*places[-1], 2.3, palette.PRIMARY)
    alt = describe(title, (Series("", tuple(points)),), "见正文")
    return Figure(canvas.render(title, alt), alt, width, height)


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Decimal]]]:
    """Stretches of reported values, so that a line never bridges a gap."""
    runs: list[list[tuple[int, Decimal]]] = []
    is_open = False
    for index, point in enumerate(points):
        if point.value is None:
            is_open = False
        elif is_open:
            runs[-1].append((index, point.value))
        else:
            runs.append([(index, point.value)])
            is_open = True
    return runs


def _place(plot: Plot, scale: Axis, index: int, value: Decimal) -> tuple[float, float]:
    return plot.centre(index), plot.bottom - plot.height_of(scale.share(value))


def _label(
    canvas: Canvas, plot: Plot, scale: Axis, points: Sequence[Point], colour: str, *, others: Sequence[Series]
) -> None:
    """Dots and values: every point of a single line, first and last of several; the lower line is labelled below."""
    is_only = not others
    known = [index for index, point in enumerate(points) if point.value is not None]
    for index in known:
        point = points[index]
        if point.value is None:
            continue
        x, y = _place(plot, scale, index, point.value)
        canvas.circle(x, y, 2.4, colour)
        if is_only or index in (known[0], known[-1]):
            ink = palette.INK if is_only else colour
            is_lower = any((other.points[index].value or Decimal(0)) > point.value for other in others)
            canvas.text(
                x,
                y + (12 if is_lower else -6),
                point.text,
                size=LABEL_SIZE,
                anchor="middle",
                colour=ink,
                bold=index == known[-1],
            )
