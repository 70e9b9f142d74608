"""The steps of the pipeline, in their order: what the command line and the tasks of the DAGs call, and nothing else.

Every step takes Settings first, makes sure of the database, holds the lock that it needs, may be run again at any time
(after a kill it ends what was begun), and gives a small result that fits into JSON. `is_waiting`: wait for a lock that
another run holds, else BusyError (exit code 75) names the holder. `tell` hears what the step is doing.

Importing this module is cheap: each step imports what it needs (dbt, Great Expectations, polars) when it is called.
"""
# ruff: noqa: PLC0415 - see above: the scheduler reads this module again and again

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.report import IngestReport
    from ipstat.pipeline import Verdict
    from ipstat.publish import Publication
    from ipstat.settings import Settings

#: For one feed, then for the warehouse, then for the publications: the names of the functions below in their order.
INGEST_STEPS = ("fetch", "archive", "load", "check")
WAREHOUSE_STEPS = ("build", "gate", "publish_marts")
PUBLISH_STEPS = ("publish_annual",)

Tell = Callable[[str], None]


def silent(_text: str) -> None:
    """A Tell for callers who want to hear nothing."""


@dataclass(frozen=True)
class Loaded:
    """What a load did: deliveries settled, batches made, rows landed and quarantined in them, files refused."""

    feed: str
    delivery_count: int
    batch_count: int
    row_count: int
    quarantined_count: int
    refused: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values for an XCom."""
        return asdict(self) | {"refused": list(self.refused)}

    @classmethod
    def of(cls, report: IngestReport) -> Loaded:
        """The sum of a report."""
        made = sum(batch.status == "loaded" for batch in report.batches)
        refused = tuple(str(each) for each in report.rejected)
        return cls(report.feed, report.delivery_count, made, report.row_count, report.quarantined_count, refused)


@dataclass(frozen=True)
class FeedVerdict:
    """A feed that may be published: its active files and rows, and the rows left out under the budget."""

    feed: str
    file_count: int
    row_count: int
    quarantined_count: int

    def as_json(self) -> dict[str, Any]:
        """Plain values for an XCom."""
        return asdict(self)


def fetch(
    settings: Settings, feed: str, address: str | None = None, *, is_waiting: bool = False, tell: Tell = silent
) -> int:
    """Ask the feed's sender and write whole turns into the spool; the number of files fetched.

    `address` is the URI of the sender's connection, from the environment where None. Raises SenderUnavailable for what
    may pass (timeouts, 429, 5xx, a file cut off), other errors for what a person must mend.
    """
    from ipstat import fetching

    return fetching.fetch(settings, feed, address, is_waiting=is_waiting, tell=tell)


def archive(settings: Settings, feed: str, *, is_waiting: bool = False, tell: Tell = silent) -> int:
    """Take every whole turn of the spool, in order, into the archive and the list of receipts; how many receipts.

    A turn is one transaction and is archived once, whatever is killed.
    """
    from ipstat import intake

    return intake.archive_turns(settings, feed, is_waiting=is_waiting, tell=tell)


def load(settings: Settings, feed: str, *, is_waiting: bool = False, tell: Tell = silent) -> Loaded:
    """Load what is archived and not loaded yet, in the order of receipt, withdrawals included."""
    from ipstat import intake

    return Loaded.of(intake.load_pending(settings, feed, is_waiting=is_waiting, tell=tell))


def reload_partition(
    settings: Settings, feed: str, partition_key: str, *, is_waiting: bool = False, tell: Tell = silent
) -> Loaded:
    """Parse a past period again from the archive alone; the new batch supersedes. No sender is asked.

    Raises RefusedError for a period of which nothing is archived, or whose batch was ended.
    """
    from ipstat import intake

    return Loaded.of(intake.reload_partition(settings, feed, partition_key, is_waiting=is_waiting, tell=tell))


def check(settings: Settings, feed: str, *, is_waiting: bool = False, tell: Tell = silent) -> FeedVerdict:
    """Whether the feed's files may be published; raises FeedRefusedError naming file, row, column and mend of each
    file that may not: over its quarantine budget, or refused and not replaced since.
    """
    from ipstat import feed_checks

    return feed_checks.check(settings, feed, is_waiting=is_waiting, tell=tell)


def has_news(settings: Settings, feed: str) -> bool:
    """Whether the feed's active batches say something else than those of the published build."""
    from ipstat import feed_checks

    return feed_checks.has_news(settings, feed)


def build(settings: Settings, as_of: date | None = None, *, is_waiting: bool = False, tell: Tell = silent) -> str:
    """Build the warehouse from the active batches; the build's id. A finished build of the same inputs is returned
    instead of being built again.
    """
    from ipstat import pipeline

    return pipeline.build(settings, as_of, is_waiting=is_waiting, tell=tell)


def gate(settings: Settings, build_id: str, *, is_waiting: bool = False, tell: Tell = silent) -> Verdict:
    """Check a build and write its quality page; raises RefusedError listing every stop check that failed."""
    from ipstat import pipeline

    return pipeline.require_gate(settings, build_id, is_waiting=is_waiting, tell=tell)


def publish_marts(settings: Settings, build_id: str, *, is_waiting: bool = False, tell: Tell = silent) -> Publication:
    """Bring schema `marts` to a gated build, in one transaction; nothing happens where it shows that build already."""
    from ipstat import pipeline

    return pipeline.publish_marts(settings, build_id, is_waiting=is_waiting, tell=tell)


def publish_annual(
    settings: Settings,
    build_id: str | None = None,
    year: int | None = None,
    *,
    is_waiting: bool = False,
    tell: Tell = silent,
) -> str | None:
    """The white paper with its rankings of `year` (the last complete year where None); the path of the edition.

    None where no year is complete and none was asked for. Raises RefusedError without a passed gate, and
    IncompletePeriodError naming what is missing of a year that was asked for.
    """
    from ipstat import publications

    edition = publications.publish_annual(settings, build_id, year, is_waiting=is_waiting, tell=tell)
    return None if edition is None else str(edition.path)
