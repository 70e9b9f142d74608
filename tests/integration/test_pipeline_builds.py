"""Builds as rows and schemas: pinned batches, horizon, leftovers of a killed run, resolvers' caches, review list."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ingest.contract import Contract, load_contracts
from ipstat import builds, locks, resolve, review
from ipstat.errors import RefusedError
from ipstat.expected import fill_expected
from ipstat.settings import PROJECT_ROOT

DATED = ["cnipa_gazette", "department_returns"]
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds" / "geography"


def add_batch(
    connection: psycopg.Connection, feed: str, key: str, known_on: str, status: str = "active", rows: int = 1
) -> int:
    row = connection.execute(
        "insert into ops.batches (feed, partition_key, contract_version, parser_version, content_hash, known_on,"
        " status, recorded_by, row_count)"
        " values (%s, %s, 1, '1', repeat('0', 64), %s, %s, 'tester', %s) returning batch_id",
        [feed, key, known_on, status, rows],
    ).fetchone()
    assert row is not None
    return int(row[0])


def open_build(connection: psycopg.Connection, as_of: date | None = None) -> str:
    return builds.open_build(connection, builds.read_inputs(connection, PROJECT_ROOT), as_of, DATED)


def test_a_build_pins_the_batches_that_are_active(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        with pytest.raises(RefusedError, match="no active batch"):
            open_build(connection)
        add_batch(connection, "cnipa_gazette", "2019-07-02", "2019-07-02", status="superseded")
        add_batch(connection, "cnipa_gazette", "2019-07-05", "2019-07-05", status="retracted")
        active = add_batch(connection, "cnipa_gazette", "2019-07-02", "2019-07-02")
        build_id = open_build(connection)
        later = add_batch(connection, "cnipa_gazette", "2019-07-09", "2019-07-09")
        pinned = connection.execute("select batch_id from ops.build_batches where build_id = %s", [build_id]).fetchall()
        assert pinned == [(active,)]
        assert later != active


def test_the_horizon_is_the_end_of_what_was_delivered_not_the_day_of_the_last_report(database_url: str) -> None:
    """A return for December comes in January; January is not covered by it."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        fill_expected(connection, load_contracts(), date(2020, 6, 1))
        add_batch(connection, "department_returns", "2019-12", "2020-01-14")
        add_batch(connection, "population", "all", "2024-05-01")
        assert builds.horizon_date(connection, DATED) == date(2019, 12, 31)
        add_batch(connection, "cnipa_gazette", "2020-01-07", "2020-01-07")
        assert builds.horizon_date(connection, DATED) == date(2020, 1, 7)
        assert builds.horizon_date(connection, []) == date(2024, 5, 1)
        build_id = open_build(connection, as_of=date(2019, 7, 9))
        row = connection.execute(
            "select as_of, horizon_date from ops.builds where build_id = %s", [build_id]
        ).fetchone()
        assert row == (date(2019, 7, 9), date(2019, 7, 9))


def test_what_a_dead_run_left_is_cleared_away(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        add_batch(connection, "cnipa_gazette", "2019-07-02", "2019-07-02")
        dead, good = open_build(connection), open_build(connection)
        builds.close_build(connection, good, "built")
        for build_id in (dead, good):
            for layer in builds.LAYERS:
                connection.execute(f"set role builder; create schema {layer}_{build_id}; reset role")
        connection.execute(f"set role builder; create table staging_{dead}.half (a int); reset role")
        # A query of the dead build that still runs, and holds its table.
        left = psycopg.connect(database_url, application_name="ipstat dbt")
        left.execute("set role builder")
        left.execute(f"lock table staging_{dead}.half")
        assert builds.clear_dead_builds(connection) == [dead]
        states = connection.execute("select build_id, status from ops.builds order by 2").fetchall()
        assert states == [(good, "built"), (dead, "failed")]
        schemas = connection.execute(
            "select nspname from pg_namespace where nspname ~ '_b[0-9]{8}t' order by 1"
        ).fetchall()
        assert schemas == [(f"{layer}_{good}",) for layer in sorted(builds.LAYERS)]
        assert builds.clear_dead_builds(connection) == []
        with pytest.raises(psycopg.OperationalError):
            left.execute("select 1")


KILLED = """
import sys, time, psycopg
from ipstat import builds, locks
with locks.hold(sys.argv[1], locks.WAREHOUSE, "build"), psycopg.connect(sys.argv[1], autocommit=True) as connection:
    inputs = builds.Inputs("x", "0" * 64, "0" * 64, "0" * 64)
    build_id = builds.open_build(connection, inputs, None, [])
    connection.execute(f"set role builder; create schema marts_{build_id}; reset role")
    print(build_id, flush=True)
    time.sleep(60)
"""


def test_a_build_killed_in_the_middle_leaves_nothing_for_the_next(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        add_batch(connection, "cnipa_gazette", "2019-07-02", "2019-07-02")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, database_url], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    )
    assert process.stdout is not None
    try:
        build_id = process.stdout.readline().strip()
        assert build_id
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    with (
        locks.hold(database_url, locks.WAREHOUSE, "build", is_waiting=True),
        psycopg.connect(database_url, autocommit=True) as connection,
    ):
        assert builds.clear_dead_builds(connection) == [build_id]
        assert connection.execute("select to_regnamespace(%s)", [f"marts_{build_id}"]).fetchone() == (None,)


def test_inputs_change_with_seeds_corrections_code_and_decisions(database_url: str, tmp_path: Path) -> None:
    for path, text in (("dbt_project/seeds/a.csv", "x"), ("ingest/corrections/f.yml", "y"), ("reports/z.py", "z")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    with psycopg.connect(database_url, autocommit=True) as connection:
        first = builds.read_inputs(connection, tmp_path)
        assert builds.read_inputs(connection, tmp_path) == first
        (tmp_path / "ingest/corrections/f.yml").write_text("changed", encoding="utf-8")
        second = builds.read_inputs(connection, tmp_path)
        assert second.corrections_hash != first.corrections_hash
        assert second.seeds_hash == first.seeds_hash
        assert second.code_version != first.code_version
        connection.execute(
            "insert into ops.review_decisions (feed, name, decision, decided_by) values ('f', 'n', 'reject', 'a reviewer')"
        )
        assert builds.read_inputs(connection, tmp_path).decisions_hash != second.decisions_hash


@pytest.fixture
def gazette() -> Contract:
    return load_contracts()["cnipa_gazette"]


def land(connection: psycopg.Connection, batch_id: int, number: int, patentees: str, address: str) -> None:
    connection.execute(
        "insert into landing.cnipa_gazette (patent_kind, kind_code, title, publication_number, publication_date,"
        " patentees, address, _batch_id, _source_file, _source_row, _known_on, _row_hash)"
        " values ('design_granted', 'S', 't', %s, '2019-07-02', %s, %s, %s, 'f', %s, '2019-07-02', repeat('0', 32))",
        [f"CN{number:09}S", patentees, address, batch_id, number],
    )


def test_addresses_and_names_are_resolved_once_and_persons_get_a_pseudonym(
    database_url: str, gazette: Contract
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        batch = add_batch(connection, "cnipa_gazette", "2019-07-02", "2019-07-02")
        old = add_batch(connection, "cnipa_gazette", "2019-06-28", "2019-06-28", status="superseded")
        land(connection, batch, 1, "中山市欧普照明有限公司;张小明", "528421 广东省中山市古镇镇海洲")
        land(connection, batch, 2, "张小明", "528421 广东省中山市古镇镇海洲")
        land(connection, old, 3, "不在本次构建的公司", "510000 广东省广州市")
        build_id = open_build(connection)
        arguments = (connection, build_id, [gazette], SEEDS)
        assert resolve.resolve_build(*arguments, b"key") == (1, 2)
        assert resolve.resolve_build(*arguments, b"key") == (0, 0), "resolved once"
        found = connection.execute(
            "select name, is_natural_person, published_name, name_hash from ops.resolved_names order by name"
        ).fetchall()
        (company, person) = found
        assert company[:3] == ("中山市欧普照明有限公司", False, "中山市欧普照明有限公司")
        assert person[0] == "张小明"
        assert person[1] is True
        assert "张" not in person[2]
        assert person[3] == hashlib.md5("张小明".encode()).hexdigest()
        place = connection.execute("select place_code, is_in_city from ops.resolved_addresses").fetchone()
        assert place is not None
        assert place[1] is True
        assert place[0].startswith("442000")
        assert resolve.resolve_build(*arguments, b"another key") == (0, 2), "another key, other pseudonyms"
        again = connection.execute("select published_name from ops.resolved_names where name = '张小明'").fetchone()
        assert again is not None
        assert again[0] != person[2]


def test_open_matches_are_listed_until_they_are_decided(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        add_batch(connection, "cnipa_gazette", "2019-07-02", "2019-07-02")
        build_id = open_build(connection)
        assert builds.collect_open_matches(connection, build_id) == 0
        connection.execute(
            f"set role builder; create schema intermediate_{build_id};"
            f" create table intermediate_{build_id}.int_enterprise_matches_open as select 'g' as feed, v.name,"
            " v.name as normalised_name, 'two in the register' as reason, null::text as candidate_uscc,"
            " date '2019-07-02' as first_seen_on, 3 as row_count from (values ('a'), ('b')) as v (name); reset role"
        )
        assert builds.collect_open_matches(connection, build_id) == 2
        left = "select name, first_seen_on, row_count from ops.review_enterprise_matches"
        review.reject(connection, "g", "a", "a reviewer")
        assert connection.execute(left).fetchall() == [("b", date(2019, 7, 2), 3)]
        connection.execute(f"delete from intermediate_{build_id}.int_enterprise_matches_open where name = 'b'")
        assert builds.collect_open_matches(connection, build_id) == 0, "one is decided, the other is open no more"
        review.undo(connection, "g", "a", "a reviewer")
        assert builds.collect_open_matches(connection, build_id) == 1
        assert connection.execute(left).fetchall() == [("a", date(2019, 7, 2), 3)]
