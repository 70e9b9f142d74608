"""What all commands share: settings, reporter, dates, and tables for the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import typer
from rich.cells import cell_len

from ipstat.console import Reporter, make_reporter
from ipstat.errors import UsageError
from ipstat.settings import Settings

WaitOption = Annotated[
    bool, typer.Option("--wait", help="Wait while another run holds the lock, instead of ending with exit code 75.")
]
BuildOption = Annotated[str | None, typer.Option("--build", metavar="ID", help="A build's id; default: the newest.")]


@dataclass(frozen=True)
class Session:
    """One call of the command line."""

    settings: Settings
    reporter: Reporter


def open_session(command: str) -> Session:
    """Settings from the environment and a reporter that logs into the home."""
    settings = Settings.from_env()
    return Session(settings, make_reporter(settings, command))


def parse_date(text: str | None, option: str) -> date | None:
    """An ISO date or None; raises UsageError naming the option."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day, no time
    except ValueError as error:
        raise UsageError(f"{option} {text!r} is no date", "write it as 2019-07-09") from error


def echo(text: str) -> None:
    """A result, on stdout."""
    typer.echo(text)


def as_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Aligned columns (full-width characters count double), without borders that hinder a grep."""
    lines = [[str(name) for name in header], *[["" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
    shown = [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([shown[0], "  ".join("-" * width for width in widths), *shown[1:]])


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 with line feeds; NULL is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")
