"""Health checks of the containers, with the standard library and psycopg only: exit code 0 is healthy.

healthy.py database                      the warehouse answers
healthy.py api-server | scheduler | dag_processor | triggerer    what Airflow's API says of the component
healthy.py sftp                          the drop greets as an SSH server
healthy.py backup                        the newest backup is no older than 26 hours, or the first is not due yet
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

TIMEOUT_SECONDS = 10
OLDEST_BACKUP = timedelta(hours=26)


def database() -> str | None:
    """What is wrong with the warehouse's database, or None."""
    import psycopg  # noqa: PLC0415 - only this check needs it

    try:
        psycopg.connect(os.environ["IPSTAT_DATABASE_URL"], connect_timeout=TIMEOUT_SECONDS).close()
    except (KeyError, psycopg.OperationalError) as error:
        return f"no database: {type(error).__name__}"
    return None


def component(name: str) -> str | None:
    """What Airflow's API says of a component; the api-server is healthy where it answers and sees its database."""
    host = os.environ.get("AIRFLOW_API_SERVER", "api-server") if name != "api-server" else "127.0.0.1"
    try:
        with urllib.request.urlopen(f"http://{host}:8080/api/v2/monitor/health", timeout=TIMEOUT_SECONDS) as answer:
            found = json.load(answer)
    except (OSError, ValueError) as error:
        return f"no answer from {host}: {error}"
    status = found.get("metadatabase" if name == "api-server" else name, {}).get("status")
    return None if status == "healthy" else f"{name} is {status}"


def sftp() -> str | None:
    """Whether the drop greets."""
    try:
        with socket.create_connection(("127.0.0.1", int(os.environ.get("SFTP_PORT", "2222"))), 5) as connection:
            return None if connection.recv(8).startswith(b"SSH-2.0") else "no SSH server"
    except OSError as error:
        return f"no answer: {error}"


def backup() -> str | None:
    """Whether the nightly backup came; before the first night has passed nothing is missing."""
    root = Path(os.environ["IPSTAT_BACKUP_DIR"])
    names = sorted(path.name for path in root.glob("[0-9]*T*Z"))
    if names:
        made = datetime.strptime(names[-1], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    else:
        uptime = time.time() - Path("/proc/1").stat().st_ctime
        made = datetime.now(UTC) - timedelta(seconds=uptime)
    late = datetime.now(UTC) - made > OLDEST_BACKUP
    return f"the newest backup is of {made:%Y-%m-%d %H:%M} UTC" if late else None


def main() -> None:
    """Exit with what is wrong."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    checks = {"database": database, "sftp": sftp, "backup": backup}
    if name in checks:
        sys.exit(checks[name]())
    if name in ("api-server", "scheduler", "dag_processor", "triggerer"):
        sys.exit(component(name))
    sys.exit(f"unknown check {name!r}")


if __name__ == "__main__":
    main()
