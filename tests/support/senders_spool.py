"""What tests of senders share: fetch into a spool without a database, and look at what lies there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ingest.senders.collect import Errand, collect
from ingest.senders.patience import Patience
from ingest.senders.remote import Sender
from ingest.spool import Turn, Version, file_path, remember, whole_turns

FEED = "office_feed"
CONNECTION = "office"


@dataclass
class Desk:
    """A spool, the pauses that were made, and the fetching itself; `on_pause` runs in each pause."""

    spool: Path
    attempts: int = 4
    pauses: list[float] = field(default_factory=list)
    on_pause: Callable[[], None] = lambda: None

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.on_pause()

    def known(self) -> dict[str, Version]:
        known: dict[str, Version] = {}
        for turn in whole_turns(self.spool, FEED):
            remember(known, turn)
        return known

    def fetch(self, sender: Sender) -> list[Turn]:
        patience = Patience(attempts=self.attempts, sleep=self._sleep)
        try:
            return collect(sender, Errand(FEED, CONNECTION, self.spool, patience), self.known())
        finally:
            sender.close()

    def turns(self) -> list[dict[str, bytes]]:
        """The bytes of each whole turn by path, after size and hash were compared with `turn.json`."""
        return [self.bytes_of(turn) for turn in whole_turns(self.spool, FEED)]

    def bytes_of(self, turn: Turn) -> dict[str, bytes]:
        found = {}
        for file in turn.files:
            content = file_path(self.spool, turn, file).read_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (file.size_bytes, file.sha256)
            found[file.path] = content
        folder = self.spool / FEED / turn.turn_id
        inside = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        assert inside == {"turn.json", *(f"files/{path}" for path in found)}
        return found

    def names(self) -> list[str]:
        """All names in the feed's spool, unfinished ones too."""
        folder = self.spool / FEED
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def all_text(self) -> str:
        """Everything that the spool holds as text, to look for what must not be there."""
        return "\n".join(p.read_bytes().decode("utf-8", "replace") for p in self.spool.rglob("*") if p.is_file())
