"""The patent models on small cities whose right answers are known by hand (acceptance cases 1, 2 and 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ipstat.dbt_runner import Dbt
from ipstat.errors import BuildError
from ipstat.settings import Settings
from tests.conftest import clone
from tests.support.stock_rows import Rows, address_in, case_1, case_2, document
from tests.support.warehouse import DBT_PROJECT, Row, Warehouse, failures, land

BUILD = "b20220101t000000aaaa"
KNOWN_2019 = "b20220101t000000bbbb"
KNOWN_2020 = "b20220101t000000cccc"
GUZHEN, XIAOLAN = "442000105", "442000118"

pytestmark = [pytest.mark.timeout(300)]


def day(text: str) -> date:
    return date.fromisoformat(text)


def two_clock_stock() -> Rows:
    """Case 1, and what is no grant: an application made public, and a correction of a grant."""
    documents, events = case_1()
    town = address_in("古镇镇")
    documents += [
        document("CN100000006A", "2018-03-06", town, "2017-09-01"),
        document("CN100000002B8", "2018-03-06", town, "2011-06-10"),
    ]
    return documents, events


def town_merge() -> list[Row]:
    """Case 8: designs before and after the merger of towns."""
    counts = [
        ("2020-05-12", address_in("小榄镇"), 10),
        ("2020-05-12", address_in("东升镇"), 6),
        ("2020-05-12", address_in("民众镇浪网村"), 7),
        ("2020-05-12", address_in("民众镇马安村"), 2),
        ("2020-05-12", address_in("南朗镇"), 4),
        ("2020-05-12", "广东省中山市长江北路1号", 3),
        ("2021-05-11", address_in("小榄镇"), 20),
        ("2021-05-11", address_in("民众街道浪网村"), 8),
        ("2021-05-11", address_in("南朗街道"), 9),
        ("2021-05-11", "广东省中山市长江北路1号", 1),
    ]
    rows = []
    for published, address, count in counts:
        for _ in range(count):
            rows.append(document(f"CN{300000000 + len(rows)}S", published, address, party="李小明"))
    return rows


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """All three cases landed in one database and built once at the end of 2021, tests included."""
    found = Warehouse(clone(server_settings, "dbt_patents"), tmp_path_factory.mktemp("dbt"))
    documents_1, events_1 = two_clock_stock()
    documents_2, events_2 = case_2()
    with found.connect() as connection:
        land(connection, "cnipa_gazette", "all", [*documents_1, *documents_2, *town_merge()])
        land(connection, "cnipa_legal_events", "all", [*events_1, *events_2, events_2[0]])
        land(
            connection,
            "enterprise_register",
            "2016-12-31",
            [
                {
                    "_known_on": day("2016-12-31"),
                    "uscc": "914420007665649509",
                    "enterprise_name": "中山市某某灯饰有限公司",
                    "town_name": "古镇镇",
                    "industry_code": "3872",
                    "established_date": day("1999-01-01"),
                    "is_high_tech": True,
                    "is_above_scale": False,
                    "is_above_scale_exporter": False,
                }
            ],
        )
    assert (
        failures(
            found.build(
                BUILD,
                "2021-12-31",
                "int_patent_right_intervals +fct_stock_flows +bridge_patent_parties +bridge_patent_industries +fct_patent_events +int_enterprise_matches_open +int_patent_record_sources",
            )
        )
        == {}
    )
    yield found


def stocks(warehouse: Warehouse, build_id: str, series: str, town: str, kind: str, *days: str) -> list[int]:
    """The stock at each month's end, by cumulating the flows of the mart."""
    return [
        int(
            warehouse.query(
                build_id,
                "select coalesce(sum(flow_count), 0) from fct_stock_flows"
                f" where series = '{series}' and town_code = '{town}' and patent_kind = '{kind}'"
                f" and month_start <= date '{when}'",
            )[0][0]
        )
        for when in days
    ]


def valid_on(warehouse: Warehouse, build_id: str, series: str, *days: str) -> list[int]:
    """Granted inventions valid on each day."""
    return [
        int(
            warehouse.query(
                build_id,
                "select count(*) from int_patent_right_intervals"
                f" where series = '{series}' and patent_kind = 'invention_granted' and valid_from <= date '{when}'"
                f" and (valid_to is null or valid_to > date '{when}')",
            )[0][0]
        )
        for when in days
    ]


def test_the_published_stock_of_each_day_is_what_was_known_on_that_day(warehouse: Warehouse) -> None:
    days = ("2018-12-31", "2019-12-31", "2020-03-14", "2020-03-15", "2020-12-31")
    assert valid_on(warehouse, BUILD, "published", *days) == [4, 5, 5, 4, 2]
    assert stocks(
        warehouse, BUILD, "published", GUZHEN, "invention_granted", "2018-12-31", "2019-12-31", "2020-12-31"
    ) == [4, 5, 2]


def test_a_build_as_of_a_day_knows_only_what_was_public_by_then(warehouse: Warehouse) -> None:
    assert (
        failures(
            warehouse.build(
                KNOWN_2019, "2019-06-30", "+int_patent_right_intervals", as_of="2019-06-30", is_tested=False
            )
        )
        == {}
    )
    assert valid_on(warehouse, KNOWN_2019, "restated", "2018-12-31") == [3], "P3 is out, its restoration not yet known"
    assert valid_on(warehouse, KNOWN_2019, "published", "2018-12-31") == [4], "what was published is never restated"
    known_later = warehouse.query(
        KNOWN_2019, "select count(*) from int_patents_resolved where known_on > date '2019-06-30'"
    )
    assert known_later == [(0,)]


def test_a_full_invalidation_is_restated_or_not_by_the_parameter(warehouse: Warehouse) -> None:
    assert valid_on(warehouse, BUILD, "restated", "2019-12-31") == [3], "P2 and P4 are out"
    results = warehouse.build(
        KNOWN_2020,
        "2020-12-31",
        "+int_patent_right_intervals",
        as_of="2020-12-31",
        variables={"ab_initio_is_restated": False},
        is_tested=False,
    )
    assert failures(results) == {}
    assert valid_on(warehouse, KNOWN_2020, "restated", "2019-12-31", "2020-12-31") == [4, 2], "P2 alone is out in 2019"


def test_published_flows_of_a_year_close_the_identity_by_reason(warehouse: Warehouse) -> None:
    assert stocks(warehouse, BUILD, "published", XIAOLAN, "utility_granted", "2020-12-31", "2021-12-31") == [100, 97]
    flows = warehouse.query(
        BUILD,
        "select flow_reason, sum(flow_count)::int from fct_stock_flows where series = 'published'"
        f" and town_code = '{XIAOLAN}' and patent_kind = 'utility_granted' and month_start >= date '2021-01-01' group by 1",
    )
    assert dict(flows) == {
        "granted": 12,
        "lapsed": -9,
        "restored": 1,
        "expired": -4,
        "abandoned": -1,
        "invalidated": -1,
        "moved_in": 2,
        "moved_out": -3,
    }


def test_restated_flows_are_effective_ones_and_the_opening_revision_is_split_by_reason(warehouse: Warehouse) -> None:
    assert stocks(warehouse, BUILD, "restated", XIAOLAN, "utility_granted", "2020-12-31", "2021-12-31") == [94, 97]
    base = f"from fct_stock_flows where town_code = '{XIAOLAN}' and patent_kind = 'utility_granted'"
    flows = warehouse.query(
        BUILD,
        f"select flow_reason, sum(flow_count)::int {base} and series = 'restated' and month_start >= date '2021-01-01' group by 1",
    )
    assert dict(flows) == {"granted": 12, "lapsed": -3, "expired": -4, "abandoned": -1, "moved_in": 2, "moved_out": -3}
    revision = warehouse.query(
        BUILD,
        f"select flow_reason, sum(flow_count)::int {base} and series = 'revision' and month_start <= date '2020-12-01'"
        " group by 1 having sum(flow_count) <> 0",
    )
    assert dict(revision) == {"lapsed": -6, "restored": 1, "invalidated": -1}


def test_moves_between_towns_cancel_in_the_city(warehouse: Warehouse) -> None:
    moves = warehouse.query(
        BUILD,
        "select flow_reason, sum(flow_count)::int from fct_stock_flows where series = 'published' and town_code = '442000'"
        " and patent_kind = 'utility_granted' and flow_reason like 'moved%' group by 1",
    )
    assert dict(moves) == {"moved_out": -2}


def test_towns_are_counted_as_then_and_on_todays_towns(warehouse: Warehouse) -> None:
    then = warehouse.query(
        BUILD,
        "select extract(year from publication_date)::int, town_code, count(*)::int from fct_patents"
        " where patent_kind = 'design_granted' group by 1, 2",
    )
    assert {(year, town): count for year, town, count in then} == {
        (2020, "442000100"): 10,
        (2020, "442000104"): 6,
        (2020, "442000102"): 9,
        (2020, "442000113"): 4,
        (2020, "unassigned"): 3,
        (2021, "442000118"): 20,
        (2021, "442000007"): 8,
        (2021, "442000008"): 9,
        (2021, "unassigned"): 1,
    }
    now = warehouse.query(
        BUILD,
        "select located.current_town_code, count(*)::int from fct_patents join int_patents_located as located using (record_key)"
        " where patent_kind = 'design_granted' and publication_date < date '2021-01-01' group by 1",
    )
    assert dict(now) == {"442000118": 16, "442000007": 7, "442000008": 6, "unassigned": 3}


def test_persons_are_pseudonyms_and_enterprises_are_found_in_the_register(warehouse: Warehouse) -> None:
    persons = warehouse.query(
        BUILD,
        "select distinct applicant_type, enterprise_key, applicant_name like '%李小明%' from fct_patents where patent_kind = 'design_granted'",
    )
    assert persons == [("individual", "not_an_enterprise", False)]
    firms = warehouse.query(
        BUILD,
        "select distinct enterprises.uscc, enterprises.town_code from fct_patents"
        " join dim_enterprise as enterprises using (enterprise_version_key) where patent_kind = 'invention_granted'",
    )
    assert firms == [("914420007665649509", GUZHEN)]


def test_events_that_were_sent_twice_are_one_and_point_to_a_document(warehouse: Warehouse) -> None:
    count, documents = warehouse.query(BUILD, "select count(*), count(distinct record_key) from fct_patent_events")[0]
    sent = len(two_clock_stock()[1]) + len(case_2()[1])
    assert count == sent
    assert documents <= count


def test_each_document_is_traceable_to_a_row_of_a_file(warehouse: Warehouse) -> None:
    lost = warehouse.query(
        BUILD,
        "select count(*) from fct_patents where record_key not in (select record_key from int_patent_record_sources)",
    )
    assert lost == [(0,)]


def test_no_figure_of_applications_can_be_read_from_documents(warehouse: Warehouse) -> None:
    kinds = {row[0] for row in warehouse.query(BUILD, "select distinct patent_kind from fct_patents")}
    assert kinds == {"invention_published", "invention_granted", "utility_granted", "design_granted"}
    rights = {row[0] for row in warehouse.query(BUILD, "select distinct patent_kind from fct_stock_flows")}
    assert rights == kinds - {"invention_published"}


def test_a_build_without_a_name_is_refused(warehouse: Warehouse, tmp_path: Path) -> None:
    """The plain schema marts belongs to the publication: no build_id, no schema."""
    for name in ("", "marts; drop schema marts"):
        with pytest.raises(BuildError, match="build_id"):
            Dbt(DBT_PROJECT, tmp_path, warehouse.address, {"build_id": name})._invoke(["parse"], None)


def test_nothing_is_written_by_a_role_that_could_publish(warehouse: Warehouse) -> None:
    with psycopg.connect(warehouse.address) as connection:
        owners: list[tuple[Any, ...]] = connection.execute(
            "select distinct tableowner from pg_tables where schemaname like %s", [f"%{BUILD}"]
        ).fetchall()
    assert owners == [("builder",)]


def test_each_check_of_the_patents_catches_the_fault_that_it_is_for(warehouse: Warehouse) -> None:
    """Faults planted in a finished build (by its owner); the last test of this module, because it spoils the build."""
    faults = {
        "foreign_keys_hold_fct_patents_": "update fct_patents set town_key = 'nowhere' where publication_number = 'CN300000000S'",
        "weights_sum_to_one_bridge_patent_parties_record_key": "update bridge_patent_parties set weight = 0.5",
        "weights_sum_to_one_bridge_patent_industries_record_key": "update bridge_patent_industries set weight = 0.5",
        "assert_stock_flows_close": f"update fct_stock_flows set flow_count = flow_count + 1 where town_code = '{GUZHEN}'",
        "assert_published_stock_is_the_stock_by_definition": (
            "delete from fct_stock_flows where series = 'published' and flow_reason = 'restored'"
        ),
        "assert_restated_stock_is_the_stock_by_definition": (
            "delete from fct_stock_flows where series = 'restated' and flow_reason = 'expired'"
        ),
        "assert_stock_flows_move_the_stock_by_town": (
            "delete from int_patent_right_intervals where series = 'restated' and patent_kind = 'design_granted'"
        ),
        "assert_no_person_is_named_in_patents": (
            "update fct_patents set applicant_name = '李小明' where publication_number = 'CN300000001S'"
        ),
        "assert_enterprise_versions_do_not_overlap": "update int_enterprise_versions set valid_to = valid_from",
        "assert_town_versions_tile_time": "delete from int_places_dated where valid_to = date '2021-01-01'",
        "unique_int_patents_resolved_record_key": "insert into int_patents_resolved select * from int_patents_resolved limit 1",
    }
    with warehouse.connect() as connection:
        connection.execute("set role builder")
        connection.execute(f"set search_path = marts_{BUILD}, intermediate_{BUILD}, staging_{BUILD}")
        for fault in faults.values():
            assert connection.execute(fault.encode()).rowcount > 0, fault
    variables = {"build_id": BUILD, "as_of": "", "horizon_date": "2021-12-31"}
    results = Dbt(DBT_PROJECT, warehouse.work_dir, warehouse.address, variables)._invoke(
        ["test", "--select", *faults], None
    )
    caught = {result.unique_id.split(".")[2] for result in results if result.status == "fail"}
    assert caught == set(faults)
