"""What the DAG files know about a feed: its schedule, owner, tags and triage note, from the contract alone.

Light on purpose and free of Airflow: Airflow parses the DAG files again every few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingest.calendar import WEEKDAYS, Calendar
from ingest.contract import Contract, load_contracts
from ipstat import triage_notes

CITY_ZONE = "Asia/Shanghai"
FETCH_HOUR = 8
"""Feeds are asked for at this hour of the city on the day that they are due."""


@dataclass(frozen=True)
class FeedPlan:
    """How Airflow runs one feed; `cron` is in the city's time, None where no delivery is due by a calendar."""

    feed: str
    cron: str | None
    owner: str
    tags: tuple[str, ...]
    doc_md: str


def feed_plans() -> tuple[FeedPlan, ...]:
    """A plan for each contract, by name of the feed."""
    return tuple(plan_of(contract) for contract in load_contracts().values())


def plan_of(contract: Contract) -> FeedPlan:
    """The plan that a contract asks for."""
    sender = contract.origin.sender
    provider = sender.connection if sender else "by_hand"
    note = triage_notes.INGEST.format(
        feed=contract.feed,
        title=f"{contract.title.zh} / {contract.title.en}",
        owner=f"{contract.origin.owner.zh} / {contract.origin.owner.en}",
        cadence=contract.origin.cadence,
        connection=provider,
        path=sender.path if sender else "",
    )
    kind = contract.origin.calendar.kind
    cadence = "irregular" if kind == "none" else kind
    owner = contract.origin.owner.zh
    return FeedPlan(contract.feed, cron_of(contract.origin.calendar), owner, (contract.feed, provider, cadence), note)


def cron_of(calendar: Calendar) -> str | None:
    """The cron expression of a calendar's due days in the city's time; None where nothing is due."""
    if calendar.kind == "weekly":
        days = ",".join(str((WEEKDAYS.index(name) + 1) % 7) for name in calendar.weekdays)  # cron: Sunday is 0
        return f"0 {FETCH_HOUR} * * {days}"
    if calendar.kind == "monthly":
        return f"0 {FETCH_HOUR} {calendar.due_day} * *"
    if calendar.kind == "yearly":
        return f"0 {FETCH_HOUR} {calendar.due_day} {calendar.due_month} *"
    return None


def partition_due(calendar: Calendar, day: date) -> str | None:
    """The partition that is due on a day; None on a day without one (a holiday, a day before the first)."""
    return next((each.partition_key for each in calendar.expected(day) if each.due_on == day), None)
