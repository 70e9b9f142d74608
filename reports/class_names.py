"""Chinese short names of IPC sections, Locarno classes and Nice classes, from one reviewed file."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

_NAMES = Path(__file__).resolve().parent / "assets" / "class_names.csv"


@lru_cache(maxsize=1)
def class_names() -> dict[tuple[str, str], str]:
    """Name by (scheme, code); schemes are ipc (A-H), loc (01-32) and nice (1-45)."""
    with _NAMES.open(encoding="utf-8", newline="") as handle:
        return {(row["scheme"], row["code"]): row["name_zh"] for row in csv.DictReader(handle)}
