"""Feed department_returns: the approved form of the departments, one workbook a month."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, month_label, month_last, one
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.randomness import stream
from ipstat.sample_city.returns import CITY, Figure
from ipstat.sample_city.workbook import Cell, Sheet

FEED = "department_returns"
TITLE = "部门统计报表"
HEADER: list[Cell] = [
    "表号", "指标代码", "指标名称", "报告期", "镇街", "分组类型", "分组", "数值", "单位", "填报人", "审批人",
    "报出日期", "备注",
]  # fmt: skip
CORRECTED_MONTH = 29  # one month in sixty is sent twice
FILLERS = ("张某", "李某某", "陈某", "黄某某", "何某")


def _rows(figures: list[Figure], reported: str, number: int) -> list[list[Cell]]:
    filler, approver = FILLERS[number % len(FILLERS)], FILLERS[(number + 2) % len(FILLERS)]
    return [
        [f.form, f.indicator, f.name, f.period, f.town, f.breakdown, f.code, f.value, f.unit, filler, approver,
         reported, f.remark]
        for f in figures
    ]  # fmt: skip


def write_returns(city: City, output: Output) -> None:
    """Write a workbook a month: some towns hand in late, some leave a cell blank, some correct it a month later."""
    rng = stream(city.plan.seed, "return faults")
    carried: list[Figure] = []
    for n, figures in enumerate(city.figures):
        luck = rng.random(len(figures))
        now, later = [], []
        for figure, chance in zip(figures, luck.tolist(), strict=True):
            if figure.town == CITY or figure.breakdown or n % 12 == 11:
                now.append(figure)
            elif chance < 0.004:
                later.append(replace(figure, remark="迟报"))
            elif chance < 0.008:
                now.append(replace(figure, value=None, remark="未报"))
                later.append(replace(figure, remark="补报"))
            elif chance < 0.011 and isinstance(figure.value, int):
                now.append(replace(figure, value=figure.value + 1))
                later.append(replace(figure, remark="更正"))
            else:
                now.append(figure)
        month = FIRST_MONTH_INDEX + n
        if city.has_day(month_last(month)):
            sheet = Sheet("报表", header_rows=2)
            on = month_last(month) + 9 + n % 5
            sheet.rows = [[TITLE], HEADER, *_rows(carried, one(on), n + 1), *_rows(now, one(on), n)]
            sheet.merge(0, 0, 0, len(HEADER) - 1)
            path = Path(f"returns_{month_label(month)}.xlsx")
            output.write(FEED, path, sheet.to_bytes(), on)
            if n % 60 == CORRECTED_MONTH:
                _, _, *lines = sheet.rows
                sheet.rows[2:] = [[*line[:-1], "重报"] if row == 0 else line for row, line in enumerate(lines)]
                output.resend(FEED, path, sheet.to_bytes(), on + 20, "corrected: the workbook sent again with a remark")
            city.progress(FEED, n, MONTHS)
        carried = later
