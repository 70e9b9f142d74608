"""Alerts: stored first, then sent by webhook and mail, at least once each, and closed when their cause is gone.

An alert has a key (`ingest/<feed>`, `warehouse`, `late/<feed>`, ...) and is open once: raised again it is sent again
only when it has an item (a check, a file, a partition) that was not told yet. A receiver that is down, or a kill
between storing and sending, loses nothing: each call that raises, `ipstat alerts send` and the daily check of freshness
send what waits. A kill between sending and noting sends twice; the message's id tells a receiver so. Where even the
database does not answer, the alert waits in a file of the home (`ipstat.alert_outbox`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg

from ipstat import alert_outbox, database
from ipstat.alert_message import Message, clean_body, clean_subject, home_name, message_id
from ipstat.alert_receivers import NotSentError, deliver
from ipstat.alert_store import (
    Alert,
    Connection,
    Entry,
    acknowledge_stored,
    close_stored,
    pending,
    read_alert,
    read_alerts,
    store,
)
from ipstat.errors import IpstatError, UsageError
from ipstat.settings import Settings

SEND_SECONDS = 90.0
"""No further message is begun after so long: the caller has other work, and the next call goes on."""
_LOCK_CLASS = 7421


def raise_alert(
    settings: Settings,
    key: str,
    kind: str,
    subject: str,
    body: str,
    *,
    items: Sequence[str] = (),
    links: Mapping[str, str] | None = None,
    is_sending: bool = True,
) -> None:
    """Store an alert and send it (unless `is_sending` is off: then it waits for the next call that sends).

    While `key` is open, nothing is sent again unless `items` names something new. Secrets are taken out of every text.
    Receivers that fail raise nothing; OSError where neither the database nor the home can keep the alert.
    """
    entry = Entry(
        key=key,
        kind=kind,
        subject=clean_subject(settings, subject),
        body=clean_body(settings, body),
        items=tuple(clean_subject(settings, item) for item in items),
        links={title: clean_subject(settings, href) for title, href in (links or {}).items()},
        owed=settings.alerts.channels if is_sending else (),
    )
    try:
        with _connection(settings) as connection:
            alert_outbox.empty_into(settings, connection)
            store(connection, entry)
            if is_sending:
                _send_pending(settings, connection)
    except (psycopg.Error, IpstatError):
        alert_outbox.keep(settings, entry, is_sending)


def close_alert(settings: Settings, key: str, why: str = "its cause is gone") -> bool:
    """Close an alert whose cause is gone; False where it was not open. What it still owes a receiver is sent later."""
    return bool(close_alerts(settings, key, why, is_prefix=False))


def close_alerts(
    settings: Settings, prefix: str, why: str = "its cause is gone", *, is_prefix: bool = True
) -> list[str]:
    """Close the open alerts whose key begins with `prefix`; their keys. They may be raised anew from now on."""
    with _connection(settings) as connection:
        return close_stored(connection, prefix, why, is_prefix=is_prefix)


def acknowledge_alert(settings: Settings, key: str, why: str) -> None:
    """Close an alert by hand: its items raise nothing until its cause was gone once. UsageError where it isn't open."""
    with _connection(settings) as connection:
        closed = acknowledge_stored(connection, key, clean_body(settings, why))
        keys = [alert.alert_key for alert in read_alerts(connection)]
    if not closed:
        raise UsageError(f"no alert {key!r} is open", f"open ones: {', '.join(keys) or 'none'}")


def send_pending(settings: Settings) -> list[Alert]:
    """Send what waits; the alerts that still wait afterwards, with `last_error`."""
    with _connection(settings) as connection:
        alert_outbox.empty_into(settings, connection)
        _send_pending(settings, connection)
        return pending(connection, settings.alerts.channels)


@contextmanager
def _connection(settings: Settings) -> Iterator[Connection]:
    address = database.ensure_ready(settings)
    with psycopg.connect(address, autocommit=True, application_name="ipstat alerts") as connection:
        yield connection


def _send_pending(settings: Settings, connection: Connection) -> None:
    """Each waiting alert once; a channel whose receiver does not answer is not asked again in this call."""
    down: set[str] = set()
    until = time.monotonic() + SEND_SECONDS
    is_sample = _is_sample_data(connection)
    for alert in pending(connection, settings.alerts.channels):
        channels = [channel for channel in settings.alerts.channels if channel not in down]
        if not channels or time.monotonic() > until:
            return
        lock = [_LOCK_CLASS + 1, alert.alert_id]
        if connection.execute("select pg_try_advisory_lock(%s, %s)", lock).fetchone() != (True,):
            continue  # another process is sending it now
        try:
            down |= _send(settings, connection, alert.alert_id, channels, is_sample)
        finally:
            connection.execute("select pg_advisory_unlock(%s, %s)", lock)


def _send(
    settings: Settings, connection: Connection, alert_id: int, channels: Sequence[str], is_sample: bool
) -> set[str]:
    """One alert as it is now; the channels whose receivers do not answer."""
    alert = read_alert(connection, alert_id)
    if alert is None:
        return set()
    message = as_message(settings, alert, is_sample)
    errors, down = [], set()
    for channel in channels:
        if alert.is_sent_by(channel) or (alert.closed_at is not None and channel not in alert.owed):
            continue
        try:
            if note := deliver(settings, channel, message):
                errors.append(f"{channel}: {note}")
        except NotSentError as error:
            errors.append(f"{channel}: {error}")
            if error.is_temporary:
                down.add(channel)
            continue
        # A revision that came while this one was on its way is still to be sent.
        connection.execute(
            f"update ops.alerts set {channel}_sent_at = now() where alert_id = %s and revision = %s",
            [alert.alert_id, alert.revision],
        )
    connection.execute(
        "update ops.alerts set last_attempt_at = now(), last_error = %s where alert_id = %s",
        ["; ".join(errors) or None, alert.alert_id],
    )
    return down


def as_message(settings: Settings, alert: Alert, is_sample: bool) -> Message:
    """What a receiver gets of an alert."""
    home = home_name(settings)
    return Message(
        message_id=message_id(home, alert.alert_key, alert.raised_at, alert.revision),
        key=alert.alert_key,
        kind=alert.kind,
        subject=alert.subject,
        text=alert.body,
        links=dict(alert.links),
        raised_at=alert.raised_at,
        revision=alert.revision,
        closed_at=alert.closed_at,
        home=home,
        is_sample_data=is_sample,
    )


def _is_sample_data(connection: Connection) -> bool:
    query = "select 1 from ops.settings where name = 'is_sample_data' and value = 'true'"
    return connection.execute(query).fetchone() is not None
