"""What a sender offers, and the small protocol that each kind of sender implements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.senders.patience import Patience
from ingest.senders.shape import SenderShape, glob_regex
from ingest.spool import Version, WithdrawnFile

#: Endings of files that are still being written; so are hidden ones.
UNFINISHED: Final = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".uploading", ".swp")
#: A clock of whole seconds can't tell two versions within one second apart; a little more for clocks that differ.
COARSE_CLOCK: Final = timedelta(seconds=2)


@dataclass(frozen=True)
class RemoteFile:
    """One version of a file at its sender. `path` is its place in the turn, `place` where the sender finds it.

    `size_bytes`, `modified_at` and `etag` are the marks of the version, None where the sender gives none. `key`: see
    `ingest.spool.SpooledFile`.
    """

    path: str
    place: str
    size_bytes: int | None = None
    modified_at: datetime | None = None
    etag: str | None = None
    key: str | None = None

    @property
    def memory_key(self) -> str:
        """Under which the version is remembered."""
        return self.key or self.path

    @property
    def is_marked(self) -> bool:
        """Whether another version would show: only then can a broken download be resumed."""
        return self.etag is not None or (self.modified_at is not None and self.size_bytes is not None)


@dataclass(frozen=True)
class Offer:
    """Files that make one turn, and what is withdrawn: with them, or before them (`replaced`: they start anew)."""

    name: str
    files: tuple[RemoteFile, ...]
    withdrawn: tuple[WithdrawnFile, ...] = ()
    replaced: tuple[WithdrawnFile, ...] = ()


@dataclass(frozen=True)
class Body:
    """The bytes of a remote file from `offset` on, which is 0 where the sender can't begin in the middle.

    `size_bytes`: of the whole file, where the sender declares it with the bytes.
    """

    offset: int
    blocks: Iterator[bytes]
    size_bytes: int | None = None


class Sender(ABC):
    """A sender. All methods raise SenderUnavailable (try again) or SenderRefused (mend something first)."""

    #: The address without credentials.
    shown: str

    @abstractmethod
    def list(self, known: Mapping[str, Version], patience: Patience) -> Sequence[Offer]:
        """What lies there now, as turns in order. `known`: what we hold, by key (a conditional request uses it).

        Each request is made as often as `patience` says: a long list does not begin anew for one failure.
        """

    @abstractmethod
    def look(self, file: RemoteFile) -> RemoteFile:
        """The same file as it is now; raises SenderRefused where it is gone."""

    @abstractmethod
    def open(self, file: RemoteFile, offset: int) -> AbstractContextManager[Body]:
        """The file's bytes from `offset` on."""

    def check(self, file: RemoteFile, path: Path) -> None:  # noqa: B027 - most senders need none
        """Raise SenderUnavailable where the downloaded bytes are broken in a way that the size does not tell."""

    def check_offer(self, offer: Offer, paths: Mapping[str, Path]) -> None:  # noqa: B027 - most senders need none
        """Raise SenderRefused where the files of an offer (by their path) do not fit together."""

    def close(self) -> None:  # noqa: B027 - most senders need none
        """Let go of connections."""


def is_same(version: Version | RemoteFile, file: RemoteFile) -> bool:
    """Whether the marks say that both are one version: the ETag if both have one, else size and time."""
    if version.etag is not None and file.etag is not None:
        sizes = {version.size_bytes, file.size_bytes} - {None}
        return version.etag == file.etag and len(sizes) < 2
    if version.modified_at is None or version.size_bytes is None:
        return False
    return (version.size_bytes, version.modified_at) == (file.size_bytes, file.modified_at)


def is_held(version: Version | None, file: RemoteFile) -> bool:
    """Whether we surely hold this version already, so that it need not be fetched."""
    if version is None or not is_same(version, file):
        return False
    if version.etag is not None and file.etag is not None:
        return True
    # Changed within the second of our fetch: the time would be the same, so the bytes have to be compared.
    is_coarse = file.modified_at is not None and file.modified_at.microsecond == 0
    return not (is_coarse and file.modified_at and file.modified_at > version.fetched_at - COARSE_CLOCK)


def is_wanted(path: str, shape: SenderShape) -> bool:
    """Whether the contract asks for a file: its path fits a pattern, and nobody is still writing it."""
    parts = PurePosixPath(path).parts
    if any(part[0] in ".~" for part in parts) or path.lower().endswith(UNFINISHED):
        return False
    return any(glob_regex(pattern).fullmatch(path) for pattern in shape.pattern)
