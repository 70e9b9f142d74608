"""Loading what is archived and not loaded yet, in the order of receipt.

Receipts are settled (`ops.deliveries.loaded_at`) in the transaction that makes their batch, so a killed load is
finished by the next one: nothing is lost and nothing is loaded twice. Receipts that don't touch each other are loaded
together (a round); the versions of one file of one partition come one after the other, each in a round of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

from ingest import quarantine
from ingest.archive import scratch_folder, verify
from ingest.calendar import period_end
from ingest.contract import Contract
from ingest.corrections import CORRECTIONS_DIR, load_corrections
from ingest.fetch import is_wanted, unpack
from ingest.land import Progress
from ingest.loader import Loader
from ingest.plan import FileVersion, effective_option, partition_for
from ingest.readers import FileRefused
from ingest.receive import sha256_of
from ingest.report import BatchResult, IngestReport, RejectedFile
from ingest.withdraw import withdraw

Connection = psycopg.Connection[Any]
#: A round is closed at the end of the turn in which it grows beyond this: unpacked zips lie in a scratch folder.
ROUND_BYTES = 1024**3


@dataclass(frozen=True)
class Delivery:
    """A receipt that is not settled."""

    delivery_id: int
    file_name: str
    source_path: str
    place: str | None
    sha256: str
    size_bytes: int
    archive_path: str
    known_on: date | None
    partition_key: str | None
    action: str
    turn_id: str | None


@dataclass(frozen=True)
class _Refused:
    """A file that is refused before it is read."""

    delivery: Delivery
    source_name: str
    sha256: str
    error: FileRefused
    partition_key: str | None = None


@dataclass
class _Round:
    """Files to load together. `reached`: for each delivery the partitions that its files belong to."""

    folders: list[Path] = field(default_factory=list)
    files: dict[str, dict[str, FileVersion]] = field(default_factory=dict)
    reached: dict[int, set[str]] = field(default_factory=dict)
    refused: list[_Refused] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    withdrawn: list[Delivery] = field(default_factory=list)
    size_bytes: int = 0

    def clashes(self, other: _Round) -> bool:
        """Whether `other` has another version of a file of this round."""
        return any(
            (mine := self.files.get(key, {}).get(name)) is not None and mine.sha256 != version.sha256
            for key, versions in other.files.items()
            for name, version in versions.items()
        )

    def join(self, other: _Round) -> None:
        """Take what came later into this round."""
        for key, versions in other.files.items():
            self.files[key] = versions | self.files.get(key, {})
        self.folders += other.folders
        self.reached |= other.reached
        self.refused += other.refused
        self.ignored += other.ignored
        self.withdrawn += other.withdrawn
        self.size_bytes += other.size_bytes


def load_pending(
    connection: Connection,
    archive_dir: Path,
    contract: Contract,
    recorded_by: str,
    on_progress: Progress | None = None,
    corrections_dir: Path = CORRECTIONS_DIR,
    fresh: frozenset[int] = frozenset(),
) -> IngestReport:
    """Load every receipt of the feed that is not settled. The caller holds the feed's session (`ingest.session`).

    `fresh` are receipts whose bytes this process hashed a moment ago: they are not hashed again. Raises ArchiveError
    for an archived file that is missing or damaged; what came before it is loaded.
    """
    corrections = load_corrections(contract, corrections_dir)
    deliveries = _pending(connection, contract.feed)
    batches: list[BatchResult] = []
    rejected: list[RejectedFile] = []
    ignored: list[str] = []
    if deliveries:
        with scratch_folder(archive_dir, contract.feed) as scratch:
            loader = Loader(connection, archive_dir, contract, corrections, recorded_by, scratch, on_progress)
            for each in _rounds(loader, deliveries, fresh):
                made, refused = _load_round(loader, each)
                batches += made
                rejected += refused
                ignored += each.ignored
    return IngestReport(contract.feed, len(deliveries), tuple(batches), tuple(rejected), tuple(ignored))


def _pending(connection: Connection, feed: str) -> list[Delivery]:
    names = ", ".join(Delivery.__dataclass_fields__)
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(
            f"select {names} from ops.deliveries where feed = %s and loaded_at is null order by delivery_id", [feed]
        ).fetchall()


def _rounds(loader: Loader, deliveries: Sequence[Delivery], fresh: frozenset[int]) -> Iterator[_Round]:
    """Rounds in the order of receipt; a withdrawal ends its round."""
    current = _Round()
    for _, turn in groupby(deliveries, key=lambda each: each.turn_id or each.delivery_id):
        opened = _open_turn(loader, list(turn), fresh)
        if current.clashes(opened) or current.size_bytes > ROUND_BYTES:
            yield current
            current = _Round()
        current.join(opened)
        if current.withdrawn:
            yield current
            current = _Round()
    if current.reached:
        yield current


def _open_turn(loader: Loader, deliveries: Sequence[Delivery], fresh: frozenset[int]) -> _Round:
    """The files of receipts that came together, zips unpacked; differing files of one name refuse each other."""
    folder = Path(tempfile.mkdtemp(dir=loader.scratch))
    opened = _Round(folders=[folder], reached={each.delivery_id: set() for each in deliveries})
    found: dict[tuple[str, str], list[tuple[Delivery, FileVersion]]] = {}
    for delivery in deliveries:
        if delivery.action == "withdraw":
            opened.withdrawn.append(delivery)
            continue
        opened.size_bytes += delivery.size_bytes
        try:
            for key, version in _versions(loader, delivery, folder, opened, delivery.delivery_id in fresh):
                found.setdefault((key, version.name), []).append((delivery, version))
        except FileRefused as error:
            opened.refused.append(_Refused(delivery, delivery.file_name, delivery.sha256, error))
    for (key, name), versions in found.items():
        if len({version.sha256 for _, version in versions}) > 1:
            message = f"{len(versions)} files of partition {key} are called {name} and differ"
            conflict = FileRefused("name_conflict", message, "ingest them one after the other; the last one counts")
            opened.refused += [_Refused(each, v.source_name, v.sha256, conflict, key) for each, v in versions]
            continue
        opened.files.setdefault(key, {})[name] = versions[0][1]
        for delivery, _ in versions:
            opened.reached[delivery.delivery_id].add(key)
    return opened


def _versions(
    loader: Loader, delivery: Delivery, folder: Path, opened: _Round, is_fresh: bool
) -> Iterator[tuple[str, FileVersion]]:
    """The files of one delivery with their partitions; a member that no partition takes is refused by itself."""
    contract = loader.contract
    if delivery.place is not None and not is_wanted(delivery.file_name, contract):
        opened.ignored.append(delivery.file_name)
        return
    archived = loader.archive_dir / delivery.archive_path
    if not is_fresh:
        archived = verify(loader.archive_dir, delivery.archive_path, delivery.sha256)
    place = delivery.place or delivery.source_path
    incoming, ignored = unpack(archived, delivery.file_name, place, contract, folder)
    opened.ignored += ignored
    for each in incoming:
        is_member = each.source.path != archived
        sha256 = sha256_of(each.source.path) if is_member else delivery.sha256
        try:
            key = None if is_member else delivery.partition_key
            key = key or partition_for(each.place, contract, delivery.known_on)
        except FileRefused as error:
            opened.refused.append(_Refused(delivery, each.source.source_name, sha256, error))
            continue
        option = effective_option(contract, period_end(key, contract.delivery.partition.period), delivery.known_on)
        yield (
            key,
            FileVersion(
                each.source.name,
                each.source.source_name,
                sha256,
                delivery.delivery_id,
                option,
                path=each.source.path,
                archive_path=delivery.archive_path,
            ),
        )


def _load_round(loader: Loader, each: _Round) -> tuple[list[BatchResult], list[RejectedFile]]:
    connection, feed = loader.connection, loader.contract.feed
    gone = {delivery.delivery_id for delivery in each.withdrawn}
    waiting = {number: set(keys) for number, keys in each.reached.items() if number not in gone}

    def settle(keys: Sequence[str]) -> None:
        for left in waiting.values():
            left.difference_update(keys)
        done = [number for number, left in waiting.items() if not left]
        for number in done:
            del waiting[number]
        _settle(connection, done, each.reached)

    with connection.transaction():
        rejected = [
            quarantine.reject(
                connection, feed, r.source_name, r.error, r.delivery.delivery_id, r.sha256, r.partition_key
            )
            for r in each.refused
        ]
        settle([])
    batches, refused = loader.load(
        {key: list(versions.values()) for key, versions in each.files.items()}, on_done=settle
    )
    for delivery in each.withdrawn:
        batches += withdraw(loader, delivery.sha256, delivery.file_name, delivery.partition_key)
        _settle(connection, [delivery.delivery_id], {})
    for folder in each.folders:
        shutil.rmtree(folder)
    return batches, rejected + refused


def _settle(connection: Connection, ids: Sequence[int], reached: dict[int, set[str]]) -> None:
    """These receipts are done; a zip whose files are all of one partition gets its key."""
    if not ids:
        return
    keys = [next(iter(found)) if len(found := reached.get(number, set())) == 1 else None for number in ids]
    connection.execute(
        "update ops.deliveries as deliveries set loaded_at = now(),"
        " partition_key = coalesce(deliveries.partition_key, done.partition_key)"
        " from unnest(%s::bigint[], %s::text[]) as done (delivery_id, partition_key)"
        " where deliveries.delivery_id = done.delivery_id",
        [list(ids), keys],
    )
