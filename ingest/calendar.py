"""Partitions as periods, and the calendars that say when each should have arrived.

A partition key is an ISO date (`issue`, `day`), `yyyy-mm` (`month`), `yyyy` (`year`) or free (`none`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

Period = Literal["issue", "day", "month", "year", "none"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Expected:
    """One delivery that a calendar asks for; `period_start` and `period_end` are inclusive days."""

    partition_key: str
    due_on: date
    period_start: date
    period_end: date


class Calendar(BaseModel):
    """When deliveries are due. `weekly`: on `weekdays`; `monthly`, `yearly`: after the period's end; `none`: never.

    `due_day` (and `due_month` for years) is the day of the month (and the month) after the period's end on which the
    delivery is due. `key` is the form of a yearly key: `year` (2020) or `day` (2020-12-31).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["weekly", "monthly", "yearly", "none"] = "none"
    weekdays: tuple[Weekday, ...] = ()
    first: date | None = None
    last: date | None = None
    due_day: int = 15
    due_month: int = 1
    key: Literal["year", "day"] = "year"
    #: Days without an issue although the rule names them (holidays), and issues on other days.
    skipped: tuple[date, ...] = ()
    added: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        if self.kind != "none" and self.first is None:
            raise ValueError("a calendar needs `first`, the first period that is expected")
        if (self.kind == "weekly") != bool(self.weekdays):
            raise ValueError("`weekdays` belongs to a weekly calendar")
        if not (1 <= self.due_day <= 28 and 1 <= self.due_month <= 12):
            raise ValueError("due_day is 1 to 28, due_month 1 to 12")
        return self

    def expected(self, until: date) -> Iterator[Expected]:
        """Deliveries due up to and including `until`, in order."""
        if self.kind == "none" or self.first is None:
            return
        candidates = {"weekly": self._weekly, "monthly": self._monthly, "yearly": self._yearly}[self.kind](until)
        last = self.last or date.max
        for each in candidates:
            if each.due_on <= until and each.period_start <= last:
                yield each

    def _weekly(self, until: date) -> Iterator[Expected]:
        first = self.first or until
        wanted = {WEEKDAYS.index(name) for name in self.weekdays}
        days = (first + timedelta(days=n) for n in range((until - first).days + 1))
        regular = {day for day in days if day.weekday() in wanted} - set(self.skipped)
        for day in sorted(regular | {day for day in self.added if first <= day <= until}):
            yield Expected(day.isoformat(), day, day, day)

    def _monthly(self, until: date) -> Iterator[Expected]:
        start = (self.first or until).replace(day=1)
        while start <= until:
            following = next_month(start)
            yield Expected(f"{start:%Y-%m}", following.replace(day=self.due_day), start, following - timedelta(days=1))
            start = following

    def _yearly(self, until: date) -> Iterator[Expected]:
        for year in range((self.first or until).year, until.year + 1):
            end = date(year, 12, 31)
            key = end.isoformat() if self.key == "day" else str(year)
            yield Expected(key, date(year + 1, self.due_month, self.due_day), date(year, 1, 1), end)


def next_month(day: date) -> date:
    """The first day of the month after `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def period_end(key: str, period: Period) -> date | None:
    """The last day of the period that a partition key names; None for free keys. Raises ValueError for a wrong key."""
    if period == "none":
        return date.fromisoformat(key) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", key) else None
    if period in ("issue", "day"):
        return date.fromisoformat(key)
    if period == "month":
        return next_month(date.fromisoformat(f"{key}-01")) - timedelta(days=1)
    return date(int(key), 12, 31)


def cut_to_period(day: date, period: Period) -> str:
    """The partition key of the period that holds `day`."""
    return {"month": f"{day:%Y-%m}", "year": str(day.year)}.get(period, day.isoformat())
