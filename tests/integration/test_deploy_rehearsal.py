"""Every container's own command as an ordinary user, in namespaces like the container's: see tests/support/rehearse.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import rehearse

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def can_make_namespaces() -> bool:
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "true"]
    try:
        return os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not can_make_namespaces(), reason="needs root and namespaces (Linux)")
def test_the_commands_of_all_containers_run_from_init_to_a_restored_backup(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(rehearse.__file__)), str(tmp_path)], capture_output=True, text=True, check=False
    )
    logs = "\n".join(
        f"--- {path.name}\n{path.read_text('utf-8', errors='replace')[-2000:]}" for path in tmp_path.glob("logs/*.log")
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}\n{logs}"
    assert done.stdout.rstrip().endswith("the rehearsal ended well")
