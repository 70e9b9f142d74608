"""Backups of a home: the database, the archive and the editions as of one moment, and the secrets to rebuild with.

The dump is taken from a snapshot; the archive only ever grows, so what is copied after it holds every byte that the
snapshot speaks of, and each receipt of `ops.deliveries` is checked to be in the backup by its hash. Editions are those
that the snapshot registers. Secrets lie in the backup's folder with mode 0600: whoever may read a backup may read all.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg

from ipstat import database, dump, locks
from ipstat.backup_store import (
    SECRETS,
    DatabaseDump,
    Manifest,
    Store,
    StoredFile,
    check_file,
    flush_folder,
)
from ipstat.console import Tell, silent
from ipstat.errors import RefusedError
from ipstat.settings import Settings

AIRFLOW_VARIABLE = "IPSTAT_AIRFLOW_DATABASE_URL"
"""Address of Airflow's database on an external server, `postgresql://...`; in the embedded server it is `airflow`."""
SECRET_FILES = ("pseudonym.key", "postgres.password", "airflow/secrets.json", "airflow/passwords.json")


@dataclass(frozen=True)
class Created:
    """A finished backup, how many bytes it added to the store, and which old ones were removed for it."""

    manifest: Manifest
    new_bytes: int
    removed: tuple[str, ...]


def create(
    settings: Settings, root: Path, keep: int | None = None, *, is_waiting: bool = False, tell: Tell = silent
) -> Created:
    """Back up into the folder `root`, then remove all but the newest `keep` backups.

    Holds the warehouse lock while it dumps: no build, gate or publication is half done in a dump; loading goes on.
    Raises BusyError, RefusedError (a receipt whose bytes are not there, an edition that is missing, pg_dump older than
    the server) or DatabaseError; nothing that looks like a backup is left then.
    """
    store = Store(root)
    store.make()
    with store.lock():
        store.clear_leftovers()
        backup_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        folder = root / f".partial-{backup_id}"
        (folder / SECRETS).mkdir(parents=True, mode=0o700)
        taken = _dump_all(settings, folder, is_waiting, tell)
        before = _bytes(store)
        files = [*_archive(settings, store, taken, tell), *_editions(settings, store, taken, tell)]
        manifest = Manifest(
            backup_id=backup_id,
            created_at=taken.created_at,
            version=_version(),
            server_version=taken.server_version,
            migration=taken.migration,
            delivery_count=taken.delivery_count,
            databases=tuple(taken.databases),
            files=tuple(files),
            secrets=tuple(_secrets(settings, folder)),
        )
        _finish(store, folder, manifest)
        removed = store.prune(keep) if keep is not None else []
        return Created(manifest, _bytes(store) - before, tuple(removed))


def verify(root: Path, backup_id: str | None = None, *, tell: Tell = silent) -> Manifest:
    """Read every byte of a backup (the newest by default) again; raises RefusedError naming what is damaged."""
    store = Store(root)
    with store.lock(is_shared=True):
        chosen = store.choose(backup_id)
        manifest = store.read(chosen)
        folder = store.folder(chosen)
        own: list[tuple[Path, StoredFile | DatabaseDump, str]] = [
            (folder / item.file, item, item.file) for item in manifest.databases
        ]
        own += [(folder / SECRETS / _flat(item.path), item, item.path) for item in manifest.secrets]
        found = [f"{name} {fault}" for path, item, name in own if (fault := check_file(path, item)) is not None]
        found += store.problems(manifest.files, tell)
        if found:
            listed = "".join(f"\n  - {line}" for line in found[:20])
            raise RefusedError(f"backup {chosen} is damaged ({len(found)} files):{listed}", "use another backup")
        for item in manifest.databases:
            dump.check_readable(folder / item.file)
        return manifest


def airflow_address(settings: Settings) -> str | None:
    """The address of Airflow's database where there is one: named by AIRFLOW_VARIABLE, or `airflow` in our server."""
    if settings.database_url is not None:
        return os.environ.get(AIRFLOW_VARIABLE) or None
    address = database.with_database(database.url(settings, "postgres"), "airflow")
    with psycopg.connect(database.with_database(address, "postgres")) as connection:
        there = connection.execute("select 1 from pg_database where datname = 'airflow'").fetchone()
    return address if there is not None else None


def admin_address(settings: Settings) -> str:
    """The address with the most rights that we have: superuser of the embedded server, else the one given."""
    return settings.database_url or database.url(settings, "postgres")


@dataclass
class _Taken:
    """What was read in the snapshot of the warehouse."""

    created_at: str
    server_version: int
    migration: str
    delivery_count: int
    receipts: list[tuple[str, str, int]]
    editions: list[tuple[str, str]]
    databases: list[DatabaseDump]


def _dump_all(settings: Settings, folder: Path, is_waiting: bool, tell: Tell) -> _Taken:
    database.start(settings)
    address = admin_address(settings)
    with ExitStack() as stack:
        stack.enter_context(
            locks.hold(address, locks.WAREHOUSE, "backup", is_waiting, lambda who: tell(f"waits for {who}"))
        )
        connection, name = stack.enter_context(dump.snapshot(address))
        dump.check_version(connection)
        taken = _read(connection)
        tell("dumps the warehouse")
        taken.databases.append(_dump(connection, address, name, folder, "warehouse"))
    airflow = airflow_address(settings)
    if airflow is not None:
        tell("dumps Airflow's database")
        with dump.snapshot(airflow) as (connection, name):
            taken.databases.append(_dump(connection, airflow, name, folder, "airflow"))
    return taken


def _dump(connection: psycopg.Connection, address: str, snapshot: str, folder: Path, name: str) -> DatabaseDump:
    access = dump.read_access(connection)
    target = folder / f"{name}.dump"
    dump.dump(address, snapshot, target)
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    return DatabaseDump(name, target.name, digest, target.stat().st_size, access)


def _read(connection: psycopg.Connection) -> _Taken:
    if connection.execute("select to_regclass('ops.migrations')").fetchone() == (None,):
        raise RefusedError("there is no warehouse in this database", "ingest something first, or check IPSTAT_HOME")
    last = connection.execute("select name from ops.migrations order by version desc limit 1").fetchone()
    receipts = connection.execute(
        "select archive_path, sha256, max(size_bytes) from ops.deliveries group by 1, 2 order by 1"
    ).fetchall()
    count = connection.execute("select count(*), now() at time zone 'UTC' from ops.deliveries").fetchone()
    editions = connection.execute(
        "select publication || '-' || period || '-' || edition_number, manifest_hash"
        " from publication.editions order by 1"
    ).fetchall()
    assert count is not None  # noqa: S101 - an aggregate always gives a row
    return _Taken(
        f"{count[1]:%Y-%m-%dT%H:%M:%SZ}",
        connection.info.server_version,
        str(last[0]) if last else "",
        int(count[0]),
        [(str(path), str(digest), int(size)) for path, digest, size in receipts],
        [(str(name), str(digest)) for name, digest in editions],
        [],
    )


def _archive(settings: Settings, store: Store, taken: _Taken, tell: Tell) -> list[StoredFile]:
    """The bytes of every receipt of the snapshot; raises RefusedError naming those that are not in the archive."""
    missing = [
        path
        for path, _, size in taken.receipts
        if not (place := settings.archive_dir / path).is_file() or place.stat().st_size != size
    ]
    if missing:
        listed = "".join(f"\n  - {path}" for path in missing[:20])
        raise RefusedError(
            f"{len(missing)} received files are missing from the archive or have another size:{listed}",
            "bring them back from an older backup; a backup without them could not rebuild the warehouse",
        )
    files = []
    for count, (path, digest, size) in enumerate(taken.receipts):
        if count % 100 == 0:
            tell(f"archive: file {count} of {len(taken.receipts)}")
        store.add(settings.archive_dir / path, digest)
        files.append(StoredFile(f"archive/{path}", digest, size))
    return files


def _editions(settings: Settings, store: Store, taken: _Taken, tell: Tell) -> list[StoredFile]:
    """All files of the registered editions; raises RefusedError where one is missing or differs from its manifest."""
    files = []
    for name, manifest_hash in taken.editions:
        tell(f"edition {name}")
        folder = settings.editions_dir / name
        wanted: dict[str, str] = {}
        if (folder / "manifest.json").is_file():
            content = (folder / "manifest.json").read_bytes()
            if hashlib.sha256(content).hexdigest() == manifest_hash:
                wanted = {**json.loads(content)["outputs"], "manifest.json": manifest_hash}
        absent = [output for output in wanted if not (folder / output).is_file()]
        if not wanted or absent:
            raise RefusedError(
                f"the edition {name} is registered, but its folder is missing or changed: "
                f"{', '.join(absent) or 'manifest.json'}",
                f"bring {folder} back from an older backup",
            )
        for output, digest in sorted(wanted.items()):
            found, size = store.add(folder / output, digest)
            files.append(StoredFile(f"editions/{name}/{output}", found, size))
    return files


def _secrets(settings: Settings, folder: Path) -> list[StoredFile]:
    """The keys of the home, and the pseudonym key in use where the environment gives it; each readable by its owner."""
    contents = {name: (settings.home / name).read_bytes() for name in SECRET_FILES if (settings.home / name).is_file()}
    if settings.pseudonym_key_text:
        contents["pseudonym.key"] = settings.pseudonym_key()
    if settings.database_url is not None:
        contents.pop("postgres.password", None)
    files = []
    for name, content in sorted(contents.items()):
        path = folder / SECRETS / _flat(name)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(content)
            os.fsync(handle.fileno())
        files.append(StoredFile(name, hashlib.sha256(content).hexdigest(), len(content)))
    return files


def _flat(name: str) -> str:
    return name.replace("/", "__")


def _finish(store: Store, folder: Path, manifest: Manifest) -> None:
    """Write the manifest, force all to disk, and give the backup its name: from here on it is whole."""
    content = manifest.as_bytes()
    for name, text in (("manifest.json", content), ("manifest.sha256", hashlib.sha256(content).hexdigest().encode())):
        with (folder / name).open("wb") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        (folder / name).chmod(0o600)
    os.sync()  # the names of many new objects: one call for the disk
    flush_folder(folder)
    folder.rename(store.folder(manifest.backup_id))
    flush_folder(store.root)


def _bytes(store: Store) -> int:
    return sum(path.stat().st_size for path in (store.root / "objects").glob("??/*"))


def _version() -> str:
    try:
        return version("zhongshan-ip-statistics")
    except PackageNotFoundError:
        return "0"
