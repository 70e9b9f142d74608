"""Which deliveries are late: found from what the calendars expect, not from runs that never were.

A delivery is late when its day (`due_on`) and the allowance of its contract (`origin.freshness_warn_days`) have passed
and its partition is not there whole; it is past the limit after `origin.freshness_stop_days`. These are the days of the
gate's freshness check, counted to today instead of to the last day that a build knows.

From when a feed is expected: what was stated with `ipstat freshness --expect` (ops.settings `expected_from/<feed>` or
`expected_from/all`); else from its first delivered period on, and with all that is due since this home was set up.
So a new office is not told of twelve years of issues, and a feed that never delivered anything is late all the
same as soon as something that was due since the home was set up has not come.

Of a snapshot only the newest is waited for: one that a later one has replaced is a gap of history (the quality page
has it), and nothing that a sender could still bring in time.

The story of a sample city ends with its last delivered period: nothing after it is expected, and each feed is looked at
on the first day on which its last delivery would be late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row

from expectations.queries import DEFAULT_STOP_DAYS, DEFAULT_WARN_DAYS
from ingest.contract import Contract, load_contracts
from ipstat import database
from ipstat.errors import UsageError
from ipstat.expected import city_today, fill_expected
from ipstat.settings import Settings

Connection = psycopg.Connection[Any]
State = Literal["missing", "incomplete", "refused", "ended"]
NEVER = "never"
ALL_FEEDS = "all"
_SETTING = "expected_from/"
_IS_DUE = "due_on <= %(today)s and (period_start >= %(start)s or due_on >= %(due_from)s)"


_LATE = f"""
with newest as (
    select max(period_start) as newest_start from ops.coverage where feed = %(feed)s and is_delivered
),

late as (
    select
        feed, partition_key, due_on, period_start,
        %(today)s - due_on as days,
        coalesce(period_start < newest_start, false) as is_followed,
        %(today)s - due_on > %(stop)s as is_past_limit
    from ops.coverage cross join newest
    where feed = %(feed)s and not is_delivered and period_end <= %(end)s and {_IS_DUE}
        and %(today)s - due_on > %(warn)s
),

batches as (
    select partition_key, bool_or(status = 'active') as is_active
    from ops.batches where feed = %(feed)s group by partition_key
),

receipts as (
    select partition_key, bool_or(loaded_at is null) as is_waiting
    from ops.deliveries where feed = %(feed)s and action = 'deliver' group by partition_key
)

select
    late.feed, late.partition_key, late.due_on, late.days, late.is_followed, late.is_past_limit,
    case
        when batches.is_active then 'incomplete'
        when batches.partition_key is not null then 'ended'
        when receipts.partition_key is not null then 'refused'
        else 'missing'
    end as state
from late
left join batches on batches.partition_key = late.partition_key
left join receipts on receipts.partition_key = late.partition_key
where not coalesce(receipts.is_waiting, false) and not (%(is_snapshot)s and late.is_followed)
order by late.period_start"""


@dataclass(frozen=True)
class Late:
    """A partition that is not there although its day and the allowance have passed.

    `days` since it was due; `state`: what there is of it; `is_followed`: a later period of the feed has come, so this
    one is rather lost (or a holiday) than still on its way; `is_past_limit`: beyond freshness_stop_days.
    """

    feed: str
    partition_key: str
    due_on: date
    days: int
    state: State
    is_followed: bool
    is_past_limit: bool

    def as_json(self) -> dict[str, Any]:
        """Plain values for an XCom."""
        return asdict(self) | {"due_on": self.due_on.isoformat()}


@dataclass(frozen=True)
class Since:
    """A feed is expected with periods that begin at `period_start` or later, and with what is due on `due_from` or
    later; `shown` is the earlier of both for people, None where it is never expected.
    """

    shown: date | None
    period_start: date
    due_from: date


@dataclass(frozen=True)
class FeedFreshness:
    """A feed with a calendar, looked at on `today`: what was due since `expected_from` (None: never expected).

    `missing` holds the partitions that were due and are not there, late or not.
    """

    feed: str
    today: date
    expected_from: date | None
    due_count: int
    delivered_count: int
    missing: tuple[str, ...]
    last_delivered: str | None
    warn_days: int
    stop_days: int
    late: tuple[Late, ...]


def read_freshness(settings: Settings, today: date | None = None) -> list[FeedFreshness]:
    """Every feed with a calendar, by name; raises no alert. `today` None: the city's day, or the sample city's."""
    contracts = load_contracts()
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        fill_expected(connection, contracts, max(today or date.min, city_today()))
        return read_feeds(connection, contracts, today)


def read_feeds(connection: Connection, contracts: Mapping[str, Contract], today: date | None) -> list[FeedFreshness]:
    """`read_freshness` for a caller who has a connection and has filled ops.expected_deliveries."""
    stated = _stated(connection)
    last_day = _sample_end(connection) if today is None else None
    dated = {feed: c for feed, c in contracts.items() if c.origin.calendar.kind != "none"}
    return [_feed(connection, contract, stated, last_day, today or city_today()) for contract in dated.values()]


def state_expected(settings: Settings, feed: str, start: date | None) -> None:
    """State from when a feed (or `all`) is expected at this office; None: never. Raises UsageError."""
    known = load_contracts()
    if feed != ALL_FEEDS and (feed not in known or known[feed].origin.calendar.kind == "none"):
        dated = [name for name, contract in known.items() if contract.origin.calendar.kind != "none"]
        raise UsageError(f"{feed!r} is no feed with a calendar", f"name one of {', '.join(dated)}, or {ALL_FEEDS}")
    with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
        connection.execute(
            "insert into ops.settings (name, value) values (%s, %s)"
            " on conflict (name) do update set value = excluded.value, changed_at = now()",
            [f"{_SETTING}{feed}", NEVER if start is None else start.isoformat()],
        )


def _stated(connection: Connection) -> dict[str, str]:
    rows = connection.execute("select name, value from ops.settings where starts_with(name, %s)", [_SETTING]).fetchall()
    return {name.removeprefix(_SETTING): value for name, value in rows}


def _sample_end(connection: Connection) -> date | None:
    """The last day of the last delivered period, where this home holds a sample city."""
    row = connection.execute(
        "select max(period_end) from ops.coverage where is_delivered"
        " and exists (select from ops.settings where name = 'is_sample_data' and value = 'true')"
    ).fetchone()
    return row[0] if row else None


def _feed(
    connection: Connection, contract: Contract, stated: Mapping[str, str], last_day: date | None, today: date
) -> FeedFreshness:
    origin = contract.origin
    warn = DEFAULT_WARN_DAYS if origin.freshness_warn_days is None else origin.freshness_warn_days
    stop = DEFAULT_STOP_DAYS if origin.freshness_stop_days is None else origin.freshness_stop_days
    since = _since(connection, contract.feed, stated)
    if last_day is not None:
        today = _sample_today(connection, contract.feed, last_day, warn)
    values = {
        "feed": contract.feed,
        "today": today,
        "start": since.period_start,
        "due_from": since.due_from,
        "end": last_day or date.max,
        "warn": warn,
        "stop": stop,
        "is_snapshot": contract.delivery.mode == "snapshot",
    }
    row = connection.execute(
        f"select count(*) filter (where {_IS_DUE}), count(*) filter (where is_delivered and {_IS_DUE}),"
        f" array_agg(partition_key order by partition_key) filter (where not is_delivered and {_IS_DUE}),"
        " max(partition_key) filter (where is_delivered)"
        " from ops.coverage where feed = %(feed)s and period_end <= %(end)s",
        values,
    ).fetchone()
    due, delivered, missing, last = row or (0, 0, None, None)
    late = _late(connection, values)
    gaps = tuple(missing or ())
    return FeedFreshness(contract.feed, today, since.shown, due, delivered, gaps, last, warn, stop, late)


def _since(connection: Connection, feed: str, stated: Mapping[str, str]) -> Since:
    """See the head of the module."""
    told = stated.get(feed, stated.get(ALL_FEEDS))
    if told == NEVER:
        return Since(None, date.max, date.max)
    if told is not None:
        start = date.fromisoformat(told)
        return Since(start, start, date.max)
    row = connection.execute(
        "select (select min(period_start) from ops.coverage where feed = %s and is_delivered),"
        " (select (min(applied_at) at time zone 'Asia/Shanghai')::date from ops.migrations)",
        [feed],
    ).fetchone()
    first, set_up_on = row or (None, date.max)
    return Since(min(first or set_up_on, set_up_on), first or date.max, set_up_on)


def _sample_today(connection: Connection, feed: str, last_day: date, warn: int) -> date:
    """The first day on which the last delivery of the city's story would be late."""
    row = connection.execute(
        "select max(due_on) from ops.expected_deliveries where feed = %s and period_end <= %s", [feed, last_day]
    ).fetchone()
    due_on: date | None = row[0] if row else None
    return last_day if due_on is None else due_on + timedelta(days=warn + 1)


def _late(connection: Connection, values: Mapping[str, Any]) -> tuple[Late, ...]:
    """What is not there, in order; not what came and waits to be loaded, nor a snapshot that a later one replaced."""
    with connection.cursor(row_factory=class_row(Late)) as cursor:
        return tuple(cursor.execute(_LATE, values).fetchall())
