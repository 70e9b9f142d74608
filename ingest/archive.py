"""The archive: the bytes of every delivered file, stored once under their hash and never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BLOCK: Final = 1024 * 1024
SYNC_ALL_FROM: Final = 100


@dataclass(frozen=True)
class Stored:
    """A file in the archive: `path` is relative to the archive's folder; `is_new` where the bytes were not known."""

    sha256: str
    size_bytes: int
    path: str
    is_new: bool


class ArchiveError(Exception):
    """An archived file that is not what its name says; it must be restored from a backup."""


def store(archive_dir: Path, feed: str, source: Path) -> Stored:
    """Copy a file to `<feed>/<sha256><suffix>`, unless its bytes are there already.

    The copy is written beside its place and renamed, so that an interrupted copy is never taken for the file. Call
    `make_durable` before the receipt is committed.
    """
    folder = archive_dir / feed
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    handle, partial = tempfile.mkstemp(prefix=".partial-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as target, source.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                target.write(block)
                size += len(block)
        sha256 = digest.hexdigest()
        place = folder / f"{sha256}{_suffix(source)}"
        is_new = not place.exists()
        if is_new:
            Path(partial).chmod(0o444)
            Path(partial).replace(place)
    finally:
        Path(partial).unlink(missing_ok=True)
    if not is_new and place.stat().st_size != size:
        raise ArchiveError(f"{place.name} in the archive of {feed} has another size than its bytes; restore it")
    return Stored(sha256, size, f"{feed}/{place.name}", is_new)


def make_durable(archive_dir: Path, stored: list[Stored]) -> None:
    """Force new files and their names to disk: a receipt must not outlive its bytes."""
    new = [each.path for each in stored if each.is_new]
    if len(new) > SYNC_ALL_FROM:
        os.sync()  # for many small files one call for the whole disk is faster than one for each
        return
    for path in {*new, *(str(Path(path).parent) for path in new)}:
        handle = os.open(archive_dir / path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def scratch_folder(archive_dir: Path, feed: str) -> Iterator[Path]:
    """A folder for unpacked files, gone afterwards; what a killed load of the feed left goes first.

    The caller holds the feed's session, so nobody else works in the feed's folders.
    """
    archive_dir.mkdir(parents=True, exist_ok=True)
    for left in archive_dir.glob(f".scratch-{feed}-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in (archive_dir / feed).glob(".partial-*"):
        left.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=archive_dir, prefix=f".scratch-{feed}-") as folder:
        yield Path(folder)


def verify(archive_dir: Path, path: str, sha256: str) -> Path:
    """The archived file, after its bytes were hashed again; raises ArchiveError where it is missing or damaged."""
    place = archive_dir / path
    if not place.is_file():
        raise ArchiveError(f"{path} is missing from the archive; restore it from a backup")
    with place.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise ArchiveError(f"{path} in the archive is damaged (its hash is {found[:12]}...); restore it from a backup")
    return place


def _suffix(source: Path) -> str:
    """The file's suffix in lower case, if it is a plain one."""
    suffix = source.suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 8 else ""
