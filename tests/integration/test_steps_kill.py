"""`kill -9` in archive and load, at each statement that writes, and once more: the next run ends where none was killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest.spool import TURN_NAME, WithdrawnFile, whole_turns, write_turn
from ipstat import steps
from ipstat.settings import PROJECT_ROOT, Settings
from tests.conftest import _admin, clone
from tests.support.feed_home import FeedHome
from tests.support.ingest import FILE, csv_bytes, row, rows

FEED = "cnipa_gazette"
LOCK = 4711
FILES = (
    {f"2019-07-09/{FILE}": csv_bytes(rows(4)), f"2019-07-12/{FILE}": csv_bytes([*rows(3), row(9, patentee="")])},
    {f"2019-07-09/{FILE}": csv_bytes(rows(3)), f"2019-07-16/{FILE}": b"\x00 no file"},
    {f"2019-07-09/{FILE}": csv_bytes(rows(4)), f"2019-07-19/{FILE}": csv_bytes(rows(2))},
)
#: (step, table, event, at which row of that table): where the process is stopped and killed.
POINTS = [
    ("archive", "ops.fetch_turns", "insert", 1),
    ("archive", "ops.deliveries", "insert", 2),
    ("archive", "ops.fetched_files", "insert", 4),
    ("load", f"landing.{FEED}", "insert", 2),
    ("load", "ops.batches", "insert", 2),
    ("load", "ops.batch_files", "insert", 3),
    ("load", "ops.rejected_files", "insert", 1),
    ("load", "ops.deliveries", "update", 1),
    ("load", "ops.deliveries", "update", 4),
    ("load", "ops.batches", "update", 1),
    ("load", "ops.batches", "update", 3),
]
RUN = """
import sys
from pathlib import Path
from ipstat import steps
from ipstat.settings import Settings
settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2], pseudonym_key_text="key-of-the-tests")
steps.archive(settings, sys.argv[3])
steps.load(settings, sys.argv[3])
"""


def fill_spool(home: FeedHome, folder: Path) -> None:
    """Three turns, the last of which withdraws a file."""
    for number, files in enumerate(FILES):
        paths = {}
        for place, data in files.items():
            paths[place] = folder / f"{number}" / place
            paths[place].parent.mkdir(parents=True)
            paths[place].write_bytes(data)
        gone = whole_turns(home.settings.spool_dir, FEED)[0].files[1] if number == 2 else None
        withdrawn = (WithdrawnFile(path=gone.path, sha256=gone.sha256),) if gone else ()
        write_turn(home.settings.spool_dir, FEED, "cnipa", paths, withdrawn)


def outcome(home: FeedHome) -> dict[str, Any]:
    """All that must be equal: the active rows, the receipts, the batches, what was refused or quarantined."""
    return {
        "hash": home.hash(FEED),
        "deliveries": home.rows(
            "select file_name, partition_key, sha256, action, loaded_at is not null from ops.deliveries order by 1, 2,"
            " delivery_id"
        ),
        "turns": home.rows("select count(*), sum(file_count) from ops.fetch_turns"),
        "fetched": home.rows("select remote_path, sha256 from ops.fetched_files order by 1"),
        "batches": home.rows(
            "select partition_key, status, content_hash, row_count from ops.batches order by batch_id"
        ),
        "rejected": home.rows("select file_name, partition_key, reason_code from ops.rejected_files order by 1, 2"),
        "quarantine": home.rows("select source_file, source_row, reason_code from ops.quarantine order by 1, 2"),
        "landed": home.rows(f"select count(*) from landing.{FEED}"),
        "spool": whole_turns(home.settings.spool_dir, FEED),
    }


@pytest.fixture(scope="module")
def undisturbed(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    home = FeedHome.make(folder, clone(server_settings, "undisturbed"))
    fill_spool(home, folder / "sent")
    assert steps.archive(home.settings, FEED) == 7
    steps.load(home.settings, FEED)
    yield outcome(home)
    with psycopg.connect(_admin(server_settings), autocommit=True) as connection:
        connection.execute("drop database undisturbed with (force)")


def stop_at(connection: psycopg.Connection[Any], table: str, event: str, number: int) -> None:
    """The `number`th row that is written to the table waits for our lock."""
    connection.execute(
        "create sequence public.written;"
        "create function public.wait_here() returns trigger language plpgsql as $$ begin"
        f" if nextval('public.written') = {number} then perform pg_advisory_lock({LOCK}); end if; return new; end $$;"
        f"create trigger wait_here before {event} on {table} for each row execute function public.wait_here()"
    )


def is_stopped(connection: psycopg.Connection[Any]) -> bool:
    query = "select 1 from pg_locks where locktype = 'advisory' and objid = %s and not granted"
    return connection.execute(query, [LOCK]).fetchone() is not None


def kill_at(home: FeedHome, table: str, event: str, number: int) -> None:
    """Run archive and load in a process of their own; kill it when it waits at the point."""
    with home.connect() as connection:
        stop_at(connection, table, event, number)
        connection.execute("select pg_advisory_lock(%s)", [LOCK])
        arguments = [sys.executable, "-c", RUN, str(home.settings.home), str(home.settings.database_url), FEED]
        process = subprocess.Popen(arguments, cwd=PROJECT_ROOT, env=dict(os.environ))
        try:
            deadline = time.monotonic() + 90
            while not is_stopped(connection):
                assert process.poll() is None, "the run ended before it came to the point"
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        connection.execute("select pg_advisory_unlock(%s)", [LOCK])
        connection.execute(f"drop trigger wait_here on {table}; drop function public.wait_here();"
                           " drop sequence public.written")  # fmt: skip


@pytest.mark.parametrize(("step", "table", "event", "number"), POINTS, ids=str)
def test_a_killed_run_is_finished_by_the_next(
    step: str,
    table: str,
    event: str,
    number: int,
    database_url: str,
    tmp_path: Path,
    undisturbed: dict[str, Any],
) -> None:
    home = FeedHome.make(tmp_path, database_url)
    fill_spool(home, tmp_path / "sent")
    kill_at(home, table, event, number)
    assert outcome(home) != undisturbed, f"nothing was cut off in {step}"
    steps.archive(home.settings, FEED)
    steps.load(home.settings, FEED)
    assert outcome(home) == undisturbed
    left = [path for path in home.settings.archive_dir.rglob(".*") if path.name.startswith((".scratch", ".partial"))]
    assert left == []


def test_a_turn_that_was_archived_but_not_removed_is_archived_once(
    database_url: str, tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    """The moment between the commit and the removal of the folder."""
    home = FeedHome.make(tmp_path, database_url)
    fill_spool(home, tmp_path / "sent")
    spool = home.settings.spool_dir / FEED
    shutil.copytree(spool, tmp_path / "copy")
    assert steps.archive(home.settings, FEED) == 7
    shutil.rmtree(spool)
    shutil.copytree(tmp_path / "copy", spool)
    assert len(list(spool.rglob(TURN_NAME))) == 3
    assert steps.archive(home.settings, FEED) == 0
    steps.load(home.settings, FEED)
    assert outcome(home) == undisturbed
