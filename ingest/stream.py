"""Files into checked rows, in pieces of bounded size, whatever the number and size of the files.

Many small files go through validation together (a polars expression over a hundred rows costs as much as over ten
thousand), one large file goes through it in pieces. The work runs in a thread, so that the server takes one piece while
the next is made ready.
"""

from __future__ import annotations

import bisect
import io
import itertools
import json
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ingest.bind import Binding, bind
from ingest.contract import Contract
from ingest.corrections import Corrector
from ingest.readers import SOURCE_ROW, Chunk, FileRefused, Reader, RowFault, SourceFile
from ingest.validate import OPTION, PERIOD_END, Fault, validate

PIECE_ROWS = 40_000
#: Pieces that are validated at the same time.
WORKERS = 2
_PROVENANCE_ORDER = ("_batch_id", "_source_file", SOURCE_ROW, "_known_on", "_row_hash", "_extra")


@dataclass(frozen=True)
class Job:
    """One file to land in one batch. `fallback`: the bytes of this name that the active batch has, if these fail."""

    batch_id: int
    partition_key: str
    period_end: date | None
    option: date | None
    name: str
    source: SourceFile
    sha256: str
    delivery_id: int
    fallback: Job | None = None


@dataclass(frozen=True)
class Quarantined:
    """A row for `ops.quarantine`."""

    job: Job
    source_row: int
    column: str | None
    reason_code: str
    message: str
    raw: bytes


@dataclass(frozen=True)
class Piece:
    """Rows ready for COPY (CSV in UTF-8, columns in the order of `landing_columns`) and the rows that failed."""

    data: bytes
    row_count: int
    quarantined: list[Quarantined]


@dataclass(frozen=True)
class FileDone:
    """A file was read to its end; `counted` is the second count of its rows."""

    job: Job
    counted: int
    header_repeats: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FileFailed:
    """A file was refused; rows of it may have been in earlier pieces."""

    job: Job
    error: FileRefused


Event = Piece | FileDone | FileFailed


def landing_columns(contract: Contract) -> list[str]:
    """Columns of a piece, in order; `_recorded_at` is the table's default (the time of the transaction)."""
    return [*(column.name for column in contract.columns), *_PROVENANCE_ORDER]


def stream(jobs: Iterable[Job], contract: Contract, reader: Reader, corrector: Corrector) -> Iterator[Event]:
    """Read, bind and validate the jobs in order. A refused file's fallback is read in its place."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="ingest-validate") as pool:
        buffer = _Buffer(contract, corrector, pool)
        for first in jobs:
            job: Job | None = first
            while job is not None:
                try:
                    yield from _read(job, contract, reader, buffer)
                except FileRefused as error:
                    buffer.drop(job)
                    # What was made of the file before must reach the caller first: it is taken back there.
                    yield from buffer.drain()
                    yield FileFailed(job, error)
                    job = job.fallback
                else:
                    job = None
        buffer.flush()
        yield from buffer.drain()


def _read(job: Job, contract: Contract, reader: Reader, buffer: _Buffer) -> Iterator[Event]:
    binding: Binding | None = None
    repeats = 0
    warnings: list[str] = []
    for chunk in reader.read(job.source, contract):
        if binding is None:
            binding = bind(chunk.rows, job.source, contract)
            _refuse_unknown_time(job, contract)
            warnings += binding.warnings
        repeats += chunk.header_repeat_count
        warnings += chunk.warnings
        buffer.add(_Part(job, chunk, binding))
        if buffer.row_count >= PIECE_ROWS:
            buffer.flush()
            yield from buffer.drain(WORKERS)
    yield FileDone(job, reader.count_rows(job.source, contract), repeats, tuple(dict.fromkeys(warnings)))


def _refuse_unknown_time(job: Job, contract: Contract) -> None:
    """Where no column can say when a row was made public, the file or the operator must."""
    if job.period_end is None and job.option is None and all(each.source != "column" for each in contract.known_on):
        mend = "put the date into the name of the file or its folder, or give --known-on"
        raise FileRefused("known_on_missing", "nothing says when this file was made public", mend)


@dataclass(frozen=True)
class _Part:
    job: Job
    chunk: Chunk
    binding: Binding

    @property
    def frame(self) -> pl.DataFrame:
        return self.chunk.rows


@dataclass
class _Buffer:
    """Parts of files that wait to be validated together."""

    contract: Contract
    corrector: Corrector
    pool: ThreadPoolExecutor
    parts: list[_Part] = field(default_factory=list)
    row_count: int = 0
    pending: deque[Future[Piece]] = field(default_factory=deque)

    def add(self, part: _Part) -> None:
        self.parts.append(part)
        self.row_count += part.frame.height + len(part.chunk.faults)

    def drop(self, job: Job) -> None:
        self.parts = [part for part in self.parts if part.job is not job]

    def flush(self) -> None:
        """Begin to make a piece of what waits."""
        parts, self.parts, self.row_count = self.parts, [], 0
        if parts:
            self.pending.append(self.pool.submit(self._piece, parts))

    def drain(self, left: int = 0) -> Iterator[Piece]:
        """Pieces in their order, until only `left` are still in the making."""
        while len(self.pending) > left:
            yield self.pending.popleft().result()

    def _piece(self, parts: list[_Part]) -> Piece:
        faulty = [_from_reader(part.job, fault) for part in parts for fault in part.chunk.faults]
        # Files whose columns map alike are bound together; the order of files in a piece has no meaning.
        filled = sorted((part for part in parts if part.frame.height), key=lambda part: part.binding.key)
        if not filled:
            return Piece(b"", 0, faulty)
        validated = validate(_together(filled, self.contract), self.contract, self.corrector)
        faulty += _from_validation(validated.faults, filled)
        rows = validated.rows.select(landing_columns(self.contract))
        target = io.BytesIO()
        rows.write_csv(target, include_header=False)
        return Piece(target.getvalue(), rows.height, faulty)


def _together(parts: list[_Part], contract: Contract) -> pl.DataFrame:
    """One frame of all parts, with what each row owes to its file."""
    heights = pl.Series([part.frame.height for part in parts])
    owner = pl.Series(range(len(parts)), dtype=pl.UInt32)
    index = pl.DataFrame({"part": owner, "n": heights}).select(pl.col("part").repeat_by("n").explode()).to_series()
    of_file = pl.DataFrame(
        {
            "_batch_id": [part.job.batch_id for part in parts],
            "_source_file": [part.job.source.source_name for part in parts],
            PERIOD_END: [part.job.period_end for part in parts],
            OPTION: [part.job.option for part in parts],
        },
        schema_overrides={PERIOD_END: pl.Date, OPTION: pl.Date},
    )
    groups = [list(group) for _, group in itertools.groupby(parts, key=lambda part: part.binding.key)]
    bound = [group[0].binding.apply(pl.concat([part.frame for part in group]), contract) for group in groups]
    return pl.concat(bound).hstack(of_file[index])


def _from_reader(job: Job, fault: RowFault) -> Quarantined:
    message = f"{job.source.source_name}, row {fault.source_row}: {fault.message}"
    return Quarantined(job, fault.source_row, fault.column, fault.reason_code, message, fault.raw)


def _from_validation(faults: list[Fault], parts: list[_Part]) -> list[Quarantined]:
    """The faulty rows with their raw bytes, fetched part by part."""
    ends: list[int] = []
    for part in parts:
        ends.append((ends[-1] if ends else 0) + part.frame.height)
    by_part: dict[int, list[tuple[Fault, int]]] = {}
    for fault in faults:
        number = bisect.bisect_right(ends, fault.position)
        start = ends[number - 1] if number else 0
        by_part.setdefault(number, []).append((fault, fault.position - start))
    quarantined = []
    for number, found in sorted(by_part.items()):
        part = parts[number]
        rows = [int(part.frame[SOURCE_ROW][offset]) for _, offset in found]
        raws = part.chunk.raw_rows(rows) if part.chunk.raw_rows else _as_json(part.chunk, [o for _, o in found])
        for (fault, _), row, raw in zip(found, rows, raws, strict=True):
            message = f"{part.job.source.source_name}, row {row}: {fault.message}"
            quarantined.append(Quarantined(part.job, row, fault.column, fault.reason_code, message, raw))
    return quarantined


def _as_json(chunk: Chunk, offsets: list[int]) -> list[bytes]:
    cells = chunk.rows.drop(SOURCE_ROW)
    return [json.dumps(cells.row(offset, named=True), ensure_ascii=False).encode() for offset in offsets]


def in_thread(events: Iterator[Event], depth: int = 1) -> Iterator[Event]:
    """The same events, made in a thread at most `depth` ahead; its exception is raised here."""
    waiting: queue.Queue[Event | BaseException | None] = queue.Queue(maxsize=depth)
    is_stopped = threading.Event()

    def offer(item: Event | BaseException | None) -> bool:
        while not is_stopped.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for event in events:
                if not offer(event):
                    return
            offer(None)
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread
            offer(error)

    thread = threading.Thread(target=work, name="ingest-stream", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        is_stopped.set()
        thread.join()
