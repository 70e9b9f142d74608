"""Two real processes against each other: the second names the holder and ends with 75, or waits for its turn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from ipstat import builds, intake, locks
from ipstat.settings import PROJECT_ROOT, Settings
from tests.support.ingest import csv_bytes, put, rows

pytestmark = [pytest.mark.timeout(300)]

KEY = "key-of-the-tests"
BUSY = 75


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    output: str
    error: str


@dataclass
class Home:
    """A small warehouse and the processes started in it; `stop` leaves none behind."""

    address: str
    folder: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`ipstat ARGUMENTS` as a process of its own."""
        surroundings = {
            "IPSTAT_HOME": str(self.folder),
            "IPSTAT_DATABASE_URL": self.address,
            "IPSTAT_PSEUDONYM_KEY": KEY,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "ipstat.cli", *arguments],
            cwd=PROJECT_ROOT,
            env=os.environ | surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def until(self, condition: Callable[[psycopg.Connection], bool], what: str) -> None:
        """Wait until it holds; a process that ended before is shown."""
        deadline = time.monotonic() + 60
        with psycopg.connect(self.address, autocommit=True) as connection:
            while time.monotonic() < deadline:
                if condition(connection):
                    return
                time.sleep(0.05)
        pytest.fail(f"waited in vain: {what}; " + "; ".join(str(process.poll()) for process in self.started))


def end(process: subprocess.Popen[str]) -> Ended:
    output, error = process.communicate(timeout=120)
    return Ended(process.returncode, output.strip(), error)


def is_held_by(process: subprocess.Popen[str]) -> Callable[[psycopg.Connection], bool]:
    def look(connection: psycopg.Connection) -> bool:
        holder = locks.holder(connection, locks.WAREHOUSE)
        return holder is not None and f"(pid {process.pid}," in holder.who

    return look


def is_waiting(process: subprocess.Popen[str]) -> Callable[[psycopg.Connection], bool]:
    """Whether its connection for the lock is there, and somebody else has the lock."""

    def look(connection: psycopg.Connection) -> bool:
        names = connection.execute("select application_name from pg_stat_activity").fetchall()
        return any(f"(pid {process.pid}," in name for (name,) in names) and not is_held_by(process)(connection)

    return look


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> Iterator[Home]:
    settings = Settings(home=tmp_path / "home", database_url=database_url, pseudonym_key_text=KEY)
    sent = put(tmp_path / "sent", csv_bytes(rows(12)))
    assert intake.ingest_feed(settings, "cnipa_gazette", [sent]).row_count == 12
    made = Home(database_url, settings.home)
    yield made
    made.stop()


def pass_gate(address: str, build_id: str) -> None:
    """The verdict of a gate that found nothing; the gate itself is tested elsewhere."""
    with psycopg.connect(address) as connection:
        connection.execute(
            "insert into ops.gate_results (build_id, check_name, layer, severity, success)"
            " values (%s, 'x', 'dbt', 'stop', true)",
            [build_id],
        )
        builds.close_build(connection, build_id, "gated")


def test_a_second_build_and_a_second_publication_end_with_75_or_wait(home: Home) -> None:
    first = home.start("build")
    home.until(is_held_by(first), "the first build holds the lock")
    first.send_signal(signal.SIGSTOP)  # so that it can't end before the others have looked, however fast it is
    waiting, refused = home.start("build", "--wait"), home.start("build")
    busy = end(refused)
    assert busy.code == BUSY, busy.error
    assert f"busy: ipstat build (pid {first.pid}, " in busy.error
    assert ", since 20" in busy.error
    assert "add --wait" in busy.error
    home.until(is_waiting(waiting), "the third run waits")
    first.send_signal(signal.SIGCONT)
    built, again = end(first), end(waiting)
    assert (built.code, again.code) == (0, 0), built.error + again.error
    assert again.output == built.output, "equal inputs are not built twice"
    with psycopg.connect(home.address) as connection:
        assert connection.execute("select build_id, status from ops.builds").fetchall() == [(built.output, "built")]

    pass_gate(home.address, built.output)
    with psycopg.connect(home.address) as reader:
        # A write to this table waits, so the publication is met in the middle of its transaction, and stopped there.
        reader.execute("lock table marts.fct_patents in share mode")
        publication = home.start("publish", "marts")
        home.until(is_held_by(publication), "the publication holds the lock")
        publication.send_signal(signal.SIGSTOP)
    waiting, refused = home.start("publish", "marts", "--wait"), home.start("publish", "marts")
    busy = end(refused)
    assert busy.code == BUSY, busy.error
    assert f"busy: ipstat publish marts (pid {publication.pid}, " in busy.error
    home.until(is_waiting(waiting), "the third publication waits")
    publication.send_signal(signal.SIGCONT)
    published, again = end(publication), end(waiting)
    assert (published.code, again.code) == (0, 0), published.error + again.error
    assert "first publication" in published.output
    assert again.output == f"marts shows build {built.output}: nothing changed"
    with psycopg.connect(home.address) as connection:
        assert connection.execute("select count(*) from marts.fct_patents").fetchone() == (12,)
        assert connection.execute("select build_id from publication.published_builds").fetchall() == [(built.output,)]
