"""Gazette files of a few rows, and a warehouse that takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ingest.contract import CONTRACTS_DIR, Contract, load_contract
from ingest.load import ingest, table_hash
from ingest.report import IngestReport

GAZETTE = load_contract(CONTRACTS_DIR / "cnipa_gazette.yml")
HEADERS = (
    "item",
    "name",
    "authorization_notice_id",
    "authorized_announcement_date",
    "filing_id",
    "filing_date",
    "patentee",
    "designer",
    "address",
    "Int.Cl.",
)
FILE = "CN_patent_utility_new.csv"


def row(number: int = 1, **changes: str) -> list[str]:
    """The cells of a gazette row (utility model no. `number`); `changes` by the sender's header (`Int_Cl`)."""
    cells = dict(
        zip(
            HEADERS,
            (
                str(number),
                f"一种灯具（{number}）",
                f"CN{209000000 + number}U",
                "2019.07.09",
                "2.0193E+12",
                "2018.11.20",
                "中山市明辉照明有限公司",
                "张某某;??李某",
                "528421广东省中山市古镇镇同兴路1号",
                "F21K9/232(2016.01)I;??F21V29/70(2015.01)I",
            ),
            strict=True,
        )
    )
    cells.update({name.replace("Int_Cl", "Int.Cl."): value for name, value in changes.items()})
    return list(cells.values())


def rows(count: int, start: int = 1) -> list[list[str]]:
    """So many different rows."""
    return [row(number) for number in range(start, start + count)]


def csv_bytes(
    body: Sequence[Sequence[str]], headers: Sequence[str] = HEADERS, encoding: str = "gb18030", end: str = "\n"
) -> bytes:
    """Cells as they are, joined by commas: quoting is the test's own matter."""
    return "".join(",".join(cells) + end for cells in (headers, *body)).encode(encoding)


def put(folder: Path, data: bytes, name: str = FILE, issue: str = "2019-07-09") -> Path:
    """Write a file into the folder of its issue."""
    path = folder / issue / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@dataclass
class Warehouse:
    """A connection that commits for itself, and an archive."""

    connection: psycopg.Connection[Any]
    archive: Path

    def take(
        self, *paths: Path, contract: Contract = GAZETTE, known_on: date | None = None, **options: Any
    ) -> IngestReport:
        """Ingest."""
        return ingest(self.connection, self.archive, contract, paths, known_on, "tester", **options)

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        """The single value of a query."""
        (found,) = self.all(query)
        return found[0]

    def hash(self, feed: str = "cnipa_gazette") -> str:
        """The table hash of the active rows."""
        return table_hash(self.connection, feed)
