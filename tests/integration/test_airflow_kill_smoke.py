"""One kill -9 in a minute: the scheduler dies while a feed is loaded, and the feed ends as if nothing had happened.

The whole series is `test_airflow_full_run.py` (`make test-slow`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.airflow_home import AirflowHome
from tests.support.feed_home import FeedHome
from tests.support.hashes import differing, feed_hashes
from tests.support.ingest import FILE, csv_bytes, row, rows
from tests.support.kill_series import Kill, KillSeries, orphans

pytestmark = pytest.mark.timeout(900)  # a busy machine; about a minute where nothing else runs

FEED, ISSUES = "cnipa_gazette", 25


def send(home: FeedHome) -> None:
    """Weekly issues, one row of which is bad."""
    for week in range(ISSUES):
        bad = [row(99, authorized_announcement_date="nonsense")] if week == 0 else []
        month, day = 1 + week // 4, 1 + 7 * (week % 4)
        home.send(FEED, f"2019-{month:02d}-{day:02d}/{FILE}", csv_bytes([*rows(40), *bad]))


@pytest.fixture
def undisturbed(database_url: str, tmp_path: Path) -> FeedHome:
    """The feed, taken in by the steps themselves."""
    made = FeedHome.make(tmp_path, database_url)
    send(made)
    assert made.take(FEED).quarantined_count == 1
    return made


@pytest.fixture
def home(undisturbed: FeedHome, tmp_path: Path) -> Iterator[AirflowHome]:
    variables = {"AIRFLOW_CONN_CNIPA": f"folder://{undisturbed.senders}"}
    with AirflowHome(tmp_path / "airflow", variables=variables) as made:
        made.start()
        yield made


def test_feed_whose_scheduler_was_killed_lands_as_without_airflow(home: AirflowHome, undisturbed: FeedHome) -> None:
    series = KillSeries(home)
    with home.api() as api:
        home.wait_for(lambda: f"ingest_{FEED}" in {dag["dag_id"] for dag in api.get_all("dags", "dags")}, 120)
        api.patch("dags/build_warehouse", {"is_paused": True})  # what the feed sets off takes minutes
        api.post(f"dags/ingest_{FEED}/dagRuns", {"logical_date": None})
    wound = series.strike(Kill("scheduler", "load", 0.2), 300)
    assert wound is not None and wound.was_hit, "the task dies with the scheduler"
    series.wait_for_end(lambda: True, 300)

    assert series.metadata.states() == {(f"ingest_{FEED}", "success"): 1}
    tries = series.metadata.rows("select task_id, state from task_instance")
    assert sorted(tries) == [(name, "success") for name in ("archive", "check", "fetch", "load")]
    assert differing(feed_hashes(home.settings, FEED), feed_hashes(undisturbed.settings, FEED)) == []
    assert orphans(home) == []
    series.metadata.close()
