"""`ingest_<feed>` for each contract: fetch, archive, load, check; announces `landing/<feed>` when there is news."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Asset, CronTriggerTimetable, Param, chain

from ipstat import tasks
from ipstat.schedules import CITY_ZONE, feed_plans

PARTITION = Param(
    None,
    type=["null", "string"],
    title="Past period",
    description="Loads this period (2025-03, 2025, 2025-12-31) again from the archive alone; the sender is not asked.",
)

for plan in feed_plans():
    with DAG(
        f"ingest_{plan.feed}",
        schedule=CronTriggerTimetable(plan.cron, timezone=CITY_ZONE) if plan.cron else None,
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        dagrun_timeout=timedelta(hours=6),
        tags=list(plan.tags),
        doc_md=plan.doc_md,
        params={"partition_key": PARTITION},
        default_args=tasks.task_defaults(plan.owner) | {"op_kwargs": {"feed": plan.feed}},
        on_failure_callback=tasks.run_failed,
        on_success_callback=tasks.run_succeeded,
    ):
        fetch = PythonOperator(
            task_id="fetch",
            python_callable=tasks.fetch,
            execution_timeout=timedelta(hours=2),
            doc_md="Asks the sender and writes what is new into the spool, in whole turns.",
        )
        archive = PythonOperator(
            task_id="archive",
            python_callable=tasks.archive,
            trigger_rule="none_failed",
            execution_timeout=timedelta(hours=1),
            doc_md="Keeps the bytes of every turn in the spool, and a row of ops.deliveries for each receipt.",
        )
        load = PythonOperator(
            task_id="load",
            python_callable=tasks.load,
            trigger_rule="none_failed",
            execution_timeout=timedelta(hours=4),
            doc_md="Makes batches of the deliveries that are not loaded, or of one past period again.",
        )
        check = PythonOperator(
            task_id="check",
            python_callable=tasks.check,
            execution_timeout=timedelta(minutes=30),
            outlets=[Asset(f"landing/{plan.feed}")],
            doc_md="Refuses a file over its quarantine budget; announces the feed where it has news.",
        )
        chain(fetch, archive, load, check)
