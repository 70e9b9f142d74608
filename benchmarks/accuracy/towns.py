"""How often the town of a real address is right: the resolver against labels made by hand.

    python -m benchmarks.accuracy.towns [--shared FOLDER] [--seeds FOLDER]

Prints the table, the counts that must be zero and every error by publication number. Exit code 1 where a target is
missed, a cell outside was given to the city or one of the city's was lost.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.accuracy.cells import DESIGNS, GAZETTE, SHARED_DIR, Cell, read_cells
from benchmarks.accuracy.labels import LABELS_DIR, Label, match, read_labels
from benchmarks.accuracy.table import AccuracyRow, accuracy_row, render
from ingest.places import OUTSIDE, Gazetteer, Place
from ipstat.errors import IpstatError

SEEDS_DIR: Final = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
CITY_TARGET: Final = 0.995
ELSEWHERE_TARGET: Final = 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled cell and what the resolver says of it."""

    label: Label
    cell: Cell
    place: Place

    @property
    def is_right(self) -> bool:
        """Whether town and boundary flag are both as labelled."""
        found = (self.place.place_code, self.place.is_boundary_ambiguous)
        return found == (self.label.expected_town, self.label.is_boundary)

    @property
    def is_taken_in(self) -> bool:
        """An address outside that the resolver gives to the city."""
        return self.label.expected_town == OUTSIDE and self.place.is_in_city

    @property
    def is_missed(self) -> bool:
        """An address of the city that the resolver puts outside."""
        return self.label.expected_town != OUTSIDE and not self.place.is_in_city


@dataclass(frozen=True, slots=True)
class TownAccuracy:
    """The whole measurement: all judged cells, those of the city and those elsewhere."""

    city: tuple[Judged, ...]
    elsewhere: tuple[Judged, ...]

    @property
    def judged(self) -> tuple[Judged, ...]:
        """City and elsewhere together."""
        return self.city + self.elsewhere

    @property
    def errors(self) -> list[Judged]:
        """What is wrong, by publication number."""
        return sorted((each for each in self.judged if not each.is_right), key=lambda each: each.cell)

    def rows(self) -> list[AccuracyRow]:
        """The rows of the accuracy table. Rows of distinct addresses count equal texts once and carry no target."""
        gazette = [each for each in self.city if each.cell.feed == GAZETTE]
        designs = [each for each in self.city if each.cell.feed == DESIGNS]
        return [
            _row("town: the city, gazette", gazette, CITY_TARGET),
            _row("town: the city, gazette, distinct addresses", _distinct(gazette)),
            _row("town: the city, designs of 2013", designs, CITY_TARGET),
            _row("town: the city, designs of 2013, distinct addresses", _distinct(designs)),
            _row("town: elsewhere, with a name of the city's", self.elsewhere, ELSEWHERE_TARGET),
            _row("town: elsewhere, distinct addresses", _distinct(self.elsewhere)),
        ]

    @property
    def is_good(self) -> bool:
        """All targets met, no address outside taken in and none of the city's missed."""
        is_clean = not any(each.is_taken_in or each.is_missed for each in self.judged)
        return is_clean and all(row.is_met for row in self.rows())


def measure(shared: Path = SHARED_DIR, seeds_dir: Path = SEEDS_DIR, labels_dir: Path = LABELS_DIR) -> TownAccuracy:
    """Resolve every labelled cell; CellsAbsentError where the real feeds or one of the cells is not there."""
    cells, gazetteer = read_cells(shared), Gazetteer.from_seeds(seeds_dir)
    city, elsewhere = (
        tuple(
            Judged(label, cell, gazetteer.resolve(cell.text))
            for label, cell in match(read_labels(labels_dir / f"towns_{part}.csv"), cells)
        )
        for part in ("city", "elsewhere")
    )
    return TownAccuracy(city, elsewhere)


def town_rows(shared: Path = SHARED_DIR) -> list[AccuracyRow]:
    """The rows of town resolution for `ipstat accuracy`; CellsAbsentError (an IpstatError) without the real feeds."""
    return measure(shared).rows()


def report(accuracy: TownAccuracy) -> str:
    """The table, the two counts that must be zero, and the errors: expected, found, why, by publication number."""
    taken, missed = (sum(getattr(each, name) for each in accuracy.judged) for name in ("is_taken_in", "is_missed"))
    pairs = Counter((each.label.expected_town, each.place.place_code) for each in accuracy.errors)
    return "\n".join(
        [
            render(accuracy.rows()),
            f"outside, assigned to the city: {taken}; of the city, put outside: {missed}",
            f"errors: {len(accuracy.errors)}",
            *(f"  {count:4} expected {want}, found {got}" for (want, got), count in pairs.most_common()),
            *(_error_line(each) for each in accuracy.errors),
        ]
    )


def _error_line(each: Judged) -> str:
    found = f"{each.place.place_code} ({each.place.reason}, boundary {each.place.is_boundary_ambiguous})"
    want = f"{each.label.expected_town} (boundary {each.label.is_boundary})"
    return f"  {each.cell.publication_number} {each.cell.feed} {each.cell.sha256[:12]}: expected {want}, found {found}"


def _row(subject: str, judged: Sequence[Judged], target: float | None = None) -> AccuracyRow:
    return accuracy_row(subject, sum(each.is_right for each in judged), len(judged), target)


def _distinct(judged: Iterable[Judged]) -> list[Judged]:
    return list({each.cell.text: each for each in judged}.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 0 where all is met, 1 where not or where the real feeds are absent."""
    parser = argparse.ArgumentParser(description="Accuracy of town resolution on labelled real addresses.")
    parser.add_argument("--shared", type=Path, default=SHARED_DIR, help="folder of the real feeds")
    parser.add_argument("--seeds", type=Path, default=SEEDS_DIR, help="folder of the gazetteer's seeds")
    options = parser.parse_args(arguments)
    try:
        accuracy = measure(options.shared, options.seeds)
    except IpstatError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(report(accuracy))
    return 0 if accuracy.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
