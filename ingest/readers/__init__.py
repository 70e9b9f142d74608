"""Readers: each turns one archived file into chunks of text cells, named as the sender names them.

A reader knows a file's *shape* (delimiters, merged headers, elements), never its meaning: types, codes, dates and known
times are the contract's and are checked afterwards, for all feeds alike, by `ingest.validate`.

To add one: write a module beside this one with a class that has the four members of `Reader`, and name it in
`READERS`. A contract names its reader in `file.reader`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import polars as pl

from ingest.contract import Contract
from ingest.widths import plain_header

#: Name of the column that every chunk must have: Int64, the 1-based line (text files) or record number in the file.
SOURCE_ROW = "_source_row"


class FileRefused(Exception):  # noqa: N818 - the name says what happened
    """A file that can't be read as its feed: nothing of it is landed, and it is listed in `ops.rejected_files`.

    `message` says what is wrong and where, `mend` what the sender or the operator should do. `row` is the 1-based line
    (or record), `column` the sender's name.
    """

    def __init__(
        self, reason_code: str, message: str, mend: str, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(f"{message}; mend: {mend}")
        self.reason_code = reason_code
        self.message = message
        self.mend = mend
        self.row = row
        self.column = column


@dataclass(frozen=True)
class SourceFile:
    """One file to read: where its bytes lie, the name that its rows carry, and the base name that variants match.

    For a member of a zip `source_name` is `outer.zip!inner.csv` and `name` is `inner.csv`; `path` is then a temporary
    copy. `path` need not end in the file's own suffix (the archive names files by their hash).
    """

    path: Path
    source_name: str
    name: str


@dataclass(frozen=True)
class RowFault:
    """A row that has not the shape of its file (too few or too many cells ...): it goes to quarantine as it is."""

    source_row: int
    column: str | None
    reason_code: str
    message: str
    raw: bytes


#: From `_source_row` numbers of a chunk to the raw bytes of those rows, in the same order.
RawRows = Callable[[Sequence[int]], list[bytes]]


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, in order.

    `rows`: all columns String, named by the SENDER's headers, plus `_source_row` (Int64). Empty cells are "" or null.
    Every chunk of a file has the same columns. `raw_rows` gives the raw bytes for quarantine; without it the cells are
    kept there as JSON. `header_repeat_count`: repeated header lines that were left out of `rows`.
    """

    rows: pl.DataFrame
    faults: tuple[RowFault, ...] = ()
    header_repeat_count: int = 0
    raw_rows: RawRows | None = None
    warnings: tuple[str, ...] = ()


class Reader(Protocol):
    """What a reader offers. It raises FileRefused, and nothing else, for a file that it can't read."""

    #: Raised with every change of behaviour: part of the parser version of a batch.
    version: int

    def read(self, source: SourceFile, contract: Contract) -> Iterator[Chunk]:
        """The file's rows as chunks of bounded size (about 100,000 rows): memory must not grow with the file."""
        ...

    def count_rows(self, source: SourceFile, contract: Contract) -> int:
        """Rows in the file, header repeats included, counted from the raw bytes by OTHER code than `read`.

        The load compares: counted = landed + quarantined (faults included) + header repeats.
        """
        ...


#: Reader name -> `module:class`. Imported on use, so that a command loads only what it needs.
READERS: dict[str, str] = {
    "csv": "ingest.readers.csv:CsvReader",
    "xlsx": "ingest.readers.xlsx:XlsxReader",
    "jsonl": "ingest.readers.jsonl:JsonLinesReader",
    "cnipa_xml": "ingest.readers.cnipa_xml:CnipaXmlReader",
    "legal_events": "ingest.readers.legal_events:LegalEventsReader",
    "population": "ingest.readers.population:PopulationReader",
}


def reader_for(contract: Contract) -> Reader:
    """The reader that the contract names; raises KeyError for an unknown name."""
    module_name, _, class_name = READERS[contract.file.reader].partition(":")
    return cast("Reader", getattr(importlib.import_module(module_name), class_name)())


def header_matches(cells: Sequence[str], contract: Contract) -> int:
    """How many of a row's cells are headers that the contract knows: the header row is the one with the most."""
    return len({plain_header(cell) for cell in cells} & contract.name_by_plain_header.keys())
