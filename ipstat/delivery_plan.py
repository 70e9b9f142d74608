"""Which files of a folder to ingest, feed by feed and turn by turn.

The sample city keeps its senders' story in `deliveries.csv`: files come late, come again changed, are withdrawn. Within
a turn no file of a partition comes twice, so that ingesting turn by turn ends where file by file would end. A folder
without the list holds one folder for each feed, and is one turn.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from ipstat.errors import UsageError

PLAN_NAME = "deliveries.csv"
MARK_NAME = "SAMPLE_DATA.json"


DELIVER = "deliver"
_RESENT = re.compile(r"/resent/\d+/")


@dataclass(frozen=True)
class Turn:
    """Files to ingest together; then `withdrawn` files, whose batches the sender takes back."""

    feed: str
    paths: tuple[Path, ...]
    withdrawn: tuple[Path, ...] = ()


@dataclass
class _Chapter:
    """A stretch of one group's story in which no file name comes twice, ended by what is withdrawn."""

    names: set[str] = field(default_factory=set)
    paths: list[Path] = field(default_factory=list)
    withdrawn: list[Path] = field(default_factory=list)


def read_turns(folder: Path, feeds: Iterable[str]) -> list[Turn]:
    """The turns of all known feeds; raises UsageError where the folder has nothing of any feed."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", "name a folder that holds one folder for each feed")
    known = list(feeds)
    turns = _listed(folder, known) if (folder / PLAN_NAME).exists() else _unlisted(folder, known)
    if not turns:
        raise UsageError(
            f"{folder} holds no folder named like a feed",
            f"name the senders' folders like the feeds: {', '.join(known)}; or use `ipstat ingest FEED PATH...`",
        )
    return turns


def unknown_folders(folder: Path, feeds: Iterable[str]) -> list[str]:
    """Folders that are named like no feed (and are not hidden or the sample city's truth)."""
    known = set(feeds)
    return sorted(p.name for p in folder.iterdir() if p.is_dir() and p.name not in known and p.name[0] not in "._")


def _unlisted(folder: Path, feeds: list[str]) -> list[Turn]:
    return [Turn(feed, (folder / feed,)) for feed in feeds if (folder / feed).is_dir()]


def _listed(folder: Path, feeds: list[str]) -> list[Turn]:
    turns: list[Turn] = []
    with (folder / PLAN_NAME).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for feed in feeds:
        turns += _turns_of(feed, folder, [(row["path"], row["action"]) for row in rows if row["feed"] == feed])
    return turns


def _turns_of(feed: str, folder: Path, events: list[tuple[str, str]]) -> list[Turn]:
    """Each group of files has its own story; the n-th chapters of all stories are one turn."""
    stories: dict[str, list[_Chapter]] = {}
    for relative, action in events:
        plain = _RESENT.sub("/", relative)
        group, _, name = plain.rpartition("/")
        # Files in a folder of their own (a gazette issue) share a partition; a file beside others is one by itself.
        chapters = stories.setdefault(plain if group == feed else group, [_Chapter()])
        chapter = chapters[-1]
        if chapter.withdrawn or (action == DELIVER and name in chapter.names):
            chapters.append(chapter := _Chapter())
        if action == DELIVER:
            chapter.names.add(name)
            chapter.paths.append(folder / relative)
        else:
            chapter.withdrawn.append(folder / relative)
    rounds = zip_longest(*stories.values())
    merged = [[chapter for chapter in chapters if chapter is not None] for chapters in rounds]
    return [
        Turn(
            feed,
            tuple(path for chapter in chapters for path in chapter.paths),
            tuple(path for chapter in chapters for path in chapter.withdrawn),
        )
        for chapters in merged
    ]
