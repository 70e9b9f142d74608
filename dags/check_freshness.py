"""`check_freshness`, daily: deliveries that did not come, from the calendars, not from runs that never were."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, CronTriggerTimetable

from ipstat import tasks, triage_notes
from ipstat.schedules import CITY_ZONE

with DAG(
    "check_freshness",
    schedule=CronTriggerTimetable("30 9 * * *", timezone=CITY_ZONE),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    dagrun_timeout=timedelta(hours=2),
    tags=["freshness", "daily"],
    doc_md=triage_notes.FRESHNESS,
    default_args=tasks.task_defaults(),
    on_failure_callback=tasks.run_failed,
    on_success_callback=tasks.run_succeeded,
):
    PythonOperator(
        task_id="check_freshness",
        python_callable=tasks.check_freshness,
        execution_timeout=timedelta(minutes=30),
        doc_md="One alert for each delivery that is late; closes those that came.",
    )
