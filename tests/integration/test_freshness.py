"""Late deliveries: found from the calendars, told once a feed, forgiven to nobody and invented for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ingest.contract import load_contracts
from ipstat import cli, due, freshness, locks
from ipstat.alert_settings import AlertSettings
from ipstat.alert_store import Alert, read_alerts
from ipstat.due import Late
from ipstat.errors import UsageError
from ipstat.expected import fill_expected
from ipstat.settings import Settings
from tests.support.alert_receivers import Webhook, webhook

FEED = "pledge_ledger"  # monthly, due on the 15th, late after 45 days, past the limit after 90
REGISTER = "enterprise_register"  # a yearly snapshot


@dataclass
class Office:
    """A home that was set up on a day, with the deliveries that a test puts there."""

    settings: Settings
    connection: psycopg.Connection
    hook: Webhook

    def set_up(self, day: str) -> None:
        self.connection.execute("update ops.migrations set applied_at = %s", [f"{day}T12:00:00+08"])

    def batch(self, partition: str, feed: str = FEED, status: str = "active", is_complete: bool = True) -> None:
        self.connection.execute(
            "insert into ops.batches (feed, partition_key, contract_version, parser_version, content_hash, recorded_by,"
            " status, is_complete) values (%s, %s, 1, '1', %s, 'test', %s, %s)",
            [feed, partition, "b" * 64, status, is_complete],
        )

    def receipt(self, partition: str, is_loaded: bool) -> None:
        self.connection.execute(
            "insert into ops.deliveries (feed, file_name, source_path, partition_key, sha256, size_bytes, archive_path,"
            " loaded_at) values (%s, 'a.xlsx', 'a.xlsx', %s, %s, 1, 'x', case when %s then now() end)",
            [FEED, partition, "a" * 64, is_loaded],
        )

    def check(self, day: str) -> list[Late]:
        return freshness.check_freshness(self.settings, date.fromisoformat(day))

    def open(self) -> list[Alert]:
        return read_alerts(self.connection)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with webhook() as hook, psycopg.connect(database_url, autocommit=True) as connection:
        settings = Settings(tmp_path / "home", database_url, alerts=AlertSettings(webhook_url=hook.url))
        made = Office(settings, connection, hook)
        made.set_up("2026-01-20")
        yield made


def found(late: list[Late]) -> dict[str, list[str]]:
    """Late partitions by feed."""
    return {feed: [item.partition_key for item in late if item.feed == feed] for feed in {item.feed for item in late}}


def test_a_new_office_is_told_of_nothing_on_its_first_day(office: Office) -> None:
    """Fourteen years of issues are in the calendars; nobody was waiting for them here."""
    assert office.check("2026-01-20") == []
    assert not office.hook.requests and not office.open()


def test_a_feed_that_never_delivered_is_late_by_what_was_due_since_the_office_began(office: Office) -> None:
    """No run of it ever was; the calendar alone knows. January's data was due on 15 February, and 45 days are given."""
    assert FEED not in found(office.check("2026-04-01"))
    late = [item for item in office.check("2026-04-02") if item.feed == FEED]
    assert late == [Late(FEED, "2026-01", date(2026, 2, 15), 46, "missing", False, False)]
    (told,) = [content for content in office.hook.contents if content["key"] == f"late/{FEED}"]
    assert told["kind"] == "late_delivery" and "从未 / never" in told["text"] and "2026-01" in told["text"]


def test_gaps_after_the_first_delivered_period_are_late_and_one_alert_lists_them(office: Office) -> None:
    for month in ("2024-10", "2024-12", "2025-02"):
        office.batch(month)
    late = [item for item in office.check("2025-05-01") if item.feed == FEED]
    assert [(item.partition_key, item.is_followed, item.is_past_limit) for item in late] == [
        ("2024-11", True, True), ("2025-01", True, False),
    ]  # fmt: skip
    (alert,) = [each for each in office.open() if each.alert_key == f"late/{FEED}"]
    assert "2024-11" in alert.body and "2025-01" in alert.body and "2024-09" not in alert.body


def test_an_alert_follows_its_list_and_closes_when_all_came(office: Office) -> None:
    office.batch("2024-10")
    for day, count in (("2025-01-29", 0), ("2025-01-30", 1), ("2025-01-31", 1), ("2025-03-02", 2)):
        office.check(day)
        assert len(office.hook.requests) == count, day
    office.check("2025-03-16")
    assert len(office.hook.requests) == 3, "November passed the limit of ninety days"
    office.batch("2024-11")
    office.check("2025-03-17")
    assert len(office.hook.requests) == 3 and office.open()[0].alert_key == f"late/{FEED}"
    office.batch("2024-12")
    assert office.check("2025-03-17") == []
    assert not office.open()


def test_a_delivery_that_is_there_in_part_was_refused_or_ended_is_named_so(office: Office) -> None:
    office.batch("2024-10")
    office.batch("2024-11", is_complete=False)
    office.batch("2024-12", status="retracted")
    office.receipt("2025-01", is_loaded=True)
    states = {item.partition_key: item.state for item in office.check("2025-05-31") if item.feed == FEED}
    assert states == {"2024-11": "incomplete", "2024-12": "ended", "2025-01": "refused", "2025-02": "missing", "2025-03": "missing"}  # fmt: skip


def test_what_came_and_waits_to_be_loaded_is_not_late(office: Office) -> None:
    office.batch("2024-10")
    office.receipt("2024-11", is_loaded=False)
    assert FEED not in found(office.check("2025-02-10"))


def test_a_feed_that_is_being_loaded_keeps_the_alert_it_has(office: Office) -> None:
    office.batch("2024-10")
    office.check("2025-02-10")
    office.batch("2024-11")
    with locks.hold(office.settings.database_url or "", locks.feed_lock(FEED), "load"):
        assert FEED not in found(office.check("2025-03-10"))
        assert [alert.items for alert in office.open()] == [["2024-11"]]
    assert found(office.check("2025-03-10")) == {FEED: ["2024-12"]}


def test_of_a_snapshot_only_the_newest_is_waited_for(office: Office) -> None:
    office.set_up("2029-01-01")
    for year in (2011, 2022):
        office.batch(f"{year}-12-31", REGISTER)
    assert office.check("2025-03-03") == []
    assert found(office.check("2025-03-06")) == {REGISTER: ["2023-12-31"]}, "due on 2024-01-28, 400 days are given"


def test_days_that_the_calendar_leaves_out_are_not_late(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A holiday is written into the contract; then it is neither expected nor late."""
    gazette = load_contracts()["cnipa_gazette"]
    office.batch("2025-09-26", "cnipa_gazette")
    office.batch("2025-09-30", "cnipa_gazette")
    assert found(office.check("2025-10-14")) == {"cnipa_gazette": ["2025-10-03"]}
    calendar = gazette.origin.calendar.model_copy(
        update={"skipped": (date(2025, 10, 3),), "added": (date(2025, 10, 4),)}
    )
    mended = gazette.model_copy(update={"origin": gazette.origin.model_copy(update={"calendar": calendar})})
    monkeypatch.setattr(due, "load_contracts", lambda: load_contracts() | {"cnipa_gazette": mended})
    assert found(office.check("2025-10-14")) == {"cnipa_gazette": ["2025-10-04"]}
    office.batch("2025-10-04", "cnipa_gazette")
    assert office.check("2025-10-14") == []
    assert not office.open()


def test_an_office_states_from_when_it_expects_a_feed(office: Office) -> None:
    office.batch("2024-10")
    due.state_expected(office.settings, FEED, date(2025, 2, 1))
    assert FEED not in found(office.check("2025-04-29"))
    assert found(office.check("2025-04-30")) == {FEED: ["2025-02"]}
    due.state_expected(office.settings, FEED, None)
    assert office.check("2026-01-01") == []
    assert not office.open(), "what is never expected is late no more"
    with pytest.raises(UsageError, match="no feed with a calendar"):
        due.state_expected(office.settings, "honours", None)


@contextmanager
def whole_city(office: Office, *missing: tuple[str, str]) -> Iterator[None]:
    """A sample city that delivered everything from 2024 to 2025, but for `missing`."""
    office.connection.execute("insert into ops.settings (name, value) values ('is_sample_data', 'true')")
    fill_expected(office.connection, load_contracts(), date(2026, 11, 1))
    rows = office.connection.execute(
        "select feed, partition_key from ops.expected_deliveries where period_start >= '2024-01-01'"
        " and period_end <= '2025-12-31'"
    ).fetchall()
    for feed, partition in rows:
        if (feed, partition) not in missing:
            office.batch(partition, feed)
    yield


def test_the_story_of_a_sample_city_ends_with_its_last_delivery(office: Office) -> None:
    with whole_city(office):
        assert freshness.check_freshness(office.settings) == []
        assert not office.open()
        assert "cnipa_gazette" in found(freshness.check_freshness(office.settings, date(2026, 3, 1)))


@pytest.mark.parametrize(
    ("feed", "partition"),
    [(FEED, "2025-12"), ("cnipa_gazette", "2025-12-30"), ("cnipa_legal_events", "2025-12"), (REGISTER, "2025-12-31")],
)
def test_a_sample_city_without_one_last_delivery_has_exactly_that_late(
    office: Office, feed: str, partition: str
) -> None:
    with whole_city(office, (feed, partition)):
        assert found(freshness.check_freshness(office.settings)) == {feed: [partition]}
        assert [alert.alert_key for alert in office.open()] == [f"late/{feed}"]


def test_the_command_prints_the_table_and_ends_with_1_beyond_the_limit(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.set_up("2029-01-01")
    office.batch("2024-10")
    monkeypatch.setenv("IPSTAT_HOME", str(office.settings.home))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", office.settings.database_url or "")
    assert _run("freshness", "--on", "2025-02-01") == 0
    assert "2024-11" in capsys.readouterr().out, "late, but not past the limit"
    assert _run("freshness", "--on", "2025-03-16") == 1
    shown = capsys.readouterr()
    assert "past the limit" in shown.out and FEED in shown.err
    assert not office.open(), "what would be on another day raises no alert"
    assert _run("freshness", "--on", "2025-03-16", "--expect", f"{FEED}=never") == 0
    assert _run("freshness", "--expect", "no_feed=never") == 2
    assert _run("freshness", "--on", "soon") == 2


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0)
