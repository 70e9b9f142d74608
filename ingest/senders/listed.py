"""A folder with `deliveries.csv`: a sender's story (late, again, corrected, withdrawn), told turn by turn.

Within a turn no file of a partition comes twice, so that taking turn by turn ends where file by file would end. Each
line is an event of its own, remembered as `<path>#<received_order>`: the same file sent again is another event.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Final

PLAN_NAME: Final = "deliveries.csv"
DELIVER: Final = "deliver"
_RESENT: Final = re.compile(r"/resent/\d+/")


@dataclass(frozen=True)
class Event:
    """A line of the list: `path` is relative to the folder of the list."""

    key: str
    path: str
    is_delivery: bool


@dataclass(frozen=True)
class ListedTurn:
    """Events that are taken together: deliveries, then withdrawals."""

    delivered: tuple[Event, ...]
    withdrawn: tuple[Event, ...]


@dataclass
class _Chapter:
    """A stretch of one group's story in which no file name comes twice, ended by what is withdrawn."""

    names: set[str] = field(default_factory=set)
    delivered: list[Event] = field(default_factory=list)
    withdrawn: list[Event] = field(default_factory=list)


def read_events(folder: Path, feed: str) -> list[Event]:
    """The feed's lines of `deliveries.csv`, in order."""
    with (folder / PLAN_NAME).open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["feed"] == feed]
    return [Event(f"{row['path']}#{row['received_order']}", row["path"], row["action"] == DELIVER) for row in rows]


def turns_of(feed: str, events: Iterable[Event]) -> list[ListedTurn]:
    """Each group of files has its own story; the n-th chapters of all stories are one turn."""
    stories: dict[str, list[_Chapter]] = {}
    for event in events:
        plain = _RESENT.sub("/", event.path)
        group, _, name = plain.rpartition("/")
        # Files in a folder of their own (a gazette issue) share a partition; a file beside others is one by itself.
        chapters = stories.setdefault(plain if group == feed else group, [_Chapter()])
        chapter = chapters[-1]
        if chapter.withdrawn or (event.is_delivery and name in chapter.names):
            chapters.append(chapter := _Chapter())
        if event.is_delivery:
            chapter.names.add(name)
            chapter.delivered.append(event)
        else:
            chapter.withdrawn.append(event)
    merged = [[chapter for chapter in chapters if chapter is not None] for chapters in zip_longest(*stories.values())]
    return [
        ListedTurn(
            tuple(event for chapter in chapters for event in chapter.delivered),
            tuple(event for chapter in chapters for event in chapter.withdrawn),
        )
        for chapters in merged
    ]
