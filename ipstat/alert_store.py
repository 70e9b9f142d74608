"""The table of alerts: an alert is open once for its key, its items say what of it was told already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ipstat.alert_settings import CHANNELS
from ipstat.console import person

_LOCK_CLASS = 7421
_COLUMNS = (
    "alert_id, alert_key, kind, subject, body, links, items, revision, raised_at, owed, webhook_sent_at, mail_sent_at,"
    " last_error, closed_at, closed_by, closed_why"
)
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Entry:
    """An alert to be raised, without secrets. `sent_at` (UTC) by channel is filled where it went out from its file."""

    key: str
    kind: str
    subject: str
    body: str
    items: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    owed: tuple[str, ...] = ()
    raised_at: datetime | None = None
    sent_at: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class Alert:
    """A row of ops.alerts. Times are with zone; `links` are pairs of title and address; `last_error` is what the
    receivers said at the last try."""

    alert_id: int
    alert_key: str
    kind: str
    subject: str
    body: str
    links: Sequence[tuple[str, str]]
    items: Sequence[str]
    revision: int
    raised_at: datetime
    owed: Sequence[str]
    webhook_sent_at: datetime | None
    mail_sent_at: datetime | None
    last_error: str | None
    closed_at: datetime | None
    closed_by: str | None
    closed_why: str | None

    def is_sent_by(self, channel: str) -> bool:
        """Whether the receiver of `webhook` or `mail` took its newest revision."""
        return (self.webhook_sent_at if channel == "webhook" else self.mail_sent_at) is not None


def read_alerts(connection: Connection, *, is_open_only: bool = True, limit: int = 200) -> list[Alert]:
    """Open alerts, or the newest `limit` of all, oldest first."""
    where = "closed_at is null" if is_open_only else "true"
    query = f"select {_COLUMNS} from ops.alerts where {where} order by alert_id desc limit %s"
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(query, [limit]).fetchall()[::-1]


def read_alert(connection: Connection, alert_id: int) -> Alert | None:
    """One alert as it is now."""
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(f"select {_COLUMNS} from ops.alerts where alert_id = %s", [alert_id]).fetchone()


def acknowledge_stored(connection: Connection, key: str, why: str) -> bool:
    """Close by hand; whether it was open."""
    return bool(
        connection.execute(
            "update ops.alerts set closed_at = now(), closed_by = %s, closed_why = %s, is_acknowledged = true"
            " where alert_key = %s and closed_at is null",
            [person(), why, key],
        ).rowcount
    )


def store(connection: Connection, entry: Entry) -> None:
    """One row for a key that is not open; a new revision where an open one gets a new item; else nothing to tell."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_CLASS, entry.key])
        row = connection.execute(
            "select alert_id, items, closed_at is null, is_acknowledged from ops.alerts where alert_key = %s"
            " order by alert_id desc limit 1",
            [entry.key],
        ).fetchone()
        alert_id, told, is_open, is_acknowledged = row or (0, [], False, False)
        is_told = set(entry.items) <= set(told)
        if is_open and not (is_told and not entry.items):
            _renew(connection, alert_id, entry, is_told)
        elif not is_open and not (is_acknowledged and is_told):
            _insert(connection, entry)


def _insert(connection: Connection, entry: Entry) -> None:
    connection.execute(
        "insert into ops.alerts (alert_key, kind, subject, body, links, items, owed, raised_at, webhook_sent_at,"
        " mail_sent_at) values (%s, %s, %s, %s, %s, %s, %s, coalesce(%s, clock_timestamp()), %s, %s)",
        [
            entry.key,
            entry.kind,
            entry.subject,
            entry.body,
            Jsonb(list(entry.links.items())),
            list(entry.items),
            list(entry.owed),
            entry.raised_at,
            entry.sent_at.get("webhook"),
            entry.sent_at.get("mail"),
        ],
    )


def _renew(connection: Connection, alert_id: int, entry: Entry, is_told: bool) -> None:
    """The newest text holds; with a new item it is told again. Items are collected: what was told stays told."""
    news = "" if is_told else ", revision = revision + 1, webhook_sent_at = null, mail_sent_at = null"
    connection.execute(
        "update ops.alerts set kind = %s, subject = %s, body = %s, links = %s, changed_at = now(),"
        " items = (select array_agg(distinct item order by item) from unnest(items || %s::text[]) as item),"
        f" owed = (select coalesce(array_agg(distinct c), '{{}}') from unnest(owed || %s::text[]) as c){news}"
        " where alert_id = %s",
        [
            entry.kind,
            entry.subject,
            entry.body,
            Jsonb(list(entry.links.items())),
            list(entry.items),
            list(entry.owed),
            alert_id,
        ],
    )


def close_stored(connection: Connection, prefix: str, why: str, *, is_prefix: bool) -> list[str]:
    """Close what is open under a key, or a prefix of keys, because its cause is gone; the keys.

    Their items may be raised anew from now on, also those that a person had acknowledged.
    """
    matches = "starts_with(alert_key, %s)" if is_prefix else "alert_key = %s"
    rows = connection.execute(
        "update ops.alerts set closed_at = coalesce(closed_at, now()), closed_by = coalesce(closed_by, 'ipstat'),"
        " closed_why = coalesce(closed_why, %s), is_acknowledged = false"
        f" where {matches} and (closed_at is null or is_acknowledged)"
        " returning alert_key, closed_by = 'ipstat'",
        [why, prefix],
    ).fetchall()
    return [key for key, is_ours in rows if is_ours]


def pending(connection: Connection, channels: Sequence[str]) -> list[Alert]:
    """What a receiver has not taken: open alerts, and closed ones that it was owed; those not tried lately first."""
    conditions = [
        f"({channel}_sent_at is null and (closed_at is null or '{channel}' = any(owed)))"
        for channel in CHANNELS
        if channel in channels
    ]
    if not conditions:
        return []
    query = (
        f"select {_COLUMNS} from ops.alerts where {' or '.join(conditions)}"
        " order by last_attempt_at nulls first, alert_id"
    )
    with connection.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(query).fetchall()
