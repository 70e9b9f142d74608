"""The command of an Airflow container: `run_airflow.py migrate | api-server | scheduler | dag-processor | triggerer`.
`run_airflow.py trigger DAG_ID` starts a run by hand.

The settings are those of `ipstat airflow start` (ipstat/airflow/configuration.py); here stands only what differs where
each component has a machine of its own: addresses, and secrets that come from the environment. The process becomes the
component, so that signals reach it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ipstat.airflow import configuration, metadata
from ipstat.airflow.components import ARGUMENTS
from ipstat.airflow.layout import USER, Layout
from ipstat.settings import Settings, write_secret

COMMANDS = {**ARGUMENTS, "migrate": ("db", "migrate"), "trigger": ("dags", "trigger")}
PORT = 8080
_SECRETS = {
    "fernet_key": "AIRFLOW_FERNET_KEY",
    "jwt_secret": "AIRFLOW_JWT_SECRET",
    "api_secret": "AIRFLOW_API_SECRET_KEY",
}


def container_environment(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """All variables of the component; exits with the name of a variable that is missing."""
    layout = Layout.of(settings)
    layout.make()
    _keep_secrets(layout, given)
    address = metadata.external_url(settings, given)
    if address is None:
        sys.exit("IPSTAT_DATABASE_URL and IPSTAT_AIRFLOW_DATABASE_URL must name the databases")
    # An empty variable of .env is no connection.
    caller = {name: value for name, value in given.items() if value or not name.startswith("AIRFLOW_CONN_")}
    result = configuration.environment(settings, address, PORT, caller)
    server = given.get("AIRFLOW_API_SERVER", "api-server")
    result |= {
        "AIRFLOW__API__HOST": given.get("AIRFLOW_LISTEN", "0.0.0.0"),  # noqa: S104 - inside the container's network
        "AIRFLOW__API__BASE_URL": _need(given, "AIRFLOW_BASE_URL"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://{server}:{PORT}/execution/",
        "AIRFLOW__CORE__HOSTNAME_CALLABLE": "airflow.utils.net.getfqdn",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_write_password(given)),
    }
    for name in (*_SECRETS.values(), "AIRFLOW_ADMIN_PASSWORD"):
        result.pop(name, None)
    return result


def _keep_secrets(layout: Layout, given: Mapping[str, str]) -> None:
    """Airflow's keys are those of the environment; the home keeps them too, because a backup needs them."""
    known = {}
    if layout.secrets.exists():
        known = json.loads(layout.secrets.read_text(encoding="ascii"))
    wanted = {key: _need(given, variable) for key, variable in _SECRETS.items()}
    if any(known.get(key) != value for key, value in wanted.items()):
        write_secret(layout.secrets, json.dumps({"mark_key": "container", **known, **wanted}))


def _write_password(given: Mapping[str, str]) -> Path:
    """Airflow reads users from a file: it lies in the container's own memory, not in a volume."""
    path = Path(given.get("TMPDIR", "/tmp")) / f"airflow-{os.getuid()}" / "passwords.json"  # noqa: S108 - a tmpfs
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_secret(path, json.dumps({USER: _need(given, "AIRFLOW_ADMIN_PASSWORD")}))
    return path


def _need(given: Mapping[str, str], name: str) -> str:
    value = given.get(name)
    if not value:
        sys.exit(f"{name} is not set: .env.example says what it is")
    return value


def main() -> None:
    """Become the component named on the command line."""
    name, *more = sys.argv[1:] or [""]
    if name not in COMMANDS or (more and name != "trigger"):
        sys.exit(f"usage: run_airflow.py {' | '.join(COMMANDS)} DAG_ID")
    settings = Settings.from_env()
    environment = container_environment(settings, os.environ)
    address = metadata.external_url(settings)
    if name == "migrate" and address is not None:
        metadata.add_operator(address)
    arguments = [sys.executable, "-m", "airflow", *COMMANDS[name], *more]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - our own interpreter takes our place


if __name__ == "__main__":
    main()
