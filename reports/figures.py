"""The figures of every publication: a small pure-Python SVG kit, the same look in PDF, web and Word.

Figures are drawn from values of the facts file (`Point.text` is the printed form), in one palette, with direct
labels and an alternative text that holds every value. Equal input gives equal bytes.
"""

from __future__ import annotations

from reports.svg.columns import columns, grouped_columns, stacked_columns
from reports.svg.heat import heat_map
from reports.svg.lines import line_chart, sparkline
from reports.svg.model import Figure, FigureError, Point, Series
from reports.svg.ranked import Progress, progress_chart, ranked_bars
from reports.svg.tiles import NOTE as TILE_NOTE
from reports.svg.tiles import Tile, cover_motif, read_tiles, tile_map

__all__ = [
    "TILE_NOTE",
    "Figure",
    "FigureError",
    "Point",
    "Progress",
    "Series",
    "Tile",
    "columns",
    "cover_motif",
    "grouped_columns",
    "heat_map",
    "line_chart",
    "progress_chart",
    "ranked_bars",
    "read_tiles",
    "sparkline",
    "stacked_columns",
    "tile_map",
]
