"""Vintages: what was published of an indicator when, how it was revised since, and why.

`publication.indicator_values` holds each value once, at the publication that brought it; it is in force until a later
publication brings another or withdraws it (`publication.changes`). A triangle lays them out: periods down, publications
across.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import psycopg

from ipstat.errors import RefusedError
from ipstat.revision_reasons import InputDifference, feeds_of, input_difference

PERIOD_TYPES = ("month", "year_to_date", "year")
#: Statuses of a value that is not yet whole: its growth to a whole one is no revision in the statistical sense.
UNFINISHED = ("partial", "not_reported", "not_applicable", "suppressed")
_MEAN_PLACE = Decimal("0.0001")


@dataclass(frozen=True)
class Margin:
    """Which values of an indicator: one series, place and kind of period; all industries and applicants."""

    indicator_code: str
    town_code: str = "442000"
    period_type: str = "year"
    series: str = "published"
    town_basis: str = "now"


@dataclass(frozen=True)
class Vintage:
    """One publication."""

    build_id: str
    published_at: datetime


@dataclass(frozen=True)
class Value:
    """A value as one publication showed it."""

    value: Decimal | None
    value_status: str
    indicator_version: int
    denominator: Decimal | None
    denominator_known_on: date | None


@dataclass(frozen=True)
class Change:
    """A value that a publication changed; `revision` is None where either side has no number."""

    vintage: Vintage
    before: Value
    after: Value | None
    reasons: tuple[str, ...]

    @property
    def revision(self) -> Decimal | None:
        """After less before."""
        if self.after is None or self.after.value is None or self.before.value is None:
            return None
        return self.after.value - self.before.value


@dataclass(frozen=True)
class Row:
    """One period: the value in force at each vintage (None before the first, and after a withdrawal)."""

    period_start: date
    period_end: date
    cells: tuple[Value | None, ...]
    changes: tuple[Change, ...]

    def revision(self, *, is_finished: bool = False) -> Decimal | None:
        """Last value less first; with `is_finished` from the first whole value. None without two values to compare."""
        shown = [cell for cell in self.cells if cell is not None and cell.value is not None]
        if is_finished:
            shown = [cell for cell in shown if cell.value_status not in UNFINISHED]
        if len(shown) < 2 or shown[-1].value is None or shown[0].value is None:
            return None
        return shown[-1].value - shown[0].value


@dataclass(frozen=True)
class Summary:
    """Over the periods that were published at least twice: their number, how many changed, both means."""

    period_count: int
    revised_count: int
    mean_revision: Decimal | None
    mean_absolute_revision: Decimal | None


@dataclass(frozen=True)
class Triangle:
    """All vintages of a margin."""

    margin: Margin
    vintages: tuple[Vintage, ...]
    rows: tuple[Row, ...]

    def summary(self, *, is_finished: bool = False) -> Summary:
        """Means over the periods; with `is_finished`, from the first value that was whole."""
        revisions = [found for row in self.rows if (found := row.revision(is_finished=is_finished)) is not None]
        return Summary(
            len(revisions),
            sum(revision != 0 for revision in revisions),
            _mean(revisions),
            _mean([abs(revision) for revision in revisions]),
        )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return None if not values else (sum(values, Decimal(0)) / len(values)).quantize(_MEAN_PLACE, ROUND_HALF_UP)


def read_triangle(connection: psycopg.Connection, margin: Margin) -> Triangle:
    """The triangle of a margin. Raises RefusedError where nothing of it was ever published, naming what there is."""
    vintages = _vintages(connection)
    events = _events(connection, margin)
    if not events:
        raise RefusedError(
            _nothing(connection, margin), "`ipstat sql 'table marts.dim_indicator'` lists the indicators"
        )
    first = min(moment for _, _, moment, _ in events)
    shown = tuple(vintage for vintage in vintages if vintage.published_at >= first)
    feeds = feeds_of(margin.indicator_code)
    differences: dict[int, InputDifference] = {}
    rows = []
    for period_start in sorted({start for start, _, _, _ in events}):
        own = [event for event in events if event[0] == period_start]
        period_end = next(end for _, end, _, _ in own if end is not None)
        cells = _cells(shown, {moment: value for _, _, moment, value in own})
        changes = []
        for index in range(1, len(shown)):
            before, after = cells[index - 1], cells[index]
            if before is None or before == after:
                continue
            if index not in differences:
                pair = shown[index - 1].build_id, shown[index].build_id
                differences[index] = input_difference(connection, *pair)
            reasons = (
                *_own_reasons(before, after),
                *differences[index].reasons(feeds, _first_day(margin, period_start), period_end),
            )
            changes.append(Change(shown[index], before, after, reasons))
        rows.append(Row(period_start, period_end, cells, tuple(changes)))
    return Triangle(margin, shown, tuple(rows))


def _first_day(margin: Margin, period_start: date) -> date:
    """A year to date begins with its year; its `period_start` is the month that it runs to."""
    return period_start.replace(month=1) if margin.period_type == "year_to_date" else period_start


def _cells(vintages: Sequence[Vintage], values: Mapping[datetime, Value | None]) -> tuple[Value | None, ...]:
    """The value in force at each vintage: the newest of its moment or before."""
    cells: list[Value | None] = []
    for vintage in vintages:
        held = cells[-1] if cells else None
        cells.append(values.get(vintage.published_at, held))
    return tuple(cells)


def _own_reasons(before: Value, after: Value | None) -> list[str]:
    """What the two values say themselves: another definition, another vintage of the denominator."""
    if after is None:
        return ["withdrawn"]
    found = []
    if before.indicator_version != after.indicator_version:
        found.append(f"definition version {before.indicator_version} to {after.indicator_version}")
    old, new = (before.denominator, before.denominator_known_on), (after.denominator, after.denominator_known_on)
    if old != new:
        found.append(f"denominator {_known(*old)} to {_known(*new)}")
    return found


def _known(value: Decimal | None, known_on: date | None) -> str:
    shown = "none" if value is None else f"{value.normalize():f}"
    return shown + (f" (known {known_on})" if known_on else "")


def _vintages(connection: psycopg.Connection) -> list[Vintage]:
    """Every publication of marts, oldest first: a build that was published twice is two."""
    rows = connection.execute(
        "select build_id, published_at from publication.published_builds"
        " union select build_id, published_at from publication.changes order by published_at, build_id"
    ).fetchall()
    return [Vintage(build_id, published_at) for build_id, published_at in rows]


def _events(connection: psycopg.Connection, margin: Margin) -> list[tuple[date, date | None, datetime, Value | None]]:
    """(period_start, period_end, moment, value) of each value brought and, with value None, withdrawn."""
    given = {
        "code": margin.indicator_code,
        "town": margin.town_code,
        "period": margin.period_type,
        "series": margin.series,
        "basis": [margin.town_basis, "both"],
    }
    brought = connection.execute(
        "select period_start, period_end, published_at, value, value_status, indicator_version, denominator,"
        " denominator_known_on from publication.indicator_values"
        " where indicator_code = %(code)s and series = %(series)s and period_type = %(period)s and town_code = %(town)s"
        " and industry_code = 'ALL' and applicant_type = 'ALL' and breakdown_type = 'ALL' and breakdown_code = 'ALL'"
        " and town_basis = any(%(basis)s) and counting_basis = 'first' order by industry_basis desc",
        given,
    ).fetchall()
    withdrawn = connection.execute(
        "select (record_key ->> 'period_start')::date, published_at from publication.changes"
        " where table_name = 'fct_indicator_values' and change_kind = 'delete'"
        " and record_key ->> 'indicator_code' = %(code)s and record_key ->> 'series' = %(series)s"
        " and record_key ->> 'period_type' = %(period)s and record_key ->> 'town_code' = %(town)s"
        " and record_key ->> 'industry_code' = 'ALL' and record_key ->> 'applicant_type' = 'ALL'"
        " and record_key ->> 'breakdown_type' = 'ALL' and record_key ->> 'breakdown_code' = 'ALL'"
        " and record_key ->> 'town_basis' = any(%(basis)s) and record_key ->> 'counting_basis' = 'first'",
        given,
    ).fetchall()
    events: list[tuple[date, date | None, datetime, Value | None]] = [
        (start, None, moment, None) for start, moment in withdrawn
    ]
    return events + [(start, end, moment, Value(*cells)) for start, end, moment, *cells in brought]


def _nothing(connection: psycopg.Connection, margin: Margin) -> str:
    there = connection.execute(
        "select distinct series, period_type from publication.indicator_values where indicator_code = %s order by 1, 2",
        [margin.indicator_code],
    ).fetchall()
    listed = ", ".join(f"{series} by {period_type}" for series, period_type in there) or "nothing"
    return (
        f"no {margin.series} value of {margin.indicator_code} by {margin.period_type} for {margin.town_code} was ever"
        f" published; of this indicator there is: {listed}"
    )
