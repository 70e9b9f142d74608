"""A, B, A up to the published tables; a second build of the same inputs; one bad row is published with its count."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest

from ingest.contract import load_contracts
from ipstat import builds, status, steps
from ipstat.expected import city_today
from ipstat.settings import PROJECT_ROOT
from tests.support.feed_home import FeedHome
from tests.support.ingest import FILE, csv_bytes, row, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FEED = "cnipa_gazette"
PLACE = f"2019-07-09/{FILE}"
A = csv_bytes([*rows(40), row(99, authorized_announcement_date="nonsense")])
B = csv_bytes(rows(38))


def published(home: FeedHome) -> str:
    """Build, gate and publish; a hash of every table of marts."""
    build_id = steps.build(home.settings)
    assert steps.build(home.settings) == build_id, "equal inputs are not built again"
    assert steps.gate(home.settings, build_id).result.status == "gated"
    assert steps.build(home.settings) == build_id
    steps.publish_marts(home.settings, build_id)
    assert not steps.has_news(home.settings, FEED)
    tables = home.rows("select tablename from pg_tables where schemaname = 'marts' order by 1")
    digest = hashlib.sha256()
    for (table,) in tables:
        digest.update(repr(home.rows(f"select md5(t::text) from marts.{table} as t order by 1")).encode())
    assert len(tables) > 10
    return digest.hexdigest()


@pytest.fixture(autouse=True)
def code_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of the code that is edited while the test runs would be another input."""
    files = {root: builds.hash_files((root / "ipstat").glob("*.py"), root) for root in (PROJECT_ROOT,)}
    monkeypatch.setattr(builds, "hash_files", lambda _paths, root: files[root])


def test_a_b_a_ends_in_the_tables_of_a_and_one_bad_row_is_counted(database_url: str, tmp_path: Path) -> None:
    home = FeedHome.make(tmp_path, database_url)
    home.send(FEED, PLACE, A)
    assert home.take(FEED).quarantined_count == 1
    assert steps.check(home.settings, FEED).quarantined_count == 1
    first = published(home)
    with psycopg.connect(database_url) as connection:
        seen = status.read_status(connection, load_contracts(), city_today())
    assert next(each.quarantined_count for each in seen.feeds if each.feed == FEED) == 1
    (page,) = home.settings.quality_dir.glob("*.html")
    shown = page.read_text(encoding="utf-8")
    assert "not_date" in shown and f"{FILE}:42" in shown, "the page names the reason and the row of the file"
    home.send(FEED, PLACE, B)
    home.take(FEED)
    assert steps.has_news(home.settings, FEED)
    assert published(home) != first
    assert home.rows("select count(*) from marts.fct_patents") == [(38,)]
    home.send(FEED, PLACE, A)
    home.take(FEED)
    assert published(home) == first
