"""The loop of the nightly backup: at its time, to its end, gone when it is stopped. `ipstat` is a stub that writes down its calls."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "nightly_backup.sh"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    stub = tmp_path / "bin" / "ipstat"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/calls\nexit "${{STUB_EXIT:-0}}"\n', encoding="ascii")
    # A clock of the test: it is 18:29:59 each time the script asks for now.
    clock = stub.with_name("date")
    clock.write_text(
        '#!/bin/sh\ncase "$*" in\n"-u +%s") echo 1000;;\n"-u +%Y-%m-%d") echo 2026-01-01;;\n*18:30*) echo 1001;;\n*) echo 999;;\nesac\n',
        encoding="ascii",
    )
    stub.chmod(0o755)
    clock.chmod(0o755)
    return os.environ | {"PATH": f"{stub.parent}:{os.environ['PATH']}", "BACKUP_KEEP": "3"}


def calls(tmp_path: Path) -> list[str]:
    path = tmp_path / "calls"
    return path.read_text(encoding="ascii").splitlines() if path.exists() else []


def test_backup_is_made_at_its_time_and_the_loop_goes_on_after_a_failure(
    environment: dict[str, str], tmp_path: Path
) -> None:
    given = environment | {"BACKUP_AT": "18:30", "STUB_EXIT": "1"}
    process = subprocess.Popen(
        ["sh", str(SCRIPT)], env=given, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 30
    while len(calls(tmp_path)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert calls(tmp_path)[:2] == ["backup create --wait --keep 3"] * 2, "a failed backup is not verified"
    assert "the backup failed" in said
    with pytest.raises(ProcessLookupError):  # no pause is left behind
        os.killpg(process.pid, 0)


def test_stopped_in_the_pause_it_ends_at_once(environment: dict[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(["sh", str(SCRIPT)], env=environment | {"BACKUP_AT": "03:00"}, start_new_session=True)
    time.sleep(0.5)  # 03:00 is past: it waits for tomorrow
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert calls(tmp_path) == []


def test_by_hand_it_gives_the_exit_code_and_a_wrong_time_is_refused(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert subprocess.run(["sh", str(SCRIPT), "now"], env=environment, check=False).returncode == 0
    assert calls(tmp_path) == ["backup create --wait --keep 3", "backup verify"]
    failed = subprocess.run(["sh", str(SCRIPT), "now"], env=environment | {"STUB_EXIT": "75"}, check=False)
    assert failed.returncode == 75
    wrong = subprocess.run(
        ["sh", str(SCRIPT)],
        env=environment | {"BACKUP_AT": "half past six"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (wrong.returncode, "hh:mm" in wrong.stderr) == (2, True)
