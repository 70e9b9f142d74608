"""A heat map: rows by columns, one hue by quantile class, every cell with its printed value."""

from __future__ import annotations

from collections.abc import Sequence

from reports.svg import palette
from reports.svg.canvas import HATCH, Canvas, text_width
from reports.svg.frame import WIDTH
from reports.svg.model import Figure, Series, checked, describe
from reports.svg.scales import quantile_classes


def heat_map(title: str, rows: Sequence[Series], unit: str, *, row_height: float = 19) -> Figure:
    """Rows are series, columns their labels; classes are taken over all cells. Missing cells are hatched."""
    series = checked(tuple(rows))
    label_width = max(text_width(row.name, 8) for row in series) + 8
    columns = len(series[0].points)
    cell = (WIDTH - label_width) / columns
    canvas = Canvas(WIDTH, 18 + len(series) * row_height + 4)
    known = [point.value for row in series for point in row.points if point.value is not None]
    classes = quantile_classes(known) if known else None
    for index, point in enumerate(series[0].points):
        canvas.text(
            label_width + (index + 0.5) * cell, 11, point.label, size=7.5, anchor="middle", colour=palette.MUTED
        )
    for number, row in enumerate(series):
        y = 18 + number * row_height
        canvas.text(label_width - 8, y + row_height / 2 + 2.8, row.name, size=8, anchor="end")
        for index, point in enumerate(row.points):
            x = label_width + index * cell
            if point.value is None or classes is None:
                canvas.rect(x, y, cell - 1.5, row_height - 1.5, HATCH)
                continue
            spread = max(len(classes.bounds), 1)
            fill = palette.CLASSES[round(classes.index(point.value) * (len(palette.CLASSES) - 1) / spread)]
            canvas.rect(x, y, cell - 1.5, row_height - 1.5, fill)
            canvas.text(
                x + (cell - 1.5) / 2,
                y + row_height / 2 + 2,
                point.text,
                size=7.5,
                anchor="middle",
                colour=palette.text_on(fill),
            )
    alt = describe(title, series, unit)
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)
