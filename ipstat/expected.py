"""`ops.expected_deliveries`: what should arrive, from the calendars of the contracts, up to the end of next year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import psycopg

from ingest.contract import Contract

CITY_TIME = ZoneInfo("Asia/Shanghai")


def city_today() -> date:
    """Today in the city."""
    return datetime.now(CITY_TIME).date()


def fill_expected(connection: psycopg.Connection, contracts: Mapping[str, Contract], today: date) -> int:
    """Bring the table in line with the calendars; how many deliveries are expected.

    The future belongs to it: a year is complete when all of it is there, not when all that is due by today is.
    """
    until = date(today.year + 1, 12, 31)
    rows = [
        (feed, each.partition_key, each.due_on, each.period_start, each.period_end)
        for feed, contract in contracts.items()
        for each in contract.origin.calendar.expected(until)
    ]
    with connection.transaction(), connection.cursor() as cursor:
        # Two loads may start at once: one fills, the other waits and finds nothing to change.
        cursor.execute("lock table ops.expected_deliveries in share row exclusive mode")
        cursor.execute("create temporary table wanted_deliveries (like ops.expected_deliveries) on commit drop")
        with cursor.copy("copy wanted_deliveries from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            "delete from ops.expected_deliveries as expected where not exists (select from wanted_deliveries as wanted"
            " where wanted.feed = expected.feed and wanted.partition_key = expected.partition_key)"
        )
        cursor.execute(
            "insert into ops.expected_deliveries as expected select * from wanted_deliveries"
            " on conflict (feed, partition_key) do update set due_on = excluded.due_on,"
            " period_start = excluded.period_start, period_end = excluded.period_end"
            " where (expected.due_on, expected.period_start, expected.period_end)"
            " is distinct from (excluded.due_on, excluded.period_start, excluded.period_end)"
        )
    return len(rows)
