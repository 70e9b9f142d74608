"""A home on a database of its own, and a folder in which its senders put files."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from ingest.load import table_hash
from ipstat import intake, steps
from ipstat.settings import Settings


@dataclass(frozen=True)
class FeedHome:
    """`senders` holds one folder for each feed."""

    settings: Settings
    senders: Path

    @classmethod
    def make(cls, folder: Path, address: str) -> FeedHome:
        """A home in this folder on this database."""
        settings = Settings(home=folder / "home", database_url=address, pseudonym_key_text="key-of-the-tests")
        settings.ensure_home()
        return cls(settings, folder / "senders")

    def send(self, feed: str, path: str, data: bytes) -> None:
        """The sender puts a file into its folder."""
        target = self.senders / feed / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def fetch(self, feed: str) -> int:
        """`steps.fetch` from the folder."""
        return steps.fetch(self.settings, feed, intake.folder_address(self.senders))

    def take(self, feed: str) -> steps.Loaded:
        """Fetch, archive and load."""
        self.fetch(feed)
        steps.archive(self.settings, feed)
        return steps.load(self.settings, feed)

    def lose_senders(self) -> None:
        """Nothing can be fetched any more."""
        shutil.rmtree(self.senders)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection that commits each statement."""
        assert self.settings.database_url is not None
        return psycopg.connect(self.settings.database_url, autocommit=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with self.connect() as connection:
            return connection.execute(query.encode()).fetchall()

    def hash(self, feed: str) -> str:
        """The table hash of the active rows."""
        with self.connect() as connection:
            return table_hash(connection, feed)
