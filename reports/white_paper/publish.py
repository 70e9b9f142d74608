"""Make the white paper: check the year, collect the facts, write facts.json and the PDF."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from reports import fonts
from reports.blocks import Document
from reports.completeness import require_complete
from reports.facts import FactBook, read_facts
from reports.figures import Figure, cover_motif
from reports.typeset import Meta, make_pdf
from reports.white_paper.annexes import annexes
from reports.white_paper.creation import creation
from reports.white_paper.gather import gather
from reports.white_paper.industry import industry, outlook
from reports.white_paper.overview import front_matter, key_points, overview
from reports.white_paper.protection import management, protection, services, use
from reports.white_paper.reader import Reader
from reports.white_paper.towns import towns

CITY_NAME = "中山市"
AUTHOR = "中山市市场监督管理局（知识产权局）"
CHAPTERS = (
    key_points, overview, creation, use, protection, management, services, towns, industry, outlook, annexes
)  # fmt: skip


@dataclass(frozen=True)
class WhitePaper:
    """The files of a white paper: the PDF, its facts, and one SVG for each figure."""

    pdf: Path
    facts: Path
    figures: tuple[Path, ...]


def publish(
    connection: psycopg.Connection[Any], build_id: str, year: int, out_dir: Path, fonts_dir: Path, is_sample: bool
) -> WhitePaper:
    """Write `white-paper.pdf`, `facts.json` and `figures/*.svg` of `year` into `out_dir`, from the marts of one build.

    Raises IncompletePeriodError, before anything is written, if a delivery of the year is missing.
    """
    coverage = require_complete(connection, build_id, year)
    book = gather(connection, build_id, year, coverage, is_sample=is_sample)
    out_dir.mkdir(parents=True, exist_ok=True)
    facts = out_dir / "facts.json"
    book.write(facts)
    return render(facts, out_dir, fonts_dir)


def render(facts: Path, out_dir: Path, fonts_dir: Path) -> WhitePaper:
    """Write the PDF and the figures from a facts file alone; equal facts give equal bytes."""
    book = read_facts(facts)
    reader = Reader(book)
    document = compose(reader)
    content = make_pdf(meta(book), document, fonts.prepare(fonts_dir), front=front_matter(reader), cover=cover_motif())
    pdf = out_dir / "white-paper.pdf"
    pdf.write_bytes(content)
    return WhitePaper(pdf, facts, _write_figures(document, out_dir / "figures"))


def compose(reader: Reader) -> Document:
    """All chapters as blocks."""
    document = Document()
    for chapter in CHAPTERS:
        chapter(reader, document)
    return document


def meta(book: FactBook) -> Meta:
    """Title page and metadata of the white paper; the document's date is that of its data."""
    title = f"{CITY_NAME}知识产权发展白皮书（{book.period}年）"
    year, month, day = (int(part) for part in book.as_of.split("-"))
    digest = hashlib.sha256(book.to_json().encode()).hexdigest()[:16]
    return Meta(
        title=title,
        cover_title="知识产权发展白皮书",
        cover_period=f"{book.period}年",
        city=CITY_NAME,
        author=AUTHOR,
        description=f"{CITY_NAME}{book.period}年知识产权创造、运用、保护、管理、服务统计",
        document_date=date(year, month, day),
        keywords=("知识产权", "白皮书", "统计", CITY_NAME, book.period),
        cover_lines=(f"数据截止日期：{year}年{month}月{day}日", f"数据指纹：{digest}"),
        running_title=title,
        is_sample=book.is_sample,
    )


def _write_figures(document: Document, folder: Path) -> tuple[Path, ...]:
    """The numbered figures as SVG files for other outputs."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    paths = []
    figures: dict[str, Figure] = {name: item for name, item in document.images.items() if name.startswith("fig_")}
    for name, figure in sorted(figures.items()):
        path = folder / name.removeprefix("fig_")
        path.write_text(figure.svg, encoding="utf-8")
        paths.append(path)
    return tuple(paths)
