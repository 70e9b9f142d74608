"""A server that is not ours: roles made by deploy/postgres, no superuser, logins by .env, dumps by a reading role."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from ipstat import backup, database, intake, restore, server
from ipstat.errors import DatabaseError, RefusedError, UsageError
from ipstat.settings import PROJECT_ROOT, Settings
from tests.support.ingest import csv_bytes, put, rows

PASSWORDS = {"pipeline": "p-secret", "airflow": "a-secret", "backup": "b-secret"}
LOGINS = {"bi_reader": "r-secret", "analyst": "s-secret"}


@dataclass(frozen=True)
class External:
    """A server with the roles and databases of deploy/postgres/10-roles.sh, as its users see it."""

    port: int
    admin_password: str

    def url(self, role: str, name: str = "warehouse") -> str:
        secret = ({"postgres": self.admin_password} | PASSWORDS | LOGINS)[role]
        return f"postgresql://{role}:{secret}@127.0.0.1:{self.port}/{name}"

    def settings(self, home: Path, name: str = "warehouse", role: str = "pipeline") -> Settings:
        return Settings(home=home, database_url=self.url(role, name), pseudonym_key_text="key-of-the-tests")


@pytest.fixture(scope="module")
def external(tmp_path_factory: pytest.TempPathFactory) -> Iterator[External]:
    host = Settings(
        home=tmp_path_factory.mktemp("external") / "server",
        server_options=(("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")),
    )
    host.ensure_home()
    with server.server_lock(host):
        port = server.start(host)
    try:
        found = External(port, server.password(host))
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
            "PATH": f"{server.binaries_dir()}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGPASSWORD": found.admin_password,
            "POSTGRES_USER": "postgres",
            "POSTGRES_DB": "postgres",
            "PIPELINE_PASSWORD": PASSWORDS["pipeline"],
            "AIRFLOW_DATABASE_PASSWORD": PASSWORDS["airflow"],
            "BACKUP_DATABASE_PASSWORD": PASSWORDS["backup"],
        }
        script = PROJECT_ROOT / "deploy" / "postgres" / "10-roles.sh"
        subprocess.run(["bash", str(script)], env=environment, check=True, capture_output=True)
        yield found
    finally:
        with server.server_lock(host):
            server.stop(host, is_immediate=True)


def test_warehouse_on_an_external_server_without_a_superuser(external: External, tmp_path: Path) -> None:
    settings = external.settings(tmp_path / "home")
    assert database.ensure_ready(settings) == settings.database_url
    assert database.migrate(external.url("pipeline")) == []
    database.set_logins(settings, LOGINS)
    path = put(tmp_path / "sent", csv_bytes(rows(5)))
    assert intake.ingest_feed(settings, "cnipa_gazette", [path]).row_count == 5
    for role, read_only in (("bi_reader", "on"), ("analyst", "off")):
        with psycopg.connect(external.url(role)) as connection:
            assert connection.execute("show default_transaction_read_only").fetchone() == (read_only,)
            assert connection.execute("select count(*) from fct_patents").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select * from landing.cnipa_gazette")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(external.url(role).replace(LOGINS[role], "guess"))
    with psycopg.connect(external.url("pipeline")) as connection:
        assert connection.execute("select rolsuper from pg_roles where rolname = 'pipeline'").fetchone() == (False,)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(external.url("pipeline", "airflow"))
    with pytest.raises(UsageError, match="administrator"):
        database.url(settings, "bi_reader")
    with pytest.raises(UsageError, match="not ours to stop"):
        database.stop(settings)
    assert not settings.postgres_dir.exists()


def test_backup_by_the_reading_role_comes_back_for_the_owner(
    external: External, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = external.settings(tmp_path / "home")
    database.ensure_ready(settings)
    path = put(tmp_path / "sent", csv_bytes(rows(7, 100)), issue="2019-07-16")
    intake.ingest_feed(settings, "cnipa_gazette", [path])
    # The archive of the other test lies in its own home: this database's receipts must all be in the backup.
    with pytest.raises(RefusedError, match="missing from the archive"):
        other = external.settings(tmp_path / "empty", role="backup")
        other.ensure_home()
        backup.create(other, tmp_path / "backups")
    with psycopg.connect(external.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("drop database if exists fresh with (force)")
        connection.execute("drop database if exists restored with (force)")
        connection.execute("create database fresh owner pipeline")
        connection.execute("create database restored owner pipeline")
    fresh = external.settings(tmp_path / "fresh", "fresh")
    database.ensure_ready(fresh)
    intake.ingest_feed(fresh, "cnipa_gazette", [path])
    monkeypatch.setenv(backup.AIRFLOW_VARIABLE, external.url("backup", "airflow"))
    made = backup.create(external.settings(tmp_path / "fresh", "fresh", "backup"), tmp_path / "backups").manifest
    assert [item.name for item in made.databases] == ["warehouse", "airflow"]
    assert [item.path for item in made.secrets] == ["pseudonym.key"], "the server's passwords are not ours to keep"
    monkeypatch.delenv(backup.AIRFLOW_VARIABLE)
    target = external.settings(tmp_path / "target", "restored")
    done = restore.restore(target, tmp_path / "backups")
    assert not done.has_airflow, "no address of an Airflow database was given"
    listed = (
        "select n.nspname, c.relname, pg_get_userbyid(c.relowner), array(select unnest(c.relacl)::text order by 1)"
        " from pg_class as c join pg_namespace as n on n.oid = c.relnamespace where c.relkind in ('r', 'v')"
        " and n.nspname in ('ops', 'landing', 'publication', 'marts') order by 1, 2"
    )
    content = "select * from landing.cnipa_gazette order by _source_row"
    with (
        psycopg.connect(external.url("pipeline", "fresh")) as one,
        psycopg.connect(external.url("pipeline", "restored")) as two,
    ):
        assert one.execute(listed).fetchall() == two.execute(listed).fetchall() != []
        assert one.execute(content).fetchall() == two.execute(content).fetchall() != []
    with pytest.raises(RefusedError, match="not empty"):
        restore.restore(external.settings(tmp_path / "third", "restored"), tmp_path / "backups")


def test_an_administrator_s_login_leaves_everything_to_pipeline(external: External, tmp_path: Path) -> None:
    with psycopg.connect(external.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("create database managed")
    database.ensure_ready(external.settings(tmp_path / "home", "managed", "postgres"))
    with psycopg.connect(external.url("postgres", "managed")) as connection:
        owners = connection.execute(
            "select distinct pg_get_userbyid(nspowner) from pg_namespace where nspname in ('ops', 'landing', 'marts')"
        ).fetchall()
    assert owners == [("pipeline",)]


def test_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://pipeline:hush@127.0.0.1:9/warehouse")
    with pytest.raises(DatabaseError, match=r"can't reach the database at 127\.0\.0\.1") as caught:
        database.ensure_ready(settings)
    assert "hush" not in str(caught.value)
    with pytest.raises(UsageError, match="embedded server's logins"):
        database.set_logins(Settings(home=tmp_path), LOGINS)
