"""The four components as children of the supervisor: started, watched, started again with a growing pause."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ipstat.airflow.layout import Layout
from ipstat.airflow.processes import ProcessId, die_with, identify
from ipstat.airflow.state import ComponentState

ARGUMENTS = {
    "api-server": ("api-server",),
    # The log servers of these two listen on every address; the api-server reads the log files itself.
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60.0
"""A component that lived so long starts again without delay."""


@dataclass
class Component:
    """One component; `process` is None while it does not run."""

    name: str
    process: ProcessId | None = None
    start_count: int = 0
    last_end: str | None = None
    pause: float = FIRST_PAUSE
    not_before: float = 0.0
    started: float = 0.0
    was_healthy: bool = False
    popen: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, layout: Layout, environment: Mapping[str, str], parent: int) -> None:
        """Start it in a process group of its own; it dies with the supervisor."""
        log = layout.log(self.name)
        with log.open("ab") as output:
            output.write(
                f"--- started by the supervisor, {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}\n".encode()
            )
            output.flush()
            self.popen = subprocess.Popen(  # noqa: S603 - our own interpreter with our own arguments
                [sys.executable, "-m", "airflow", *ARGUMENTS[self.name]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=layout.root,
                process_group=0,
                preexec_fn=die_with(parent),  # noqa: PLW1509 - the supervisor has one thread
            )
        self.process = identify(self.popen.pid)
        self.started = time.monotonic()
        self.was_healthy = False
        self.start_count += 1

    def ended(self, status: int) -> str:
        """Note how it ended (`status` as of waitpid) and when it may start again; the words for the log."""
        code = os.waitstatus_to_exitcode(status)
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if self.popen is not None:
            self.popen.returncode = code  # reaped by the supervisor; subprocess must not wait for this pid again
        lived = time.monotonic() - self.started
        self.pause = FIRST_PAUSE if lived > STEADY_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
        self.not_before = time.monotonic() + self.pause
        self.process, self.popen, self.last_end = None, None, how
        return f"{self.name} ended after {lived:.0f} s ({how})"

    def is_due(self) -> bool:
        """Whether it should be started now."""
        return self.process is None and time.monotonic() >= self.not_before

    def as_state(self) -> ComponentState:
        """What the state file says of it."""
        return ComponentState(self.process, self.start_count, self.last_end)


def is_worker(pid: int) -> bool:
    """Whether this is a worker of the LocalExecutor (they name themselves so)."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"airflow worker -- LocalExecutor")
    except OSError:
        return False
