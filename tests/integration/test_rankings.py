"""The boards' queries over a small build by hand: what counts, what does not, and for whom."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from reports.rankings import rank
from tests.integration.gate_support import BUILD, SmallBuild

USCC = "91442000MA4UN{:04}X"


@pytest.fixture
def build(database_url: str) -> Iterator[SmallBuild]:
    with psycopg.connect(database_url) as connection:
        build = SmallBuild(connection, horizon="2020-12-31")
        build.insert("dim_town", {"town_key": "t1", "town_code": "442000105", "town_name": "古镇镇", "sort_order": 1})
        for key in ("unresolved", "not_an_enterprise"):
            enterprise(build, key, key, uscc=None)
        yield build


def enterprise(build: SmallBuild, key: str, name: str, **columns: Any) -> None:
    usual: dict[str, Any] = {
        "uscc": USCC.format(sum(key.encode()) % 9999),
        "town_code": "442000105",
        "valid_from": "2010-12-31",
    }
    build.insert(
        "dim_enterprise",
        {"enterprise_version_key": f"{key}-{name}", "enterprise_key": key, "enterprise_name": name} | usual | columns,
    )


def invention(
    build: SmallBuild, number: str, key: str, granted: str, filed: str = "2014-01-01", **columns: Any
) -> None:
    usual = {
        "record_key": number,
        "application_number": f"a-{number}",
        "patent_kind": "invention_granted",
        "publication_date": granted,
        "known_on": granted,
        "filing_date": filed,
        "enterprise_key": key,
    }
    build.patents([usual | columns])


def event(build: SmallBuild, number: str, effect: str, effective: str, known: str, **columns: Any) -> None:
    build.insert(
        "fct_patent_events",
        {
            "event_key": f"{number}{effect}{known}",
            "record_key": number,
            "event_effect": effect,
            "effective_date": effective,
            "known_on": known,
        }
        | columns,
    )


def innovation(build: SmallBuild, year: int) -> list[tuple[int, str, tuple[int, ...], int | None]]:
    rows = rank(build.connection, BUILD, year).board("patent_innovation").rows
    return [(row.rank, row.enterprise_name, row.values, row.previous_rank) for row in rows]


def test_stock_of_two_clocks_as_in_the_acceptance_case(build: SmallBuild) -> None:
    """Case 1 of the design: P1 to P5 of one enterprise, K = D at each year's end."""
    enterprise(build, "e1", "古镇灯饰有限公司")
    invention(build, "P1", "e1", "2003-05-07", filed="2000-03-15")
    invention(build, "P2", "e1", "2014-02-05", filed="2011-06-10")
    event(build, "P2", "ends_lapse", "2019-06-10", "2020-08-04")
    invention(build, "P3", "e1", "2015-04-01", filed="2012-01-20")
    event(build, "P3", "ends_lapse", "2018-01-20", "2019-03-12")
    event(build, "P3", "restores", "2018-01-20", "2019-09-03")
    invention(build, "P4", "e1", "2016-09-07", filed="2013-08-01")
    event(build, "P4", "ends_invalidation", "2016-09-07", "2020-05-12")
    invention(build, "P5", "e1", "2019-12-31", filed="2019-02-02")
    assert innovation(build, 2018) == [(1, "古镇灯饰有限公司", (4, 0), 1)]
    assert innovation(build, 2019) == [(1, "古镇灯饰有限公司", (5, 1), 1)]
    assert innovation(build, 2020) == [(1, "古镇灯饰有限公司", (2, 0), 1)]


def test_the_anniversary_is_the_first_day_without_the_right(build: SmallBuild) -> None:
    enterprise(build, "e1", "甲有限公司")
    invention(build, "P1", "e1", "2003-05-07", filed="1999-12-31")
    invention(build, "P2", "e1", "2003-05-07", filed="2000-01-01")
    assert innovation(build, 2019) == [(1, "甲有限公司", (1, 0), 1)]


def test_only_granted_inventions_of_the_city_count(build: SmallBuild) -> None:
    enterprise(build, "e1", "甲有限公司")
    invention(build, "P1", "e1", "2019-05-07")
    invention(build, "P2", "e1", "2019-05-07", is_correction=True)
    invention(build, "P3", "e1", "2019-05-07", is_in_city=False)
    invention(build, "P4", "e1", "2020-01-03")
    for kind in ("invention_published", "utility_granted", "design_granted"):
        invention(build, kind, "e1", "2019-05-07", patent_kind=kind)
    assert innovation(build, 2019) == [(1, "甲有限公司", (1, 1), None)]


def test_an_event_is_linked_by_application_number_too(build: SmallBuild) -> None:
    """The event came on the published application's document, the right is the grant's."""
    enterprise(build, "e1", "甲有限公司")
    invention(build, "P1", "e1", "2015-05-07")
    event(build, "other-document", "ends_lapse", "2018-01-01", "2018-12-01", application_number="a-P1")
    assert innovation(build, 2018) == []


def test_a_right_that_moved_after_its_grant_is_not_counted_for_its_first_owner(build: SmallBuild) -> None:
    enterprise(build, "e1", "甲有限公司")
    invention(build, "P1", "e1", "2015-05-07")
    event(build, "P1", "moves_owner", "2018-06-01", "2018-06-20")
    invention(build, "P2", "e1", "2015-05-07")
    event(build, "P2", "moves_owner", "2014-06-01", "2014-06-20")
    assert innovation(build, 2017) == [(1, "甲有限公司", (2, 0), 1)]
    assert innovation(build, 2018) == [(1, "甲有限公司", (1, 0), 1)]


def test_only_legal_person_enterprises_of_the_city_are_ranked(build: SmallBuild) -> None:
    enterprise(build, "e1", "甲有限公司")
    enterprise(build, "e2", "甲有限公司古镇分公司")
    enterprise(build, "e3", "古镇灯饰店", uscc="92442000MA4UN0001X")
    enterprise(build, "e4", "外地有限公司", town_code="outside")
    enterprise(build, "e5", "已注销有限公司", valid_to="2018-12-31")
    enterprise(build, "e6", "乙投资（有限合伙）")
    for key in ("e1", "e2", "e3", "e4", "e5", "e6", "unresolved", "not_an_enterprise"):
        invention(build, f"P-{key}", key, "2017-05-07")
    assert [name for _, name, _, _ in innovation(build, 2019)] == ["甲有限公司"]
    assert "已注销有限公司" in [name for _, name, _, _ in innovation(build, 2017)], "it was in the register then"


def test_a_former_name_counts_for_the_enterprise_under_its_name_of_the_year(build: SmallBuild) -> None:
    enterprise(build, "e1", "旧名有限公司", valid_to="2018-12-31")
    enterprise(build, "e1", "新名有限公司", valid_from="2018-12-31")
    invention(build, "P1", "e1", "2016-05-07")
    assert innovation(build, 2017) == [(1, "旧名有限公司", (1, 0), 1)]
    assert innovation(build, 2019) == [(1, "新名有限公司", (1, 0), 1)]


def test_brand_board_counts_class_lines_in_force(build: SmallBuild) -> None:
    enterprise(build, "e1", "甲有限公司")

    def mark(number: int, **columns: Any) -> None:
        usual = {
            "record_key": f"m{number}",
            "application_number": str(number),
            "registration_number": str(number),
            "nice_class": 11,
            "enterprise_key": "e1",
            "is_in_city": True,
            "registration_date": "2015-12-21",
            "term_end_date": "2025-12-20",
            "status": "已注册",
            "known_on": "2015-12-31",
        }
        build.insert("fct_trademarks", usual | columns)

    mark(1)
    mark(1, record_key="m1b", nice_class=9)
    mark(2, status="已注销", status_date="2019-06-01")
    mark(3, status="已撤销", status_date="2020-03-01")
    mark(4, status="申请中", registration_date=None, registration_number=None)
    mark(5, term_end_date="2019-07-01")
    mark(6, term_end_date="2019-05-31")
    mark(7, registration_number="G1234567")
    mark(8, registration_date="2020-01-07")
    rows = rank(build.connection, BUILD, 2019).board("brand").rows
    # Two classes of mark 1, mark 3 (cancelled in 2020), mark 5 (in its six months of grace).
    assert [(row.enterprise_name, row.values) for row in rows] == [("甲有限公司", (4,))]
