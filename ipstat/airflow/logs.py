"""Logs that do not grow for ever: those of the components are turned over by size, those of the tasks end by age."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

MAX_BYTES = 20_000_000
KEPT = 3
MAX_AGE_DAYS = 90.0


def turn_over(log: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> bool:
    """Copy a log longer than `max_bytes` to `<log>.1` (older ones move up, the oldest goes) and empty it; whether so.

    The writer keeps its open file, which must be in append mode; lines written between copy and cut are lost.
    """
    try:
        if log.stat().st_size <= max_bytes:
            return False
    except FileNotFoundError:
        return False
    for number in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    with log.open("r+b") as handle:
        handle.truncate(0)
    return True


def drop_old(folder: Path, max_age_days: float = MAX_AGE_DAYS, now: float | None = None) -> int:
    """Remove the files below a folder that nobody wrote to for so long, and folders left empty; the count of files."""
    limit = (time.time() if now is None else now) - max_age_days * 86_400
    count = 0
    for path in sorted(folder.rglob("*"), reverse=True):
        # What vanishes under our hands, or a folder that is not empty, is no concern of ours.
        with contextlib.suppress(OSError):
            if path.is_dir() and not path.is_symlink():
                if path.stat().st_mtime < limit:
                    path.rmdir()
            elif path.lstat().st_mtime < limit:
                path.unlink()
                count += 1
    return count


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, or an empty text."""
    try:
        with log.open("rb") as handle:
            handle.seek(max(0, log.stat().st_size - 20_000))
            text = handle.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
