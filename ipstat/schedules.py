"""What the DAG files know about a feed: its schedule, owner, tags and triage note, from the contract alone.

Light on purpose and free of Airflow: Airflow parses the DAG files again every few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ingest.calendar import WEEKDAYS, Calendar
from ingest.contract import Contract, load_contracts

CITY_ZONE = "Asia/Shanghai"
FETCH_HOUR = 8
"""Feeds are asked for at this hour of the city on the day that they are due."""

_TRIAGE = """
**{title}**, from {owner} ({cadence}). Asked for at the sender `{connection}`, path `{path}`.

| failed | what it means | what to do |
|---|---|---|
| fetch | the sender did not answer for all tries, or refused | see the log's last line; `ipstat fetch {feed}` by hand; a wrong password or address: mend the connection `{connection}`, then clear the task |
| archive | disk or database | free the disk, `ipstat status`; clear the task: whole turns wait in the spool, nothing is lost |
| load | a fault of ours, or the database | `ipstat load {feed}` by hand shows it; after a fix clear the task |
| check | a file was refused or is over its quarantine budget | the log names file, row, column and mend; ask the sender for a new file, or write a correction; `ipstat check {feed}` tells when it is mended |
| whole run | it took longer than its limit, or its worker was killed too often | `ipstat status`, then clear the run |

Skipped `check`: nothing new since the newest published build. A past period again, from the archive alone:
trigger with the param `partition_key`, or `airflow backfill create --dag-id ingest_{feed}` (by due day). All of it: docs/triage.md.
"""


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
    sender = getattr(contract.origin, "sender", None)
    provider = sender.connection if sender else "by_hand"
    note = _TRIAGE.format(
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
