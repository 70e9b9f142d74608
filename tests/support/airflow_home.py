"""A home with a running Airflow for a test: started and stopped by the real commands, watched through /proc.

with AirflowHome(tmp_path / "home", dags=tmp_path / "dags") as home:
    home.start()
    run = home.api().post("dags/one/dagRuns", {"logical_date": None})
    home.kill("scheduler")            # kill -9 by pid
    home.wait_for(lambda: home.health()["scheduler"] == "healthy", 60)
# whatever happens, nothing of it is left: Airflow, workers, tasks, PostgreSQL
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ipstat import server
from ipstat.airflow import processes, rest, state
from ipstat.airflow.components import is_worker
from ipstat.airflow.layout import Layout, mark, password
from ipstat.settings import Settings


class AirflowHome:
    """One home; `variables` are further environment variables of every command and task."""

    def __init__(self, home: Path, dags: Path | None = None, variables: dict[str, str] | None = None) -> None:
        self.settings = Settings(home=home)
        self.layout = Layout.of(self.settings)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "IPSTAT"))},
            "IPSTAT_HOME": str(home),
            **({} if dags is None else {"AIRFLOW__CORE__DAGS_FOLDER": str(dags)}),
            **(variables or {}),
        }

    def __enter__(self) -> AirflowHome:
        return self

    def __exit__(self, *_error: object) -> None:
        self.ipstat("airflow", "stop", "--with-database", timeout=90)

    def ipstat(self, *arguments: str, timeout: float = 300.0) -> subprocess.CompletedProcess[str]:
        """Run `ipstat ...` on this home; never raises for an exit code."""
        return subprocess.run(
            [sys.executable, "-m", "ipstat.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *options: str) -> str:
        """`ipstat airflow start`; its standard output."""
        done = self.ipstat("airflow", "start", *options)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def api(self) -> rest.AirflowApi:
        """A client that is logged in."""
        return rest.AirflowApi(self.state().address, password(self.layout))

    def health(self, since: float = 0.0) -> dict[str, str]:
        """The status of each component by name; heartbeats before `since` do not count."""
        return rest.health(self.state().address, since)

    def state(self) -> state.State:
        """What the supervisor wrote last (it may be dead)."""
        found = state.read(self.layout)
        assert found is not None, f"no state in {self.layout.root}"
        return found

    def process(self, name: str) -> processes.ProcessId | None:
        """The live process of a component, of the `supervisor` or of `postgres`; None where it does not run."""
        if name == "postgres":
            pid = server.running_pid(self.settings)
            return None if pid is None else processes.identify(pid)
        found = self.state()
        process = found.supervisor if name == "supervisor" else found.components[name].process
        return process if process is not None and process.is_alive() else None

    def kill(self, name: str, number: int = signal.SIGKILL) -> processes.ProcessId:
        """Signal a component, the `supervisor` or `postgres` by its pid; the process that it was."""
        process = self.process(name)
        assert process is not None, f"{name} does not run"
        assert process.send(number)
        return process

    def workers(self) -> list[int]:
        """The pids of the scheduler's workers, idle or not."""
        scheduler = self.process("scheduler")
        looks = processes.all_processes()
        return [] if scheduler is None else [p.pid for p in looks if p.parent == scheduler.pid and is_worker(p.pid)]

    def busy_workers(self) -> list[int]:
        """Those of them that run a task now (a worker's child is the task)."""
        parents = {look.parent for look in processes.all_processes()}
        return [pid for pid in self.workers() if pid in parents]

    def marked(self) -> list[processes.ProcessId]:
        """Every process of this home's Airflow; the supervisor and PostgreSQL are none."""
        return processes.marked(mark(self.layout))

    def run_state(self, dag_id: str, run_id: str) -> str:
        """The state of a run: queued, running, success, failed."""
        with self.api() as api:
            return str(api.get(f"dags/{dag_id}/dagRuns/{run_id}")["state"])

    def log(self, name: str) -> str:
        """The log of a component or of the supervisor."""
        return self.layout.log(name).read_text(encoding="utf-8", errors="replace")

    @staticmethod
    def wait_for(is_done: Callable[[], object], seconds: float, every: float = 0.3) -> None:
        """Ask until the answer is true; AssertionError when the time is over."""
        deadline = time.monotonic() + seconds
        while not is_done():
            assert time.monotonic() < deadline, f"not so after {seconds} s"
            time.sleep(every)


def listening_addresses(pids: list[int]) -> set[str]:
    """`address:port` of every TCP socket on which one of the processes listens, IPv4 and IPv6 as the kernel shows them."""
    wanted: set[str] = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                wanted.add(target[len("socket:[") : -1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in wanted:  # LISTEN
                found.add(_readable(fields[1]))
    return found


def _readable(text: str) -> str:
    address, port = text.split(":")
    if len(address) == 8:
        address = ".".join(str(int(address[i : i + 2], 16)) for i in (6, 4, 2, 0))
    return f"{address}:{int(port, 16)}"
