"""The real pipeline on a small gazette: killed in the middle and run again, read by others all the while."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ipstat import database, intake, pipeline
from ipstat.settings import PROJECT_ROOT, Settings
from tests.support.ingest import csv_bytes, put, rows

pytestmark = [pytest.mark.timeout(600)]

COUNT = "select count(*) from marts.fct_patents"
TOWN_COUNT = "select count(*) from marts.dim_town"


@contextmanager
def polling(address: str) -> Iterator[list[tuple[int, int]]]:
    """Read two tables in one statement all the while; a wait for a lock of 0.3 s fails the reader."""
    seen: list[tuple[int, int]] = []
    failures: list[str] = []
    done = threading.Event()

    def poll() -> None:
        with psycopg.connect(address, autocommit=True, options="-c lock_timeout=300ms") as reader:
            while not done.wait(0.05):
                try:
                    found = reader.execute(f"select ({COUNT}), ({TOWN_COUNT})").fetchone()
                except psycopg.Error as error:
                    failures.append(str(error))
                    return
                assert found is not None
                seen.append((found[0], found[1]))

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join(timeout=30)
    assert failures == [], "a reader was blocked"


def kill_in_the_middle_of_a_build(settings: Settings, address: str) -> str:
    """Start `ipstat build`, kill -9 it when its schema of marts is there; the id of the dead build."""
    environment = os.environ | {"IPSTAT_HOME": str(settings.home), "IPSTAT_DATABASE_URL": address}
    process = subprocess.Popen(
        [sys.executable, "-m", "ipstat.cli", "build"],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            with psycopg.connect(address) as connection:
                started = connection.execute(
                    "select split_part(nspname, '_', 2) from pg_namespace where nspname ~ '^marts_b'"
                    " and exists (select from pg_class where relnamespace = pg_namespace.oid)"
                ).fetchone()
            if started is not None:
                return str(started[0])
            time.sleep(0.1)
        pytest.fail("the build ended or hung before it wrote its first table of marts")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_killed_build_is_built_again_and_readers_see_whole_states_only(
    database_url: str, server_settings: Settings, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", database_url=database_url, pseudonym_key_text="key-of-the-tests")
    first = put(tmp_path / "sent", csv_bytes(rows(40)))
    assert intake.ingest_feed(settings, "cnipa_gazette", [first]).row_count == 40
    dead = kill_in_the_middle_of_a_build(settings, database_url)
    analyst = database.with_database(database.url(server_settings, "analyst"), database_url.rpartition("/")[2])
    with polling(analyst) as seen:
        build_id = pipeline.build(settings)
        assert pipeline.gate(settings, build_id).result.status == "gated"
        assert set(seen) == {(0, 0)}, "nothing is seen before the publication"
        assert pipeline.publish_marts(settings, build_id).is_first
        time.sleep(0.2)
    with psycopg.connect(database_url) as connection:
        towns = connection.execute(TOWN_COUNT).fetchone()
        assert towns is not None
        assert connection.execute(COUNT).fetchone() == (40,)
        states = dict(connection.execute("select build_id, status from ops.builds").fetchall())
        assert states == {dead: "failed", build_id: "gated"}
        assert connection.execute("select to_regnamespace(%s)", [f"marts_{dead}"]).fetchone() == (None,)
        assert connection.execute("select count(distinct record_key) from ops.record_sources").fetchone() == (40,)
    assert set(seen) == {(0, 0), (40, towns[0])}, "a read saw half a publication"
