"""`ipstat dev derive`: the files that follow from contracts, written or compared."""

from __future__ import annotations

from typing import Annotated

import typer

from ipstat import derive
from ipstat.commands.common import echo
from ipstat.errors import RefusedError
from ipstat.settings import PROJECT_ROOT

app = typer.Typer(help="For developers.", no_args_is_help=True)


@app.command("derive")
def derive_command(
    check: Annotated[
        bool, typer.Option("--check", help="Only compare; exit code 1 where a file is out of step.")
    ] = False,
) -> None:
    """Write the derived files: landing and marts DDL, dbt sources, data dictionary."""
    stale = derive.stale_files(PROJECT_ROOT)
    if check and stale:
        listed = "".join(f"\n  - {path}" for path in stale)
        raise RefusedError(f"derived files are out of step with the contracts:{listed}", "run `make derive` and commit")
    derive.write(PROJECT_ROOT, stale)
    for path in stale:
        echo(f"wrote {path}")
