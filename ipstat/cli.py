"""The command line `ipstat`. Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 75 another run holds the lock."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import Console

from ipstat.commands import (
    airflow,
    alerts,
    backup,
    batch,
    db,
    dev,
    fetch,
    high_value,
    publications,
    review,
    revisions,
    run,
    state,
    steps,
    stock,
)
from ipstat.errors import IpstatError, UsageError
from ipstat.user_errors import as_user_error

_HELP = """From raw feed files to a checked warehouse and the publications made from it.

\b
  ipstat run --sample-city                                   everything, on the feeds of an invented city
  ipstat ingest cnipa_gazette 2019-07-09/*.csv               files into landing
  ipstat fetch customs_lots                                  what a sender has that is new, into landing
  ipstat build && ipstat gate && ipstat publish marts        the warehouse, its checks, its publication
  ipstat publish white-paper --year 2024                     a publication
  ipstat sql "select count(*) from marts.fct_patents"        a question

All state lies under IPSTAT_HOME (default .ipstat). IPSTAT_DATABASE_URL uses a PostgreSQL server of yours.

Exit codes: 0 done; 1 failed or refused; 2 wrong usage; 75 another run holds the lock (see --wait).
"""

app = typer.Typer(
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
app.command("run")(run.run_command)
app.command("ingest")(steps.ingest_command)
app.command("fetch")(fetch.fetch_command)
app.command("build")(steps.build_command)
app.command("gate")(steps.gate_command)
app.command("status")(state.status_command)
app.command("freshness")(alerts.freshness_command)
app.command("sql")(db.sql_command)
app.command("stock", cls=stock.StockCommand)(stock.stock_command)
app.command("high-value")(high_value.high_value_command)
app.command("revisions")(revisions.revisions_command)
app.command("sample-city")(run.sample_city_command)
app.add_typer(alerts.app, name="alerts")
app.add_typer(batch.app, name="batch")
app.add_typer(publications.app, name="publish")
app.add_typer(review.app, name="review")
app.add_typer(backup.app, name="backup")
app.add_typer(db.app, name="db")
app.add_typer(airflow.app, name="airflow")
app.add_typer(dev.app, name="dev")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; an error that a user can mend is printed without a traceback."""
    try:
        app(args=arguments, prog_name="ipstat")
    except Exception as error:
        known = as_user_error(error)
        if known is None:
            raise
        _print(known)
        sys.exit(known.exit_code)


def _print(error: IpstatError) -> None:
    console = Console(stderr=True, soft_wrap=True)
    style: dict[str, Any] = {"markup": False, "highlight": False}
    console.print(f"{'usage' if isinstance(error, UsageError) else 'error'}: {error.message}", style="red", **style)
    if error.mend:
        console.print(f"  {error.mend}", **style)


if __name__ == "__main__":
    main()
