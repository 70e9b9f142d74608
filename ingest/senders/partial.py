"""The folder of a turn that is being fetched: what a killed fetch leaves, and how the next one goes on with it."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from ingest.senders.remote import RemoteFile, is_same
from ingest.spool import FILES_NAME, PARTIAL_PREFIX, checked_path, new_turn_id

_WORK: Final = ".work"
_JOURNAL: Final = "journal.jsonl"


class Partial:
    """`<spool>/<feed>/.partial-<turn id>/`: whole files below `files/`, begun ones and the journal in `.work/`.

    The journal has a line for each file that was begun (the version's marks) and one when it is whole (its hash).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.turn_id = folder.name.removeprefix(PARTIAL_PREFIX)
        (folder / _WORK).mkdir(parents=True, exist_ok=True)
        self._notes = _read_notes(folder / _WORK / _JOURNAL)

    @classmethod
    def open(cls, spool_dir: Path, feed: str) -> Self:
        """The oldest unfinished turn of a feed, or a new one; the caller holds the feed's fetch lock."""
        parent = spool_dir / feed
        parent.mkdir(parents=True, exist_ok=True)
        begun = sorted(path for path in parent.iterdir() if path.name.startswith(PARTIAL_PREFIX))
        return cls(begun[0] if begun else parent / f"{PARTIAL_PREFIX}{new_turn_id()}")

    def begun_part(self, file: RemoteFile) -> Path:
        """Where the bytes of this version gather: what is there may be resumed; of another version nothing is kept."""
        part = self._part(file.path)
        noted = self._notes.get(file.path)
        if noted is None or not file.is_marked or not is_same(_version(noted), file):
            part.unlink(missing_ok=True)
            self._note(file, None)
        return part

    def restart(self, file: RemoteFile) -> Path:
        """Forget the bytes gathered; the file is read from its start."""
        part = self._part(file.path)
        part.unlink(missing_ok=True)
        self._note(file, None)
        return part

    def whole_file(self, file: RemoteFile) -> str | None:
        """The hash of this version where it was fetched completely before, else None."""
        noted = self._notes.get(file.path)
        if noted is None or noted["sha256"] is None or not file.is_marked or not is_same(_version(noted), file):
            return None
        target = self.target(file.path)
        return str(noted["sha256"]) if target.is_file() and _sha256(target) == noted["sha256"] else None

    def keep(self, file: RemoteFile) -> str:
        """The bytes gathered are the whole file: give them its name; returns their hash."""
        part, target = self._part(file.path), self.target(file.path)
        sha256 = _sha256(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        self._note(file, sha256)
        return sha256

    def target(self, path: str) -> Path:
        """Where a whole file lies."""
        return self.folder / FILES_NAME / checked_path(path)

    def drop_all_but(self, paths: set[str]) -> None:
        """Remove files that do not belong to the turn (any more)."""
        top = self.folder / FILES_NAME
        for path in [each for each in top.rglob("*") if each.is_file()]:
            if path.relative_to(top).as_posix() not in paths:
                path.unlink()
        for folder in sorted((each for each in top.rglob("*") if each.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()

    def end_work(self) -> None:
        """Remove the journal and what was begun; before the turn gets its name."""
        shutil.rmtree(self.folder / _WORK, ignore_errors=True)

    def abandon(self) -> None:
        """Remove the folder: there is nothing to keep."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _part(self, path: str) -> Path:
        return self.folder / _WORK / f"{hashlib.sha256(path.encode()).hexdigest()[:32]}.part"

    def _note(self, file: RemoteFile, sha256: str | None) -> None:
        note = {**asdict(file), "sha256": sha256}
        note["modified_at"] = file.modified_at.isoformat() if file.modified_at else None
        self._notes[file.path] = note
        with (self.folder / _WORK / _JOURNAL).open("a", encoding="utf-8") as handle:
            handle.write("\n" + json.dumps(note, ensure_ascii=False))  # first the line end: the last line may be half


def _read_notes(journal: Path) -> dict[str, dict[str, Any]]:
    notes: dict[str, dict[str, Any]] = {}
    if journal.exists():
        for line in journal.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError):  # half a line of a killed run
                note = json.loads(line)
                notes[note["path"]] = note
    return notes


def _version(note: dict[str, Any]) -> RemoteFile:
    modified_at = datetime.fromisoformat(note["modified_at"]) if note["modified_at"] else None
    return RemoteFile(note["path"], note["place"], note["size_bytes"], modified_at, note["etag"])


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
