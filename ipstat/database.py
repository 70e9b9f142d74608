"""The warehouse's database: the embedded server or the one of IPSTAT_DATABASE_URL, its logins and its migrations.

Every function takes Settings; addresses are `postgresql://`, which psycopg 3 and SQLAlchemy 2.1 both take.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from ipstat import migrate as migrations
from ipstat import server
from ipstat.errors import DatabaseError, UsageError
from ipstat.settings import Settings

DATABASE_NAME = "ipstat"
_READY_SECONDS = 60.0
RESTORING_NAME = "restoring.json"
"""The mark of a restore that has not ended; nothing else may use the home meanwhile."""
LOGIN_ROLES = ("pipeline", "bi_reader", "analyst")
"""Roles that a person or a tool logs in as; `builder` is only ever taken on by `pipeline`."""


def start(settings: Settings, is_restoring: bool = False) -> str:
    """Start the server if it does not run and return the pipeline's address; does nothing twice.

    With IPSTAT_DATABASE_URL only the connection is tried. Raises DatabaseError with the cause and the mend.
    """
    if not is_restoring and (settings.home / RESTORING_NAME).exists():
        raise DatabaseError(
            f"a restore of {settings.home} has not ended: the warehouse is not whole",
            "call `ipstat backup restore` again; what is there already is not copied twice",
        )
    if settings.database_url is not None:
        _try(settings.database_url)
        return settings.database_url
    settings.ensure_home()
    with server.server_lock(settings):
        _start_embedded(settings)
        _ensure_database(settings)
    return url(settings)


def stop(settings: Settings, is_immediate: bool = False) -> bool:
    """Stop the embedded server; False where none ran. An external server is never stopped."""
    if settings.database_url is not None:
        raise UsageError(
            "an external server is not ours to stop", "unset IPSTAT_DATABASE_URL to speak of the embedded one"
        )
    if not settings.postgres_dir.exists():
        return False
    with server.server_lock(settings):
        return server.stop(settings, is_immediate)


def is_running(settings: Settings) -> bool:
    """Whether the embedded server of this home runs (always True for an external server)."""
    return settings.database_url is not None or server.running_pid(settings) is not None


def url(settings: Settings, role: str = "pipeline") -> str:
    """The address for a role of LOGIN_ROLES (or `postgres`); of an external server only that of `pipeline` is known."""
    if settings.database_url is not None:
        if role != "pipeline":
            raise UsageError(
                f"the password of {role} is known only to the administrator of the external server", "ask for it there"
            )
        return settings.database_url
    number = server.port(settings)
    if number is None:
        raise DatabaseError(f"no database in {settings.home}", "run `ipstat db start`")
    return f"postgresql://{role}:{quote(role_password(settings, role), safe='')}@127.0.0.1:{number}/{DATABASE_NAME}"


def role_password(settings: Settings, role: str) -> str:
    """The password of a role of the embedded server, derived from the one secret in the home."""
    master = server.password(settings)
    return master if role == "postgres" else hmac.new(master.encode(), role.encode(), hashlib.sha256).hexdigest()[:40]


def with_database(address: str, database: str) -> str:
    """The same address with another database name."""
    return urlsplit(address)._replace(path=f"/{database}").geturl()


def migrate(address: str) -> list[str]:
    """Bring the database to the version of the code; the names of the migrations that were applied, in order."""
    return migrations.apply(address)


def ensure_ready(settings: Settings) -> str:
    """Start, migrate, let the reading roles log in (embedded server), and return the pipeline's address."""
    address = start(settings)
    migrate(address)
    if settings.database_url is None:
        _enable_logins(settings)
    return address


def set_logins(settings: Settings, passwords: Mapping[str, str]) -> None:
    """Let the reading roles of an external server log in with these passwords; its administrator need not be asked.

    `passwords` by role. The server sees SCRAM verifiers only, so that no password stands in its log. Raises UsageError
    for the embedded server, whose logins follow from the home's own secret.
    """
    if settings.database_url is None:
        raise UsageError("the embedded server's logins are its own", "`ipstat db url --role bi_reader` gives them")
    with psycopg.connect(start(settings), autocommit=True) as connection:
        for role, password in passwords.items():
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("alter role {} login password {}").format(sql.Identifier(role), sql.Literal(verifier.decode()))
            )


def reset(settings: Settings) -> str:
    """Drop everything of the warehouse from the database (the archive and editions stay) and migrate again."""
    address = start(settings)
    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "select nspname from pg_namespace where nspname in ('ops', 'landing', 'publication', 'marts')"
            " or nspname ~ '^(staging|intermediate|marts)_b[0-9]{8}t[0-9]{6}[0-9a-f]{4}$'"
        ).fetchall()
        for (name,) in rows:
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(name)))
    return ensure_ready(settings)


def _start_embedded(settings: Settings) -> None:
    """Start the server until it answers: one that was killed a moment ago may still look alive, one that crashed needs
    some seconds to recover."""
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        server.start(settings)
        try:
            return _try(with_database(url(settings, "postgres"), "postgres"))
        except DatabaseError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _try(address: str) -> None:
    """Connect once; raises DatabaseError."""
    try:
        psycopg.connect(address, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        host = urlsplit(address).hostname
        mend = "check that it runs and that the address, role and password are right"
        raise DatabaseError(f"can't reach the database at {host}: {str(error).strip()}", mend) from error


def _ensure_database(settings: Settings) -> None:
    """Make role `pipeline` (no superuser) and the database that it owns."""
    admin = with_database(url(settings, "postgres"), "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        if connection.execute("select 1 from pg_roles where rolname = 'pipeline'").fetchone() is None:
            secret = sql.Literal(role_password(settings, "pipeline"))
            connection.execute(sql.SQL("create role pipeline login createrole password {}").format(secret))
        if connection.execute("select 1 from pg_database where datname = %s", [DATABASE_NAME]).fetchone() is None:
            connection.execute(sql.SQL("create database {} owner pipeline").format(sql.Identifier(DATABASE_NAME)))


def _enable_logins(settings: Settings) -> None:
    with psycopg.connect(url(settings, "postgres"), autocommit=True) as connection:
        for role in LOGIN_ROLES[1:]:
            known = connection.execute("select rolcanlogin from pg_roles where rolname = %s", [role]).fetchone()
            if known is not None and not known[0]:
                secret = sql.Literal(role_password(settings, role))
                connection.execute(sql.SQL("alter role {} login password {}").format(sql.Identifier(role), secret))
