"""Labels made by hand: which town (or what verdict) an address has, kept without its text.

A label names a cell by publication number and the SHA-256 of the cell's UTF-8 bytes. The columns of a label file are
those of `Label`; `expected_town` is a town's code on the day of publication, `unassigned` (in the city, town not to be
known from the address) or `outside`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from benchmarks.accuracy.cells import Cell, CellsAbsentError
from ipstat.errors import IpstatError

LABELS_DIR: Final = Path(__file__).resolve().parent
_FLAGS: Final = {"true": True, "false": False}


class LabelError(IpstatError):
    """A label file can't be read as labels."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a judge said of one cell; `is_boundary`: the later move of a village makes the town's later code unsure."""

    publication_number: str
    cell_sha256: str
    expected_town: str
    is_boundary: bool
    judged_by: str
    reason: str


def read_labels(path: Path) -> list[Label]:
    """All labels of a file, in its order; LabelError where a column, a value or the uniqueness of cells is wrong."""
    expected = [field.name for field in fields(Label)]
    labels: dict[tuple[str, str], Label] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames != expected:
            raise LabelError(f"{path.name}: the header is {reader.fieldnames}", f"it must be {','.join(expected)}")
        for line, row in enumerate(reader, start=2):
            if len(row["cell_sha256"]) != 64 or row["is_boundary"] not in _FLAGS or not row["judged_by"]:
                raise LabelError(f"{path.name}, line {line}: {row}", "give hash (64 digits), true or false, and judge")
            key = (row["publication_number"], row["cell_sha256"])
            if key in labels:
                raise LabelError(f"{path.name}, line {line}: {key[0]} is labelled twice", "keep one of the two")
            flag = _FLAGS[row["is_boundary"]]
            labels[key] = Label(*key, row["expected_town"], flag, row["judged_by"], row["reason"])
    return list(labels.values())


def match(labels: Iterable[Label], cells: Iterable[Cell]) -> list[tuple[Label, Cell]]:
    """Each label with its real cell; CellsAbsentError that names the labels without one."""
    by_key = {(cell.publication_number, cell.sha256): cell for cell in cells}
    listed = list(labels)
    absent = [each.publication_number for each in listed if (each.publication_number, each.cell_sha256) not in by_key]
    if absent:
        shown = ", ".join(absent[:5]) + (", ..." if len(absent) > 5 else "")
        raise CellsAbsentError(
            f"{len(absent)} of {len(listed)} labelled cells are not in the real feeds: {shown}",
            "the feeds were changed or are not complete; a cell with other bytes must be judged anew",
        )
    return [(each, by_key[each.publication_number, each.cell_sha256]) for each in listed]
