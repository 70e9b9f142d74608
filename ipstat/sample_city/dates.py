"""Days as whole numbers since 1970-01-01, the gazette's calendar, and fast formatting of many dates."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from ipstat.sample_city.randomness import Ints, Texts, texts

EPOCH = date(1970, 1, 1)
FIRST_MONTH_INDEX = 2012 * 12
FIRST_FORMATTED_DAY = (date(1980, 1, 1) - EPOCH).days
LAST_FORMATTED_DAY = (date(2061, 1, 1) - EPOCH).days
GAZETTE_WEEKDAYS = (1, 4)  # Tuesday and Friday


def day(year: int, month: int, day_of_month: int) -> int:
    """Return the number of days since 1970-01-01."""
    return (date(year, month, day_of_month) - EPOCH).days


def iso_day(text: str) -> int:
    """Return the day number of an ISO date."""
    return (date.fromisoformat(text) - EPOCH).days


@lru_cache(maxsize=8)
def _table(separator: str) -> Texts:
    days = range(LAST_FORMATTED_DAY - FIRST_FORMATTED_DAY)
    first = EPOCH + timedelta(days=FIRST_FORMATTED_DAY)
    dates = [first + timedelta(days=n) for n in days]
    return texts([f"{d.year:04d}{separator}{d.month:02d}{separator}{d.day:02d}" for d in dates])


def formatted(days: Ints, separator: str = "-") -> list[str]:
    """Return each day as ``yyyy<separator>mm<separator>dd``; a day <= 0 means none and gives an empty text."""
    safe = np.clip(days - FIRST_FORMATTED_DAY, 0, LAST_FORMATTED_DAY - FIRST_FORMATTED_DAY - 1)
    found = _table(separator)[safe]
    found[days <= 0] = ""
    return list(found)


def one(day_number: int, separator: str = "-") -> str:
    """Return one day as text."""
    return formatted(np.array([day_number]), separator)[0]


def years_of(days: Ints) -> Ints:
    """Return the calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def months_of(days: Ints) -> Ints:
    """Return the month of each day as ``12 * year + month - 1``."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12


def month_first(month_index: int) -> int:
    """Return the first day of a month given as ``12 * year + month - 1``."""
    return day(month_index // 12, month_index % 12 + 1, 1)


def month_last(month_index: int) -> int:
    """Return the last day of a month."""
    return month_first(month_index + 1) - 1


def month_label(month_index: int) -> str:
    """Return a month as ``yyyy-mm``."""
    return f"{month_index // 12:04d}-{month_index % 12 + 1:02d}"


def month_index(label: str) -> int:
    """Return the month number of ``yyyy-mm``."""
    year, month = label.split("-")
    return int(year) * 12 + int(month) - 1


def anniversary(days: Ints, years: Ints | int) -> Ints:
    """Return the day ``years`` later (29 February becomes 28 February where there is none)."""
    return add_months(days, 12 * np.asarray(years, dtype=np.int64))


def add_months(days: Ints, months_later: Ints | int) -> Ints:
    """Return the day some months later, at most the last day of that month."""
    as_days = days.astype("datetime64[D]")
    months = as_days.astype("datetime64[M]")
    offset = (as_days - months.astype("datetime64[D]")).astype(np.int64)
    target = months.astype(np.int64) + np.asarray(months_later, dtype=np.int64)
    start = target.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    end = (target + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    found: Ints = np.minimum(start + offset, end)
    return found


@lru_cache(maxsize=4)
def gazette_days(first_year: int, last_year: int) -> tuple[int, ...]:
    """Return the days of the patent gazette's issues (each Tuesday and Friday), without 1 January holidays moved."""
    first, last = day(first_year, 1, 1), day(last_year, 12, 31)
    return tuple(n for n in range(first, last + 1) if (EPOCH + timedelta(days=n)).weekday() in GAZETTE_WEEKDAYS)
