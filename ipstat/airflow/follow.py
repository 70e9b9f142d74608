"""Trigger the ingest DAGs and follow what they set off, run by run, along the events of the assets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from ipstat.airflow.layout import AirflowError
from ipstat.airflow.rest import AirflowApi
from ipstat.console import Tell, silent
from ipstat.errors import UsageError

INGEST_PREFIX = "ingest_"
FOLLOWING = ("build_warehouse", "publish_annual")
"""DAGs that the assets of the ingest DAGs set off, in this order."""

_PARSE_SECONDS = 120.0
_EVERY_SECONDS = 2.0
_LOOK_OUT_SECONDS = 30.0
_SAY_SECONDS = 60.0
_ENDED = ("success", "failed")


@dataclass(frozen=True)
class Run:
    """A run of a DAG and its state: queued, running, success, failed."""

    dag_id: str
    run_id: str
    state: str


def trigger(api: AirflowApi, feeds: Sequence[str] | None = None, tell: Tell = silent) -> list[Run]:
    """Let the DAGs of the feeds (None: all) and those that follow run, and start a run of each ingest DAG.

    Waits up to two minutes for the dag-processor to have read the DAG files. Raises UsageError for an unknown feed,
    AirflowError where DAGs are missing or their files have errors.
    """
    known = _wait_for_dags(api, tell)
    wanted = [f"{INGEST_PREFIX}{feed}" for feed in feeds] if feeds is not None else sorted(known - set(FOLLOWING))
    unknown = [name.removeprefix(INGEST_PREFIX) for name in wanted if name not in known]
    if unknown:
        names = ", ".join(sorted(name.removeprefix(INGEST_PREFIX) for name in known - set(FOLLOWING)))
        raise UsageError(f"no such feed: {', '.join(unknown)}", f"the feeds are: {names}")
    for dag_id in [*FOLLOWING, *wanted]:
        api.patch(f"dags/{dag_id}", {"is_paused": False})
    runs = []
    for dag_id in wanted:
        tell(dag_id)
        made = api.post(f"dags/{dag_id}/dagRuns", {"logical_date": None, "note": "ipstat airflow trigger"})
        runs.append(Run(dag_id, made["dag_run_id"], made["state"]))
    return runs


def follow(api: AirflowApi, runs: Sequence[Run], seconds: float, tell: Tell = silent, say: Tell = silent) -> list[Run]:
    """Wait until the runs have ended, then the builds that their events set off, then the publications.

    A feed without news sends no event and sets nothing off. `say` hears at most once a minute what is waited for, and
    at once of DAG files that can't be read: their tasks wait too. Raises AirflowError when the time is over.
    """
    wait = _Wait(api, time.monotonic() + seconds, tell, say)
    ended = list(_wait_for_runs(api, runs, wait))
    sources, result = ended, list(ended)
    for dag_id in FOLLOWING:
        sources = _wait_for_consumers(api, dag_id, sources, wait)
        result += sources
    return result


def unread_files(api: AirflowApi) -> dict[str, str]:
    """DAG files that the dag-processor can't read: name and the last line of the error."""
    entries = api.get_all("importErrors", "import_errors")
    return {str(e["filename"]): (str(e["stack_trace"]).strip().splitlines() or ["no reason"])[-1] for e in entries}


class _Wait:
    """Asks until the answer is true, and lets a person know what is waited for meanwhile."""

    def __init__(self, api: AirflowApi, deadline: float, tell: Tell, say: Tell) -> None:
        self._api, self._deadline, self._tell, self._say = api, deadline, tell, say
        self._unread: dict[str, str] = {}
        self._text = ""
        now = time.monotonic()
        self._next_look, self._next_word = now, now + _SAY_SECONDS

    def tell(self, text: str) -> None:
        """What is waited for now."""
        self._text = text
        self._tell(text)

    def until(self, look: Callable[[], bool]) -> None:
        """Raises AirflowError when the time is over."""
        while not look():
            now = time.monotonic()
            if now > self._deadline:
                raise AirflowError(
                    f"the runs did not end in time ({self._text})",
                    "they go on; follow them in the user interface",
                )
            if now >= self._next_look:
                self._next_look = now + _LOOK_OUT_SECONDS
                self._look_out()
            if now >= self._next_word:
                self._next_word = now + _SAY_SECONDS
                self._say(self._text)
            time.sleep(_EVERY_SECONDS)

    def _look_out(self) -> None:
        """DAG files that have become unreadable, or readable again."""
        found = unread_files(self._api)
        for name, reason in found.items():
            if name not in self._unread:
                self._say(f"{name} can't be read, and the tasks of its DAGs wait until it is mended: {reason}")
        for name in self._unread.keys() - found.keys():
            self._say(f"{name} is read again")
        self._unread = found


def _wait_for_dags(api: AirflowApi, tell: Tell) -> set[str]:
    deadline = time.monotonic() + _PARSE_SECONDS
    while True:
        found = {str(entry["dag_id"]) for entry in api.get_all("dags", "dags")}
        ingest = {name for name in found if name.startswith(INGEST_PREFIX)}
        missing = [name for name in FOLLOWING if name not in found]
        if ingest and not missing:
            return ingest | set(FOLLOWING)
        if time.monotonic() > deadline:
            errors = "; ".join(f"{name} ({reason})" for name, reason in unread_files(api).items())
            raise AirflowError(
                f"Airflow knows no DAG {', '.join(missing) or INGEST_PREFIX + '*'} after {_PARSE_SECONDS:.0f} s",
                f"mend these DAG files: {errors}" if errors else "look into the log of the dag-processor",
            )
        tell("waiting for the DAG files to be read")
        time.sleep(1.0)


def _wait_for_runs(api: AirflowApi, runs: Iterable[Run], wait: _Wait) -> list[Run]:
    current = {run: run for run in runs}

    def look() -> bool:
        for key, run in current.items():
            if run.state not in _ENDED:
                current[key] = replace(run, state=api.get(_path(run))["state"])
        waiting = [run.dag_id for run in current.values() if run.state not in _ENDED]
        wait.tell(f"{len(current) - len(waiting)} of {len(current)} ended; waiting for {', '.join(waiting[:3])}")
        return not waiting

    wait.until(look)
    return list(current.values())


def _wait_for_consumers(api: AirflowApi, dag_id: str, sources: Sequence[Run], wait: _Wait) -> list[Run]:
    """The ended runs of a DAG that the source runs' events set off; empty where the DAG listens to none of them.

    An event waits in a queue until the DAG's next run takes it, so several events may set off one run.
    """
    assets = _assets_of(api, dag_id)
    found: dict[str, Run] = {}

    def look() -> bool:
        wait.tell(f"waiting for {dag_id}")
        events = [event for source in sources for event in _events_of(api, source) if event["asset_id"] in assets]
        taken = [
            {str(made["run_id"]) for made in event["created_dagruns"] if made["dag_id"] == dag_id} for event in events
        ]
        for run_id in set().union(*taken):
            run = found.get(run_id)
            if run is None or run.state not in _ENDED:
                blank = Run(dag_id, run_id, "")
                found[run_id] = replace(blank, state=str(api.get(_path(blank))["state"]))
        return all(taken) and all(run.state in _ENDED for run in found.values())

    wait.until(look)
    return [found[run_id] for run_id in sorted(found)]


def _assets_of(api: AirflowApi, dag_id: str) -> set[int]:
    """The ids of the assets whose events set off the DAG."""
    entries = api.get_all("assets", "assets", dag_ids=dag_id)
    return {int(e["id"]) for e in entries if any(dag["dag_id"] == dag_id for dag in e["scheduled_dags"])}


def _events_of(api: AirflowApi, run: Run) -> list[dict[str, Any]]:
    """The events that tasks of a run sent."""
    return api.get_all("assets/events", "asset_events", source_dag_id=run.dag_id, source_run_id=run.run_id)


def _path(run: Run) -> str:
    return f"dags/{run.dag_id}/dagRuns/{quote(run.run_id, safe='')}"
