"""The environment of Airflow's processes: every setting that differs from Airflow's own default, with its reason.

Settings of the operator (`AIRFLOW__SECTION__OPTION`, `AIRFLOW_CONN_*`) win over `_DEFAULTS` and over the connections of
the sample city, never over `_fixed`: those tie the processes to this home, to 127.0.0.1 and to its database.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from ingest.contract import load_contracts
from ipstat.airflow.layout import MARK_VARIABLE, USER, AirflowError, Layout, load_secrets, mark
from ipstat.delivery_plan import MARK_NAME
from ipstat.settings import PROJECT_ROOT, Settings

HOST = "127.0.0.1"
DAGS_DIR = PROJECT_ROOT / "dags"

_DEFAULTS = {
    "CORE__EXECUTOR": "LocalExecutor",
    # Each worker is a process of some 140 MB that runs one task; builds and loads of one database gain nothing by 32.
    "CORE__PARALLELISM": "2",
    "CORE__LOAD_EXAMPLES": "False",
    # An office wants its feeds to be fetched; nobody opens a page to allow each of them. Nothing is caught up:
    # past periods come from the archive by a parameter, never from the calendar.
    "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "SCHEDULER__CATCHUP_BY_DEFAULT": "False",
    # A worker that was killed sends no heartbeat any more: its task is given to another within a minute.
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "40",
    "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    # The api-server may be away while it is started again: a task outlives twelve heartbeats without an answer.
    "WORKERS__MIN_HEARTBEAT_INTERVAL": "5",
    "WORKERS__MAX_FAILED_HEARTBEATS": "12",
    "WORKERS__EXECUTION_API_RETRIES": "10",
    "WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "10",
    # What a killed scheduler had queued or running is taken over by the next one after 20 to 35 seconds.
    "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "20",
    "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "15",
    "SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
    "SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "30",
    # A task that starts while its DAG file can't be read (half an update) tries again: 40 times 15 s, not 3 times 60 s;
    # and the file is read again soon, or its DAGs would stand still for longer than the fault.
    "WORKERS__MISSING_DAG_RETRIES": "40",
    "WORKERS__MISSING_DAG_RETRY_DELAY": "15",
    "DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
    "DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    "DATABASE__SQL_ALCHEMY_POOL_SIZE": "5",
    "DATABASE__SQL_ALCHEMY_MAX_OVERFLOW": "5",
    # A database that was killed is back after a few seconds.
    "DATABASE__MAX_DB_RETRIES": "8",
    "LOGGING__COLORED_CONSOLE_LOG": "False",
    "LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
    "LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
    "LOGGING__NAMESPACE_LEVELS": "http.access=WARNING",
    "API__INSTANCE_NAME": "IP statistics",
}

_DROPPED = ("AIRFLOW_CONFIG", "AIRFLOW__API__LOG_CONFIG", MARK_VARIABLE)
"""Variables of the caller that would tie the processes to another installation."""

_NO_LOG_SERVER = "9"
"""The port `discard`: log servers are off (they listen on every address), the api-server reads the files."""


def loopback() -> str:
    """The name under which workers register (Airflow calls this): everything lives on this machine."""
    return HOST


def environment(
    settings: Settings,
    metadata_url: str,
    port: int,
    caller: Mapping[str, str] | None = None,
    stored_connections: Iterable[str] = (),
) -> dict[str, str]:
    """All variables for Airflow's processes and, through them, for the tasks.

    `metadata_url` is `postgresql://...`; `stored_connections` are the ids of connections in Airflow's own database,
    which win over those of the sample city.
    """
    given = os.environ if caller is None else caller
    layout = Layout.of(settings)
    result = {f"AIRFLOW__{name}": value for name, value in _DEFAULTS.items()}
    result["AIRFLOW__CORE__DAGS_FOLDER"] = str(DAGS_DIR)
    result |= sample_city_connections(settings, {name.lower() for name in stored_connections})
    result |= {name: value for name, value in given.items() if name not in _DROPPED}
    result |= _fixed(layout, metadata_url, port)
    result["IPSTAT_HOME"] = str(settings.home)
    if settings.database_url is not None:
        result["IPSTAT_DATABASE_URL"] = settings.database_url
    if settings.pseudonym_key_text is not None:
        result["IPSTAT_PSEUDONYM_KEY"] = settings.pseudonym_key_text
    return result


def _fixed(layout: Layout, metadata_url: str, port: int) -> dict[str, str]:
    keys = load_secrets(layout)
    address = f"http://{HOST}:{port}"
    rest = metadata_url.split("://", 1)[1]
    configured = {
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg://{rest}",
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+psycopg_async://{rest}",
        "CORE__FERNET_KEY": keys.fernet_key,
        "API_AUTH__JWT_SECRET": keys.jwt_secret,
        "API__SECRET_KEY": keys.api_secret,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(layout.passwords),
        "API__HOST": HOST,
        "API__PORT": str(port),
        "API__BASE_URL": address,
        "CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "CORE__HOSTNAME_CALLABLE": f"{__name__}.{loopback.__name__}",
        "LOGGING__BASE_LOG_FOLDER": str(layout.logs / "tasks"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(layout.logs / "dag-files"),
        "LOGGING__WORKER_LOG_SERVER_PORT": _NO_LOG_SERVER,
        "LOGGING__TRIGGER_LOG_SERVER_PORT": _NO_LOG_SERVER,
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    }
    return {
        **{f"AIRFLOW__{name}": value for name, value in configured.items()},
        "AIRFLOW_HOME": str(layout.root),
        MARK_VARIABLE: mark(layout),
        # Without it a process that renames itself writes over its environment, and the mark is gone.
        "SPT_NOENV": "1",
        "PYTHONUNBUFFERED": "1",
    }


def sender_connections() -> list[str]:
    """The ids of all connections that the contracts name for their senders, in order."""
    found: set[str] = set()
    for contract in load_contracts().values():
        sender = getattr(contract.origin, "sender", None)
        if sender is not None:
            found.add(str(sender.connection))
    return sorted(found)


def sample_city_connections(settings: Settings, taken: set[str]) -> dict[str, str]:
    """Where the home holds a sample city: each sender's connection leads to its folder; else nothing."""
    wish = Layout.of(settings).sample_city_wish
    if not (settings.sample_city_dir / MARK_NAME).exists() and not wish.exists():
        return {}
    address = f"folder://{quote(str(settings.sample_city_dir))}"
    return {f"AIRFLOW_CONN_{name.upper()}": address for name in sender_connections() if name.lower() not in taken}


def choose_port(layout: Layout, wanted: int | None) -> int:
    """The port asked for, else the one used last, else a free one; kept for the next start.

    Raises AirflowError where the port asked for is taken.
    """
    if wanted is not None and not is_free(wanted):
        raise AirflowError(f"port {wanted} of {HOST} is taken", "name another --port, or leave it out")
    chosen = wanted or _kept_port(layout)
    if chosen is None or not is_free(chosen):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            chosen = int(probe.getsockname()[1])
    layout.port.write_text(f"{chosen}\n", encoding="ascii")
    return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _kept_port(layout: Layout) -> int | None:
    try:
        return int(layout.port.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
