"""The DAG files as Airflow reads them: which DAGs there are, what they say, when they run and what they try again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.contract import load_contracts
from ipstat import steps

ROOT = Path(__file__).resolve().parents[2]
DAGS = ROOT / "dags"
# Written out on purpose: an empty DagBag, a file that no longer parses or a lost feed must fail here.
FEEDS = (
    "cnipa_exchange",
    "cnipa_gazette",
    "cnipa_legal_events",
    "cnipa_trademarks",
    "customs_lots",
    "department_returns",
    "economic_accounts",
    "enforcement_cases",
    "enterprise_register",
    "honours",
    "official_totals",
    "patent_api",
    "patent_families",
    "plan_targets",
    "pledge_ledger",
    "pledge_registrations",
    "population",
)
DAG_IDS = {*(f"ingest_{feed}" for feed in FEEDS), "build_warehouse", "publish_annual", "check_freshness"}
HEAVY = ("pandas", "dbt", "great_expectations", "polars", "pyarrow", "numpy", "duckdb")
Facts = dict[str, Any]


def run_python(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"AIRFLOW_HOME": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(
        command, check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    script = ROOT / "tests" / "support" / "dag_facts.py"
    done = run_python(tmp_path_factory.mktemp("airflow"), str(script), str(DAGS))
    assert done.returncode == 0, done.stderr[-3000:]
    found: Facts = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def dags(facts: Facts) -> dict[str, Facts]:
    found: dict[str, Facts] = facts["dags"]
    return found


def test_the_dag_bag_holds_exactly_these_dags(facts: Facts) -> None:
    assert facts["import_errors"] == {}
    assert set(facts["dags"]) == DAG_IDS


def test_each_contract_has_its_dag() -> None:
    assert set(load_contracts()) == set(FEEDS)


def test_every_dag_says_whose_it_is_and_ends_in_time(dags: dict[str, Facts]) -> None:
    for dag_id, dag in dags.items():
        assert dag["tags"], dag_id
        assert "docs/triage.md" in dag["doc_md"], dag_id
        assert dag["timeout"] > 0, dag_id
        assert dag["catchup"] is False, dag_id
        assert dag["max_active_runs"] == 1, dag_id
        assert dag["is_paused"] is False, dag_id
        assert dag["has_callbacks"], dag_id
        for task in dag["tasks"]:
            name = f"{dag_id}.{task['task_id']}"
            assert task["owner"] not in ("", "airflow"), name
            assert 0 < task["timeout"] <= dag["timeout"], name
            assert task["has_failure_callback"] == (task["task_id"] != "wait_for_ingests"), name
            assert f"**{task['task_id']}**" in dag["doc_md"], f"{name} has no triage note"


def test_ingest_dags_name_office_sender_and_commands(dags: dict[str, Facts]) -> None:
    for feed, contract in load_contracts().items():
        dag = dags[f"ingest_{feed}"]
        assert {task["owner"] for task in dag["tasks"]} == {contract.origin.owner.zh}
        kind = contract.origin.calendar.kind
        assert contract.origin.sender is not None
        cadence = "irregular" if kind == "none" else kind
        assert set(dag["tags"]) == {feed, contract.origin.sender.connection, cadence}
        for text in (contract.title.zh, contract.title.en, contract.origin.sender.path, f"ipstat fetch {feed}"):
            assert text in dag["doc_md"]
        assert dag["params"] == ["partition_key"]


def steps_of(dag: Facts) -> list[str]:
    return [task["callable"].removeprefix("ipstat.tasks.") for task in dag["tasks"]]


def test_tasks_follow_the_steps_of_the_command_line(dags: dict[str, Facts]) -> None:
    """Order, callables and the chain of each DAG; test_dags_order.py holds what the callables call."""
    for feed in FEEDS:
        assert tuple(steps_of(dags[f"ingest_{feed}"])) == steps.INGEST_STEPS
    assert tuple(steps_of(dags["build_warehouse"])) == ("are_ingests_done", *steps.WAREHOUSE_STEPS)
    assert tuple(steps_of(dags["publish_annual"])) == steps.PUBLISH_STEPS
    for dag_id, dag in dags.items():
        ids = [task["task_id"] for task in dag["tasks"]]
        for task, expected in zip(dag["tasks"], [[], *([task_id] for task_id in ids)], strict=False):
            # `gate` gives its build_id on, so publish_marts may stand on build as well.
            assert set(expected) <= set(task["upstream"]) <= set(ids[: ids.index(task["task_id"])]), dag_id


def test_assets_join_the_dags(dags: dict[str, Facts]) -> None:
    outlets = {dag_id: [name for task in dag["tasks"] for name in task["outlets"]] for dag_id, dag in dags.items()}
    assert {name for feed in FEEDS for name in outlets[f"ingest_{feed}"]} == {f"landing/{feed}" for feed in FEEDS}
    assert dags["build_warehouse"]["assets"] == sorted(f"landing/{feed}" for feed in FEEDS)
    assert outlets["build_warehouse"] == dags["publish_annual"]["assets"] == ["marts"]
    assert outlets["publish_annual"] == ["editions"]
    last = {dag_id: dag["tasks"][-1]["outlets"] for dag_id, dag in dags.items()}
    assert last == outlets, "only the last task of a DAG announces an asset"


def test_next_due_days_of_known_feeds(dags: dict[str, Facts]) -> None:
    """Written out from the calendars on the wall: Tuesdays and Fridays, the 15th, the 28th of January."""
    assert dags["ingest_cnipa_gazette"]["due"][:4] == [f"2025-01-{day}T08:00" for day in ("03", "07", "10", "14")]
    assert dags["ingest_customs_lots"]["due"][:3] == [f"2025-{month}-15T08:00" for month in ("01", "02", "03")]
    assert dags["ingest_enterprise_register"]["due"] == ["2025-01-28T08:00", "2026-01-28T08:00"]
    assert dags["ingest_official_totals"]["due"] == []
    assert dags["check_freshness"]["due"][:2] == ["2025-01-01T09:30", "2025-01-02T09:30"]
    assert dags["build_warehouse"]["due"] == dags["publish_annual"]["due"] == []


def test_schedules_are_the_due_days_of_the_calendars(dags: dict[str, Facts]) -> None:
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    for feed, contract in load_contracts().items():
        calendar = contract.origin.calendar
        due = {each.due_on for each in calendar.expected(last) if each.due_on >= first}
        # Days moved by a holiday are no rule of a cron line: the issue comes with the next regular fetch.
        regular = (due - set(calendar.added)) | {day for day in calendar.skipped if first <= day <= last}
        assert {date.fromisoformat(day[:10]) for day in dags[f"ingest_{feed}"]["due"]} == regular, feed


def test_only_errors_of_the_network_are_tried_again(dags: dict[str, Facts]) -> None:
    again = {"SenderUnavailable", "Slow", "DatabaseError", "OperationalError"}
    for dag_id, dag in dags.items():
        for task in dag["tasks"]:
            retried = {name for name, action in task["decisions"].items() if action == "retry"}
            assert retried == again, f"{dag_id}.{task['task_id']}"
            assert {task["decisions"][name] for name in task["decisions"].keys() - again} == {"fail"}
            assert task["retries"] >= 3, "a killed worker reports no error: only a count of tries brings it back"


def test_delays_grow_and_end(dags: dict[str, Facts]) -> None:
    for dag in dags.values():
        for delays in dag["delays"].values():
            assert delays == sorted(delays)
            assert delays[0] <= 20, "a task whose worker was killed comes back soon"
            assert delays[-1] <= 900
            assert sum(delays) > 1200, "a sender may be away for a while"


# Airflow's own modules first: what is left is what this file costs.
PARSE = """
import json, runpy, sys, time
import airflow.sdk, airflow.providers.standard.operators.python, airflow.providers.standard.sensors.python
sys.path.append(sys.argv[1])
begin = time.perf_counter()
runpy.run_path(sys.argv[2])
print(json.dumps([time.perf_counter() - begin, sorted(sys.modules)]))
"""


def test_dag_files_are_short_and_parse_without_heavy_imports(tmp_path: Path) -> None:
    """Each in a fresh interpreter, two at a time."""
    paths = sorted(DAGS.glob("*.py"))
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda path: run_python(tmp_path, "-c", PARSE, str(DAGS), str(path)), paths))
    assert len(paths) == 4
    for path, done in zip(paths, runs, strict=True):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 80, path.name
        assert done.returncode == 0, done.stderr[-3000:]
        seconds, modules = json.loads(done.stdout.splitlines()[-1])
        print(f"{path.name} parses in {seconds:.2f} s")
        assert "ipstat.tasks" in modules, path.name
        assert [name for name in modules if name.split(".")[0] in HEAVY] == [], path.name


def test_a_dag_file_hides_no_package_of_ours() -> None:
    """Airflow puts the dags folder on sys.path: `dags/ingest.py` would stand in for the package `ingest`."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert "ingest" in packages
    assert {path.stem for path in DAGS.glob("*.py")} & packages == set()
