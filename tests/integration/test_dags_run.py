"""One feed's DAG through a real scheduler: fetch to check, a past period by param and by backfill, a failure told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import psycopg
import pytest

from ipstat import database
from tests.support.airflow_home import AirflowHome

FEED, DAG_ID = "customs_lots", "ingest_customs_lots"
CITY = ("--sample-city", "--scale", "0.01", "--from-year", "2024", "--to-year", "2024")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Receiver(BaseHTTPRequestHandler):
    """Keeps what the webhook is sent."""

    messages: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def webhook() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/alerts"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, webhook: str) -> Iterator[AirflowHome]:
    with AirflowHome(tmp_path_factory.mktemp("dags") / "home", variables={"IPSTAT_ALERT_WEBHOOK": webhook}) as made:
        made.start(*CITY)
        made.wait_for(lambda: dag_is_known(made), 120, every=2)
        with made.api() as api:  # what the feed sets off is the matter of another test
            api.patch("dags/build_warehouse", {"is_paused": True})
        yield made


def dag_is_known(home: AirflowHome) -> bool:
    with home.api() as api:
        return len(api.get_all("dags", "dags")) >= 19


def run(home: AirflowHome, conf: dict[str, Any] | None = None) -> dict[str, str]:
    """Trigger the DAG and wait for its end; the state of each task, and of the run under `run`."""
    with home.api() as api:
        made = api.post(f"dags/{DAG_ID}/dagRuns", {"logical_date": None, "conf": conf or {}})
    return states(home, made["dag_run_id"])


def states(home: AirflowHome, run_id: str) -> dict[str, str]:
    home.wait_for(lambda: home.run_state(DAG_ID, run_id) in ("success", "failed"), 240, every=1)
    with home.api() as api:
        tasks = api.get(f"dags/{DAG_ID}/dagRuns/{run_id}/taskInstances")["task_instances"]
    return {task["task_id"]: task["state"] for task in tasks} | {"run": home.run_state(DAG_ID, run_id)}


def query(home: AirflowHome, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.url(home.settings)) as connection:
        return connection.execute(text).fetchall()


def event_count(home: AirflowHome) -> int:
    with home.api() as api:
        return int(api.get("assets/events", source_dag_id=DAG_ID)["total_entries"])


def test_a_feed_through_the_scheduler(home: AirflowHome) -> None:
    """In order, because each part needs the one before: first delivery, nothing new, past periods, a lost sender."""
    assert run(home) == dict.fromkeys(("fetch", "archive", "load", "check", "run"), "success")
    batches = query(home, f"select partition_key from ops.batches where feed = '{FEED}' and status = 'active'")
    assert len(batches) >= 12
    assert event_count(home) == 1
    deliveries = query(home, "select count(*) from ops.deliveries")

    # The sender is gone from here on: what succeeds asked nobody.
    (home.settings.sample_city_dir / FEED).rename(home.settings.sample_city_dir / "away")
    past = run(home, {"partition_key": "2024-03"})
    assert past == {"fetch": "skipped", "archive": "skipped", "load": "success", "check": "success", "run": "success"}

    options = ("--dag-id", DAG_ID, "--from-date", "2024-05-01", "--to-date", "2024-06-30", "--max-active-runs", "1")
    done = home.ipstat("airflow", "cli", "backfill", "create", *options)
    assert done.returncode == 0, done.stderr[-2000:]
    with home.api() as api:
        runs = [each for each in api.get_all(f"dags/{DAG_ID}/dagRuns", "dag_runs") if each["run_type"] == "backfill"]
    assert len(runs) == 2
    for each in runs:
        assert states(home, each["dag_run_id"]) == past
    again = query(
        home,
        f"select partition_key from ops.batches where feed = '{FEED}' and status = 'superseded' order by partition_key",
    )
    assert [key for (key,) in again if key in ("2024-03", "2024-04", "2024-05")] == ["2024-03", "2024-04", "2024-05"]
    assert query(home, "select count(*) from ops.deliveries") == deliveries

    assert Receiver.messages == []
    unknown = run(home, {"partition_key": "1999-01"})
    assert (unknown["load"], unknown["check"], unknown["run"]) == ("failed", "upstream_failed", "failed")
    home.wait_for(lambda: Receiver.messages, 60)
    told = json.dumps(Receiver.messages[0], ensure_ascii=False)
    assert FEED in told
    assert "1999-01" in told
    assert f"/dags/{DAG_ID}/runs/" in told
