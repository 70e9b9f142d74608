"""What Airflow makes of the DAG files, as JSON on stdout. Run as a program, so that no test imports Airflow itself.

Usage: python dag_facts.py <dags folder>; Airflow's own state goes to AIRFLOW_HOME.
"""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")
FROM, TO = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)


def errors() -> dict[str, BaseException]:
    """One error of each kind that a task may end with."""
    import psycopg
    from airflow.sdk.exceptions import AirflowTaskTimeout

    from ingest.senders.errors import SenderRefused, SenderUnavailable
    from ipstat.errors import BuildError, DatabaseError, RefusedError

    class Slow(SenderUnavailable):
        """A kind of its own."""

    found: list[BaseException] = [
        SenderUnavailable("no answer"),
        Slow("no answer"),
        SenderRefused("401"),
        RefusedError("over its budget"),
        BuildError("a model failed"),
        DatabaseError("gone"),
        psycopg.OperationalError("connection refused"),
        psycopg.errors.UndefinedColumn("no such column"),
        ValueError("a fault of ours"),
        AirflowTaskTimeout("too slow"),
    ]
    return {type(error).__name__: error for error in found}


def task_facts(task: Any) -> dict[str, Any]:
    """What the tests ask of one task."""
    policy = task.retry_policy
    callable_ = task.python_callable
    return {
        "task_id": task.task_id,
        "callable": f"{callable_.__module__}.{callable_.__name__}",
        "owner": task.owner,
        "timeout": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "retries": task.retries,
        "outlets": [outlet.name for outlet in task.outlets],
        "upstream": sorted(task.upstream_task_ids),
        "has_failure_callback": bool(task.on_failure_callback),
        "decisions": {name: policy.evaluate(error, 1, task.retries).action.value for name, error in errors().items()},
    }


def retry_delays(dag: Any, task_id: str) -> list[float]:
    """Seconds from the end of each try to the next one, as the scheduler reckons them."""
    import uuid

    from airflow.models import DagRun, TaskInstance

    instance = TaskInstance(task=dag.get_task(task_id), dag_version_id=uuid.uuid4())
    instance.dag_run = DagRun(dag_id=dag.dag_id, run_id="r", logical_date=FROM, run_type="manual")
    instance.end_date = FROM
    delays = []
    for number in range(1, dag.get_task(task_id).retries + 1):
        instance.try_number = number
        delays.append((instance.next_retry_datetime() - FROM).total_seconds())
    return delays


def dag_facts(dag: Any) -> dict[str, Any]:
    """What the tests ask of one DAG; `due` are the days (in the city) of its runs in 2025 and 2026."""
    from airflow.serialization.serialized_objects import DagSerialization

    kept = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    is_timed = kept.timetable.periodic
    runs = list(kept.iter_dagrun_infos_between(FROM, TO)) if is_timed else []
    return {
        "due": [run.logical_date.astimezone(CITY).isoformat()[:16] for run in runs],
        "assets": sorted(name for name, _ in asset_names(kept)),
        "tags": sorted(dag.tags),
        "doc_md": dag.doc_md,
        "timeout": dag.dagrun_timeout.total_seconds() if dag.dagrun_timeout else None,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "is_paused": dag.is_paused_upon_creation,
        "params": sorted(dag.params),
        "has_callbacks": bool(dag.on_failure_callback) and bool(dag.on_success_callback),
        "tasks": [task_facts(task) for task in dag.topological_sort()],
        "delays": {task.task_id: retry_delays(kept, task.task_id) for task in dag.tasks},
    }


def asset_names(dag: Any) -> list[tuple[str, str]]:
    """Names and addresses of the assets that start a DAG."""
    condition = getattr(dag.timetable, "asset_condition", None)
    return [(key.name, key.uri) for key, _ in condition.iter_assets()] if condition is not None else []


def main(folder: str) -> None:
    """Print the facts; all that Airflow prints goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(folder)
        facts = {
            "import_errors": bag.import_errors,
            "dags": {dag_id: dag_facts(dag) for dag_id, dag in bag.dags.items()},
        }
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    main(sys.argv[1])
