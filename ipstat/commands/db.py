"""`ipstat db ...` and `ipstat sql`: the database server and questions to it."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated
from urllib.parse import unquote, urlsplit

import psycopg
import typer

from ipstat import database, server
from ipstat.commands.common import as_csv, as_table, echo, open_session
from ipstat.errors import IpstatError, UsageError
from ipstat.settings import Settings

app = typer.Typer(help="Start, stop, reach, migrate or reset the database.", no_args_is_help=True)


class Format(StrEnum):
    """How `ipstat sql` prints rows."""

    TABLE = "table"
    CSV = "csv"


class Role(StrEnum):
    """Roles that log in."""

    PIPELINE = "pipeline"
    BI_READER = "bi_reader"
    ANALYST = "analyst"


RoleOption = Annotated[Role, typer.Option("--role", help="bi_reader reads marts; analyst also confidential measures.")]


@app.command("start")
def start_command() -> None:
    """Start the embedded server (nothing happens if it runs) and bring its schema up to date."""
    session = open_session("db start")
    with session.reporter.step("starting PostgreSQL"):
        database.ensure_ready(session.settings)
    session.reporter.say("the database runs; `ipstat db url` gives its address")


@app.command("stop")
def stop_command() -> None:
    """Stop the embedded server of this home."""
    session = open_session("db stop")
    was_running = database.stop(session.settings)
    session.reporter.say("stopped" if was_running else "no server was running")


@app.command("url")
def url_command(role: RoleOption = Role.PIPELINE) -> None:
    """Print the address for a client. Example: psql "$(ipstat db url --role bi_reader)" """
    settings = Settings.from_env()
    database.ensure_ready(settings)
    echo(database.url(settings, role.value))


@app.command("psql", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql_command(context: typer.Context, role: RoleOption = Role.PIPELINE) -> None:
    r"""Open psql. Example: ipstat db psql -- -c '\d+ marts.fct_patents'"""
    settings = Settings.from_env()
    database.ensure_ready(settings)
    parts = urlsplit(database.url(settings, role.value))
    program = server.binaries_dir() / "psql"
    # The password goes through the environment: arguments are seen by every user of the machine.
    environment = {**os.environ, "PGPASSWORD": unquote(parts.password or "")}
    address = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    os.execve(program, [str(program), address, *context.args], environment)  # noqa: S606 - psql takes our place


@app.command("migrate")
def migrate_command() -> None:
    """Apply the migrations that the database lacks."""
    session = open_session("db migrate")
    address = database.start(session.settings)
    done = database.migrate(address)
    database.ensure_ready(session.settings)
    session.reporter.say(f"applied {', '.join(done)}" if done else "the schema is up to date")


@app.command("set-logins")
def set_logins_command() -> None:
    """Let bi_reader and analyst log in to an external server: IPSTAT_BI_READER_PASSWORD, IPSTAT_ANALYST_PASSWORD."""
    session = open_session("db set-logins")
    wanted = {role: os.environ.get(f"IPSTAT_{role.upper()}_PASSWORD", "") for role in database.LOGIN_ROLES[1:]}
    missing = [f"IPSTAT_{role.upper()}_PASSWORD" for role, password in wanted.items() if not password]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} is not set", "put the password into the environment, not on the line"
        )
    database.set_logins(session.settings, wanted)
    session.reporter.say(f"{' and '.join(wanted)} can log in")


@app.command("reset")
def reset_command(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Drop everything of the warehouse from the database. The archive, the editions and the logs stay."""
    session = open_session("db reset")
    if not yes and not typer.confirm(f"Drop the whole warehouse of {session.settings.home}?"):
        raise UsageError("nothing was dropped")
    with session.reporter.step("dropping and migrating"):
        database.reset(session.settings)
    session.reporter.say("the database is empty; ingest again from the archive or the senders' files")


def sql_command(
    query: Annotated[str, typer.Argument(help="One statement that reads.")],
    output: Annotated[Format, typer.Option("--format", help="table for people, csv for programs")] = Format.TABLE,
) -> None:
    """Run a query (read-only) and print its rows.

    Example: ipstat sql "select patent_kind, count(*) from marts.fct_patents where is_in_city group by 1" --format csv
    """
    settings = Settings.from_env()
    address = database.ensure_ready(settings)
    try:
        with psycopg.connect(address, options="-c default_transaction_read_only=on") as connection:
            cursor = connection.execute(query.encode())
            if cursor.description is None:
                return
            header = [column.name for column in cursor.description]
            rows = cursor.fetchall()
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise UsageError("ipstat sql only reads", "use `ipstat db psql` to change something") from error
    except psycopg.Error as error:
        raise IpstatError(f"the database refuses the query: {str(error).strip()}", "correct the SQL") from error
    echo(as_csv(header, rows) if output is Format.CSV else as_table(header, rows))
