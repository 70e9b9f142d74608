"""Ingest by hand: received files into archive, receipts and batches; and the hash of what is active."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ingest.contract import Contract
from ingest.corrections import CORRECTIONS_DIR
from ingest.land import Progress
from ingest.pending import load_pending
from ingest.receive import receive_paths
from ingest.report import IngestReport
from ingest.session import FeedBusy, session

__all__ = ["FeedBusy", "ingest", "table_hash"]

Connection = psycopg.Connection[Any]


def ingest(
    connection: Connection,
    archive_dir: Path,
    contract: Contract,
    paths: Sequence[Path],
    known_on: date | None,
    recorded_by: str,
    on_progress: Progress | None = None,
    corrections_dir: Path = CORRECTIONS_DIR,
) -> IngestReport:
    """Take in files, folders and zips of one feed: archive, then load all that is archived and not loaded yet.

    Every file is archived and its receipt noted, also when its bytes are known. Each partition that changes gets a new
    batch of the union of its files, which supersedes the active one. A file that can't be read is listed in the report
    and in `ops.rejected_files`; its partition keeps the earlier bytes of that name, if there are any. `known_on` serves
    where the contract's other sources give no date. The connection must be idle; its autocommit is restored.

    Raises FeedBusy while another session loads the feed.
    """
    archive_dir.mkdir(parents=True, exist_ok=True)
    with session(connection, contract.feed):
        received = receive_paths(connection, archive_dir, contract, paths, known_on)
        fresh = frozenset(received.delivery_ids)
        done = load_pending(connection, archive_dir, contract, recorded_by, on_progress, corrections_dir, fresh)
    return replace(
        done,
        delivery_count=len(received.delivery_ids),
        rejected=received.rejected + done.rejected,
        ignored=received.ignored + done.ignored,
    )


def table_hash(connection: Connection, feed: str) -> str:
    """A hash of the active rows of `landing.<feed>`, without batch ids and load times, whatever the rows' order.

    The server hashes each row; the sorted hashes are hashed here as they stream in.
    """
    columns = connection.execute(
        "select column_name from information_schema.columns where table_schema = 'landing' and table_name = %s"
        " and column_name not in ('_batch_id', '_recorded_at') order by ordinal_position",
        [feed],
    ).fetchall()
    cells = ", ".join(f"l.{name}" for (name,) in columns)
    digest = hashlib.sha256()
    query = (
        f"copy (select md5(row({cells})::text) from landing.{feed} l join ops.batches b on b.batch_id = l._batch_id"
        " where b.status = 'active' order by 1) to stdout"
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            digest.update(block)
    return digest.hexdigest()
