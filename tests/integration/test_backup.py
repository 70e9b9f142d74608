"""Backups: made whole or not at all, verified, and restored into an empty home with every row, file, right and login."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ingest.contract import load_contracts
from ipstat import backup, database, dump, intake, restore
from ipstat.backup_store import Store
from ipstat.cli import main
from ipstat.commands.state import render
from ipstat.errors import BusyError, DatabaseError, RefusedError, UsageError
from ipstat.expected import city_today, fill_expected
from ipstat.settings import Settings
from ipstat.status import read_status
from reports import editions
from tests.support.ingest import csv_bytes, put, rows

BUILD = "b20260101t0000000001"
FAST = (("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off"))
PERSON_PASSWORD = "a-person-s-own-password"


def make_home(home: Path) -> Settings:
    """A home of its own server: two issues of the gazette, a build of role builder, an edition, a user's view."""
    settings = Settings(home=home, server_options=FAST)
    database.ensure_ready(settings)
    settings.pseudonym_key()
    for number, issue in enumerate(("2019-07-09", "2019-07-16")):
        path = put(home.parent / "sent", csv_bytes(rows(40, 1 + 40 * number)), issue=issue)
        intake.ingest_feed(settings, "cnipa_gazette", [path])
    with psycopg.connect(database.url(settings), autocommit=True) as connection:
        fill_expected(connection, load_contracts(), city_today())
        zeros = "0" * 64
        connection.execute(
            "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash, decisions_hash,"
            " status) values (%s, '2019-07-16', 'test', %s, %s, %s, 'gated')",
            [BUILD, zeros, zeros, zeros],
        )
        connection.execute("set role builder")
        connection.execute(f"create schema marts_{BUILD}")
        connection.execute(f"create table marts_{BUILD}.fct_patents as select * from landing.cnipa_gazette")
        connection.execute("reset role")
        outputs = home.parent / "outputs"
        (outputs / "tables").mkdir(parents=True)
        (outputs / "report.txt").write_text("白皮书", encoding="utf-8")
        (outputs / "tables" / "one.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        editions.freeze(connection, settings.editions_dir, "gazette", "2019-07-16", BUILD, outputs)
    with psycopg.connect(database.url(settings, "postgres"), autocommit=True) as connection:
        connection.execute(f"create role person login password '{PERSON_PASSWORD}'")
        connection.execute("grant analyst to person")
        connection.execute("create schema desk authorization person")
        connection.execute("set role person")
        connection.execute("create view desk.town_names as select town_name from marts.dim_town")
        connection.execute("grant usage on schema desk to bi_reader")
        connection.execute("grant select on desk.town_names to bi_reader")
    return settings


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = make_home(tmp_path_factory.mktemp("source") / "home")
    yield settings
    database.stop(settings, is_immediate=True)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(home=tmp_path / "restored" / "home", server_options=FAST)
    yield settings
    database.stop(settings, is_immediate=True)


def table_hashes(settings: Settings) -> dict[str, str]:
    """Row count and md5 of the sorted rows of every table, view and sequence state outside the system's schemas."""
    with psycopg.connect(backup.admin_address(settings)) as connection:
        connection.execute("set timezone = 'UTC'")
        names = connection.execute(
            "select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'v') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2"
        ).fetchall()
        found = {}
        for schema, name in names:
            row = connection.execute(
                sql.SQL(
                    "select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} as t"
                ).format(sql.Identifier(schema, name))
            ).fetchone()
            assert row is not None
            found[f"{schema}.{name}"] = row[0]
        for schema, name, value in connection.execute(
            "select schemaname, sequencename, last_value from pg_sequences order by 1, 2"
        ).fetchall():
            found[f"{schema}.{name}"] = str(value)
    return found


def rights(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Owners and access lists of schemas, tables and the database; roles with settings, logins and memberships."""
    queries = {
        "schemas": "select nspname, pg_get_userbyid(nspowner), array(select unnest(nspacl)::text order by 1)"
        " from pg_namespace where nspname !~ '^pg_' order by 1",
        "tables": "select relnamespace::regnamespace::text, relname, pg_get_userbyid(relowner),"
        " array(select unnest(relacl)::text order by 1) from pg_class where relkind in ('r', 'v', 'S')"
        " and relnamespace::regnamespace::text !~ '^(pg_|information)' order by 1, 2",
        "defaults": "select pg_get_userbyid(defaclrole), defaclnamespace::regnamespace::text, defaclacl::text"
        " from pg_default_acl order by 1, 2",
        "database": "select pg_get_userbyid(datdba), array(select unnest(datacl)::text order by 1) from pg_database"
        " where datname = current_database()",
        "roles": "select rolname, rolcanlogin, rolcreaterole, rolinherit, rolconfig from pg_roles"
        " where rolname !~ '^pg_' order by 1",
        "members": "select pg_get_userbyid(roleid), pg_get_userbyid(member), bool_or(inherit_option)"
        " from pg_auth_members where roleid >= 16384 group by 1, 2 order by 1, 2",
    }
    with psycopg.connect(backup.admin_address(settings)) as connection:
        return {name: connection.execute(query.encode()).fetchall() for name, query in queries.items()}


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def status_text(settings: Settings) -> str:
    with psycopg.connect(database.ensure_ready(settings)) as connection:
        text = render(read_status(connection, load_contracts(), city_today()))
    return " ".join(text.replace(str(settings.home), "HOME").replace("-", "").split())


def without_paths(hashes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in hashes.items() if name != "publication.editions"}


def assert_equal_homes(one: Settings, other: Settings) -> None:
    assert without_paths(table_hashes(other)) == without_paths(table_hashes(one))
    assert rights(other) == rights(one)
    assert files_of(other.archive_dir) == files_of(one.archive_dir) != {}
    assert files_of(other.editions_dir) == files_of(one.editions_dir) != {}
    assert other.pseudonym_key() == one.pseudonym_key()
    assert status_text(other) == status_text(one)


def killed_in(action: Callable[[], object], flush: int) -> bool:
    """Run the action in a child that kills itself at its n-th flush to disk; whether it came to that."""
    pid = os.fork()
    if pid == 0:
        real, count = os.fsync, 0

        def fsync(descriptor: int) -> None:
            nonlocal count
            count += 1
            if count == flush:
                os.kill(os.getpid(), signal.SIGKILL)
            real(descriptor)

        os.fsync = fsync  # type: ignore[assignment]
        try:
            action()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def test_restored_home_equals_its_source_to_the_row_the_right_and_the_login(
    source: Settings, target: Settings, tmp_path: Path
) -> None:
    made = backup.create(source, tmp_path / "backups")
    done = restore.restore(target, tmp_path / "backups")
    assert done.manifest == made.manifest
    assert done.without_password == ()
    assert made.manifest.delivery_count == 2
    assert_equal_homes(source, target)
    for role in ("pipeline", "bi_reader", "analyst"):
        assert database.role_password(target, role) == database.role_password(source, role)
        with psycopg.connect(database.url(target, role)) as connection:
            assert connection.execute("select current_user").fetchone() == (role,)
    person = database.url(target).replace(database.role_password(target, "pipeline"), PERSON_PASSWORD)
    with psycopg.connect(person.replace("pipeline:", "person:")) as connection:
        assert connection.execute("select count(*) from desk.town_names").fetchone() is not None
    with psycopg.connect(database.url(target, "bi_reader")) as connection:
        assert connection.execute("select count(*) from desk.town_names").fetchone() is not None
        assert connection.execute("show default_transaction_read_only").fetchone() == ("on",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select 1 from ops.deliveries")
    with psycopg.connect(database.url(target)) as connection:
        assert connection.execute("select path from publication.editions").fetchone() == (
            str(target.editions_dir / "gazette-2019-07-16-1"),
        )
    assert (target.home / "pseudonym.key").stat().st_mode & 0o777 == 0o600
    # Life goes on: the next delivery gets the next number, and the restored bytes are known.
    path = put(tmp_path / "more", csv_bytes(rows(3, 200)), issue="2019-07-23")
    assert intake.ingest_feed(target, "cnipa_gazette", [path]).row_count == 3
    with pytest.raises(RefusedError, match="not empty: archive, editions"):
        restore.restore(target, tmp_path / "backups")
    restore.restore(target, tmp_path / "backups", replace=True)
    assert_equal_homes(source, target)
    assert len(list(target.home.glob("replaced-*/archive/cnipa_gazette/*"))) == 3


def test_only_new_bytes_are_copied_and_old_backups_go(source: Settings, tmp_path: Path) -> None:
    root = tmp_path / "backups"
    first = backup.create(source, root)
    assert first.new_bytes > 0
    before = {path: path.stat().st_ino for path in (root / "objects").glob("*/*")}
    second = backup.create(source, root, keep=2)
    assert (second.new_bytes, second.removed) == (0, ())
    assert {path: path.stat().st_ino for path in (root / "objects").glob("*/*")} == before
    stray = root / "objects" / "ab"
    stray.mkdir(exist_ok=True)
    (stray / ("ab" * 32)).write_bytes(b"of a backup that is gone")
    third = backup.create(source, root, keep=2)
    assert third.removed == (first.manifest.backup_id,)
    assert Store(root).ids() == [second.manifest.backup_id, third.manifest.backup_id]
    assert {path: path.stat().st_ino for path in (root / "objects").glob("*/*")} == before
    for name in Store(root).ids():
        backup.verify(root, name)
    assert root.stat().st_mode & 0o777 == 0o700
    secret = root / third.manifest.backup_id / "secrets"
    assert {path.stat().st_mode & 0o777 for path in secret.iterdir()} == {0o600}
    assert {item.path for item in third.manifest.secrets} == {"pseudonym.key", "postgres.password"}


def test_backup_killed_at_any_flush_leaves_only_whole_backups(source: Settings, tmp_path: Path) -> None:
    root = tmp_path / "backups"
    killed = 0
    for flush in range(1, 40):
        if not killed_in(lambda: backup.create(source, root), flush):
            break
        killed += 1
        for name in Store(root).ids():
            backup.verify(root, name)
    assert killed > 5, "a flush for each file and for the folders was expected"
    backup.create(source, root, keep=1)
    assert len(Store(root).ids()) == 1
    backup.verify(root)
    assert not list(root.glob(".*")) and not list((root / "objects").glob(".*"))


def test_restore_killed_at_any_point_refuses_other_commands_and_ends_equal(
    source: Settings, target: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "backups"
    backup.create(source, root)
    for flush in (1, 3, 2):  # what was placed before is not placed again
        assert killed_in(lambda: restore.restore(target, root), flush)
        with pytest.raises(DatabaseError, match="has not ended"):
            database.ensure_ready(target)
        names = [path for path in target.archive_dir.rglob("*.csv") if not path.name.startswith(".")]
        assert all(path.stem == hashlib.sha256(path.read_bytes()).hexdigest() for path in names)
    real = dump.restore

    def killed_meanwhile(address: str, dump_file: Path) -> None:
        threading.Timer(0.15, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        real(address, dump_file)
        threading.Event().wait(5)

    monkeypatch.setattr(dump, "restore", killed_meanwhile)
    assert killed_in(lambda: restore.restore(target, root), 10_000)
    monkeypatch.setattr(dump, "restore", real)
    with pytest.raises(DatabaseError, match="has not ended"):
        database.ensure_ready(target)
    restore.restore(target, root)
    assert_equal_homes(source, target)
    assert not list(target.home.rglob(".partial-*"))


def test_what_is_missing_or_damaged_is_named(source: Settings, target: Settings, tmp_path: Path) -> None:
    root = tmp_path / "backups"
    file = next(source.archive_dir.glob("cnipa_gazette/*.csv"))
    edition = source.editions_dir / "gazette-2019-07-16-1" / "report.txt"
    for path in (file, edition):
        content = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(content[:-1] + b"X")
        with pytest.raises(RefusedError, match=path.name):
            backup.create(source, root)
        path.unlink()
        with pytest.raises(RefusedError, match=path.name):
            backup.create(source, root)
        path.write_bytes(content)
        path.chmod(0o444)
    assert Store(root).ids() == []
    made = backup.create(source, root).manifest
    stored = Store(root).object(made.files[0].sha256)
    stored.chmod(0o600)
    stored.write_bytes(b"X" + stored.read_bytes()[1:])
    with pytest.raises(RefusedError, match=f"{made.files[0].path} is damaged"):
        backup.verify(root)
    with pytest.raises(RefusedError, match="is damaged"):
        restore.restore(target, root)
    assert not target.home.exists()
    shutil.rmtree(root)
    made = backup.create(source, root).manifest
    (root / made.backup_id / "warehouse.dump").write_bytes(b"PGDMP")
    with pytest.raises(RefusedError, match=r"warehouse\.dump is damaged"):
        backup.verify(root)
    manifest = root / made.backup_id / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"delivery_count", b"delivery_c0unt"))
    with pytest.raises(RefusedError, match="manifest of backup"):
        backup.verify(root)


def test_busy_wrong_and_empty_places_are_refused(source: Settings, tmp_path: Path) -> None:
    root = tmp_path / "backups"
    with pytest.raises(UsageError, match="no folder of backups"):
        backup.verify(root)
    (root / "other").mkdir(parents=True)
    with pytest.raises(UsageError, match="holds other files"):
        backup.create(source, root)
    (root / "other").rmdir()
    backup.create(source, root)
    with Store(root).lock(), pytest.raises(BusyError):
        backup.create(source, root)
    with pytest.raises(UsageError, match="there is no backup 'x'"):
        backup.verify(root, "x")


def test_older_pg_dump_is_refused(source: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dump, "_output", lambda _program, _arguments: "pg_dump (PostgreSQL) 15.4\n")
    with pytest.raises(RefusedError, match="pg_dump 15 of this installation is older than the server"):
        backup.create(source, tmp_path / "backups")
    assert Store(tmp_path / "backups").ids() == []


def test_airflow_s_database_comes_along(source: Settings, target: Settings, tmp_path: Path) -> None:
    admin = database.with_database(database.url(source, "postgres"), "postgres")
    (source.home / "airflow").mkdir(exist_ok=True)
    (source.home / "airflow" / "secrets.json").write_text(json.dumps({"fernet_key": "k"}), encoding="ascii")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create role airflow login password 'metadata'")
        connection.execute("create database airflow owner airflow")
    address = database.with_database(admin, "airflow")
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("set role airflow")
            connection.execute("create table public.dag_run (id integer primary key)")
            connection.execute("insert into public.dag_run values (7)")
        backup.create(source, tmp_path / "backups")
        assert restore.restore(target, tmp_path / "backups").has_airflow
        theirs = database.url(target).replace(database.role_password(target, "pipeline"), "metadata")
        theirs = database.with_database(theirs.replace("pipeline:", "airflow:"), "airflow")
        with psycopg.connect(theirs) as connection:
            assert connection.execute("select id from dag_run").fetchall() == [(7,)]
        assert (target.home / "airflow" / "secrets.json").stat().st_mode & 0o777 == 0o600
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("drop database airflow with (force)")
            connection.execute("drop role airflow")
        shutil.rmtree(source.home / "airflow")


def test_commands_print_what_a_person_needs(
    source: Settings,
    target: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def call(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["backup", *arguments])
        assert ended.value.code == 0
        return capsys.readouterr().out

    monkeypatch.setenv("IPSTAT_HOME", str(source.home))
    monkeypatch.delenv("IPSTAT_BACKUP_DIR", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["backup", "list"])
    assert ended.value.code == 2
    assert "IPSTAT_BACKUP_DIR" in capsys.readouterr().err
    monkeypatch.setenv("IPSTAT_BACKUP_DIR", str(tmp_path / "backups"))
    name = call("create", "--keep", "3").strip()
    assert Store(tmp_path / "backups").ids() == [name]
    assert name in call("list")
    assert f"{name} is whole: warehouse as of" in call("verify")
    monkeypatch.setenv("IPSTAT_HOME", str(target.home))
    call("restore", name)
    assert_equal_homes(source, target)
