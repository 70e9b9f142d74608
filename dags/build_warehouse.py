"""`build_warehouse`: when a feed has news and no feed is on its way any more, build, gate, publish the marts."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.sdk import DAG, Asset, AssetAny, chain

from ipstat import tasks, triage_notes
from ipstat.schedules import feed_plans

with DAG(
    "build_warehouse",
    schedule=AssetAny(*(Asset(f"landing/{plan.feed}") for plan in feed_plans())),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=24),
    tags=["warehouse"],
    doc_md=triage_notes.BUILD,
    default_args=tasks.task_defaults(),
    on_failure_callback=tasks.run_failed,
    on_success_callback=tasks.run_succeeded,
):
    wait = PythonSensor(
        task_id="wait_for_ingests",
        python_callable=tasks.are_ingests_done,
        op_kwargs={"dag_ids": [f"ingest_{plan.feed}" for plan in feed_plans()]},
        mode="reschedule",
        poke_interval=10,
        timeout=timedelta(hours=8).total_seconds(),
        execution_timeout=timedelta(minutes=10),
        on_failure_callback=[],  # no step: the run's own callback tells
        doc_md="One trigger of all feeds gives one build: waits until no feed's run is queued or running.",
    )
    build = PythonOperator(
        task_id="build",
        python_callable=tasks.build,
        execution_timeout=timedelta(hours=8),
        doc_md="Builds every table in schemas of its own; waits for a build of the command line.",
    )
    gate = PythonOperator(
        task_id="gate",
        python_callable=tasks.gate,
        op_kwargs={"build_id": build.output},
        execution_timeout=timedelta(hours=2),
        doc_md="Checks the build; a stop check ends the run here, and nothing is published.",
    )
    publish_marts = PythonOperator(
        task_id="publish_marts",
        python_callable=tasks.publish_marts,
        op_kwargs={"build_id": build.output},
        execution_timeout=timedelta(hours=2),
        outlets=[Asset("marts")],
        doc_md="Brings schema marts to the build in one transaction.",
    )
    chain(wait, build, gate, publish_marts)
