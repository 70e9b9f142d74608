"""Writing files and the ordered delivery plan: what a sender sent, when, and what it sent again."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from ipstat.sample_city.dates import one


@dataclass(frozen=True)
class Delivery:
    """One receipt of one file (path relative to the output folder)."""

    received_on: int
    feed: str
    path: str
    action: str
    note: str


@dataclass
class Output:
    """Collects the files below one folder; every write is one delivery of the plan."""

    root: Path
    deliveries: list[Delivery] = field(default_factory=list)
    file_count: int = 0
    byte_count: int = 0
    _folders: set[Path] = field(default_factory=set)

    def write(self, feed: str, path: Path, content: bytes, received_on: int, note: str = "") -> str:
        """Write a file of a feed and add its delivery; return the path relative to the output folder."""
        relative = self._store(feed, path, content)
        self.deliveries.append(Delivery(received_on, feed, relative, "deliver", note))
        return relative

    def resend(self, feed: str, path: Path, content: bytes, received_on: int, note: str, turn: int = 1) -> str:
        """Write changed bytes under the same file name into the feed's folder ``resent/<turn>`` and deliver them."""
        return self.write(feed, Path("resent") / str(turn) / path, content, received_on, note)

    def again(self, feed: str, relative: str, received_on: int, action: str, note: str) -> None:
        """Add a further event of a file that was written before: delivered again, or withdrawn by its sender."""
        self.deliveries.append(Delivery(received_on, feed, relative, action, note))

    def truth(self, name: str, header: str, lines: list[str]) -> None:
        """Write ground truth, which is no delivery."""
        self._store("_truth", Path(name), (header + "\n" + "".join(lines)).encode())

    def write_plan(self) -> None:
        """Write deliveries.csv in the order of receipt (stable for equal days)."""
        ordered = sorted(self.deliveries, key=lambda item: item.received_on)
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("received_order", "received_on", "feed", "path", "action", "note"))
        for number, item in enumerate(ordered, 1):
            writer.writerow((number, one(item.received_on), item.feed, item.path, item.action, item.note))
        (self.root / "deliveries.csv").write_text(text.getvalue(), encoding="utf-8")

    def _store(self, feed: str, path: Path, content: bytes) -> str:
        relative = Path(feed) / path
        full = self.root / relative
        if full.parent not in self._folders:
            full.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(full.parent)
        full.write_bytes(content)
        self.file_count += 1
        self.byte_count += len(content)
        return relative.as_posix()


def csv_cell(value: str) -> str:
    """Return a CSV cell, quoted only where it must be."""
    if "," in value or '"' in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value
