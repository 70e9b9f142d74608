"""Processes by pid *and* start time, their environment and memory, read from Linux's /proc.

A pid alone names nobody: it is given to another program once its owner has gone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ipstat.airflow.layout import MARK_VARIABLE, AirflowError

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


@dataclass(frozen=True)
class ProcessId:
    """A process that no other can be taken for: pid, start (clock ticks after boot) and the boot's id."""

    pid: int
    start_ticks: int
    boot_id: str

    def is_alive(self) -> bool:
        """Whether exactly this process still runs (a zombie does not)."""
        return (
            self.boot_id == boot_id() and (found := look_at(self.pid)) is not None and found.start == self.start_ticks
        )

    def send(self, number: int) -> bool:
        """Signal exactly this process; False where it has gone."""
        if not self.is_alive():
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True


@dataclass(frozen=True)
class Look:
    """One line of /proc/<pid>/stat: pid, parent, process group, start in clock ticks after boot."""

    pid: int
    parent: int
    group: int
    start: int


def boot_id() -> str:
    """Differs from one boot of the machine to the next."""
    return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def require_linux() -> None:
    """Raises AirflowError on a system without /proc."""
    if not sys.platform.startswith("linux") or not (_PROC / "self/stat").exists():
        raise AirflowError("`ipstat airflow` needs Linux", "use `ipstat run`, or the containers of docker-compose.yml")


def look_at(pid: int) -> Look | None:
    """The process of this pid, or None where there is none or only a zombie."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    return Look(pid, int(fields[1]), int(fields[2]), int(fields[19]))


def identify(pid: int) -> ProcessId | None:
    """The process that has this pid now."""
    found = look_at(pid)
    return ProcessId(pid, found.start, boot_id()) if found is not None else None


def all_processes() -> list[Look]:
    """Every process that lives now."""
    pids = [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
    return [found for pid in pids if (found := look_at(pid)) is not None]


def has_mark(pid: int, mark: str) -> bool:
    """Whether the environment of the process holds exactly our mark; False where we may not look."""
    try:
        environment = (_PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return False
    return f"{MARK_VARIABLE}={mark}".encode() in environment.split(b"\0")


def marked(mark: str) -> list[ProcessId]:
    """The processes of a home's Airflow; never ourselves nor those that called us."""
    ours = ancestors(os.getpid())
    boot = boot_id()
    return [
        ProcessId(look.pid, look.start, boot)
        for look in all_processes()
        if look.pid not in ours and has_mark(look.pid, mark)
    ]


def ancestors(pid: int) -> set[int]:
    """The process and its parents up to the first."""
    found: set[int] = set()
    while pid > 0 and pid not in found:
        found.add(pid)
        look = look_at(pid)
        pid = look.parent if look is not None else 0
    return found


def tree(pid: int, processes: Iterable[Look]) -> list[int]:
    """The process and all below it, parents first."""
    children: dict[int, list[int]] = {}
    for look in processes:
        children.setdefault(look.parent, []).append(look.pid)
    order, position = [pid], 0
    while position < len(order):
        order += children.get(order[position], [])
        position += 1
    return order


def kill_marked(mark: str, seconds: float = 10.0, spare: Callable[[int], bool] = lambda _pid: False) -> list[ProcessId]:
    """Kill the home's Airflow processes, also those that they fork meanwhile; those still there after `seconds`.

    Parents come first: what watches a task must not live to report its death as the task's own failure.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = sorted((p for p in marked(mark) if not spare(p.pid)), key=lambda process: process.start_ticks)
        if not left or time.monotonic() > deadline:
            return left
        for process in left:
            with contextlib.suppress(PermissionError):
                process.send(signal.SIGKILL)
        time.sleep(0.05)


def memory_bytes(pid: int) -> int | None:
    """Memory that this process adds (proportional share of what it shares), or None where it can't be read."""
    try:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None


def age_seconds(process: ProcessId) -> float:
    """How long the process runs."""
    uptime = float((_PROC / "uptime").read_text(encoding="ascii").split()[0])
    return max(0.0, uptime - process.start_ticks / os.sysconf("SC_CLK_TCK"))


def become_subreaper() -> None:
    """From now on processes below us whose parent died become our children: none is lost from sight."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> Callable[[], None]:
    """What a forked child does before exec: it is killed when its parent (this process) dies, however that happens."""

    def prepare() -> None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent died between fork and here
            os._exit(1)

    return prepare


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")
