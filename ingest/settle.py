"""Writing batches: their rows in `ops.batches` and `ops.batch_files`, and the end of those that they supersede."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from ingest import quarantine
from ingest.contract import Contract
from ingest.plan import Plan
from ingest.report import INCOMPLETE, BatchResult

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Made:
    """A batch whose rows are in `landing` and proved; `known_on` is the latest known day of its rows."""

    plan: Plan
    content_hash: str
    result: BatchResult
    known_on: date | None


@dataclass(frozen=True)
class Maker:
    """Who makes batches, from which contract, with which parser and why."""

    contract: Contract
    parser_version: str
    recorded_by: str
    reason: str | None


def write_batches(
    connection: Connection, maker: Maker, made: Sequence[Made], file_rows: Sequence[tuple[Any, ...]]
) -> None:
    """Supersede the active batches, write the new ones with their files, and settle their quarantine."""
    if not made:
        return
    before = [each.plan.active.batch_id for each in made if each.plan.active is not None]
    connection.execute("update ops.batches set status = 'superseded' where batch_id = any(%s)", [before])
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.batches (batch_id, feed, partition_key, contract_version, parser_version, content_hash,"
            " known_on, supersedes, reason, recorded_by, row_count, quarantined_count, header_repeat_count,"
            " is_complete, warning)"
            " overriding system value values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [_batch_row(maker, each) for each in made],
        )
        cursor.executemany(
            "insert into ops.batch_files (batch_id, delivery_id, file_name, sha256, counted_row_count,"
            " landed_row_count, quarantined_row_count, header_repeat_count) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            file_rows,
        )
    quarantine.settle(connection, [each.result.batch_id for each in made])


def _batch_row(maker: Maker, each: Made) -> tuple[Any, ...]:
    return (
        each.result.batch_id,
        maker.contract.feed,
        each.plan.partition_key,
        maker.contract.version,
        maker.parser_version,
        each.content_hash,
        each.known_on,
        each.plan.active.batch_id if each.plan.active else None,
        maker.reason,
        maker.recorded_by,
        each.result.row_count,
        each.result.quarantined_count,
        each.result.header_repeat_count,
        not any(warning.startswith(INCOMPLETE) for warning in each.result.warnings),
        list(each.result.warnings),
    )
