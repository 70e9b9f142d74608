"""Which real addresses are judged. The rule looks at words only, never at what the resolver says.

    python -m benchmarks.accuracy.sample [--shared FOLDER]

prints the cells with their text as CSV, for reading; the output holds real text and belongs into no repository.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.accuracy.cells import SHARED_DIR, Cell, CellsAbsentError, read_cells

CITY: Final = "中山市"
#: The city and its towns, street offices and zones by the short names that also mean something elsewhere.
NAMES: Final = (
    *("中山", "石岐", "东区", "西区", "南区", "五桂山", "火炬", "小榄", "黄圃", "民众", "东凤", "东升", "古镇", "沙溪"),
    *("坦洲", "港口", "三角", "横栏", "南头", "阜沙", "南朗", "三乡", "板芙", "大涌", "神湾", "翠亨"),
)
#: So many more hold the name of one of the city's villages and none of the names above.
VILLAGE_SAMPLE: Final = 400
_VILLAGE_SUFFIX = re.compile(r"(?:村民委员会|社区居民委员会|居民委员会|村委会|居委会)$")


def city_cells(cells: Iterable[Cell]) -> list[Cell]:
    """(a) Every cell that writes the city's name with 市."""
    return [cell for cell in cells if CITY in cell.text]


def elsewhere_cells(cells: Iterable[Cell], villages: Iterable[str]) -> list[Cell]:
    """(b) Of the others: all that hold one of `NAMES`, and the first 400 that hold a village's name.

    "First" is by the SHA-256 of the publication number (then by text), so that nobody chose.
    """
    others = [cell for cell in cells if CITY not in cell.text]
    named = [cell for cell in others if any(name in cell.text for name in NAMES)]
    taken, shorts = set(named), [name for name in villages if len(name) > 1]
    more = [cell for cell in others if cell not in taken and any(name in cell.text for name in shorts)]
    more.sort(key=lambda cell: (hashlib.sha256(cell.publication_number.encode()).hexdigest(), cell.text))
    return named + more[:VILLAGE_SAMPLE]


def village_names(shared: Path = SHARED_DIR) -> list[str]:
    """Short names of all villages and communities of the official list among the reference files."""
    path = shared / "reference" / "villages.csv"
    if not path.exists():
        raise CellsAbsentError(f"the sample needs the official list of villages, and {path} is absent")
    with path.open(encoding="utf-8", newline="") as stream:
        return sorted({_VILLAGE_SUFFIX.sub("", row["name"]) for row in csv.DictReader(stream)})


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the sample with its text."""
    parser = argparse.ArgumentParser(description="The addresses to be judged by hand, with their text.")
    parser.add_argument("--shared", type=Path, default=SHARED_DIR, help="folder of the real feeds")
    shared = parser.parse_args(arguments).shared
    cells = read_cells(shared)
    writer = csv.writer(sys.stdout)
    writer.writerow(["part", "feed", "publication_number", "cell_sha256", "text"])
    parts = {"city": city_cells(cells), "elsewhere": elsewhere_cells(cells, village_names(shared))}
    for part, chosen in parts.items():
        writer.writerows((part, cell.feed, cell.publication_number, cell.sha256, cell.text) for cell in chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
