"""Where Airflow's state lies in a home, and the secrets that are made once for it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from ipstat.errors import IpstatError
from ipstat.settings import Settings, write_secret

USER = "admin"
MARK_VARIABLE = "IPSTAT_AIRFLOW_MARK"
"""Every process below the supervisor carries this variable; its value names the home and nothing else has it."""

COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")


class AirflowError(IpstatError):
    """Airflow can't be started, stopped or asked."""


@dataclass(frozen=True)
class Layout:
    """Paths below `home/airflow`."""

    root: Path

    @classmethod
    def of(cls, settings: Settings) -> Layout:
        """The layout of a home; nothing is made yet."""
        return cls(settings.home / "airflow")

    @property
    def state(self) -> Path:
        """What the supervisor says about itself and its children."""
        return self.root / "state.json"

    @property
    def start_lock(self) -> Path:
        """Held while something is started or stopped."""
        return self.root / "start.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.root / "supervisor.lock"

    @property
    def sample_city_wish(self) -> Path:
        """Exists where the feeds of this home come from a sample city, also while that is still being written."""
        return self.root / "sample-city.wish"

    @property
    def port(self) -> Path:
        """The port of the user interface, kept from one start to the next."""
        return self.root / "port"

    @property
    def logs(self) -> Path:
        """A log for each component; the logs of the tasks lie in `tasks/` below it."""
        return self.root / "logs"

    @property
    def passwords(self) -> Path:
        """Airflow's own file of users and passwords (mode 0600)."""
        return self.root / "passwords.json"

    @property
    def secrets(self) -> Path:
        """Keys that Airflow signs and encrypts with (mode 0600)."""
        return self.root / "secrets.json"

    @property
    def migrated(self) -> Path:
        """The version of Airflow that the metadata database was migrated to, and which database that was."""
        return self.root / "migrated.json"

    def log(self, component: str) -> Path:
        """The log of a component or of the supervisor."""
        return self.logs / f"{component}.log"

    def make(self) -> None:
        """Make the folders; only their owner may look into them."""
        for folder in (self.root, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@dataclass(frozen=True)
class Secrets:
    """Keys of one home. `fernet_key` encrypts connections in the metadata database: a backup needs it."""

    fernet_key: str
    jwt_secret: str
    api_secret: str
    mark_key: str

    def __repr__(self) -> str:
        return "Secrets(...)"


def load_secrets(layout: Layout) -> Secrets:
    """Read the keys, or make them at the first call; raises AirflowError where the file is damaged."""
    if not layout.secrets.exists():
        made = {
            "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "jwt_secret": secrets.token_urlsafe(48),
            "api_secret": secrets.token_urlsafe(32),
            "mark_key": secrets.token_hex(16),
        }
        write_secret(layout.secrets, json.dumps(made))
    try:
        return Secrets(**json.loads(layout.secrets.read_text(encoding="ascii")))
    except (ValueError, TypeError) as error:
        raise AirflowError(
            f"{layout.secrets} is damaged",
            "bring it back from a backup; without it Airflow can't read the connections stored in its database",
        ) from error


def mark(layout: Layout) -> str:
    """The value of MARK_VARIABLE: a copied home (a restored backup) is another home and has another mark."""
    text = f"{load_secrets(layout).mark_key} {layout.root.resolve()}"
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def password(layout: Layout) -> str:
    """The password of the one user; raises AirflowError where there is none yet."""
    try:
        return str(json.loads(layout.passwords.read_text(encoding="ascii"))[USER])
    except (OSError, ValueError, KeyError) as error:
        raise AirflowError(f"no password of Airflow in {layout.passwords}", "run `ipstat airflow start`") from error


def ensure_password(layout: Layout) -> str | None:
    """Make the password of the one user; returned only when it was made now, so that it is shown once."""
    if layout.passwords.exists():
        return None
    made = secrets.token_urlsafe(12)
    write_secret(layout.passwords, json.dumps({USER: made}))
    return made
