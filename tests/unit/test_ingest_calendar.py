"""Calendars and periods."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from ingest.calendar import Calendar, cut_to_period, period_end
from tests.support.ingest import GAZETTE


def test_gazette_appears_on_tuesdays_and_fridays() -> None:
    issues = [each.partition_key for each in GAZETTE.origin.calendar.expected(date(2019, 12, 31))]
    of_july = [key for key in issues if key.startswith("2019-07")]
    assert of_july == [f"2019-07-{day:02}" for day in (2, 5, 9, 12, 16, 19, 23, 26, 30)]
    assert issues[0] == "2012-01-03"
    assert len([key for key in issues if key.startswith("2019")]) == 105


def test_skipped_and_added_issues_are_taken_from_the_contract() -> None:
    calendar = Calendar(
        kind="weekly",
        weekdays=("tuesday",),
        first=date(2020, 1, 1),
        skipped=(date(2020, 1, 28),),
        added=(date(2020, 1, 29),),
    )
    keys = [each.partition_key for each in calendar.expected(date(2020, 1, 31))]
    assert keys == ["2020-01-07", "2020-01-14", "2020-01-21", "2020-01-29"]


def test_months_are_due_in_the_next_month() -> None:
    calendar = Calendar(kind="monthly", first=date(2020, 11, 1))
    december = list(calendar.expected(date(2021, 1, 14)))
    assert [(each.partition_key, each.due_on) for each in december] == [("2020-11", date(2020, 12, 15))]
    (_, last) = calendar.expected(date(2021, 1, 15))
    assert (last.partition_key, last.period_start, last.period_end) == (
        "2020-12",
        date(2020, 12, 1),
        date(2020, 12, 31),
    )


def test_years_have_keys_of_both_forms() -> None:
    by_day = Calendar(kind="yearly", first=date(2019, 1, 1), key="day", due_day=28)
    assert [each.partition_key for each in by_day.expected(date(2021, 1, 28))] == ["2019-12-31", "2020-12-31"]
    by_year = Calendar(kind="yearly", first=date(2019, 1, 1), due_day=28)
    assert [each.partition_key for each in by_year.expected(date(2021, 1, 27))] == ["2019"]


@pytest.mark.parametrize(
    ("key", "period", "end"),
    [
        ("2019-07-09", "issue", date(2019, 7, 9)),
        ("2020-02", "month", date(2020, 2, 29)),
        ("2020-12", "month", date(2020, 12, 31)),
        ("2020", "year", date(2020, 12, 31)),
        ("all", "none", None),
    ],
)
def test_the_end_of_a_period(key: str, period: str, end: date | None) -> None:
    assert period_end(key, period) == end  # type: ignore[arg-type]


def test_a_day_is_cut_to_its_period() -> None:
    day = date(2020, 2, 3)
    assert [cut_to_period(day, each) for each in ("day", "month", "year")] == ["2020-02-03", "2020-02", "2020"]


def test_a_calendar_without_its_first_period_is_refused() -> None:
    with pytest.raises(ValidationError, match="first"):
        Calendar(kind="monthly")
