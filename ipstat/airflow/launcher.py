"""What the commands do: start Airflow, stop it, say how it is. One at a time in a home (`start.lock`)."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ipstat.airflow import configuration, logs, metadata, processes, rest, state
from ipstat.airflow.layout import (
    COMPONENTS,
    MARK_VARIABLE,
    AirflowError,
    Layout,
    ensure_password,
    load_secrets,
    mark,
    password,
)
from ipstat.airflow.processes import ProcessId
from ipstat.console import Tell, silent
from ipstat.settings import PROJECT_ROOT, Settings

HEALTHY_SECONDS = 300.0
_MAX_STARTS = 4
"""A component that was started so often and is not healthy yet will not become so."""
_STOP_SECONDS = 40.0


@dataclass(frozen=True)
class Started:
    """The address of the user interface; `new_password` only at the first start of a home."""

    address: str
    is_new: bool
    new_password: str | None
    seconds: float


@dataclass(frozen=True)
class ComponentStatus:
    """A line of `ipstat airflow status`; memory in bytes, of the component and all below it."""

    name: str
    pid: int | None
    age_seconds: float | None
    memory_bytes: int | None
    start_count: int
    health: str


@contextmanager
def start_lock(layout: Layout) -> Iterator[None]:
    """One process at a time starts or stops Airflow in a home; others wait."""
    layout.make()
    with layout.start_lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start(settings: Settings, port: int | None = None, tell: Tell = silent) -> Started:
    """Start Airflow and return when every component is healthy; where it runs already, only say so.

    Raises AirflowError with the log to look into; then nothing is left running but the database.
    """
    processes.require_linux()
    began = time.monotonic()
    settings.ensure_home()
    layout = Layout.of(settings)
    with start_lock(layout):
        found = state.running(layout)
        if found is not None:
            return Started(found.address, False, None, time.monotonic() - began)
        processes.kill_marked(mark(layout))  # what a killed supervisor left
        load_secrets(layout)
        tell("PostgreSQL")
        url = metadata.ensure_database(settings)
        chosen = configuration.choose_port(layout, port)
        tell("Airflow's tables")
        metadata.migrate(layout, url, configuration.environment(settings, url, chosen))
        new_password = ensure_password(layout)
        since = time.time()
        supervisor = _spawn(layout, settings, chosen)
        address = f"http://{configuration.HOST}:{chosen}"
        try:
            _wait_until_healthy(layout, supervisor, address, since, tell)
        except BaseException:
            _stop(layout, processes.identify(supervisor.pid))
            if new_password is not None:
                layout.passwords.unlink(missing_ok=True)  # nobody has seen it
            raise
    return Started(address, True, new_password, time.monotonic() - began)


def stop(settings: Settings) -> bool:
    """Stop the supervisor and everything below it, also what a killed supervisor left; False where nothing ran.

    Raises AirflowError with the pids of processes that could not be killed.
    """
    processes.require_linux()
    layout = Layout.of(settings)
    if not layout.secrets.exists():
        return False
    with start_lock(layout):
        found = state.running(layout)
        return _stop(layout, found.supervisor if found is not None else None)


def status(settings: Settings) -> list[ComponentStatus]:
    """The components and their health; raises AirflowError where Airflow does not run."""
    layout = Layout.of(settings)
    found = state.running(layout)
    if found is None:
        raise AirflowError("Airflow does not run in this home", "run `ipstat airflow start`")
    health = rest.health(found.address, found.started_at)
    looks = processes.all_processes()
    result = [_status_of("supervisor", found.supervisor, 1, "healthy", [found.supervisor.pid])]
    for name in COMPONENTS:
        component = found.components.get(name, state.ComponentState())
        below = [] if component.process is None else processes.tree(component.process.pid, looks)
        words = health[name] if component.process is not None else f"not running ({component.last_end})"
        result.append(_status_of(name, component.process, component.start_count, words, below))
    return result


def client(settings: Settings) -> rest.AirflowApi:
    """A client of the running Airflow of this home; raises AirflowError where none runs."""
    layout = Layout.of(settings)
    found = state.running(layout)
    if found is None:
        raise AirflowError("Airflow does not run in this home", "run `ipstat airflow start`")
    return rest.AirflowApi(found.address, password(layout))


def command_environment(settings: Settings) -> dict[str, str]:
    """The variables with which Airflow's own command line works on this home."""
    layout = Layout.of(settings)
    layout.make()
    url = metadata.ensure_database(settings)
    found = state.running(layout)
    number = int(found.address.rpartition(":")[2]) if found is not None else configuration.choose_port(layout, None)
    variables = configuration.environment(settings, url, number, stored_connections=metadata.stored_connections(url))
    # It is run by a person: `stop` must not end it.
    return {name: value for name, value in variables.items() if name != MARK_VARIABLE}


def _spawn(layout: Layout, settings: Settings, port: int) -> subprocess.Popen[bytes]:
    variables = {name: value for name, value in os.environ.items() if name != MARK_VARIABLE}
    variables["IPSTAT_HOME"] = str(settings.home)
    with layout.log("supervisor").open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
            [sys.executable, "-m", "ipstat.airflow.supervisor", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=variables,
            cwd=PROJECT_ROOT,
            start_new_session=True,
        )


def _wait_until_healthy(
    layout: Layout, supervisor: subprocess.Popen[bytes], address: str, since: float, tell: Tell
) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    while True:
        if supervisor.poll() is not None:
            raise AirflowError(
                f"the supervisor ended at once:\n{logs.tail(layout.log('supervisor'))}", f"look into {layout.logs}"
            )
        health = rest.health(address, since)
        sick = [name for name, words in health.items() if words != "healthy"]
        if not sick:
            return
        tell(f"waiting for {', '.join(sick)}")
        found = state.running(layout)
        starts = {} if found is None else {name: each.start_count for name, each in found.components.items()}
        hopeless = [name for name, count in starts.items() if count >= _MAX_STARTS]
        if hopeless or time.monotonic() > deadline:
            worst = hopeless[0] if hopeless else sick[0] if found is not None else "supervisor"
            raise AirflowError(
                f"{worst} does not become healthy; the end of its log:\n{logs.tail(layout.log(worst))}",
                f"look into {layout.log(worst)}",
            )
        time.sleep(0.3)


def _stop(layout: Layout, supervisor: ProcessId | None) -> bool:
    value = mark(layout)
    did_run = supervisor is not None
    if supervisor is not None:
        supervisor.send(signal.SIGTERM)
        _wait_for_end(supervisor, _STOP_SECONDS)
        supervisor.send(signal.SIGKILL)  # only where it hangs
        _wait_for_end(supervisor, 5.0)
    did_run = bool(processes.marked(value)) or did_run
    left = processes.kill_marked(value)
    layout.state.unlink(missing_ok=True)
    if left:
        raise AirflowError(
            f"these processes do not end: {', '.join(str(process.pid) for process in left)}",
            "they may wait for a disk or belong to another user; look at them with ps",
        )
    return did_run


def _wait_for_end(process: ProcessId, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while process.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)


def _status_of(
    name: str, process: ProcessId | None, start_count: int, health: str, below: list[int]
) -> ComponentStatus:
    if process is None:
        return ComponentStatus(name, None, None, None, start_count, health)
    sizes = [size for pid in below if (size := processes.memory_bytes(pid)) is not None]
    age = processes.age_seconds(process)
    return ComponentStatus(name, process.pid, age, sum(sizes) if sizes else None, start_count, health)
