"""What an ingest did, for people and for exit codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: How the warning begins that a partition lacks a file that completes it: such a batch is read, but is no coverage.
INCOMPLETE = "incomplete:"


@dataclass(frozen=True)
class BatchResult:
    """One partition of an ingest. `unchanged`: the active batch has this content already, only the receipt is noted."""

    partition_key: str
    status: Literal["loaded", "unchanged"]
    batch_id: int
    row_count: int
    quarantined_count: int
    header_repeat_count: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RejectedFile:
    """A file of which nothing was landed, and the mend."""

    file_name: str
    reason_code: str
    message: str
    mend: str
    source_row: int | None = None
    column_name: str | None = None

    def __str__(self) -> str:
        place = f", row {self.source_row}" if self.source_row is not None else ""
        column = f", column {self.column_name}" if self.column_name is not None else ""
        return f"{self.file_name}{place}{column}: {self.message}; mend: {self.mend}"


@dataclass(frozen=True)
class IngestReport:
    """The whole ingest: receipts noted, batches by partition, files refused, files that no contract asks for."""

    feed: str
    delivery_count: int
    batches: tuple[BatchResult, ...]
    rejected: tuple[RejectedFile, ...]
    ignored: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every file was read."""
        return not self.rejected

    @property
    def row_count(self) -> int:
        """Rows landed by this ingest."""
        return sum(batch.row_count for batch in self.batches if batch.status == "loaded")

    @property
    def quarantined_count(self) -> int:
        """Rows sent to quarantine by this ingest."""
        return sum(batch.quarantined_count for batch in self.batches if batch.status == "loaded")
