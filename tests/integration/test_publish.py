"""Publication by difference: what it refuses, what it writes, what it leaves alone, and what a reader may see of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ipstat import builds, database, marts_contract, publish, publish_checks
from ipstat.errors import IpstatError, RefusedError
from ipstat.marts_contract import Table
from ipstat.settings import Settings
from tests.integration.synthetic_marts import FIRST, SECOND, Rows, contracts, make_build, make_marts

Publish = Callable[[str], publish.Publication]


@pytest.fixture
def tables(tmp_path: Path, database_url: str) -> tuple[Table, ...]:
    found = contracts(tmp_path / "models")
    make_marts(database_url, found)
    return found


@pytest.fixture
def publish_build(database_url: str, tables: tuple[Table, ...]) -> Publish:
    def run(build_id: str) -> publish.Publication:
        with psycopg.connect(database_url, autocommit=True) as connection:
            return publish.publish_marts(connection, build_id, tables, "tester")

    return run


def as_role(settings: Settings, address: str, role: str) -> str:
    """The address of the same database for another role."""
    return database.with_database(database.url(settings, role), address.rpartition("/")[2])


def contents(address: str, tables: tuple[Table, ...], schema: str) -> Rows:
    with psycopg.connect(address) as connection:
        return {
            table.name: connection.execute(
                f"select {', '.join(name + '::text' for name in table.column_names)}"
                f" from {schema}.{table.name} order by 1, 2"
            ).fetchall()
            for table in tables
        }


def test_marts_become_the_build_and_unchanged_rows_stay_untouched(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    first = publish_build(make_build(database_url, tables, FIRST))
    assert first.is_first
    with psycopg.connect(database_url) as connection:
        before = dict(connection.execute("select town_key, xmin::text from marts.dim_town").fetchall())
    build_id = make_build(database_url, tables, SECOND)
    second = publish_build(build_id)
    assert contents(database_url, tables, "marts") == contents(database_url, tables, f"marts_{build_id}")
    assert {change.table: (change.inserted, change.updated, change.deleted) for change in second.changes} == {
        "dim_indicator": (0, 0, 0),
        "dim_town": (1, 1, 1),
        "fct_indicator_values": (1, 1, 1),
        "fct_pledges": (1, 1, 1),
    }
    with psycopg.connect(database_url) as connection:
        after = dict(connection.execute("select town_key, xmin::text from marts.dim_town").fetchall())
    assert after["a"] == before["a"]
    assert after["c"] != before["c"]


def test_publishing_the_same_build_again_changes_nothing(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    build_id = make_build(database_url, tables, FIRST)
    publish_build(build_id)
    assert publish_build(build_id).changed_row_count == 0


def test_changes_list_key_column_before_and_after(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    publish_build(make_build(database_url, tables, FIRST))
    build_id = make_build(database_url, tables, SECOND)
    publish_build(build_id)
    with psycopg.connect(database_url) as connection:
        first = connection.execute(
            "select table_name, row_count, record_key from publication.changes where build_id <> %s order by 1",
            [build_id],
        ).fetchall()
        assert first == [(name, len(FIRST[name]), None) for name in sorted(FIRST)]
        rows = connection.execute(
            "select table_name, change_kind, record_key, column_name, value_before, value_after"
            " from publication.changes"
            " where build_id = %s order by table_name, change_kind, record_key",
            [build_id],
        ).fetchall()
        vintages = connection.execute(
            "select indicator_code, town_key, value::text from publication.indicator_values"
            " where build_id = %s order by 1, 2",
            [build_id],
        ).fetchall()
    assert rows == [
        ("dim_town", "delete", {"town_key": "b"}, None, None, None),
        ("dim_town", "insert", {"town_key": "d"}, None, None, None),
        ("dim_town", "update", {"town_key": "c"}, "town_name", "小榄", "小榄镇"),
        ("fct_indicator_values", "delete", {"indicator_code": "grants", "town_key": "b"}, None, None, None),
        ("fct_indicator_values", "insert", {"indicator_code": "grants", "town_key": "d"}, None, None, None),
        (
            "fct_indicator_values",
            "update",
            {"indicator_code": "loans", "town_key": "a"},
            "value",
            "7.500000",
            "7.600000",
        ),
        ("fct_pledges", "delete", {"record_key": "p2"}, None, None, None),
        ("fct_pledges", "insert", {"record_key": "p3"}, None, None, None),
        ("fct_pledges", "update", {"record_key": "p1"}, "secured_amount_cny_10k", "100.0000", None),
    ]
    assert vintages == [("grants", "d", "2.000000"), ("loans", "a", "7.600000")]


def test_keys_grants_comments_and_a_users_view_survive(
    database_url: str, server_settings: Settings, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    publish_build(make_build(database_url, tables, FIRST))
    with psycopg.connect(database_url) as connection:
        connection.execute("create schema desk")
        connection.execute("create view desk.towns as select town_name, count(*) as n from marts.dim_town group by 1")

    def described() -> list[list[tuple[object, ...]]]:
        with psycopg.connect(database_url) as connection:
            return [
                connection.execute(query).fetchall()
                for query in (
                    "select conname, pg_get_constraintdef(oid) from pg_constraint"
                    " where connamespace = 'marts'::regnamespace order by 1",
                    "select relname, relacl::text, obj_description(oid) from pg_class"
                    " where relnamespace = 'marts'::regnamespace order by 1",
                    "select tablename, indexdef from pg_indexes where schemaname = 'marts' order by 1, 2",
                )
            ]

    before = described()
    publish_build(make_build(database_url, tables, SECOND))
    assert described() == before
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from desk.towns").fetchone() == (3,)
    with psycopg.connect(as_role(server_settings, database_url, "bi_reader")) as reader:
        keys = reader.execute(
            "select count(*) from information_schema.table_constraints where table_schema = 'marts'"
            " and constraint_type in ('PRIMARY KEY', 'FOREIGN KEY')"
        ).fetchone()
        assert keys == (7,), "tools must see 4 primary and 3 foreign keys"
        assert reader.execute("select obj_description('marts.dim_town'::regclass)").fetchone() == ("镇街 / towns",)


@pytest.mark.parametrize("status", ["running", "built", "refused", "failed"])
def test_a_build_without_a_passed_gate_is_refused(
    status: str, database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    build_id = make_build(database_url, tables, FIRST, status=status)
    with pytest.raises(RefusedError, match="has not passed its gate"):
        publish_build(build_id)
    assert contents(database_url, tables, "marts")["dim_town"] == []


def test_a_gate_that_passed_another_build_does_not_count(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    make_build(database_url, tables, FIRST)
    other = make_build(database_url, tables, SECOND)
    with psycopg.connect(database_url) as connection:
        connection.execute("delete from ops.gate_results where build_id = %s", [other])
    with pytest.raises(RefusedError, match="has not passed its gate"):
        publish_build(other)


def test_a_failed_stop_check_is_named(database_url: str, tables: tuple[Table, ...], publish_build: Publish) -> None:
    build_id = make_build(database_url, tables, FIRST)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into ops.gate_results (build_id, check_name, layer, severity, success, message)"
            " values (%s, 'towns_sum_to_city', 'dbt', 'stop', false, '3 rows')",
            [build_id],
        )
    with pytest.raises(RefusedError, match="towns_sum_to_city: 3 rows"):
        publish_build(build_id)


def test_an_as_of_build_is_never_published(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    build_id = make_build(database_url, tables, FIRST, as_of=date(2019, 7, 9))
    with pytest.raises(RefusedError, match="2019-07-09"):
        publish_build(build_id)
    with psycopg.connect(database_url) as connection, pytest.raises(RefusedError):
        publish_checks.latest_gated_build(connection)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "alter table marts.dim_town add column area int",
            r"dim_town\.area \(contract: absent, build: absent, marts: integer\)",
        ),
        (
            "alter table {build}.dim_town alter town_name type varchar(20)",
            r"dim_town\.town_name .*build: character varying\(20\)",
        ),
        (
            "alter table {build}.fct_pledges alter town_key drop not null",
            r"fct_pledges\.town_key .*build: character varying,",
        ),
        (
            "alter table {build}.fct_pledges drop column secured_amount_cny_10k",
            r"secured_amount_cny_10k .*build: absent",
        ),
        ("drop table {build}.fct_pledges", r"fct_pledges\.record_key .*build: absent"),
        ("create table {build}.fct_more (a int)", r"fct_more\.a \(contract: absent, build: integer, marts: absent\)"),
    ],
)
def test_a_difference_in_columns_is_refused_and_shown(
    statement: str, said: str, database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    build_id = make_build(database_url, tables, FIRST)
    with psycopg.connect(database_url) as connection:
        connection.execute(statement.format(build=f"marts_{build_id}"))
    with pytest.raises(RefusedError, match=said):
        publish_build(build_id)
    assert contents(database_url, tables, "marts")["dim_town"] == []


def test_an_error_in_the_middle_leaves_marts_as_it_was(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    publish_build(make_build(database_url, tables, FIRST))
    before = contents(database_url, tables, "marts")
    orphan = {**SECOND, "fct_pledges": [("p9", "nowhere", None)]}
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        publish_build(make_build(database_url, tables, orphan))
    assert contents(database_url, tables, "marts") == before


def test_a_polling_reader_is_never_blocked_and_never_sees_a_mixed_state(
    database_url: str, server_settings: Settings, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    """Each build writes its number into every row of two tables: a read that finds two numbers is a mixed read."""
    count = 400

    def rows(number: int) -> Rows:
        towns = [(f"t{i}", f"build {number}") for i in range(count)]
        values = [("grants", f"t{i}", 1, str(number)) for i in range(count)]
        return {
            **FIRST,
            "dim_town": [*towns, ("a", f"build {number}"), ("b", f"build {number}")],
            "fct_indicator_values": values,
        }

    publish_build(make_build(database_url, tables, rows(0)))
    states: list[list[int]] = []
    failures: list[str] = []
    done = threading.Event()

    def poll() -> None:
        with psycopg.connect(as_role(server_settings, database_url, "bi_reader"), autocommit=True) as reader:
            reader.execute("set lock_timeout = '200ms'")
            while not done.is_set():
                try:
                    row = reader.execute(
                        "select array(select distinct split_part(town_name, ' ', 2)::int from marts.dim_town"
                        " union select distinct value::int from marts.fct_indicator_values)"
                    ).fetchone()
                except psycopg.Error as error:
                    failures.append(str(error))
                    return
                assert row is not None
                states.append(row[0])

    reader_thread = threading.Thread(target=poll)
    reader_thread.start()
    try:
        for number in (1, 2, 3):
            build_id = make_build(database_url, tables, rows(number), status="built")
            with pytest.raises(RefusedError):
                publish_build(build_id)
            if number == 2:
                continue  # the build that never passes its gate
            with psycopg.connect(database_url) as connection:
                builds.close_build(connection, build_id, "gated")
            publish_build(build_id)
    finally:
        done.set()
        reader_thread.join(timeout=30)
    assert failures == []
    assert all(len(state) == 1 for state in states), "a mixed read"
    assert [2] not in states, "an ungated read"
    assert [0] in states
    assert len(states) > 20


def test_a_repeatable_reader_keeps_its_snapshot(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    publish_build(make_build(database_url, tables, FIRST))
    with psycopg.connect(database_url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        query = "select town_name from marts.dim_town order by town_key"
        before = reader.execute(query).fetchall()
        publish_build(make_build(database_url, tables, SECOND))
        assert reader.execute(query).fetchall() == before


def test_confidential_measures_are_for_the_analyst_only(
    database_url: str, server_settings: Settings, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    publish_build(make_build(database_url, tables, FIRST))
    query = "select distinct indicator_code from marts.fct_indicator_values order by 1"
    with psycopg.connect(as_role(server_settings, database_url, "bi_reader"), autocommit=True) as reader:
        assert reader.execute(query).fetchall() == [("grants",)]
        assert reader.execute("select count(record_key) from fct_pledges").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("select secured_amount_cny_10k from marts.fct_pledges")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("create temporary table mine (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("select * from ops.builds")
    with psycopg.connect(as_role(server_settings, database_url, "analyst"), autocommit=True) as analyst:
        assert analyst.execute(query).fetchall() == [("grants",), ("loans",)]
        assert analyst.execute("select sum(secured_amount_cny_10k)::text from fct_pledges").fetchone() == ("100.0000",)
        analyst.execute("create temporary table mine as select * from marts.dim_town")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            analyst.execute("delete from marts.fct_pledges")


def test_a_builder_has_no_right_on_marts(database_url: str, tables: tuple[Table, ...]) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("set role builder")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from marts.dim_town")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table marts.mine (a int)")


def test_record_sources_point_at_the_published_build(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    build_id = make_build(database_url, tables, FIRST)
    with psycopg.connect(database_url) as connection:
        connection.execute("set local role builder")
        connection.execute(f"create schema intermediate_{build_id}")
        connection.execute(
            f"create table intermediate_{build_id}.int_record_sources as"
            " select 'p1' as record_key, 'pledge_ledger' as feed, 4 as batch_id, 'ledger.xlsx' as source_file,"
            " 9 as source_row"
        )
    publish_build(build_id)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select * from ops.record_sources").fetchall() == [
            ("p1", "pledge_ledger", 4, "ledger.xlsx", 9)
        ]


def test_old_builds_go_and_the_last_two_the_published_and_editions_stay(
    database_url: str, tables: tuple[Table, ...], publish_build: Publish
) -> None:
    made = [make_build(database_url, tables, FIRST) for _ in range(5)]
    publish_build(made[1])
    with psycopg.connect(database_url, autocommit=True) as connection:
        for position, build_id in enumerate(made):
            connection.execute(
                "update ops.builds set started_at = now() + make_interval(mins => %s) where build_id = %s",
                [position, build_id],
            )
        connection.execute(
            "insert into publication.editions"
            " (publication, period, edition_number, manifest_hash, path, build_id, state, state_by)"
            " values ('white-paper', '2020', 1, repeat('0', 64), 'x', %s, 'released', 'tester')",
            [made[0]],
        )
        assert builds.drop_old_builds(connection) == [made[2]]
        left = connection.execute("select nspname from pg_namespace where nspname ~ '^marts_b' order by 1").fetchall()
    assert {name for (name,) in left} == {f"marts_{build_id}" for build_id in (made[0], made[1], made[3], made[4])}


def test_a_contract_without_a_primary_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "marts.yml").write_text(
        "models:\n  - name: dim_x\n    columns: [{name: a, data_type: int}]\n", encoding="utf-8"
    )
    with pytest.raises(IpstatError, match=r"marts\.yml, model dim_x: no columns or no primary key"):
        marts_contract.load(tmp_path / "models")
