"""The reader of the population tables: long (a year in a column) or wide (the year in the header), persons or 10,000.

Both shapes come out long and in persons: `geo`, `year`, `resident_population`, `vintage`, `published_on`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

import polars as pl

from ingest.contract import Contract
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, SourceFile
from ingest.readers.csv import CsvReader

COLUMNS: Final = ("geo", "year", "resident_population", "vintage", "published_on")
_GEO: Final = ("geo", "statistical_unit")
_COUNT: Final = re.compile(r"resident_population(?:_(\d{4}))?(_10k)?")


class PopulationReader:
    """Reads what `CsvReader` reads, and gives one row for each place (and year, where the year stands in its row)."""

    version = 1

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """The rows under one set of headers; raises FileRefused where the place or the count has no column."""
        for chunk in CsvReader().read(source, contract):
            yield Chunk(_reshaped(chunk.rows), chunk.faults, chunk.header_repeat_count, chunk.raw_rows, chunk.warnings)

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """As many as the CSV has: every row of either shape is one row here."""
        return CsvReader().count_rows(source, contract)


def _reshaped(rows: pl.DataFrame) -> pl.DataFrame:
    headers = [name for name in rows.columns if name != SOURCE_ROW]
    geo = next((name for name in headers if name in _GEO), None)
    counts = [(name, match) for name in headers if (match := _COUNT.fullmatch(name))]
    mend = "deliver geo,year,resident_population_10k,vintage or statistical_unit,resident_population_<yyyy>"
    if geo is None or not counts:
        missing = "geo" if geo is None else "resident_population"
        if geo is None and not counts:
            raise FileRefused("wrong_feed", "this is no file of population", mend, row=1, column=missing)
        raise FileRefused("missing_column", f"required column {missing!r} is missing", mend, row=1, column=missing)
    if len(counts) > 1:
        names = ", ".join(name for name, _ in counts)
        raise FileRefused("several_years", f"several counts in a row: {names}", mend, row=1, column=counts[1][0])
    name, match = counts[0]
    if match[1] is None and "year" not in headers:
        raise FileRefused("missing_column", "required column 'year' is missing", mend, row=1, column="year")
    factor = 10_000 if match[2] else 1
    persons = [_persons(cell, factor) for cell in rows[name]]
    year = pl.lit(match[1], pl.String) if match[1] else pl.col("year")
    rest = [header for header in headers if header not in (geo, name, *COLUMNS)]
    return rows.select(
        pl.col(geo).alias("geo"),
        year.alias("year"),
        pl.Series("resident_population", persons, pl.String),
        *(
            pl.col(each) if each in headers else pl.lit(None, pl.String).alias(each)
            for each in ("vintage", "published_on")
        ),
        *rest,
        SOURCE_ROW,
    )


def _persons(cell: str | None, factor: int) -> str | None:
    """A count in persons; what is no number, or no whole number of persons, stays as sent and fails as such later."""
    if factor == 1 or not cell:
        return cell
    try:
        count = Decimal(cell.strip().replace(",", "")) * factor
    except InvalidOperation:
        return cell
    return str(int(count)) if count == count.to_integral_value() else cell
