"""A small warehouse for tests of the models: rows put straight into landing, resolved and built as in a real build."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ingest.contract import load_contracts
from ipstat import resolve, review
from ipstat.dbt_runner import Dbt
from ipstat.settings import PROJECT_ROOT

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PSEUDONYM_KEY = b"key-of-the-tests"
Row = Mapping[str, Any]


def land(
    connection: psycopg.Connection[Any], feed: str, partition: str, rows: Iterable[Row], quarantined: int = 0
) -> int:
    """Put rows into landing.<feed> as one active batch; each row needs `_known_on`. Gives the batch id."""
    listed = [dict(row) for row in rows]
    known_on = max((row["_known_on"] for row in listed), default=date(2020, 1, 1))
    found = connection.execute(
        "insert into ops.batches (feed, partition_key, contract_version, parser_version, content_hash, known_on,"
        " status, recorded_by, row_count, quarantined_count)"
        " values (%s, %s, 1, '1', %s, %s, 'active', 'tester', %s, %s) returning batch_id",
        [feed, partition, hashlib.sha256(partition.encode()).hexdigest(), known_on, len(listed), quarantined],
    ).fetchone()
    assert found is not None
    for number, row in enumerate(listed, start=1):
        content = repr(sorted((name, str(value)) for name, value in row.items()))
        full = {
            "_batch_id": found[0],
            "_source_file": f"{feed}_{partition}.csv",
            "_source_row": number,
            "_row_hash": hashlib.sha256(content.encode()).hexdigest()[:32],
            **row,
        }
        connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier("landing", feed),
                sql.SQL(", ").join(map(sql.Identifier, full)),
                sql.SQL(", ").join(sql.Placeholder() * len(full)),
            ),
            list(full.values()),
        )
    return int(found[0])


@dataclass(frozen=True)
class Warehouse:
    """A migrated database with landed rows; builds are named by the caller so that a test can hold several."""

    address: str
    work_dir: Path

    def connect(self) -> psycopg.Connection[Any]:
        """A connection that commits each statement."""
        return psycopg.connect(self.address, autocommit=True)

    def open_build(self, build_id: str, horizon: str, as_of: str = "") -> None:
        """Record a running build over all active batches and resolve their addresses and names."""
        with self.connect() as connection:
            connection.execute(
                "insert into ops.builds (build_id, as_of, horizon_date, code_version, seeds_hash, corrections_hash,"
                " decisions_hash, status) values (%s, nullif(%s, '')::date, %s, 'test', %s, %s, %s, 'running')",
                [build_id, as_of, horizon, "1" * 64, "2" * 64, "3" * 64],
            )
            connection.execute(
                "insert into ops.build_batches select %s, batch_id from ops.batches where status = 'active'", [build_id]
            )
            review.pin(connection, build_id)
            seeds = DBT_PROJECT / "seeds" / "geography"
            resolve.resolve_build(connection, build_id, load_contracts().values(), seeds, PSEUDONYM_KEY)

    def build(
        self,
        build_id: str,
        horizon: str,
        select: str,
        as_of: str = "",
        variables: Mapping[str, Any] | None = None,
        *,
        is_tested: bool = True,
    ) -> dict[str, str]:
        """Build the selected models with their seeds and the tests that need no other model; status by node."""
        self.open_build(build_id, horizon, as_of)
        given = {"build_id": build_id, "as_of": as_of, "horizon_date": horizon, **(variables or {})}
        dbt = Dbt(DBT_PROJECT, self.work_dir, self.address, given)
        kinds = [] if is_tested else ["--resource-type", "seed", "--resource-type", "model"]
        arguments = ["build", "--select", *select.split(), "--indirect-selection", "cautious", *kinds]
        results = dbt._invoke(arguments, None)
        return {result.unique_id: f"{result.status} {result.message or ''}".strip() for result in results}

    def query(self, build_id: str, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a statement in which bare names are tables of the build."""
        with self.connect() as connection:
            connection.execute(f"set search_path = marts_{build_id}, intermediate_{build_id}, staging_{build_id}")
            return connection.execute(statement.encode()).fetchall()


def failures(results: Mapping[str, str]) -> dict[str, str]:
    """The nodes that did not succeed or pass."""
    return {name: status for name, status in results.items() if status.split()[0] not in ("success", "pass")}
