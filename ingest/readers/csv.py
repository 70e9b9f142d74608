"""The reader of delimited text: encoding and header row are found, memory does not grow with the file.

A block of lines is checked by `csv_records.scan` (quotes, widths) and parsed by polars, which is fast and would refuse
what the scan has already taken out. Rows of the wrong width and rows with NUL become faults; blank rows are no rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from ingest.contract import Contract
from ingest.encoding import LINE_LIMIT, find_encoding, text_blocks
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, RowFault, SourceFile, header_matches
from ingest.readers.csv_count import count_records
from ingest.readers.csv_records import Records, cells_of, is_blank, scan, unbalanced_quote
from ingest.widths import normalise_text

#: The header row is looked for among the first records: titles and notes may stand above it.
HEADER_RECORDS: Final = 30
HEAD_BYTES: Final = 256 * 1024
#: Below this size plain Python is faster than starting polars.
SMALL_BLOCK: Final = 32 * 1024


@dataclass(frozen=True)
class Header:
    """The header row: its cells (blank ones named `column_<n>`), its 1-based line, and the non-blank records to it."""

    cells: tuple[str, ...]
    line: int
    record: int
    preamble_count: int
    text: bytes


@dataclass
class _State:
    """Where the reader stands: the line after what was read, and the bytes that wait for the rest of their record."""

    line: int = 1
    raw: bytes = b""
    text: bytes = b""
    chunks: int = 0
    seen_records: int = field(default=0)


class CsvReader:
    """Reads CSV in UTF-8 (with or without byte order mark) or GB18030, as the contract's `file` accepts."""

    version = 1

    def __init__(self) -> None:
        self._last: tuple[Path, str, Header] | None = None

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """Chunks of up to 8 MB of text; at least one, which is empty for a file that has only a header."""
        encoding, header = self._look(source, contract)
        state = _State()
        blocks = text_blocks(source.path, encoding)
        following = next(blocks, None)
        while following is not None:
            raw, text = following
            following = next(blocks, None)
            block = _Block(state, state.raw + raw, state.text + text, header, contract, is_last=following is None)
            yield block.chunk()
            block.advance(state)

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """Records below the header that are not blank, by splitting the raw bytes at quotes and lines."""
        return count_records(source.path) - self._look(source, contract)[1].preamble_count

    def _look(self, source: SourceFile, contract: Contract) -> tuple[str, Header]:
        """Encoding and header of a file; those of the last file are kept for its second count."""
        if self._last is None or self._last[0] != source.path:
            encoding = find_encoding(source.path, contract.file.encodings)
            self._last = (source.path, encoding, find_header(source, encoding, contract))
        return self._last[1:]


def find_header(source: SourceFile, encoding: str, contract: Contract) -> Header:
    """The record among the first ones with the most headers of the contract, else the first that is not blank.

    Raises FileRefused where no record is there, or a header stands twice.
    """
    with source.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    text = head.decode(encoding, errors="ignore").encode("utf-8")
    records = scan(text, contract.file.delimiter, is_last=True)
    best, preamble = None, 0
    best_count = -1
    for index in range(min(records.starts.size, HEADER_RECORDS)):
        record = text[records.starts[index] : records.ends[index]]
        if is_blank(record):
            continue
        preamble += 1
        line = int(records.lines[index]) + 1
        cells = _header_cells(record, contract.file.delimiter, line)
        count = header_matches(cells, contract)
        if count > best_count:
            best, best_count = Header(cells, line, index, preamble, record), count
        if count == len(contract.required_headers):
            break
    if best is None:
        raise FileRefused("empty_file", "the file holds no row", "ask the sender for the file again")
    _refuse_duplicates(best)
    return best


def _header_cells(record: bytes, delimiter: str, line: int) -> tuple[str, ...]:
    try:
        cells = cells_of(record.decode("utf-8", errors="replace").rstrip("\r"), delimiter, line)
    except FileRefused:
        return ()  # a broken data row within the first records is refused, with its line, when it is read
    return tuple(normalise_text(cell) or f"column_{number}" for number, cell in enumerate(cells, start=1))


def _refuse_duplicates(header: Header) -> None:
    for index, cell in enumerate(header.cells):
        if cell in header.cells[:index]:
            first = header.cells.index(cell) + 1
            raise FileRefused(
                "duplicate_header",
                f"the header names {cell!r} twice (columns {first} and {index + 1})",
                "ask the sender which of the two is meant; each column needs a name of its own",
                row=header.line,
                column=cell,
            )


class _Block:
    """One block of whole records under work: which are rows, faults, blank or repeats of the header."""

    def __init__(
        self, state: _State, raw: bytes, text: bytes, header: Header, contract: Contract, *, is_last: bool
    ) -> None:
        self.raw, self.text, self.header, self.contract, self.is_last = raw, text, header, contract, is_last
        self.first_line = state.line
        self.records: Records = scan(text, contract.file.delimiter, is_last)
        self.skipped = max(0, header.record + 1 - state.seen_records)
        if not is_last and len(text) - self.records.end > LINE_LIMIT:
            raise unbalanced_quote(self._line(self.records.starts.size))
        self.raw_newlines: npt.NDArray[np.int64] = np.flatnonzero(np.frombuffer(raw, np.uint8) == ord("\n"))

    def chunk(self) -> Chunk:
        """The block's rows and faults."""
        records = self.records
        is_row = np.ones(records.starts.size, bool)
        is_row[: self.skipped] = False
        for index in np.flatnonzero(records.ends - records.starts <= 3 * records.delimiter_counts + 2):
            if is_row[index] and is_blank(self.text[records.starts[index] : records.ends[index]]):
                is_row[index] = False
        if records.has_odd_quotes or len(self.text) < SMALL_BLOCK:
            return self._finish(*self._parse_slowly(is_row))
        faults = self._faults(is_row)
        frame = self._parse(is_row)
        if frame is None:
            return self._finish(*self._parse_slowly(is_row, faults))
        return self._finish(frame, faults)

    def advance(self, state: _State) -> None:
        """Keep what belongs to the next block."""
        consumed = self.text.count(b"\n", 0, self.records.end)
        state.text = self.text[self.records.end :]
        state.raw = self.raw[int(self.raw_newlines[consumed - 1]) + 1 :] if consumed else self.raw
        state.line = self.first_line + consumed
        state.seen_records += self.records.starts.size

    def _finish(self, frame: pl.DataFrame, faults: list[RowFault]) -> Chunk:
        names = self.header.cells
        repeats = frame.clear()
        first = self.records.ends[self.skipped - 1] if self.skipped else 0
        if self.text.find(self.header.text, int(first)) >= 0:
            is_repeat = pl.all_horizontal(pl.col(name).str.strip_chars() == name for name in names)
            repeats = frame.filter(is_repeat.fill_null(value=False))
        if not repeats.is_empty():
            frame = frame.join(repeats.select(SOURCE_ROW), on=SOURCE_ROW, how="anti", maintain_order="left")
            if not self.contract.file.has_header_repeats:
                message = "the header line stands again among the rows; a contract may declare it (has_header_repeats)"
                lines = repeats[SOURCE_ROW].to_list()
                raws = zip(lines, self.raw_rows(lines), strict=True)
                faults += [RowFault(line, None, "header_repeat", message, raw) for line, raw in raws]
                repeats = repeats.clear()
        return Chunk(frame, tuple(faults), repeats.height, self.raw_rows)

    def _faults(self, is_row: npt.NDArray[np.bool_]) -> list[RowFault]:
        """Rows of the wrong width or with NUL; they are taken out of `is_row`."""
        records, width = self.records, len(self.header.cells)
        faults = []
        for index in np.flatnonzero(is_row & (records.delimiter_counts != width - 1)):
            faults.append(self._width_fault(int(index), int(records.delimiter_counts[index]) + 1))
            is_row[index] = False
        if b"\0" in self.text:
            zeros = np.flatnonzero(np.frombuffer(self.text, np.uint8) == 0)
            for index in np.unique(np.searchsorted(records.ends, zeros)):
                if index < is_row.size and is_row[index]:
                    faults.append(self._nul_fault(int(index)))
                    is_row[index] = False
        return faults

    def _width_fault(self, index: int, found: int) -> RowFault:
        """A row with too few or too many cells; refuses the file where that shows an unclosed quote or a cut end."""
        line, names = self._line(index), self.header.cells
        if self.records.line_counts[index] > 1:
            raise unbalanced_quote(line)
        is_cut = self.is_last and index == self.records.starts.size - 1 and not self.text.endswith(b"\n")
        if is_cut and found < len(names):
            message = f"the file ends in the middle of line {line} ({found} of {len(names)} cells)"
            mend = "ask the sender for the complete file"
            raise FileRefused("half_written", message, mend, row=line, column=names[found - 1])
        message = f"line {line} has {found} cells, the header has {len(names)}: cells are shifted; mend the line"
        return RowFault(line, names[min(found, len(names)) - 1], "shifted_row", message, self.raw_rows([line])[0])

    def _nul_fault(self, index: int) -> RowFault:
        line = self._line(index)
        record = self.text[self.records.starts[index] : self.records.ends[index]].decode("utf-8")
        cells = cells_of(record.rstrip("\r"), self.contract.file.delimiter, line)
        names = [name for name, cell in zip(self.header.cells, cells, strict=False) if "\0" in cell]
        message = f"line {line}, column {names[0] if names else '?'} holds a NUL character; remove it"
        return RowFault(line, names[0] if names else None, "nul_character", message, self.raw_rows([line])[0])

    def _parse(self, is_row: npt.NDArray[np.bool_]) -> pl.DataFrame | None:
        """The rows by polars, or None where it sees other records than the scan did."""
        lines = self.records.lines[is_row] + self.first_line
        data = self._bytes_of(is_row)
        if not data.strip():
            return self._frame([], lines)
        schema = dict.fromkeys(self.header.cells, pl.String)
        try:
            frame = pl.read_csv(
                data, has_header=False, schema=schema, separator=self.contract.file.delimiter, infer_schema=False
            )
        except pl.exceptions.PolarsError:
            return None
        if frame.height != lines.size:
            return None
        return frame.hstack([pl.Series(SOURCE_ROW, lines, pl.Int64)])

    def _bytes_of(self, is_row: npt.NDArray[np.bool_]) -> bytes:
        """The text of the marked records, joined run by run."""
        edges = np.flatnonzero(np.diff(np.concatenate(([False], is_row, [False])).astype(np.int8)))
        starts, ends = self.records.starts, self.records.ends
        runs = (self.text[starts[a] : ends[b - 1]] for a, b in zip(edges[0::2], edges[1::2], strict=True))
        return b"\n".join(runs)

    def _parse_slowly(
        self, is_row: npt.NDArray[np.bool_], faults: Sequence[RowFault] = ()
    ) -> tuple[pl.DataFrame, list[RowFault]]:
        """Record by record, for blocks with quotes inside cells."""
        rows, lines, found = [], [], list(faults)
        for index in np.flatnonzero(is_row):
            line = self._line(int(index))
            record = self.text[self.records.starts[index] : self.records.ends[index]].decode("utf-8").rstrip("\r")
            cells = cells_of(record, self.contract.file.delimiter, line)
            if len(cells) != len(self.header.cells):
                found.append(self._width_fault(int(index), len(cells)))
            elif "\0" in record:
                found.append(self._nul_fault(int(index)))
            else:
                rows.append(cells)
                lines.append(line)
        return self._frame(rows, np.array(lines, np.int64)), found

    def _frame(self, rows: list[list[str]], lines: npt.NDArray[np.int64]) -> pl.DataFrame:
        cells = zip(*rows, strict=True) if rows else ((),) * len(self.header.cells)
        columns = [pl.Series(name, values, pl.String) for name, values in zip(self.header.cells, cells, strict=True)]
        return pl.DataFrame([*columns, pl.Series(SOURCE_ROW, lines, pl.Int64)])

    def _line(self, index: int) -> int:
        """The 1-based line where a record begins (or would, after the last)."""
        if index < self.records.lines.size:
            return self.first_line + int(self.records.lines[index])
        return self.first_line + self.text.count(b"\n", 0, self.records.end)

    def raw_rows(self, lines: Sequence[int]) -> list[bytes]:
        """The raw bytes (in the file's encoding, without line end) of the records that begin at these lines."""
        positions = np.searchsorted(self.records.lines, np.asarray(lines, np.int64) - self.first_line)
        return [self._raw(int(position)) for position in positions]

    def _raw(self, index: int) -> bytes:
        first = int(self.records.lines[index])
        last = first + int(self.records.line_counts[index]) - 1
        start = int(self.raw_newlines[first - 1]) + 1 if first else 0
        end = int(self.raw_newlines[last]) if last < self.raw_newlines.size else len(self.raw)
        return self.raw[start:end].rstrip(b"\r")
