"""The supervisor: parent of Airflow's four components, and the one who keeps them and the embedded server running.

`python -m ipstat.airflow.supervisor --port N`, started by `ipstat airflow start` in a session of its own. One thread
and one loop. It is the subreaper of all below it: a worker or a task whose parent was killed becomes its child, and is
killed, so that a task that is started again never meets its own ghost. When the supervisor itself is killed, the kernel
kills the components with it; what they leave behind is found by its mark (`processes.kill_marked`).
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import select
import signal
import sys
import time
from collections.abc import Callable

import psycopg

from ipstat import database
from ipstat.airflow import logs, metadata, processes, rest, state
from ipstat.airflow.components import Component, is_worker
from ipstat.airflow.configuration import HOST, environment
from ipstat.airflow.layout import COMPONENTS, Layout, mark
from ipstat.airflow.processes import Look
from ipstat.errors import DatabaseError
from ipstat.settings import Settings

_TICK_SECONDS = 0.5
_GRACE_SECONDS = 5.0
_WORKER_SECONDS = 3.0
_HEALTH_EVERY = 15.0
_SICK_SECONDS = 120.0
_BIRTH_SECONDS = 400.0
"""A component that lives but is not healthy for so long (longer, as long as it starts) is killed and started again."""
_HOUSEKEEPING_EVERY = 30.0


class Supervisor:
    """The loop; see the module."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings = settings
        self.layout = Layout.of(settings)
        self.mark = mark(self.layout)
        self.port = port
        self.address = f"http://{HOST}:{port}"
        self.components = {name: Component(name) for name in COMPONENTS}
        self.is_stopping = False
        self.started_at = time.time()
        self._url: str | None = None
        self._connections: list[str] = []
        self._written: state.State | None = None
        self._workers: dict[int, int] = {}
        self._orphans_seen = 0
        self._lost_worker_at: float | None = None
        self._orphans_before_loss = 0
        self._sick_since: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._wake, self._waker = os.pipe()

    def run(self) -> None:
        """Until SIGTERM or SIGINT; afterwards no process of ours is left."""
        processes.become_subreaper()
        os.set_blocking(self._waker, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        say(f"supervisor {os.getpid()} for {self.address}")
        try:
            while not self.is_stopping:
                self._tick()
                self._sleep(_TICK_SECONDS)
        finally:
            self._stop_all()

    def _on_stop(self, _number: int, _frame: object) -> None:
        self.is_stopping = True

    def _sleep(self, seconds: float) -> None:
        """Sleep until a child ends, a signal comes, or the time is over."""
        if select.select([self._wake], [], [], seconds)[0]:
            os.read(self._wake, 512)

    def _tick(self) -> None:
        self._reap()
        looks = processes.all_processes()
        self._kill_orphans(looks)
        self._watch_workers(looks)
        if self._is_due("database", 1.0) and not self._keep_database():
            return
        for component in self.components.values():
            if component.is_due() and self._url is not None and not self.is_stopping:
                component.start(self.layout, self._environment(), os.getpid())
                say(f"{component.name} started, pid {component.process.pid if component.process else '?'}")
        self._write_state()
        if self._is_due("health", _HEALTH_EVERY):
            self._watch_health()
        if self._is_due("housekeeping", _HOUSEKEEPING_EVERY):
            self._keep_house()

    def _is_due(self, what: str, every: float) -> bool:
        if time.monotonic() < self._due.get(what, 0.0):
            return False
        self._due[what] = time.monotonic() + every
        return True

    def _reap(self) -> None:
        """Take note of every child that ended, components and orphans."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for component in self.components.values():
                if component.process is not None and component.process.pid == pid:
                    say(component.ended(status))

    def _kill_orphans(self, looks: list[Look]) -> None:
        """What became our child is no component and carries our mark: its parent died, so must it and all below it."""
        known = {c.process.pid for c in self.components.values() if c.process is not None}
        for look in looks:
            if look.parent != os.getpid() or look.pid in known or not processes.has_mark(look.pid, self.mark):
                continue
            self._orphans_seen += 1
            _kill_tree(look.pid, looks)
            say(f"killed {look.pid}, whose parent had died")

    def _watch_workers(self, looks: list[Look]) -> None:
        """A worker that dies while it waits for work takes the lock of the executor's queue with it, and no other
        worker ever gets a task again: the scheduler has to start anew. One that dies at work leaves its task as an
        orphan and no lock; that task comes back by its missing heartbeat."""
        scheduler = self.components["scheduler"].process
        if scheduler is None:
            self._workers, self._lost_worker_at = {}, None
            return
        now = {look.pid: look.start for look in looks if look.parent == scheduler.pid and is_worker(look.pid)}
        if set(self._workers.items()) - set(now.items()) and self._lost_worker_at is None:
            self._lost_worker_at = time.monotonic()
            say("a worker of the executor has died")
        self._workers = now
        if self._lost_worker_at is None:
            self._orphans_before_loss = self._orphans_seen
        elif self._orphans_seen > self._orphans_before_loss:
            self._lost_worker_at = None
        elif time.monotonic() - self._lost_worker_at > _WORKER_SECONDS:
            self._lost_worker_at = None
            self._kill_component("scheduler", "a worker died while it waited for work")

    def _kill_component(self, name: str, why: str) -> None:
        process = self.components[name].process
        if process is None or not process.is_alive():
            return
        say(f"killing {name}: {why}")
        below = processes.tree(process.pid, processes.all_processes())[1:]
        process.send(signal.SIGKILL)
        for pid in below:
            if processes.has_mark(pid, self.mark):
                _send(pid, signal.SIGKILL)

    def _keep_database(self) -> bool:
        """Start the embedded server where it is gone; False while there is none."""
        try:
            if self._url is None or (self._is_embedded() and not database.is_running(self.settings)):
                if self._url is not None:
                    say("PostgreSQL is gone; starting it")
                self._database_came(metadata.ensure_database(self.settings))
        except (DatabaseError, psycopg.Error, OSError) as error:
            say(f"no database: {error}")
            self._due["database"] = time.monotonic() + 3.0
            return False
        return True

    def _is_embedded(self) -> bool:
        return metadata.external_url(self.settings) is None

    def _database_came(self, url: str) -> None:
        with contextlib.suppress(psycopg.Error):
            self._connections = metadata.stored_connections(url)
        if self._url is not None and url != self._url:
            for name in self.components:
                self._kill_component(name, "the database has another address now")
        self._url = url

    def _environment(self) -> dict[str, str]:
        return environment(self.settings, self._url or "", self.port, stored_connections=self._connections)

    def _watch_health(self) -> None:
        """Kill a component that lives but does no work (it hangs, or lost its database and never came back)."""
        found = rest.health(self.address, timeout=8.0)
        now = time.monotonic()
        for name, component in self.components.items():
            if found[name] in ("healthy", "unknown") or component.process is None:
                component.was_healthy = component.was_healthy or found[name] == "healthy"
                self._sick_since.pop(name, None)
                continue
            since = max(self._sick_since.setdefault(name, now), component.started)
            limit = _SICK_SECONDS if component.was_healthy else _BIRTH_SECONDS
            if now - since > limit:
                self._sick_since.pop(name)
                self._kill_component(name, f"not healthy for {limit:.0f} s ({found[name]})")

    def _keep_house(self) -> None:
        for name in (*COMPONENTS, "supervisor"):
            if logs.turn_over(self.layout.log(name)):
                say(f"turned over the log of {name}")
        if self._is_due("old logs", 86_400.0):
            count = sum(logs.drop_old(self.layout.logs / folder) for folder in ("tasks", "dag-files"))
            say(f"removed {count} old log files of tasks")

    def _write_state(self) -> None:
        own = processes.identify(os.getpid())
        if own is None:
            raise RuntimeError("this process is not in /proc")
        components = {name: component.as_state() for name, component in self.components.items()}
        now = state.State(own, self.address, self.started_at, components)
        if now != self._written:
            state.write(self.layout, now)
            self._written = now

    def _stop_all(self) -> None:
        """Components first by their own way, then whatever is left. A task that runs is killed with its worker, the
        worker first, so that it is not noted as failed: the next scheduler finds it unfinished and starts it again."""
        say("stopping")
        for name in ("scheduler", "dag-processor", "triggerer"):
            self._signal(name, signal.SIGTERM)
        self._wait(lambda: self.components["scheduler"].process is None, _GRACE_SECONDS)
        scheduler = self.components["scheduler"].process
        if scheduler is not None:
            below = processes.tree(scheduler.pid, processes.all_processes())[1:]
            for pid in below:
                if processes.has_mark(pid, self.mark):
                    _send(pid, signal.SIGKILL)
        self._wait(lambda: not any(self.components[n].process for n in COMPONENTS[1:]), _GRACE_SECONDS)
        self._signal("api-server", signal.SIGTERM)
        self._wait(lambda: self.components["api-server"].process is None, _GRACE_SECONDS)
        left = processes.kill_marked(self.mark)
        self._reap()
        self.layout.state.unlink(missing_ok=True)
        say(f"stopped; {len(left)} processes could not be killed" if left else "stopped")

    def _signal(self, name: str, number: int) -> None:
        process = self.components[name].process
        if process is not None:
            process.send(number)

    def _wait(self, is_done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._reap()
            self._kill_orphans(processes.all_processes())
            if is_done():
                return
            self._sleep(0.2)


def _kill_tree(pid: int, looks: list[Look]) -> None:
    for each in processes.tree(pid, looks):
        _send(each, signal.SIGKILL)


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def say(text: str) -> None:
    """A line in the supervisor's log (its stdout)."""
    sys.stdout.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run the supervisor of the home of IPSTAT_HOME; 1 where another one runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    settings = Settings.from_env()
    layout = Layout.of(settings)
    layout.make()
    with layout.supervisor_lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another supervisor runs in this home")
            return 1
        Supervisor(settings, parser.parse_args().port).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
