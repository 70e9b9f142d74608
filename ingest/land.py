"""Landing some partitions in one transaction: rows by COPY, counts proved, batches made, predecessors superseded.

A batch is all or nothing. Rows of a file that was refused on the way are taken back before the transaction ends, so
what is committed to `landing` is never deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ingest import quarantine
from ingest.contract import Contract
from ingest.corrections import Correction, Corrector
from ingest.plan import FileVersion, Plan, checked, content_hash, parser_version
from ingest.readers import FileRefused, Reader
from ingest.report import INCOMPLETE, BatchResult, RejectedFile
from ingest.settle import Made, Maker, write_batches
from ingest.stream import FileDone, FileFailed, Job, Piece, in_thread, landing_columns, stream

Connection = psycopg.Connection[Any]
#: (files done, files in all, name of the last one)
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Context:
    """What a load needs beside the connection and the plans."""

    archive_dir: Path
    scratch: Path
    contract: Contract
    reader: Reader
    corrections: tuple[Correction, ...]
    versions: dict[str, str]
    recorded_by: str
    reason: str | None = None
    is_forced: bool = False
    on_file: Callable[[str], None] = lambda _name: None
    #: Called with the keys of the partitions at the end of the transaction that lands them.
    on_done: Callable[[Sequence[str]], None] = lambda _keys: None


@dataclass
class _Landing:
    """The state of one transaction."""

    connection: Connection
    context: Context
    plans: dict[int, Plan]
    done: dict[int, list[FileDone]] = field(default_factory=dict)
    rejected: list[RejectedFile] = field(default_factory=list)

    @property
    def table(self) -> str:
        return f"landing.{self.context.contract.feed}"


def land(
    connection: Connection, context: Context, plans: Sequence[Plan]
) -> tuple[list[BatchResult], list[RejectedFile]]:
    """Land the partitions; the batches made (or found unchanged) and the files refused."""
    with connection.transaction():
        ids = _new_batch_ids(connection, len(plans))
        landing = _Landing(connection, context, dict(zip(ids, plans, strict=True)))
        quarantine.open_quarantine(connection)
        corrector = Corrector(context.corrections, {batch: plan.partition_key for batch, plan in landing.plans.items()})
        jobs = (job for batch, plan in landing.plans.items() for job in _jobs(batch, plan, context))
        for event in in_thread(stream(jobs, context.contract, context.reader, corrector)):
            _take(landing, event)
        _drop_outdated(landing, corrector)
        results = _make_batches(landing)
        context.on_done([plan.partition_key for plan in plans])
    return results, landing.rejected


def _new_batch_ids(connection: Connection, count: int) -> list[int]:
    rows = connection.execute(
        "select nextval(pg_get_serial_sequence('ops.batches', 'batch_id')) from generate_series(1, %s)", [count]
    ).fetchall()
    return [int(row[0]) for row in rows]


def _jobs(batch: int, plan: Plan, context: Context) -> Iterable[Job]:
    """The files of a plan in the order of their names; a new file falls back on the active batch's bytes."""
    for name, version in sorted(plan.files.items()):
        before = plan.active.files.get(name) if plan.active else None
        fallback = (
            _job(batch, plan, before, context) if before is not None and before.sha256 != version.sha256 else None
        )
        yield _job(batch, plan, version, context, fallback)


def _job(batch: int, plan: Plan, version: FileVersion, context: Context, fallback: Job | None = None) -> Job:
    source = checked(version, context.archive_dir).source(context.archive_dir, context.scratch)
    return Job(
        batch_id=batch,
        partition_key=plan.partition_key,
        period_end=plan.period_end,
        option=version.option,
        name=version.name,
        source=source,
        sha256=version.sha256,
        delivery_id=version.delivery_id,
        fallback=fallback,
    )


def _take(landing: _Landing, event: Piece | FileDone | FileFailed) -> None:
    connection, context = landing.connection, landing.context
    if isinstance(event, Piece):
        if event.row_count:
            columns = ", ".join(landing_columns(context.contract))
            with connection.cursor() as cursor:
                with cursor.copy(f"copy {landing.table} ({columns}) from stdin (format csv)") as copy:
                    copy.write(event.data)
                if cursor.rowcount != event.row_count:
                    raise RuntimeError(f"COPY took {cursor.rowcount} of {event.row_count} rows into {landing.table}")
        quarantine.hold(connection, context.contract.feed, event.quarantined)
    elif isinstance(event, FileDone):
        landing.done.setdefault(event.job.batch_id, []).append(event)
        context.on_file(event.job.source.source_name)
    else:
        _refuse(landing, event.job, event.error)


def _refuse(landing: _Landing, job: Job, error: FileRefused) -> None:
    """Take back what was landed of a file, and note why."""
    landing.connection.execute(
        f"delete from {landing.table} where _batch_id = %s and _source_file = %s",
        [job.batch_id, job.source.source_name],
    )
    quarantine.forget(landing.connection, job)
    feed = landing.context.contract.feed
    name, key = job.source.source_name, job.partition_key
    told = quarantine.reject(landing.connection, feed, name, error, job.delivery_id, job.sha256, key)
    landing.rejected.append(told)


def _drop_outdated(landing: _Landing, corrector: Corrector) -> None:
    """A correction that finds its old value no more stops its partition: someone must look at it."""
    outdated = corrector.outdated()
    for batch, plan in list(landing.plans.items()):
        for correction in outdated.get(plan.partition_key, []):
            name = f"corrections/{landing.context.contract.feed}.yml"
            message = f"the correction of {correction.describe()} finds no row with the old value {correction.old!r}"
            error = FileRefused(
                "correction_outdated", message, "remove it: the provider has mended the row or dropped it"
            )
            feed, key = landing.context.contract.feed, plan.partition_key
            landing.rejected.append(quarantine.reject(landing.connection, feed, name, error, None, None, key))
            _drop(landing, batch)


def _drop(landing: _Landing, batch: int) -> None:
    landing.done.pop(batch, None)
    landing.connection.execute(f"delete from {landing.table} where _batch_id = %s", [batch])


def _make_batches(landing: _Landing) -> list[BatchResult]:
    """Prove each file's counts, then write the batches with their files and supersede the active ones."""
    landed = _landed_counts(landing)
    held = quarantine.held_counts(landing.connection)
    made: list[Made] = []
    results: list[BatchResult] = []
    file_rows: list[tuple[Any, ...]] = []
    for batch, plan in landing.plans.items():
        files = [_proved(landing, each, landed, held) for each in landing.done.get(batch, [])]
        rows = [row for row in files if row is not None]
        if len(rows) != len(files) or not rows:
            _drop(landing, batch)
            continue
        content = content_hash(
            [_version(each.job) for each in landing.done[batch]], landing.context.versions[plan.partition_key]
        )
        if plan.active is not None and content == plan.active.content_hash and not landing.context.is_forced:
            _drop(landing, batch)
            results.append(unchanged(plan))
            continue
        warnings = _warnings(landing.context.contract, landing.done[batch], rows)
        result = BatchResult(
            plan.partition_key,
            "loaded",
            batch,
            sum(r[5] for r in rows),
            sum(r[6] for r in rows),
            sum(r[7] for r in rows),
            warnings,
        )
        known = max((landed[batch, row[2]][1] for row in rows if (batch, row[2]) in landed), default=None)
        made.append(Made(plan, content, result, known))
        file_rows += rows
        results.append(result)
    context = landing.context
    version = parser_version(context.contract, context.reader.version)
    maker = Maker(context.contract, version, context.recorded_by, context.reason)
    write_batches(landing.connection, maker, made, file_rows)
    return results


def _landed_counts(landing: _Landing) -> dict[tuple[int, str], tuple[int, date]]:
    """What the table holds now: rows and latest known day by batch and file."""
    rows = landing.connection.execute(
        f"select _batch_id, _source_file, count(*), max(_known_on) from {landing.table}"
        " where _batch_id between %s and %s and _batch_id = any(%s) group by 1, 2",
        [min(landing.plans), max(landing.plans), list(landing.plans)],
    ).fetchall()
    return {(int(batch), str(name)): (int(count), known) for batch, name, count, known in rows}


def _proved(
    landing: _Landing,
    each: FileDone,
    landed: dict[tuple[int, str], tuple[int, date]],
    held: dict[tuple[int, str], int],
) -> tuple[Any, ...] | None:
    """The row of `ops.batch_files`, or None (and a rejection) where the two counts of the file's rows differ."""
    job = each.job
    key = (job.batch_id, job.source.source_name)
    in_table, in_quarantine = landed.get(key, (0, None))[0], held.get(key, 0)
    found = in_table + in_quarantine + each.header_repeats
    if found == each.counted:
        return (
            *key[:1],
            job.delivery_id,
            key[1],
            job.sha256,
            each.counted,
            in_table,
            in_quarantine,
            each.header_repeats,
        )
    message = (
        f"the second count finds {each.counted} rows, but {in_table} were read as rows, {in_quarantine} as faulty rows"
        f" and {each.header_repeats} as repeated headers"
    )
    _refuse(landing, job, FileRefused("rows_not_conserved", message, "the reader must be mended; keep the file"))
    return None


def _version(job: Job) -> FileVersion:
    return FileVersion(job.name, job.source.source_name, job.sha256, job.delivery_id, job.option)


def _warnings(contract: Contract, done: Sequence[FileDone], rows: Sequence[tuple[Any, ...]]) -> tuple[str, ...]:
    warnings = [warning for each in done for warning in each.warnings]
    names = [each.job.name for each in done]
    missing = [p for p in contract.delivery.completed_by if not any(re.fullmatch(p, name) for name in names)]
    warnings += [f"{INCOMPLETE} no file {pattern}" for pattern in missing]
    warnings += [f"{row[2]}: the file has no rows" for row in rows if row[4] == 0]
    counted, faulty = sum(row[4] for row in rows), sum(row[6] for row in rows)
    if counted and faulty / counted > contract.quarantine_budget.warn:
        warnings.append(
            f"{faulty} of {counted} rows are in quarantine, more than {contract.quarantine_budget.warn:.1%}"
        )
    return tuple(warnings)


def unchanged(plan: Plan) -> BatchResult:
    """The result of a partition whose active batch has the delivered content already."""
    active = plan.active
    if active is None:
        raise ValueError(f"{plan.partition_key} has no active batch")
    return BatchResult(
        plan.partition_key,
        "unchanged",
        active.batch_id,
        active.row_count,
        active.quarantined_count,
        active.header_repeat_count,
        active.warnings,
    )
