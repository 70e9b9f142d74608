"""The spool: a turn is whole or absent, its order is its name's, and no path leads out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.spool import (
    SpooledFile,
    SpoolError,
    Version,
    WithdrawnFile,
    discard,
    file_path,
    new_turn_id,
    remember,
    turn_folder,
    whole_turns,
    write_turn,
)

FEED = "honours"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(b"content")
    return path


def test_a_turn_is_read_as_it_was_written(tmp_path: Path, source: Path) -> None:
    gone = WithdrawnFile(path="old.csv", sha256="0" * 64)
    written = write_turn(tmp_path / "spool", FEED, "office", {"2025/a.csv": source}, [gone])
    [found] = whole_turns(tmp_path / "spool", FEED)
    assert found == written
    assert file_path(tmp_path / "spool", found, found.files[0]).read_bytes() == b"content"
    assert found.files[0].size_bytes == 7
    assert found.withdrawn == (gone,)


def test_turns_come_in_order_and_go_one_by_one(tmp_path: Path, source: Path) -> None:
    turns = [write_turn(tmp_path, FEED, "office", {"a.csv": source}) for _ in range(3)]
    assert whole_turns(tmp_path, FEED) == turns
    discard(tmp_path, turns[0])
    discard(tmp_path, turns[0])
    assert whole_turns(tmp_path, FEED) == turns[1:]
    assert sorted(path.name for path in (tmp_path / FEED).iterdir()) == [turn.turn_id for turn in turns[1:]]


def test_turn_ids_sort_by_time() -> None:
    start = datetime(2025, 12, 31, 23, 59, 59, 999_998, UTC)
    ids = [new_turn_id(start + timedelta(microseconds=n)) for n in range(4)]
    assert ids == sorted(ids)
    assert ids[0].startswith("20251231T235959.999998-")


def test_an_unfinished_turn_is_not_there(tmp_path: Path, source: Path) -> None:
    turn = write_turn(tmp_path, FEED, "office", {"a.csv": source})
    turn_folder(tmp_path, turn).rename(tmp_path / FEED / f".partial-{turn.turn_id}")
    assert whole_turns(tmp_path, FEED) == []
    assert whole_turns(tmp_path, "no_such_feed") == []


def test_a_damaged_turn_is_named(tmp_path: Path, source: Path) -> None:
    turn = write_turn(tmp_path, FEED, "office", {"a.csv": source})
    (turn_folder(tmp_path, turn) / "turn.json").write_text("{half")
    with pytest.raises(SpoolError, match=turn.turn_id):
        whole_turns(tmp_path, FEED)


@pytest.mark.parametrize("path", ["../a.csv", "/etc/passwd", "a/../../b", "", "a//b", "./a", "a\\..\\b", "a\0b"])
def test_no_path_leads_out_of_the_turn(path: str) -> None:
    with pytest.raises(ValidationError, match="relative path"):
        SpooledFile(path=path, source="x", size_bytes=1, sha256="0" * 64)


def test_versions_are_remembered_and_forgotten(tmp_path: Path, source: Path) -> None:
    known: dict[str, Version] = {"old.csv": Version(1, None, None, "1" * 64, datetime.now(UTC))}
    events = [WithdrawnFile(path="old.csv", sha256="1" * 64), WithdrawnFile(path="b", sha256="2" * 64, key="b#7")]
    remember(known, write_turn(tmp_path, FEED, "office", {"a.csv": source}, events))
    assert sorted(known) == ["a.csv", "b#7"]
