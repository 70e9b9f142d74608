"""A fresh database with landing tables, and a loader of feed files into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from ingest.contract import load_contracts
from ingest.ddl import render_landing_sql
from ingest.load import ingest
from ingest.report import IngestReport

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "feeds"


@dataclass(frozen=True)
class Loaded:
    """What an ingest did: its report, the landed rows, the quarantined rows, in the order of the file."""

    report: IngestReport
    rows: list[dict[str, Any]]
    quarantine: list[dict[str, Any]]

    def only_batch_counts(self) -> tuple[int, int, int]:
        """(landed, quarantined, repeated headers) of the only batch."""
        (batch,) = self.report.batches
        return batch.row_count, batch.quarantined_count, batch.header_repeat_count


Load = Callable[..., Loaded]


@pytest.fixture
def fixtures() -> Path:
    """The folder of small feed files."""
    return FIXTURES


@pytest.fixture
def load(database_url: str, tmp_path: Path) -> Iterator[Load]:
    """`load(feed, *paths, known_on=None)`: ingest and give back what landed."""
    contracts = load_contracts()
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        # A no-op where the migrations have the tables already.
        connection.execute(render_landing_sql(contracts))
        connection.commit()

        def run(feed: str, *paths: Path, known_on: date | None = None) -> Loaded:
            with psycopg.connect(database_url) as own:
                report = ingest(own, tmp_path / "archive", contracts[feed], paths, known_on, "test")
            rows = connection.execute(f"select * from landing.{feed} order by _source_file, _source_row").fetchall()
            faults = connection.execute(
                "select * from ops.quarantine where feed = %s order by source_file, source_row", [feed]
            ).fetchall()
            connection.commit()
            return Loaded(report, rows, faults)

        yield run
