"""`ipstat revisions`: what was published when, how it was revised, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

import psycopg
import typer

from ipstat import database
from ipstat.commands.common import as_csv, as_table, echo, open_session
from ipstat.errors import UsageError
from ipstat.revisions import PERIOD_TYPES, Margin, Row, Triangle, Value, Vintage, read_triangle

_CITY_TIME = ZoneInfo("Asia/Shanghai")


def revisions_command(
    indicator: Annotated[str, typer.Option("--indicator", metavar="CODE", help="A code of marts.dim_indicator.")],
    town: Annotated[str, typer.Option("--town", metavar="CODE", help="A town's code; default: the city.")] = "442000",
    period_type: Annotated[str, typer.Option("--period-type", help="month, year_to_date or year.")] = "year",
    series: Annotated[str, typer.Option("--series", help="published or restated.")] = "published",
    town_basis: Annotated[str, typer.Option("--town-basis", help="Towns as of now or then.")] = "now",
    output: Annotated[str, typer.Option("--format", help="table or csv.")] = "table",
) -> None:
    """The revision triangle of an indicator, its mean and mean absolute revision, and the reason of each change.

    Example: ipstat revisions --indicator patent_invention_grant_count --period-type year
    """
    _require("--period-type", period_type, PERIOD_TYPES)
    _require("--series", series, ("published", "restated"))
    _require("--town-basis", town_basis, ("now", "then"))
    _require("--format", output, ("table", "csv"))
    session = open_session("revisions")
    margin = Margin(indicator, town, period_type, series, town_basis)
    with psycopg.connect(database.ensure_ready(session.settings)) as connection:
        triangle = read_triangle(connection, margin)
    if output == "csv":
        echo(as_csv(*_flat(triangle)))
        for line in means(triangle):
            session.reporter.say(line)
        return
    echo(as_table(["period", *_labels(triangle.vintages)], _cells(triangle)))
    for line in (*changes(triangle), *means(triangle)):
        echo(line)


def changes(triangle: Triangle) -> list[str]:
    """One line for each change, its reasons below it."""
    lines = []
    for row in triangle.rows:
        for change in row.changes:
            label = _moment(change.vintage)
            step = "" if change.revision is None else f" ({_signed(change.revision)})"
            lines.append(f"{_period(triangle, row)}, {label}: {_shown(change.before)} to {_shown(change.after)}{step}")
            lines += [f"  {reason}" for reason in change.reasons]
    return lines


def means(triangle: Triangle) -> list[str]:
    """Mean and mean absolute revision, of all values and of those that were whole when first published."""
    lines = []
    for name, is_finished in (("all values", False), ("from the first whole value", True)):
        found = triangle.summary(is_finished=is_finished)
        if found.mean_revision is None or found.mean_absolute_revision is None:
            lines.append(f"{name}: no period was published twice")
            continue
        lines.append(
            f"{name}: {found.period_count} period(s), {found.revised_count} revised, mean revision"
            f" {_signed(found.mean_revision)}, mean absolute revision {_plain(found.mean_absolute_revision)}"
        )
    return lines


def _flat(triangle: Triangle) -> tuple[list[str], list[list[str]]]:
    """The triangle with, after its vintages, the whole revision and the reasons of each period."""
    header = ["period", *_labels(triangle.vintages), "revision", "reasons"]
    rows = []
    for row, cells in zip(triangle.rows, _cells(triangle), strict=True):
        revision = row.revision()
        reasons = "; ".join(f"{_moment(c.vintage)} {', '.join(c.reasons)}" for c in row.changes)
        rows.append([*cells, "" if revision is None else _plain(revision), reasons])
    return header, rows


def _cells(triangle: Triangle) -> list[list[str]]:
    return [[_period(triangle, row), *(_shown(cell) for cell in row.cells)] for row in triangle.rows]


def _labels(vintages: Sequence[Vintage]) -> list[str]:
    return [_moment(vintage) for vintage in vintages]


def _moment(vintage: Vintage) -> str:
    """Day and time of a publication in the city."""
    return f"{vintage.published_at.astimezone(_CITY_TIME):%Y-%m-%d %H:%M:%S}"


def _period(triangle: Triangle, row: Row) -> str:
    if triangle.margin.period_type == "year":
        return f"{row.period_start:%Y}"
    month = f"{row.period_start:%Y-%m}"
    return month if triangle.margin.period_type == "month" else f"{row.period_start:%Y}-01 to {month}"


def _shown(cell: Value | None) -> str:
    """A number, with its status where it is not simply reported; the status alone where there is no number."""
    if cell is None:
        return ""
    if cell.value is None:
        return cell.value_status
    return _plain(cell.value) + ("" if cell.value_status == "reported" else f" {cell.value_status}")


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _signed(value: Decimal) -> str:
    return f"+{_plain(value)}" if value > 0 else _plain(value)


def _require(option: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise UsageError(f"{option} {given!r} is unknown", f"choose one of {', '.join(allowed)}")
