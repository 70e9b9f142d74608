"""Kill -9 by pid while the real DAGs run: on state ("task build is running"), with a seeded delay, and timed.

A series waits for each kill until its task runs in Airflow's own tables, strikes, starts again what only a person can
start (the supervisor), and notes how long it took until the victim lived again and until the task was at work again.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from ipstat.airflow import metadata, processes
from ipstat.airflow.components import is_worker
from ipstat.airflow.processes import ProcessId
from tests.support.airflow_home import AirflowHome

WORKER, TASK, SUPERVISOR, POSTGRES = "worker", "task", "supervisor", "postgres"
_EVERY = 0.05
_RUNNING = (
    "select id::text, dag_id, run_id, task_id, try_number, pid from task_instance"
    " where state = 'running' and pid is not null and task_id = %s order by start_date desc"
)


@dataclass(frozen=True)
class Kill:
    """Whom to kill while a task with this id runs, `after` seconds after it was seen; the victims are the components of
    Airflow, `supervisor`, `postgres` (with its children), `worker` (the process that watches a task), `task` (its own).
    """

    victim: str
    during: str
    after: float = 0.0


@dataclass(frozen=True)
class RunningTask:
    """A task at work, as Airflow's tables show it."""

    key: str
    dag_id: str
    run_id: str
    task_id: str
    try_number: int
    process: ProcessId


@dataclass(frozen=True)
class Wound:
    """One kill: seconds until the victim lived again (None: a worker or a task is not started again as such), until
    Airflow had noticed that the task is dead, and until the task was at work again or had ended (others may be before it
    in the queue). `was_hit`: the task's process died with the victim.
    """

    kill: Kill
    task: RunningTask
    was_hit: bool
    alive_seconds: float | None
    noticed_seconds: float
    task_seconds: float


class Metadata:
    """Airflow's tables, asked through deaths of the database."""

    def __init__(self, home: AirflowHome) -> None:
        self._home = home
        self._connection: psycopg.Connection[Any] | None = None

    def rows(self, query: str, parameters: Sequence[Any] = (), seconds: float = 60.0) -> list[tuple[Any, ...]]:
        """Rows of a query; asked again for a minute while there is no database."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self._connection is None or self._connection.closed:
                    address = metadata.embedded_url(self._home.settings)
                    self._connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
                return self._connection.execute(query.encode(), parameters).fetchall()
            except (psycopg.OperationalError, OSError):
                self._connection = None
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()

    def running(self, task_id: str) -> list[RunningTask]:
        """Tasks of this id whose process lives now."""
        found = []
        for key, dag_id, run_id, name, number, pid in self.rows(_RUNNING, [task_id]):
            process = processes.identify(pid)
            if process is not None:
                found.append(RunningTask(key, dag_id, run_id, name, number, process))
        return found

    def is_believed(self, task: RunningTask) -> bool:
        """Whether Airflow still takes the task for running in that process."""
        where = "dag_id = %s and run_id = %s and task_id = %s"
        row = self.rows(f"select state, pid from task_instance where {where}", [task.dag_id, task.run_id, task.task_id])
        return bool(row[0] == ("running", task.process.pid))

    def is_back(self, task: RunningTask) -> bool:
        """Whether the task is at work in another process than then, or has ended."""
        where = "dag_id = %s and run_id = %s and task_id = %s"
        row = self.rows(f"select state, pid from task_instance where {where}", [task.dag_id, task.run_id, task.task_id])
        state, pid = row[0]
        if state in ("success", "skipped", "failed"):
            return True
        now = processes.identify(pid) if state == "running" and pid else None
        return now is not None and now != task.process

    def unended(self) -> list[tuple[Any, ...]]:
        """Runs that are queued or running."""
        return self.rows("select dag_id, run_id, state from dag_run where state in ('queued', 'running') order by 1, 2")

    def states(self) -> dict[tuple[str, str], int]:
        """How many runs of each DAG are in each state."""
        found = self.rows("select dag_id, state, count(*) from dag_run group by 1, 2")
        return {(dag_id, state): count for dag_id, state, count in found}


class KillSeries:
    """Kills on a home whose DAGs have been triggered; `say` hears of each."""

    def __init__(self, home: AirflowHome, say: Callable[[str], None] = print) -> None:
        self.home = home
        self.metadata = Metadata(home)
        self.wounds: list[Wound] = []
        self.missed: list[Kill] = []
        self._say = say

    def strike(self, kill: Kill, seconds: float = 900.0) -> Wound | None:
        """Wait for the moment, kill, and wait until the task is at work again; None where the moment never came."""
        task = self._moment(kill, seconds)
        if task is None:
            self.missed.append(kill)
            self._say(f"{kill}: the moment did not come")
            return None
        began = time.monotonic()
        for process in self._victims(kill, task):
            process.send(signal.SIGKILL)
        alive = self._victim_is_back(kill, began)
        was_hit = self._is_hit(kill, task)
        noticed = 0.0
        if was_hit:
            self._until(lambda: not self.metadata.is_believed(task), 300.0, f"nobody noticed the death of {task}")
            noticed = time.monotonic() - began
            self._until(lambda: self.metadata.is_back(task), 900.0, f"{task} is not at work again after {kill}")
        wound = Wound(kill, task, was_hit, alive, noticed, time.monotonic() - began if was_hit else 0.0)
        self.wounds.append(wound)
        shown = "" if alive is None else f", alive after {alive:.0f} s"
        task_shown = f"noticed after {noticed:.0f} s, at work again after {wound.task_seconds:.0f} s"
        self._say(f"{kill.victim} in {task.dag_id}.{task.task_id}{shown}, {task_shown if was_hit else 'task lives'}")
        return wound

    @staticmethod
    def _is_hit(kill: Kill, task: RunningTask) -> bool:
        """Whether the task died of it: with a worker or a scheduler it must, the supervisor sees to that in seconds."""
        deadline = time.monotonic() + (10.0 if kill.victim in (WORKER, TASK, SUPERVISOR, "scheduler") else 0.0)
        while task.process.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(_EVERY)
        return True

    def wait_for_end(self, is_done: Callable[[], bool], seconds: float) -> None:
        """Until no run is queued or running and `is_done`."""
        self._until(lambda: not self.metadata.unended() and is_done(), seconds, "the runs did not end", every=1.0)

    def _moment(self, kill: Kill, seconds: float) -> RunningTask | None:
        """A task at work of the wanted id that still runs `kill.after` seconds after it was seen."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for task in self.metadata.running(kill.during):
                time.sleep(kill.after)
                if task.process.is_alive():
                    return task
            time.sleep(_EVERY)
        return None

    def _victims(self, kill: Kill, task: RunningTask) -> list[ProcessId]:
        """Parents first: none must see the death of its child and report it."""
        if kill.victim == TASK:
            return [task.process]
        looks = processes.all_processes()
        if kill.victim == WORKER:
            parents = [look.parent for look in looks if look.pid == task.process.pid and is_worker(look.parent)]
            found = [processes.identify(pid) for pid in parents]
        elif kill.victim == POSTGRES:
            postmaster = self.home.process(POSTGRES)
            pids = [] if postmaster is None else processes.tree(postmaster.pid, looks)
            found = [processes.identify(pid) for pid in pids]
        else:
            found = [self.home.process(kill.victim)]
        alive = [process for process in found if process is not None]
        assert alive, f"nobody to kill for {kill}"
        return alive

    def _victim_is_back(self, kill: Kill, began: float) -> float | None:
        """Seconds until the victim lives again; the supervisor is started by hand, as its operator would."""
        if kill.victim in (WORKER, TASK):
            return None
        if kill.victim == SUPERVISOR:
            self.home.start()
        else:
            self._until(lambda: self.home.process(kill.victim) is not None, 60.0, f"{kill.victim} did not come back")
        return time.monotonic() - began

    @staticmethod
    def _until(is_done: Callable[[], bool], seconds: float, words: str, every: float = 0.2) -> None:
        deadline = time.monotonic() + seconds
        while not is_done():
            assert time.monotonic() < deadline, words
            time.sleep(every)


def orphans(home: AirflowHome) -> list[str]:
    """Processes of this home's Airflow that no component and no supervisor holds: a task without its worker."""
    looks = processes.all_processes()
    supervisor = home.process(SUPERVISOR)
    held = set() if supervisor is None else set(processes.tree(supervisor.pid, looks))
    return [f"{each.pid} {_command(each.pid)}" for each in home.marked() if each.pid not in held]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:120]
    except OSError:
        return "(gone)"
