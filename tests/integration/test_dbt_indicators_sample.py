"""The sample city has values for every indicator whose feed it has; a state is no sum of its months."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from ingest.contract import load_contracts
from ingest.load import ingest
from ipstat import sample_city
from ipstat.expected import fill_expected
from ipstat.settings import PROJECT_ROOT, Settings
from tests.conftest import clone
from tests.support.warehouse import Row, Warehouse, failures, land

SEED = PROJECT_ROOT / "dbt_project" / "seeds" / "indicators" / "honour_indicators.csv"
BUILD = "b20250301t000000ffff"
HORIZON = "2024-12-31"
YEARS = (2022, 2024)
# Their feeds or rules are not there yet.
WAITING = {"ip_plan_task_completed_pct"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def honours(connection: psycopg.Connection[Any]) -> Iterator[Row]:
    """An honour of every kind that an indicator counts, awarded in 2022 and valid since."""
    firm = connection.execute(
        "select uscc, enterprise_name from landing.enterprise_register order by 1 limit 1"
    ).fetchone()
    assert firm is not None
    with SEED.open(encoding="utf-8", newline="") as stream:
        kinds = sorted({row["honour_type"] for row in csv.DictReader(stream)})
    for kind in kinds:
        yield {
            "_known_on": date(2022, 7, 14),
            "honour_type": kind,
            "honour_grade": "优秀奖",
            "award_year": 2022,
            "holder_name": firm[1],
            "uscc": firm[0],
            "valid_from": date(2022, 7, 14),
            "issued_on": date(2022, 7, 14),
        }


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A small sample city of three years, built up to the indicator values."""
    folder = tmp_path_factory.mktemp("indicators_sample")
    found = Warehouse(clone(server_settings, "dbt_indicators_sample"), folder / "dbt")
    sample_city.write(folder / "city", 0.004, 11, YEARS)
    contracts = load_contracts()
    with found.connect() as connection:
        fill_expected(connection, contracts, date(2024, 12, 31))
        connection.execute("delete from ops.expected_deliveries where period_end < date '2022-01-01'")
        for feed, contract in contracts.items():
            files = sorted(path for path in (folder / "city" / feed).rglob("*") if path.is_file())
            ingest(connection, folder / "archive", contract, files, date(2025, 3, 31), "tester")
        # So small a city may have won nothing: one honour of each kind, at a firm of its register.
        land(connection, "honours", "planted", list(honours(connection)))
    assert failures(found.build(BUILD, HORIZON, "+fct_indicator_values", is_tested=False)) == {}
    yield found


def test_every_indicator_with_a_feed_has_a_value(warehouse: Warehouse) -> None:
    rows = warehouse.query(
        BUILD,
        "select indicator_code from indicators where indicator_code not in"
        " (select indicator_code from fct_indicator_values where value is not null and town_code = '442000')",
    )
    assert {row[0] for row in rows} == WAITING


def test_a_state_has_no_year_to_date_and_a_rate_is_its_own_quotient(warehouse: Warehouse) -> None:
    states = warehouse.query(
        BUILD,
        "select count(*) from fct_indicator_values join int_indicators_parsed using (indicator_code)"
        " where is_state and period_type = 'year_to_date'",
    )
    assert states == [(0,)]
    wrong = warehouse.query(
        BUILD,
        "select indicator_code, period_start, value, numerator, denominator from fct_indicator_values"
        " where denominator is not null and denominator <> 0 and numerator is not null and value_status <> 'estimated'"
        " and abs(value - numerator / denominator) > 0.000001 and abs(value - 100 * numerator / denominator) > 0.000001",
    )
    assert wrong == []
