"""A folder of backups: the files of all backups stored once under their hash, and one folder for each backup.

    objects/ab/<sha256>     bytes of archived files and editions, written once, shared by all backups
    <backup id>/            manifest.json, manifest.sha256, the dumps, secrets/

A backup is written into `.partial-<id>` and renamed at the end: a killed one leaves nothing that looks whole. Nothing
is linked to the home, so damage there does not reach the backups.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ipstat.dump import Access
from ipstat.errors import BusyError, RefusedError, UsageError

FORMAT = 1
ID = re.compile(r"^[0-9]{8}T[0-9]{6}\.[0-9]{6}Z$")
SECRETS = "secrets"
_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file of the home: `path` relative to it, its sha256 and size in bytes."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class DatabaseDump:
    """One dumped database: `name` is warehouse or airflow, `file` lies in the backup's folder."""

    name: str
    file: str
    sha256: str
    size_bytes: int
    access: Access


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `created_at` is the moment of the warehouse's snapshot, UTC in ISO form."""

    backup_id: str
    created_at: str
    version: str
    server_version: int
    migration: str
    delivery_count: int
    databases: tuple[DatabaseDump, ...]
    files: tuple[StoredFile, ...]
    secrets: tuple[StoredFile, ...]
    format: int = FORMAT

    def as_bytes(self) -> bytes:
        """The text of manifest.json."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Manifest:
        """The inverse of `as_bytes`; raises KeyError or TypeError for anything else."""
        given = dict(found)
        given["databases"] = tuple(
            DatabaseDump(**(each | {"access": Access.from_json(each["access"])})) for each in found["databases"]
        )
        for name in ("files", "secrets"):
            given[name] = tuple(StoredFile(**each) for each in found[name])
        return cls(**given)


@dataclass(frozen=True)
class Store:
    """The folder of backups; only its owner may look into it."""

    root: Path

    def make(self) -> None:
        """Make the folder. Raises UsageError where it is a file or holds something else."""
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"{self.root} is a file", "name a folder for the backups")
        if self.root.is_dir() and not (self.root / "objects").exists() and any(self.root.iterdir()):
            raise UsageError(f"{self.root} holds other files", "name an empty or new folder for the backups")
        (self.root / "objects").mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)

    @contextmanager
    def lock(self, is_shared: bool = False) -> Iterator[None]:
        """One writer, or several readers; raises BusyError while another backup, pruning or restore is at work."""
        if not (self.root / "objects").is_dir():
            raise UsageError(f"{self.root} is no folder of backups", "make one with `ipstat backup create`")
        path = self.root / "backup.lock"
        with path.open("r" if is_shared and path.exists() else "a") as handle:  # a reader's disk may be read-only
            try:
                fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BusyError(f"another backup or restore uses {self.root}", "wait for it to end") from error
            yield

    def ids(self) -> list[str]:
        """The whole backups, oldest first."""
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if ID.match(path.name) and path.is_dir())

    def choose(self, backup_id: str | None) -> str:
        """The named backup, or the newest; raises UsageError where there is none."""
        known = self.ids()
        if not known:
            raise UsageError(f"there is no backup in {self.root}", "make one with `ipstat backup create`")
        if backup_id is not None and backup_id not in known:
            raise UsageError(f"there is no backup {backup_id!r}", f"there are: {', '.join(known)}")
        return backup_id or known[-1]

    def folder(self, backup_id: str) -> Path:
        """Where a backup's own files lie."""
        return self.root / backup_id

    def read(self, backup_id: str) -> Manifest:
        """The manifest of a backup; raises RefusedError where it is damaged."""
        folder = self.folder(backup_id)
        try:
            content = (folder / "manifest.json").read_bytes()
            wanted = (folder / "manifest.sha256").read_text(encoding="ascii").strip()
            if hashlib.sha256(content).hexdigest() == wanted:
                return Manifest.from_json(json.loads(content))
            error: Exception = ValueError("its hash differs")
        except (OSError, ValueError, KeyError, TypeError) as problem:
            error = problem
        raise RefusedError(f"the manifest of backup {backup_id} is damaged: {error}", "use another one") from error

    def object(self, sha256: str) -> Path:
        """Where bytes of this hash lie."""
        return self.root / "objects" / sha256[:2] / sha256

    def add(self, source: Path, sha256: str | None = None) -> tuple[str, int]:
        """Store the bytes of a file once; (sha256, size). Where `sha256` is known already, nothing is read or copied.

        Raises RefusedError where the file is not what `sha256` says.
        """
        size = source.stat().st_size
        if sha256 is not None and _size(self.object(sha256)) == size:
            return sha256, size
        handle, partial = tempfile.mkstemp(prefix=".partial-", dir=self.root / "objects")
        try:
            with os.fdopen(handle, "wb") as target, source.open("rb") as stream:
                found = copy(stream, target)
            if sha256 is not None and found != sha256:
                raise RefusedError(
                    f"{source} is damaged: its bytes are not those that were received",
                    "bring the file back from an older backup (`ipstat backup restore`), then back up again",
                )
            place = self.object(found)
            if _size(place) != size:
                place.parent.mkdir(exist_ok=True)
                Path(partial).chmod(0o400)
                Path(partial).replace(place)
        finally:
            Path(partial).unlink(missing_ok=True)
        return found, size

    def problems(self, files: Sequence[StoredFile], tell: Callable[[str], None]) -> list[str]:
        """The files whose bytes are missing from the store or are not what their hash says; each hash is read once."""
        state: dict[str, str | None] = {}
        for count, file in enumerate(files):
            if count % 100 == 0:
                tell(f"reads file {count} of {len(files)}")
            if file.sha256 not in state:
                state[file.sha256] = _fault(self.object(file.sha256), file)
        return [f"{file.path} {state[file.sha256]}" for file in files if state[file.sha256] is not None]

    def clear_leftovers(self) -> None:
        """Remove what killed runs left. Call under the lock."""
        for pattern in (".partial-*", ".removing-*"):
            for left in self.root.glob(pattern):
                shutil.rmtree(left, ignore_errors=True)
        for left in (self.root / "objects").glob(".partial-*"):
            left.unlink(missing_ok=True)

    def prune(self, keep: int) -> list[str]:
        """Remove all but the newest `keep` backups, then the bytes that none of the others needs. Call under the lock.

        No bytes are removed while the manifest of a remaining backup can't be read.
        """
        gone = self.ids()[:-keep] if keep > 0 else []
        for name in gone:
            hidden = self.root / f".removing-{name}"
            self.folder(name).rename(hidden)
            shutil.rmtree(hidden)
        if gone:
            needed = {file.sha256 for name in self.ids() for file in self.read(name).files}
            for path in (self.root / "objects").glob("??/*"):
                if path.name not in needed:
                    path.unlink()
        return gone


def check_file(path: Path, file: StoredFile | DatabaseDump) -> str | None:
    """What is wrong with a file of a backup's own folder, or None."""
    return _fault(path, file)


def copy(stream: BinaryIO, target: BinaryIO) -> str:
    """Copy the bytes, force them to disk, and return their sha256."""
    digest = hashlib.sha256()
    while block := stream.read(_BLOCK):
        digest.update(block)
        target.write(block)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest()


def flush_folder(path: Path) -> None:
    """Force the names in a folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _fault(path: Path, file: StoredFile | DatabaseDump) -> str | None:
    if not path.is_file():
        return "is missing"
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if found == file.sha256 else "is damaged"
