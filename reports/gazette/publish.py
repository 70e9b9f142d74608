"""Make the report on one gazette issue: facts.json, the PDF, its tables as CSV and its figures as SVG."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from reports import fonts
from reports.blocks import Document
from reports.facts import FactBook, read_facts
from reports.gazette.compose import ONE_ISSUE, compose
from reports.gazette.gather import gather
from reports.typeset import SAMPLE_MARK, Meta, make_pdf
from reports.white_paper.publish import AUTHOR, CITY_NAME
from reports.wording import chinese_date


@dataclass(frozen=True)
class GazetteReport:
    """The files of a report, all in one folder."""

    pdf: Path
    facts: Path
    towns: Path
    figures: tuple[Path, ...]


def publish(
    connection: psycopg.Connection[Any], build_id: str, issue: date, out_dir: Path, fonts_dir: Path, is_sample: bool
) -> GazetteReport:
    """Write `gazette.pdf`, `facts.json`, `towns.csv` and `figures/*.svg` of one issue into `out_dir`.

    Raises IssueMissingError, before anything is written, if the build does not hold the issue. Equal builds give
    equal bytes.
    """
    book = gather(connection, build_id, issue, is_sample=is_sample)
    out_dir.mkdir(parents=True, exist_ok=True)
    facts = out_dir / "facts.json"
    book.write(facts)
    return render(facts, out_dir, fonts_dir)


def render(facts: Path, out_dir: Path, fonts_dir: Path) -> GazetteReport:
    """Write everything else from a facts file alone."""
    book = read_facts(facts)
    document = compose(book)
    pdf = out_dir / "gazette.pdf"
    pdf.write_bytes(make_pdf(meta(book), document, fonts.prepare(fonts_dir)))
    towns = out_dir / "towns.csv"
    towns.write_bytes(towns_csv(book))
    return GazetteReport(pdf, facts, towns, _write_figures(document, out_dir / "figures"))


def meta(book: FactBook) -> Meta:
    """Metadata of the PDF; its date is that of the issue."""
    issue = date.fromisoformat(book.period)
    day = chinese_date(issue.year, issue.month, issue.day)
    title = f"{day}专利公报{CITY_NAME}简报"
    return Meta(
        title=title,
        cover_title="专利公报简报",
        cover_period=day,
        city=CITY_NAME,
        author=AUTHOR,
        description=f"{title}。{ONE_ISSUE}。",
        document_date=issue,
        keywords=("专利公报", "专利授权", CITY_NAME, ONE_ISSUE),
        cover_lines=(),
        running_title=f"{CITY_NAME}专利公报简报 · {ONE_ISSUE}",
        is_sample=book.is_sample,
        has_cover=False,
        has_contents=False,
    )


def towns_csv(book: FactBook) -> bytes:
    """The table of towns as CSV (UTF-8 with BOM); synthetic input is marked in a column of its own."""
    table = book.tables["towns"]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    notes = ["数据说明"]
    values = [SAMPLE_MARK if book.is_sample else ONE_ISSUE]
    writer.writerow(["公报日期", *(column.label for column in table.columns), *notes])
    for row in table.rows:
        cells = [cell["text"] if "text" in cell else book.get(cell["fact"]).value for cell in row]
        writer.writerow([book.period, *cells, *values])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _write_figures(document: Document, folder: Path) -> tuple[Path, ...]:
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    paths = []
    for name, figure in sorted(document.images.items()):
        if name.startswith("fig_"):
            path = folder / name.removeprefix("fig_")
            path.write_text(figure.svg, encoding="utf-8")
            paths.append(path)
    return tuple(paths)
