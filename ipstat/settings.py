"""Where the state lies and which database is used: read once from the environment, then passed as an argument."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ipstat.alert_settings import AlertSettings
from ipstat.errors import UsageError

INSTALLED_FONTS_DIR = Path(sys.prefix) / "share" / "ipstat-fonts"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `dbt_project/`, `ingest/` and the other packages."""

SAMPLE_PSEUDONYM_KEY = b"sample-city-pseudonyms-are-not-secret"
"""The sample city holds no real person, and its names must be the same everywhere."""


@dataclass(frozen=True)
class Settings:
    """All that a step needs to know about its surroundings.

    `home` holds every byte of state; `database_url` is None for the embedded server; `pseudonym_key_text` overrides
    the key kept in the home; `server_options` are extra settings of the embedded server (tests switch fsync off).
    """

    home: Path
    database_url: str | None = None
    pseudonym_key_text: str | None = field(default=None, repr=False)
    server_options: tuple[tuple[str, str], ...] = ()
    alerts: AlertSettings = field(default_factory=AlertSettings)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read IPSTAT_HOME (default ./.ipstat), IPSTAT_DATABASE_URL, IPSTAT_PSEUDONYM_KEY and who gets alerts.

        Raises UsageError where IPSTAT_DATABASE_URL is no PostgreSQL address, a receiver of alerts has no right
        address, or the home is a file.
        """
        env = os.environ if environment is None else environment
        home = Path(env.get("IPSTAT_HOME") or ".ipstat").expanduser().absolute()
        url = env.get("IPSTAT_DATABASE_URL") or None
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            raise UsageError(
                "IPSTAT_DATABASE_URL is not a PostgreSQL address",
                "write postgresql://user:password@host:port/database, or leave it out to use the embedded server",
            )
        if home.exists() and not home.is_dir():
            raise UsageError(f"IPSTAT_HOME {home} is a file", "name a folder that holds the warehouse's state")
        return cls(
            home=home,
            database_url=url,
            pseudonym_key_text=env.get("IPSTAT_PSEUDONYM_KEY") or None,
            alerts=AlertSettings.from_env(env),
        )

    @property
    def archive_dir(self) -> Path:
        """Received bytes, stored once under their hash."""
        return self.home / "archive"

    @property
    def spool_dir(self) -> Path:
        """Whole turns of fetched files that wait to be archived."""
        return self.home / "spool"

    @property
    def postgres_dir(self) -> Path:
        """The embedded server: `data/`, `server.log`, `port`."""
        return self.home / "postgres"

    @property
    def editions_dir(self) -> Path:
        """Frozen publications."""
        return self.home / "editions"

    @property
    def quality_dir(self) -> Path:
        """The quality pages of the gate."""
        return self.home / "quality"

    @property
    def logs_dir(self) -> Path:
        """JSON lines of every run."""
        return self.home / "logs"

    @property
    def sample_city_dir(self) -> Path:
        """The synthetic feeds of `run --sample-city`."""
        return self.home / "sample-city"

    @property
    def dbt_dir(self) -> Path:
        """dbt's profile, target and logs."""
        return self.home / "dbt"

    @property
    def gx_dir(self) -> Path:
        """Great Expectations' working files."""
        return self.home / "gx"

    @property
    def fonts_dir(self) -> Path:
        """The publications' fonts: those that `make setup` made once for the environment, else the home's own."""
        return INSTALLED_FONTS_DIR if INSTALLED_FONTS_DIR.is_dir() else self.home / "fonts"

    def ensure_home(self) -> None:
        """Make the home and its folders; only the owner may look into a new home."""
        if not self.home.exists():
            self.home.mkdir(parents=True, mode=0o700)
        for folder in (
            self.archive_dir,
            self.spool_dir,
            self.editions_dir,
            self.quality_dir,
            self.logs_dir,
            self.dbt_dir,
            self.gx_dir,
            self.fonts_dir,
        ):
            folder.mkdir(exist_ok=True)

    def pseudonym_key(self) -> bytes:
        """The key of the pseudonyms of natural persons: from the environment, or made once and kept in the home."""
        if self.pseudonym_key_text:
            return self.pseudonym_key_text.encode()
        path = self.home / "pseudonym.key"
        if not path.exists():
            write_secret(path, secrets.token_hex(32))
        return path.read_text(encoding="ascii").strip().encode()


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read; it is complete or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(text)
    temporary.replace(path)
