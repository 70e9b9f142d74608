"""Which feeds a folder holds, and the order in which its list of deliveries is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.senders.listed import Event, ListedTurn, read_events, turns_of
from ipstat.delivery_plan import feeds_of, unknown_folders
from ipstat.errors import UsageError

PLAN = """received_order,received_on,feed,path,action,note
1,2020-01-01,gazette,gazette/2020-01-01/a.csv,deliver,
2,2020-01-02,marks,marks/2020-01.jsonl,deliver,
3,2020-01-03,gazette,gazette/2020-01-01/b.csv,deliver,late
4,2020-01-04,gazette,gazette/2020-01-05/a.csv,deliver,
5,2020-01-05,gazette,gazette/2020-01-01/a.csv,deliver,again
6,2020-01-06,marks,marks/resent/1/2020-01.jsonl,deliver,corrected
7,2020-01-07,marks,marks/resent/1/2020-01.jsonl,withdraw,
8,2020-01-08,marks,marks/2020-01.jsonl,deliver,sent again
"""


def event(order: int, path: str, is_delivery: bool = True) -> Event:
    return Event(f"{path}#{order}", path, is_delivery)


def test_a_file_that_comes_again_comes_in_a_later_turn(tmp_path: Path) -> None:
    (tmp_path / "deliveries.csv").write_text(PLAN, encoding="utf-8")
    assert feeds_of(tmp_path, ["gazette", "lots", "marks"]) == ["gazette", "marks"]
    first, resent = "marks/2020-01.jsonl", "marks/resent/1/2020-01.jsonl"
    issue = "gazette/2020-01-01"
    assert turns_of("gazette", read_events(tmp_path, "gazette")) == [
        ListedTurn((event(1, f"{issue}/a.csv"), event(3, f"{issue}/b.csv"), event(4, "gazette/2020-01-05/a.csv")), ()),
        ListedTurn((event(5, f"{issue}/a.csv"),), ()),
    ]
    assert turns_of("marks", read_events(tmp_path, "marks")) == [
        ListedTurn((event(2, first),), ()),
        ListedTurn((event(6, resent),), (event(7, resent, is_delivery=False),)),
        ListedTurn((event(8, first),), ()),
    ]


def test_without_a_list_folders_named_like_feeds_count(tmp_path: Path) -> None:
    for name in ("gazette", "other", "_truth"):
        (tmp_path / name).mkdir()
    assert feeds_of(tmp_path, ["gazette", "marks"]) == ["gazette"]
    assert unknown_folders(tmp_path, ["gazette", "marks"]) == ["other"]


def test_a_folder_without_any_feed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder named like a feed"):
        feeds_of(tmp_path, ["gazette"])
    with pytest.raises(UsageError, match="is no folder"):
        feeds_of(tmp_path / "nowhere", ["gazette"])
