"""Subjects and indicators on a small city whose right answers are known by hand (acceptance cases 5 to 8)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ipstat import marts_contract
from ipstat.settings import Settings
from tests.conftest import clone
from tests.support import duckdb_build
from tests.support.subject_rows import HORIZON, PERSON, land_city
from tests.support.table_hash import table_hash
from tests.support.warehouse import DBT_PROJECT, Warehouse, failures

BUILD = "b20260101t000000dddd"
CITY = "442000"
pytestmark = [pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The city landed and the whole project built once on PostgreSQL, data tests included."""
    found = Warehouse(clone(server_settings, "dbt_subjects"), tmp_path_factory.mktemp("dbt_subjects"))
    with found.connect() as connection:
        land_city(connection)
    results = found.build(BUILD, HORIZON, "resource_type:seed resource_type:model resource_type:test")
    listed = failures(results)
    # The planted overlap is shown, and nothing else is wrong.
    assert [name.split(".")[2] for name in listed] == ["assert_no_pledge_overlaps_an_open_one"]
    assert all(status.startswith("warn") for status in listed.values())
    yield found


def cell(
    warehouse: Warehouse,
    code: str,
    period: str,
    kind: str = "year",
    town: str = CITY,
    basis: str = "then",
    **margins: str,
) -> tuple[Any, ...] | None:
    """(value, status, coverage) of one cell, or None where there is no row."""
    margins = {
        "industry_code": "ALL", "applicant_type": "ALL", "breakdown_type": "ALL", "breakdown_code": "ALL", **margins,
    }  # fmt: skip
    condition = " and ".join(f"{name} = '{value}'" for name, value in margins.items())
    rows = warehouse.query(
        BUILD,
        "select value, value_status, coverage_pct from fct_indicator_values"
        f" where indicator_code = '{code}' and period_start = date '{period}' and period_type = '{kind}'"
        f" and town_code = '{town}' and town_basis = '{basis}' and {condition}",
    )
    assert len(rows) < 2
    return rows[0] if rows else None


def value(warehouse: Warehouse, code: str, period: str, kind: str = "year", **more: str) -> Decimal | None:
    found = cell(warehouse, code, period, kind, **more)
    assert found is not None, f"{code} {kind} {period} {more}"
    return found[0]


def test_pledge_amounts_count_once(warehouse: Warehouse) -> None:
    expected = {
        "patent_pledge_contract_count": 3,
        "patent_pledge_right_count": 5,
        "trademark_pledge_contract_count": 2,
        "ip_pledge_mixed_contract_count": 1,
        "ip_pledge_registered_amount_cny_10k": 2100,
        "ip_pledge_enterprise_count": 3,
        "ip_pledge_outstanding_amount_cny_10k": 1900,
        "ip_pledge_inclusive_share_pct": 100,
    }
    assert {code: value(warehouse, code, "2025-01-01") for code in expected} == expected
    assert value(warehouse, "ip_pledge_outstanding_amount_cny_10k", "2025-09-01", "month") == 600
    by_kind = warehouse.query(
        BUILD,
        "select pledge_kind, sum(secured_amount_cny_10k) from fct_pledges where has_ledger group by 1 order by 1",
    )
    assert by_kind == [("mixed", 500), ("patent", 600), ("trademark", 1000)]
    rights = "from bridge_pledge_rights join fct_pledges using (record_key) where right_kind = '{}' and has_ledger"
    assert warehouse.query(BUILD, "select count(*), count(distinct right_number) " + rights.format("patent")) == [
        (5, 4)
    ]
    assert warehouse.query(BUILD, "select count(*) " + rights.format("trademark")) == [(4,)]


def test_an_overlapping_registration_is_listed_and_not_counted(warehouse: Warehouse) -> None:
    assert warehouse.query(BUILD, "select contract_number, earlier_contract_number from int_pledge_overlaps") == [
        ("R9", "C2")
    ]
    assert warehouse.query(
        BUILD,
        "select contract_number, lapsed_on::varchar from int_pledge_alerts where contract_number like 'C%' order by 1",
    ) == [("C2", "2025-05-01"), ("C3", "2025-05-01")]


def test_customs_measures_lots_articles_and_places_differ(warehouse: Warehouse) -> None:
    december = {
        "customs_measure_count": 3,
        "customs_detention_lot_count": 2,
        "customs_detention_article_count": 126_400,
    }
    assert {code: value(warehouse, code, "2020-12-01", "month") for code in december} == december
    assert cell(warehouse, "customs_detention_value_cny_10k", "2020-01-01") == (
        Decimal("39.2"),
        "partial",
        Decimal("8.3333"),
    )
    assert value(warehouse, "customs_detention_lot_by_holder_domicile_count", "2020-01-01") == 2
    office = (
        "from bridge_customs_rights join fct_customs_lots using (record_key)"
        " where is_detained and customs_office = '中山海关'"
    )
    assert warehouse.query(
        BUILD, f"select right_kind, count(distinct lot_number) {office} group by 1 order by 2 desc"
    ) == [("商标", 2), ("著作权", 1)]
    assert warehouse.query(
        BUILD,
        "select count(distinct lot_number), count(distinct right_number) from bridge_customs_rights"
        " join fct_customs_lots using (record_key) where is_in_city",
    ) == [(2, 2)]
    assert warehouse.query(BUILD, "select sum(article_count) from fct_customs_lots where has_city_right_holder") == [
        (131_000,)
    ]
    assert warehouse.query(BUILD, "select count(*) from bridge_customs_rights") == [(7,)]


def test_trademark_years_and_classes(warehouse: Warehouse) -> None:
    assert value(warehouse, "trademark_application_count", "2025-01-01") == 6
    assert value(warehouse, "trademark_application_count", "2025-12-01", "month") == 6
    assert (
        value(warehouse, "trademark_application_count", "2025-01-01", breakdown_type="nice_class", breakdown_code="1")
        == 3
    )
    years = warehouse.query(
        BUILD,
        "select period_rule, statistical_year, class_count, application_count from int_trademark_years"
        " where statistical_year >= 2024 order by 1, 2",
    )
    assert years == [
        ("calendar", 2024, 5, 2),
        ("calendar", 2025, 6, 3),
        ("december_16", 2024, 2, 1),
        ("december_16", 2025, 4, 2),
        ("december_16", 2026, 5, 2),
    ]
    # Class 9 was cancelled in effect on 1 October and known on the 9th: the published stock falls in October.
    assert [value(warehouse, "trademark_valid_count", f"2025-{month}-01", "month") for month in ("09", "10")] == [2, 1]
    assert warehouse.query(
        BUILD,
        "select registration_count from int_trademark_year_stocks"
        " where mark_group = 'madrid' and period_start = date '2025-01-01' and town_basis = 'both'",
    ) == [(1,)]


def test_case_events_have_their_own_dates(warehouse: Warehouse) -> None:
    assert value(warehouse, "trademark_infringement_case_filed_count", "2025-01-01") == 1
    assert value(warehouse, "trademark_infringement_case_filed_count", "2025-01-01", "month") == 1
    assert value(warehouse, "trademark_infringement_case_filed_count", "2025-03-01", "month") == 0
    assert value(warehouse, "trademark_infringement_case_closed_count", "2025-03-01", "month") == 1
    assert (
        value(
            warehouse,
            "trademark_infringement_case_filed_count",
            "2025-01-01",
            breakdown_type="agency",
            breakdown_code="古镇分局",
        )
        == 1
    )
    assert value(warehouse, "ip_case_transferred_to_police_count", "2025-01-01") == 1
    # 5 + 3 taken back on the day of the revocation, 1.5 stands; what was fined is told from what was confiscated.
    assert value(warehouse, "ip_case_fine_amount_cny_10k", "2025-01-01") == Decimal("1.5")
    fines = {"breakdown_type": "penalty_part", "breakdown_code": "罚款"}
    assert value(warehouse, "ip_case_fine_amount_cny_10k", "2025-01-01", **fines) == Decimal("1.5")
    assert warehouse.query(BUILD, "select sum(fine_cny_10k), sum(confiscated_cny_10k) from fct_enforcement_cases") == [
        (Decimal("6.5"), Decimal("3"))
    ]
    # A case without an address is a case of the city all the same.
    assert value(warehouse, "patent_counterfeit_case_closed_count", "2025-01-01", town="unassigned") == 1


def test_towns_as_then_and_as_today(warehouse: Warehouse) -> None:
    def towns(year: str, basis: str) -> dict[str, Decimal]:
        rows = warehouse.query(
            BUILD,
            "select town_code, value from fct_indicator_values where indicator_code = 'patent_all_grant_count'"
            f" and period_type = 'year' and period_start = date '{year}' and town_basis = '{basis}' and value > 0",
        )
        return dict(rows)

    assert towns("2020-01-01", "then") == {
        CITY: 32, "442000100": 10, "442000104": 6, "442000102": 9, "442000113": 4, "unassigned": 3,
    }  # fmt: skip
    assert towns("2020-01-01", "now") == {
        CITY: 32, "442000118": 16, "442000007": 7, "442000008": 6, "unassigned": 3,
    }  # fmt: skip
    assert towns("2021-01-01", "now") == {
        CITY: 38, "442000118": 20, "442000007": 8, "442000008": 9, "unassigned": 1,
    }  # fmt: skip
    # A complete year has zeros, a partial one has none, and a town that is no more is no zero.
    assert cell(warehouse, "patent_all_grant_count", "2020-01-01", town="442000105") == (0, "reported", 100)
    assert cell(warehouse, "patent_all_grant_count", "2021-01-01", town="442000105") is None
    assert cell(warehouse, "patent_all_grant_count", "2021-01-01", town="442000104") == (None, "not_applicable", 50)
    assert cell(warehouse, "patent_all_grant_count", "2020-01-01", town="442000118") == (None, "not_applicable", 100)
    assert cell(warehouse, "patent_all_grant_count", "2021-01-01") == (38, "partial", 50)
    assert cell(warehouse, "patent_all_grant_count", "2022-01-01") == (None, "not_reported", None)
    # A correction and an application made public are no grants.
    assert value(warehouse, "patent_invention_grant_count", "2020-01-01") == 0
    assert value(warehouse, "patent_invention_published_count", "2020-01-01") == 1


def test_applications_come_from_returns_alone(warehouse: Warehouse) -> None:
    code = "patent_invention_application_count"
    # The gazette of 2020 holds filing dates of 2018 and 2019: they give no application count.
    for year in ("2019-01-01", "2020-01-01"):
        found = cell(warehouse, code, year)
        assert found is None or found[:2] == (None, "not_reported")
    assert cell(warehouse, code, "2025-01-01", "month") == (40, "reported", None)
    assert cell(warehouse, code, "2025-02-01", "month") == (0, "reported", None)
    assert cell(warehouse, code, "2025-03-01", "month") == (None, "not_reported", None)
    assert cell(warehouse, code, "2025-05-01", "month") == (None, "not_reported", None)
    assert cell(warehouse, code, "2025-04-01", "year_to_date") == (84, "partial", 75)
    assert value(warehouse, code, "2025-01-01", "month", town="442000105") == 30
    states = warehouse.query(
        BUILD,
        "select period_start::varchar, value_status from fct_returns"
        f" where indicator_code = '{code}' and town_code = '{CITY}' order by 1",
    )
    assert [state for _, state in states] == ["reported", "reported", "not_reported", "late"]
    assert cell(warehouse, "trademark_madrid_valid_count", "2025-01-01") == (335, "reported", None)


def test_honours_count_projects_and_validity(warehouse: Warehouse) -> None:
    assert value(warehouse, "patent_award_national_cumulative_count", "2025-01-01") == 1
    assert value(warehouse, "ip_advantage_enterprise_national_count", "2024-01-01") == 1
    assert cell(warehouse, "ip_advantage_enterprise_national_count", "2025-01-01") == (None, "not_reported", None)
    assert value(warehouse, "ip_advantage_enterprise_national_count", "2024-01-01", town="442000105") == 1


def test_every_indicator_has_a_value_or_a_reason(warehouse: Warehouse) -> None:
    assert warehouse.query(BUILD, "select count(*), count(distinct indicator_code) from dim_indicator") == [(144, 144)]
    rows = warehouse.query(
        BUILD,
        "select count(distinct indicator_code) from fct_indicator_values"
        f" where town_code = '{CITY}' and period_type = 'year' and period_start = date '2025-01-01'",
    )
    assert rows == [(144,)]
    reasons = {
        row[0]
        for row in warehouse.query(
            BUILD,
            "select distinct cells.status_reason from fct_indicator_values as cells"
            " join indicators using (indicator_code) where indicators.value_rule = 'none' and value is null",
        )
    }
    assert reasons <= {"rule follows", "feed missing", "series begins later"}


def test_a_person_is_published_under_a_pseudonym(warehouse: Warehouse) -> None:
    rows = warehouse.query(BUILD, "select party_name from fct_enforcement_cases where case_number = '案2'")
    assert rows[0][0] not in ("", PERSON)


def test_every_record_of_the_subjects_has_a_source(warehouse: Warehouse) -> None:
    for table in (
        "fct_trademarks",
        "fct_enforcement_cases",
        "fct_customs_lots",
        "fct_pledges",
        "fct_honours",
        "fct_returns",
    ):
        missing = warehouse.query(
            BUILD,
            f"select count(*) from {table} where record_key not in (select record_key from int_record_sources)",
        )
        assert missing == [(0,)], table


def test_both_engines_give_the_same_tables(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "city.duckdb"
    duckdb_build.carry_sources(warehouse.address, tmp_path, path)
    variables = {"build_id": BUILD, "as_of": "", "horizon_date": HORIZON}
    arguments = ("build", "--resource-type", "seed", "--resource-type", "model")
    assert duckdb_build.build(path, tmp_path, variables, *arguments) == ""
    differing = []
    with duckdb.connect(str(path), read_only=True) as other:
        for table in marts_contract.load(DBT_PROJECT / "models" / "marts"):
            columns = [(column.name, column.data_type) for column in table.columns]
            names = ", ".join(table.column_names)
            ours = warehouse.query(BUILD, f"select {names} from {table.name}")
            theirs = other.execute(f"select {names} from marts_{BUILD}.{table.name}").fetchall()
            if table_hash(ours, columns, table.primary_key) != table_hash(theirs, columns, table.primary_key):
                differing.append((table.name, len(ours), len(theirs), sorted(set(ours) ^ set(theirs), key=str)[:4]))
    assert differing == []


def test_everything_builds_when_nothing_was_delivered(server_settings: Settings, tmp_path: Path) -> None:
    empty = clone(server_settings, "dbt_nothing")
    path = tmp_path / "nothing.duckdb"
    duckdb_build.carry_sources(empty, tmp_path, path)
    variables = {"build_id": BUILD, "as_of": "", "horizon_date": HORIZON}
    assert duckdb_build.build(path, tmp_path, variables, "build", "--exclude-resource-type", "unit_test") == ""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            f"select count(distinct indicator_code), count(value) from marts_{BUILD}.fct_indicator_values"
        ).fetchall()
    assert found == [(144, 0)]
