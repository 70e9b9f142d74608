"""Loading file versions into batches: what changes is planned by partition and landed group by group."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from ingest.contract import Contract
from ingest.corrections import Correction, corrections_hash
from ingest.land import Context, Progress, land, unchanged
from ingest.plan import FileVersion, Plan, active_batches, parser_version, plan_partition
from ingest.readers import reader_for
from ingest.report import BatchResult, RejectedFile

Connection = psycopg.Connection[Any]
#: Called with the keys of partitions that are done, in the transaction that changes them.
OnDone = Callable[[Sequence[str]], None]
#: Partitions that one transaction takes: many small ones together, a large one alone.
GROUP_PARTITIONS = 200
GROUP_BYTES = 128 * 1024**2


def _nothing(_keys: Sequence[str]) -> None:
    """Nobody wants to know."""


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
        self,
        files: dict[str, list[FileVersion]],
        reason: str | None = None,
        is_forced: bool = False,
        on_done: OnDone = _nothing,
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
        on_done([result.partition_key for result in results])
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
            on_done=on_done,
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
