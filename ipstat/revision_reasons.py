"""Why a published value changed: what differs between the inputs of two builds, batch by batch and input by input."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from ipstat.settings import PROJECT_ROOT

COVERAGE_FEEDS = PROJECT_ROOT / "dbt_project" / "seeds" / "indicators" / "indicator_coverage_feeds.csv"
#: Columns of ops.builds that pin an input which is no batch, and how a reason calls it.
_OTHER_INPUTS = {
    "code_version": "code",
    "seeds_hash": "seeds",
    "corrections_hash": "corrections file",
    "decisions_hash": "review decisions",
    "pseudonym_key_hash": "key of the pseudonyms",
}
_SHOWN = 5


@dataclass(frozen=True)
class BatchChange:
    """One partition of a feed that two builds read differently."""

    kind: str
    feed: str
    partition_key: str
    period_start: date
    period_end: date
    note: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.feed} {self.partition_key}" + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True)
class InputDifference:
    """All that differs between the inputs of two builds; `others` are finished reasons (code, seeds, decisions)."""

    batches: tuple[BatchChange, ...]
    others: tuple[str, ...]

    def reasons(self, feeds: frozenset[str], period_start: date, period_end: date) -> tuple[str, ...]:
        """What may have changed a value of this period that rests on `feeds`.

        Batches that speak of the period come first and, where there are any, those that speak of other times are left
        out, except what became known later of it: that comes in deliveries after the period. Where no batch of the
        feeds and no other input differs, the batches of the remaining feeds are the reason.
        """
        own = [each for each in self.batches if each.feed in feeds]
        within = [each for each in own if each.period_start <= period_end and each.period_end >= period_start]
        chosen = within or [_later(each, period_end) for each in own]
        if not chosen and not self.others:
            chosen = list(self.batches)
        texts = [str(each) for each in chosen[:_SHOWN]]
        if len(chosen) > _SHOWN:
            texts.append(f"and {len(chosen) - _SHOWN} more batches")
        return (*texts, *self.others)


def _later(change: BatchChange, period_end: date) -> BatchChange:
    """A regular delivery of a time after the period is later knowledge of it."""
    if change.kind != "new delivery" or change.period_start <= period_end:
        return change
    return BatchChange(
        "known later", change.feed, change.partition_key, change.period_start, change.period_end, change.note
    )


def feeds_of(indicator_code: str, path: Path = COVERAGE_FEEDS) -> frozenset[str]:
    """The feeds that an indicator rests on, by the registry's seed."""
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row["feed"] for row in csv.DictReader(file) if row["indicator_code"] == indicator_code)


def input_difference(connection: psycopg.Connection, before: str, after: str) -> InputDifference:
    """What differs between the inputs of build `before` and build `after`."""
    return InputDifference(tuple(_batch_changes(connection, before, after)), _other_inputs(connection, before, after))


def _other_inputs(connection: psycopg.Connection, before: str, after: str) -> tuple[str, ...]:
    names = list(_OTHER_INPUTS)
    rows = connection.execute(
        f"select {', '.join(names)} from ops.builds where build_id = any(%s) order by build_id = %s".encode(),
        [[before, after], after],
    ).fetchall()
    if len(rows) != 2:
        return ()
    found = []
    for name, old, new in zip(names, *rows, strict=True):
        if old != new:
            said = f"{old} to {new}" if name == "code_version" else f"{(old or '-')[:8]} to {(new or '-')[:8]}"
            found.append(f"{_OTHER_INPUTS[name]} changed: {said}")
    return tuple(found)


_BATCHES = """
with pinned_before as (select batch_id from ops.build_batches where build_id = %(before)s),
pinned_after as (select batch_id from ops.build_batches where build_id = %(after)s),
gone as (
    select batches.* from ops.batches as batches
    where batch_id in (table pinned_before except table pinned_after)
),
come as (
    select batches.* from ops.batches as batches
    where batch_id in (table pinned_after except table pinned_before)
)
select coalesce(come.feed, gone.feed), coalesce(come.partition_key, gone.partition_key), gone.batch_id, come.batch_id,
    coalesce(come.reason, case when come.batch_id is null then gone.reason end, ''),
    coalesce(expected.period_start, come.known_on, gone.known_on),
    coalesce(expected.period_end, come.known_on, gone.known_on),
    (select horizon_date from ops.builds where build_id = %(before)s),
    gone.contract_version is distinct from come.contract_version
    or gone.parser_version is distinct from come.parser_version
from come
full join gone on gone.feed = come.feed and gone.partition_key = come.partition_key
left join ops.expected_deliveries as expected
    on expected.feed = coalesce(come.feed, gone.feed)
    and expected.partition_key = coalesce(come.partition_key, gone.partition_key)
order by 1, 2
"""


def _batch_changes(connection: psycopg.Connection, before: str, after: str) -> list[BatchChange]:
    rows = connection.execute(_BATCHES.encode(), {"before": before, "after": after}).fetchall()
    files = _files(connection, [batch for row in rows for batch in row[2:4] if batch is not None])
    changes = []
    for feed, partition, gone, come, reason, start, end, horizon, is_other_parser in rows:
        if gone is None:
            kind, note = ("late delivery" if end <= horizon else "new delivery"), f"batch {come}"
        elif come is None:
            kind, note = "retraction", f"batch {gone}"
        else:
            kind = _superseded(files.get(gone, {}), files.get(come, {}), is_parser=bool(is_other_parser))
            note = f"batch {come} for {gone}"
        changes.append(BatchChange(kind, feed, partition, start, end, f"{note}: {reason}" if reason else note))
    return changes


def _files(connection: psycopg.Connection, batch_ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """Batch -> file name -> sha256 of its bytes."""
    found: dict[int, dict[str, str]] = {}
    for batch, name, digest in connection.execute(
        "select batch_id, file_name, sha256 from ops.batch_files where batch_id = any(%s)", [list(batch_ids)]
    ):
        found.setdefault(batch, {})[name] = digest
    return found


def _superseded(old: Mapping[str, str], new: Mapping[str, str], *, is_parser: bool) -> str:
    """How the later batch of a partition differs from the earlier: by its files, or by how they were read."""
    if old == new:
        return "read again with another parser or contract" if is_parser else "read again"
    if any(new[name] != digest for name, digest in old.items() if name in new):
        return "correction"
    if old.keys() <= new.keys():
        return "late file"
    return "withdrawn file" if new.keys() <= old.keys() else "correction"
