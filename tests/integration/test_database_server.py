"""The embedded server: idempotent, restarted after a crash, two homes side by side, as root and as an ordinary user."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ipstat import database, migrate, privileges, server
from ipstat.errors import DatabaseError, MigrationError, UsageError
from ipstat.settings import PROJECT_ROOT, Settings

MakeHome = Callable[[str], Settings]
NOBODY = 65534


@pytest.fixture
def make_home(tmp_path: Path) -> Iterator[MakeHome]:
    made: list[Settings] = []

    def make(name: str) -> Settings:
        made.append(Settings(home=tmp_path / name, server_options=(("fsync", "off"),)))
        return made[-1]

    yield make
    for settings in made:
        database.stop(settings, is_immediate=True)


def one(address: str, query: str) -> object:
    with psycopg.connect(address) as connection:
        row = connection.execute(query).fetchone()
    return None if row is None else row[0]


def test_start_is_idempotent_and_keeps_the_port(make_home: MakeHome) -> None:
    settings = make_home("a")
    address = database.ensure_ready(settings)
    pid = server.running_pid(settings)
    assert database.ensure_ready(settings) == address
    assert server.running_pid(settings) == pid
    assert database.stop(settings)
    assert not database.is_running(settings)
    assert not database.stop(settings)
    assert database.ensure_ready(settings) == address


def test_the_server_is_local_utf8_and_asks_for_a_password(make_home: MakeHome) -> None:
    settings = make_home("a")
    address = database.start(settings)
    assert one(address, "show listen_addresses") == "127.0.0.1"
    assert one(address, "show server_encoding") == "UTF8"
    assert one(address, "select datlocale from pg_database where datname = current_database()") == "C.UTF-8"
    assert one(address, "select rolsuper from pg_roles where rolname = current_user") is False
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address.replace(database.role_password(settings, "pipeline"), "wrong")).close()
    assert stat.S_IMODE((settings.home / "postgres.password").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


def test_two_homes_run_side_by_side(make_home: MakeHome) -> None:
    first, second = make_home("first"), make_home("second")
    addresses = [database.ensure_ready(settings) for settings in (first, second)]
    with psycopg.connect(addresses[0]) as connection:
        connection.execute("insert into ops.settings values ('whose', 'first')")
    assert one(addresses[1], "select count(*) from ops.settings") == 0
    database.stop(second)
    assert one(addresses[0], "select value from ops.settings") == "first"


def test_a_killed_server_is_noticed_and_started_again(make_home: MakeHome) -> None:
    settings = make_home("a")
    with psycopg.connect(database.ensure_ready(settings)) as connection:
        connection.execute("insert into ops.settings values ('kept', 'yes')")
    pid = server.running_pid(settings)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    address = database.ensure_ready(settings)
    assert one(address, "select value from ops.settings") == "yes"
    assert server.running_pid(settings) != pid


def test_a_pid_file_whose_pid_belongs_to_another_program_does_not_count(make_home: MakeHome) -> None:
    settings = make_home("a")
    database.start(settings)
    path = server.data_dir(settings) / "postmaster.pid"
    lines = path.read_text(encoding="utf-8").split("\n")
    database.stop(settings)
    path.write_text("\n".join([str(os.getpid()), *lines[1:]]), encoding="utf-8")
    if os.geteuid() == 0:
        os.chown(path, server.data_dir(settings).stat().st_uid, -1)
    assert server.running_pid(settings) is None
    assert one(database.start(settings), "select 1") == 1


def test_a_port_that_another_program_took_is_given_up(make_home: MakeHome) -> None:
    settings = make_home("a")
    database.start(settings)
    taken = server.port(settings)
    assert taken is not None
    database.stop(settings)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", taken))
        other.listen()
        address = database.start(settings)
        assert server.port(settings) != taken
        assert one(address, "select 1") == 1


def test_an_interrupted_initdb_is_done_again(make_home: MakeHome) -> None:
    settings = make_home("a")
    half = settings.postgres_dir / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="ascii")
    assert one(database.start(settings), "select 1") == 1


def test_a_long_home_is_no_problem(make_home: MakeHome) -> None:
    """A Unix socket's path may have 107 bytes; we use none."""
    settings = make_home("/".join(["a-folder-with-a-long-name"] * 6) + "/中文 名")
    assert one(database.start(settings), "select 1") == 1


def test_an_external_address_is_used_as_it_is(make_home: MakeHome, tmp_path: Path) -> None:
    inner = make_home("inner")
    address = database.ensure_ready(inner)
    outer = Settings(home=tmp_path / "outer", database_url=address)
    assert database.ensure_ready(outer) == address
    assert not (tmp_path / "outer" / "postgres").exists()
    with pytest.raises(UsageError):
        database.stop(outer)
    with pytest.raises(DatabaseError, match=r"can't reach the database at 127\.0\.0\.1"):
        database.start(Settings(home=tmp_path, database_url="postgresql://nobody:x@127.0.0.1:1/none"))


def test_an_administrators_login_makes_everything_belong_to_pipeline(make_home: MakeHome) -> None:
    settings = make_home("a")
    database.ensure_ready(settings)
    admin = database.url(settings, "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create database other")
    migrate.apply(database.with_database(admin, "other"))
    owner = "select distinct pg_get_userbyid(relowner) from pg_class where relnamespace = 'ops'::regnamespace"
    assert one(database.with_database(admin, "other"), owner) == "pipeline"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a folder that the server's user may not enter")
def test_as_root_below_a_closed_folder_no_permission_is_changed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    settings = Settings(home=closed / "home", server_options=(("fsync", "off"),))
    try:
        address = database.start(settings)
        assert one(address, "select 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert closed.stat().st_uid == 0
        pid = server.running_pid(settings)
        status = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
        )
        assert status["Uid"].split()[0] == str(NOBODY)
        assert int(status["CapEff"], 16) == 1 << 2, "nothing but CAP_DAC_READ_SEARCH may be left"
    finally:
        database.stop(settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: only root has to change its uid")
def test_as_root_without_the_capability_the_message_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(privileges, "holds_read_search", lambda: False)
    with pytest.raises(DatabaseError) as caught:
        database.start(Settings(home=closed / "home"))
    blocked = privileges.closed_folder(closed, privileges.ServerUser(NOBODY, NOBODY, True))
    assert str(blocked) in caught.value.message
    assert f"chmod o+x {blocked}" in caught.value.mend


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv to become another"
)
def test_an_ordinary_user_runs_the_server_directly(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As another uid in a home of its own. The interpreter may lie where that uid can't look (as root it keeps the
    right to enter and read, nothing else), which is what setpriv's ambient capability is for."""
    home = tmp_path_factory.mktemp("ordinary")
    os.chown(home, NOBODY, NOBODY)
    code = (
        "import os, psycopg; from pathlib import Path; from ipstat import database, server;"
        " from ipstat.settings import Settings;"
        f" s = Settings(home=Path({str(home)!r}) / 'mine'); u = database.ensure_ready(s);"
        " print(os.geteuid(), psycopg.connect(u).execute('select 1').fetchone()[0],"
        " server.data_dir(s).stat().st_uid, database.stop(s))"
    )
    done = subprocess.run(
        [
            *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=+dac_read_search"),
            *("--ambient-caps=+dac_read_search", "--bounding-set=-all,+dac_read_search", sys.executable, "-c", code),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT_ROOT,
        env={**os.environ, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(NOBODY), "1", str(NOBODY), "True"]


def test_a_changed_migration_is_refused(database_url: str, tmp_path: Path) -> None:
    for path in migrate.MIGRATIONS_DIR.glob("*.sql"):
        shutil.copy(path, tmp_path)
    first = tmp_path / "0001_ops.sql"
    first.write_text(first.read_text(encoding="utf-8") + "\n-- changed\n", encoding="utf-8")
    with pytest.raises(MigrationError, match="0001_ops was changed after it was applied"):
        migrate.apply(database_url, tmp_path)


def test_a_database_of_the_previous_version_is_upgraded(database_url: str, tmp_path: Path) -> None:
    """The next version has one migration more: it is applied alone, in one transaction, and data stay."""
    for path in migrate.MIGRATIONS_DIR.glob("*.sql"):
        shutil.copy(path, tmp_path)
    number = len(migrate.load()) + 1
    with psycopg.connect(database_url) as connection:
        connection.execute("insert into ops.settings values ('kept', 'yes')")
    new = tmp_path / f"{number:04}_more.sql"
    new.write_text(
        "alter table ops.settings add column note text; create table ops.settings (a int);", encoding="utf-8"
    )
    with pytest.raises(MigrationError, match=f"{number:04}_more failed"):
        migrate.apply(database_url, tmp_path)
    columns = "select count(*) from information_schema.columns where table_schema = 'ops' and table_name = 'settings'"
    assert one(database_url, columns) == 3
    new.write_text("alter table ops.settings add column note text;", encoding="utf-8")
    assert migrate.apply(database_url, tmp_path) == [f"{number:04}_more"]
    assert migrate.apply(database_url, tmp_path) == []
    assert one(database_url, columns) == 4
    assert one(database_url, "select value from ops.settings where name = 'kept'") == "yes"
    with pytest.raises(MigrationError, match="does not know"):
        migrate.apply(database_url)


def test_migrations_from_nothing_and_step_by_step_give_the_same_schema(
    server_settings: Settings, tmp_path: Path
) -> None:
    """Each version's database can be upgraded to this one: the migrations one by one give what all at once give."""
    admin = database.with_database(database.url(server_settings, "postgres"), "postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create database stepwise owner pipeline")
    address = database.with_database(database.url(server_settings), "stepwise")
    for path in sorted(migrate.MIGRATIONS_DIR.glob("*.sql")):
        shutil.copy(path, tmp_path)
        assert migrate.apply(address, tmp_path) == [path.stem]
    query = (
        "select table_schema, table_name, column_name, data_type, is_nullable from information_schema.columns"
        " where table_schema in ('ops', 'landing', 'marts', 'publication') order by 1, 2, 3"
    )
    with psycopg.connect(address) as left, psycopg.connect(database.url(server_settings)) as right:
        assert left.execute(query).fetchall() == right.execute(query).fetchall()


def test_a_migration_that_a_users_view_blocks_names_the_view(database_url: str, tmp_path: Path) -> None:
    for path in migrate.MIGRATIONS_DIR.glob("*.sql"):
        shutil.copy(path, tmp_path)
    number = len(migrate.load()) + 1
    with psycopg.connect(database_url) as connection:
        connection.execute("create table marts.fct_x (a integer); create schema desk")
        connection.execute("create view desk.mine as select a from marts.fct_x")
    (tmp_path / f"{number:04}_type.sql").write_text("alter table marts.fct_x alter a type bigint;", encoding="utf-8")
    with pytest.raises(MigrationError, match=r"desk\.mine"):
        migrate.apply(database_url, tmp_path)
