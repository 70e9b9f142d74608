"""SFTP, against an asyncssh server on 127.0.0.1 that checks passwords, drops connections and has files that grow."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncssh
import pytest

from ingest.senders import sftp
from ingest.senders.address import SenderAddress
from ingest.senders.errors import SenderRefused, SenderUnavailable
from ingest.senders.sftp import SftpSender
from ingest.senders.shape import SenderShape
from tests.support.senders_sftp import Drop, serve
from tests.support.senders_spool import Desk

SHAPE = SenderShape(connection="customs", path="lots", pattern=("**/*.csv", "*.zip"))
CONTENT = random.Random(3).randbytes(3_000_000)
OLD = 1_700_000_000


def put(drop: Drop, name: str, content: bytes, modified_at: int = OLD) -> Path:
    path = drop.folder / "out" / "lots" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (modified_at, modified_at))
    return path


def sender(drop: Drop, **options: str | None) -> SftpSender:
    return SftpSender(SenderAddress.parse(drop.address(**options)), SHAPE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "spool")


@pytest.fixture
def drop(tmp_path: Path) -> Iterator[Drop]:
    folder = tmp_path / "served"
    (folder / "out" / "lots").mkdir(parents=True)
    with serve(folder) as running:
        yield running


def test_files_come_whole_with_their_folders(desk: Desk, drop: Drop) -> None:
    put(drop, "a_2025-01.csv", b"1")
    put(drop, "2025-02/b.CSV", CONTENT)
    put(drop, "month.zip", b"")
    [turn] = desk.fetch(sender(drop))
    assert desk.turns() == [{"2025-02/b.CSV": CONTENT, "a_2025-01.csv": b"1", "month.zip": b""}]
    assert turn.files[0].source == f"sftp://127.0.0.1:{drop.port}/out/lots/2025-02/b.CSV"


def test_files_that_are_being_written_or_not_asked_for_are_left_alone(desk: Desk, drop: Drop) -> None:
    for name in ("a.csv.part", "a.csv.tmp", "b.csv.filepart", ".hidden.csv", ".work/c.csv", "~d.csv", "e.txt"):
        put(drop, name, b"half")
    put(drop, "f.csv", b"whole")
    desk.fetch(sender(drop))
    assert desk.turns() == [{"f.csv": b"whole"}]
    assert {name.rpartition("/")[2] for name in drop.opened} == {"f.csv"}


def test_dropped_connection_resumes_where_it_stopped(desk: Desk, drop: Drop) -> None:
    put(drop, "a.csv", CONTENT)
    drops = iter([True])
    drop.before_read = lambda offset: offset >= 2_000_000 and next(drops, False)
    desk.fetch(sender(drop))
    assert desk.turns() == [{"a.csv": CONTENT}]
    assert len(desk.pauses) == 1
    again = drop.read_offsets[drop.read_offsets.index(max(drop.read_offsets)) :]
    assert drop.read_offsets.count(0) == 1, f"read from the start again: {again}"


def test_a_connection_that_always_drops_ends_as_unavailable_and_is_resumed_by_the_next_fetch(
    desk: Desk, drop: Drop
) -> None:
    put(drop, "a.csv", b"first")
    put(drop, "b.csv", CONTENT)
    drop.before_read = lambda offset: offset >= 1_500_000
    with pytest.raises(SenderUnavailable):
        desk.fetch(sender(drop))
    [partial] = desk.names()
    assert desk.turns() == []
    drop.before_read = lambda _offset: False
    drop.read_offsets.clear()
    drop.opened.clear()
    [turn] = desk.fetch(sender(drop))
    assert f".partial-{turn.turn_id}" == partial
    assert desk.turns() == [{"a.csv": b"first", "b.csv": CONTENT}]
    assert min(drop.read_offsets) > 0
    assert {name.rpartition("/")[2] for name in drop.opened} == {"b.csv"}


def test_a_file_that_grows_while_it_is_read_is_read_again(desk: Desk, drop: Drop) -> None:
    path = put(drop, "a.csv", CONTENT)
    whole = CONTENT + b"the end\n"
    growth = iter([b"the end\n"])

    def grow(_offset: int) -> bool:
        if more := next(growth, b""):
            with path.open("ab") as handle:
                handle.write(more)
        return False

    drop.before_read = grow
    [turn] = desk.fetch(sender(drop))
    assert desk.turns() == [{"a.csv": whole}]
    assert turn.files[0].size_bytes == len(whole)


def test_a_file_that_never_stops_growing_is_left_for_the_next_fetch(desk: Desk, drop: Drop) -> None:
    path = put(drop, "a.csv", b"x" * 100)

    def grow(_offset: int) -> bool:
        with path.open("ab") as handle:
            handle.write(b"y" * 10)
        return False

    drop.before_read = grow
    with pytest.raises(SenderUnavailable, match=r"changed while it was read|declared"):
        desk.fetch(sender(drop))
    assert desk.turns() == []


def test_a_version_that_changed_between_two_fetches_is_not_glued_to_the_old_part(desk: Desk, drop: Drop) -> None:
    put(drop, "a.csv", CONTENT)
    drop.before_read = lambda offset: offset >= 1_500_000
    with pytest.raises(SenderUnavailable):
        desk.fetch(sender(drop))
    drop.before_read = lambda _offset: False
    other = random.Random(4).randbytes(len(CONTENT))
    put(drop, "a.csv", other, OLD + 60)
    desk.fetch(sender(drop))
    assert desk.turns() == [{"a.csv": other}]


def test_size_and_time_decide_what_is_new_and_a_b_a_are_three(desk: Desk, drop: Drop) -> None:
    for content, modified_at in ((b"A", OLD), (b"B", OLD + 60), (b"A", OLD)):
        put(drop, "a.csv", content, modified_at)
        desk.fetch(sender(drop))
        drop.opened.clear()
        assert desk.fetch(sender(drop)) == []
        assert drop.opened == []
    assert desk.turns() == [{"a.csv": b"A"}, {"a.csv": b"B"}, {"a.csv": b"A"}]


def test_a_missing_folder_is_named(desk: Desk, drop: Drop) -> None:
    (drop.folder / "out" / "lots").rmdir()
    with pytest.raises(SenderRefused, match=f"no folder sftp://127.0.0.1:{drop.port}/out/lots") as caught:
        desk.fetch(sender(drop))
    assert "customs" in caught.value.mend


def test_an_empty_folder_is_no_turn(desk: Desk, drop: Drop) -> None:
    assert desk.fetch(sender(drop)) == []
    assert desk.turns() == []


def test_a_wrong_password_is_refused_once_and_shown_nowhere(
    desk: Desk, drop: Drop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    put(drop, "a.csv", b"1")
    with pytest.raises(SenderRefused, match="lets us in no further") as caught:
        desk.fetch(sender(drop, password="wr0ng/one"))
    assert desk.pauses == []
    desk.fetch(sender(drop))
    said = [str(caught.value), repr(caught.value), caplog.text, desk.all_text(), repr(sender(drop).address)]
    secrets = ["wr0ng/one", "wr0ng%2Fone", drop.password, quote(drop.password, safe="")]
    assert not [text for text in said for secret in secrets if secret in text]


def test_another_host_key_is_refused(desk: Desk, drop: Drop) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(SenderRefused, match="another host key"):
        desk.fetch(sender(drop, host_key=" ".join(other.split()[:2])))
    assert drop.opened == []


def test_without_a_host_key_nobody_is_asked_unless_it_is_said(desk: Desk, drop: Drop) -> None:
    put(drop, "a.csv", b"1")
    with pytest.raises(SenderRefused, match="which host key") as caught:
        desk.fetch(sender(drop, host_key=None))
    assert "no_host_key_check=true" in caught.value.mend
    desk.fetch(sender(drop, host_key=None, options="&no_host_key_check=true"))
    assert desk.turns() == [{"a.csv": b"1"}]


def test_a_host_key_without_its_type_or_with_blanks_for_plus_is_understood(desk: Desk, drop: Drop) -> None:
    put(drop, "a.csv", b"1")
    desk.fetch(sender(drop, host_key=drop.host_key.split()[1].replace("+", " ")))
    assert desk.turns() == [{"a.csv": b"1"}]


def test_a_host_key_that_is_none_is_refused(desk: Desk, drop: Drop) -> None:
    with pytest.raises(SenderRefused, match="is no key"):
        desk.fetch(sender(drop, host_key="ssh-ed25519 nonsense"))


def test_nobody_listens_ends_as_unavailable(desk: Desk, drop: Drop) -> None:
    drop.port = 9
    with pytest.raises(SenderUnavailable):
        desk.fetch(sender(drop))
    assert len(desk.pauses) == 3


def test_a_server_that_falls_silent_is_left_and_asked_again(
    desk: Desk, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sftp, "SILENCE_SECONDS", 1)
    put(drop, "a.csv", CONTENT)
    naps = iter([2.5])

    def fall_silent(_offset: int) -> bool:
        time.sleep(next(naps, 0))
        return False

    drop.before_read = fall_silent
    desk.fetch(sender(drop))
    assert desk.turns() == [{"a.csv": CONTENT}]
    assert len(desk.pauses) >= 1


def test_a_name_that_leads_elsewhere_is_refused(desk: Desk, drop: Drop) -> None:
    put(drop, "a\\b.csv", b"1")
    with pytest.raises(SenderRefused, match="no plain relative path") as caught:
        desk.fetch(sender(drop))
    assert "rename" in caught.value.mend
    assert desk.turns() == []
