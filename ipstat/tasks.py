"""The tasks of the DAGs: each calls the function of `ipstat.steps` that the command line calls, and nothing else.

What is added here is what only Airflow knows: the sender's connection, the past period that a run is for, which
errors pass by themselves, and whom a failure is told. Airflow and the steps are imported when a task runs, so that
parsing a DAG file stays cheap.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import quote
from zoneinfo import ZoneInfo

import psycopg

from ingest.contract import load_contracts
from ipstat import steps
from ipstat.console import Tell
from ipstat.errors import DatabaseError, IpstatError
from ipstat.schedules import CITY_ZONE, partition_due
from ipstat.settings import Settings

TRANSIENT = (
    "ingest.senders.errors.SenderUnavailable",
    "ipstat.errors.DatabaseError",
    "psycopg.OperationalError",
    "airflow.sdk.exceptions.AirflowRuntimeError",
)
"""Errors of the network: a sender, the database or Airflow's own server does not answer. All else fails at once."""

RETRIES = 7
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=10), timedelta(minutes=15)
_TELL_SECONDS = 2.0
_log = logging.getLogger("ipstat.tasks")


def task_defaults(owner: str = "知识产权统计") -> dict[str, Any]:
    """`default_args` of every DAG: who is asked, and retries with growing delays for errors of the network only.

    A worker that was killed reports no error: Airflow takes it as one to be tried again, whatever the policy says.
    """
    from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule  # noqa: PLC0415 - only Airflow calls this

    return {
        "owner": owner,
        "retries": RETRIES,
        "retry_delay": FIRST_DELAY,
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": LONGEST_DELAY,
        "retry_policy": ExceptionRetryPolicy([RetryRule(exception=list(TRANSIENT))], default=RetryAction.FAIL),
        "on_failure_callback": task_failed,
    }


def fetch(feed: str, **context: Any) -> int:
    """`steps.fetch` from the sender's Airflow connection; the number of files. Skipped for a past period."""
    if past_partition(feed, context) is not None:
        _skip("a past period comes from the archive alone")
    with _surroundings() as (settings, tell):
        return steps.fetch(settings, feed, _address(feed), is_waiting=True, tell=tell)


def archive(feed: str, **context: Any) -> int:
    """`steps.archive`; the number of receipts. Skipped for a past period."""
    if past_partition(feed, context) is not None:
        _skip("a past period is in the archive already")
    with _surroundings() as (settings, tell):
        return steps.archive(settings, feed, is_waiting=True, tell=tell)


def load(feed: str, **context: Any) -> Any:
    """`steps.load`, or `steps.reload_partition` for a past period; what was loaded."""
    key = past_partition(feed, context)
    with _surroundings() as (settings, tell):
        if key is None:
            return _plain(steps.load(settings, feed, is_waiting=True, tell=tell))
        return _plain(steps.reload_partition(settings, feed, key, is_waiting=True, tell=tell))


def check(feed: str, **_context: Any) -> Any:
    """`steps.check`; the verdict. Skipped, so that nothing is built, where the feed has no news."""
    with _surroundings() as (settings, tell):
        verdict = steps.check(settings, feed, is_waiting=True, tell=tell)
        if not steps.has_news(settings, feed):
            _skip("no news since the newest published build")
        return _plain(verdict)


def are_ingests_done(dag_ids: Sequence[str], **context: Any) -> bool:
    """Whether no run of these DAGs is queued or running."""
    task_instance = context["ti"]
    busy = [dag_id for dag_id in dag_ids if task_instance.get_dr_count(dag_id=dag_id, states=["queued", "running"])]
    if busy:
        _log.info("waits for %s", ", ".join(busy))
    return not busy


def build(**_context: Any) -> str:
    """`steps.build`; the build_id. Skipped, with all that follows, where the marts show that build already."""
    with _surroundings() as (settings, tell):
        build_id = steps.build(settings, is_waiting=True, tell=tell)
        if _is_published(settings, build_id):
            _skip(f"the marts show build {build_id} already")
        return build_id


def gate(build_id: str, **_context: Any) -> Any:
    """`steps.gate` of a build; its verdict."""
    with _surroundings() as (settings, tell):
        return _plain(steps.gate(settings, build_id, is_waiting=True, tell=tell))


def publish_marts(build_id: str, **_context: Any) -> Any:
    """`steps.publish_marts` of a build; what was published."""
    with _surroundings() as (settings, tell):
        return _plain(steps.publish_marts(settings, build_id, is_waiting=True, tell=tell))


def publish_annual(**context: Any) -> Any:
    """`steps.publish_annual` of the param `year`; the edition. Skipped where no year is given and none is complete."""
    year = context["params"].get("year")
    with _surroundings() as (settings, tell):
        edition = steps.publish_annual(settings, year=year, is_waiting=True, tell=tell)
        if edition is None:
            _skip("no year is complete")
        return _plain(edition)


def check_freshness(**_context: Any) -> list[dict[str, Any]]:
    """`freshness.check_freshness`; the late deliveries."""
    from ipstat import freshness  # noqa: PLC0415 - not needed to parse a DAG

    with _surroundings() as (settings, _tell):
        return [late.as_json() for late in freshness.check_freshness(settings)]


def past_partition(feed: str, context: dict[str, Any]) -> str | None:
    """The past period that a run is for: its param `partition_key`, or what was due on the day of a backfill's run.

    None for a run that asks the sender. A backfill's day without a delivery (a holiday) skips the task.
    """
    if key := context["params"].get("partition_key"):
        return str(key)
    run = context["dag_run"]
    if run.run_type != "backfill":
        return None
    logical: datetime = run.logical_date
    day = logical.astimezone(ZoneInfo(CITY_ZONE)).date()
    key = partition_due(load_contracts()[feed].origin.calendar, day)
    if key is None:
        _skip(f"no delivery of {feed} was due on {day}")
    return key


def task_failed(context: dict[str, Any]) -> None:
    """Tell of a task that failed for good (Airflow's callback)."""
    from ipstat import failures  # noqa: PLC0415 - not needed to parse a DAG

    task, error = context["task"], context.get("exception") or context.get("reason") or "its worker ended"
    feed = task.op_kwargs.get("feed")
    failures.step_failed(Settings.from_env(), task.task_id, error, feed=feed, links=_links(context))


def run_failed(context: dict[str, Any]) -> None:
    """Tell of a run that failed without a task that told it: it took too long, or its worker was killed."""
    from ipstat import failures  # noqa: PLC0415 - not needed to parse a DAG

    reason = context.get("reason") or "no reason was given"
    failures.run_failed(Settings.from_env(), context["dag"].dag_id, reason, links=_links(context))


def run_succeeded(context: dict[str, Any]) -> None:
    """Close what earlier runs of the DAG had raised."""
    from ipstat import failures  # noqa: PLC0415 - not needed to parse a DAG

    failures.run_succeeded(Settings.from_env(), context["dag"].dag_id)


def _links(context: dict[str, Any]) -> dict[str, str]:
    """The page of the run, and of the task where one is known."""
    from airflow.sdk.configuration import conf  # noqa: PLC0415

    base = conf.get("api", "base_url", fallback="").rstrip("/")
    run = f"{base}/dags/{context['dag'].dag_id}/runs/{quote(context['run_id'])}"
    task_instance = context.get("ti")
    return {"Airflow": run if task_instance is None else f"{run}/tasks/{task_instance.task_id}"}


@contextmanager
def _surroundings() -> Iterator[tuple[Settings, Tell]]:
    """Settings from the environment and a Tell into the task's log.

    An error after which the database server is gone, or another than before, is raised as DatabaseError: a step
    sees the death of its server in many shapes (dbt's, Great Expectations'), and each of them may be tried again.
    """
    from ipstat import database  # noqa: PLC0415 - not needed to parse a DAG

    settings = Settings.from_env()
    address = database.ensure_ready(settings)
    before = _server_start(address)
    try:
        yield settings, _Teller().tell
    except Exception as error:
        if not isinstance(error, psycopg.OperationalError) and _server_start(address) != before:
            message = error.message if isinstance(error, IpstatError) else str(error)
            raise DatabaseError(f"the database server ended during the step: {message}") from error
        raise


def _server_start(address: str) -> datetime | None:
    """When the server began; None where it does not answer."""
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            row = connection.execute("select pg_postmaster_start_time()").fetchone()
    except psycopg.OperationalError:
        return None
    return row[0] if row else None


def _is_published(settings: Settings, build_id: str) -> bool:
    from ipstat import database, publish_checks  # noqa: PLC0415 - not needed to parse a DAG

    with psycopg.connect(database.ensure_ready(settings)) as connection:
        return publish_checks.published_build(connection) == build_id


class _Teller:
    """Steps tell a lot: a line every few seconds is enough for a log."""

    def __init__(self) -> None:
        self._last = 0.0

    def tell(self, text: str) -> None:
        """Log the text unless another was logged a moment ago."""
        now = time.monotonic()
        if now - self._last >= _TELL_SECONDS:
            self._last = now
            _log.info(text)


def _address(feed: str) -> str | None:
    """The address of the feed's sender from Airflow's connections; None leaves the search to the step."""
    from airflow.sdk import BaseHook  # noqa: PLC0415
    from airflow.sdk.exceptions import AirflowNotFoundException  # noqa: PLC0415

    sender = load_contracts()[feed].origin.sender
    if sender is None:
        return None
    try:
        address: str = BaseHook.get_connection(sender.connection).get_uri()
    except AirflowNotFoundException:
        return None
    return address


def _skip(reason: str) -> NoReturn:
    """End the task as skipped; what follows is skipped too."""
    from airflow.sdk.exceptions import AirflowSkipException  # noqa: PLC0415

    raise AirflowSkipException(reason)


def _plain(result: Any) -> Any:
    """A result as Airflow can keep it."""
    return result.as_json() if hasattr(result, "as_json") else result if result is None else str(result)
