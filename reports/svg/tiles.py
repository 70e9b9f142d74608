"""Towns as equal tiles in relative position, in six quantile classes of one hue; never a boundary."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from reports.svg import palette
from reports.svg.canvas import HATCH, Canvas, text_width
from reports.svg.frame import WIDTH
from reports.svg.model import Figure, FigureError, Point, Series, describe
from reports.svg.scales import Classes, quantile_classes

TILE = 62.0
GAP = 4.0
_EDGE_SIZE = 7.0
NOTE = "方格表示镇街的相对位置，面积与界线未予表示。"
_TILES = Path(__file__).resolve().parent.parent / "assets" / "town_tiles.csv"


@dataclass(frozen=True)
class Tile:
    """The reviewed place of a town on the tile map: row from the north, column from the west."""

    town_code: str
    short_name: str
    row: int
    column: int


@lru_cache(maxsize=4)
def read_tiles(town_basis: str) -> tuple[Tile, ...]:
    """The tiles of `now` (23 towns) or `then` (24 towns, until 2020-12-31), from the reviewed CSV."""
    with _TILES.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["town_basis"] == town_basis]
    if not rows:
        raise FigureError(f"town_tiles.csv has no tiles for the basis {town_basis!r}: use now or then")
    return tuple(
        Tile(row["town_code"], row["short_name"], int(row["tile_row"]), int(row["tile_column"])) for row in rows
    )


def tile_map(
    title: str,
    values: Mapping[str, Point],
    unit: str,
    *,
    town_basis: str = "now",
    changes: Mapping[str, str] | None = None,
) -> Figure:
    """Draw `values` by town code, with the printed change below each; a town without a value is hatched.

    Raises FigureError for a town code that has no tile.
    """
    tiles = read_tiles(town_basis)
    unknown = sorted(set(values) - {tile.town_code for tile in tiles})
    if unknown:
        raise FigureError(f"{title}: no tile for the town codes {', '.join(unknown)} on the basis {town_basis!r}")
    known = [point.value for point in values.values() if point.value is not None]
    classes = quantile_classes(known) if known else Classes((), Decimal(0), Decimal(0))
    rows = max(tile.row for tile in tiles) + 1
    columns = max(tile.column for tile in tiles) + 1
    canvas = Canvas(WIDTH, rows * (TILE + GAP) + 4)
    left = (WIDTH - columns * (TILE + GAP) + GAP) / 2
    for tile in tiles:
        point = values.get(tile.town_code)
        change = (changes or {}).get(tile.town_code, "")
        _draw_tile(canvas, tile, left, point, change, classes)
    _draw_key(canvas, classes, unit, WIDTH - 172, (rows - 2) * (TILE + GAP) + 10, has_change=bool(changes))
    canvas.text(WIDTH - 26, 14, "北 ↑", size=9, anchor="end", colour=palette.MUTED)
    shown = tuple(values.get(tile.town_code, Point(tile.short_name, None, "暂无数据")) for tile in tiles)
    alt = describe(title, (Series("", shown),), unit) + NOTE
    return Figure(canvas.render(title, alt), alt, canvas.width, canvas.height)


def _draw_tile(canvas: Canvas, tile: Tile, left: float, point: Point | None, change: str, classes: Classes) -> None:
    x = left + tile.column * (TILE + GAP)
    y = 2 + tile.row * (TILE + GAP)
    if point is None or point.value is None:
        canvas.rect(x, y, TILE, TILE, HATCH, radius=2.5, stroke="#AEB7C1")
        canvas.rect(x + 4, y + 4, len(tile.short_name) * 9.6 + 4, 13, palette.PAPER, radius=1)
        canvas.text(x + 6, y + 14, tile.short_name, size=9)
        canvas.text(x + TILE - 6, y + 44, "暂无", size=9, anchor="end", colour=palette.MUTED)
        return
    fill = _fill(classes, point.value)
    ink = palette.text_on(fill)
    canvas.rect(x, y, TILE, TILE, fill, radius=2.5)
    canvas.text(x + 6, y + 14, tile.short_name, size=9, colour=ink)
    size = 14 if len(point.text) <= 6 else 11.5
    canvas.text(x + TILE - 6, y + 43, point.text, size=size, anchor="end", colour=ink, bold=True)
    if change:
        canvas.text(x + TILE - 6, y + 55, change, size=7.5, anchor="end", colour=ink)


def _fill(classes: Classes, value: Decimal) -> str:
    """Classes are spread over the six colours, so that few classes still reach from light to dark."""
    count = len(classes.bounds) + 1
    index = classes.index(value)
    return palette.CLASSES[-1 if count == 1 else round(index * (len(palette.CLASSES) - 1) / (count - 1))]


def _draw_key(canvas: Canvas, classes: Classes, unit: str, x: float, y: float, *, has_change: bool) -> None:
    edges = [classes.lowest, *classes.bounds, classes.highest]
    count = len(classes.bounds) + 1
    canvas.text(x, y, f"{unit}（分位数分级）", size=8, colour=palette.MUTED)
    width = 150 / count
    for index in range(count):
        representative = edges[index + 1]
        canvas.rect(x + index * width, y + 7, width, 10, _fill(classes, representative))
    for index, edge in _readable_edges(edges, width):
        anchor = "start" if index == 0 else "end" if index == count else "middle"
        text = _edge_text(edge)
        canvas.text(x + index * width, y + 27, text, size=_EDGE_SIZE, anchor=anchor, colour=palette.MUTED)
    canvas.rect(x, y + 36, 14, 9, HATCH, stroke="#AEB7C1")
    canvas.text(x + 19, y + 43.5, "暂无数据", size=7.5, colour=palette.MUTED)
    lines = ["格内为镇街名与数值" + ("，末行为同比" if has_change else ""), "方格为相对位置，不表示面积与界线"]
    for index, line in enumerate(lines):
        canvas.text(x, y + 59 + index * 12, line, size=7.5, colour=palette.MUTED)


def _readable_edges(edges: list[Decimal], width: float) -> list[tuple[int, Decimal]]:
    """The class limits whose labels do not touch; the first and the last are always shown."""
    last = len(edges) - 1
    end_of_key = last * width - text_width(_edge_text(edges[-1]), _EDGE_SIZE)
    kept = [(0, edges[0])]
    right = text_width(_edge_text(edges[0]), _EDGE_SIZE)
    for index in range(1, last):
        half = text_width(_edge_text(edges[index]), _EDGE_SIZE) / 2
        if index * width - half > right + 3 and index * width + half < end_of_key - 3:
            kept.append((index, edges[index]))
            right = index * width + half
    return [*kept, (last, edges[-1])]


def _edge_text(edge: Decimal) -> str:
    return f"{edge:,f}".split(".", maxsplit=1)[0] if edge >= 100 else f"{edge:,f}"


def cover_motif() -> Figure:
    """The tiles of today as an ornament for covers: no figures, no names; tones follow the position alone."""
    tiles = read_tiles("now")
    rows = max(tile.row for tile in tiles) + 1
    columns = max(tile.column for tile in tiles) + 1
    canvas = Canvas(columns * 40 + 2, rows * 40 + 2)
    tones = ("#1A5F9C", "#2F77B3", "#5E9BC9", "#9ABFDE")
    for tile in tiles:
        tone = tones[(tile.row * 5 + tile.column * 3) % len(tones)]
        canvas.rect(1 + tile.column * 40, 1 + tile.row * 40, 36, 36, tone, radius=2.5)
    alt = "封面装饰：镇街方格"
    return Figure(canvas.render(alt, alt), alt, canvas.width, canvas.height)
