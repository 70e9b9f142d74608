"""Every mart of one build is the same table on PostgreSQL and on DuckDB: equal row counts and equal hashes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest
import yaml

from ingest.contract import load_contracts
from ingest.load import ingest
from ipstat import marts_contract, sample_city
from ipstat.expected import fill_expected
from ipstat.settings import Settings
from tests.conftest import clone
from tests.support import duckdb_build
from tests.support.table_hash import table_hash
from tests.support.warehouse import DBT_PROJECT, Warehouse, failures, land

BUILD = "b20220301t000000aaaa"
HORIZON = "2021-03-31"
TABLES = marts_contract.load(DBT_PROJECT / "models" / "marts")
AWARD = {
    "_known_on": date(2020, 7, 14),
    "honour_type": "中国专利奖",
    "honour_grade": "优秀奖",
    "award_year": 2020,
    "holder_name": "中山市某某灯饰有限公司",
    "uscc": "914420007665649509",
    "valid_from": date(2020, 7, 14),
    "issued_on": date(2020, 7, 14),
}

pytestmark = [pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def engines(
    server_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[psycopg.Connection[tuple[object, ...]], duckdb.DuckDBPyConnection]]:
    """A small synthetic city with files of every feed, built on both engines; on PostgreSQL with all data tests."""
    folder = tmp_path_factory.mktemp("parity")
    warehouse = Warehouse(clone(server_settings, "duckdb_parity"), folder / "dbt")
    # Two years: the towns were merged between them.
    sample_city.write(folder / "city", 0.003, 7, (2020, 2021))
    contracts = load_contracts()
    with warehouse.connect() as connection:
        fill_expected(connection, contracts, date(2020, 12, 31))
        connection.execute("delete from ops.expected_deliveries where period_end < date '2020-01-01'")
        for feed, contract in contracts.items():
            files = sorted(path for path in (folder / "city" / feed).rglob("*") if path.is_file())
            ingest(connection, folder / "archive", contract, files, date(2021, 3, 31), "tester")
        # So small a city may have won nothing.
        land(connection, "honours", "planted", [AWARD])
    assert failures(warehouse.build(BUILD, HORIZON, "resource_type:seed resource_type:model resource_type:test")) == {}
    duckdb_path = folder / "warehouse.duckdb"
    duckdb_build.carry_sources(warehouse.address, folder, duckdb_path)
    variables = {"build_id": BUILD, "as_of": "", "horizon_date": HORIZON}
    assert duckdb_build.build(duckdb_path, folder / "duckdb", variables) == ""
    with warehouse.connect() as postgres, duckdb.connect(str(duckdb_path), read_only=True) as other:
        yield postgres, other


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_mart_is_the_same_table_on_both_engines(
    engines: tuple[psycopg.Connection[tuple[object, ...]], duckdb.DuckDBPyConnection], table: marts_contract.Table
) -> None:
    columns = [(column.name, column.data_type) for column in table.columns]
    statement = f"select {', '.join(table.column_names)} from marts_{BUILD}.{table.name}"
    postgres, other = engines
    expected = table_hash(postgres.execute(statement.encode()).fetchall(), columns, table.primary_key)
    assert table_hash(other.execute(statement).fetchall(), columns, table.primary_key) == expected
    assert expected[0] > 0, "an empty table proves nothing"


def test_the_hash_depends_on_content_and_key_order_alone() -> None:
    columns = [("code", "text"), ("value", "numeric(18,4)"), ("day", "date")]
    rows = [("b", Decimal("1.5"), date(2020, 1, 2)), ("a", None, None)]
    same = [("a", None, None), ("b", Decimal("1.5000"), date(2020, 1, 2))]
    assert table_hash(rows, columns, ["code"]) == table_hash(same, columns, ["code"])
    for other in (
        [("a", Decimal(0), None), rows[0]],
        [("a", None, None), ("b", Decimal("1.5001"), date(2020, 1, 2))],
        [("", None, None), rows[0]],
    ):
        assert table_hash(other, columns, ["code"]) != table_hash(rows, columns, ["code"])
    with pytest.raises(TypeError, match="float"):
        table_hash([("a", 1.5, None)], columns, ["code"])


def test_no_mart_has_a_float_column() -> None:
    kinds = {column.data_type for table in TABLES for column in table.columns}
    assert not [kind for kind in kinds if kind.startswith(("double", "real", "float"))]


def test_a_difference_of_one_cell_would_be_seen(
    engines: tuple[psycopg.Connection[tuple[object, ...]], duckdb.DuckDBPyConnection], tmp_path: Path
) -> None:
    """The comparison is able to fail: one weight off by its last digit gives another hash."""
    table = next(found for found in TABLES if found.name == "bridge_patent_parties")
    columns = [(column.name, column.data_type) for column in table.columns]
    statement = f"select {', '.join(table.column_names)} from marts_{BUILD}.{table.name}"
    rows = [list(row) for row in engines[1].execute(statement).fetchall()]
    before = table_hash(rows, columns, table.primary_key)
    rows[0][-1] -= Decimal("0.000000000001")
    assert table_hash(rows, columns, table.primary_key) != before


def test_every_column_of_the_build_is_described_in_chinese_and_english(
    engines: tuple[psycopg.Connection[tuple[object, ...]], duckdb.DuckDBPyConnection],
) -> None:
    described: dict[str, dict[str, str]] = {}
    for path in sorted([*DBT_PROJECT.glob("models/**/*.yml"), *DBT_PROJECT.glob("seeds/**/*.yml")]):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for node in [*(content.get("models") or []), *(content.get("seeds") or [])]:
            columns = {column["name"]: str(column.get("description", "")) for column in node.get("columns") or []}
            described[node["name"]] = {"": str(node.get("description", "")), **columns}
    built: dict[str, set[str]] = {}
    for table, column in engines[0].execute(
        "select table_name::text, column_name::text from information_schema.columns where table_schema like %s",
        [f"%{BUILD}"],
    ):
        built.setdefault(str(table), {""}).add(str(column))
    assert {table: set(columns) for table, columns in described.items()} == built
    both = re.compile("[\u4e00-\u9fff].* / .*[A-Za-z]", re.DOTALL)
    poor = [
        (table, name) for table, columns in described.items() for name, text in columns.items() if not both.search(text)
    ]
    assert poor == []
