"""Advisory locks: a second run learns who holds the lock and since when, ends with 75 or waits."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from ipstat import locks
from ipstat.errors import BusyError

HOLD = """
import sys, time
from ipstat import locks
with locks.hold(sys.argv[1], locks.WAREHOUSE, "build"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_run_says_who_holds_the_lock_and_since_when(database_url: str) -> None:
    with (
        locks.hold(database_url, locks.WAREHOUSE, "build"),
        pytest.raises(BusyError) as caught,
        locks.hold(database_url, locks.WAREHOUSE, "gate"),
    ):
        pytest.fail("two runs hold one lock")
    assert f"ipstat build (pid {os.getpid()}" in caught.value.message
    assert ", since 20" in caught.value.message
    assert caught.value.exit_code == 75


def test_a_waiting_run_goes_on_when_the_lock_is_free(database_url: str) -> None:
    told: list[locks.Holder] = []
    order: list[str] = []

    def wait() -> None:
        with locks.hold(database_url, locks.WAREHOUSE, "gate", is_waiting=True, on_wait=told.append):
            order.append("second")

    with locks.hold(database_url, locks.WAREHOUSE, "build"):
        thread = threading.Thread(target=wait)
        thread.start()
        deadline = time.monotonic() + 10
        while not told and time.monotonic() < deadline:
            time.sleep(0.02)
        order.append("first")
    thread.join(timeout=10)
    assert order == ["first", "second"]
    assert len(told) == 1
    assert "ipstat build" in told[0].who


def test_feeds_have_locks_of_their_own(database_url: str) -> None:
    with (
        locks.hold(database_url, locks.WAREHOUSE, "build"),
        locks.hold(database_url, locks.feed_lock("population"), "ingest population"),
        locks.hold(database_url, locks.feed_lock("honours"), "ingest honours"),
        pytest.raises(BusyError, match="ingest population"),
        locks.hold(database_url, locks.feed_lock("population"), "ingest population"),
    ):
        pytest.fail("two runs load one feed")


def test_a_killed_holder_leaves_no_lock(database_url: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, database_url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        with psycopg.connect(database_url) as connection:
            holder = locks.holder(connection, locks.WAREHOUSE)
            assert holder is not None
            assert f"pid {process.pid}" in holder.who
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    with locks.hold(database_url, locks.WAREHOUSE, "build", is_waiting=True):
        pass


def test_a_lock_of_another_database_is_another_lock(database_url: str, server: str) -> None:
    with (
        locks.hold(database_url, locks.WAREHOUSE, "build"),
        locks.hold(server, locks.WAREHOUSE, "build"),
        psycopg.connect(server) as connection,
    ):
        assert locks.holder(connection, locks.WAREHOUSE) is not None
