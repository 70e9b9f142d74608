"""Columns over years: one series, or kinds stacked to a total."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reports.svg import palette
from reports.svg.canvas import HATCH, Canvas
from reports.svg.frame import LABEL_SIZE, LEFT, RIGHT, WIDTH, Plot, draw_frame, draw_legend
from reports.svg.model import Figure, Point, Series, checked, describe
from reports.svg.scales import Axis, axis


def columns(title: str, series: Series, unit: str, *, height: float = 190, width: float = WIDTH) -> Figure:
    """One column a category with its value on top; the last one strong, the earlier ones in the second colour."""
    rows = checked((series,))
    canvas, plot, scale = _prepare([point.value for point in series.points], series.points, unit, (width, height), 20)
    last = len(series.points) - 1
    bar = min(34.0, plot.slot * 0.56)
    for index, point in enumerate(series.points):
        x = plot.centre(index) - bar / 2
        if point.value is None:
            _draw_missing(canvas, plot, x, bar)
            continue
        tall = plot.height_of(scale.share(point.value))
        canvas.rect(x, plot.bottom - tall, bar, tall, palette.PRIMARY if index == last else palette.SECONDARY)
        canvas.text(
            plot.centre(index),
            plot.bottom - tall - 4,
            point.text,
            size=LABEL_SIZE,
            anchor="middle",
            bold=index == last,
        )
    alt = describe(title, rows, unit)
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


def stacked_columns(
    title: str,
    series: Sequence[Series],
    totals: Sequence[Point],
    unit: str,
    *,
    height: float = 215,
    width: float = WIDTH,
) -> Figure:
    """Kinds stacked from the first series upwards; `totals` are printed on top and must be the facts' own totals."""
    rows = checked((*series, Series("合计", tuple(totals))))
    canvas, plot, scale = _prepare([point.value for point in totals], totals, unit, (width, height), 34)
    draw_legend(canvas, [row.name for row in series], palette.KINDS, 12, is_line=False)
    bar = min(38.0, plot.slot * 0.58)
    for index, total in enumerate(totals):
        x = plot.centre(index) - bar / 2
        y = plot.bottom
        if total.value is None:
            _draw_missing(canvas, plot, x, bar)
            continue
        for row, colour in zip(series, palette.KINDS, strict=False):
            tall = plot.height_of(scale.share(row.points[index].value or Decimal(0)))
            y -= tall
            canvas.rect(x, y, bar, tall, colour)
        is_last = index == len(totals) - 1
        canvas.text(plot.centre(index), y - 4, total.text, size=LABEL_SIZE, anchor="middle", bold=is_last)
    alt = describe(title, rows, unit)
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


def grouped_columns(
    title: str, series: Sequence[Series], unit: str, *, height: float = 205, width: float = WIDTH
) -> Figure:
    """Two or three series side by side in each category, each column with its value."""
    rows = checked(tuple(series))
    values = [point.value for row in series for point in row.points]
    canvas, plot, scale = _prepare(values, series[0].points, unit, (width, height), 34)
    draw_legend(canvas, [row.name for row in series], palette.KINDS, 12, is_line=False)
    bar = min(22.0, plot.slot * 0.8 / len(series))
    for position, (row, colour) in enumerate(zip(series, palette.KINDS, strict=False)):
        for index, point in enumerate(row.points):
            x = plot.centre(index) + (position - len(series) / 2) * bar
            if point.value is None:
                _draw_missing(canvas, plot, x, bar)
                continue
            tall = plot.height_of(scale.share(point.value))
            canvas.rect(x, plot.bottom - tall, bar - 1.5, tall, colour)
            canvas.text(x + bar / 2 - 0.75, plot.bottom - tall - 3.5, point.text, size=6.5, anchor="middle")
    alt = describe(title, rows, unit)
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


def _prepare(
    values: Sequence[Decimal | None], points: Sequence[Point], unit: str, size: tuple[float, float], top: float
) -> tuple[Canvas, Plot, Axis]:
    canvas = Canvas(*size)
    scale = axis(values, unit)
    plot = Plot(LEFT, top + 8, canvas.width - RIGHT, canvas.height - 20, len(points))
    draw_frame(canvas, plot, scale, [point.label for point in points])
    return canvas, plot, scale


def _draw_missing(canvas: Canvas, plot: Plot, x: float, width: float) -> None:
    canvas.rect(x, plot.bottom - 22, width, 22, HATCH, stroke="#AEB7C1")
    canvas.text(x + width / 2, plot.bottom - 26, "暂无", size=6.5, anchor="middle", colour=palette.MUTED)
