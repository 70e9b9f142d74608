"""Typeset a publication: content and SVG files in, tagged PDF (PDF/UA-1 and PDF/A-2a) out, the same bytes each time."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

import typst

from reports.blocks import Document
from reports.figures import Figure
from reports.fonts import FontSet

_TEMPLATES = Path(__file__).resolve().parent / "house"
_STANDARDS: Final = ("ua-1", "a-2a")  # accessible and archivable
_TEXT_ELEMENT = re.compile(r"<text[^>]*>([^<]*)</text>")
SAMPLE_MARK = "示例数据"


class TypesettingError(RuntimeError):
    """Typst refused the document or warned about it; the message is Typst's own."""


@dataclass(frozen=True)
class Meta:
    """Title page and metadata. `document_date` is that of the data, never of today."""

    title: str
    cover_title: str
    cover_period: str
    city: str
    author: str
    description: str
    document_date: date
    keywords: tuple[str, ...]
    cover_lines: tuple[str, ...]
    running_title: str
    is_sample: bool
    has_cover: bool = True
    has_contents: bool = True

    def as_json(self) -> dict[str, Any]:
        """What the template reads; synthetic input is marked in title and keywords too."""
        mark = f"（{SAMPLE_MARK}）" if self.is_sample else ""
        day = self.document_date
        return {
            "title": self.title + mark,
            "cover_title": self.cover_title,
            "cover_period": self.cover_period,
            "city": self.city,
            "author": self.author,
            "description": self.description + mark,
            "document_date": [day.year, day.month, day.day],
            "keywords": [*self.keywords, SAMPLE_MARK] if self.is_sample else list(self.keywords),
            "cover_lines": list(self.cover_lines),
            "running_title": self.running_title,
            "is_sample": self.is_sample,
            "has_cover": self.has_cover,
            "has_contents": self.has_contents,
        }


def make_pdf(
    meta: Meta, document: Document, fonts: FontSet, *, front: Sequence[dict[str, Any]] = (), cover: Figure | None = None
) -> bytes:
    """The PDF's bytes. `front` are blocks before the contents, `cover` the picture of the title page.

    Raises MissingGlyphError for a character that no font has, TypesettingError for any error or warning of Typst.
    """
    images = {**document.images, **({"cover.svg": cover} if cover else {})}
    content = {"meta": meta.as_json(), "front": list(front), "blocks": document.resolved()}
    fonts.require_glyphs([*_strings(content, "content"), *_image_strings(images)])
    with tempfile.TemporaryDirectory(prefix="typeset-") as name:
        root = Path(name)
        for template in sorted(_TEMPLATES.glob("*.typ")):
            shutil.copy(template, root / template.name)
        for path, figure in images.items():
            (root / path).write_text(figure.svg, encoding="utf-8")
        (root / "content.json").write_text(json.dumps(content, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        return _compile(root, fonts, meta.document_date)


def _compile(root: Path, fonts: FontSet, day: date) -> bytes:
    try:
        output, warnings = typst.compile_with_warnings(
            str(root / "document.typ"),
            root=str(root),
            font_paths=[str(fonts.folder)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=[*_STANDARDS],
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise TypesettingError("\n".join([str(error), *error.hints, *error.trace]).replace(str(root), "")) from error
    if warnings:
        raise TypesettingError("\n".join(str(warning) for warning in warnings).replace(str(root), ""))
    return bytes(output)


def _strings(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _strings(item, f"{place}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, f"{place}.{key}")


def _image_strings(images: Mapping[str, Figure]) -> Iterator[tuple[str, str]]:
    for path, figure in images.items():
        for text in _TEXT_ELEMENT.findall(figure.svg):
            yield path, unescape(text)
