"""Which feeds a folder of feeds holds: one folder for each, or those that its `deliveries.csv` tells of."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from ingest.senders.listed import PLAN_NAME
from ipstat.errors import UsageError

MARK_NAME = "SAMPLE_DATA.json"


def feeds_of(folder: Path, feeds: Iterable[str]) -> list[str]:
    """The known feeds that the folder has files of, in their order; raises UsageError where there is none."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", "name a folder that holds one folder for each feed")
    known = list(feeds)
    if (folder / PLAN_NAME).exists():
        with (folder / PLAN_NAME).open(encoding="utf-8", newline="") as handle:
            named = {row["feed"] for row in csv.DictReader(handle)}
    else:
        named = {feed for feed in known if (folder / feed).is_dir()}
    found = [feed for feed in known if feed in named]
    if not found:
        raise UsageError(
            f"{folder} holds no folder named like a feed",
            f"name the senders' folders like the feeds: {', '.join(known)}; or use `ipstat ingest FEED PATH...`",
        )
    return found


def unknown_folders(folder: Path, feeds: Iterable[str]) -> list[str]:
    """Folders that are named like no feed (and are not hidden or the sample city's truth)."""
    known = set(feeds)
    return sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name not in known and p.name[0] not in "._")
