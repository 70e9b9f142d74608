"""Telling of failed steps: the command line and Airflow's callbacks call these, the steps themselves only raise.

So a failure is told once, by whoever ran the step, and both use the same keys: a refusal that Airflow told is not told
again by a person's `ipstat gate`. Nothing here raises: an alert must never hide the error that it is about.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from ipstat import alerts, database
from ipstat.alert_store import read_alerts
from ipstat.alert_texts import of_failure, paragraphs
from ipstat.errors import BusyError, RefusedError, UsageError
from ipstat.settings import Settings
from ipstat.steps import INGEST_STEPS, WAREHOUSE_STEPS, check

#: The steps whose success proves that the cause of their chain's alert is gone.
PROVING_STEPS = ("check", "gate", "publish_marts", "publish_annual", "check_freshness")
WAREHOUSE_DAG, INGEST_DAG = "build_warehouse", "ingest_"
_log = logging.getLogger("ipstat.alerts")


def key_of_step(step: str, feed: str | None = None) -> str:
    """The key of a step's alert: one for each feed's ingest, one for the warehouse, one for each other chain."""
    if feed is not None or step in INGEST_STEPS:
        return f"ingest/{feed}"
    return "warehouse" if step in WAREHOUSE_STEPS else step


def key_of_dag(dag_id: str) -> str:
    """The key under which the steps of a DAG are told."""
    if dag_id.startswith(INGEST_DAG):
        return f"ingest/{dag_id.removeprefix(INGEST_DAG)}"
    return "warehouse" if dag_id == WAREHOUSE_DAG else dag_id


def step_failed(
    settings: Settings,
    step: str,
    error: BaseException | str,
    *,
    feed: str | None = None,
    links: Mapping[str, str] | None = None,
    is_sending: bool = True,
) -> None:
    """Raise the alert of a failed step: a refused feed, a refused build, a sender that can't be read, or another."""
    try:
        text = of_failure(step, feed, error)
        alerts.raise_alert(
            settings,
            key_of_step(step, feed),
            text.kind,
            text.subject,
            text.body,
            items=text.items,
            links=links,
            is_sending=is_sending,
        )
    except Exception as fault:  # noqa: BLE001 - see the head of the module
        _say("the alert of the failed step could not be kept", fault)


def run_failed(settings: Settings, dag_id: str, reason: str, *, links: Mapping[str, str] | None = None) -> None:
    """A run of Airflow that failed as a whole (timed out, its worker killed); nothing where a task of it has told."""
    try:
        body = paragraphs(
            [f"DAG {dag_id} 的一次运行失败。/ A run of the DAG {dag_id} failed:", reason],
            ["已发布的内容不变。/ What is published stays as it is."],
            ["看 Airflow 的运行页，消除原因后清除任务 / look at the run in Airflow; mend the cause, clear the task"],
        )
        subject = f"运行失败 / run failed: {dag_id}"
        alerts.raise_alert(settings, key_of_dag(dag_id), "run_failed", subject, body, links=links)
    except Exception as fault:  # noqa: BLE001 - see the head of the module
        _say("the alert of the failed run could not be kept", fault)


def step_succeeded(settings: Settings, step: str, *, feed: str | None = None) -> None:
    """Close the alert of the step's chain where the step proves that its cause is gone (PROVING_STEPS)."""
    if step in PROVING_STEPS:
        _close(settings, key_of_step(step, feed))


def run_succeeded(settings: Settings, dag_id: str) -> None:
    """Close the alert of a DAG: a run of it went through."""
    _close(settings, key_of_dag(dag_id))


def recheck(settings: Settings, feed: str) -> None:
    """After files came in by hand: close the feed's alert if its check passes now; nothing where none is open."""
    try:
        with psycopg.connect(database.ensure_ready(settings), autocommit=True) as connection:
            is_open = key_of_step("check", feed) in {alert.alert_key for alert in read_alerts(connection)}
        if is_open:
            check(settings, feed)
            step_succeeded(settings, "check", feed=feed)
    except RefusedError:
        return  # the alert that is open says so
    except Exception as fault:  # noqa: BLE001 - see the head of the module
        _say(f"{feed} could not be checked again", fault)


@contextmanager
def watch(settings: Settings, step: str, feed: str | None = None, *, is_attended: bool | None = None) -> Iterator[None]:
    """Run a step for the command line: a failure is stored, and sent unless a person sees it (stderr is a terminal).

    What a person saw is sent by the next unattended call if it is open still. Wrong usage and a busy lock are no alert.
    """
    is_sending = not (sys.stderr.isatty() if is_attended is None else is_attended)
    try:
        yield
    except (UsageError, BusyError):
        raise
    except Exception as error:
        step_failed(settings, step, error, feed=feed, is_sending=is_sending)
        raise
    step_succeeded(settings, step, feed=feed)


def _close(settings: Settings, key: str) -> None:
    try:
        alerts.close_alert(settings, key)
    except Exception as fault:  # noqa: BLE001 - see the head of the module
        _say(f"the alert {key} could not be closed", fault)


def _say(what: str, fault: Exception) -> None:
    """Into the log of the task, or to stderr; without the fault's text, which may hold an address."""
    _log.warning("%s: %s", what, type(fault).__name__)
