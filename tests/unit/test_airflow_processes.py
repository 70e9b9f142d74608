"""Processes are named by pid and start time and found by their mark; state file and logs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ipstat.airflow import components, logs, processes, state
from ipstat.airflow.layout import MARK_VARIABLE, Layout
from ipstat.airflow.processes import ProcessId

MARK = "mark-of-the-unit-tests"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def sleeping_child(mark: str) -> subprocess.Popen[bytes]:
    """A process with the mark that has a child with the mark."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, MARK_VARIABLE: mark})


def wait_for(count: int, mark: str) -> list[ProcessId]:
    deadline = time.monotonic() + 20
    while len(found := processes.marked(mark)) != count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_process_is_alive_only_as_itself(sleeper: subprocess.Popen[bytes]) -> None:
    found = processes.identify(sleeper.pid)
    assert found is not None and found.is_alive()
    assert not replace(found, start_ticks=found.start_ticks - 1).is_alive()
    assert not replace(found, boot_id="of-another-boot").is_alive()


def test_pid_that_went_to_another_process_is_never_signalled(sleeper: subprocess.Popen[bytes]) -> None:
    found = processes.identify(sleeper.pid)
    assert found is not None
    earlier = replace(found, start_ticks=found.start_ticks - 1)
    assert not earlier.send(signal.SIGKILL)
    time.sleep(0.1)
    assert sleeper.poll() is None
    assert found.send(signal.SIGTERM)
    assert sleeper.wait(10) == -signal.SIGTERM
    assert not found.send(signal.SIGTERM)


def test_zombie_is_not_alive() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    found = processes.identify(process.pid)
    deadline = time.monotonic() + 10
    while found is not None and found.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert Path(f"/proc/{process.pid}").exists()
    process.wait()


def test_mark_is_compared_whole() -> None:
    with sleeping_child(MARK + "-longer") as process:
        try:
            wait_for(2, MARK + "-longer")
            assert processes.marked(MARK) == []
            assert not processes.has_mark(process.pid, MARK)
        finally:
            processes.kill_marked(MARK + "-longer")


def test_all_marked_processes_are_killed_and_no_other(sleeper: subprocess.Popen[bytes]) -> None:
    with sleeping_child(MARK):
        wait_for(2, MARK)
        assert processes.kill_marked(MARK) == []
    assert processes.marked(MARK) == []
    assert sleeper.poll() is None


def test_we_and_our_parents_are_never_among_the_marked(tmp_path: Path) -> None:
    """`ipstat airflow stop` called from a task must not end itself."""
    code = f"from ipstat.airflow.processes import marked; assert marked({MARK!r}) == [], marked({MARK!r})"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, MARK_VARIABLE: MARK}, check=False)
    assert done.returncode == 0


def test_child_dies_with_its_parent_however_that_ends() -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "from ipstat.airflow.processes import die_with\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], preexec_fn=die_with(os.getpid()))\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = processes.identify(int(parent.stdout.readline()))
        assert child is not None and child.is_alive()
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 10
        while child.is_alive():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_tree_lists_parents_before_children() -> None:
    looks = [processes.Look(pid, parent, 1, 1) for pid, parent in ((4, 3), (2, 1), (3, 2), (9, 8), (5, 2))]
    assert processes.tree(2, looks) == [2, 3, 5, 4]


def test_memory_and_age_of_a_process(sleeper: subprocess.Popen[bytes]) -> None:
    found = processes.identify(sleeper.pid)
    assert found is not None
    assert 0 <= processes.age_seconds(found) < 30
    assert (processes.memory_bytes(os.getpid()) or 0) > 5_000_000


def test_state_is_read_back_and_a_dead_supervisor_does_not_run(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "airflow")
    layout.make()
    assert state.read(layout) is None
    own = processes.identify(os.getpid())
    assert own is not None
    some = state.State(
        own,
        "http://127.0.0.1:1",
        5.0,
        {"scheduler": state.ComponentState(own, 2, "exit code 1"), "x": state.ComponentState()},
    )
    state.write(layout, some)
    assert state.read(layout) == some
    assert state.running(layout) == some
    state.write(layout, replace(some, supervisor=replace(own, start_ticks=own.start_ticks - 1)))
    assert state.running(layout) is None
    layout.state.write_text('{"supervisor": 1}')
    assert state.read(layout) is None


def test_pause_before_a_start_grows_and_ends() -> None:
    component = components.Component("scheduler")
    pauses = []
    for _ in range(10):
        component.started = time.monotonic()
        assert "exit code 1" in component.ended(256)
        pauses.append(component.pause)
        assert not component.is_due()
    assert pauses == sorted(pauses)
    assert pauses[0] < 2 and pauses[-1] == components.LONGEST_PAUSE
    component.started = time.monotonic() - components.STEADY_SECONDS - 1
    assert "SIGKILL" in component.ended(signal.SIGKILL)
    assert component.pause == components.FIRST_PAUSE


def test_log_is_turned_over_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "scheduler.log"
    with log.open("ab", buffering=0) as writer:
        for number in range(5):
            writer.write(b"x" * 100 + f" {number}\n".encode())
            assert logs.turn_over(log, max_bytes=100, kept=3)
        writer.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert not logs.turn_over(log, max_bytes=100, kept=3)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "scheduler.log",
        *(f"scheduler.log.{n}" for n in (1, 2, 3)),
    ]
    assert log.with_name("scheduler.log.1").read_bytes().endswith(b" 4\n")
    assert not logs.turn_over(tmp_path / "absent.log")


def test_old_logs_go_and_young_ones_stay(tmp_path: Path) -> None:
    old, young = tmp_path / "a" / "b" / "old.log", tmp_path / "c" / "young.log"
    for path in (old, young):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    for path in (old, old.parent, old.parent.parent):
        os.utime(path, (0, 0))
    assert logs.drop_old(tmp_path) == 1
    assert not old.exists() and young.exists()
    assert logs.tail(young) == "x" and logs.tail(old) == ""
