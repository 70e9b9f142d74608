"""Workbooks as departments send them, for tests: rows of cells with merged ranges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

Cell = str | int | float | date | None


def write_workbook(
    path: Path,
    rows: Sequence[list[Cell]],
    merges: Sequence[tuple[int, int, int, int]] = (),
    sheet: str = "Sheet1",
    more: dict[str, Sequence[list[Cell]]] | None = None,
) -> Path:
    """Write a sheet, and `more` of them by name; `merges` (first row, first column, last row, last column; 0-based).

    A text that begins with `=` is a formula whose stored result is an error.
    """
    book = xlsxwriter.Workbook(str(path))
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, content in {sheet: rows, **(more or {})}.items():
        page = book.add_worksheet(name)
        for merge in merges if name == sheet else ():
            page.merge_range(*merge, "")
        for row, cells in enumerate(content):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(row, column, cell, day_format)
                elif isinstance(cell, str) and cell.startswith("="):
                    page.write_formula(row, column, cell, None, "#DIV/0!")
                elif cell is not None:
                    page.write(row, column, cell)
    book.close()
    return path
