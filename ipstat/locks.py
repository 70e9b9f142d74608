"""Advisory locks of the database: one for build, gate and publication, one for each feed's loading.

A lock belongs to a connection of its own, so it is gone with the process, however that ends. The connection's
application name says who holds it.
"""

from __future__ import annotations

import getpass
import os
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg

from ipstat.errors import BusyError

LOCK_CLASS = 7420
WAREHOUSE = "warehouse"
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: `who` is command, pid and user as the holder wrote them; `since` when its connection began
    (UTC).
    """

    who: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.who}, since {self.since.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def feed_lock(feed: str) -> str:
    """The name of the lock of a feed's loading."""
    return f"load {feed}"


@contextmanager
def hold(
    address: str, name: str, command: str, is_waiting: bool = False, on_wait: Callable[[Holder], None] | None = None
) -> Iterator[None]:
    """Hold the lock `name` (WAREHOUSE or `feed_lock(...)`) while the block runs.

    `command` is shown to others. With `is_waiting` waits for as long as it takes and calls `on_wait` once; else
    raises BusyError (exit code 75) that names the holder.
    """
    with psycopg.connect(address, autocommit=True, application_name=_application_name(command)) as connection:
        told = False
        while not _try_lock(connection, name):
            other = holder(connection, name)
            if other is None:
                continue  # released between the two statements
            if not is_waiting:
                raise BusyError(f"busy: {other}", "wait for it to end, or add --wait")
            if on_wait is not None and not told:
                on_wait(other)
                told = True
            time.sleep(POLL_SECONDS)
        yield


def holder(connection: psycopg.Connection, name: str) -> Holder | None:
    """Who holds the lock now, or None."""
    row = connection.execute(
        "select activity.application_name, activity.backend_start from pg_locks as locks"
        " join pg_stat_activity as activity on activity.pid = locks.pid"
        " where locks.locktype = 'advisory' and locks.granted and locks.objsubid = 2 and locks.classid = %s"
        " and locks.objid = %s and locks.database = (select oid from pg_database where datname = current_database())",
        [LOCK_CLASS, _number(name)],
    ).fetchone()
    return None if row is None else Holder(row[0] or "another role's session", row[1])


def _try_lock(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, _number(name)]).fetchone()
    return row is not None and bool(row[0])


def _number(name: str) -> int:
    """31 bits, so that the signed argument and the unsigned column of pg_locks are the same number."""
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


def _application_name(command: str) -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a uid without an entry in the password file
        user = f"uid {os.geteuid()}"
    # PostgreSQL keeps 63 bytes of it, and no other than ASCII ones.
    return f"ipstat {command[:24]} (pid {os.getpid()}, {user[:16]})"
