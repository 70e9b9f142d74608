"""Reporting periods as departments write them: `2020`, `2020-11`, `2020-01..2020-11` (from January), `2020-12-31`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

import polars as pl

from ingest.calendar import next_month

PeriodType = Literal["year", "month", "year_to_date", "day"]
_YEAR: Final = re.compile(r"(\d{4})年?度?")
_MONTH: Final = re.compile(r"(\d{4})(?:-|年)(\d{1,2})月?")
_DAY: Final = re.compile(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})日?")
_RANGE: Final = re.compile(r"(\d{4})(?:-|年)(\d{1,2})月?(?:\.\.|至|—|~|-)(?:(\d{4})(?:-|年))?(\d{1,2})月?")


class ReportingPeriod(NamedTuple):
    """A period with its first and last day."""

    period_type: PeriodType
    period_start: date
    period_end: date


def parse_period(text: str | None) -> ReportingPeriod | None:
    """The period that a text names, None where it names none: a range must begin in January and stay in its year."""
    value = re.sub(r"\s", "", text or "")
    try:
        if match := _DAY.fullmatch(value):
            day = date(int(match[1]), int(match[2]), int(match[3]))
            return ReportingPeriod("day", day, day)
        if match := _YEAR.fullmatch(value):
            return ReportingPeriod("year", date(int(match[1]), 1, 1), date(int(match[1]), 12, 31))
        if match := _MONTH.fullmatch(value):
            start = date(int(match[1]), int(match[2]), 1)
            return ReportingPeriod("month", start, next_month(start) - timedelta(days=1))
        if (match := _RANGE.fullmatch(value)) and int(match[2]) == 1 and match[3] in (None, match[1]):
            last = date(int(match[1]), int(match[4]), 1)
            return ReportingPeriod("year_to_date", date(int(match[1]), 1, 1), next_month(last) - timedelta(days=1))
    except ValueError:
        return None
    return None


def reporting_period(frame: pl.DataFrame, period_text: str) -> pl.DataFrame:
    """Add `period_type`, `period_start` and `period_end` (null where the text names no period)."""
    texts = frame[period_text].unique().drop_nulls().to_list()
    parsed = [(text, *(parse_period(text) or (None, None, None))) for text in texts]
    schema = {period_text: pl.String, "period_type": pl.String, "period_start": pl.Date, "period_end": pl.Date}
    periods = pl.DataFrame(parsed, schema=schema, orient="row")
    return frame.join(periods, on=period_text, how="left", maintain_order="left")
