"""Airflow started for real in a home of its own: healthy, on loopback only, mended, and stopped without a trace.

One start for the file; the tests run in order, the last one leaves nothing running.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ipstat import database
from ipstat.airflow import metadata, processes
from ipstat.airflow.layout import COMPONENTS, load_secrets
from tests.support.airflow_home import AirflowHome, listening_addresses

pytestmark = pytest.mark.timeout(900)  # a busy machine; 60 s where nothing else runs

DAG_FILE = """
from __future__ import annotations
import os, time
from pathlib import Path
from airflow.sdk import DAG, task

with DAG("sleeper", schedule=None, params={"seconds": 300}):
    @task
    def sleep(**context):
        Path(os.environ["IPSTAT_HOME"], "task.pid").write_text(str(os.getpid()))
        time.sleep(context["params"]["seconds"])
    sleep()
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AirflowHome, str]]:
    folder = tmp_path_factory.mktemp("airflow")
    (folder / "dags").mkdir()
    (folder / "dags" / "sleeper.py").write_text(DAG_FILE, encoding="utf-8")
    with AirflowHome(folder / "home", folder / "dags") as home:
        yield home, home.start()


def test_started_airflow_is_healthy_and_its_password_shown_once(started: tuple[AirflowHome, str]) -> None:
    home, said = started
    assert home.health(home.state().started_at) == dict.fromkeys(COMPONENTS, "healthy")
    shown = re.search(r"^password: (\S+) ", said, re.MULTILINE)
    assert shown is not None
    with home.api() as api:
        assert "dags" in api.get("dags")
    logs = [path for path in home.settings.home.rglob("*.log*") if path.is_file()] + [
        home.settings.logs_dir / "ipstat.jsonl"
    ]
    assert len(logs) > 5
    secrets = [
        shown.group(1),
        *vars(load_secrets(home.layout)).values(),
        database.role_password(home.settings, "airflow"),
    ]
    assert [path.name for path in logs for secret in secrets if secret in path.read_text(errors="replace")] == []
    lines = [
        Path(f"/proc/{p.pid}/cmdline").read_text(errors="replace") for p in [*home.marked(), home.state().supervisor]
    ]
    assert [line for line in lines for secret in secrets if secret in line] == []
    for path in (home.layout.secrets, home.layout.passwords, home.layout.state):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_status_shows_every_component(started: tuple[AirflowHome, str]) -> None:
    done = started[0].ipstat("airflow", "status")
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line for line in done.stdout.splitlines()[2:]}
    assert list(rows) == ["supervisor", *COMPONENTS]
    assert all(re.search(r" \d+ +\d+ s +\d+ MB +1 +healthy$", row) for row in rows.values()), done.stdout


def test_nothing_listens_but_on_loopback(started: tuple[AirflowHome, str]) -> None:
    home, _ = started
    pids = [process.pid for process in home.marked()]
    assert len(pids) >= len(COMPONENTS) + 2  # two workers
    found = listening_addresses([*pids, home.state().supervisor.pid])
    assert found == {home.state().address.removeprefix("http://")}
    assert all(address.startswith("127.0.0.1:") for address in found)


def test_components_have_groups_of_their_own(started: tuple[AirflowHome, str]) -> None:
    home, _ = started
    found = [home.process(name) for name in COMPONENTS]
    groups = [
        look.group for process in found if process is not None and (look := processes.look_at(process.pid)) is not None
    ]
    assert groups == [process.pid for process in found if process is not None]
    assert len(set(groups)) == len(COMPONENTS)


def test_metadata_has_a_database_and_a_login_of_its_own(started: tuple[AirflowHome, str]) -> None:
    home, _ = started
    own = metadata.embedded_url(home.settings)
    with psycopg.connect(own) as connection:
        assert connection.execute("select current_database(), current_user").fetchone() == ("airflow", "airflow")
        assert connection.execute("select count(*) from job").fetchone() != (0,)
    with (
        psycopg.connect(database.with_database(own, "ipstat")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("select * from ops.deliveries")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(database.with_database(database.url(home.settings), "airflow"))


def test_second_start_only_says_that_it_runs(started: tuple[AirflowHome, str]) -> None:
    home, said = started
    before = home.state()
    again = home.start()
    assert again.strip() == before.address
    assert "password" not in again
    assert home.state().supervisor == before.supervisor
    assert json.loads(home.layout.passwords.read_text())["admin"] in said


def test_killed_component_is_started_again(started: tuple[AirflowHome, str]) -> None:
    home, _ = started
    dead = home.kill("dag-processor")
    home.wait_for(lambda: home.process("dag-processor") not in (None, dead), 20)
    assert home.state().components["dag-processor"].start_count == 2
    assert home.state().components["dag-processor"].last_end == "killed by SIGKILL"
    assert home.state().components["scheduler"].start_count == 1


def test_stop_after_a_killed_supervisor_leaves_nothing(started: tuple[AirflowHome, str]) -> None:
    home, _ = started
    with home.api() as api:
        home.wait_for(lambda: any(dag["dag_id"] == "sleeper" for dag in api.get("dags")["dags"]), 60)
        api.post("dags/sleeper/dagRuns", {"logical_date": None})
    task_pid = home.settings.home / "task.pid"
    home.wait_for(task_pid.exists, 60)
    home.wait_for(task_pid.read_text, 5)
    task = processes.identify(int(task_pid.read_text()))
    components = [home.process(name) for name in COMPONENTS]
    home.kill("supervisor")
    home.wait_for(lambda: not any(process.is_alive() for process in components if process is not None), 10)
    assert task is not None and task.is_alive(), "this test wants a task that outlives the supervisor"
    assert home.ipstat("airflow", "status").returncode == 1

    done = home.ipstat("airflow", "stop")

    assert done.returncode == 0, done.stderr
    assert "Airflow is stopped" in done.stderr
    assert not task.is_alive()
    assert home.marked() == []
    assert database.is_running(home.settings)
    assert "was not running" in home.ipstat("airflow", "stop", "--with-database").stderr
    assert not database.is_running(home.settings)
