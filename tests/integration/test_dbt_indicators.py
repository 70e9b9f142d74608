"""Measured indicators on a small city whose values are known by hand: the bulletin, rates, registers, moves, licences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from ipstat.dbt_runner import Dbt
from ipstat.settings import PROJECT_ROOT, Settings
from reports.bulletin import towns
from tests.conftest import clone
from tests.support.indicator_rows import BULLETIN_TOWNS, HORIZON, land_city, read_table
from tests.support.warehouse import DBT_PROJECT, Warehouse, failures

BUILD = "b20230101t000000eeee"
CITY = "442000"
PRINTED = PROJECT_ROOT.parent / "shared" / "reference" / "bulletin_2016-11_towns.csv"
HEADS = towns.COLUMNS
# Growth by hand: 8/3, a third down, a fall of an eighth to the half cent, a base of zero.
OWN = {
    "古镇镇": "11,3,266.67,4,5,20,30,-33.33,7,8,-12.50,0,0,7,16,-56.25",
    "横栏镇": "1,0,,1,1,3,8,-62.50,0,3,-100.00,2,1,3,3,0.00",
}
MEASURES_WITH_UNIT_TESTS = ("int_population_measures", "int_population_denominators", "int_populations_dated")
DATA_TESTS = (
    "assert_margins_sum_to_city",
    "assert_towns_sum_to_city",
    "assert_a_value_and_its_status_agree",
    "assert_a_stock_is_never_summed_over_time",
    "assert_only_margins_of_the_registry",
    "assert_no_application_count_from_a_gazette",
)
pytestmark = [pytest.mark.timeout(400)]


def printed_table() -> list[dict[str, str]]:
    """The city's own notice where the reference is at hand, and two towns of our own."""
    own = [dict(zip(HEADS, cells.split(","), strict=True)) | {"town": town} for town, cells in OWN.items()]
    return [*(read_table(PRINTED) if PRINTED.exists() else []), *own]


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The city landed and the whole project built up to the values, with the rules that all of them obey."""
    found = Warehouse(clone(server_settings, "dbt_indicators"), tmp_path_factory.mktemp("dbt_indicators"))
    with found.connect() as connection:
        land_city(connection, printed_table())
    models = "+fct_indicator_values dim_town +fct_returns"
    assert failures(found.build(BUILD, HORIZON, models, is_tested=False)) == {}
    units = [f"{model},test_type:unit" for model in MEASURES_WITH_UNIT_TESTS]
    variables = {"build_id": BUILD, "as_of": "", "horizon_date": HORIZON}
    dbt = Dbt(DBT_PROJECT, found.work_dir, found.address, variables)
    tested = dbt._invoke(["test", "--select", *units, *DATA_TESTS], None)
    assert {result.unique_id: result.message for result in tested if result.status != "pass"} == {}
    assert len(list(tested)) == 5 + len(DATA_TESTS)
    yield found


def cell(warehouse: Warehouse, code: str, period: str, kind: str = "year", **key: str) -> tuple[Any, ...] | None:
    """(value, status, numerator, denominator, its period, its day) of one cell, or None where there is no row."""
    wanted = {
        "indicator_code": code, "period_type": kind, "series": "published", "town_code": CITY, "town_basis": "then",
        "industry_code": "ALL", "applicant_type": "ALL", "breakdown_type": "ALL", "breakdown_code": "ALL", **key,
    }  # fmt: skip
    condition = " and ".join(f"{name} = '{value}'" for name, value in wanted.items())
    rows = warehouse.query(
        BUILD,
        "select value, value_status, numerator, denominator, denominator_period, denominator_known_on::varchar"
        f" from fct_indicator_values where period_start = date '{period}' and {condition}",
    )
    assert len(rows) < 2, rows
    return rows[0] if rows else None


def value(warehouse: Warehouse, code: str, period: str, kind: str = "year", **key: str) -> Decimal | None:
    found = cell(warehouse, code, period, kind, **key)
    assert found is not None, f"no row of {code} {kind} {period} {key}"
    return found[0]


def test_the_bulletins_town_table_comes_out_to_the_last_digit(warehouse: Warehouse) -> None:
    printed = {row["town"]: tuple(row[head] for head in HEADS) for row in printed_table()}
    with psycopg.connect(warehouse.address) as connection:
        made = {row.town_name: row.cells() for row in towns.town_table(connection, f"marts_{BUILD}", 2016, 11)}
    assert {town: made[town] for town in printed} == printed
    assert len(printed) in (len(OWN), len(OWN) + len(BULLETIN_TOWNS))


def test_a_month_that_lacks_an_issue_has_counts_but_no_growth(warehouse: Warehouse) -> None:
    with psycopg.connect(warehouse.address) as connection:
        rows = towns.town_table(connection, f"marts_{BUILD}", 2018, 6)
    city = next(row for row in rows if row.town_code == CITY)
    assert (city.count("gr_total"), city.count("gr_total", is_before=True)) == (1, 14 - 2)
    assert city.growth("gr_total") is None and city._cell("gr_total_yoy_pct") == ""


def test_a_rate_keeps_its_denominators_year_and_vintage(warehouse: Warehouse) -> None:
    code = "patent_invention_valid_per_10k_population"
    valid = value(warehouse, "patent_invention_valid_count", "2022-08-01", "month")
    assert valid is not None
    found = cell(warehouse, code, "2022-08-01", "month")
    assert found is not None
    assert found[2:] == (valid, Decimal("446.69"), "2021", "2022-04-20")
    # Until the year-end of 2021 is published, that of 2020 serves, and the row says so.
    early = cell(warehouse, code, "2022-03-01", "month")
    assert early is not None and early[3:] == (Decimal("443.11"), "2020", "2021-05-16")
    # 2019 exists in two vintages: the rate of 2020 was published on the first, its twin stands on the census.
    first, twin = cell(warehouse, code, "2020-01-01"), cell(warehouse, f"{code}_revised", "2020-01-01")
    assert first is not None and first[3:] == (Decimal("338"), "2019", "2020-05-10")
    assert twin is not None and twin[3:] == (Decimal("438.73"), "2019", "2021-05-16")


def test_a_units_rate_exists_where_its_population_does(warehouse: Warehouse) -> None:
    code = "patent_invention_valid_per_10k_population"

    def unit(name: str) -> tuple[Any, ...] | None:
        return cell(warehouse, code, "2022-01-01", breakdown_type="statistical_unit", breakdown_code=name)

    guzhen, huoju, minzhong = unit("古镇"), unit("火炬统筹区"), unit("民众")
    assert guzhen is not None and guzhen[3] == Decimal("23.3502")
    assert guzhen[2] == value(warehouse, "patent_invention_valid_count", "2022-01-01", town_code="442000105")
    assert huoju is not None and huoju[3] == Decimal("39.3622")
    assert minzhong is not None and minzhong[:2] == (None, "not_applicable")


def test_accounts_keep_their_vintages(warehouse: Warehouse) -> None:
    code = "patent_intensive_value_added_gdp_share_pct"
    both = [value(warehouse, code, "2020-01-01", series=series) for series in ("published", "restated")]
    assert both == [Decimal("12.71"), Decimal("12.60")]
    assert value(warehouse, code, "2021-01-01", series="restated") == Decimal("13.04")
    # R&D of 2.1 % of 3,100 is 65.1; over the revised 3,000 it is 2.17 %, an estimate.
    ratio = cell(warehouse, "rd_expenditure_gdp_ratio_pct", "2020-01-01", series="restated")
    assert ratio == (Decimal("2.17"), "estimated", Decimal("65.1"), Decimal("3000"), "2020", "2022-12-20")
    assert value(warehouse, "population_resident_count", "2019-01-01") == 3_380_000
    assert value(warehouse, "population_resident_count", "2019-01-01", series="restated") == 4_387_300


def test_registers_count_the_yearly_lists(warehouse: Warehouse) -> None:
    expected = {
        "high_tech_enterprise_count": {"2021": 1, "2022": 2},
        "above_scale_enterprise_count": {"2021": 2, "2022": 2},
        "export_above_scale_enterprise_count": {"2021": 2, "2022": 2},
        "ip_cultivation_enterprise_count": {"2021": 3, "2022": 3},
        "market_entity_count": {"2021": 4, "2022": 3},
    }
    found = {
        code: {year: value(warehouse, code, f"{year}-01-01") for year in years} for code, years in expected.items()
    }
    assert found == expected
    assert value(warehouse, "market_entity_count", "2021-01-01", town_code="442000105") == 2
    assert value(warehouse, "high_tech_enterprise_count", "2021-01-01", town_code="442000118") == 0
    shops = {"breakdown_type": "entity_type", "breakdown_code": "个体工商户"}
    assert value(warehouse, "market_entity_count", "2021-01-01", **shops) == 1
    registered = {"industry_code": "38", "industry_basis": "registered"}
    assert value(warehouse, "above_scale_enterprise_count", "2022-01-01", **registered) == 1


def test_shares_of_listed_enterprises_with_a_right(warehouse: Warehouse) -> None:
    assert value(warehouse, "patent_high_tech_enterprise_with_invention_pct", "2021-01-01") == 100
    assert value(warehouse, "patent_high_tech_enterprise_with_invention_pct", "2022-01-01") == 50
    assert value(warehouse, "patent_above_scale_enterprise_with_valid_pct", "2022-01-01") == 100
    assert value(warehouse, "export_above_scale_enterprise_own_trademark_pct", "2022-01-01") == 50
    assert value(warehouse, "patent_invention_owner_enterprise_count", "2022-01-01", town_code="442000105") == 1


def test_rates_for_market_entities_use_the_year_end_before(warehouse: Warehouse) -> None:
    assert cell(warehouse, "trademark_valid_per_10k_market_entities", "2022-01-01") == (
        Decimal(5000), "reported", Decimal(2), Decimal("0.0004"), "2021", "2021-12-31",
    )  # fmt: skip
    assert value(warehouse, "ip_case_per_10k_market_entities", "2022-01-01") == Decimal(5000)
    assert value(warehouse, "ip_case_per_10k_market_entities", "2022-01-01", town_code="442000105") == Decimal(10000)
    assert value(warehouse, "ip_case_per_10k_market_entities", "2022-01-01", town_code="442000118") == 0


def test_moves_inside_the_city_are_none_for_the_city(warehouse: Warehouse) -> None:
    def moves(town: str) -> list[Decimal | None]:
        codes = ("patent_moved_in_count", "patent_moved_out_count")
        return [value(warehouse, code, "2021-01-01", town_code=town) for code in codes]

    assert moves("442000118") == [2, 3]
    assert moves("442000105") == [2, 2]
    assert moves(CITY) == [1, 2]
    assert moves("442000107") == [0, 0]
    code = "patent_transfer_event_count"
    assert value(warehouse, code, "2021-01-01") == 5, "CP01 and CP02 are no transfers"
    directions = {
        name: value(warehouse, code, "2021-01-01", breakdown_type="direction", breakdown_code=name)
        for name in ("within_city", "out_of_city")
    }
    assert directions == {"within_city": 3, "out_of_city": 2}


def test_licences_count_contracts_and_open_licences_are_a_stock(warehouse: Warehouse) -> None:
    assert value(warehouse, "patent_licence_recorded_contract_count", "2022-01-01") == 2
    assert value(warehouse, "patent_open_licence_declared_count", "2022-01-01") == 1
    assert value(warehouse, "patent_open_licence_declared_count", "2021-01-01") == 0
    assert cell(warehouse, "patent_open_licence_declared_count", "2020-01-01") == (
        None, "not_applicable", None, None, None, None,
    )  # fmt: skip


def test_measures_of_grants_and_of_the_stock(warehouse: Warehouse) -> None:
    assert value(warehouse, "patent_industry_research_coapplication_count", "2017-01-01") == 1
    # Cohort of May 2017, judged in May 2022: the lapse of 200000003 was not known yet.
    survival = cell(warehouse, "patent_invention_5_year_survival_pct", "2022-01-01")
    assert survival is not None and survival[2:4] == (3, 3)
    lapses = [
        cell(warehouse, "patent_invention_lapse_count", "2022-01-01", series=series, town_code="442000118")
        for series in ("published", "restated")
    ]
    assert [found[:2] for found in lapses if found] == [(1, "reported"), (1, "provisional")]
    reason = {"breakdown_type": "reason", "breakdown_code": "lapsed"}
    assert value(warehouse, "patent_invention_lapse_count", "2022-12-01", "month", **reason) == 1
    assert cell(warehouse, "patent_agency_outside_share_pct", "2017-01-01") is not None
    shared = {"counting_basis": "fractional"}
    code = "patent_invention_valid_fractional_count"
    towns_2017 = {
        town: value(warehouse, code, "2022-01-01", town_code=town, **shared)
        for town in ("442000105", "442000118", "outside")
    }
    # 古镇: one whole and half of one; 小榄: half of Foshan's (the register knows the firm); outside: a university and Foshan.
    own = [row for row in printed_table() if row["town"] == "古镇镇"]
    older = int(own[0]["gr_inv"]) + int(own[0]["gr_inv_prev"])
    assert towns_2017 == {"442000105": older + Decimal("1.5"), "442000118": Decimal("0.5"), "outside": Decimal(1)}


def test_each_indicator_with_a_rule_has_a_value_or_its_feed_is_missing(warehouse: Warehouse) -> None:
    reasons = {
        row[0]
        for row in warehouse.query(
            BUILD,
            "select distinct cells.status_reason from fct_indicator_values as cells join indicators using (indicator_code)"
            " where value is null and indicators.value_rule not in ('return', 'none')",
        )
    }
    assert "rule follows" not in reasons
