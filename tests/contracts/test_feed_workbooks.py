"""Feeds that come as workbooks: customs lots, the pledge ledger, department returns, honours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.contracts.conftest import Load
from tests.support.workbooks import Cell, write_workbook

LOT_MERGED = (0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14)
CUSTOMS_HEADER: list[list[Cell]] = [
    ["海关知识产权保护措施情况表（2020-12）"],
    ["批次编号", "关区", "措施", None, None, "运输渠道", "货物", None, None, "权利", None, None, None, "发货人",
     "通报日期"],
    [None, None, "措施日期", "扣留日期", "处理阶段", None, "货物名称", "数量（件）", "案值（万元）", "权利类型",
     "权利编号", "权利人", "权利人地址", None, None],
]  # fmt: skip
HEADER_MERGES = [(0, 0, 0, 14), (1, 2, 1, 4), (1, 6, 1, 8), (1, 9, 1, 12), *((1, c, 2, c) for c in (0, 1, 5, 13, 14))]


def lot_rows(number: str, rights: list[tuple[str, str]], stage: str = "扣留") -> list[list[Cell]]:
    lot: list[Cell] = [number, "中山海关", date(2020, 12, 3), date(2020, 12, 4), stage, "海运", "灯具", 126000, 38.05]
    tail: list[Cell] = ["中山市甲贸易有限公司", date(2020, 12, 8)]
    rows = [[*lot, kind, right, "中山市甲灯饰有限公司", "广东省中山市古镇镇", *tail] for kind, right in rights]
    for row in rows[1:]:
        for column in LOT_MERGED:
            row[column] = None
    return rows


def test_a_lot_with_three_rights_repeats_its_merged_cells(load: Load, tmp_path: Path) -> None:
    lots = lot_rows("L1", [("商标", "1001"), ("商标", "1002"), ("著作权", "C-3")]) + lot_rows("L2", [("专利", "ZL1")])
    merges = [*HEADER_MERGES, *((3, column, 5, column) for column in LOT_MERGED)]
    path = write_workbook(tmp_path / "customs_2020-12.xlsx", [*CUSTOMS_HEADER, *lots], merges)
    loaded = load("customs_lots", path)
    assert loaded.only_batch_counts() == (4, 0, 0)
    assert [(row["lot_number"], row["right_number"], row["article_count"]) for row in loaded.rows] == [
        ("L1", "1001", 126000),
        ("L1", "1002", 126000),
        ("L1", "C-3", 126000),
        ("L2", "ZL1", 126000),
    ]
    assert {row["value_cny_10k"] for row in loaded.rows} == {Decimal("38.0500")}
    assert {(row["measure_date"], row["_known_on"]) for row in loaded.rows} == {(date(2020, 12, 3), date(2020, 12, 8))}
    assert [row["_source_row"] for row in loaded.rows] == [4, 5, 6, 7]


def test_an_unknown_stage_and_a_spreadsheet_error_are_quarantined(load: Load, tmp_path: Path) -> None:
    lots = lot_rows("L1", [("商标", "1001")], stage="查验") + lot_rows("L2", [("商标", "1002")])
    lots[1][7] = "=1/0"
    path = write_workbook(tmp_path / "customs_2020-12.xlsx", [*CUSTOMS_HEADER, *lots], HEADER_MERGES)
    loaded = load("customs_lots", path)
    assert loaded.rows == []
    assert [(f["source_row"], f["column_name"], f["reason_code"]) for f in loaded.quarantine] == [
        (4, "stage", "unknown_code"),
        (5, "货物/数量（件）", "cell_error"),
    ]


def test_a_month_without_lots_is_a_delivery_with_no_row(load: Load, tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "customs_2021-01.xlsx", CUSTOMS_HEADER, HEADER_MERGES)
    loaded = load("customs_lots", path)
    assert loaded.report.rejected == () and loaded.only_batch_counts() == (0, 0, 0)


def test_a_missing_column_under_its_group_refuses_the_file(load: Load, tmp_path: Path) -> None:
    header = [list(row) for row in CUSTOMS_HEADER]
    header[2][7] = "重量（千克）"
    path = write_workbook(tmp_path / "customs_2020-12.xlsx", [*header, *lot_rows("L1", [("商标", "1")])], HEADER_MERGES)
    (rejected,) = load("customs_lots", path).report.rejected
    assert rejected.reason_code == "missing_column"
    assert rejected.column_name == "货物/数量（件）" and "货物/重量（千克）" in rejected.mend


LEDGER_HEADER: list[list[Cell]] = [
    ["知识产权质押融资台账（2025-03）"],
    ["合同编号", "登记号", "登记日期", "出质人", None, None, "质权人", "金额（万元）", None, "日期", None, None, None,
     "变更后金额（万元）", "权利", None, "台账日期"],
    [None, None, None, "名称", "统一社会信用代码", "镇街", None, "担保金额", "放款金额", "放款日期", "到期日期",
     "注销日期", "变更日期", None, "专利号", "商标注册号", None],
]  # fmt: skip


def test_the_ledger_keeps_amounts_and_joins_rights(load: Load, tmp_path: Path) -> None:
    row: list[Cell] = ["C1", "Y2025442000001", "2025-03-10", "中山市甲灯饰有限公司", "91442000MA525GLE7Y", "古镇镇",
                       "中国银行中山分行", 500, 480.5, "2025-03-15", "2026-03-10", None, None, None,
                       "ZL201710601862.3、ZL2.0193E+12、201310699744.2", "1001、1002", "2025-03-31"]  # fmt: skip
    path = write_workbook(tmp_path / "pledge_ledger_2025-03.xlsx", [*LEDGER_HEADER, row])
    (contract,) = load("pledge_ledger", path).rows
    assert (contract["secured_amount_cny_10k"], contract["disbursed_amount_cny_10k"]) == (500, Decimal("480.5"))
    assert contract["patent_numbers"] == "2017106018623;ZL2.0193E+12;2013106997442"
    assert contract["trademark_numbers"] == "1001;1002"
    assert contract["changed_amount_cny_10k"] is None and contract["_known_on"] == date(2025, 3, 31)


RETURNS_HEADER: list[Cell] = ["表号", "指标代码", "指标名称", "报告期", "镇街", "分组类型", "分组", "数值", "单位",
                              "填报人", "审批人", "报出日期", "备注"]  # fmt: skip


def returns_row(period: Cell, value: Cell, town: str = "古镇镇") -> list[Cell]:
    return ["cnipa_application_returns", "patent_all_application_count", "专利申请量", period, town, None, None, value,
            "件", "张某某", "李某某", date(2020, 12, 20), None]  # fmt: skip


def test_returns_tell_periods_and_not_reported_from_zero(load: Load, tmp_path: Path) -> None:
    rows = [
        returns_row("2020", 41000),
        returns_row(2020, 0),
        returns_row("2020-11", None),
        returns_row("2020-01..2020-11", "3,567"),
        returns_row("2020-12-31", "1.5"),
        returns_row("2020年1-11月", 7),
    ]
    path = write_workbook(tmp_path / "returns_2020-12.xlsx", [["部门统计报表"], RETURNS_HEADER, *rows], sheet="报表")
    loaded = load("department_returns", path)
    found = [(r["period_type"], r["period_start"], r["period_end"], r["value"]) for r in loaded.rows]
    assert found == [
        ("year", date(2020, 1, 1), date(2020, 12, 31), 41000),
        ("year", date(2020, 1, 1), date(2020, 12, 31), 0),
        ("month", date(2020, 11, 1), date(2020, 11, 30), None),
        ("year_to_date", date(2020, 1, 1), date(2020, 11, 30), 3567),
        ("day", date(2020, 12, 31), date(2020, 12, 31), Decimal("1.5")),
        ("year_to_date", date(2020, 1, 1), date(2020, 11, 30), 7),
    ]


def test_a_return_for_no_period_is_quarantined_with_its_column(load: Load, tmp_path: Path) -> None:
    rows = [returns_row("上半年", 1), returns_row("2020-13", 1), returns_row("2020-03..2020-11", 1)]
    path = write_workbook(tmp_path / "returns_2020-12.xlsx", [RETURNS_HEADER, *rows])
    loaded = load("department_returns", path)
    assert loaded.rows == []
    columns = [(fault["source_row"], fault["column_name"]) for fault in loaded.quarantine]
    assert columns == [(2, "period_text"), (3, "period_type"), (4, "period_text")]


def test_honours_may_have_no_patent_and_no_end(load: Load, tmp_path: Path) -> None:
    header: list[Cell] = [
        "荣誉类型",
        "等级",
        "年度",
        "单位名称",
        "统一社会信用代码",
        "专利号",
        "认定日期",
        "有效期止",
        "发文日期",
    ]
    rows: list[list[Cell]] = [
        ["中国专利奖", "优秀奖", 2020, "中山市甲灯饰有限公司", "91442000MA525GLE7Y", "ZL201710601862.3", None, None,
         date(2020, 7, 1)],
        ["国家知识产权示范企业", None, "2019", "中山大洋电机股份有限公司", None, None, "2019-12-01", "2022-11-30",
         "2019-12-05"],
    ]  # fmt: skip
    path = write_workbook(tmp_path / "honours_2020.xlsx", [["荣誉名录"], header, *rows], [(0, 0, 0, 8)])
    first, second = load("honours", path).rows
    assert (first["application_number"], first["award_year"], first["valid_to"]) == ("2017106018623", 2020, None)
    assert (second["application_number"], second["valid_to"]) == (None, date(2022, 11, 30))
    assert [first["_known_on"], second["_known_on"]] == [date(2020, 7, 1), date(2019, 12, 5)]
