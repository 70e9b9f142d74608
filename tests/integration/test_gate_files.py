"""One planted fault for each stop check of the gate, in files as senders deliver them: ingest, build, gate.

Each fault has a good neighbour in the same files; what each check lets pass is tested in test_gate_planted.py.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from expectations.checks import GateResult
from ipstat import intake, pipeline
from ipstat.settings import Settings
from tests.support.workbooks import write_workbook

pytestmark = [pytest.mark.timeout(600)]

HEADER = (
    "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,designer,address"
)
ISSUES = [date(2019, 11, 19) + timedelta(days=n) for n in (0, 3, 7, 10, 14, 17, 21, 24, 28, 31, 35, 38)]
LAST_ISSUE, SKEWED_ISSUE = ISSUES[-1], ISSUES[-3]
RETURN_HEAD = [
    "表号",
    "指标代码",
    "指标名称",
    "报告期",
    "镇街",
    "分组类型",
    "分组",
    "数值",
    "单位",
    "填报人",
    "审批人",
    "报出日期",
    "备注",
]
REGISTER_HEAD = (
    "统一社会信用代码,企业名称,曾用名,企业类型,住所,所属镇街,行业代码,成立日期,注销日期,所属集团,"
    "高新技术企业,规上工业企业,规上出口企业,梯度培育层级"
)


def check_digit(digits: str) -> str:
    total = sum(int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
    return "X" if total % 11 == 10 else str(total % 11)


def write_gazette(folder: Path) -> None:
    """Twelve issues of 60 designs and 30 utility models; most addresses name no town, no firm is in the register."""
    for number, day in enumerate(ISSUES):
        issue = folder / day.isoformat()
        issue.mkdir(parents=True)
        _gazette_file(issue / "CN_patent_appearance_designed.csv", day, number * 1000, 60, 3, "S", "26-05 (12)")
        if day != SKEWED_ISSUE:
            _gazette_file(
                issue / "CN_patent_utility_new.csv", day, number * 1000 + 500, 30, 2, "U", "F21S8/00(2006.01)I"
            )


def _gazette_file(path: Path, day: date, first: int, count: int, kind: int, letter: str, classes: str) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        file.write(f"{HEADER},Int.Cl.\n")
        writer = csv.writer(file, lineterminator="\n")
        for n in range(first, first + count):
            digits = f"2018{kind}{n:07}"
            # A spreadsheet destroyed every number of the last issue; ten utility models of it carry an impossible date.
            filing = "2.01830E+12" if day == LAST_ISSUE else f"{digits}.{check_digit(digits)}"
            announced = f"{day:%Y.%m.}32" if day == LAST_ISSUE and letter == "U" and n % 3 == 0 else f"{day:%Y.%m.%d}"
            town = "古镇镇中兴大道" if n % 3 == 0 else ""
            writer.writerow(
                [
                    n,
                    f"灯具{n}",
                    f"CN3{n:08}{letter}",
                    announced,
                    filing,
                    "2018.05.04",
                    f"第{n}号灯饰有限公司",
                    "张某",
                    f"528421广东省中山市{town}",
                    classes,
                ]
            )


def write_trademarks(folder: Path) -> None:
    """Ten months: nine of 300 lines, one of ten; and none after July."""
    folder.mkdir()
    months = [date(2018, 10 + n, 1) for n in range(3)] + [date(2019, n, 1) for n in range(1, 8)]
    for place, month in enumerate(months):
        with (folder / f"trademarks_{month:%Y-%m}.jsonl").open("w", encoding="utf-8") as file:
            for n in range(10 if month == date(2019, 7, 1) else 300):
                mark: dict[str, Any] = {
                    "申请号": f"{30000000 + place * 1000 + n}",
                    "注册号": None,
                    "国际分类": "11",
                    "商标名称": f"标{n}",
                    "商标类型": "一般",
                    "是否地理标志": "否",
                    "申请人名称": f"第{n}号灯饰有限公司",
                    "统一社会信用代码": None,
                    "申请人地址": "广东省中山市古镇镇",
                    "申请日期": f"{month:%Y-%m}-02",
                    "注册公告日期": None,
                    "专用权开始日期": None,
                    "专用权结束日期": None,
                    "状态": "申请中",
                    "状态日期": f"{month:%Y-%m}-02",
                    "更新日期": f"{month:%Y-%m}-20",
                }
                file.write(json.dumps(mark, ensure_ascii=False) + "\n")


def write_returns(folder: Path) -> None:
    """Two complete years of one indicator: 2,000 in 2017, 60 in 2018."""
    folder.mkdir()
    for year, yearly in ((2017, 2000), (2018, 60)):
        for month in range(1, 13):
            reported = date(year + month // 12, month % 12 + 1, 10)
            periods: list[tuple[str, int]] = [(f"{year}-{month:02}", yearly // 12)]
            if month == 12:
                periods.append((str(year), yearly))
            rows: list[list[Any]] = [["部门统计报表"], list(RETURN_HEAD)]
            rows += [
                [
                    "cnipa_pct_returns",
                    "patent_pct_application_count",
                    "PCT国际专利申请量",
                    period,
                    "全市",
                    "ALL",
                    "ALL",
                    value,
                    "件",
                    "甲",
                    "乙",
                    reported,
                    None,
                ]
                for period, value in periods
            ]
            write_workbook(folder / f"returns_{year}-{month:02}.xlsx", rows)


def write_others(folder: Path) -> None:
    """A register of other firms, a wrong official total, and a file that nobody can read."""
    register = folder / "enterprise_register" / "register_2018-12-31.csv"
    register.parent.mkdir()
    lines = [
        REGISTER_HEAD,
        "91442000MA4UN3RM2D,远方机械有限公司,,有限责任公司,广东省中山市小榄镇,小榄镇,3872,2010-01-01,,,否,否,否,",
    ]
    register.write_text("\n".join(lines) + "\n", encoding="gb18030")
    totals = folder / "official_totals" / "official_totals_2019-02-01.csv"
    totals.parent.mkdir()
    totals.write_text(
        "geo,period,indicator,type,value,unit,note\n中山市,2018,PCT申请量,,62,件,\n中山市,2017,PCT申请量,,2001,件,\n",
        encoding="utf-8",
    )
    broken = folder / "pledge_registrations" / "pledge_registrations_2019-06.csv"
    broken.parent.mkdir()
    broken.write_text('事务类型,专利号\nPE01,"2018300000001\n', encoding="gb18030")


@dataclass(frozen=True)
class Gated:
    """The verdict over the planted files, and where they went."""

    result: GateResult
    page: str
    url: str

    def observed(self, check: str) -> list[str]:
        """The subjects that a check names."""
        found = next(each for each in self.result.checks if each.check_name == check)
        return [worst["subject"] for worst in found.observed.get("worst", [])]


@pytest.fixture(scope="module")
def gated(server_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    from tests.conftest import _admin, clone

    name = "gate_files"
    url = clone(server_settings, name)
    feeds = tmp_path_factory.mktemp("feeds")
    write_gazette(feeds / "cnipa_gazette")
    write_trademarks(feeds / "cnipa_trademarks")
    write_returns(feeds / "department_returns")
    write_others(feeds)
    settings = Settings(
        home=tmp_path_factory.mktemp("gate_home"), database_url=url, pseudonym_key_text="key-of-the-tests"
    )
    intake.ingest_folder(settings, feeds)
    pipeline.build(settings)
    verdict = pipeline.gate(settings)
    yield Gated(verdict.result, verdict.page.read_text(encoding="utf-8"), url)
    with psycopg.connect(_admin(server_settings), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.mark.parametrize(
    ("check", "subjects"),
    [
        ("volume.shortfall", ["cnipa_trademarks|2019-07"]),
        ("quarantine.over_budget", [f"cnipa_gazette|{LAST_ISSUE}|CN_patent_utility_new.csv"]),
        ("drift.nulls_stop", [f"cnipa_gazette|{LAST_ISSUE}|no_application_number"]),
        ("coverage.town_stop", ["city"]),
        ("coverage.enterprise_stop", ["city"]),
        ("year_on_year.fall", ["patent_pct_application_count|2018"]),
        ("official_totals.difference", ["中山市|2018|PCT申请量|"]),
    ],
)
def test_a_fault_in_a_file_is_refused_by_its_check_alone(gated: Gated, check: str, subjects: list[str]) -> None:
    assert gated.observed(check) == subjects
    assert check in {refusal.check_name for refusal in gated.result.refusals}


def test_feeds_that_stopped_are_refused(gated: Gated) -> None:
    assert "cnipa_trademarks" in gated.observed("freshness.late")
    assert "cnipa_gazette" not in gated.observed("freshness.late")


def test_the_refused_file_stops_and_the_skewed_issue_warns(gated: Gated) -> None:
    named = gated.observed("drift.kind_mix")
    assert {subject.rsplit("|", 1)[0] for subject in named} == {f"cnipa_gazette|{SKEWED_ISSUE}"}
    assert gated.observed("rejected_files.none_open") == [
        "pledge_registrations|2019-06|pledge_registrations_2019-06.csv"
    ]


def test_nothing_else_stops_the_build(gated: Gated) -> None:
    """Also no dbt test fails: the faults are of batches and series, which only the gate sees."""
    assert {refusal.check_name for refusal in gated.result.refusals} == {
        "volume.shortfall", "freshness.late", "quarantine.over_budget", "drift.nulls_stop", "coverage.town_stop",
        "coverage.enterprise_stop", "year_on_year.fall", "official_totals.difference", "rejected_files.none_open",
    }  # fmt: skip


def test_refused_build_is_marked_and_explained(gated: Gated) -> None:
    with psycopg.connect(gated.url) as connection:
        assert connection.execute("select status from ops.builds").fetchone() == ("refused",)
    assert "未通过，不予发布" in gated.page
    for check in gated.result.refusals:
        assert check.check_name in gated.page
    assert "张某" not in gated.page
