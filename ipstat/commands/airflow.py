"""`ipstat airflow ...`: the steps scheduled, watched and retried by Airflow, on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ipstat import database
from ipstat.airflow import follow, launcher
from ipstat.airflow.layout import USER, AirflowError, Layout
from ipstat.commands import run
from ipstat.commands.common import Session, as_table, echo, open_session
from ipstat.delivery_plan import MARK_NAME
from ipstat.errors import UsageError
from ipstat.settings import Settings

app = typer.Typer(help="Start, stop, look at and trigger Airflow on this machine.", no_args_is_help=True)

_MEGABYTE = 1_000_000


@app.command("start")
def start_command(
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Of the user interface; default: the last one, or a free one."),
    ] = None,
    sample_city: Annotated[bool, typer.Option("--sample-city", help="On the feeds of an invented city.")] = False,
    scale: run.ScaleOption = run.DEFAULT_SCALE,
    seed: run.SeedOption = run.DEFAULT_SEED,
    from_year: run.FromOption = run.FIRST_YEAR,
    to_year: run.ToOption = run.LAST_YEAR,
) -> None:
    """Start Airflow; returns when its user interface answers and all components are healthy.

    Examples: ipstat airflow start --port 8080; ipstat airflow start --sample-city --scale 0.01 --from-year 2023
    """
    session = open_session("airflow start")
    settings = session.settings

    if sample_city and (settings.sample_city_dir / MARK_NAME).exists():
        run.ensure_city(session, settings.sample_city_dir, scale, seed, (from_year, to_year))  # refuses another city
    if sample_city:
        _wish_for_city(settings)
    session.reporter.say("starting Airflow; the first start of a home makes two databases and takes longest")
    done = launcher.start(settings, port)
    session.reporter.say(f"Airflow runs after {done.seconds:.0f} s" if done.is_new else "Airflow runs already")
    echo(done.address)
    if done.is_new:
        _show_login(session, done.new_password)
    if sample_city:
        # After the components, not beside them: they need both cores to come up.
        run.ensure_city(session, settings.sample_city_dir, scale, seed, (from_year, to_year))
    session.reporter.say("`ipstat airflow trigger --wait` fetches all feeds")


def _wish_for_city(settings: Settings) -> None:
    """Leave the mark by which the components know, before the city is there, that the feeds come from it."""
    layout = Layout.of(settings)
    layout.make()
    layout.sample_city_wish.touch()


def _show_login(session: Session, new_password: str | None) -> None:
    """The password goes to the terminal only, never into our log."""
    echo(f"user: {USER}")
    if new_password is None:
        echo(f"password: printed at the first start, kept in {Layout.of(session.settings).passwords}")
    else:
        echo(f"password: {new_password}   (shown this once; kept in {Layout.of(session.settings).passwords})")


@app.command("stop")
def stop_command(
    with_database: Annotated[bool, typer.Option("--with-database", help="Stop the embedded PostgreSQL too.")] = False,
) -> None:
    """Stop Airflow with all workers and tasks; what they had begun is begun again after the next start."""
    session = open_session("airflow stop")
    with session.reporter.step("stopping Airflow"):
        did_run = launcher.stop(session.settings)
    session.reporter.say("Airflow is stopped" if did_run else "Airflow was not running")
    if with_database:
        was_running = database.stop(session.settings)
        session.reporter.say("the database is stopped" if was_running else "no database was running")


@app.command("status")
def status_command() -> None:
    """Each component with its pid, age, memory and health; exit code 1 where one is not healthy, or a DAG file can't be
    read.
    """
    settings = Settings.from_env()
    components = launcher.status(settings)
    rows = [
        (
            item.name,
            item.pid,
            None if item.age_seconds is None else f"{item.age_seconds:.0f} s",
            None if item.memory_bytes is None else f"{item.memory_bytes / _MEGABYTE:.0f} MB",
            item.start_count,
            item.health,
        )
        for item in components
    ]
    echo(as_table(["component", "pid", "age", "memory", "starts", "health"], rows))
    sick = [item.name for item in components if item.health != "healthy"]
    if sick:
        raise AirflowError(f"not healthy: {', '.join(sick)}", "the logs lie in IPSTAT_HOME/airflow/logs")
    with launcher.client(settings) as api:
        unread = follow.unread_files(api)
    if unread:
        words = "; ".join(f"{name} ({reason})" for name, reason in unread.items())
        raise AirflowError(f"DAG files can't be read: {words}", "mend them; their tasks wait for it")


@app.command("trigger")
def trigger_command(
    feeds: Annotated[list[str] | None, typer.Argument(metavar="[FEED...]", help="Default: every feed.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the runs up to the publications.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help="Minutes to follow them at most.")] = 240.0,
) -> None:
    """Start the ingest DAGs; what they bring sets off the build and the publications.

    Examples: ipstat airflow trigger --wait; ipstat airflow trigger cnipa_gazette customs_lots
    """
    session = open_session("airflow trigger")
    with launcher.client(session.settings) as api:
        with session.reporter.step("triggering") as tell:
            runs = follow.trigger(api, feeds or None, tell)
        session.reporter.say(f"triggered {len(runs)} ingest DAGs")
        if not wait:
            return
        with session.reporter.step("following the runs") as tell:
            ended = follow.follow(api, runs, timeout * 60, tell, session.reporter.say)
    echo(as_table(["dag", "run", "state"], [(each.dag_id, each.run_id, each.state) for each in ended]))
    failed = [each.dag_id for each in ended if each.state != "success"]
    if failed:
        raise AirflowError(
            f"failed: {', '.join(sorted(set(failed)))}", "the log of the task names the file and the mend"
        )


@app.command(
    "cli", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def cli_command(context: typer.Context) -> None:
    """Airflow's own command line on this home. Example: ipstat airflow cli dags list"""
    if not context.args:
        raise UsageError("say what Airflow should do", "for example: ipstat airflow cli dags list")
    settings = Settings.from_env()
    environment = launcher.command_environment(settings)
    os.chdir(Path(environment["AIRFLOW_HOME"]))
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *context.args], environment)  # noqa: S606
