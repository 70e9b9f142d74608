"""Records and cells of a block of CSV text, by the positions of its quotes, delimiters and line ends.

Quoting is that of RFC 4180. A cell that does not begin with a quote may hold quotes as plain text if they are paired
(`一种"V"型件`); anything else is an unbalanced quote, and the file is refused with the line: nobody can tell where
cells end from there on. Parity of quotes therefore tells inside from outside for every file that is accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ingest.readers import FileRefused

Positions = npt.NDArray[np.int64]
QUOTE: Final = ord('"')
NEWLINE: Final = ord("\n")
#: What a blank record consists of; such records (spreadsheets append them) are no rows.
BLANK: Final = b' \t\r",;'
_MEND: Final = "close the quote (or double it inside a cell) in that line, or ask the sender for the file again"


@dataclass(frozen=True)
class Records:
    """The records of a block. `starts` and `ends` (without line end) are byte positions, `lines` 0-based lines.

    `delimiter_counts`: delimiters outside quotes in each record. `has_odd_quotes`: some quote is neither the border of
    a cell nor doubled, so that only the slow parser may read the block. `end`: where the last whole record ends.
    """

    starts: Positions
    ends: Positions
    lines: Positions
    line_counts: Positions
    delimiter_counts: Positions
    has_odd_quotes: bool
    end: int


def scan(block: bytes, delimiter: str, is_last: bool) -> Records:
    """Find the records of a block; unless `is_last`, a record without a line end stays for the next block."""
    data = np.frombuffer(block, np.uint8)
    newlines = np.flatnonzero(data == NEWLINE)
    delimiters = np.flatnonzero(data == ord(delimiter))
    quotes = np.flatnonzero(data == QUOTE) if b'"' in block else np.empty(0, np.int64)
    record_ends = newlines
    has_odd_quotes = False
    if quotes.size:
        record_ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
        has_odd_quotes = _has_odd_quotes(data, quotes, ord(delimiter))
    end = int(record_ends[-1]) + 1 if record_ends.size else 0
    if is_last and end < len(block):
        record_ends = np.append(record_ends, len(block))
        end = len(block)
    starts = np.concatenate(([0], record_ends[:-1] + 1)).astype(np.int64) if record_ends.size else np.empty(0, np.int64)
    lines = np.searchsorted(newlines, starts)
    counts = np.diff(np.searchsorted(delimiters, np.append(starts, end))) if record_ends.size else np.empty(0, np.int64)
    line_counts = np.searchsorted(newlines, record_ends) - lines + 1
    return Records(starts, record_ends.astype(np.int64), lines, line_counts, counts, has_odd_quotes, end)


def _has_odd_quotes(data: npt.NDArray[np.uint8], quotes: Positions, delimiter: int) -> bool:
    """Whether an opening quote follows, or a closing one precedes, anything but a border of cells or another quote."""
    borders = np.array([delimiter, NEWLINE, QUOTE, ord("\r")], np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < data.size - 1] + 1]
    return not (np.isin(before, borders).all() and np.isin(after, borders).all() and quotes.size % 2 == 0)


def cells_of(record: str, delimiter: str, line: int) -> list[str]:
    """The cells of one record (without line end); raises FileRefused for an unbalanced quote.

    `line` is the 1-based line where the record begins.
    """
    if '"' not in record:
        return record.split(delimiter)
    cells: list[str] = []
    position = 0
    while True:
        if record.startswith('"', position):
            cell, position = _quoted_cell(record, position, delimiter, line)
        else:
            end = record.find(delimiter, position)
            end = len(record) if end < 0 else end
            cell, position = record[position:end], end
            if cell.count('"') % 2:
                raise unbalanced_quote(line + record.count("\n", 0, position))
        cells.append(cell)
        if position >= len(record):
            return cells
        position += 1


def _quoted_cell(record: str, start: int, delimiter: str, line: int) -> tuple[str, int]:
    """The text of the quoted cell that begins at `start`, and the position of the delimiter after it (or the end)."""
    position = start + 1
    while True:
        close = record.find('"', position)
        if close < 0:
            raise unbalanced_quote(line + record.count("\n", 0, start))
        after = close + 1
        if record.startswith('"', after):
            position = after + 1
            continue
        if after < len(record) and record[after] != delimiter:
            raise unbalanced_quote(line + record.count("\n", 0, start))
        return record[start + 1 : close].replace('""', '"'), after


def unbalanced_quote(line: int) -> FileRefused:
    """The refusal of a file for a quote that is not closed, or stands where none may."""
    return FileRefused("unbalanced_quote", f"a quote in line {line} is not balanced", _MEND, row=line)


def is_blank(record: bytes) -> bool:
    """Whether a record holds nothing but delimiters, quotes and blanks."""
    return not record.strip(BLANK)
