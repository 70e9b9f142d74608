"""The reader of Excel workbooks as departments send them: a title above, one or two header rows, merged cells.

The header is found, not assumed: one row, or two of which the upper one groups the lower one (`货物` over `货物名称` is
the column `货物/货物名称`). Cells merged downwards hold for all rows that they span only where the contract says so.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from ingest.contract import Contract
from ingest.normalise import normalise_text
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, RowFault, SourceFile, header_matches
from ingest.readers.xlsx_rows import refuse_dangerous, sheet_rows
from ingest.readers.xlsx_worker import shared_worker

MEMORY_LIMIT_MB: Final = 2048
TIMEOUT_SECONDS: Final = 300
#: The header is looked for among the first rows of a sheet.
HEADER_ROWS: Final = 20
_CHUNK_ROWS: Final = 50_000


@dataclass(frozen=True)
class Header:
    """Names of the columns in order, the 1-based row of the last header line, and how many of them are known."""

    names: tuple[str, ...]
    row: int
    known_count: int


@dataclass
class Sheet:
    """One worksheet: its merged ranges (first row, first column, last row, last column; 0-based) and filled rows."""

    name: str
    merges: list[tuple[int, int, int, int]]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


class XlsxReader:
    """Reads the sheet that has the contract's headers; a second one with them is refused rather than left out."""

    version = 1

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """Chunks of up to 50,000 rows of the sheet."""
        refuse_dangerous(source.path)
        sheet, header, warnings = _choose(_sheets(source.path), contract)
        _remember(source.path, contract, sheet.name, header.row)
        found = sheet_rows(source.path, sheet.name)
        errors = dict(found.errors) if found else {}
        width = len(header.names)
        fills = _Fills(sheet.merges, header, contract)
        rows: list[list[str]] = []
        numbers: list[int] = []
        faults: list[RowFault] = []
        for number, cells in sheet.rows:
            if number <= header.row:
                continue
            padded = [*cells, *[""] * (width - len(cells))][:width]
            if number in errors:
                faults.append(_error_fault(number, errors.pop(number), header, padded))
                continue
            rows.append(fills.filled(number, padded))
            numbers.append(number)
            if len(rows) == _CHUNK_ROWS:
                yield _chunk(header, rows, numbers, faults, warnings)
                rows, numbers, faults, warnings = [], [], [], ()
        # Rows that hold errors alone look blank to the parser.
        faults += [_error_fault(number, column, header, []) for number, column in errors.items() if number > header.row]
        yield _chunk(header, rows, numbers, faults, (*warnings, *fills.warnings()))

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """Filled rows below the header, counted in the XML of the sheet; in an old .xls, by the parser."""
        refuse_dangerous(source.path)
        place = _place_of(source.path, contract)
        if place is None:
            sheet, header, _ = _choose(_sheets(source.path), contract)
            place = (sheet.name, header.row)
        name, header_row = place
        if found := sheet_rows(source.path, name):
            return sum(number > header_row for number in found.filled)
        rows = next(sheet.rows for sheet in _sheets(source.path) if sheet.name == name)
        return sum(number > header_row for number, _ in rows)


#: Where the last read workbooks have their table: the count needs the place, not a second parse.
_PLACES: Final[dict[tuple[str, str, int, int], tuple[str, int]]] = {}
_PLACES_KEPT: Final = 64


def _key(path: Path, contract: Contract) -> tuple[str, str, int, int]:
    facts = path.stat()
    return contract.feed, str(path), facts.st_size, facts.st_mtime_ns


def _remember(path: Path, contract: Contract, sheet: str, header_row: int) -> None:
    if len(_PLACES) >= _PLACES_KEPT:
        _PLACES.clear()
    _PLACES[_key(path, contract)] = (sheet, header_row)


def _place_of(path: Path, contract: Contract) -> tuple[str, int] | None:
    return _PLACES.get(_key(path, contract))


def _chunk(
    header: Header, rows: list[list[str]], numbers: list[int], faults: list[RowFault], warnings: tuple[str, ...]
) -> Chunk:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header.names, pl.String), orient="row")
    return Chunk(frame.with_columns(pl.Series(SOURCE_ROW, numbers, pl.Int64)), tuple(faults), warnings=warnings)


def _sheets(path: Path) -> list[Sheet]:
    """The worksheets, parsed in a child process; raises FileRefused for what the child refuses or dies of."""
    sheets: list[Sheet] = []
    for item in shared_worker(MEMORY_LIMIT_MB, TIMEOUT_SECONDS).parse(path):
        if isinstance(item, list):
            sheets[-1].rows.append((item[0], item[1]))
        else:
            sheets.append(Sheet(item["sheet"], [tuple(each) for each in item["merges"]]))
    return sheets


def _choose(sheets: list[Sheet], contract: Contract) -> tuple[Sheet, Header, tuple[str, ...]]:
    """The sheet with the contract's headers, and a warning for every other sheet that is not empty."""
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise FileRefused("empty_file", "the workbook holds no filled cell", "ask the sender for the file again")
    headers = [_find_header(sheet, contract) for sheet in filled]
    best = max(range(len(filled)), key=lambda index: (headers[index].known_count, -index))
    known = headers[best].known_count
    rivals = [sheet.name for sheet, header in zip(filled, headers, strict=True) if header.known_count * 2 > known > 0]
    if len(rivals) > 1:
        message = f"several sheets have the feed's header: {', '.join(rivals)}"
        raise FileRefused("several_sheets", message, "put all rows on one sheet, or deliver a file a sheet")
    _refuse_duplicates(headers[best])
    others = [sheet.name for index, sheet in enumerate(filled) if index != best]
    warnings = (f"sheets without the feed's header were not read: {', '.join(others)}",) if others else ()
    return filled[best], headers[best], warnings


def _find_header(sheet: Sheet, contract: Contract) -> Header:
    """The row, or pair of rows, with the most headers of the contract; the fullest row where none is known."""
    best = Header((), 0, -1)
    first = sheet.rows[:HEADER_ROWS]
    for index, (number, cells) in enumerate(first):
        candidates = [(number, [normalise_text(cell) for cell in cells])]
        if index + 1 < len(first) and first[index + 1][0] == number + 1:
            candidates.append((number + 1, _two_rows(cells, first[index + 1][1])))
        for row, names in candidates:
            count = header_matches(names, contract)
            if count > best.known_count:
                best = Header(_named(names), row, count)
    if best.known_count > 0:
        return best
    number, cells = max(first, key=lambda row: sum(bool(cell.strip()) for cell in row[1]))
    return Header(_named([normalise_text(cell) for cell in cells]), number, 0)


def _two_rows(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """`group/name` for columns below a group, the upper cell alone where nothing stands below it."""
    width = max(len(upper), len(lower))
    names, group = [], ""
    for column in range(width):
        above = normalise_text(upper[column]) if column < len(upper) else ""
        below = normalise_text(lower[column]) if column < len(lower) else ""
        group = above or (group if below else "")
        names.append(f"{group}/{below}" if group and below and group != below else below or above)
    return names


def _named(names: list[str]) -> tuple[str, ...]:
    """Names without trailing blanks; a blank name between others is `column_<n>`."""
    while names and not names[-1]:
        names.pop()
    return tuple(" ".join(name.split()) or f"column_{number}" for number, name in enumerate(names, start=1))


def _refuse_duplicates(header: Header) -> None:
    for index, name in enumerate(header.names):
        if name in header.names[:index]:
            message = f"row {header.row}: the header names {name!r} twice"
            mend = "ask the sender which of the two is meant; each column needs a name of its own"
            raise FileRefused("duplicate_header", message, mend, row=header.row, column=name)


def _error_fault(number: int, column: int, header: Header, cells: list[str]) -> RowFault:
    name = header.names[column] if column < len(header.names) else f"column_{column + 1}"
    message = f"row {number}, column {name} holds an error of the spreadsheet (#REF!, #DIV/0! ...); mend the formula"
    return RowFault(number, name, "cell_error", message, json.dumps(cells, ensure_ascii=False).encode())


class _Fills:
    """Values of cells that are merged downwards, for the columns that the contract names."""

    def __init__(self, merges: list[tuple[int, int, int, int]], header: Header, contract: Contract) -> None:
        wanted = {normalise_text(name) for name in contract.file.filled_merges}
        below = [merge for merge in merges if merge[2] > merge[0] and merge[0] >= header.row]
        names = header.names
        self._pending = deque(
            sorted(merge for merge in below if merge[1] < len(names) and names[merge[1]] in wanted),
        )
        self._active: dict[int, tuple[int, str]] = {}
        self._undeclared = {names[m[1]] for m in below if m[1] < len(names) and names[m[1]] not in wanted}

    def filled(self, number: int, cells: list[str]) -> list[str]:
        """The cells of row `number` (1-based) with the values of merged cells that began above."""
        row = number - 1
        while self._pending and self._pending[0][0] <= row:
            first, column, last, _ = self._pending.popleft()
            if first == row:
                self._active[column] = (last, cells[column])
        for column, (last, value) in list(self._active.items()):
            if row > last:
                del self._active[column]
            elif not cells[column]:
                cells[column] = value
        return cells

    def warnings(self) -> tuple[str, ...]:
        """Merged cells of other columns: their value was kept in the first row alone."""
        names = ", ".join(sorted(self._undeclared))
        return (f"merged cells of {names} count for their first row alone",) if names else ()
