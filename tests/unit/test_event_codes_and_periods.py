"""The gazette's words to event codes, and departments' periods to days."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.event_codes import EFFECTIVE_LABELS, RULES, event_code, legal_event
from ingest.periods import parse_period

SEED = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "reference" / "legal_event_codes.csv"


@pytest.mark.parametrize(
    ("type_name", "title", "code"),
    [
        ("授权", "授权", "GR01"),
        ("专利权的终止", "未缴年费专利权终止", "CF01"),
        ("专利权的终止", "专利权有效期届满", "CX01"),
        ("专利申请权、专利权的转移", "专利权的转移", "TR01"),
        ("专利申请权、专利权的转移", "专利申请权的转移", "TA01"),
        ("专利权人的姓名或者名称、地址的变更", "专利权人的姓名或者名称、地址的变更", "CP03"),
        ("专利权人的姓名或者名称、地址的变更", "专利权人的姓名或者名称的变更", "CP01"),
        ("专利权人的姓名或者名称、地址的变更", "专利权人的地址的变更", "CP02"),
        ("专利权的保全及其解除", "专利权保全的解除", "PD01"),
        ("专利权质押合同登记的生效、变更及注销", "专利权质押合同登记的注销", "PC01"),
        ("专利实施许可合同备案的生效、变更及注销", "专利实施许可合同备案的生效", "EE01"),
        ("避免重复授予专利权", "避免重复授予专利权", "AR01"),
        ("专利权的无效宣告", "专利权全部无效", "IW01"),
        ("专利权的无效宣告", "专利权部分无效", "IP01"),
        ("权利的恢复", "权利的恢复", "RR01"),
        ("专利权期限补偿", "专利权期限补偿", "TG01"),
        ("药品专利权期限补偿", "药品专利权期限补偿", "TP01"),
        # A type without the words that tell which of its events it is.
        ("专利权的终止", "专利权的终止", "unknown: 专利权的终止 / 专利权的终止"),
        ("专利权的分割", "", "unknown: 专利权的分割 / "),
    ],
)
def test_event_codes(type_name: str, title: str, code: str) -> None:
    assert event_code(type_name, title) == code


def test_every_code_is_in_the_list_with_its_effect() -> None:
    with SEED.open(encoding="utf-8", newline="") as stream:
        listed = {row["event_code"] for row in csv.DictReader(stream)}
    assert {code for *_, code in RULES} <= listed
    assert set(EFFECTIVE_LABELS) <= listed


@pytest.mark.parametrize(
    ("type_name", "detail", "day"),
    [
        ("专利权的终止", "未缴年费专利权终止\n申请日:20120907\n终止日期:20180907", date(2018, 9, 7)),
        ("专利申请权、专利权的转移", "专利权的转移\n登记生效日:20191218\n变更前:甲", date(2019, 12, 18)),
        ("专利申请权、专利权的转移", "专利权的转移\n变更前:甲\n登记生效日：2019.12.18", date(2019, 12, 18)),
        ("专利权质押合同登记的变更", "专利权质押合同登记的变更\n变更日:20200310", date(2020, 3, 10)),
        ("权利的恢复", "权利的恢复\n恢复日期:20180120", date(2018, 1, 20)),
        ("药品专利权期限补偿", "药品专利权期限补偿\n补偿后届满日:2033.06.30", date(2033, 6, 30)),
        ("专利权的放弃", "避免重复授权放弃专利权\n放弃生效日:20200616", date(2020, 6, 16)),
        ("文件的公告送达", "文件的公告送达\n收件人:夏某某", date(2020, 5, 1)),
        ("专利权的终止", "未缴年费专利权终止", date(2020, 5, 1)),
    ],
)
def test_effective_day_is_the_stated_one_else_that_of_the_announcement(type_name: str, detail: str, day: date) -> None:
    frame = pl.DataFrame({"t": [type_name], "d": [detail], "on": [date(2020, 5, 1)]})
    assert legal_event(frame, "t", "d", "on")["effective_date"].to_list() == [day]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020", ("year", date(2020, 1, 1), date(2020, 12, 31))),
        ("2020年", ("year", date(2020, 1, 1), date(2020, 12, 31))),
        ("2020-02", ("month", date(2020, 2, 1), date(2020, 2, 29))),
        ("2020年2月", ("month", date(2020, 2, 1), date(2020, 2, 29))),
        ("2020-01..2020-11", ("year_to_date", date(2020, 1, 1), date(2020, 11, 30))),
        ("2020年1-11月", ("year_to_date", date(2020, 1, 1), date(2020, 11, 30))),
        ("2020年1月至12月", ("year_to_date", date(2020, 1, 1), date(2020, 12, 31))),
        ("2020-12-31", ("day", date(2020, 12, 31), date(2020, 12, 31))),
        ("2020-02..2020-11", None),
        ("2019-01..2020-11", None),
        ("2020-13", None),
        ("2020-02-30", None),
        ("上半年", None),
        ("", None),
        (None, None),
    ],
)
def test_periods(text: str | None, expected: tuple[str, date, date] | None) -> None:
    assert parse_period(text) == expected
