"""The command line: exit codes, errors without tracebacks, results on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer

from ipstat import cli, database, locks
from ipstat.settings import PROJECT_ROOT, Settings

Outcome = tuple[int, str, str]
Run = Callable[..., Outcome]


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command of the tree."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path
    else:
        for name, each in below.items():
            yield from commands(each, (*path, name))


# `ipstat airflow cli` hands every word to Airflow, --help too.
COMMANDS = sorted(set(commands(typer.main.get_command(cli.app))) - {("airflow", "cli")})
PROMISED = {
    *(
        (name,)
        for name in ("run", "fetch", "ingest", "build", "gate", "status", "freshness", "sql", "sample-city", "stock")
    ),
    *(("batch", name) for name in ("list", "reload", "retract")),
    *(("publish", name) for name in ("marts", "white-paper", "gazette")),
    *(("db", name) for name in ("start", "stop", "url", "psql", "migrate", "reset")),
    *(("airflow", name) for name in ("start", "stop", "status", "trigger")),
    *(("alerts", name) for name in ("list", "send", "close", "test")),
    *(("backup", name) for name in ("create", "list", "verify", "restore")),
    *(("review", name) for name in ("list", "show", "accept", "reject", "undo")),
    *(("dev", name) for name in ("derive", "migration")),
}


@pytest.fixture
def ipstat(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command on a fresh database and home; its exit code, stdout and stderr."""
    monkeypatch.setenv("IPSTAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", database_url)

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        out = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0 if code is None else 1, out.out, out.err)

    return run


def test_the_promised_commands_exist() -> None:
    assert set(COMMANDS) >= PROMISED


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: tuple[str, ...], ipstat: Run) -> None:
    code, out, _ = ipstat(*command, "--help")
    assert code == 0
    assert " ".join(("ipstat", *command)) in out


def test_help_names_exit_codes_and_examples(ipstat: Run) -> None:
    code, out, _ = ipstat("--help")
    assert code == 0
    assert "75" in out
    assert "ipstat run --sample-city" in out
    assert "Example: ipstat build --as-of" in ipstat("build", "--help")[1]


def test_wrong_usage_ends_with_2(ipstat: Run) -> None:
    assert ipstat("nonsense")[0] == 2
    assert ipstat("build", "--as-of", "yesterday")[0] == 2
    assert ipstat("run")[0] == 2
    code, _, err = ipstat("ingest", "no_such_feed", "x.csv")
    assert code == 2
    assert "cnipa_gazette" in err, "the known feeds are named"


def test_sql_prints_a_table_and_csv(ipstat: Run) -> None:
    query = "select '石岐' as town, 12 as n union all select '小榄,北', null order by 2"
    assert ipstat("sql", query) == (0, "town     n\n-------  --\n石岐     12\n小榄,北\n", "")
    assert ipstat("sql", query, "--format", "csv") == (0, 'town,n\n石岐,12\n"小榄,北",\n', "")


def test_sql_only_reads(ipstat: Run, database_url: str) -> None:
    code, _, err = ipstat("sql", "insert into ops.settings values ('a', 'b')")
    assert code == 2
    assert "only reads" in err
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from ops.settings").fetchone() == (0,)
    code, _, err = ipstat("sql", "select nothing from nowhere")
    assert code == 1
    assert 'relation "nowhere" does not exist' in err
    assert "Traceback" not in err


def test_without_data_each_step_says_what_comes_first(ipstat: Run) -> None:
    for command, said in (
        (("build",), "ipstat ingest"),
        (("gate",), "ipstat build"),
        (("publish", "marts"), "ipstat build"),
        (("publish", "white-paper", "--year", "2019"), "ipstat build"),
        (("publish", "marts", "--build", "b20200101t000000abcd"), "no build b20200101t000000abcd"),
    ):
        code, out, err = ipstat(*command)
        assert (code, out) == (1, ""), command
        assert said in err
        assert "Traceback" not in err


def test_a_second_run_ends_with_75_and_names_the_holder(ipstat: Run, database_url: str) -> None:
    with locks.hold(database_url, locks.WAREHOUSE, "build"):
        for command in (("build",), ("gate",), ("publish", "marts")):
            code, _, err = ipstat(*command)
            assert code == 75, command
            assert "ipstat build (pid" in err
            assert ", since 20" in err
    assert ipstat("gate")[0] == 1


def test_status_of_an_empty_home_names_every_feed(ipstat: Run) -> None:
    code, out, _ = ipstat("status")
    assert code == 0
    assert "cnipa_gazette" in out
    assert "no build yet" in out


def test_an_unreachable_database_is_an_error_with_a_mend(ipstat: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPSTAT_DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/none")
    code, _, err = ipstat("status")
    assert code == 1
    assert "can't reach the database" in err
    assert "secret" not in err
    assert "Traceback" not in err


def test_each_run_is_logged_as_json_lines(ipstat: Run, tmp_path: Path) -> None:
    ipstat("build")
    lines = [json.loads(line) for line in (tmp_path / "home" / "logs" / "ipstat.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["started", "failed"]
    assert lines[1]["command"] == "build"
    assert "no active batch" in lines[1]["error"]


def test_the_embedded_server_by_command(tmp_path: Path, server_settings: Settings) -> None:
    """start, url, psql, stop of a home of its own, as a program."""
    home = tmp_path / "own"
    settings = Settings(home=home)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": "/usr/bin:/bin", "IPSTAT_HOME": str(home), "HOME": str(tmp_path)}
        program = [sys.executable, "-m", "ipstat.cli", *arguments]
        return subprocess.run(program, capture_output=True, text=True, cwd=PROJECT_ROOT, env=environment, check=False)

    try:
        assert run("db", "start").returncode == 0
        address = run("db", "url", "--role", "bi_reader").stdout.strip()
        with psycopg.connect(address) as connection:
            assert connection.execute("select current_user").fetchone() == ("bi_reader",)
        told = run("db", "psql", "--", "-At", "-c", "select current_user")
        assert told.stdout == "pipeline\n", told.stderr
        with psycopg.connect(database.url(settings)) as connection:
            connection.execute("insert into ops.settings values ('a', 'b')")
        assert run("db", "reset").returncode != 0, "a reset without --yes and without an answer drops nothing"
        assert run("sql", "select count(*) as n from ops.settings", "--format", "csv").stdout == "n\n1\n"
        assert run("db", "reset", "--yes").returncode == 0
        assert run("sql", "select count(*) as n from ops.settings", "--format", "csv").stdout == "n\n0\n"
        assert run("db", "stop").returncode == 0
        assert not database.is_running(settings)
    finally:
        database.stop(settings, is_immediate=True)
