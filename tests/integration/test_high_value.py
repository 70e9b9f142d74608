"""High-value inventions on rows known by hand: acceptance case 4, and a second set with other numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ipstat import cli
from ipstat.errors import RefusedError, UsageError
from ipstat.high_value import Question, read_high_value
from ipstat.settings import Settings
from tests.conftest import clone
from tests.support.warehouse import Row, Warehouse, failures, land

BUILD = "b20260101t000000eeee"
FIRM = "中山市某某灯饰有限公司"
ADDRESS = "广东省中山市古镇镇工业大道1号"
SEI_CLASS, OTHER_CLASS = "G06N3/08", "A47J27/21"
pytestmark = [pytest.mark.timeout(400)]


def day(text: str) -> date:
    return date.fromisoformat(text)


def patent(number: str, filed: str, granted: str, **more: Any) -> Row:
    digits = "".join(filter(str.isdigit, number))
    return {
        "_known_on": day(granted),
        "publication_number": number,
        "kind_code": number[-1],
        "patent_kind": "utility_granted" if number.endswith("U") else "invention_granted",
        "is_correction": False,
        "title": "一种装置",
        "publication_date": day(granted),
        "filing_date": day(filed),
        "application_number": f"2020{digits}",
        "application_number_status": "intact",
        "patentees": FIRM,
        "address": ADDRESS,
        "main_class": OTHER_CLASS,
        "class_scheme": "ipc",
        **more,
    }


def lapse(number: str, effective: str, known: str) -> Row:
    return {
        "_known_on": day(known),
        "publication_number": number,
        "patent_kind": "invention_granted",
        "application_number_status": "missing",
        "event_code": "CF01",
        "event_date": day(known),
        "effective_date": day(effective),
    }


def member(number: str, country: str, known: str, granted: str | None = None, ended: str | None = None) -> Row:
    return {
        "_known_on": day(known),
        "publication_number": number,
        "kind_code": number[-1],
        "patent_kind": "invention_published" if number.endswith("A") else "invention_granted",
        "member_publication_number": f"{country}1{number[2:-1]}",
        "member_country_code": country,
        "granted_date": day(granted) if granted else None,
        "ended_date": day(ended) if ended else None,
        "known_date": day(known),
    }


def contract(number: str, patents: list[Row], amount: str, registered: str, known: str, **more: Any) -> Row:
    return {
        "_known_on": day(known),
        "contract_number": number,
        "registered_date": day(registered),
        "pledgor_name": FIRM,
        "pledgee_name": "甲银行",
        "secured_amount_cny_10k": Decimal(amount),
        "patent_numbers": ";".join(str(row["application_number"]) for row in patents),
        "ledger_date": day(known),
        **more,
    }


def award(row: Row, kind: str, issued: str) -> Row:
    return {
        "_known_on": day(issued),
        "honour_type": kind,
        "honour_grade": "优秀奖",
        "award_year": day(issued).year,
        "holder_name": FIRM,
        "application_number": row["application_number"],
        "issued_on": day(issued),
    }


def population(year: int, count: str, published: str) -> Row:
    return {
        "_known_on": day(published),
        "geo_name": "中山市",
        "population_year": year,
        "resident_population_count": int(count),
        "vintage": "first",
        "published_on": day(published),
    }


#: Case 4. H1 ... H9 of cases.md, with the numbers CN100000001B ... CN100000009B (H7 is a utility model).
H = {
    number: patent(f"CN10000000{number}{'U' if number == 7 else 'B'}", filed, granted, main_class=ipc)
    for number, filed, granted, ipc in (
        (1, "2022-01-05", "2024-03-01", SEI_CLASS),
        (2, "2021-05-06", "2023-06-02", SEI_CLASS),
        (3, "2015-12-30", "2018-04-10", OTHER_CLASS),
        (4, "2015-12-31", "2018-04-10", OTHER_CLASS),
        (5, "2019-02-02", "2021-02-02", SEI_CLASS),
        (6, "2020-03-03", "2022-03-03", OTHER_CLASS),
        (7, "2023-01-01", "2023-08-01", SEI_CLASS),
        (8, "2014-01-01", "2017-01-01", SEI_CLASS),
        (9, "2020-07-07", "2022-09-09", OTHER_CLASS),
    )
}
#: A second set, of 小榄, with other numbers: a keyword, members that count and that don't, amounts that change, two awards.
XIAOLAN = "广东省中山市小榄镇工业大道1号"
S = {
    number: patent(f"CN20000000{number}B", filed, granted, main_class=ipc, title=title, address=XIAOLAN)
    for number, filed, granted, ipc, title in (
        (1, "2010-03-01", "2012-05-04", "B23K26/38", "激光切割装置"),
        (2, "2010-03-01", "2012-05-04", "B23K9/00", "一种焊枪"),
        (3, "2013-02-28", "2015-06-02", OTHER_CLASS, "水壶"),
        (4, "2013-02-28", "2015-06-02", OTHER_CLASS, "水壶"),
        (5, "2013-02-28", "2015-06-02", OTHER_CLASS, "水壶"),
        (6, "2013-02-28", "2015-06-02", OTHER_CLASS, "水壶"),
        (7, "2013-02-28", "2015-06-02", OTHER_CLASS, "水壶"),
        (8, "2012-02-29", "2015-06-02", OTHER_CLASS, "水壶"),
    )
}
APPLICATION_S5 = patent("CN200000005A", "2013-02-28", "2014-06-03", address=XIAOLAN)


@pytest.fixture(scope="module")
def warehouse(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Both sets landed in one database, the models of high value built once with their data tests."""
    found = Warehouse(clone(server_settings, "high_value"), tmp_path_factory.mktemp("high_value"))
    with found.connect() as connection:
        connection.execute("delete from ops.expected_deliveries")
        land(connection, "population", "2025-04-20", [population(2024, "13000", "2025-04-20")])
        for feed in ("cnipa_gazette", "cnipa_legal_events", "patent_families", "pledge_ledger"):
            for partition, on in (("first", "2017-12-29"), ("all", "2025-12-30")):
                connection.execute(
                    "insert into ops.expected_deliveries values (%s, %s, %s, %s, %s)", (feed, partition, *[day(on)] * 3)
                )
            land(connection, feed, "first", [])
        published = {**APPLICATION_S5, "patent_kind": "invention_published", "kind_code": "A"}
        published["application_number"] = S[5]["application_number"]
        land(connection, "cnipa_gazette", "all", [*H.values(), *S.values(), published])
        land(connection, "cnipa_legal_events", "all", [lapse("CN100000008B", "2025-06-01", "2025-12-20")])
        members = [
            member("CN100000002B", "US", "2024-02-02", "2024-01-02"),
            member("CN100000005B", "EP", "2023-02-02", "2023-01-04"),
            member("CN200000003B", "US", "2016-02-02"),  # an application, granted later, ended later still
            member("CN200000003B", "US", "2018-04-02", "2018-03-06"),
            member("CN200000003B", "US", "2022-07-02", "2018-03-06", "2022-06-01"),
            member("CN200000004B", "HK", "2018-04-02", "2018-03-06"),
            member("CN200000005A", "JP", "2019-04-02", "2019-03-05"),  # named by the published application
            member("CN200000006B", "WO", "2016-02-02", "2016-01-05"),
        ]
        land(connection, "patent_families", "all", members)
        contracts = [
            contract("C6", [H[6]], "1200", "2025-03-03", "2025-03-31"),
            contract("C9", [H[9]], "300", "2025-04-02", "2025-04-30"),
            # One contract over two patents counts whole for each; its amount was raised, then it was released.
            contract("D1", [S[6], S[7]], "800", "2019-05-06", "2019-05-31"),
            contract(
                "D1", [S[6], S[7]], "800", "2019-05-06", "2020-09-30", changed_date=day("2020-09-01"),
                changed_amount_cny_10k=Decimal(1000),
            ),
            contract(
                "D1", [S[6], S[7]], "800", "2019-05-06", "2021-06-30", changed_date=day("2020-09-01"),
                changed_amount_cny_10k=Decimal(1000), released_date=day("2021-06-15"),
            ),
        ]  # fmt: skip
        land(connection, "pledge_ledger", "all", contracts)
        awards = [
            award(H[5], "中国专利奖", "2023-07-20"),
            award(S[2], "国家技术发明奖", "2020-01-10"),
            award(S[4], "广东专利奖", "2020-01-10"),
        ]
        land(connection, "honours", "all", awards)
    results = found.build(
        BUILD,
        "2025-12-31",
        "+fct_high_value_reasons +int_high_value_measures +int_high_value_rates +fct_patent_events dim_town",
    )
    assert failures(results) == {}
    with found.connect() as connection:
        connection.execute("update ops.builds set status = 'built' where build_id = %s", [BUILD])
    yield found


def asked(
    warehouse: Warehouse, at: str, known: str | None = None, town: str = "古镇", **given: Any
) -> dict[str, set[str]]:
    """Reasons by member (the last digit of its number) among the patents of a town."""
    question = Question(day(at), None if known is None else day(known), **given)
    with warehouse.connect() as connection:
        found = read_high_value(connection, question, build_id=BUILD)
    names = {each.town_name for each in found.members}
    chosen = next((name for name in names if name.startswith(town)), "")
    return {each.publication_number[-2]: set(each.reasons) for each in found.members if each.town_name == chosen}


def overlap(members: dict[str, set[str]]) -> dict[int, int]:
    return dict(Counter(len(reasons) for reasons in members.values()))


def test_case_4_the_union_its_reasons_and_its_overlaps(warehouse: Warehouse) -> None:
    members = asked(warehouse, "2025-12-31")
    assert members == {
        "1": {"sei"},
        "2": {"sei", "overseas_family"},
        "3": {"over_10_years"},
        "5": {"sei", "overseas_family", "award"},
        "6": {"pledge"},
    }
    assert sum(map(len, members.values())) == 8
    assert Counter(reason for reasons in members.values() for reason in reasons) == {
        "sei": 3, "overseas_family": 2, "over_10_years": 1, "pledge": 1, "award": 1,
    }  # fmt: skip
    assert overlap(members) == {1: 3, 2: 1, 3: 1}


def test_case_4_what_if_another_clock_threshold_or_day(warehouse: Warehouse) -> None:
    assert set(asked(warehouse, "2025-12-31", clock="grant")) == set("1256"), "H3 leaves"
    assert set(asked(warehouse, "2025-12-31", pledge_threshold_cny_10k=Decimal(300))) == set("123569"), "H9 joins"
    assert set(asked(warehouse, "2025-12-31", pledge_threshold_cny_10k=Decimal("300.01"))) == set("12356")
    earlier = asked(warehouse, "2025-12-31", "2025-12-15")
    assert set(earlier) == set("123568") and earlier["8"] == {"sei", "over_10_years"}
    assert set(asked(warehouse, "2026-01-01")) == set("123456"), "H4 is more than ten years old a day later"


def test_case_4_an_equal_total_hides_two_changes(warehouse: Warehouse) -> None:
    november = asked(warehouse, "2025-11-30")
    assert set(november) == set("12568"), "H8 is not known to have lapsed, H3 is not yet over ten years"
    assert len(november) == len(asked(warehouse, "2025-12-31")) == 5


def test_second_case_keywords_and_the_first_day_after_ten_years(warehouse: Warehouse) -> None:
    assert asked(warehouse, "2019-12-31", town="小榄") == {
        "1": {"sei"},
        "3": {"overseas_family"},
        "5": {"overseas_family"},
    }
    # Filed 2012-02-29: the tenth anniversary is 2022-02-28. The others of 2013 follow on 2023-03-01.
    assert "8" not in asked(warehouse, "2022-02-28", town="小榄")
    assert asked(warehouse, "2022-03-01", town="小榄")["8"] == {"over_10_years"}
    assert "4" not in asked(warehouse, "2023-02-28", town="小榄")
    assert asked(warehouse, "2023-03-01", town="小榄")["4"] == {"over_10_years"}


def test_second_case_members_abroad_count_from_grant_to_end_as_known(warehouse: Warehouse) -> None:
    def has_family(at: str, known: str | None = None) -> str:
        found = asked(warehouse, at, known, town="小榄")
        return "".join(sorted(number for number, reasons in found.items() if "overseas_family" in reasons))

    assert has_family("2018-03-31") == "", "granted abroad, not known yet"
    assert has_family("2018-03-31", "2018-04-02") == "3"
    assert has_family("2022-06-30") == "35", "its end is not known yet"
    assert has_family("2022-06-30", "2022-07-02") == "5", "neither an application, nor HK or WO"


def test_second_case_the_amount_of_a_contract_changes_and_stays_after_its_release(warehouse: Warehouse) -> None:
    def pledged(at: str, amount: int = 1000, known: str | None = None) -> str:
        found = asked(warehouse, at, known, town="小榄", pledge_threshold_cny_10k=Decimal(amount))
        return "".join(sorted(number for number, reasons in found.items() if "pledge" in reasons))

    assert pledged("2020-08-31") == ""
    assert pledged("2020-08-31", 800) == "67", "the whole amount for each patent"
    assert pledged("2020-09-15") == "", "the change is not known yet"
    assert pledged("2020-09-15", known="2020-09-30") == "67"
    assert pledged("2022-12-31") == "67", "it was reached"
    assert pledged("2022-12-31", 1001) == ""


def test_second_case_state_and_national_awards_count_a_provincial_one_does_not(warehouse: Warehouse) -> None:
    found = asked(warehouse, "2020-12-31", town="小榄")
    assert {number for number, reasons in found.items() if "award" in reasons} == {"2"}
    assert "2" not in asked(warehouse, "2019-12-31", town="小榄")


def test_what_rests_on_the_ipc_alone_is_labelled(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        found = read_high_value(connection, Question(day("2025-12-31")), build_id=BUILD)
        lines = dict(found.lines())
    bounds = {each.publication_number: each.is_upper_bound for each in found.members}
    assert bounds["CN100000001B"] and not bounds["CN100000002B"]
    assert not bounds["CN200000001B"], "a keyword of the title confirms it"
    assert lines["high_value"] == 13 and lines["valid_inventions"] == 15
    assert lines["of_them_by_ipc_alone"] == 1


def test_the_indicators_are_the_counts_of_the_question(warehouse: Warehouse) -> None:
    def values(code: str, year: int, condition: str = "breakdown_type = 'ALL' and industry_code = 'ALL'") -> Any:
        rows = warehouse.query(
            BUILD,
            "select town_code || breakdown_code, quantity from int_high_value_measures"
            f" where indicator_code = '{code}' and period_start = date '{year}-01-01' and town_basis <> 'then'"
            f" and {condition}",
        )
        return {str(town).removesuffix("ALL"): count for town, count in rows}

    for year in range(2018, 2026):
        guzhen, xiaolan = asked(warehouse, f"{year}-12-31"), asked(warehouse, f"{year}-12-31", town="小榄")
        found = values("patent_invention_high_value_count", year)
        assert found["442000"] == len(guzhen) + len(xiaolan), year
        assert (found.get("442000105", 0), found.get("442000118", 0)) == (len(guzhen), len(xiaolan)), year
    assert found["442000106"] == 0, "a town without any has its zero in a complete year"
    assert values("patent_invention_valid_sei_count", 2025)["442000"] == 4
    assert values("patent_invention_valid_sei_count", 2025, "breakdown_type = 'sei_class'") == {
        "4420001": 3,
        "4420002": 1,
    }
    assert values("patent_invention_valid_overseas_family_count", 2025)["442000"] == 3
    assert values("patent_invention_valid_over_10_years_count", 2025)["442000"] == 9
    assert values("patent_invention_high_value_share_pct", 2025)["442000"] == Decimal("86.666667")
    industries = warehouse.query(
        BUILD,
        "select sum(quantity) from int_high_value_measures where indicator_code = 'patent_invention_high_value_count'"
        " and period_start = date '2025-01-01' and industry_code <> 'ALL'",
    )
    assert industries == [(13,)], "shares of industries add up to the patents"


def test_the_rate_divides_by_the_population_of_the_previous_year_end(warehouse: Warehouse) -> None:
    found = warehouse.query(
        BUILD,
        "select quantity, numerator, denominator, denominator_period, value_status from int_high_value_rates"
        " where breakdown_code = 'ALL' and period_start >= date '2024-01-01' order by period_start",
    )
    assert found[0][0] is None and found[0][4] == "not_reported", "no population of 2023"
    assert found[1] == (10, 13, Decimal("1.3"), "2024", "estimated")


def test_an_upper_bound_is_an_estimate_with_its_reason(warehouse: Warehouse) -> None:
    found = warehouse.query(
        BUILD,
        "select indicator_code, value_status, status_reason from int_high_value_measures where town_basis = 'both'"
        " and period_start = date '2025-01-01' and industry_code = 'ALL' and breakdown_type = 'ALL' order by 1",
    )
    reason = "strategic emerging industry by IPC alone: upper bound"
    assert found == [
        ("patent_invention_high_value_count", "estimated", reason),
        ("patent_invention_high_value_share_pct", "estimated", reason),
        ("patent_invention_valid_over_10_years_count", None, None),
        ("patent_invention_valid_overseas_family_count", None, None),
        ("patent_invention_valid_sei_count", "estimated", reason),
    ]


@pytest.mark.parametrize("wrong", [{"clock": "known"}, {"pledge_threshold_cny_10k": Decimal(-1)}])
def test_a_parameter_that_makes_no_sense_is_refused(warehouse: Warehouse, wrong: dict[str, Any]) -> None:
    with warehouse.connect() as connection, pytest.raises(UsageError, match=r"--clock|--pledge-threshold"):
        read_high_value(connection, Question(day("2025-12-31"), **wrong), build_id=BUILD)


def test_a_day_before_anything_was_known_is_refused(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection, pytest.raises(RefusedError, match="nothing was known yet"):
        read_high_value(connection, Question(day("2001-12-31")), build_id=BUILD)


def test_the_command_counts_and_lists(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IPSTAT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IPSTAT_DATABASE_URL", warehouse.address)

    def lines(*more: str) -> list[str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main(["high-value", "--at", "2025-12-31", "--format", "csv", *more])
        assert ended.value.code == 0
        return capsys.readouterr().out.splitlines()

    counted = lines("--pledge-threshold", "300", "--clock", "grant")
    assert counted[0] == "at,known,clock,pledge_threshold_cny_10k,scope,measure,count"
    fixed = "2025-12-31,2025-12-31,grant,300,city"
    assert f"{fixed},reason_pledge,4" in counted and f"{fixed},exactly_5_reasons,0" in counted
    listed = lines("--known", "2025-12-15", "--list")
    assert listed[0].endswith("is_upper_bound,evidence,reasons,reason_count")
    (lapsing,) = [line for line in listed if line.startswith("CN100000008B")]
    assert lapsing.endswith("False,1,sei;over_10_years,2")
