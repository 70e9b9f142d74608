"""The spool: what was fetched from senders and is not archived yet, as whole turns.

A turn is a folder `<spool>/<feed>/<turn id>/` with `turn.json` and, below `files/`, the fetched files under the paths
that they have at their sender. It is made as `.partial-<turn id>` and renamed when it is complete, so a turn is whole
or absent. Turn ids sort by time: the turns of a feed are archived in the order of their names.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

import psycopg
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

TURN_NAME: Final = "turn.json"
FILES_NAME: Final = "files"
PARTIAL_PREFIX: Final = ".partial-"
_GONE_PREFIX: Final = ".gone-"
SYNC_ALL_FROM: Final = 100
Connection = psycopg.Connection[Any]


class SpoolError(Exception):
    """A turn in the spool that can't be read; names the folder and the mend."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def checked_path(path: str) -> str:
    """The path, if it is a plain relative one; raises ValueError for one that leads out of the turn's folder."""
    parts = path.split("/")
    if not path or "\\" in path or "\0" in path or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{path!r} is no plain relative path")
    return path


class SpooledFile(_Model):
    """One fetched file. `path`: relative, with `/`; `source`: where it came from, without credentials.

    `modified_at` and `etag` are the sender's marks of this version, null where it gives none. `key`: under which the
    version is remembered, if not under `path` (an event of a list of deliveries).
    """

    path: str
    source: str
    size_bytes: int
    modified_at: datetime | None = None
    etag: str | None = None
    sha256: str
    key: str | None = None

    _plain = field_validator("path")(checked_path)


class WithdrawnFile(_Model):
    """A file that its sender takes back: the batch with these bytes ends. With a `key` the event is remembered under
    it; without one the version remembered under `path` is forgotten."""

    path: str
    sha256: str
    key: str | None = None

    _plain = field_validator("path")(checked_path)


class Turn(_Model):
    """Files that arrived together, then those that were withdrawn. `known_on`: the day given by an operator."""

    turn_id: str
    feed: str
    connection: str
    fetched_at: datetime
    known_on: date | None = None
    files: tuple[SpooledFile, ...] = ()
    withdrawn: tuple[WithdrawnFile, ...] = ()


@dataclass(frozen=True)
class Version:
    """The newest version fetched of a remote file: the sender's marks, hash of the bytes, time of fetching."""

    size_bytes: int | None
    modified_at: datetime | None
    etag: str | None
    sha256: str
    fetched_at: datetime


def new_turn_id(now: datetime | None = None) -> str:
    """`20260131T235959.123456-0a1b2c`: sorts by time."""
    return f"{now or datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}"


def turn_folder(spool_dir: Path, turn: Turn) -> Path:
    """Where a whole turn lies."""
    return spool_dir / turn.feed / turn.turn_id


def file_path(spool_dir: Path, turn: Turn, file: SpooledFile) -> Path:
    """Where a file of a whole turn lies."""
    return turn_folder(spool_dir, turn) / FILES_NAME / PurePosixPath(file.path)


def whole_turns(spool_dir: Path, feed: str) -> list[Turn]:
    """The turns of a feed in the order in which they are to be archived; raises SpoolError for a damaged one."""
    folder = spool_dir / feed
    names = sorted(each.name for each in folder.iterdir() if each.name[0] != ".") if folder.is_dir() else []
    return [_read_turn(folder / name) for name in names]


def _read_turn(folder: Path) -> Turn:
    try:
        turn = Turn.model_validate_json((folder / TURN_NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise SpoolError(f"{folder} is no whole turn: {error}; remove the folder and fetch again") from error
    if turn.turn_id != folder.name or turn.feed != folder.parent.name:
        raise SpoolError(f"{folder} holds the turn {turn.feed}/{turn.turn_id}; move it back to its name")
    return turn


def finish_turn(spool_dir: Path, turn: Turn, partial: Path) -> Path:
    """Write `turn.json` into the folder that holds the turn's files and rename it: from here on the turn is there."""
    (partial / FILES_NAME).mkdir(exist_ok=True)
    text = turn.model_dump_json(indent=1)
    (partial / TURN_NAME).write_text(text, encoding="utf-8")
    _make_durable(partial, [partial / FILES_NAME / file.path for file in turn.files])
    whole = turn_folder(spool_dir, turn)
    partial.rename(whole)
    _sync(whole.parent)
    return whole


def write_turn(
    spool_dir: Path,
    feed: str,
    connection: str,
    files: Mapping[str, Path],
    withdrawn: Iterable[WithdrawnFile] = (),
    known_on: date | None = None,
) -> Turn:
    """Copy local files (by their path in the turn) into the spool as one turn."""
    now = datetime.now(UTC)
    turn_id = new_turn_id(now)
    partial = spool_dir / feed / f"{PARTIAL_PREFIX}{turn_id}"
    spooled = []
    for path, source in files.items():
        target = partial / FILES_NAME / checked_path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        with target.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        modified_at = datetime.fromtimestamp(source.stat().st_mtime, UTC)
        size = target.stat().st_size
        spooled.append(
            SpooledFile(path=path, source=str(source), size_bytes=size, modified_at=modified_at, sha256=sha256)
        )
    partial.mkdir(parents=True, exist_ok=True)
    turn = Turn(
        turn_id=turn_id,
        feed=feed,
        connection=connection,
        fetched_at=now,
        known_on=known_on,
        files=tuple(spooled),
        withdrawn=tuple(withdrawn),
    )
    finish_turn(spool_dir, turn, partial)
    return turn


def discard(spool_dir: Path, turn: Turn) -> None:
    """Remove an archived turn; it leaves the list of whole turns at once."""
    folder = turn_folder(spool_dir, turn)
    gone = folder.with_name(f"{_GONE_PREFIX}{turn.turn_id}")
    with suppress(FileNotFoundError):
        folder.rename(gone)
    for each in folder.parent.glob(f"{_GONE_PREFIX}*"):  # also what a killed run left behind
        shutil.rmtree(each, ignore_errors=True)


def record_fetched(connection: Connection, turn: Turn) -> None:
    """Remember the turn's files as the newest versions archived; call it in the transaction that archives the turn."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "delete from ops.fetched_files where feed = %s and connection_name = %s and remote_path = %s",
            [(turn.feed, turn.connection, each.path) for each in turn.withdrawn if each.key is None],
        )
        events = [(each.key, None, None, None, each.sha256) for each in turn.withdrawn if each.key is not None]
        files = [(f.key or f.path, f.size_bytes, f.modified_at, f.etag, f.sha256) for f in turn.files]
        cursor.executemany(
            "insert into ops.fetched_files"
            " (feed, connection_name, fetched_at, remote_path, size_bytes, modified_at, etag, sha256)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (feed, connection_name, remote_path) do update set"
            " size_bytes = excluded.size_bytes, modified_at = excluded.modified_at, etag = excluded.etag,"
            " sha256 = excluded.sha256, fetched_at = excluded.fetched_at",
            [(turn.feed, turn.connection, turn.fetched_at, *row) for row in [*files, *events]],
        )


def known_versions(connection: Connection, spool_dir: Path, feed: str, connection_name: str) -> dict[str, Version]:
    """The newest version of each remote file (by its key) that was archived or waits in the spool."""
    # The spool is read first: a turn that is archived meanwhile is then found twice, never not at all.
    waiting = [turn for turn in whole_turns(spool_dir, feed) if turn.connection == connection_name]
    rows = connection.execute(
        "select remote_path, size_bytes, modified_at, etag, sha256, fetched_at from ops.fetched_files"
        " where feed = %s and connection_name = %s",
        [feed, connection_name],
    ).fetchall()
    known = {str(path): Version(*marks) for path, *marks in rows}
    for turn in waiting:
        remember(known, turn)
    return known


def remember(known: dict[str, Version], turn: Turn) -> None:
    """Bring the versions that we hold up to date by one more turn: the same rule as `record_fetched`."""
    for gone in turn.withdrawn:
        if gone.key is None:
            known.pop(gone.path, None)
        else:
            known[gone.key] = Version(None, None, None, gone.sha256, turn.fetched_at)
    for file in turn.files:
        version = Version(file.size_bytes, file.modified_at, file.etag, file.sha256, turn.fetched_at)
        known[file.key or file.path] = version


def _make_durable(folder: Path, files: list[Path]) -> None:
    """Force the turn to disk before it gets its name: a whole turn must not hold half a file after a power cut."""
    if len(files) > SYNC_ALL_FROM:
        os.sync()  # for many small files one call for the whole disk is faster than one for each
        return
    for path in [*files, *{path.parent for path in files}, folder / TURN_NAME, folder]:
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
