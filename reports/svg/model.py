"""What a figure is given and what it gives back; values come from facts, with their printed form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


class FigureError(ValueError):
    """A figure can't be drawn as asked: no alternative text, no points, or series of unequal length."""


@dataclass(frozen=True)
class Point:
    """One value: `text` is its printed form from the facts file; `value` None is "not reported" and drawn as such."""

    label: str
    value: Decimal | None
    text: str


@dataclass(frozen=True)
class Series:
    """A named row of points; all series of a figure share the labels of the first."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Figure:
    """A drawn figure: the SVG document, its accessible text, and its size in points."""

    svg: str
    alt: str
    width: float
    height: float


def checked(series: tuple[Series, ...]) -> tuple[Series, ...]:
    """The same series; raises FigureError unless there is at least one and all have the same labels."""
    if not series or not series[0].points:
        raise FigureError("a figure needs at least one series with one point")
    labels = [point.label for point in series[0].points]
    for other in series[1:]:
        if [point.label for point in other.points] != labels:
            raise FigureError(f"series {other.name!r} has other labels than {series[0].name!r}")
    return series


def describe(title: str, series: tuple[Series, ...], unit: str) -> str:
    """Alternative text that holds every value, for readers who do not see the figure."""
    parts = []
    for row in series:
        values = "，".join(f"{point.label}{point.text}" for point in row.points)
        parts.append(f"{row.name}：{values}" if row.name else values)
    return f"{title}（单位：{unit}）。" + "；".join(parts) + "。"
