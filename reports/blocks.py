"""The content of a typeset publication as blocks.

In texts `{fig:name}` and `{tab:name}` become 图n and 表n; a part in `[[...]]` is left out if what it refers to is
not in the document (a figure whose data did not arrive).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.figures import Figure

_REFERENCE = re.compile(r"\{(fig|tab):([a-z0-9_]+)\}")
MAX_ROWS_TOGETHER = 36
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]")


class ContentError(ValueError):
    """The content can't be printed as asked: a figure without alternative text or a reference without a target."""


@dataclass(frozen=True)
class Cell:
    """A table cell; `bar` (0 to 1) draws a bar of that share before the text."""

    text: str
    strong: bool = False
    bar: float | None = None

    def as_json(self) -> dict[str, Any]:
        cell: dict[str, Any] = {"text": self.text, "strong": self.strong}
        return cell if self.bar is None else {**cell, "bar": round(self.bar, 4)}


@dataclass(frozen=True)
class Track:
    """A table column: head, alignment (left, right, center) and width (auto, `1fr`, `4em`)."""

    label: str
    align: str = "right"
    width: str = "auto"


@dataclass(frozen=True)
class Card:
    """A key figure: value and unit, the change with its words, and a sparkline."""

    label: str
    value: str
    unit: str
    has_value: bool
    change_label: str
    change: str
    spark: Figure | None


@dataclass
class Document:
    """The blocks of a publication in order, with the SVG files that they refer to."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    images: dict[str, Figure] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=lambda: {"fig": 0, "tab": 0})

    def heading(self, level: int, text: str, *, is_listed: bool = True) -> None:
        """A heading of level 1 (chapter, new page) to 3; in the contents unless `is_listed` is False."""
        self.blocks.append({"kind": "heading", "level": level, "text": text, "listed": is_listed})

    def paragraph(self, *sentences: str) -> None:
        """A paragraph of body text; empty sentences are left out."""
        text = "".join(sentences)
        if text:
            self.blocks.append({"kind": "paragraph", "text": text})

    def note(self, text: str) -> None:
        """Small print under a figure or table."""
        self.blocks.append({"kind": "note", "text": text})

    def points(self, items: Sequence[str]) -> None:
        """A tinted list of key points."""
        self.blocks.append({"kind": "points", "items": [item for item in items if item]})

    def page_break(self) -> None:
        """Go on on a new page."""
        self.blocks.append({"kind": "pagebreak"})

    def cards(self, cards: Sequence[Card], columns: int = 4) -> None:
        """A grid of key figures."""
        items = []
        for number, card in enumerate(cards):
            path = None
            if card.spark is not None:
                path = self._image(f"card_{len(self.blocks)}_{number}", card.spark)
            items.append(
                {
                    "label": card.label,
                    "value": card.value,
                    "unit": card.unit,
                    "has_value": card.has_value,
                    "change_label": card.change_label,
                    "change": card.change,
                    "spark": path,
                    "alt": card.spark.alt if card.spark else "",
                }
            )
        self.blocks.append({"kind": "cards", "items": items, "columns": columns})

    def figure(self, name: str, caption: str, figure: Figure, source: str = "", *, width: float | None = None) -> None:
        """A numbered figure, `width` points wide (its own width by default)."""
        self.blocks.append(self._figure(name, caption, figure, source, width))

    def columns(self, items: Sequence[tuple[str, str, Figure, str]], width: float) -> None:
        """Figures side by side, each `width` points wide; items are (name, caption, figure, source)."""
        drawn = [self._figure(name, caption, figure, source, width) for name, caption, figure, source in items]
        self.blocks.append({"kind": "columns", "items": drawn})

    def table(  # the parts of a printed table
        self,
        name: str,
        caption: str,
        columns: Sequence[Track],
        rows: Sequence[Sequence[Cell]],
        source: str = "",
        *,
        size: float = 8.5,
        inset: float = 4.2,
    ) -> None:
        """A numbered three-line table; every row must have a cell for every column. A table of up to 36 rows stays on
        one page, a longer one repeats its head.
        """
        self._number("tab", name)
        self.blocks.append(
            {
                "kind": "table",
                "caption": caption,
                "source": source,
                "breakable": len(rows) > MAX_ROWS_TOGETHER,
                **table_spec(columns, rows, size, inset),
            }
        )

    def town(
        self,
        name: str,
        paragraphs: Sequence[str],
        table: dict[str, Any],
        figures: Sequence[tuple[str, Figure]],
        *,
        image_width: float,
        height: float,
    ) -> None:
        """A profile of fixed height: text and a small table on the left, captioned unnumbered figures on the right."""
        images = [
            {"caption": caption, "path": self._image(f"town_{len(self.blocks)}_{number}", figure), "alt": figure.alt}
            for number, (caption, figure) in enumerate(figures)
        ]
        self.blocks.append(
            {
                "kind": "town",
                "name": name,
                "paragraphs": list(paragraphs),
                "table": table,
                "images": images,
                "image_width": image_width,
                "height": height,
            }
        )

    def resolved(self) -> list[dict[str, Any]]:
        """The blocks with all references replaced; raises ContentError for a reference without a target."""
        resolved = [self._resolve(block) for block in self.blocks]
        return [dict(block) for block in resolved]

    def _figure(self, name: str, caption: str, figure: Figure, source: str, width: float | None) -> dict[str, Any]:
        self._number("fig", name)
        return {
            "kind": "figure",
            "caption": caption,
            "path": self._image(f"fig_{name}", figure),
            "alt": figure.alt,
            "source": source,
            "width": width or figure.width,
        }

    def _image(self, name: str, figure: Figure) -> str:
        if not figure.alt.strip():
            raise ContentError(f"figure {name} has no alternative text; every figure needs one")
        path = f"{name}.svg"
        self.images[path] = figure
        return path

    def _number(self, kind: str, name: str) -> None:
        key = f"{kind}:{name}"
        if key in self._numbers:
            raise ContentError(f"{key} is used twice")
        self._counts[kind] += 1
        self._numbers[key] = self._counts[kind]

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, str):
            return _REFERENCE.sub(self._reference, _OPTIONAL.sub(self._optional, value))
        if isinstance(value, list):
            return [self._resolve(item) for item in value]
        if isinstance(value, dict):
            return {key: self._resolve(item) for key, item in value.items()}
        return value

    def _optional(self, match: re.Match[str]) -> str:
        keys = [f"{kind}:{name}" for kind, name in _REFERENCE.findall(match.group(1))]
        return match.group(1) if all(key in self._numbers for key in keys) else ""

    def _reference(self, match: re.Match[str]) -> str:
        kind, name = match.groups()
        number = self._numbers.get(f"{kind}:{name}")
        if number is None:
            raise ContentError(f"the text refers to {match.group()}, which is not in the document")
        return f"{'图' if kind == 'fig' else '表'}{number}"


def table_spec(
    columns: Sequence[Track], rows: Sequence[Sequence[Cell]], size: float = 8.5, inset: float = 4.2
) -> dict[str, Any]:
    """What the template's table takes; raises ContentError for a row whose length differs from the head."""
    for row in rows:
        if len(row) != len(columns):
            raise ContentError(f"a table row has {len(row)} cells under {len(columns)} heads: {[c.text for c in row]}")
    return {
        "columns": [{"label": c.label, "align": c.align, "width": c.width} for c in columns],
        "rows": [[cell.as_json() for cell in row] for row in rows],
        "size": size,
        "inset": inset,
    }
