"""What a delivery changes: for each partition the files of its next batch.

The content of a batch is, for each file name of the partition, the latest bytes that could be read: the files of the
active batch, replaced or joined by those of the delivery.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg

from ingest.archive import verify
from ingest.calendar import cut_to_period, period_end
from ingest.contract import Contract
from ingest.fetch import partition_of, restore
from ingest.readers import FileRefused, SourceFile

#: Raised with every change of binding, validation or provenance: part of a batch's parser version.
ENGINE_VERSION = 1
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class FileVersion:
    """One file of a batch. `name` is the base name, by which deliveries replace each other; `option` a known day given
    by the operator, where the contract uses it. `path` is None for a file that has yet to be fetched from the archive.
    """

    name: str
    source_name: str
    sha256: str
    delivery_id: int
    option: date | None
    path: Path | None = None
    archive_path: str | None = None

    def source(self, archive_dir: Path, scratch: Path) -> SourceFile:
        """The file on disk, from the archive where need be (its hash is checked there)."""
        if self.path is not None:
            return SourceFile(self.path, self.source_name, self.name)
        if self.archive_path is None:
            raise ValueError(f"{self.source_name} has neither a path nor a place in the archive")
        return SourceFile(
            restore(archive_dir / self.archive_path, self.source_name, scratch), self.source_name, self.name
        )


@dataclass(frozen=True)
class ActiveBatch:
    """The batch that a partition has now."""

    batch_id: int
    content_hash: str
    files: dict[str, FileVersion]
    row_count: int
    quarantined_count: int
    header_repeat_count: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The next batch of a partition: its files by name, and what is active now."""

    partition_key: str
    period_end: date | None
    files: dict[str, FileVersion]
    active: ActiveBatch | None
    content_hash: str


def base_name(source_name: str) -> str:
    """`inner.csv` of `outer.zip!folder/inner.csv`: what a file is called, whatever it came in."""
    return PurePosixPath(source_name.rpartition("!")[2]).name


def partition_for(place: str, contract: Contract, known_on: date | None) -> str:
    """The partition of a file: from its path, else as the contract says; raises FileRefused where nothing says."""
    if key := partition_of(place, contract):
        return key
    rule = contract.delivery.partition
    if rule.otherwise == "constant" and rule.constant is not None:
        return rule.constant
    if rule.otherwise == "known_on" and known_on is not None:
        return cut_to_period(known_on, rule.period)
    mend = "put its date into the name of the file or its folder"
    mend += ", or give --known-on" if rule.otherwise == "known_on" else ""
    raise FileRefused("partition_unknown", f"nothing in the path names the {rule.period} of this file", mend)


def effective_option(contract: Contract, end: date | None, known_on: date | None) -> date | None:
    """The operator's known day where it can count: null if the contract names a sure source before it."""
    for known in contract.known_on:
        if known.source == "option":
            return known_on
        if known.source == "partition" and end is not None:
            return None
    return None


def active_batches(connection: Connection, contract: Contract, keys: Iterable[str]) -> dict[str, ActiveBatch]:
    """The active batches of these partitions with their files."""
    rows = connection.execute(
        "select b.partition_key, b.batch_id, b.content_hash, b.row_count, b.quarantined_count, b.header_repeat_count,"
        " b.warning, f.file_name, f.sha256, f.delivery_id, d.archive_path, d.known_on, d.turn_id"
        " from ops.batches b left join ops.batch_files f using (batch_id)"
        " left join ops.deliveries d using (delivery_id)"
        " where b.feed = %s and b.status = 'active' and b.partition_key = any(%s) order by f.file_name",
        [contract.feed, list(keys)],
    ).fetchall()
    options = _options_in_landing(connection, contract, {int(row[1]) for row in rows})
    found: dict[str, ActiveBatch] = {}
    for (
        key,
        batch,
        content,
        landed,
        quarantined,
        repeats,
        warnings,
        file_name,
        sha256,
        delivery,
        path,
        day,
        turn,
    ) in rows:
        if key not in found:
            found[key] = ActiveBatch(batch, content, {}, landed, quarantined, repeats, tuple(warnings))
        if file_name is not None:
            given = day if turn is not None else options.get((batch, file_name))
            option = effective_option(contract, _end(key, contract), given)
            version = FileVersion(base_name(file_name), file_name, sha256, delivery, option, archive_path=path)
            found[key].files[version.name] = version
    return found


def batch_files(connection: Connection, contract: Contract, batch_id: int, key: str) -> list[FileVersion]:
    """The files of one batch, whatever its status, as they lie in the archive."""
    rows = connection.execute(
        "select f.file_name, f.sha256, f.delivery_id, d.archive_path, d.known_on, d.turn_id from ops.batch_files f"
        " join ops.deliveries d using (delivery_id) where f.batch_id = %s order by f.file_name",
        [batch_id],
    ).fetchall()
    options = _options_in_landing(connection, contract, {batch_id})
    versions = []
    for name, sha256, delivery, path, day, turn in rows:
        given = day if turn is not None else options.get((batch_id, name))
        option = effective_option(contract, _end(key, contract), given)
        versions.append(FileVersion(base_name(name), name, sha256, delivery, option, archive_path=path))
    return versions


def refused_files(connection: Connection, contract: Contract, key: str) -> list[FileVersion]:
    """The files of a partition that were received, refused when they were read, and not withdrawn since; in order."""
    rows = connection.execute(
        "select r.file_name, r.sha256, r.delivery_id, d.known_on, d.archive_path from ops.rejected_files r"
        " join ops.deliveries d using (delivery_id) where r.feed = %s and r.partition_key = %s"
        " and r.reason_code <> 'name_conflict' and not exists (select from ops.deliveries g where g.feed = r.feed"
        " and g.action = 'withdraw' and g.sha256 in (r.sha256, d.sha256) and g.delivery_id > r.delivery_id)"
        " order by r.delivery_id, r.rejected_id",
        [contract.feed, key],
    ).fetchall()
    return [
        FileVersion(
            base_name(name), name, sha, delivery, effective_option(contract, _end(key, contract), day), None, path
        )
        for name, sha, delivery, day, path in rows
    ]


def _options_in_landing(connection: Connection, contract: Contract, batches: set[int]) -> dict[tuple[int, str], date]:
    """The known day that a file's rows got, where it may have come from the operator: it must survive supersession.

    Only for receipts from before it was kept with them (those have no turn).
    """
    if not batches or all(known.source != "option" for known in contract.known_on) or _always_dated(contract):
        return {}
    rows = connection.execute(
        f"select _batch_id, _source_file, max(_known_on) from landing.{contract.feed}"
        " where _batch_id = any(%s) group by 1, 2",
        [list(batches)],
    ).fetchall()
    return {(int(batch), str(name)): day for batch, name, day in rows}


def _always_dated(contract: Contract) -> bool:
    """Whether the partition gives a date before the operator is asked."""
    sources = [known.source for known in contract.known_on]
    is_first = "partition" in sources and sources.index("partition") < sources.index("option")
    return is_first and contract.delivery.partition.period != "none"


def plan_partition(
    key: str, incoming: Sequence[FileVersion], active: ActiveBatch | None, contract: Contract, versions: str
) -> Plan:
    """The next batch of one partition. `versions`: what else makes the content (see `content_versions`)."""
    files = dict(active.files) if active else {}
    files.update({version.name: version for version in incoming})
    return Plan(key, _end(key, contract), files, active, content_hash(files.values(), versions))


def content_hash(files: Iterable[FileVersion], versions: str) -> str:
    """A hash of a batch's files (names, bytes, operator's days) and of what reads them."""
    content = sorted((each.name, each.sha256, each.option.isoformat() if each.option else "") for each in files)
    return hashlib.sha256(json.dumps([content, versions]).encode()).hexdigest()


def parser_version(contract: Contract, reader_version: int) -> str:
    """The version of the code that parses a feed."""
    return f"engine {ENGINE_VERSION}, {contract.file.reader} {reader_version}"


def checked(version: FileVersion, archive_dir: Path) -> FileVersion:
    """The version, after the archived bytes were hashed again; raises ArchiveError where they are damaged."""
    if version.path is None and version.archive_path is not None and "!" not in version.source_name:
        return replace(version, path=verify(archive_dir, version.archive_path, version.sha256))
    return version


def _end(key: str, contract: Contract) -> date | None:
    return period_end(key, contract.delivery.partition.period)
