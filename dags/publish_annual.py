"""`publish_annual`: the white paper and the rankings of the newest complete year, whenever the marts have changed."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Asset, Param

from ipstat import tasks, triage_notes

YEAR = Param(
    None,
    type=["null", "integer"],
    title="Year",
    description="Publishes this year, and fails where it is not complete; empty: the newest complete year, if any.",
)

with DAG(
    "publish_annual",
    schedule=[Asset("marts")],
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=6),
    tags=["publication", "yearly"],
    doc_md=triage_notes.PUBLISH,
    params={"year": YEAR},
    default_args=tasks.task_defaults(),
    on_failure_callback=tasks.run_failed,
    on_success_callback=tasks.run_succeeded,
):
    PythonOperator(
        task_id="publish_annual",
        python_callable=tasks.publish_annual,
        execution_timeout=timedelta(hours=2),
        outlets=[Asset("editions")],
        doc_md="Refuses without a passed gate or a complete period; freezes the edition.",
    )
