"""Workbooks as departments send them, for tests: rows of cells with merged ranges."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import xlsxwriter

Cell = str | int | float | date | None


def write_workbook(
    path: Path, rows: list[list[Cell]], merges: list[tuple[int, int, int, int]] = (), sheet: str = "Sheet1"
) -> Path:
    """Write one sheet; `merges` are (first row, first column, last row, last column), 0-based, keeping their first
    cell.
    """
    book = xlsxwriter.Workbook(str(path))
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    page = book.add_worksheet(sheet)
    for merge in merges:
        page.merge_range(*merge, "")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(row, column, cell, day_format)
            elif isinstance(cell, str) and cell.startswith("="):
                page.write_formula(row, column, cell, None, "#DIV/0!")
            elif cell is not None:
                page.write(row, column, cell)
    book.close()
    return path
