"""A canvas that collects SVG elements as strings; coordinates in points, two decimals, no ids that depend on memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape

from reports.svg import palette

FONT_FAMILY = "Noto Sans SC"
HATCH = "url(#hatch)"
_PATTERN = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#FFFFFF"/><rect width="1.2" height="5" fill="#AEB7C1"/></pattern></defs>'
)


def coordinate(value: float) -> str:
    """A coordinate with at most two decimals and no trailing zeros; never `-0`."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text_width(text: str, size: float) -> float:
    """Width of a text in points: full-width characters one em, digits and latin by the face's usual advances."""
    ems = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            ems += 1.0
        elif char in "iljI.,:;'|! ":
            ems += 0.28
        elif char.isupper() or char in "%−+—":
            ems += 0.68
        else:
            ems += 0.556
    return ems * size


class Canvas:
    """Elements of one figure in drawing order. `width` and `height` are points."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._elements: list[str] = []
        self._has_hatch = False

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        radius: float = 0,
        stroke: str | None = None,
    ) -> None:
        """A filled rectangle; the fill may be HATCH for a missing value."""
        self._has_hatch = self._has_hatch or fill == HATCH
        rounded = f' rx="{coordinate(radius)}"' if radius else ""
        border = f' stroke="{stroke}" stroke-width="0.6"' if stroke else ""
        self._elements.append(f'<rect {_box(x, y, width, height)}{rounded} fill="{fill}"{border}/>')

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 0.6) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        ends = f'x1="{coordinate(x1)}" y1="{coordinate(y1)}" x2="{coordinate(x2)}" y2="{coordinate(y2)}"'
        self._elements.append(f'<line {ends} stroke="{colour}" stroke-width="{coordinate(width)}"/>')

    def dashed_line(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """A thin dashed line (targets, baselines)."""
        (x1, y1), (x2, y2) = start, end
        ends = f'x1="{coordinate(x1)}" y1="{coordinate(y1)}" x2="{coordinate(x2)}" y2="{coordinate(y2)}"'
        self._elements.append(f'<line {ends} stroke="{colour}" stroke-width="0.9" stroke-dasharray="3 2.5"/>')

    def polyline(self, points: Sequence[tuple[float, float]], colour: str, width: float = 1.6) -> None:
        """An open line through the points."""
        joined = _points(points)
        shape = f'fill="none" stroke="{colour}" stroke-width="{coordinate(width)}"'
        self._elements.append(f'<polyline points="{joined}" {shape} stroke-linejoin="round" stroke-linecap="round"/>')

    def polygon(self, points: Sequence[tuple[float, float]], fill: str, opacity: float = 1) -> None:
        """A filled closed shape."""
        self._elements.append(
            f'<polygon points="{_points(points)}" fill="{fill}" fill-opacity="{coordinate(opacity)}"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """A dot with a white rim, so that it stands off its line."""
        self._elements.append(
            f'<circle cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}" fill="{fill}"'
            f' stroke="{palette.PAPER}" stroke-width="0.8"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8,
        anchor: str = "start",
        colour: str = palette.INK,
        bold: bool = False,
    ) -> None:
        """A line of text whose baseline is at y; `anchor` is start, middle or end."""
        weight = ' font-weight="700"' if bold else ""
        place = f'x="{coordinate(x)}" y="{coordinate(y)}" font-size="{coordinate(size)}"'
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._elements.append(f'<text {place}{weight}{side} fill="{colour}">{escape(text, quote=False)}</text>')

    def render(self, title: str, description: str) -> str:
        """The SVG document with its accessible name and description."""
        size = f'width="{coordinate(self.width)}" height="{coordinate(self.height)}"'
        box = f'viewBox="0 0 {coordinate(self.width)} {coordinate(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img" font-family="{FONT_FAMILY}">'
        names = f"<title>{escape(title, quote=False)}</title><desc>{escape(description, quote=False)}</desc>"
        pattern = _PATTERN if self._has_hatch else ""
        return "\n".join([head, names + pattern, *self._elements, "</svg>"]) + "\n"


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines no wider than `width` points, at any full-width character."""
    lines = [""]
    for char in text:
        if lines[-1] and text_width(lines[-1] + char, size) > width:
            lines.append("")
        lines[-1] += char
    return lines


def _box(x: float, y: float, width: float, height: float) -> str:
    return (
        f'x="{coordinate(x)}" y="{coordinate(y)}" width="{coordinate(max(width, 0))}"'
        f' height="{coordinate(max(height, 0))}"'
    )


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{coordinate(x)},{coordinate(y)}" for x, y in points)
