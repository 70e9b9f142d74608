"""`ipstat high-value`: the high-value inventions of a day with their reasons, and what other parameters would give."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

import psycopg
import typer

from ipstat import database
from ipstat import high_value as rules
from ipstat.commands.common import BuildOption, as_csv, as_table, echo, open_session, parse_date
from ipstat.commands.db import Format
from ipstat.commands.stock import Scope
from ipstat.errors import UsageError

_LATEST = "latest"
_LIST_HEADER = (
    "publication_number", "application_number", "filing_date", "granted_date", "town_code", "town_name",
    "is_upper_bound", "evidence", "reasons", "reason_count",
)  # fmt: skip
_HEADER = ("at", "known", "clock", "pledge_threshold_cny_10k", "scope", "measure", "count")


class Clock(StrEnum):
    """From which day the ten years run."""

    FILING = "filing"
    GRANT = "grant"


def _threshold(text: str | None, default: Decimal) -> Decimal:
    try:
        found = default if text is None else Decimal(text)
    except InvalidOperation as error:
        raise UsageError(
            f"--pledge-threshold {text!r} is no amount", "in 10,000 CNY: --pledge-threshold 1000"
        ) from error
    if not found.is_finite():
        raise UsageError(f"--pledge-threshold {text!r} is no amount", "in 10,000 CNY: --pledge-threshold 1000")
    return found


def high_value_command(  # noqa: PLR0913, PLR0917 - one argument an option
    at: Annotated[str, typer.Option("--at", metavar="D", help="The day of the count.")],
    known: Annotated[
        str | None,
        typer.Option("--known", metavar="K|latest", help="As known on that day (also before D); default: D."),
    ] = None,
    pledge_threshold: Annotated[
        str | None,
        typer.Option("--pledge-threshold", metavar="AMOUNT", help="From this amount of a contract on, in 10,000 CNY."),
    ] = None,
    clock: Annotated[
        Clock | None, typer.Option("--clock", help="Whether the ten years run from the filing or from the grant.")
    ] = None,
    scope: Annotated[Scope, typer.Option("--scope", help="The city's, or all patents that are loaded.")] = Scope.CITY,
    restate_invalidations: Annotated[
        bool, typer.Option("--restate-invalidations", help="A full invalidation works from the grant on.")
    ] = False,
    is_list: Annotated[bool, typer.Option("--list", help="Each invention with its reasons, not the counts.")] = False,
    output: Annotated[Format, typer.Option("--format", help="An aligned table, or CSV.")] = Format.TABLE,
    build: BuildOption = None,
) -> None:
    """Count the high-value inventions that were valid on day D as known on day K, with reasons and overlaps.

    An invention counts once, however many of the five reasons it meets. What rests on a class of the IPC alone is an
    upper bound: `of_them_by_ipc_alone`. The parameters that are not given are those of the indicators.

    Example: ipstat high-value --at 2024-12-31

    Example: ipstat high-value --at 2024-12-31 --clock grant --pledge-threshold 300 --list --format csv
    """
    session = open_session("high-value")
    day = parse_date(at, "--at")
    if day is None:
        raise UsageError("--at is empty", "write a day: --at 2024-12-31")
    default_clock, default_threshold = rules.defaults()
    question = rules.Question(
        at=day,
        known=None if known == _LATEST else parse_date(known, "--known"),
        clock=default_clock if clock is None else clock.value,
        pledge_threshold_cny_10k=_threshold(pledge_threshold, default_threshold),
        is_city=scope is Scope.CITY,
        is_invalidation_restated=restate_invalidations,
    )
    with psycopg.connect(database.ensure_ready(session.settings), autocommit=True) as connection:
        found = rules.read_high_value(connection, question, is_latest=known == _LATEST, build_id=build)
    if found.known > found.last_known:
        session.reporter.say(f"nothing that became known after {found.last_known} is loaded")
    write = as_csv if output is Format.CSV else as_table
    echo(write(_LIST_HEADER, _listed(found)) if is_list else write(_HEADER, _counted(found, scope)))


def _listed(found: rules.HighValue) -> list[tuple[object, ...]]:
    return [
        (
            member.publication_number, member.application_number, member.filing_date, member.granted_date,
            member.town_code, member.town_name, member.is_upper_bound, ";".join(member.evidence),
            ";".join(member.reasons), len(member.reasons),
        )
        for member in found.members
    ]  # fmt: skip


def _counted(found: rules.HighValue, scope: Scope) -> list[tuple[object, ...]]:
    asked = found.question
    fixed = (asked.at, found.known, asked.clock, asked.pledge_threshold_cny_10k, scope.value)
    return [(*fixed, name, count) for name, count in found.lines()]
