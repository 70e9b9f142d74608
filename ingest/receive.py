"""Receiving: bytes into the archive and a row of `ops.deliveries` for each receipt, before anything is read.

A receipt is committed after its bytes are durable; what is received is loaded later (`ingest.pending`), also by
another process after a crash. Receipts that came together (a turn of the spool, or one call that names files by hand)
share a `turn_id` and are one transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg

from ingest import quarantine, spool
from ingest.archive import ArchiveError, Stored, make_durable, store
from ingest.contract import Contract
from ingest.fetch import named_files
from ingest.plan import partition_for
from ingest.readers import FileRefused
from ingest.report import RejectedFile

Connection = psycopg.Connection[Any]
_COLUMNS = (
    "file_name", "source_path", "place", "partition_key", "sha256", "size_bytes", "archive_path", "known_on", "action",
    "turn_id",
)  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """One row of `ops.deliveries` to write. `place`: the path at the sender, None for a file named by hand."""

    file_name: str
    source_path: str
    place: str | None
    partition_key: str | None
    stored: Stored
    known_on: date | None
    turn_id: str
    action: str = "deliver"

    def row(self) -> tuple[object, ...]:
        """The cells in the order of the columns."""
        stored = self.stored
        return (
            self.file_name, self.source_path, self.place, self.partition_key, stored.sha256, stored.size_bytes,
            stored.path, self.known_on, self.action, self.turn_id,
        )  # fmt: skip


@dataclass(frozen=True)
class Received:
    """What was received by hand: the new ids, paths refused at the door, files that no contract asks for."""

    delivery_ids: tuple[int, ...]
    rejected: tuple[RejectedFile, ...]
    ignored: tuple[str, ...]


def receive_paths(
    connection: Connection, archive_dir: Path, contract: Contract, paths: Sequence[Path], known_on: date | None
) -> Received:
    """Archive files and folders named by hand. `known_on`: the operator's day, where the contract asks for one."""
    named = named_files(paths, contract)
    turn_id = spool.new_turn_id()
    receipts = []
    for path in named.files:
        place = str(path.resolve())
        stored = store(archive_dir, contract.feed, path)
        key = _partition(place, contract, known_on)
        receipts.append(Receipt(path.name, place, None, key, stored, known_on, turn_id))
    make_durable(archive_dir, [each.stored for each in receipts])
    with connection.transaction():
        ids = _record(connection, contract.feed, receipts)
        refused = [
            quarantine.reject(connection, contract.feed, each.source_name, each.error, None, None)
            for each in named.refused
        ]
    return Received(tuple(ids), tuple(refused), named.ignored)


def receive_turn(
    connection: Connection, archive_dir: Path, spool_dir: Path, contract: Contract, turn: spool.Turn
) -> int:
    """Archive one turn of the spool and remove it there; how many receipts it gave.

    Killed at any moment and called again it gives each receipt once. Raises ArchiveError for a spooled file whose bytes
    are not those that were fetched.
    """
    known = connection.execute("select 1 from ops.fetch_turns where turn_id = %s", [turn.turn_id]).fetchone()
    count = 0
    if known is None:
        receipts = [_of_file(archive_dir, spool_dir, contract, turn, file) for file in turn.files]
        make_durable(archive_dir, [each.stored for each in receipts])
        receipts += [
            _of_withdrawn(connection, contract, turn, gone, {each.stored.sha256: each.stored for each in receipts})
            for gone in turn.withdrawn
        ]
        with connection.transaction():
            connection.execute(
                "insert into ops.fetch_turns (turn_id, feed, connection_name, fetched_at, file_count)"
                " values (%s, %s, %s, %s, %s)",
                [turn.turn_id, turn.feed, turn.connection, turn.fetched_at, len(turn.files)],
            )
            _record(connection, contract.feed, receipts)
            spool.record_fetched(connection, turn)
        count = len(receipts)
    spool.discard(spool_dir, turn)
    return count


def _of_file(
    archive_dir: Path, spool_dir: Path, contract: Contract, turn: spool.Turn, file: spool.SpooledFile
) -> Receipt:
    path = spool.file_path(spool_dir, turn, file)
    stored = store(archive_dir, contract.feed, path)
    if stored.sha256 != file.sha256:
        raise ArchiveError(
            f"{path} is not what was fetched (its hash is {stored.sha256[:12]}...); remove the turn's folder"
            f" {spool.turn_folder(spool_dir, turn)} and fetch again"
        )
    key = _partition(file.path, contract, turn.known_on)
    return Receipt(PurePosixPath(file.path).name, file.source, file.path, key, stored, turn.known_on, turn.turn_id)


def _of_withdrawn(
    connection: Connection,
    contract: Contract,
    turn: spool.Turn,
    gone: spool.WithdrawnFile,
    fresh: dict[str, Stored],
) -> Receipt:
    """A withdrawal names bytes that were received before; where they never were, it is noted all the same."""
    stored = fresh.get(gone.sha256)
    if stored is None:
        row = connection.execute(
            "select size_bytes, archive_path from ops.deliveries where feed = %s and sha256 = %s limit 1",
            [contract.feed, gone.sha256],
        ).fetchone()
        size, place = row or (0, "")
        stored = Stored(gone.sha256, size, place, is_new=False)
    key = _partition(gone.path, contract, turn.known_on)
    name = PurePosixPath(gone.path).name
    return Receipt(name, gone.path, gone.path, key, stored, turn.known_on, turn.turn_id, "withdraw")


def _partition(place: str, contract: Contract, known_on: date | None) -> str | None:
    """The partition of a file by its path; null for a zip (its members say) and where load will refuse the file."""
    if place.lower().endswith(".zip"):
        return None
    try:
        return partition_for(place, contract, known_on)
    except FileRefused:
        return None


def _record(connection: Connection, feed: str, receipts: Sequence[Receipt]) -> list[int]:
    """Write the receipts; the new ids in order."""
    if not receipts:
        return []
    columns = [list(column) for column in zip(*(each.row() for each in receipts), strict=True)]
    rows = connection.execute(
        f"insert into ops.deliveries (feed, {', '.join(_COLUMNS)}) select %s, t.* from unnest(%s::text[], %s::text[],"
        " %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::date[], %s::text[], %s::text[]) as t"
        " returning delivery_id",
        [feed, *columns],
    ).fetchall()
    return sorted(int(row[0]) for row in rows)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
