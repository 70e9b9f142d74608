"""The address cells of the real feeds in `../shared`: read there for each measurement, stored nowhere else."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ipstat.errors import IpstatError

GAZETTE: Final = "cnipa_gazette"
DESIGNS: Final = "cnipa_design_legal_events"
SHARED_DIR: Final = Path(__file__).resolve().parents[3] / "shared"

#: The header of this file names address before designer, its rows hold designer, then address (feeds/README.md, 3).
_WRONG_HEADER: Final = "CN_patent_invention_authorized.csv"
_ADDRESS_BEHIND_WRONG_HEADER: Final = 8
_NUMBER = re.compile(r"CN\d{7,9}[A-Z]\d?")
_NEW_ADDRESS = re.compile(r"变更事项:地址\n变更前:([^\n]*)\n变更后:([^\n]*)")


class CellsAbsentError(IpstatError):
    """The real feeds, or a cell that a label names, are not there."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """An address as a real file holds it, spaces and all, for one publication."""

    publication_number: str
    text: str
    feed: str

    @property
    def sha256(self) -> str:
        """Of the cell's UTF-8 bytes, in hexadecimal: what a label stores in place of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_cells(shared: Path = SHARED_DIR) -> list[Cell]:
    """Every distinct pair of publication number and address cell in the gazette and in the designs' legal events.

    Raises CellsAbsentError where the folder has no such files.
    """
    feeds = shared / "feeds"
    gazettes, designs = sorted((feeds / GAZETTE).glob("*/*.csv")), sorted((feeds / DESIGNS).glob("*.csv"))
    if not gazettes or not designs:
        missing = feeds / (DESIGNS if gazettes else GAZETTE)
        raise CellsAbsentError(
            f"accuracy is measured on the real feeds, and {missing} holds none",
            "put the folder `shared` beside the repository, or name it with --shared",
        )
    cells = {cell for path in gazettes for cell in _gazette_cells(path)}
    cells.update(cell for path in designs for cell in _design_cells(path))
    return sorted(cells)


def _gazette_cells(path: Path) -> Iterator[Cell]:
    with path.open(encoding="gb18030", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        is_wrong = path.name == _WRONG_HEADER
        address = _ADDRESS_BEHIND_WRONG_HEADER if is_wrong else header.index("address")
        number = header.index("authorization_notice_id")
        for row in reader:
            if _NUMBER.fullmatch(row[number]):
                yield Cell(row[number], row[address], GAZETTE)


def _design_cells(path: Path) -> Iterator[Cell]:
    """The address at grant and both sides of every change of address, from the two JSON columns at the end of a row."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            if not _NUMBER.fullmatch(row[0]):  # the header line, which is repeated in the middle
                continue
            yield Cell(row[0], json.loads(row[-2])["地址"], DESIGNS)
            for event in json.loads(row[-1]):
                for before, after in _NEW_ADDRESS.findall(event):
                    yield Cell(row[0], before, DESIGNS)
                    yield Cell(row[0], after, DESIGNS)
