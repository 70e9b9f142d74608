"""Whether the files of one feed may be published, and whether they say something new.

The rules are those of the gate (suites `quarantine` and `rejected_files`, with its waivers), asked of the active
batches before a build is made, so that the sender hears of it at once and by file, row and column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from expectations.queries import read_feed_query
from expectations.waivers import load_waivers
from ingest.contract import Contract, load_contracts
from ipstat import database, locks
from ipstat.console import Tell, silent
from ipstat.errors import FeedRefusedError
from ipstat.intake import contract_of
from ipstat.publish_checks import published_build
from ipstat.settings import Settings
from ipstat.steps import FeedVerdict

_LISTED = 10
_OVER_BUDGET = "quarantine.over_budget"
_REFUSED = "rejected_files.none_open"


@dataclass(frozen=True)
class _Fault:
    """A file that may not be published, as the message tells it."""

    check: str
    subject: str
    text: str


def check(settings: Settings, feed: str, *, is_waiting: bool = False, tell: Tell = silent) -> FeedVerdict:
    """The feed's verdict; raises FeedRefusedError naming file, row, column and mend of each file that may not be
    published. A finding that is waived (`expectations/waivers.yml`) is none.
    """
    contracts = load_contracts()
    contract_of(feed, contracts)
    address = database.ensure_ready(settings)
    with (
        locks.hold(address, locks.feed_lock(feed), f"check {feed}", is_waiting, lambda who: tell(f"waits for {who}")),
        psycopg.connect(address, autocommit=True, application_name="ipstat check") as connection,
    ):
        today = datetime.now(UTC).date()
        waived = {(each.check, each.subject) for each in load_waivers() if not each.is_expired(today)}
        faults = [*_over_budget(connection, feed, contracts), *_open_refusals(connection, feed, contracts)]
        faults = [fault for fault in faults if (fault.check, fault.subject) not in waived]
        if faults:
            raise FeedRefusedError(
                f"{len(faults)} file(s) of {feed} may not be published:{''.join(fault.text for fault in faults)}",
                "deliver each file again after its mend; nothing of the feed is published until then",
            )
        return _verdict(connection, feed)


def _over_budget(connection: psycopg.Connection, feed: str, contracts: dict[str, Contract]) -> list[_Fault]:
    budget = contracts[feed].quarantine_budget
    faults = []
    for row in _rows(connection, read_feed_query("quarantine", feed, contracts)):
        if row["rows_over_stop_budget"] <= 0:
            continue
        text = (
            f"\n  - {row['file_name']} ({row['partition_key']}): {row['quarantined_row_count']} of"
            f" {row['counted_row_count']} rows are in quarantine, more than its budget"
            f" ({budget.stop:.1%}, at least {budget.stop_rows} row(s) where others landed)"
        )
        listed = connection.execute(
            "select source_row, column_name, reason_code from ops.quarantine q"
            " join ops.batch_files f on f.batch_id = q.batch_id and f.file_name = q.source_file"
            " where q.batch_id = %s and f.delivery_id = %s and (f.file_name = %s or %s)"
            " order by source_row nulls first, quarantine_id limit %s",
            [row["batch_id"], row["delivery_id"], row["file_name"], budget.per == "delivery", _LISTED],
        ).fetchall()
        # No cell is shown: this text goes into mails, and a cell may be a person's name.
        text += "".join(f"\n      row {number}, column {column or '-'}: {code}" for number, column, code in listed)
        more = row["quarantined_row_count"] - len(listed)
        text += f"\n      and {more} more" if more > 0 else ""
        text += "\n      mend: ask the sender to mend these rows and send the file again, or add a reviewed correction"
        faults.append(_Fault(_OVER_BUDGET, row["subject"], text))
    return faults


def _open_refusals(connection: psycopg.Connection, feed: str, contracts: dict[str, Contract]) -> list[_Fault]:
    faults = []
    for row in _rows(connection, read_feed_query("rejected_files", feed, contracts)):
        found = connection.execute(
            "select source_row, column_name, message, mend from ops.rejected_files where rejected_id = %s",
            [row["last_rejected_id"]],
        ).fetchone()
        number, column, message, mend = found or (None, None, "refused", "send it again")
        place = f", row {number}" if number is not None else ""
        place += f", column {column}" if column is not None else ""
        period = f" ({row['partition_key']})" if row["partition_key"] else ""
        text = f"\n  - {row['file_name']}{period}{place}: {message}\n      mend: {mend}"
        faults.append(_Fault(_REFUSED, row["subject"], text))
    return faults


def _rows(connection: psycopg.Connection, query: str) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"{query} order by subject").fetchall()


def _verdict(connection: psycopg.Connection, feed: str) -> FeedVerdict:
    row = connection.execute(
        "select count(*), coalesce(sum(f.landed_row_count), 0)::bigint,"
        " coalesce(sum(f.quarantined_row_count), 0)::bigint"
        " from ops.batches b join ops.batch_files f using (batch_id) where b.feed = %s and b.status = 'active'",
        [feed],
    ).fetchone()
    files, landed, quarantined = row or (0, 0, 0)
    return FeedVerdict(feed, files, landed, quarantined)


def has_news(settings: Settings, feed: str) -> bool:
    """Whether the feed's active batches differ in content from those of the published build.

    It compares states, not events: a run that was killed after its load is news to the next one, and a reload that
    gives the same content is none.
    """
    contract_of(feed)
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        row = connection.execute(
            "with active as (select partition_key, content_hash from ops.batches"
            " where feed = %(feed)s and status = 'active'),"
            " published as (select b.partition_key, b.content_hash from ops.batches b"
            " join ops.build_batches m using (batch_id) where b.feed = %(feed)s and m.build_id = %(build)s)"
            " select exists (table active except table published) or exists (table published except table active)",
            {"feed": feed, "build": published_build(connection)},
        ).fetchone()
        return row is not None and bool(row[0])
