"""What `ipstat status` shows: feeds against their calendars, builds, what is published, editions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from ingest.contract import Contract
from ipstat import due, locks
from ipstat.alert_store import Alert, read_alerts


@dataclass(frozen=True)
class FeedStatus:
    """One feed: receipts, partitions delivered of those due by today, rows and quarantined rows of the active
    batches.
    """

    feed: str
    delivery_count: int
    active_count: int
    due_count: int
    missing: tuple[str, ...]
    last_known_on: date | None
    last_recorded_at: datetime | None
    row_count: int
    quarantined_count: int
    rejected_count: int


@dataclass(frozen=True)
class BuildStatus:
    """One build with the number of its checks and failed checks."""

    build_id: str
    status: str
    started_at: datetime
    as_of: date | None
    horizon_date: date
    check_count: int
    failed_count: int
    error: str | None
    is_published: bool


@dataclass(frozen=True)
class Status:
    """Everything; `holder` is who runs a build, gate or publication now, `late` what is late by `ipstat freshness`."""

    feeds: tuple[FeedStatus, ...]
    builds: tuple[BuildStatus, ...]
    editions: tuple[tuple[str, str, int, str, str], ...]
    open_match_count: int
    holder: locks.Holder | None
    late: tuple[due.Late, ...]
    alerts: tuple[Alert, ...]


def read_status(connection: psycopg.Connection, contracts: Mapping[str, Contract], today: date | None = None) -> Status:
    """Read the state of the warehouse; `today` decides what is due (None: the city's day, or the sample city's)."""
    editions = connection.execute(
        "select publication, period, edition_number, state, path from publication.editions"
        " order by publication, period, edition_number"
    ).fetchall()
    matches = connection.execute("select count(*) from ops.review_enterprise_matches where decision is null").fetchone()
    fresh = {each.feed: each for each in due.read_feeds(connection, contracts, today)}
    return Status(
        feeds=tuple(_feed(connection, feed, fresh.get(feed)) for feed in contracts),
        builds=_builds(connection),
        editions=tuple(editions),
        open_match_count=matches[0] if matches else 0,
        holder=locks.holder(connection, locks.WAREHOUSE),
        late=tuple(late for each in fresh.values() for late in each.late),
        alerts=tuple(read_alerts(connection)),
    )


def _feed(connection: psycopg.Connection, feed: str, fresh: due.FeedFreshness | None) -> FeedStatus:
    row = connection.execute(
        "select (select count(*) from ops.deliveries where feed = %(feed)s),"
        " count(*), max(known_on), max(recorded_at), coalesce(sum(row_count), 0)::bigint,"
        " coalesce(sum(quarantined_count), 0)::bigint,"
        " (select count(*) from ops.rejected_files where feed = %(feed)s)"
        " from ops.batches where feed = %(feed)s and status = 'active'",
        {"feed": feed},
    ).fetchone()
    deliveries, active, known_on, recorded_at, rows, quarantined, rejected = row or (0, 0, None, None, 0, 0, 0)
    return FeedStatus(
        feed=feed,
        delivery_count=deliveries,
        active_count=active,
        due_count=fresh.due_count if fresh else 0,
        missing=fresh.missing if fresh else (),
        last_known_on=known_on,
        last_recorded_at=recorded_at,
        row_count=rows,
        quarantined_count=quarantined,
        rejected_count=rejected,
    )


def _builds(connection: psycopg.Connection, limit: int = 5) -> tuple[BuildStatus, ...]:
    rows = connection.execute(
        "select build_id, status, started_at, as_of, horizon_date,"
        " (select count(*) from ops.gate_results as r where r.build_id = b.build_id),"
        " (select count(*) from ops.gate_results as r where r.build_id = b.build_id and not r.success),"
        " error, coalesce(build_id ="
        " (select p.build_id from publication.published_builds as p order by published_at desc limit 1), false)"
        " from ops.builds as b order by started_at desc limit %s",
        [limit],
    ).fetchall()
    return tuple(BuildStatus(*row) for row in rows)
