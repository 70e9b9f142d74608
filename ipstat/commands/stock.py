"""`ipstat stock`: the valid patents of a day, as they were known on that or a later day."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import psycopg
import typer
from typer.core import TyperCommand

from ipstat import database
from ipstat import stock as rules
from ipstat.commands.common import BuildOption, as_csv, as_table, echo, open_session, parse_date
from ipstat.commands.db import Format
from ipstat.errors import UsageError
from ipstat.expected import city_today

_HEADER = ("at", "known", "scope", "town_basis", "town_code", "town_name", "patent_kind", "valid_patent_count")
_LATEST = "latest"


class Scope(StrEnum):
    """Whose patents."""

    CITY = "city"
    ALL = "all"


class TownBasis(StrEnum):
    """Today's towns, or those of the day."""

    NOW = "now"
    THEN = "then"


class StockCommand(TyperCommand):
    """`--kind` and `--town` without a value stand for each kind and each town."""

    def make_context(self, info_name: str | None, args: list[str], *others: Any, **given: Any) -> Any:
        """Put the value `each` behind a bare option."""
        filled: list[str] = []
        for position, argument in enumerate(args):
            filled.append(argument)
            following = args[position + 1] if position + 1 < len(args) else "-"
            if argument in ("--kind", "--town") and following.startswith("-"):
                filled.append(rules.EACH)
        return super().make_context(info_name, filled, *others, **given)


def stock_command(  # noqa: PLR0913, PLR0917 - one argument an option
    at: Annotated[str, typer.Option("--at", metavar="D", help="The day of the stock.")],
    known: Annotated[
        str | None,
        typer.Option(
            "--known", metavar="K|latest", help="As known on that day; default: D. latest: all that's loaded."
        ),
    ] = None,
    scope: Annotated[Scope, typer.Option("--scope", help="The city's, or all patents that are loaded.")] = Scope.CITY,
    restate_invalidations: Annotated[
        bool,
        typer.Option(
            "--restate-invalidations", help="A full invalidation works from the grant on, not from the day it is known."
        ),
    ] = False,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="[KIND]", help="invention, utility or design; bare: each. May be repeated."),
    ] = None,
    town: Annotated[
        list[str] | None,
        typer.Option("--town", metavar="[TOWN]", help="A town's code or name; bare: each town. May be repeated."),
    ] = None,
    town_basis: Annotated[
        TownBasis | None,
        typer.Option(
            "--town-basis", help="Today's towns or those of D; default: today's, and a former code or name as on D."
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="An aligned table, or CSV.")] = Format.TABLE,
    build: BuildOption = None,
) -> None:
    """Count the patents that were valid on day D as known on day K.

    A right counts from the day of its grant on, and until an ending that is in effect by D and known by K. K = D is the
    published stock, which is never restated; --known latest is its restated twin, provisional for the last 16 months.

    One row for each kind (of each town asked for), and after several rows their total; with one kind and one town (or
    none) exactly one row. The last column is the count.

    Example: ipstat stock --at 2024-12-31

    Example: ipstat stock --at 2024-12-31 --known latest --kind invention --town 古镇镇 --format csv
    """
    session = open_session("stock")
    day = parse_date(at, "--at")
    if day is None:
        raise UsageError("--at is empty", "write a day: --at 2024-12-31")
    question = rules.Question(
        at=day,
        known=None if known == _LATEST else parse_date(known, "--known"),
        is_city=scope is Scope.CITY,
        is_invalidation_restated=restate_invalidations,
        kinds=tuple(kind or ()),
        towns=tuple(town or ()),
        town_basis=None if town_basis is None else town_basis.value,
    )
    with psycopg.connect(database.ensure_ready(session.settings), autocommit=True) as connection:
        found = rules.read_stock(connection, question, today=city_today(), is_latest=known == _LATEST, build_id=build)
    if found.known < found.first_known:
        session.reporter.say(f"nothing that is loaded was known yet: the first patent became so on {found.first_known}")
    if found.known > found.last_known:
        session.reporter.say(
            f"nothing that became known after {found.last_known} is loaded; terms are computed to {day}"
        )
    rows = [
        (found.at, found.known, scope.value, row.town_basis, row.town_code, row.town_name, row.kind, row.count)
        for row in found.rows
    ]
    echo((as_csv if output is Format.CSV else as_table)(_HEADER, rows))
