"""A DAG file that can't be read for a while, as during an update: its run waits, is told of, and goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.airflow_home import AirflowHome
from tests.support.kill_series import Metadata

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

DAG_FILE = """
from __future__ import annotations
import os, time
from pathlib import Path
from airflow.sdk import DAG, task

broken = Path(os.environ["IPSTAT_HOME"], "broken")
if broken.exists():
    raise KeyError("half an update")

with DAG("updated", schedule=None):
    @task
    def first():
        broken.write_text("now")
    @task
    def second():
        pass
    first() >> second()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[AirflowHome]:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "updated.py").write_text(DAG_FILE, encoding="utf-8")
    with AirflowHome(tmp_path / "home", tmp_path / "dags") as made:
        made.start()
        yield made


def test_run_goes_on_when_its_file_can_be_read_again(home: AirflowHome) -> None:
    tables = Metadata(home)
    with home.api() as api:
        home.wait_for(lambda: any(dag["dag_id"] == "updated" for dag in api.get("dags")["dags"]), 90)
        run_id = str(api.post("dags/updated/dagRuns", {"logical_date": None})["dag_run_id"])
    query = "select state from task_instance where task_id = 'second'"
    home.wait_for(lambda: tables.rows(query) == [("up_for_reschedule",)], 120)
    home.wait_for(lambda: "can't be read" in home.ipstat("airflow", "status").stderr, 90, every=2)
    said = home.ipstat("airflow", "status")
    assert said.returncode == 1
    assert "updated.py (KeyError: 'half an update')" in said.stderr

    (home.settings.home / "broken").unlink()
    began = time.monotonic()
    home.wait_for(lambda: home.run_state("updated", run_id) == "success", 150, every=1)
    print(f"success {time.monotonic() - began:.0f} s after the mend")
    home.wait_for(lambda: home.ipstat("airflow", "status").returncode == 0, 60, every=2)
    tables.close()
