"""Which steps the DAGs' callables and `ipstat run` call, as JSON on stdout. Run as a program (it imports Airflow).

Usage: python dag_calls.py <dags folder>. The steps are replaced by recorders, so no database is needed.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

Call = list[Any]
FEED = "customs_lots"
ALL_STEPS = (
    "fetch",
    "archive",
    "load",
    "reload_partition",
    "check",
    "build",
    "gate",
    "publish_marts",
    "publish_annual",
)


class Recorder:
    """Stands in for the steps; `calls` are name and arguments without the settings."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.has_news = True
        self.edition: str | None = "editions/white-paper/2024"

    def install(self, steps: Any) -> None:
        """Replace the functions of `ipstat.steps`."""
        for name in ALL_STEPS:
            setattr(steps, name, self._make(name))
        steps.has_news = lambda _settings, _feed: self.has_news

    def _make(self, name: str) -> Callable[..., Any]:
        def step(_settings: Any, *arguments: Any, is_waiting: bool = False, tell: Any = None, **named: Any) -> Any:
            assert callable(tell)
            self.calls.append([name, {"arguments": list(arguments), "is_waiting": is_waiting, **named}])
            return self._result(name)

        return step

    def _result(self, name: str) -> Any:
        if name == "publish_annual":
            return self.edition
        if name == "load":
            return SimpleNamespace(refused=(), delivery_count=1, row_count=1, quarantined_count=0, feed=FEED)
        if name == "gate":
            return SimpleNamespace(result=SimpleNamespace(checks=(), status="gated"), page="page")
        if name == "publish_marts":
            return SimpleNamespace(changes=(), build_id="build-1", is_first=False, changed_row_count=0)
        return "build-1" if name == "build" else 1

    def take(self) -> list[Call]:
        """The calls since the last time."""
        found, self.calls = self.calls, []
        return found


def run_dag(dag: Any, run: SimpleNamespace, params: dict[str, Any]) -> list[str]:
    """Call each task as Airflow would; a state for each: success, or skipped (as Airflow passes it on)."""
    from airflow.sdk.exceptions import AirflowSkipException

    task_instance = SimpleNamespace(get_dr_count=lambda **_named: 0)
    context = {"params": params, "dag_run": run, "ti": task_instance, "dag": dag, "run_id": "r"}
    states: dict[str, str] = {}
    for task in dag.topological_sort():
        upstream = [states[task_id] for task_id in task.upstream_task_ids]
        if "skipped" in upstream and task.trigger_rule != "none_failed":
            states[task.task_id] = "skipped"
            continue
        arguments = {
            name: value if name in ("feed", "dag_ids") else "build-1" for name, value in task.op_kwargs.items()
        }
        try:
            task.python_callable(**arguments, **context)
            states[task.task_id] = "success"
        except AirflowSkipException:
            states[task.task_id] = "skipped"
    return [f"{task_id} {state}" for task_id, state in states.items()]


def run_command_line(recorder: Recorder, folder: Path) -> list[Call]:
    """What `ipstat run` calls on a folder with one feed in which no year is complete."""
    from typer.testing import CliRunner

    from ipstat.cli import app

    (folder / FEED / "2025-03").mkdir(parents=True)
    (folder / FEED / "2025-03" / "file.xlsx").write_bytes(b"")
    recorder.edition = None
    done = CliRunner().invoke(app, ["run", "--input", str(folder)])
    assert done.exit_code == 0, (done.output, done.exception)
    return recorder.take()


def main(dags_folder: str) -> None:
    """Print the calls of each case."""
    from airflow.dag_processing.dagbag import DagBag

    from ipstat import database, freshness, steps, tasks
    from ipstat.settings import Settings

    recorder = Recorder()
    recorder.install(steps)
    database.ensure_ready = lambda _settings: "postgresql://nowhere"
    tasks._server_start = lambda _address: None
    published: list[str] = []
    tasks._is_published = lambda _settings, build_id: build_id in published
    freshness.check_freshness = lambda _settings: recorder.calls.append(["check_freshness", {}]) or []
    dags = DagBag(dags_folder).dags
    manual = SimpleNamespace(run_type="manual", logical_date=None)
    past = SimpleNamespace(run_type="backfill", logical_date=datetime(2025, 4, 15, tzinfo=UTC))
    idle = SimpleNamespace(run_type="backfill", logical_date=datetime(2025, 4, 16, tzinfo=UTC))
    found: dict[str, Any] = {}

    def case(name: str, dag_id: str, run: SimpleNamespace = manual, **params: Any) -> None:
        states = run_dag(dags[dag_id], run, params)
        found[name] = {"calls": recorder.take(), "states": states}

    ingest = f"ingest_{FEED}"
    case("ingest", ingest)
    case("ingest by param", ingest, partition_key="2024-12")
    case("ingest by backfill", ingest, past)
    case("ingest by backfill of a day without delivery", ingest, idle)
    recorder.has_news = False
    case("ingest without news", ingest)
    case("warehouse", "build_warehouse")
    published.append("build-1")
    case("warehouse without news", "build_warehouse")
    case("annual", "publish_annual")
    case("annual of a year", "publish_annual", year=2023)
    recorder.edition = None
    case("annual without a complete year", "publish_annual")
    case("freshness", "check_freshness")
    found["command line"] = {"calls": run_command_line(recorder, Settings.from_env().home / "feeds"), "states": []}
    json.dump(found, sys.__stdout__)


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        main(sys.argv[1])
