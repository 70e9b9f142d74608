"""Rankings as CSV (UTF-8 with BOM, opens in a spreadsheet) and Excel; equal rankings give equal bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from reports.rankings.rank import RankedBoard, RankedEnterprise, Ranking

SAMPLE_MARK = "示例数据"
NEW_ENTRY = "新进"


def headers(board: RankedBoard) -> list[str]:
    """Column heads of a board in CSV and Excel."""
    measures = [f"{measure.name_zh}（{measure.unit}）" for measure in board.measures]
    return ["位次", "上年位次", "企业名称", "统一社会信用代码", "所在镇街", *measures, "得分"]


def cells(row: RankedEnterprise) -> list[str | int | Decimal]:
    """Values of one line under `headers`; an enterprise that was not on the board the year before is 新进."""
    previous = NEW_ENTRY if row.previous_rank is None else row.previous_rank
    return [row.rank, previous, row.enterprise_name, row.uscc, row.town_name, *row.values, row.score]


def write_csv(board: RankedBoard, path: Path, *, is_sample: bool) -> None:
    """Write one board; synthetic input is marked in a column of its own."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*headers(board), *(["数据说明"] if is_sample else [])])
    for row in board.rows:
        values = [f"{value:f}" if isinstance(value, Decimal) else value for value in cells(row)]
        writer.writerow([_inert(value) for value in [*values, *([SAMPLE_MARK] if is_sample else [])]])
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8"))


def write_workbook(ranking: Ranking, path: Path, *, is_sample: bool) -> None:
    """Write all boards, a sheet each, and a sheet of notes; properties carry the year's end, never today."""
    mark = f"（{SAMPLE_MARK}）" if is_sample else ""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        book.set_properties(
            {
                "title": f"{ranking.year}年企业排行榜{mark}",
                "subject": SAMPLE_MARK if is_sample else "",
                "keywords": SAMPLE_MARK if is_sample else "",
                "created": datetime(ranking.year, 12, 31),  # noqa: DTZ001 - Excel's properties have no zone
            }
        )
        for board in ranking.boards:
            _write_sheet(book, board, ranking.year, mark)
        _write_notes(book, ranking, mark)


def _write_sheet(book: xlsxwriter.Workbook, board: RankedBoard, year: int, mark: str) -> None:
    sheet = book.add_worksheet(board.title_zh)
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "vcenter"})
    number = book.add_format({"num_format": "#,##0"})
    score = book.add_format({"num_format": "#,##0.####"})
    sheet.write_string(0, 0, f"{year}年{board.title_zh}{mark}", title)
    names = headers(board)
    for column, name in enumerate(names):
        sheet.write_string(2, column, name, head)
    for line, row in enumerate(board.rows, 3):
        for column, value in enumerate(cells(row)):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            else:
                sheet.write_number(line, column, value, score if isinstance(value, Decimal) else number)
    _lay_out(sheet, names, len(board.rows))


def _lay_out(sheet: xlsxwriter.worksheet.Worksheet, names: Sequence[str], row_count: int) -> None:
    sheet.freeze_panes(3, 3)
    sheet.set_column(0, 1, 9)
    sheet.set_column(2, 2, 44)
    sheet.set_column(3, 3, 22)
    sheet.set_column(4, len(names) - 1, 15)
    sheet.autofilter(2, 0, 2 + row_count, len(names) - 1)
    sheet.repeat_rows(2)
    sheet.fit_to_pages(1, 0)


def _write_notes(book: xlsxwriter.Workbook, ranking: Ranking, mark: str) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 110)
    lines = [
        f"{ranking.year}年企业排行榜说明{mark}",
        f"指标定义版本：{ranking.definitions_version}",
        "入榜范围：年末在本市登记名录内的法人企业；自然人和未能对应登记企业的名称不入榜。",
        *(f"{board.title_zh}：{board.note_zh}" for board in ranking.boards),
    ]
    for line, text in enumerate(lines):
        sheet.write_string(line, 0, text)


def _inert(value: str | int) -> str | int:
    """A spreadsheet runs a cell that begins with = + - @ as a formula; a name that does is set off by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
