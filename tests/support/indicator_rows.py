"""Landed rows of a small city whose measured indicators are known by hand: the bulletin's towns, rates, registers, moves."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from tests.support.subject_rows import address_in, day, expect, month_bounds
from tests.support.warehouse import Row, land

HORIZON = "2022-12-31"
FIRM, OTHER, BAKER = "中山市甲乙灯饰有限公司", "中山市丙丁五金有限公司", "中山市戊己食品有限公司"
USCC = {FIRM: "914420007665649509", OTHER: "914420007665649696", BAKER: "914420007665649771"}
SHOP = "914420007665649853"
BULLETIN_TOWNS = {
    "火炬开发区": "442000003", "石岐区": "442000001", "东区": "442000002",
    "西区": "442000004", "南区": "442000005", "五桂山": "442000006",
}  # fmt: skip
KINDS = {"inv": ("B", "invention_granted"), "um": ("U", "utility_granted"), "des": ("S", "design_granted")}
# What the notice doesn't print is free: the three kinds of the year before only have to sum to the printed total.
_FREE_SPLIT = 3


def _document(serial: int, kind: str, issue: date, address: str, party: str, filed: str | None = None) -> Row:
    letter, patent_kind = KINDS[kind]
    return {
        "_known_on": issue,
        "publication_number": f"CN{serial}{letter}",
        "kind_code": letter,
        "patent_kind": patent_kind,
        "is_correction": False,
        "title": "一种灯具",
        "publication_date": issue,
        "filing_date": day(filed) if filed else date(issue.year - 2, 3, 1),
        "application_number_status": "missing",
        "patentees": party,
        "address": address,
        "main_class": "26-05" if kind == "des" else "F21V1/00",
        "class_scheme": "loc" if kind == "des" else "ipc",
    }


def by_month(total: int) -> list[int]:
    """A whole number spread over eleven months, the remainder in the last."""
    share, rest = divmod(total, 11)
    return [share] * 10 + [share + rest]


def town_counts(table: Iterable[dict[str, str]]) -> Iterator[tuple[str, int, str, str, int]]:
    """(town, year, 'app' or 'gr', kind, count) behind the printed cells of the bulletin."""
    for row in table:
        for side in ("app", "gr"):
            for kind in ("inv", "um", "des"):
                yield row["town"], 2016, side, kind, int(row[f"{side}_{kind}"])
            rest = int(row[f"{side}_total_prev"]) - int(row[f"{side}_inv_prev"])
            yield row["town"], 2015, side, "inv", int(row[f"{side}_inv_prev"])
            yield row["town"], 2015, side, "um", rest // _FREE_SPLIT
            yield row["town"], 2015, side, "des", rest - rest // _FREE_SPLIT


def land_bulletin(connection: psycopg.Connection[Any], table: list[dict[str, str]]) -> None:
    """The counts of the bulletin as documents of the gazette and as monthly returns of applications, January to November."""
    issues: dict[tuple[int, int], list[Row]] = {}
    returns: dict[tuple[int, int], list[Row]] = {}
    serial = 100000000
    for town, year, side, kind, total in town_counts(table):
        for month, count in enumerate(by_month(total), start=1):
            if side == "gr":
                listed = issues.setdefault((year, month), [])
                for _ in range(count):
                    serial += 1
                    listed.append(_document(serial, kind, date(year, month, 26), address_in(town), OTHER))
            else:
                returns.setdefault((year, month), []).append(_figure(kind, year, month, town, count))
    for (year, month), listed in sorted(issues.items()):
        issue = date(year, month, 26)
        expect(connection, "cnipa_gazette", issue.isoformat(), issue, issue)
        land(connection, "cnipa_gazette", issue.isoformat(), listed)
    for (year, month), figures in sorted(returns.items()):
        land(connection, "department_returns", f"{year}-{month:02d}", [*figures, *_totals(figures, year, month)])


CODES = {"inv": "patent_invention", "um": "patent_utility", "des": "patent_design", "all": "patent_all"}


def _figure(kind: str, year: int, month: int, town: str, count: int) -> Row:
    first, last = month_bounds(year, month)
    code = f"{CODES[kind]}_application_count"
    return {
        "_known_on": last,
        "form_code": "cnipa_application_returns",
        "indicator_code": code,
        "indicator_name": code,
        "period_text": f"{year}-{month:02d}",
        "period_type": "month",
        "period_start": first,
        "period_end": last,
        "town_name": town,
        "value": count,
        "unit": "件",
        "filler_name": "李某",
        "approver_name": "王某",
        "reported_on": last,
    }


def _totals(figures: list[Row], year: int, month: int) -> Iterator[Row]:
    """All kinds of a town in a month, as the form states them."""
    sums: dict[str, int] = {}
    for figure in figures:
        sums[figure["town_name"]] = sums.get(figure["town_name"], 0) + int(figure["value"])
    for town, count in sums.items():
        yield _figure("all", year, month, town, count)


POPULATION = (
    # unit, year, persons, vintage, known
    ("中山市", 2018, 3310000, "as first published in 2019", "2019-05-10"),
    ("中山市", 2019, 3380000, "as first published in 2020", "2020-05-10"),
    ("中山市", 2019, 4387300, "revised after the 2020 census", "2021-05-16"),
    ("中山市", 2020, 4431100, "2021", "2021-05-16"),
    ("中山市", 2021, 4466900, "2022", "2022-04-20"),
    ("全市", 2021, 4466900, "2022", "2022-05-20"),
    ("火炬统筹区", 2021, 393622, "2022", "2022-05-20"),
    ("古镇", 2021, 233502, "2022", "2022-05-20"),
)


def populations() -> Iterator[Row]:
    for unit, year, persons, vintage, known in POPULATION:
        yield {
            "_known_on": day(known),
            "geo_name": unit,
            "population_year": year,
            "resident_population_count": persons,
            "vintage": vintage,
        }


def accounts() -> Iterator[Row]:
    """Case 3: the share of patent-intensive industries in two vintages, and a gross product that was revised."""
    for code, year, value, vintage, known in (
        ("gdp_cny_100m", 2020, "3100.00", "初步核算", "2021-03-28"),
        ("gdp_cny_100m", 2020, "3000.00", "经济普查修订", "2022-12-20"),
        ("rd_expenditure_gdp_ratio_pct", 2020, "2.100000", "初步核算", "2021-09-30"),
        ("patent_intensive_value_added_gdp_share_pct", 2020, "12.71", "初步核算", "2021-12-30"),
        ("patent_intensive_value_added_gdp_share_pct", 2020, "12.60", "最终核实", "2022-12-30"),
        ("patent_intensive_value_added_gdp_share_pct", 2021, "13.04", "最终核实", "2022-12-30"),
    ):
        yield {
            "_known_on": day(known),
            "indicator_code": code,
            "geo_name": "中山市",
            "account_year": year,
            "value": Decimal(value),
            "unit": "%" if code.endswith("pct") else "亿元",
            "vintage": vintage,
            "published_on": day(known),
        }


def register(year: int) -> Iterator[Row]:
    """Three firms, a shop; the shop closes in 2022, the baker becomes high-tech that year."""
    known = date(year, 12, 31)
    for name, town, industry, flags in (
        (FIRM, "古镇镇", "3872", {"is_high_tech": True, "is_above_scale": True, "is_above_scale_exporter": True}),
        (OTHER, "小榄镇", "3351", {"is_above_scale": True}),
        (BAKER, "小榄镇", "1411", {"is_high_tech": year == 2022, "is_above_scale_exporter": True}),
    ):
        yield {
            "_known_on": known,
            "uscc": USCC[name],
            "enterprise_name": name,
            "enterprise_type": "有限责任公司",
            "town_name": town,
            "industry_code": industry,
            "established_date": day("2010-01-01"),
            "is_high_tech": False,
            "is_above_scale": False,
            "is_above_scale_exporter": False,
            "cultivation_tier": "示范" if name == FIRM else "入库",
            **flags,
        }
    yield {
        "_known_on": known,
        "uscc": SHOP,
        "enterprise_name": "中山市古镇老王灯饰店",
        "enterprise_type": "个体工商户",
        "town_name": "古镇镇",
        "established_date": day("2015-01-01"),
        "closed_date": day("2022-06-30") if year == 2022 else None,
        "is_high_tech": False,
        "is_above_scale": False,
        "is_above_scale_exporter": False,
    }


def later_grants() -> dict[str, list[Row]]:
    """Inventions of 古镇 and 小榄 granted 2017, one shared with a university; utility models that move in 2021."""
    guzhen, xiaolan, foshan = address_in("古镇镇"), address_in("小榄镇"), "广东省佛山市顺德区容桂街道1号"
    inventions = [
        _document(200000001, "inv", day("2017-05-26"), guzhen, FIRM, "2014-05-26"),
        _document(200000002, "inv", day("2017-05-26"), guzhen, f"{FIRM};中山大学", "2015-01-01"),
        _document(200000003, "inv", day("2017-05-26"), xiaolan, "李小明", "2015-01-01"),
        _document(200000004, "inv", day("2017-05-26"), foshan, f"佛山市甲有限公司;{OTHER}", "2015-01-01"),
    ]
    moving = [_document(210000000 + number, "um", day("2017-06-26"), guzhen, FIRM) for number in range(4)]
    moving += [_document(210000100 + number, "um", day("2017-06-26"), xiaolan, OTHER) for number in range(5)]
    moving += [
        _document(210000200 + number, "um", day("2017-06-26"), foshan, "佛山市甲有限公司") for number in range(1)
    ]
    return {"2017-05-26": inventions, "2017-06-26": moving}


def _event(serial: int, kind: str, code: str, known: str, **more: Any) -> Row:
    letter, patent_kind = KINDS[kind]
    return {
        "_known_on": day(known),
        "publication_number": f"CN{serial}{letter}",
        "patent_kind": patent_kind,
        "application_number_status": "missing",
        "event_code": code,
        "event_date": day(known),
        "effective_date": day(known),
        **more,
    }


def events() -> Iterator[Row]:
    """Case 2's moves (小榄: 2 in from 古镇, 1 out to 古镇, 2 out to Foshan) and one into the city; licences; an open licence."""
    guzhen, xiaolan, foshan = address_in("古镇镇"), address_in("小榄镇"), "广东省佛山市顺德区容桂街道1号"
    for number in range(2):
        yield _event(210000000 + number, "um", "TR01", "2021-02-19", address_after=xiaolan)
    yield _event(210000100, "um", "TR01", "2021-02-19", address_after=guzhen)
    for number in (1, 2):
        yield _event(210000100 + number, "um", "TR01", "2021-09-17", address_after=foshan)
    yield _event(210000200, "um", "CP02", "2021-09-17", address_after=guzhen)
    yield _event(210000103, "um", "CP01", "2021-09-17")
    for serial, kind in ((200000001, "inv"), (210000002, "um")):
        yield _event(serial, kind, "EE01", "2022-03-04", contract_number="X2022440000001")
    yield _event(200000002, "inv", "EE01", "2022-03-04", contract_number="X2022440000002")
    yield _event(200000001, "inv", "OL01", "2022-04-05")
    yield _event(210000002, "um", "OL01", "2022-04-05")
    yield _event(210000002, "um", "OL02", "2022-08-05")
    # A fee due in July 2022 of which the gazette tells later than the horizon is not known; this one is.
    yield _event(200000003, "inv", "CF01", "2022-12-02", effective_date=day("2022-01-01"))


def marks() -> Iterator[Row]:
    """FIRM has a mark of two classes, valid since 2016."""
    for nice_class in (9, 11):
        yield {
            "_known_on": day("2017-01-31"),
            "application_number": "M1",
            "registration_number": "M1",
            "nice_class": nice_class,
            "mark_name": "灯都",
            "mark_type": "一般",
            "is_gi": False,
            "applicant_name": FIRM,
            "uscc": USCC[FIRM],
            "address": address_in("古镇镇"),
            "filing_date": day("2015-01-05"),
            "registration_date": day("2016-01-14"),
            "term_end_date": day("2036-01-13"),
            "status": "已注册",
            "updated_on": day("2017-01-31"),
        }


def cases() -> Iterator[Row]:
    for number, filed in (("案1", "2022-02-10"), ("案2", "2022-03-10"), ("案3", "2021-03-10")):
        yield {
            "_known_on": day(filed),
            "updated_on": day(filed),
            "case_number": number,
            "case_kind": "商标侵权",
            "party_name": FIRM,
            "uscc": USCC[FIRM],
            "address": address_in("古镇镇"),
            "agency_name": "古镇分局",
            "filed_date": day(filed),
        }


def represented() -> list[Row]:
    """Two of the four inventions in the exchange format, with their agencies."""
    rows = []
    for serial, agency in (
        (200000001, "广州示例专利代理有限公司"),
        (200000002, "中山示例知识产权代理事务所(普通合伙)"),
    ):
        row = dict(_document(serial, "inv", day("2017-05-26"), address_in("古镇镇"), FIRM, "2014-05-26"))
        rows.append({**row, "agency_name": agency})
    return rows


def land_city(connection: psycopg.Connection[Any], table: list[dict[str, str]]) -> None:
    """All of it with the calendars: every feed is complete in its months, so that zeros are written."""
    connection.execute("delete from ops.expected_deliveries")
    land_bulletin(connection, table)
    for issue, rows in later_grants().items():
        expect(connection, "cnipa_gazette", issue, day(issue), day(issue))
        land(connection, "cnipa_gazette", issue, rows)
    for year in range(2018, 2023):
        issue = f"{year}-12-27"
        expect(connection, "cnipa_gazette", issue, day(issue), day(issue))
        land(connection, "cnipa_gazette", issue, [])
    # Of 2018 one issue never came; another has one grant.
    expect(connection, "cnipa_gazette", "2018-03-27", day("2018-03-27"), day("2018-03-27"))
    expect(connection, "cnipa_gazette", "2018-05-29", day("2018-05-29"), day("2018-05-29"))
    lone = _document(220000000, "um", day("2018-05-29"), address_in("古镇镇"), "李小明")
    land(connection, "cnipa_gazette", "2018-05-29", [lone])
    expect(connection, "cnipa_gazette", "2022-12-30", day("2022-12-30"), day("2022-12-30"))
    land(connection, "cnipa_gazette", "2022-12-30", [])
    for feed, rows in (("cnipa_legal_events", events()), ("cnipa_trademarks", marks()), ("enforcement_cases", cases())):
        for year in range(2015, 2023):
            for month in range(1, 13):
                expect(connection, feed, f"{year}-{month:02d}", *month_bounds(year, month))
                if (year, month) != (2022, 12):
                    land(connection, feed, f"{year}-{month:02d}", [])
        land(connection, feed, "2022-12", rows)
    for year in (2020, 2021, 2022):
        last = date(year, 12, 31)
        expect(connection, "enterprise_register", last.isoformat(), date(year, 1, 1), last)
        land(connection, "enterprise_register", last.isoformat(), register(year))
    land(connection, "population", "2022-05-20", populations())
    land(connection, "economic_accounts", "2022-12-30", accounts())
    land(connection, "cnipa_exchange", "2017-05-26", represented())


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a bulletin's town table."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
