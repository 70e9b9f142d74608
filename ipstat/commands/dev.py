"""`ipstat dev derive` and `ipstat dev migration`: what follows from the contracts, written or compared."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from ipstat import derive, schema_state
from ipstat.commands.common import echo, open_session
from ipstat.errors import RefusedError, UsageError
from ipstat.migrate import OPEN
from ipstat.settings import PROJECT_ROOT

app = typer.Typer(help="For developers.", no_args_is_help=True)


@app.command("derive")
def derive_command(
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; exit code 1 where a file is out of step.")
    ] = False,
) -> None:
    """Write the derived files: the wanted tables of landing and marts, dbt sources, data dictionary.

    Where tables changed, `ipstat dev migration NAME` drafts the migration that brings a database there.
    """
    stale = derive.stale_files(PROJECT_ROOT)
    if check and stale:
        listed = "".join(f"\n  - {path}" for path in stale)
        raise RefusedError(f"derived files are out of step with the contracts:{listed}", "run `make derive` and commit")
    _write(stale)
    if {derive.LANDING, derive.MARTS} & set(stale):
        echo("tables changed: `ipstat dev migration NAME` drafts the migration")


@app.command("migration")
def migration_command(
    name: Annotated[str, typer.Argument(help="Words for the file's name: add_orders makes NNNN_add_orders.sql.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; exit code 1 where the migrations lack something.")
    ] = False,
) -> None:
    """Draft the next migration: what the contracts ask for and a migrated database has not.

    Works in scratch databases of the embedded server. Example: ipstat dev migration add_orders
    """
    if not check and not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", name):
        raise UsageError(f"{name!r} is no name of a migration", "give words like add_orders, or --check")
    session = open_session("dev migration")
    if check:
        with session.reporter.step("comparing migrations and contracts"):
            found = schema_state.read_states(session.settings, PROJECT_ROOT).differences
        if found:
            listed = "".join(f"\n  - {line}" for line in found)
            raise RefusedError(f"migrations and contracts disagree:{listed}", "run `ipstat dev migration NAME`")
        return
    _write(derive.stale_files(PROJECT_ROOT))
    with session.reporter.step("drafting a migration"):
        path = schema_state.draft_migration(session.settings, PROJECT_ROOT, name)
    if path is None:
        echo("the migrations give what the contracts ask for; nothing was written")
        return
    questions = path.read_text(encoding="utf-8").count(f"-- {OPEN}")
    echo(f"wrote {path.relative_to(PROJECT_ROOT)}")
    echo(
        f"answer its {questions} question(s) marked {OPEN}" if questions else "say in its first line why, and commit it"
    )


def _write(stale: list[str]) -> None:
    derive.write(PROJECT_ROOT, stale)
    for path in stale:
        echo(f"wrote {path}")
