"""What is killed comes back, and the task that it took along is done again (minutes: `make test-slow`)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipstat.airflow import processes
from ipstat.airflow.layout import COMPONENTS
from tests.support.airflow_home import AirflowHome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

DAG_FILE = """
from __future__ import annotations
import os, time
from datetime import timedelta
from pathlib import Path
from airflow.sdk import DAG, task

with DAG("sleeper", schedule=None, params={"seconds": 10}, default_args={"retries": 3, "retry_delay": timedelta(seconds=1)}):
    @task
    def sleep(**context):
        with Path(os.environ["IPSTAT_HOME"], "naps.txt").open("a") as log:
            log.write(f"{context['run_id']} start {os.getpid()}\\n")
            log.flush()
            time.sleep(context["params"]["seconds"])
            log.write(f"{context['run_id']} end {os.getpid()}\\n")
    sleep()
"""


class Naps:
    """A home with the DAG of this file."""

    def __init__(self, home: AirflowHome) -> None:
        self.home = home

    def begin(self, seconds: int) -> str:
        """Start a run and wait until its task sleeps."""
        run_id = self.queue(seconds)
        self.home.wait_for(lambda: self.pids(run_id, "start"), 120)
        return run_id

    def queue(self, seconds: int) -> str:
        with self.home.api() as api:
            self.home.wait_for(lambda: any(dag["dag_id"] == "sleeper" for dag in api.get("dags")["dags"]), 90)
            return str(
                api.post("dags/sleeper/dagRuns", {"logical_date": None, "conf": {"seconds": seconds}})["dag_run_id"]
            )

    def pids(self, run_id: str, what: str) -> list[int]:
        path = self.home.settings.home / "naps.txt"
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [int(pid) for run, kind, pid in lines if (run, kind) == (run_id, what)]

    def wait_for_success(self, run_id: str, seconds: float = 240) -> None:
        self.home.wait_for(lambda: self.home.run_state("sleeper", run_id) in ("success", "failed"), seconds, every=1.0)
        assert self.home.run_state("sleeper", run_id) == "success"
        assert len(self.pids(run_id, "end")) == 1


@pytest.fixture(scope="module")
def naps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Naps]:
    folder = tmp_path_factory.mktemp("airflow")
    (folder / "dags").mkdir()
    (folder / "dags" / "sleeper.py").write_text(DAG_FILE, encoding="utf-8")
    with AirflowHome(folder / "home", folder / "dags") as home:
        home.start()
        yield Naps(home)


def test_task_of_a_killed_worker_dies_and_is_done_again_within_about_a_minute(naps: Naps) -> None:
    run_id = naps.begin(15)
    ghost = processes.identify(naps.pids(run_id, "start")[0])
    assert ghost is not None
    os.kill(naps.home.busy_workers()[0], signal.SIGKILL)
    naps.home.wait_for(lambda: not ghost.is_alive(), 5)
    naps.home.wait_for(lambda: len(naps.pids(run_id, "start")) == 2, 75)
    naps.wait_for_success(run_id)


def test_worker_killed_while_it_waits_does_not_leave_the_executor_deaf(naps: Naps) -> None:
    naps.home.wait_for(naps.home.workers, 60)
    for pid in naps.home.workers():
        os.kill(pid, signal.SIGKILL)
    naps.wait_for_success(naps.queue(1))


def test_task_of_a_killed_scheduler_is_done_again(naps: Naps) -> None:
    naps.home.wait_for(lambda: naps.home.health()["scheduler"] == "healthy", 120)
    run_id = naps.begin(15)
    ghost = processes.identify(naps.pids(run_id, "start")[0])
    naps.home.kill("scheduler")
    naps.home.wait_for(lambda: ghost is not None and not ghost.is_alive(), 5)
    naps.wait_for_success(run_id)


def test_killed_postgres_and_api_server_come_back_under_a_running_task(naps: Naps) -> None:
    run_id = naps.begin(25)
    naps.home.kill("postgres")
    naps.home.wait_for(lambda: naps.home.process("postgres"), 30)
    naps.home.kill("api-server")
    naps.wait_for_success(run_id)
    naps.home.wait_for(lambda: naps.home.health() == dict.fromkeys(COMPONENTS, "healthy"), 240)


def test_stop_ends_a_running_task_which_the_next_start_does_again(naps: Naps) -> None:
    run_id = naps.begin(15)
    assert naps.home.ipstat("airflow", "stop").returncode == 0
    assert naps.home.marked() == []
    assert naps.pids(run_id, "end") == []
    naps.home.start()
    naps.wait_for_success(run_id)


def test_two_starts_at_once_make_one_airflow_after_a_killed_supervisor(naps: Naps) -> None:
    run_id = naps.begin(20)
    naps.home.kill("supervisor")
    command = [sys.executable, "-m", "ipstat.cli", "airflow", "start"]
    both = [subprocess.Popen(command, env=naps.home.environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=400)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted("runs already" in text for text in said) == [False, True]
    naps.wait_for_success(run_id)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user")
def test_ordinary_user_runs_airflow_in_a_home_of_its_own(tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    owned.mkdir()
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(0o755)
    os.chown(owned, 65534, 65534)
    (tmp_path / "dags").mkdir()
    # The interpreter may lie below a closed folder of root: reading, and nothing else, is allowed everywhere.
    only_read = "+dac_read_search"
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", f"--inh-caps={only_read}"]
    user += [f"--ambient-caps={only_read}", f"--bounding-set=-all,{only_read}"]
    home = AirflowHome(owned / "home", tmp_path / "dags", {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(owned)})

    def ipstat(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*user, sys.executable, "-m", "ipstat.cli", "airflow", *arguments]
        return subprocess.run(command, env=home.environment, capture_output=True, text=True, timeout=400, check=False)

    try:
        started = ipstat("start")
        assert started.returncode == 0, started.stderr
        pids = [process.pid for process in home.marked()]
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in pids} == {65534}
        assert len(pids) >= len(COMPONENTS)
    finally:
        stopped = ipstat("stop", "--with-database")
    assert stopped.returncode == 0, stopped.stderr
    assert home.marked() == []
