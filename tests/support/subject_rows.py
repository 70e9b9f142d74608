"""Landed rows of a small city whose indicators are known by hand: acceptance cases 5 to 8, returns, honours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from tests.support.warehouse import Row, land

HORIZON = "2025-12-31"
PATENT_A = "2018101234566"
USCC_1, USCC_2, USCC_3 = "914420007665649509", "914420007665649696", "914420007665649771"
MONTHLY = (
    "cnipa_trademarks",
    "enforcement_cases",
    "pledge_registrations",
    "pledge_ledger",
    "department_returns",
    "cnipa_legal_events",
)
FIRM = "中山市甲乙灯饰有限公司"
PERSON = "张三"


def day(text: str) -> date:
    return date.fromisoformat(text)


def address_in(town: str) -> str:
    return f"广东省中山市{town}工业大道1号"


def month_bounds(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    first = date(year, month, 1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def grants() -> dict[str, list[Row]]:
    """Case 8 by gazette issue: designs before and after the merger of towns; and patent A of another city."""
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
    issues: dict[str, list[Row]] = {"2020-05-12": [], "2020-12-29": [], "2021-05-11": []}
    serial = 300000000
    for issue, address, count in counts:
        for _ in range(count):
            serial += 1
            issues[issue].append(_document(f"CN{serial}S", "design_granted", issue, address, PERSON))
    issues["2020-12-29"] += [
        {
            **_document(
                "CN110000001B", "invention_granted", "2020-12-29", "广东省佛山市顺德区容桂街道1号", "佛山市甲有限公司"
            ),
            "application_number": PATENT_A,
            "application_number_status": "intact",
        },
        # What a gazette can't give: an application made public is no application count and no grant.
        _document("CN110000002A", "invention_published", "2020-12-29", address_in("古镇镇"), FIRM),
        {
            **_document("CN110000003B8", "invention_granted", "2020-12-29", address_in("古镇镇"), FIRM),
            "is_correction": True,
        },
    ]
    return issues


def _document(number: str, kind: str, issue: str, address: str, party: str) -> Row:
    return {
        "_known_on": day(issue),
        "publication_number": number,
        "kind_code": number.lstrip("CN0123456789"),
        "patent_kind": kind,
        "is_correction": False,
        "title": "一种灯具",
        "publication_date": day(issue),
        "filing_date": day(issue) - timedelta(days=600),
        "application_number_status": "missing",
        "patentees": party,
        "address": address,
        "main_class": "26-05" if kind == "design_granted" else "F21V1/00",
        "class_scheme": "loc" if kind == "design_granted" else "ipc",
    }


def trademarks() -> Iterator[Row]:
    """Case 7: applications around both year ends, a mark in two classes with one cancelled, a Madrid registration."""
    for number, classes, filed in (
        ("A1", 2, "2024-12-15"),
        ("A2", 3, "2024-12-16"),
        ("A3", 1, "2025-12-15"),
        ("A4", 4, "2025-12-16"),
        ("A5", 1, "2025-12-31"),
    ):
        for nice_class in range(1, classes + 1):
            yield _mark(number, nice_class, "2025-12-31", filing_date=day(filed), status="申请中")
    registered = {"filing_date": day("2015-01-05"), "registration_date": day("2015-12-21")}
    for nice_class in (9, 11):
        yield _mark(
            "M1", nice_class, "2024-12-31", term_end_date=day("2035-12-20"), status="已注册", registration_number="M1",
            **registered,
        )  # fmt: skip
    yield _mark(
        "M1", 9, "2025-10-09", term_end_date=day("2035-12-20"), status="已注销", status_date=day("2025-10-01"),
        registration_number="M1", **registered,
    )  # fmt: skip
    for nice_class in (7, 9, 11):
        yield _mark("G1", nice_class, "2024-12-31", status="已注册", registration_number="G1234567", **registered)


def _mark(number: str, nice_class: int, known: str, **more: Any) -> Row:
    return {
        "_known_on": day(known),
        "application_number": number,
        "nice_class": nice_class,
        "mark_name": "灯都",
        "mark_type": "一般",
        "is_gi": False,
        "applicant_name": FIRM,
        "address": address_in("古镇镇"),
        "uscc": USCC_1,
        "updated_on": day(known),
        **more,
    }


def cases() -> Iterator[Row]:
    """A case handed on from 古镇 and to the police, its decision revoked; a case of a person without a known place."""
    first = {
        "case_number": "案1",
        "case_kind": "商标侵权",
        "party_name": FIRM,
        "party_type": "法人",
        "uscc": USCC_1,
        "address": address_in("古镇镇"),
        "filed_date": day("2025-01-10"),
        "violation_type": "侵犯商标专用权",
    }
    yield {**first, "_known_on": day("2025-01-31"), "updated_on": day("2025-01-31"), "agency_name": "古镇分局"}
    yield {
        **first,
        "_known_on": day("2025-06-30"),
        "updated_on": day("2025-06-30"),
        "agency_name": "小榄分局",
        "decision_date": day("2025-03-03"),
        "closed_date": day("2025-03-20"),
        "transferred_date": day("2025-04-01"),
        "transferred_to": "中山市公安局",
        "revoked_date": day("2025-06-10"),
        "fine_cny_10k": Decimal("5"),
        "confiscated_cny_10k": Decimal("3"),
        "penalty_type": "罚款;没收",
    }
    yield {
        "_known_on": day("2025-05-31"),
        "updated_on": day("2025-05-31"),
        "case_number": "案2",
        "case_kind": "假冒专利",
        "party_name": PERSON,
        "party_type": "自然人",
        "agency_name": "东区分局",
        "filed_date": day("2025-05-02"),
        "decision_date": day("2025-05-20"),
        "fine_cny_10k": Decimal("1.5"),
    }


def customs() -> Iterator[Row]:
    """Case 6."""
    lots = (
        ("L1", "中山海关", "扣留", 126000, "38.0",
         (("商标", "TM-a", "中山甲"), ("商标", "TM-b", "中山甲"), ("商标", "TM-c", "东莞乙"))),
        ("L2", "中山海关", "扣留", 400, "1.2", (("商标", "TM-d", "深圳丙"), ("著作权", "e", "深圳丙"))),
        ("L3", "深圳海关", "扣留", 5000, "20.0", (("商标", "TM-a", "中山甲"),)),
        ("L4", "中山海关", "放行", 60, "0.3", (("商标", "TM-f", "北京丁"),)),
    )  # fmt: skip
    homes = {
        "中山甲": address_in("古镇镇"),
        "东莞乙": "广东省东莞市长安镇1号",
        "深圳丙": "广东省深圳市南山区1号",
        "北京丁": "北京市海淀区1号",
    }
    for number, office, stage, articles, value, rights in lots:
        for kind, right, holder in rights:
            yield {
                "_known_on": day("2020-12-31"),
                "lot_number": number,
                "customs_office": office,
                "measure_date": day("2020-12-04"),
                "detention_date": day("2020-12-04") if stage == "扣留" else None,
                "stage": stage,
                "channel": "货运",
                "goods_name": "灯具",
                "article_count": articles,
                "value_cny_10k": Decimal(value),
                "right_kind": kind,
                "right_number": right,
                "right_holder_name": f"{holder}有限公司",
                "right_holder_address": homes[holder],
                "reported_on": day("2020-12-31"),
            }


def ledger() -> Iterator[Row]:
    """Case 5: the office's ledger."""
    common = {"_known_on": day("2025-12-31"), "pledgee_name": "示例银行", "town_name": "古镇镇"}
    for contract, registration, registered, pledgor, uscc, amount, more in (
        ("C1", "R1", "2025-03-10", FIRM, USCC_1, 500,
         {"patent_numbers": "2019101234560;2019201234561;2019301234562", "trademark_numbers": "9001;9002",
          "changed_date": day("2025-06-01"), "changed_amount_cny_10k": Decimal(600)}),
        ("C2", "R2", "2025-04-02", "中山市丙有限公司", USCC_2, 300,
         {"patent_numbers": f"ZL{PATENT_A[:-1]}.{PATENT_A[-1]}", "released_date": day("2025-09-30")}),
        ("C3", "R3", "2025-10-09", "中山市丙有限公司", USCC_2, 300, {"patent_numbers": PATENT_A}),
        ("C4", None, "2025-11-05", "中山市丁有限公司", USCC_3, 1000, {"trademark_numbers": "9003;9004"}),
    ):  # fmt: skip
        yield {
            **common,
            "contract_number": contract,
            "registration_number": registration,
            "registered_date": day(registered),
            "pledgor_name": pledgor,
            "uscc": uscc,
            "secured_amount_cny_10k": Decimal(amount),
            "ledger_date": day("2025-12-31"),
            **more,
        }


def registrations() -> Iterator[Row]:
    """Case 5: the register's own rows, with a second registration of patent A while it is pledged (an error)."""
    rows = [
        ("PE01", "2019101234560", "R1", "2025-03-10"),
        ("PE01", "2019201234561", "R1", "2025-03-10"),
        ("PE01", "2019301234562", "R1", "2025-03-10"),
        ("PE01", PATENT_A, "R2", "2025-04-02"),
        ("PE01", PATENT_A, "R9", "2025-05-06"),
        ("PC01", PATENT_A, "R2", "2025-09-30"),
        ("PE01", PATENT_A, "R3", "2025-10-09"),
    ]
    for code, number, registration, effective in rows:
        yield {
            "_known_on": day(effective) + timedelta(days=20),
            "event_code": code,
            "application_number": number,
            "application_number_status": "intact",
            "registration_number": registration,
            "effective_date": day(effective),
            "event_date": day(effective) + timedelta(days=20),
            "pledgor_name": "中山市丙有限公司",
            "pledgor_address": address_in("古镇镇"),
            "pledgee_name": "示例银行",
        }


def returns() -> Iterator[Row]:
    """Applications of three months: in time, a zero, a blank, and one late; a stock at a day."""
    for month, town, value, reported in (
        ("2025-01", "全市", 40, "2025-02-10"),
        ("2025-02", "全市", 0, "2025-03-10"),
        ("2025-03", "全市", None, "2025-04-10"),
        ("2025-04", "全市", 44, "2025-06-20"),
        ("2025-01", "古镇镇", 30, "2025-02-10"),
    ):
        first, last = month_bounds(int(month[:4]), int(month[5:]))
        yield _figure("patent_invention_application_count", month, "month", first, last, town, value, reported)
    last = day("2025-12-31")
    yield _figure("trademark_madrid_valid_count", "2025-12-31", "day", last, last, "全市", 335, "2026-01-10")


def _figure(
    code: str, text: str, kind: str, first: date, last: date, town: str, value: int | None, reported: str
) -> Row:
    return {
        "_known_on": day(reported),
        "form_code": "cnipa_application_returns",
        "indicator_code": code,
        "indicator_name": code,
        "period_text": text,
        "period_type": kind,
        "period_start": first,
        "period_end": last,
        "town_name": town,
        "value": value,
        "unit": "件",
        "filler_name": "李某",
        "approver_name": "王某",
        "reported_on": day(reported),
    }


def honours() -> Iterator[Row]:
    """An award shared by two firms, and a title of three years."""
    for holder, uscc in ((FIRM, USCC_1), ("中山市丙有限公司", USCC_2)):
        yield {
            "_known_on": day("2024-07-15"),
            "honour_type": "中国专利奖",
            "honour_grade": "优秀奖",
            "award_year": 2024,
            "holder_name": holder,
            "uscc": uscc,
            "application_number": "2019101234560",
            "issued_on": day("2024-07-15"),
        }
    yield {
        "_known_on": day("2022-10-01"),
        "honour_type": "国家知识产权优势企业",
        "award_year": 2022,
        "holder_name": FIRM,
        "uscc": USCC_1,
        "valid_from": day("2022-10-01"),
        "valid_to": day("2025-09-30"),
        "issued_on": day("2022-10-01"),
    }


def expect(connection: psycopg.Connection[Any], feed: str, key: str, first: date, last: date) -> None:
    """Enter a delivery in the calendar, due on the 15th of the following month."""
    due = (last + timedelta(days=1)).replace(day=15)
    connection.execute(
        "insert into ops.expected_deliveries (feed, partition_key, due_on, period_start, period_end)"
        " values (%s, %s, %s, %s, %s) on conflict do nothing",
        [feed, key, due, first, last],
    )


def land_city(connection: psycopg.Connection[Any]) -> None:
    """All of it, with the calendars: 2025 is complete for the monthly feeds, the gazette lacks an issue of 2021."""
    connection.execute("delete from ops.expected_deliveries")
    for issue, rows in grants().items():
        expect(connection, "cnipa_gazette", issue, day(issue), day(issue))
        land(connection, "cnipa_gazette", issue, rows)
    for issue in ("2021-06-01", "2025-12-30"):
        expect(connection, "cnipa_gazette", issue, day(issue), day(issue))
    for feed in MONTHLY:
        for month in range(1, 13):
            first, last = month_bounds(2025, month)
            expect(connection, feed, f"2025-{month:02d}", first, last)
            if month < 12:
                land(connection, feed, f"2025-{month:02d}", [])
    for month in range(1, 13):
        first, last = month_bounds(2020, month)
        expect(connection, "customs_lots", f"2020-{month:02d}", first, last)
    land(connection, "cnipa_trademarks", "2025-12", trademarks())
    land(connection, "enforcement_cases", "2025-12", cases())
    land(connection, "customs_lots", "2020-12", customs())
    land(connection, "pledge_ledger", "2025-12", ledger())
    land(connection, "pledge_registrations", "2025-12", registrations())
    land(connection, "department_returns", "2025-12", returns())
    land(connection, "honours", "2024", honours())
    lapse = {
        "_known_on": day("2025-08-05"),
        "publication_number": "CN110000001B",
        "patent_kind": "invention_granted",
        "application_number": PATENT_A,
        "application_number_status": "intact",
        "event_code": "CF01",
        "event_date": day("2025-08-05"),
        "effective_date": day("2025-05-01"),
    }
    land(connection, "cnipa_legal_events", "2025-12", [lapse])
    firm = {
        "_known_on": day("2021-12-31"),
        "uscc": USCC_1,
        "enterprise_name": FIRM,
        "town_name": "古镇镇",
        "industry_code": "3872",
        "established_date": day("2010-01-01"),
        "is_high_tech": True,
        "is_above_scale": False,
        "is_above_scale_exporter": False,
    }
    land(connection, "enterprise_register", "2021-12-31", [firm])
