"""The way back: a backup into an empty home and database. Killed at any moment it is started again and ends the same.

While it runs, and after it was killed, a mark in the home refuses every other command: nothing is read from, or loaded
into, half a warehouse. The database comes last.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from ipstat import backup, database, dump, server
from ipstat.backup_store import SECRETS, DatabaseDump, Manifest, Store, StoredFile, copy
from ipstat.console import Tell, silent
from ipstat.errors import DatabaseError, RefusedError
from ipstat.settings import Settings

_FOREIGN = (
    "select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
    " and (nspname <> 'public' or exists (select from pg_class where relnamespace = pg_namespace.oid)) order by 1"
)


@dataclass(frozen=True)
class Restored:
    """What came back; `without_password` are roles that could log in and whose password is not in the backup."""

    manifest: Manifest
    without_password: tuple[str, ...]
    has_airflow: bool


def restore(
    settings: Settings, root: Path, backup_id: str | None = None, *, replace: bool = False, tell: Tell = silent
) -> Restored:
    """Bring a backup (the newest by default) back; it is verified first.

    Raises RefusedError where the home or the database holds something already; with `replace` what the home holds is
    moved aside and the database's content dropped.
    """
    manifest = backup.verify(root, backup_id, tell=tell)
    store = Store(root)
    with store.lock(is_shared=True):
        mark = settings.home / database.RESTORING_NAME
        _check_mark(mark, manifest.backup_id, replace)
        is_again = mark.exists()
        if not is_again:
            _check_home(settings, manifest, replace)
        settings.ensure_home()
        if not is_again and settings.database_url is not None:
            _check_databases(settings, manifest, replace)
        mark.write_text(json.dumps({"backup_id": manifest.backup_id, "replace": replace}), encoding="ascii")
        _restore_files(settings, store, manifest, tell)
        database.start(settings, is_restoring=True)
        if not is_again and settings.database_url is None:
            _check_embedded(settings, mark, manifest, replace)
        missing = _restore_databases(settings, store, manifest, tell)
        _repoint_editions(settings)
        mark.unlink()
    database.ensure_ready(settings)
    has_airflow = any(item.name == "airflow" for item in manifest.databases) and (
        backup.airflow_address(settings) is not None
    )
    return Restored(manifest, tuple(missing), has_airflow)


def _check_mark(mark: Path, backup_id: str, replace: bool) -> None:
    """A killed restore is ended with the same backup: half of one and half of another is neither."""
    if not mark.exists():
        return
    begun = json.loads(mark.read_text(encoding="ascii") or "{}").get("backup_id")
    if begun not in (None, backup_id) and not replace:
        raise RefusedError(
            f"a restore of backup {begun} into this home did not end", f"call it again with {begun}, or add --replace"
        )


def _check_home(settings: Settings, manifest: Manifest, replace: bool) -> None:
    """Refuse a home with an archive, editions or another key; with `replace` move them aside."""
    found = [path for path in (settings.archive_dir, settings.editions_dir) if path.is_dir() and any(path.iterdir())]
    secrets = [settings.home / item.path for item in manifest.secrets if (settings.home / item.path).exists()]
    if not found and not secrets:
        return
    if not replace:
        named = ", ".join(path.relative_to(settings.home).as_posix() for path in [*found, *secrets])
        raise RefusedError(
            f"{settings.home} is not empty: {named}", "choose a new IPSTAT_HOME, or add --replace to move it aside"
        )
    aside = settings.home / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for path in [*found, *secrets]:
        # The running server keeps its password: it does not come back from the backup.
        if path.name == "postgres.password" and server.data_dir(settings).exists():
            continue
        target = aside / path.relative_to(settings.home)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.rename(target)


def _restore_files(settings: Settings, store: Store, manifest: Manifest, tell: Tell) -> None:
    for item in manifest.secrets:
        target = settings.home / item.path
        if target.exists() or (item.path == "postgres.password" and settings.database_url is not None):
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = store.folder(manifest.backup_id) / SECRETS / item.path.replace("/", "__")
        _place(source, target, item, 0o600)
    for count, item in enumerate(manifest.files):
        if count % 100 == 0:
            tell(f"file {count} of {len(manifest.files)}")
        _place(store.object(item.sha256), settings.home / item.path, item, 0o444 if _is_archive(item) else 0o644)


def _is_archive(item: StoredFile) -> bool:
    return item.path.startswith("archive/")


def _place(source: Path, target: Path, item: StoredFile, mode: int) -> None:
    """Copy beside the place and rename; what a killed restore put there already is the same file."""
    if target.exists() and target.stat().st_size == item.size_bytes:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".partial-{target.name}")
    partial.unlink(missing_ok=True)
    with source.open("rb") as stream, os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as handle:
        found = copy(stream, handle)
    if found != item.sha256:
        raise RefusedError(f"{item.path} is damaged in the backup", "use another backup")
    partial.chmod(mode)
    partial.replace(target)


def _check_databases(settings: Settings, manifest: Manifest, replace: bool) -> None:
    """Refuse a database that holds something. Airflow's is only looked at where its address is known."""
    for item in manifest.databases:
        address = _address(settings, item)
        if address is None:
            continue
        with psycopg.connect(address) as connection:
            schemas = [name for (name,) in connection.execute(_FOREIGN).fetchall()]
        if schemas and not replace:
            raise RefusedError(
                f"the database of {item.name} is not empty: it has {', '.join(schemas[:6])}",
                "restore into an empty database, or add --replace to drop all that it holds",
            )


def _check_embedded(settings: Settings, mark: Path, manifest: Manifest, replace: bool) -> None:
    try:
        _check_databases(settings, manifest, replace)
    except RefusedError:
        mark.unlink()
        raise


def _address(settings: Settings, item: DatabaseDump) -> str | None:
    return backup.admin_address(settings) if item.name == "warehouse" else backup.airflow_address(settings)


def _restore_databases(settings: Settings, store: Store, manifest: Manifest, tell: Tell) -> list[str]:
    """Roles first, then Airflow's database, then the warehouse; the roles that have no password now."""
    missing: list[str] = []
    # The embedded server's own logins get the passwords that follow from the home's secret.
    own = database.LOGIN_ROLES if settings.database_url is None else ()
    for item in sorted(manifest.databases, key=lambda each: each.name):
        tell(f"restores the database of {item.name}")
        if settings.database_url is None:
            _recreate(settings, item, own)
        address = _address(settings, item)
        if address is None:
            continue
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                _empty(connection)
                missing += dump.prepare_roles(connection, item.access, own)
                dump.grant_database(connection, item.access)
        except psycopg.errors.InsufficientPrivilege as error:
            raise DatabaseError(
                f"the database of {item.name} can't be prepared: {str(error).strip()}",
                "restore as the owner of the database with createrole (role pipeline), or as its administrator",
            ) from error
        dump.restore(address, store.folder(manifest.backup_id) / item.file)
    return sorted(set(missing))


def _recreate(settings: Settings, item: DatabaseDump, own: tuple[str, ...]) -> None:
    """In the embedded server: drop the database with all that uses it, and make it again for its owner."""
    name = database.DATABASE_NAME if item.name == "warehouse" else item.name
    admin = database.with_database(database.url(settings, "postgres"), "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        dump.prepare_roles(connection, item.access, own)
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        owner = "pipeline" if item.name == "warehouse" else item.access.owner
        connection.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner)))


def _empty(connection: psycopg.Connection) -> None:
    """Drop what a killed restore left, after ending its pg_restore if that still runs."""
    connection.execute(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where datname = current_database() and application_name = 'pg_restore' and pid <> pg_backend_pid()"
    )
    for (name,) in connection.execute(_FOREIGN).fetchall():
        if name != "public":
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(name)))
            continue
        for table, kind in connection.execute(
            "select relname, relkind from pg_class where relnamespace = 'public'::regnamespace"
            " and relkind in ('r', 'p', 'v', 'm', 'S')"
        ).fetchall():
            word = {"v": "view", "m": "materialized view", "S": "sequence"}.get(kind, "table")
            connection.execute(
                sql.SQL("drop {} if exists {} cascade").format(sql.SQL(word), sql.Identifier("public", table))
            )


def _repoint_editions(settings: Settings) -> None:
    """Editions lie where this home keeps them."""
    with psycopg.connect(backup.admin_address(settings), autocommit=True) as connection:
        connection.execute(
            "update publication.editions set path = %s || '/' || publication || '-' || period || '-' || edition_number",
            [str(settings.editions_dir)],
        )
