"""Looking at batches, parsing them again, ending wrong ones. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

from ingest.archive import scratch_folder
from ingest.contract import Contract
from ingest.corrections import CORRECTIONS_DIR, load_corrections
from ingest.land import Progress
from ingest.loader import Loader
from ingest.plan import FileVersion, batch_files, refused_files
from ingest.report import IngestReport
from ingest.session import session

Connection = psycopg.Connection[Any]


class UnknownBatch(Exception):  # noqa: N818 - the name says what is wrong
    """There is no such batch, or it is not in the state that the command needs."""


@dataclass(frozen=True)
class Batch:
    """A row of `ops.batches`."""

    batch_id: int
    feed: str
    partition_key: str
    status: str
    known_on: date | None
    recorded_at: datetime
    row_count: int
    quarantined_count: int
    header_repeat_count: int
    contract_version: int
    parser_version: str
    supersedes: int | None
    reason: str | None
    recorded_by: str
    warning: list[str]


def list_batches(
    connection: Connection, feed: str | None = None, partition_key: str | None = None, status: str | None = None
) -> list[Batch]:
    """Batches in the order of feed, partition and id; each argument narrows the list."""
    names = ", ".join(Batch.__dataclass_fields__)
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(
            f"select {names} from ops.batches where (%(feed)s::text is null or feed = %(feed)s)"
            " and (%(key)s::text is null or partition_key = %(key)s)"
            " and (%(status)s::text is null or status = %(status)s) order by feed, partition_key, batch_id",
            {"feed": feed, "key": partition_key, "status": status},
        ).fetchall()


def get_batch(connection: Connection, batch_id: int) -> Batch:
    """One batch; raises UnknownBatch."""
    names = ", ".join(Batch.__dataclass_fields__)
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        batch = cursor.execute(f"select {names} from ops.batches where batch_id = %s", [batch_id]).fetchone()
    if batch is None:
        raise UnknownBatch(f"there is no batch {batch_id}; `ipstat batch list` shows them")
    return batch


def reload_batches(
    connection: Connection,
    archive_dir: Path,
    contract: Contract,
    batch_ids: Sequence[int],
    reason: str,
    recorded_by: str,
    on_progress: Progress | None = None,
    corrections_dir: Path = CORRECTIONS_DIR,
) -> IngestReport:
    """Parse the archived files of these batches again; the new batches supersede what is active in their partitions.

    Use it after a mended parser, contract or correction, or to bring back a superseded or retracted batch. Raises
    UnknownBatch for a batch of another feed, or for two batches of one partition.
    """
    batches = [get_batch(connection, batch_id) for batch_id in batch_ids]
    for batch in batches:
        if batch.feed != contract.feed:
            raise UnknownBatch(f"batch {batch.batch_id} belongs to {batch.feed}, not to {contract.feed}")
    if len({batch.partition_key for batch in batches}) < len(batches):
        raise UnknownBatch("two of these batches belong to one partition; reload one of them")
    _end_read(connection)
    corrections = load_corrections(contract, corrections_dir)
    with (
        session(connection, contract.feed),
        scratch_folder(archive_dir, contract.feed) as scratch,
    ):
        files: dict[str, list[FileVersion]] = {}
        for batch in batches:
            files[batch.partition_key] = batch_files(connection, contract, batch.batch_id, batch.partition_key)
        loader = Loader(connection, archive_dir, contract, corrections, recorded_by, scratch, on_progress)
        results, rejected = loader.load(files, reason=reason, is_forced=True)
    return IngestReport(contract.feed, 0, tuple(results), tuple(rejected))


def reload_partition(
    connection: Connection,
    archive_dir: Path,
    contract: Contract,
    partition_key: str,
    reason: str,
    recorded_by: str,
    on_progress: Progress | None = None,
    corrections_dir: Path = CORRECTIONS_DIR,
) -> IngestReport:
    """Parse the archived files of one partition again; the new batch supersedes the active one.

    Beside the files of the active batch these are the files that were refused since: a mended parser takes them.
    Raises UnknownBatch where nothing of the partition is archived, or where its batch was retracted: what a person or
    the sender ended comes back by `reload_batches` only.
    """
    found = list_batches(connection, contract.feed, partition_key)
    active = next((batch for batch in found if batch.status == "active"), None)
    if active is None and found:
        last = found[-1]
        raise UnknownBatch(
            f"the last batch of {contract.feed} {partition_key} is {last.status} ({last.reason or 'no reason'});"
            f" `ipstat batch reload {last.batch_id}` brings it back"
        )
    kept = batch_files(connection, contract, active.batch_id, partition_key) if active else []
    files = {version.name: version for version in kept}
    for version in refused_files(connection, contract, partition_key):
        if version.name not in files or files[version.name].delivery_id < version.delivery_id:
            files[version.name] = version
    if not files:
        raise UnknownBatch(f"nothing of {contract.feed} {partition_key} is in the archive; fetch it first")
    _end_read(connection)
    corrections = load_corrections(contract, corrections_dir)
    with (
        session(connection, contract.feed),
        scratch_folder(archive_dir, contract.feed) as scratch,
    ):
        loader = Loader(connection, archive_dir, contract, corrections, recorded_by, scratch, on_progress)
        results, rejected = loader.load({partition_key: list(files.values())}, reason=reason, is_forced=True)
    return IngestReport(contract.feed, 0, tuple(results), tuple(rejected))


def retract_batch(connection: Connection, batch_id: int, reason: str, recorded_by: str) -> Batch:
    """End a wrong batch: it is out of every later build. Its rows stay, and so do builds that pinned it.

    What it superseded does not come back by itself (`reload_batches` brings it back). Raises UnknownBatch unless the
    batch is active.
    """
    batch = get_batch(connection, batch_id)
    _end_read(connection)
    if batch.status != "active":
        raise UnknownBatch(f"batch {batch_id} is {batch.status}, only an active one can be retracted")
    note = f"retracted by {recorded_by}: {reason}"
    with session(connection, batch.feed):
        done = connection.execute(
            "update ops.batches set status = 'retracted', reason = concat_ws('; ', reason, %s::text)"
            " where batch_id = %s and status = 'active'",
            [note, batch_id],
        )
    if done.rowcount != 1:
        raise UnknownBatch(f"batch {batch_id} was superseded meanwhile")
    after = get_batch(connection, batch_id)
    _end_read(connection)
    return after


def _end_read(connection: Connection) -> None:
    """End the transaction that a read began, unless the caller's connection commits for itself."""
    if not connection.autocommit:
        connection.commit()
