"""All DAGs on the sample city through a real scheduler: undisturbed, refused, and killed at every point.

The warehouse that `ipstat run` makes of the same files in a home of its own is the measure: landing, marts, deliveries,
batches and the facts of the white paper, table hash by table hash (minutes: `make test-slow`).
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest.contract import load_contracts
from ipstat import database
from ipstat.airflow import launcher, processes
from tests.support.airflow_home import AirflowHome
from tests.support.alert_receivers import Mailbox, Webhook, mail_server, webhook
from tests.support.hashes import differing, warehouse_hashes
from tests.support.kill_series import POSTGRES, SUPERVISOR, TASK, WORKER, Kill, KillSeries, Metadata, orphans
from tests.support.planted import break_rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]

CITY = ("--sample-city", "--scale", "0.01", "--from-year", "2023")
KEY = {"IPSTAT_PSEUDONYM_KEY": "key-of-the-tests"}
SEED = 20261122
DAG_COUNT = len(load_contracts()) + 3


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The sample city, and the hashes of what `ipstat run` makes of it."""
    home = AirflowHome(tmp_path_factory.mktemp("run") / "home", variables=KEY)
    try:
        done = home.ipstat("run", *CITY, timeout=1500)
        assert done.returncode == 0, done.stderr[-3000:]
        hashes = warehouse_hashes(home.settings)
    finally:
        database.stop(home.settings)
    assert "white-paper-2025-1/facts.json" in hashes
    assert sum(int(value.split()[0]) for name, value in hashes.items() if name.startswith("marts.")) > 10_000
    yield home.settings.sample_city_dir, hashes


@pytest.fixture(scope="module")
def receivers() -> Iterator[tuple[Webhook, Mailbox]]:
    with webhook() as hook, mail_server() as box:
        yield hook, box


def started(folder: Path, city: Path, receivers: tuple[Webhook, Mailbox]) -> AirflowHome:
    """A home on a copy of the city, whose DAGs are read."""
    hook, box = receivers
    tell = {
        "IPSTAT_ALERT_WEBHOOK": hook.url,
        "IPSTAT_ALERT_MAIL_TO": "statistics@office.example",
        "IPSTAT_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
    }
    home = AirflowHome(folder / "home", variables=KEY | tell)
    shutil.copytree(city, home.settings.sample_city_dir)
    home.start(*CITY)
    return home


def query(home: AirflowHome, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.url(home.settings)) as connection:
        return connection.execute(text.encode()).fetchall()


def builds(home: AirflowHome) -> dict[str, int]:
    """How many builds there are of each status."""
    return dict(query(home, "select status, count(*) from ops.builds group by 1"))


def delivered_twice(home: AirflowHome) -> list[tuple[Any, ...]]:
    """Receipts of the same bytes as the receipt before of the same file: the sample city sends none."""
    return query(
        home,
        "select feed, file_name, count(*) from (select feed, file_name, sha256, action, lag(sha256) over mine as before"
        " from ops.deliveries window mine as (partition by feed, file_name order by delivery_id)) as each"
        " where sha256 = before and action = 'deliver' group by 1, 2",
    )


class TestUndisturbed:
    """One trigger, one build, one white paper; then a file that may not be published."""

    @pytest.fixture(scope="class")
    def home(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        undisturbed: tuple[Path, dict[str, str]],
        receivers: tuple[Webhook, Mailbox],
    ) -> Iterator[AirflowHome]:
        home = started(tmp_path_factory.mktemp("all"), undisturbed[0], receivers)
        with home:
            yield home

    def test_one_trigger_of_all_feeds_ends_in_the_white_paper_of_ipstat_run(
        self, home: AirflowHome, undisturbed: tuple[Path, dict[str, str]], receivers: tuple[Webhook, Mailbox]
    ) -> None:
        began = time.monotonic()
        done = home.ipstat("airflow", "trigger", "--wait", timeout=1500)
        took = time.monotonic() - began
        assert done.returncode == 0, done.stderr[-3000:]
        memory = {each.name: (each.memory_bytes or 0) // 1_000_000 for each in launcher.status(home.settings)}
        print(f"trigger to edition {took:.0f} s; memory at the end, MB: {memory}")
        assert differing(warehouse_hashes(home.settings), undisturbed[1]) == []
        assert builds(home) == {"gated": 1}, "sixteen feeds make one build"
        states = Metadata(home).states()
        assert {dag_id for dag_id, _ in states} >= {"build_warehouse", "publish_annual", "ingest_population"}
        assert {state for _, state in states} == {"success"}
        assert query(home, "select count(*) from ops.alerts") == [(0,)]
        assert receivers[0].requests == []
        assert sum(memory.values()) < 2000

    def test_refused_file_stops_the_publication_and_is_told_once_by_webhook_and_mail(
        self, home: AirflowHome, receivers: tuple[Webhook, Mailbox]
    ) -> None:
        """`check` of the feed fails, though its worker was killed at it; a build that another feed's news sets off is
        refused by the gate."""
        hook, box = receivers
        before = warehouse_hashes(home.settings)
        refused, other = "department_returns", "enterprise_register"
        contract = load_contracts()[refused]
        send_again(home, refused, lambda path: break_rows(path, contract, lambda count: list(range(count))))
        send_again(home, other, lambda path: path.read_bytes().rstrip(b"\r\n").rpartition(b"\n")[0] + b"\n")

        assert home.ipstat("airflow", "trigger", refused).returncode == 0
        series = KillSeries(home)
        assert series.strike(Kill(WORKER, "check", 0.2)) is not None
        series.wait_for_end(lambda: True, 300)
        assert task_states(home, f"ingest_{refused}")["check"] == "failed"
        home.wait_for(lambda: box.mails and hook.requests, 60)
        assert len(hook.requests) == len(box.mails) == 1, "told once"
        assert "returns_2025-12.xlsx" in json.dumps(hook.contents[0], ensure_ascii=False)
        assert builds(home) == {"gated": 1}, "nobody built anything of it"

        done = home.ipstat("airflow", "trigger", other, "--wait", timeout=600)
        assert done.returncode == 1
        assert "failed: build_warehouse" in done.stderr
        assert task_states(home, "build_warehouse") == {
            "wait_for_ingests": "success",
            "build": "success",
            "gate": "failed",
            "publish_marts": "upstream_failed",
        }
        assert builds(home) == {"gated": 1, "refused": 1}
        changed = differing(before, warehouse_hashes(home.settings))
        assert [name for name in changed if name.startswith(("marts.", "publication.", "white-paper"))] == []
        home.wait_for(lambda: len(hook.requests) == len(box.mails) == 2, 60)
        told = query(home, "select alert_key, revision from ops.alerts order by alert_id")
        assert told == [(f"ingest/{refused}", 1), ("warehouse", 1)]
        series.metadata.close()


def send_again(home: AirflowHome, feed: str, change: Callable[[Path], bytes]) -> None:
    """The office sends its newest file again, changed."""
    folder = home.settings.sample_city_dir
    plan = folder / "deliveries.csv"
    with plan.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    newest = [row for row in rows if row["feed"] == feed][-1]
    path = folder / feed / "resent" / "again" / Path(newest["path"]).name
    path.parent.mkdir(parents=True)
    path.write_bytes(change(folder / newest["path"]))
    order, day = int(rows[-1]["received_order"]) + 1, rows[-1]["received_on"]
    with plan.open("a", encoding="utf-8") as handle:
        handle.write(f"{order},{day},{feed},{path.relative_to(folder).as_posix()},deliver,sent again\n")


def task_states(home: AirflowHome, dag_id: str) -> dict[str, str]:
    """The tasks of the newest run of a DAG."""
    rows = Metadata(home).rows(
        "select task_id, state from task_instance where dag_id = %s and run_id ="
        " (select run_id from dag_run where dag_id = %s order by id desc limit 1)",
        [dag_id, dag_id],
    )
    return {str(task): str(state) for task, state in rows}


def kills() -> list[Kill]:
    """The series, in the order of the pipeline, with delays of the seed."""
    dice = random.Random(SEED)

    def soon(most: float) -> float:
        return round(dice.uniform(0.0, most), 2)

    return [
        Kill(WORKER, "fetch", soon(0.5)),
        Kill("dag-processor", "fetch", soon(0.3)),
        Kill("scheduler", "archive", soon(0.4)),
        Kill(WORKER, "archive", soon(0.4)),
        Kill(POSTGRES, "archive", soon(0.4)),
        Kill(TASK, "load", soon(1.0)),
        Kill(WORKER, "load", soon(1.0)),
        Kill(POSTGRES, "load", soon(1.0)),
        Kill("api-server", "load", soon(0.5)),
        Kill(SUPERVISOR, "check", soon(1.0)),
        Kill(WORKER, "build", soon(4.0)),
        Kill(POSTGRES, "build", soon(20.0)),
        Kill("scheduler", "build", soon(20.0)),
        Kill(WORKER, "gate", soon(3.0)),
        Kill(POSTGRES, "gate", soon(3.0)),
        Kill(WORKER, "publish_marts", soon(3.0)),
        Kill(POSTGRES, "publish_marts", soon(3.0)),
        Kill(SUPERVISOR, "publish_annual", soon(4.0)),
        Kill(WORKER, "publish_annual", soon(4.0)),
    ]


def test_killed_at_every_point_ends_in_the_warehouse_of_the_undisturbed_run(
    tmp_path: Path, undisturbed: tuple[Path, dict[str, str]], receivers: tuple[Webhook, Mailbox]
) -> None:
    hook, _box = receivers
    told = len(hook.requests)
    home = started(tmp_path, undisturbed[0], receivers)
    with home:
        assert home.ipstat("airflow", "trigger").returncode == 0
        series = KillSeries(home)
        for kill in kills():
            series.strike(kill)
        is_published = "select count(*) from dag_run where dag_id = 'publish_annual' and state = 'success'"
        series.wait_for_end(lambda: series.metadata.rows(is_published) != [(0,)], 900)

        assert series.missed == []
        assert len({(w.kill.victim, w.kill.during) for w in series.wounds}) >= 12
        assert {state for _, state in series.metadata.states()} == {"success"}
        assert differing(warehouse_hashes(home.settings), undisturbed[1]) == []
        assert delivered_twice(home) == []
        assert set(builds(home)) <= {"gated", "failed"}
        assert query(home, "select count(*) from ops.alerts where closed_at is null") == [(0,)]
        raised = query(home, "select coalesce(sum(revision), 0) from ops.alerts")[0][0]
        assert len(hook.requests) - told >= raised, "an alert was lost"
        assert orphans(home) == []
        server = processes.identify(home.process(POSTGRES).pid)  # type: ignore[union-attr]
        series.metadata.close()
    assert home.marked() == []
    assert server is not None and not server.is_alive()
    late = [wound for wound in series.wounds if wound.noticed_seconds - (wound.alive_seconds or 0.0) > 120]
    assert late == [], "a killed task is noticed a minute after its victim is back, somewhat later on a busy machine"
