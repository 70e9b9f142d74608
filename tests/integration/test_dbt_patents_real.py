"""The patent models on real files: one gazette issue, and the legal events of 122 designs (acceptance case 1b)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from ingest.contract import load_contracts
from ingest.load import ingest
from ipstat.settings import Settings
from tests.conftest import clone
from tests.support.warehouse import Warehouse, failures

BUILD = "b20220201t000000aaaa"

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    found = Warehouse(clone(server_settings, "dbt_patents_real"), tmp_path_factory.mktemp("dbt"))
    archive = tmp_path_factory.mktemp("archive")
    contracts = load_contracts()
    feeds = shared / "feeds"
    with found.connect() as connection:
        gazette = sorted((feeds / "cnipa_gazette" / "2019-07-09").glob("*.csv"))
        ingest(connection, archive, contracts["cnipa_gazette"], gazette, date(2019, 7, 9), "tester")
        designs = [feeds / "cnipa_design_legal_events" / "designs_2013.csv"]
        ingest(connection, archive, contracts["cnipa_legal_events"], designs, None, "tester")
    assert (
        failures(
            found.build(
                BUILD,
                "2022-12-31",
                "int_patent_right_intervals +fct_stock_flows +bridge_patent_industries +fct_patent_events"
                " +bridge_class_technology_fields",
            )
        )
        == {}
    )
    return found


def test_one_issue_has_the_patents_of_the_city_that_any_correct_load_gives(warehouse: Warehouse) -> None:
    counts = warehouse.query(
        BUILD,
        "select patent_kind, count(*) from fct_patents where is_in_city and publication_date between date '2019-07-05' and date '2019-07-09' group by 1",
    )
    assert dict(counts) == {
        "design_granted": 181,
        "utility_granted": 116,
        "invention_published": 38,
        "invention_granted": 4,
    }
    kinds = warehouse.query(
        BUILD, "select kind_code, count(*) from fct_patents where publication_date >= date '2019-07-05' group by 1"
    )
    assert dict(kinds) == {"S": 5237, "U": 15301, "A": 11902, "B": 4295}


def test_an_application_number_survives_wherever_one_copy_has_it(warehouse: Warehouse) -> None:
    numbers = warehouse.query(
        BUILD, "select count(distinct application_number) from fct_patents where publication_date >= date '2019-07-05'"
    )
    assert numbers == [(5071,)]


def test_no_name_of_a_person_is_in_the_marts(warehouse: Warehouse) -> None:
    masked = warehouse.query(
        BUILD, "select count(*) from fct_patents where applicant_type = 'individual' and applicant_name like '%某%'"
    )
    assert masked == [(0,)]


@pytest.mark.parametrize(
    ("year_end", "published", "restated"),
    [("2013-12-31", 122, 84), ("2014-12-31", 115, 49), ("2016-12-31", 45, 24), ("2018-12-31", 22, 14)],
)
def test_two_clocks_of_the_real_designs(warehouse: Warehouse, year_end: str, published: int, restated: int) -> None:
    """As known at D, and by legal effect as all that the file knows."""
    counts = warehouse.query(
        BUILD,
        "select series, count(*) from int_patent_right_intervals join fct_patents using (record_key)"
        f" where publication_date < date '2014-01-01' and valid_from <= date '{year_end}'"
        f" and (valid_to is null or valid_to > date '{year_end}') group by 1",
    )
    assert dict(counts) == {"published": published, "restated": restated}


def test_every_real_main_class_finds_one_of_the_35_fields(warehouse: Warehouse, shared: Path) -> None:
    """Against the concordance itself, by plain Python: the longest prefix wins, and what finds none is printed."""
    with (shared / "reference" / "wipo_ipc_technology_fields.csv").open(encoding="utf-8", newline="") as handle:
        wanted = {
            row["ipc_prefix"].replace(" ", "").rstrip("/"): int(row["field_number"]) for row in csv.DictReader(handle)
        }
    assert set(wanted.values()) == set(range(1, 36))
    seed = warehouse.query(BUILD, "select ipc_prefix, field_number from technology_fields")
    assert {prefix.replace(" ", "").rstrip("/"): number for prefix, number in seed} == wanted
    found = warehouse.query(BUILD, "select main_class, field_number from bridge_class_technology_fields")
    assert len(found) == len({symbol for symbol, _ in found}) > 5_000
    for symbol, number in found:
        group, subclass = symbol.split("/")[0], symbol[:4]
        assert number == wanted.get(group, wanted.get(subclass, 0)), symbol
    counts = warehouse.query(
        BUILD,
        "select field_number, count(*) from fct_patents join bridge_class_technology_fields using (main_class)"
        " where class_scheme = 'ipc' group by 1",
    )
    by_field = dict(counts)
    none, every = by_field.pop(0, 0), sum(count for _, count in counts)
    print(f"\nwithout a field: {none} of {every} real patents ({100 * none / every:.3f} %)")
    assert set(by_field) == set(range(1, 36)), "one issue has patents of all fields"
    assert none * 1000 < every


def test_industries_of_real_classes_cover_the_gazette(warehouse: Warehouse) -> None:
    (share,) = warehouse.query(
        BUILD,
        "select sum(case when industry_code = 'unassigned' then weight else 0 end), sum(weight) from bridge_patent_industries",
    )
    print(f"\nwithout an industry: {share[0]:.0f} of {share[1]:.0f} real documents")
    assert share[0] * 100 < share[1]
