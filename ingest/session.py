"""The connection of a load: idle at first, committing for itself, holding the feed's lock."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

Connection = psycopg.Connection[Any]
#: Advisory locks of ingest: one a feed, held by the loading connection itself.
LOCK_CLASS = 7421


class FeedBusy(Exception):  # noqa: N818 - the name says what is wrong
    """Another session loads this feed; the message names it and since when."""


@contextmanager
def session(connection: Connection, feed: str) -> Iterator[None]:
    """The feed's lock on an idle connection that commits for itself."""
    if connection.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("ingest needs an idle connection: commit or roll back first")
    autocommit = connection.autocommit
    connection.autocommit = True
    number = zlib.crc32(feed.encode()) & 0x7FFFFFFF
    try:
        _lock(connection, feed, number)
        try:
            yield
        finally:
            if not connection.broken:
                connection.execute("select pg_advisory_unlock(%s, %s)", [LOCK_CLASS, number])
    finally:
        if not connection.broken:
            connection.autocommit = autocommit


def _lock(connection: Connection, feed: str, number: int) -> None:
    row = connection.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, number]).fetchone()
    if row is not None and row[0]:
        return
    holder = connection.execute(
        "select a.application_name, a.pid, a.backend_start from pg_locks l join pg_stat_activity a using (pid)"
        " where l.locktype = 'advisory' and l.granted and l.classid = %s and l.objid = %s",
        [LOCK_CLASS, number],
    ).fetchone()
    who = (
        f"{holder[0] or 'a session'} (server process {holder[1]}, since {holder[2]:%Y-%m-%d %H:%M:%S %Z})"
        if holder
        else "?"
    )
    raise FeedBusy(f"{feed} is being loaded by {who}; wait for it to end")
