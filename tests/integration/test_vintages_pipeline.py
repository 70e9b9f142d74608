"""The real pipeline: the triangle of a late issue and a correction, and an edition that is made again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from ipstat import builds, publications, publish_checks, rebuild, steps
from ipstat.commands.revisions import means
from ipstat.errors import RefusedError
from ipstat.revisions import Margin, read_triangle
from ipstat.settings import PROJECT_ROOT
from tests.support.feed_home import FeedHome
from tests.support.ingest import FILE, csv_bytes, row

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]  # two and three real builds and gates

FEED = "cnipa_gazette"
ISSUES = ("02", "05", "09", "12", "16", "19", "23", "26", "30")  # Tuesdays and Fridays of July 2019
LATE = "05"
GRANTS = Margin("patent_utility_grant_count", period_type="month")


def issue(day: str, count: int) -> bytes:
    """So many utility models of one issue, all of the city."""
    numbers = range(100 * int(day), 100 * int(day) + count)
    return csv_bytes([row(number, authorized_announcement_date=f"2019.07.{day}") for number in numbers])


def send(home: FeedHome, day: str, count: int) -> int:
    """The sender's file of an issue; its batch."""
    home.send(FEED, f"2019-07-{day}/{FILE}", issue(day, count))
    home.take(FEED)
    ((batch,),) = home.rows(
        f"select batch_id from ops.batches where partition_key = '2019-07-{day}' and status = 'active'"
    )
    return int(batch)


def publish(home: FeedHome) -> str:
    build_id = steps.build(home.settings)
    steps.gate(home.settings, build_id)
    steps.publish_marts(home.settings, build_id)
    return build_id


@pytest.fixture(autouse=True)
def code_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the code that is edited while the test runs would be another input."""
    digest = builds.hash_files((PROJECT_ROOT / "ipstat").glob("*.py"), PROJECT_ROOT)
    monkeypatch.setattr(builds, "hash_files", lambda _paths, _root: digest)


def test_late_delivery_and_correction_are_vintages_with_their_reasons(database_url: str, tmp_path: Path) -> None:
    """July 2019: 12 + 7 × 1 = 19 without the issue of the 5th, 22 with its three, 20 once two of the 9th are gone.

    The issues hold one of their files only, so the month stays partial and has no whole value to count from.
    """
    home = FeedHome.make(tmp_path, database_url)
    first_batch = [send(home, day, 12 if day == "09" else 1) for day in ISSUES if day != LATE][1]
    publish(home)
    late_batch = send(home, LATE, 3)
    publish(home)
    mended_batch = send(home, "09", 10)
    publish(home)
    with psycopg.connect(database_url, autocommit=True) as connection:
        triangle = read_triangle(connection, GRANTS)
    july = next(each for each in triangle.rows if each.period_start.isoformat() == "2019-07-01")
    assert [(cell.value, cell.value_status) for cell in july.cells if cell is not None] == [
        (Decimal(19), "partial"),
        (Decimal(22), "partial"),
        (Decimal(20), "partial"),
    ]
    assert [(change.revision, change.reasons) for change in july.changes] == [
        (Decimal(3), (f"late delivery: {FEED} 2019-07-05 (batch {late_batch})",)),
        (Decimal(-2), (f"correction: {FEED} 2019-07-09 (batch {mended_batch} for {first_batch})",)),
    ]
    assert (july.revision(), july.revision(is_finished=True)) == (Decimal(1), None)
    assert len(means(triangle)) == 2


def test_an_edition_is_made_again_from_batches_that_were_superseded_since(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = FeedHome.make(tmp_path, database_url)
    first_batch = [send(home, day, 12 if day == "09" else 1) for day in ("02", "09")][1]
    newest = publish(home)
    edition = publications.publish_gazette(home.settings, date(2019, 7, 9))
    late_batch = send(home, LATE, 3)
    assert send(home, "09", 10) != first_batch
    frozen, found = rebuild.rebuild_edition(home.settings, edition.path.name)
    assert found.differences == ()
    assert set(found.equal) == set(frozen.outputs) and len(found.equal) > 2
    assert first_batch in frozen.batch_ids and late_batch not in frozen.batch_ids
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert connection.execute("select build_id from ops.builds").fetchall() == [(newest,)]
        assert publish_checks.published_build(connection) == newest

    monkeypatch.setattr(builds, "hash_files", lambda _paths, _root: "f" * 64)
    with pytest.raises(RefusedError, match=r"(?s)code version: .*seeds: .*corrections: "):
        rebuild.rebuild_edition(home.settings, str(edition.path))
