"""The lock file holds pins and hashes for what pyproject.toml asks, and no address."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock.txt", "requirements.runtime.lock.txt", "requirements.bootstrap.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*(.+?))?\s*\\?$")


def pins(lock: str) -> list[tuple[str, Version]]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    found = [PIN.match(line) for line in lines if line and not line.startswith((" ", "#"))]
    assert all(found), "a line of the lock file is not an exact pin"
    return [(canonicalize_name(m.group(1)), Version(m.group(2))) for m in found if m]


def test_lock_files_name_no_address() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text), lock


def test_every_pin_has_a_hash() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
        bare = [line for line in text.splitlines() if "==" in line and "--hash=sha256:" not in line]
        assert bare == [], lock


def test_lock_file_is_in_step_with_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += extra
    locked: dict[str, list[Version]] = {}
    for name, version in pins("requirements.lock.txt"):
        locked.setdefault(name, []).append(version)
    out_of_step = []
    for text in wanted:
        requirement = Requirement(text)
        versions = locked.get(canonicalize_name(requirement.name), [])
        if not versions or not all(requirement.specifier.contains(v, prereleases=True) for v in versions):
            out_of_step.append(f"{text} against {[str(v) for v in versions] or 'nothing'}")
    assert out_of_step == [], "run `make lock`"
