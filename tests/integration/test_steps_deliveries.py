"""The same month twice, a correction late, a correction withdrawn; a past period from the archive alone; news."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ingest.batches import retract_batch
from ingest.spool import WithdrawnFile, whole_turns, write_turn
from ipstat import builds, same_inputs, steps
from ipstat.errors import RefusedError
from ipstat.settings import PROJECT_ROOT
from tests.support.feed_home import FeedHome
from tests.support.ingest import FILE, csv_bytes, rows

FEED = "cnipa_gazette"
PLACE = f"2019-07-09/{FILE}"
OTHER = "CN_patent_utility_new_crawl2.csv"
A, B = csv_bytes(rows(4)), csv_bytes(rows(3))
STATES = "select partition_key, status, row_count from ops.batches order by batch_id"


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> FeedHome:
    return FeedHome.make(tmp_path, database_url)


def test_a_b_a_each_changes_exactly_its_month(home: FeedHome) -> None:
    home.send(FEED, f"2019-07-02/{FILE}", csv_bytes(rows(2, start=90)))
    home.send(FEED, PLACE, A)
    assert home.take(FEED).batch_count == 2
    first = home.hash(FEED)
    assert home.take(FEED) == steps.Loaded(FEED, 0, 0, 0, 0, ()), "nothing new, no receipt"
    home.send(FEED, PLACE, B)
    assert home.take(FEED).batch_count == 1, "the late correction"
    corrected = home.hash(FEED)
    assert corrected != first
    home.send(FEED, PLACE, A)
    assert home.take(FEED).batch_count == 1, "the correction is taken back: the first version comes again"
    assert home.hash(FEED) == first
    assert home.rows(STATES) == [
        ("2019-07-02", "active", 2),
        ("2019-07-09", "superseded", 4),
        ("2019-07-09", "superseded", 3),
        ("2019-07-09", "active", 4),
    ]
    receipts = home.rows("select count(*), count(distinct sha256), count(loaded_at) from ops.deliveries")
    assert receipts == [(4, 3, 4)]


def test_versions_that_wait_together_are_loaded_one_after_the_other(home: FeedHome) -> None:
    for data in (A, B, A):
        home.send(FEED, PLACE, data)
        home.fetch(FEED)
    assert [len(turn.files) for turn in whole_turns(home.settings.spool_dir, FEED)] == [1, 1, 1]
    assert steps.archive(home.settings, FEED) == 3
    assert whole_turns(home.settings.spool_dir, FEED) == []
    assert steps.load(home.settings, FEED).batch_count == 3
    assert [count for _, _, count in home.rows(STATES)] == [4, 3, 4]


def turn(home: FeedHome, tmp_path: Path, files: dict[str, bytes], withdrawn: tuple[WithdrawnFile, ...] = ()) -> None:
    """One turn of the spool, taken in."""
    paths = {}
    for number, (place, data) in enumerate(files.items()):
        paths[place] = tmp_path / f"turn-{number}"
        paths[place].write_bytes(data)
    write_turn(home.settings.spool_dir, FEED, "cnipa", paths, withdrawn)
    steps.archive(home.settings, FEED)
    steps.load(home.settings, FEED)


def test_a_withdrawn_file_leaves_and_the_others_of_its_issue_stay(home: FeedHome, tmp_path: Path) -> None:
    second = csv_bytes(rows(5, start=50))
    turn(home, tmp_path, {PLACE: A})
    alone = home.hash(FEED)
    turn(home, tmp_path, {f"2019-07-09/{OTHER}": second})
    sha = home.rows(f"select sha256 from ops.deliveries where file_name = '{OTHER}'")[0][0]
    turn(home, tmp_path, {}, (WithdrawnFile(path=f"2019-07-09/{OTHER}", sha256=sha),))
    assert home.hash(FEED) == alone
    first = home.rows(f"select sha256 from ops.deliveries where file_name = '{FILE}'")[0][0]
    turn(home, tmp_path, {}, (WithdrawnFile(path=PLACE, sha256=first),))
    assert home.rows("select count(*) from ops.batches where status = 'active'") == [(0,)]
    actions = home.rows("select action, loaded_at is not null from ops.deliveries order by delivery_id")
    assert actions == [("deliver", True), ("deliver", True), ("withdraw", True), ("withdraw", True)]
    turn(home, tmp_path, {PLACE: A})
    assert home.hash(FEED) == alone, "sent again, it is there again"


def test_withdrawing_what_was_superseded_changes_nothing(home: FeedHome, tmp_path: Path) -> None:
    turn(home, tmp_path, {PLACE: A})
    turn(home, tmp_path, {PLACE: B})
    before, states = home.hash(FEED), home.rows(STATES)
    sha = home.rows("select sha256 from ops.deliveries order by delivery_id")[0][0]
    turn(home, tmp_path, {}, (WithdrawnFile(path=PLACE, sha256=sha),))
    assert (home.hash(FEED), home.rows(STATES)) == (before, states)


def test_a_past_period_is_reloaded_from_the_archive_when_no_sender_answers(home: FeedHome) -> None:
    home.send(FEED, PLACE, A)
    home.send(FEED, f"2019-07-12/{FILE}", B)
    home.take(FEED)
    before, others = home.hash(FEED), home.rows("select batch_id from ops.batches where partition_key = '2019-07-12'")
    home.lose_senders()
    with pytest.raises(Exception, match="no folder"):
        home.fetch(FEED)
    again = steps.reload_partition(home.settings, FEED, "2019-07-09")
    assert (again.batch_count, again.row_count) == (1, 4)
    assert home.hash(FEED) == before
    assert home.rows("select batch_id from ops.batches where partition_key = '2019-07-12'") == others
    with pytest.raises(RefusedError, match="nothing of cnipa_gazette 2019-07-16 is in the archive"):
        steps.reload_partition(home.settings, FEED, "2019-07-16")
    with home.connect() as connection:
        (batch,) = home.rows("select batch_id from ops.batches where status = 'active' order by 1 desc limit 1")[0]
        retract_batch(connection, batch, "wrong file", "tester")
    with pytest.raises(RefusedError, match=r"wrong file.*batch reload"):
        steps.reload_partition(home.settings, FEED, "2019-07-09")


def test_news_are_told_until_a_build_with_them_is_published(home: FeedHome) -> None:
    assert not steps.has_news(home.settings, FEED)
    home.send(FEED, PLACE, A)
    home.take(FEED)
    assert steps.has_news(home.settings, FEED), "also when the run that loaded it was killed"
    with home.connect() as connection:
        build_id = builds.open_build(connection, builds.Inputs("x", "0" * 64, "0" * 64, "0" * 64), None, [])
        connection.execute(
            "insert into publication.published_builds (build_id, published_by) values (%s, 'tester')", [build_id]
        )
    assert not steps.has_news(home.settings, FEED)
    steps.reload_partition(home.settings, FEED, "2019-07-09")
    assert not steps.has_news(home.settings, FEED), "the same content is no news"
    home.send(FEED, PLACE, B)
    home.take(FEED)
    assert steps.has_news(home.settings, FEED)
    assert not steps.has_news(home.settings, "honours")


def test_what_a_build_keeps_of_its_inputs_is_what_is_read_of_them(home: FeedHome) -> None:
    """Else no build would ever be found again."""
    home.send(FEED, PLACE, A)
    home.take(FEED)
    with home.connect() as connection:
        inputs = builds.read_inputs(connection, PROJECT_ROOT, b"key")
        build_id = builds.open_build(connection, inputs, None, [FEED])
        kept = connection.execute(
            "select code_version, seeds_hash, corrections_hash, decisions_hash, pseudonym_key_hash from ops.builds"
            " where build_id = %s",
            [build_id],
        ).fetchone()
    assert kept == tuple(getattr(inputs, name) for name in builds.Inputs.__dataclass_fields__)


INPUTS = builds.Inputs("v1", "1" * 64, "2" * 64, "3" * 64, "4" * 64)


def finished(connection: psycopg.Connection, inputs: builds.Inputs = INPUTS, status: str = "built") -> str:
    """A build of these inputs with its schemas."""
    build_id = builds.open_build(connection, inputs, None, [FEED])
    connection.execute(
        "update ops.builds set decisions_hash = %s where build_id = %s", [inputs.decisions_hash, build_id]
    )
    for layer in builds.LAYERS:
        connection.execute(f"set role builder; create schema {layer}_{build_id}; reset role")
    builds.close_build(connection, build_id, status)
    return build_id


def test_a_build_of_equal_inputs_is_found_and_any_other_is_not(home: FeedHome) -> None:
    home.send(FEED, PLACE, A)
    home.take(FEED)
    with home.connect() as connection:

        def found(inputs: builds.Inputs = INPUTS) -> str | None:
            return same_inputs.find_build(connection, inputs, None, [FEED])

        assert found() is None
        finished(connection, status="failed")
        finished(connection, status="refused")
        assert found() is None, "only a finished build that was not refused"
        build_id = finished(connection)
        assert found() == build_id
        builds.close_build(connection, build_id, "gated")
        assert found() == build_id
        for name in builds.Inputs.__dataclass_fields__:
            assert found(builds.Inputs(**{**vars(INPUTS), name: "9" * 64})) is None, name
        assert same_inputs.find_build(connection, INPUTS, builds.horizon_date(connection, []), [FEED]) is None
        connection.execute(f"drop schema intermediate_{build_id}")
        assert found() is None, "its tables were cleared away"
        build_id = finished(connection)
        assert found() == build_id
        steps.reload_partition(home.settings, FEED, "2019-07-09")
        assert found() is None, "another batch is active"
