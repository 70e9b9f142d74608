"""The tasks of the DAGs call the steps of the command line, in its order and with what only Airflow knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.calendar import Calendar
from ipstat import steps, tasks
from ipstat.errors import BuildError, DatabaseError
from ipstat.schedules import cron_of, partition_due

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests" / "support" / "dag_calls.py"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each DAG's callables call, in topological order; and what `ipstat run` calls."""
    home = tmp_path_factory.mktemp("airflow")
    environment = os.environ | {
        "AIRFLOW_HOME": str(home),
        "IPSTAT_HOME": str(home / "ipstat"),
        "AIRFLOW_CONN_CUSTOMS": "sftp://reader:a%2Fb%40c@127.0.0.1:2222/drop",
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-P", str(SCRIPT), str(ROOT / "dags")]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def names(case: dict[str, Any]) -> list[str]:
    return [name for name, _ in case["calls"]]


def test_dags_and_command_line_call_the_same_steps_in_the_same_order(calls: dict[str, Any]) -> None:
    order = [*steps.INGEST_STEPS, *steps.WAREHOUSE_STEPS, *steps.PUBLISH_STEPS]
    assert names(calls["command line"]) == order
    assert [name for case in ("ingest", "warehouse", "annual") for name in names(calls[case])] == order


def test_tasks_wait_for_locks_where_the_command_line_ends(calls: dict[str, Any]) -> None:
    waits = {
        case: {arguments["is_waiting"] for _, arguments in calls[case]["calls"]}
        for case in calls
        if case != "freshness"
    }
    assert waits.pop("command line") == {False}
    assert waits.pop("ingest by backfill of a day without delivery") == set()
    assert set(map(frozenset, waits.values())) == {frozenset({True})}


def test_the_gate_and_the_marts_are_those_of_the_run_s_build(calls: dict[str, Any]) -> None:
    given = {name: arguments["arguments"] for name, arguments in calls["warehouse"]["calls"]}
    assert given == {"build": [], "gate": ["build-1"], "publish_marts": ["build-1"]}


def test_a_build_that_is_published_ends_the_run(calls: dict[str, Any]) -> None:
    """The news of a feed came while its rows were being built: the run that they queued has nothing to do."""
    case = calls["warehouse without news"]
    assert names(case) == ["build"]
    assert case["states"] == ["wait_for_ingests success", "build skipped", "gate skipped", "publish_marts skipped"]


def test_fetch_gets_the_sender_of_the_airflow_connection(calls: dict[str, Any]) -> None:
    _, arguments = calls["ingest"]["calls"][0]
    assert arguments["arguments"] == ["customs_lots", "sftp://reader:a%2Fb%40c@127.0.0.1:2222/drop"]


@pytest.mark.parametrize(("case", "key"), [("ingest by param", "2024-12"), ("ingest by backfill", "2025-03")])
def test_a_past_period_comes_from_the_archive_alone(calls: dict[str, Any], case: str, key: str) -> None:
    assert names(calls[case]) == ["reload_partition", "check"]
    assert calls[case]["calls"][0][1]["arguments"] == ["customs_lots", key]
    assert calls[case]["states"] == ["fetch skipped", "archive skipped", "load success", "check success"]


def test_a_backfill_s_day_without_a_delivery_does_nothing(calls: dict[str, Any]) -> None:
    case = calls["ingest by backfill of a day without delivery"]
    assert case["calls"] == []
    assert {state.split()[1] for state in case["states"]} == {"skipped"}


def test_a_feed_without_news_announces_nothing(calls: dict[str, Any]) -> None:
    assert calls["ingest without news"]["states"][-1] == "check skipped"
    assert names(calls["ingest without news"]) == list(steps.INGEST_STEPS)


def test_the_annual_publication_is_skipped_without_a_complete_year(calls: dict[str, Any]) -> None:
    assert calls["annual"]["states"] == ["publish_annual success"]
    assert calls["annual of a year"]["calls"][0][1]["year"] == 2023
    assert calls["annual without a complete year"]["states"] == ["publish_annual skipped"]


def test_freshness_is_checked(calls: dict[str, Any]) -> None:
    assert names(calls["freshness"]) == ["check_freshness"]


def test_partition_due_is_the_period_that_ended() -> None:
    monthly = Calendar(kind="monthly", first=date(2024, 1, 1), due_day=15)
    assert partition_due(monthly, date(2025, 1, 15)) == "2024-12"
    assert partition_due(monthly, date(2025, 1, 16)) is None
    assert partition_due(monthly, date(2024, 1, 15)) is None, "nothing was expected before the first period"
    yearly = Calendar(kind="yearly", first=date(2011, 1, 1), due_day=28, due_month=1, key="day")
    assert partition_due(yearly, date(2025, 1, 28)) == "2024-12-31"
    weekly = Calendar(
        kind="weekly",
        weekdays=("tuesday",),
        first=date(2025, 1, 1),
        skipped=(date(2025, 1, 28),),
        added=(date(2025, 1, 30),),
    )
    assert partition_due(weekly, date(2025, 1, 21)) == "2025-01-21"
    assert partition_due(weekly, date(2025, 1, 28)) is None
    assert partition_due(weekly, date(2025, 1, 30)) == "2025-01-30"


def test_cron_of_each_kind_of_calendar() -> None:
    assert cron_of(Calendar()) is None
    assert cron_of(Calendar(kind="weekly", weekdays=("sunday", "monday"), first=date(2025, 1, 1))) == "0 8 * * 0,1"
    assert cron_of(Calendar(kind="monthly", first=date(2025, 1, 1), due_day=9)) == "0 8 9 * *"
    assert cron_of(Calendar(kind="yearly", first=date(2025, 1, 1), due_day=28, due_month=2)) == "0 8 28 2 *"


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[datetime | None]:
    """What the server says of its start, call by call."""
    found: list[datetime | None] = []
    monkeypatch.setattr("ipstat.database.ensure_ready", lambda _settings: "postgresql://nowhere")
    monkeypatch.setattr(tasks, "_server_start", lambda _address: found.pop(0))
    return found


FIRST, SECOND = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("after", [None, SECOND])
def test_an_error_of_a_step_whose_server_died_is_one_of_the_network(
    starts: list[datetime | None], monkeypatch: pytest.MonkeyPatch, after: datetime | None
) -> None:
    """dbt reports a killed server as failed models: that must be tried again, a model that is wrong must not."""

    def failing(*_arguments: object, **_named: object) -> str:
        raise BuildError("3 models failed")

    monkeypatch.setattr(steps, "build", failing)
    starts[:] = [FIRST, after]
    with pytest.raises(DatabaseError, match="3 models failed"):
        tasks.build()
    starts[:] = [FIRST, FIRST]
    with pytest.raises(BuildError):
        tasks.build()


def test_the_build_waits_until_no_ingest_runs() -> None:
    counts = {"ingest_a": 0, "ingest_b": 1}
    asked: list[list[str]] = []

    def get_dr_count(dag_id: str, states: list[str]) -> int:
        asked.append(states)
        return counts[dag_id]

    instance = SimpleNamespace(get_dr_count=get_dr_count)
    assert tasks.are_ingests_done(["ingest_a", "ingest_b"], ti=instance) is False
    counts["ingest_b"] = 0
    assert tasks.are_ingests_done(["ingest_a", "ingest_b"], ti=instance) is True
    assert asked[0] == ["queued", "running"]
