"""The README's commands work: its tested blocks are run as a new user would, the others name targets and commands that exist."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- tested -->\n)?```sh\n(.*?)```", re.DOTALL)
BIN = Path(sys.executable).parent


def blocks(tested: bool) -> list[str]:
    return [body for mark, body in BLOCK.findall(README.read_text(encoding="utf-8")) if bool(mark) == tested]


def test_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README.read_text(encoding="utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def test_readme_names_only_files_that_exist() -> None:
    text = README.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.timeout(600)
def test_readme_tested_blocks_run_in_order_in_an_empty_home(tmp_path: Path) -> None:
    script = "set -euxo pipefail\n" + "\n".join(blocks(tested=True))
    environment = os.environ | {
        "IPSTAT_HOME": str(tmp_path / "home"),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    environment.pop("IPSTAT_DATABASE_URL", None)
    try:
        done = subprocess.run(
            ["bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=570, check=False
        )
    finally:
        subprocess.run(
            [BIN / "ipstat", "db", "stop"], cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    assert "invention_granted" in done.stdout
    assert re.search(r"^2025-01-01,\d+", done.stdout, re.MULTILINE), (
        "the yearly series of invention grants has its last year"
    )
    assert "postgresql://" in done.stdout
