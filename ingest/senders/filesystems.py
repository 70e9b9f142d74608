"""Senders that show files, read through fsspec; here what they share, and the folder."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.senders.address import SenderAddress
from ingest.senders.errors import ChangedMeanwhile, SenderError, SenderRefused, SenderUnavailable
from ingest.senders.listed import PLAN_NAME, Event, ListedTurn, read_events, turns_of
from ingest.senders.patience import Patience
from ingest.senders.remote import Body, Offer, RemoteFile, Sender, is_wanted
from ingest.senders.shape import SenderShape
from ingest.spool import Version, WithdrawnFile

BLOCK: Final = 1024 * 1024
CONNECT_SECONDS: Final = 15
SILENCE_SECONDS: Final = 60


class FilesystemSender(Sender):
    """What the three have in common: listing, stat and reading from an offset, and one translation of errors."""

    block = BLOCK

    def __init__(self, address: SenderAddress, shape: SenderShape) -> None:
        self.address = address
        self.shape = shape
        self.root = "/".join(part for part in (self._base(), shape.path) if part)
        self.shown = "/".join(part for part in (address.shown, shape.path) if part)
        self._filesystem: Any = None

    def _base(self) -> str:
        return self.address.path

    @abstractmethod
    def _connect(self) -> Any:
        """The fsspec filesystem."""

    @abstractmethod
    def _marked(self, path: str, place: str, info: Mapping[str, Any]) -> RemoteFile:
        """A file with its marks from what the filesystem tells of it."""

    def list(self, known: Mapping[str, Version], patience: Patience) -> Sequence[Offer]:
        """One offer: all files that fit the contract's pattern and that nobody is still writing."""
        files = [
            self._marked(path, place, info)
            for place, info in sorted(patience.run(self._find).items())
            if is_wanted(path := place.removeprefix(f"{self.root}/"), self.shape)
        ]
        return [Offer(self.shown, tuple(files))] if files else []

    def _find(self) -> dict[str, dict[str, Any]]:
        with self._translated("list"):
            filesystem = self._fresh()
            if not filesystem.isdir(self.root):
                raise SenderRefused(
                    f"there is no folder {self.shown}",
                    f"make it, or mend the path of connection {self.shape.connection} or of the contract",
                )
            return dict(filesystem.find(self.root, detail=True))

    def look(self, file: RemoteFile) -> RemoteFile:
        """The file's size, time and etag now."""
        with self._translated(file.path):
            found = self._marked(file.path, file.place, self._fresh().info(file.place))
        return RemoteFile(**{**found.__dict__, "key": file.key})

    @contextmanager
    def open(self, file: RemoteFile, offset: int) -> Iterator[Body]:
        """The bytes from `offset` on, in blocks."""
        with self._translated(file.path):
            stream = self._open(file)
            stream.seek(offset)
        try:
            yield Body(offset, self._blocks(file, stream, offset))
        finally:
            with suppress(Exception):  # the connection may be gone; what came is checked by its size
                stream.close()

    def _blocks(self, file: RemoteFile, stream: Any, offset: int) -> Iterator[bytes]:
        """Up to the declared size: a file that grows while it is read may have no end."""
        left = (file.size_bytes or 0) - offset
        while left > 0:
            with self._translated(file.path):  # only the reading: a full disk of ours is no fault of the sender
                block = self._read(stream, min(self.block, left))
            if not block:
                return
            left -= len(block)
            yield block

    def _read(self, stream: Any, size: int) -> bytes:
        return bytes(stream.read(size))

    def _open(self, file: RemoteFile) -> Any:
        return self._fresh().open(file.place, "rb")

    def _fresh(self) -> Any:
        """The filesystem, connected, without what it remembers of listings."""
        if self._filesystem is None:
            self._filesystem = self._connect()
        self._filesystem.invalidate_cache()
        return self._filesystem

    def close(self) -> None:
        """End the connection; the next call makes a new one."""
        filesystem, self._filesystem = self._filesystem, None
        if filesystem is not None:
            self._disconnect(filesystem)

    def _disconnect(self, filesystem: Any) -> None:
        return None

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        """Foreign errors as ours; after one the connection is made anew. Their text may hold a credential: scrubbed."""
        try:
            yield
        except SenderError:
            raise
        except FileNotFoundError:
            raise ChangedMeanwhile(f"{what} of {self.shown} is gone") from None
        except PermissionError as error:
            raise self._no_entry(error) from None
        except Exception as error:
            self.close()
            known = self._known_error(error)
            if known is None and not isinstance(error, OSError | TimeoutError | EOFError):
                raise
            raise known or SenderUnavailable(f"{self.shown} broke off: {self._said(error)}") from None

    def _no_entry(self, error: Exception) -> SenderError:
        return SenderRefused(
            f"{self.shown} lets us in no further: {self._said(error)}",
            f"check user, password or key of connection {self.shape.connection}, and the rights on the folder",
        )

    def _known_error(self, error: Exception) -> SenderError | None:
        return None

    def _said(self, error: Exception) -> str:
        text = self.address.scrub(str(error)).strip()
        return f"{type(error).__name__}: {text}" if text else type(error).__name__


class FolderSender(FilesystemSender):
    """A folder of this machine (or of a mounted drive); with `deliveries.csv` in it, its events, several turns."""

    def __init__(self, address: SenderAddress, shape: SenderShape, feed: str) -> None:
        super().__init__(address, shape)
        self.feed = feed

    def _connect(self) -> Any:
        from fsspec.implementations.local import (  # type: ignore[import-untyped] # noqa: PLC0415 - for this sender only
            LocalFileSystem,
        )

        return LocalFileSystem(skip_instance_cache=True)

    def _marked(self, path: str, place: str, info: Mapping[str, Any]) -> RemoteFile:
        modified_at = datetime.fromtimestamp(Path(place).stat().st_mtime, UTC)
        return RemoteFile(path, place, int(info["size"]), modified_at)

    def list(self, known: Mapping[str, Version], patience: Patience) -> Sequence[Offer]:
        """All files that fit, as one turn; or the events of the list that were not taken yet, turn by turn."""
        folder = Path(self.address.path)
        if not (folder / PLAN_NAME).is_file():
            return super().list(known, patience)
        with self._translated(PLAN_NAME):
            events = [event for event in read_events(folder, self.feed) if self._is_open(event, known)]
            return [self._offer(turn, folder) for turn in turns_of(self.feed, events)]

    def _is_open(self, event: Event, known: Mapping[str, Version]) -> bool:
        return event.key not in known and is_wanted(self._relative(event.path), self.shape)

    def _offer(self, turn: ListedTurn, folder: Path) -> Offer:
        files = []
        for event in turn.delivered:
            place = folder / event.path
            found = self._marked(self._relative(event.path), str(place), {"size": place.stat().st_size})
            files.append(RemoteFile(**{**found.__dict__, "key": event.key}))
        withdrawn = [
            WithdrawnFile(path=self._relative(event.path), sha256=_sha256(folder / event.path), key=event.key)
            for event in turn.withdrawn
        ]
        return Offer(self.shown, tuple(files), tuple(withdrawn))

    def _relative(self, path: str) -> str:
        return path.removeprefix(f"{self.shape.path}/")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
