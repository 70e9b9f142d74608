"""The order in which a folder's files are ingested."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipstat.delivery_plan import Turn, read_turns, unknown_folders
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


def test_a_file_that_comes_again_comes_in_a_later_turn(tmp_path: Path) -> None:
    (tmp_path / "deliveries.csv").write_text(PLAN, encoding="utf-8")
    gazette, marks = tmp_path / "gazette", tmp_path / "marks"
    assert read_turns(tmp_path, ["gazette", "marks"]) == [
        Turn("gazette", (gazette / "2020-01-01/a.csv", gazette / "2020-01-01/b.csv", gazette / "2020-01-05/a.csv")),
        Turn("gazette", (gazette / "2020-01-01/a.csv",)),
        Turn("marks", (marks / "2020-01.jsonl",)),
        Turn("marks", (marks / "resent/1/2020-01.jsonl",), (marks / "resent/1/2020-01.jsonl",)),
        Turn("marks", (marks / "2020-01.jsonl",)),
    ]


def test_without_a_list_each_folder_named_like_a_feed_is_a_turn(tmp_path: Path) -> None:
    for name in ("gazette", "other", "_truth"):
        (tmp_path / name).mkdir()
    assert read_turns(tmp_path, ["gazette", "marks"]) == [Turn("gazette", (tmp_path / "gazette",))]
    assert unknown_folders(tmp_path, ["gazette", "marks"]) == ["other"]


def test_a_folder_without_any_feed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder named like a feed"):
        read_turns(tmp_path, ["gazette"])
    with pytest.raises(UsageError, match="is no folder"):
        read_turns(tmp_path / "nowhere", ["gazette"])
