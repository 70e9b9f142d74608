"""Ingest: received files into archive, receipts and batches. `ingest` is the one entrance."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ingest import quarantine
from ingest.archive import Stored, make_durable, store
from ingest.contract import Contract
from ingest.corrections import CORRECTIONS_DIR, Correction, corrections_hash, load_corrections
from ingest.fetch import Incoming, expand
from ingest.land import Context, Progress, land, unchanged
from ingest.plan import (
    FileVersion,
    Plan,
    active_batches,
    effective_option,
    parser_version,
    partition_for,
    plan_partition,
    record_deliveries,
)
from ingest.readers import FileRefused, reader_for
from ingest.report import BatchResult, IngestReport, RejectedFile
from ingest.session import FeedBusy, session

__all__ = ["FeedBusy", "Loader", "ingest", "table_hash"]

Connection = psycopg.Connection[Any]
#: Partitions that one transaction takes: many small ones together, a large one alone.
GROUP_PARTITIONS = 200
GROUP_BYTES = 128 * 1024**2


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
    """Take in files, folders and zips of one feed.

    Every file is archived and its receipt noted, also when its bytes are known. Each partition that changes gets a new
    batch of the union of its files, which supersedes the active one. A file that can't be read is listed in the report
    and in `ops.rejected_files`; its partition keeps the earlier bytes of that name, if there are any. `known_on` serves
    where the contract's other sources give no date. The connection must be idle; its autocommit is restored.

    Raises FeedBusy while another session loads the feed.
    """
    archive_dir.mkdir(parents=True, exist_ok=True)
    corrections = load_corrections(contract, corrections_dir)
    with (
        session(connection, contract.feed),
        tempfile.TemporaryDirectory(dir=archive_dir, prefix=".scratch-") as scratch,
    ):
        receipt = _receive(connection, archive_dir, contract, paths, known_on, Path(scratch))
        loader = Loader(connection, archive_dir, contract, corrections, recorded_by, Path(scratch), on_progress)
        batches, rejected = loader.load(receipt.files)
    rejected = receipt.rejected + rejected
    return IngestReport(contract.feed, receipt.delivery_count, tuple(batches), tuple(rejected), receipt.ignored)


@dataclass
class _Receipt:
    """What was received: file versions by partition, what was refused at the door."""

    files: dict[str, list[FileVersion]] = field(default_factory=dict)
    rejected: list[RejectedFile] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    delivery_count: int = 0


def _receive(
    connection: Connection,
    archive_dir: Path,
    contract: Contract,
    paths: Sequence[Path],
    known_on: date | None,
    scratch: Path,
) -> _Receipt:
    expanded = expand(paths, contract, scratch)
    refused = [(each.delivered, each.source_name, each.error) for each in expanded.refused]
    placed: list[tuple[Incoming, str]] = []
    for incoming in expanded.incoming:
        try:
            placed.append((incoming, partition_for(incoming, contract, known_on)))
        except FileRefused as error:
            refused.append((incoming.delivered, incoming.source.source_name, error))
    keys: dict[Path, set[str]] = {}
    for incoming, key in placed:
        keys.setdefault(incoming.delivered, set()).add(key)
    delivered = [*keys, *(path for path, _, _ in refused if path.is_file() and path not in keys)]
    stored = {path: store(archive_dir, contract.feed, path) for path in dict.fromkeys(delivered)}
    make_durable(archive_dir, list(stored.values()))
    receipt = _Receipt(ignored=expanded.ignored, delivery_count=len(stored))
    with connection.transaction():
        rows = [
            (path, next(iter(keys[path])) if len(keys.get(path, ())) == 1 else None, s) for path, s in stored.items()
        ]
        ids = dict(zip(stored, record_deliveries(connection, contract.feed, rows), strict=True))
        conflicts = _add_versions(receipt, placed, stored, ids, contract, known_on)
        for path, name, refusal in [*refused, *conflicts]:
            sha256 = stored[path].sha256 if path in stored else None
            told = quarantine.reject(connection, contract.feed, name, refusal, ids.get(path), sha256)
            receipt.rejected.append(told)
    return receipt


def _add_versions(
    receipt: _Receipt,
    placed: Sequence[tuple[Incoming, str]],
    stored: dict[Path, Stored],
    ids: dict[Path, int],
    contract: Contract,
    known_on: date | None,
) -> list[tuple[Path, str, FileRefused]]:
    """Fill `receipt.files`; files of one name and partition with different bytes refuse each other."""
    by_name: dict[tuple[str, str], list[tuple[Incoming, FileVersion]]] = {}
    for incoming, key in placed:
        sha256 = stored[incoming.delivered].sha256
        if "!" in incoming.source.source_name:
            with incoming.source.path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        end = plan_partition(key, [], None, contract, "").period_end
        version = FileVersion(
            incoming.source.name,
            incoming.source.source_name,
            sha256,
            ids[incoming.delivered],
            effective_option(contract, end, known_on),
            path=incoming.source.path,
        )
        by_name.setdefault((key, version.name), []).append((incoming, version))
    conflicts = []
    for (key, name), found in by_name.items():
        if len({version.sha256 for _, version in found}) > 1:
            message = f"{len(found)} files of partition {key} are called {name} and differ"
            refusal = FileRefused("name_conflict", message, "ingest them one after the other; the last one counts")
            conflicts += [(incoming.delivered, version.source_name, refusal) for incoming, version in found]
        else:
            receipt.files.setdefault(key, []).append(found[0][1])
    return conflicts


class Loader:
    """Loads file versions into batches, group by group. `is_forced` makes a batch also where nothing has changed."""

    def __init__(
        self,
        connection: Connection,
        archive_dir: Path,
        contract: Contract,
        corrections: tuple[Correction, ...],
        recorded_by: str,
        scratch: Path,
        on_progress: Progress | None = None,
    ) -> None:
        self.connection, self.archive_dir, self.contract = connection, archive_dir, contract
        self.corrections, self.recorded_by, self.scratch = corrections, recorded_by, scratch
        self.on_progress = on_progress
        self.reader = reader_for(contract)

    def load(
        self, files: dict[str, list[FileVersion]], reason: str | None = None, is_forced: bool = False
    ) -> tuple[list[BatchResult], list[RejectedFile]]:
        """Plan and land the partitions in the order of their keys."""
        active = active_batches(self.connection, self.contract, files)
        plans, results = [], []
        for key, versions in sorted(files.items()):
            base = None if is_forced else active.get(key)
            plan = plan_partition(key, versions, base, self.contract, self.content_versions(key))
            if base is not None and plan.content_hash == base.content_hash:
                results.append(unchanged(plan))
            else:
                plans.append(Plan(key, plan.period_end, plan.files, active.get(key), plan.content_hash))
        rejected: list[RejectedFile] = []
        context = Context(
            archive_dir=self.archive_dir,
            scratch=self.scratch,
            contract=self.contract,
            reader=self.reader,
            corrections=self.corrections,
            versions={plan.partition_key: self.content_versions(plan.partition_key) for plan in plans},
            recorded_by=self.recorded_by,
            reason=reason,
            is_forced=is_forced,
            on_file=self._counter(sum(len(plan.files) for plan in plans)),
        )
        for group in _groups(plans):
            batches, refused = land(self.connection, context, group)
            results += batches
            rejected += refused
        return sorted(results, key=lambda result: result.partition_key), rejected

    def content_versions(self, key: str) -> str:
        """What beside the files makes a batch's content: contract, parser, corrections of the partition."""
        corrections = corrections_hash(tuple(each for each in self.corrections if each.partition == key))
        return json.dumps([self.contract.version, parser_version(self.contract, self.reader.version), corrections])

    def _counter(self, total: int) -> Callable[[str], None]:
        done = 0

        def count(name: str) -> None:
            nonlocal done
            done += 1
            if self.on_progress is not None:
                self.on_progress(done, total, name)

        return count


def _groups(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    """Plans that share a transaction."""
    group: list[Plan] = []
    size = 0
    for plan in plans:
        paths = [version.path for version in plan.files.values() if version.path is not None]
        weight = sum(path.stat().st_size for path in paths)
        if group and (len(group) >= GROUP_PARTITIONS or size + weight > GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(plan)
        size += weight
    if group:
        yield group


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
