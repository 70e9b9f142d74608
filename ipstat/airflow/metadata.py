"""Airflow's metadata: a database and a login of its own in the embedded server, or the operator's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from ipstat import database, server
from ipstat.airflow.layout import AirflowError, Layout
from ipstat.errors import UsageError
from ipstat.settings import Settings, write_secret

URL_VARIABLE = "IPSTAT_AIRFLOW_DATABASE_URL"
NAME = "airflow"
"""The database and the role that owns it; the role has no right on the warehouse."""

_MIGRATE_SECONDS = 600.0


def ensure_database(settings: Settings, environment: Mapping[str, str] | None = None) -> str:
    """Start the embedded server if need be and make role and database; the address, `postgresql://...`.

    Raises UsageError where an external warehouse comes without IPSTAT_AIRFLOW_DATABASE_URL, or where this is no
    PostgreSQL address; DatabaseError where a server can't be reached.
    """
    given = external_url(settings, environment)
    if given is not None:
        return given
    database.ensure_ready(settings)
    admin = database.with_database(database.url(settings, "postgres"), "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        name = sql.Identifier(NAME)
        if connection.execute("select 1 from pg_roles where rolname = %s", [NAME]).fetchone() is None:
            secret = sql.Literal(database.role_password(settings, NAME))
            connection.execute(sql.SQL("create role {} login password {}").format(name, secret))
        if connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone() is None:
            connection.execute(sql.SQL("create database {} owner {}").format(name, name))
        # The warehouse's logins have no business in it.
        connection.execute(sql.SQL("revoke all on database {} from public").format(name))
    return embedded_url(settings)


def external_url(settings: Settings, environment: Mapping[str, str] | None = None) -> str | None:
    """The operator's address for the metadata, or None for the embedded server; raises UsageError as above."""
    url = (os.environ if environment is None else environment).get(URL_VARIABLE) or None
    if url is None:
        if settings.database_url is not None:
            raise UsageError(
                f"IPSTAT_DATABASE_URL is set, but not {URL_VARIABLE}",
                "make an empty database for Airflow, owned by a role of its own, and name it there:"
                " postgresql://user:password@host:port/airflow",
            )
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(f"{URL_VARIABLE} is not a PostgreSQL address", "write postgresql://user:password@host/airflow")
    if settings.database_url is not None and _place(url) == _place(settings.database_url):
        raise UsageError(
            f"{URL_VARIABLE} names the warehouse's database", "give Airflow a database of its own, on the same server"
        )
    return url


def embedded_url(settings: Settings) -> str:
    """The address in the embedded server; raises DatabaseError where it was never started."""
    parts = urlsplit(database.with_database(database.url(settings), NAME))
    secret = quote(database.role_password(settings, NAME), safe="")
    return parts._replace(netloc=f"{NAME}:{secret}@127.0.0.1:{server.port(settings)}").geturl()


def migrate(layout: Layout, url: str, environment: Mapping[str, str]) -> bool:
    """Bring the database to the installed version of Airflow; False where it is there already (which saves seconds).

    Raises AirflowError with the end of what `airflow db migrate` said.
    """
    if _is_migrated(layout, url):
        add_operator(url)
        return False
    log = layout.log("migrate")
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=layout.root,
            timeout=_MIGRATE_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        raise AirflowError(f"`airflow db migrate` failed (exit code {done.returncode})", f"its log is {log}")
    add_operator(url)
    write_secret(layout.migrated, json.dumps({"airflow": installed_version(), "revision": _revision(url)}))
    return True


def add_operator(url: str) -> None:
    """Give Airflow's database the operator `jsonb #> varchar`, without which the graph of assets answers with an error:
    psycopg 3 sends the path in that query as varchar, and PostgreSQL knows `text[]` only.
    """
    with psycopg.connect(url, connect_timeout=10) as connection:
        # Two starts may meet here.
        connection.execute("select pg_advisory_xact_lock(hashtextextended('ipstat airflow operator', 0))")
        known = connection.execute(
            "select from pg_operator where oprname = '#>' and oprleft = 'jsonb'::regtype"
            " and oprright = 'varchar'::regtype"
        ).fetchone()
        if known is None:
            connection.execute(
                "create or replace function json_at(data jsonb, path varchar) returns jsonb"
                " language sql immutable strict parallel safe return data #> path::text[]"
            )
            connection.execute("create operator #> (leftarg = jsonb, rightarg = varchar, function = json_at)")


def stored_connections(url: str) -> list[str]:
    """Ids of the connections that were made in Airflow itself."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        if connection.execute("select to_regclass('connection')").fetchone() == (None,):
            return []
        return [str(row[0]) for row in connection.execute("select conn_id from connection order by conn_id")]


def installed_version() -> str:
    """The version of Airflow in this environment."""
    return version("apache-airflow-core")


def _is_migrated(layout: Layout, url: str) -> bool:
    try:
        known = json.loads(layout.migrated.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    revision = _revision(url)
    return revision is not None and known == {"airflow": installed_version(), "revision": revision}


def _revision(url: str) -> str | None:
    """The revision of Airflow's tables as the database has it, or None for an empty database."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("select version_num from alembic_version").fetchone()
    return None if row is None else str(row[0])


def _place(url: str) -> tuple[str | None, int, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 5432, parts.path
