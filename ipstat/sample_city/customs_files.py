"""Feed customs_lots: a workbook a month, one row a lot and right, the lot's cells merged over its rights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, month_label, month_last, months_of
from ipstat.sample_city.lots import LAST_DAY, Lots
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import MONTHS
from ipstat.sample_city.randomness import stream
from ipstat.sample_city.workbook import Cell, ExcelDay, Sheet, grouped_header

FEED = "customs_lots"
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("批次编号", ()), ("关区", ()), ("措施", ("措施日期", "扣留日期", "处理阶段")), ("运输渠道", ()),
    ("货物", ("货物名称", "数量（件）", "案值（万元）")), ("权利", ("权利类型", "权利编号", "权利人", "权利人地址")),
    ("发货人", ()), ("通报日期", ()),
)  # fmt: skip
LOT_COLUMNS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14)  # merged over the rights of a lot
OFFICES = ("中山海关", "深圳海关", "黄埔海关", "宁波海关", "广州海关")
CHANNELS = ("海运", "陆路", "邮递", "快件", "跨境电商")
STAGES = ("措施", "扣留", "放行", "没收")
RIGHTS = ("商标", "著作权", "专利")
GOODS = ("LED灯具", "灯串", "电水壶", "门锁", "运动鞋", "箱包", "手机壳", "耳机", "玩具", "T恤", "面膜", "插座")


def _reports(lots: Lots, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Return (day of report, lot, stage): first when the measure is taken, again when the lot is settled."""
    out = []
    for lot, (taken, stage) in enumerate(zip(lots.measured.tolist(), lots.final_stage.tolist(), strict=True)):
        out.append((taken + int(rng.integers(1, 9)), lot, min(stage, 1)))
        if stage >= 2:
            out.append((taken + int(rng.integers(45, 140)), lot, stage))
    return sorted(row for row in out if row[0] <= LAST_DAY)


def _rows(city: City, lots: Lots, reported: int, lot: int, stage: int) -> list[list[Cell]]:
    start, end = np.searchsorted(lots.right_lot, [lot, lot + 1]).tolist()
    size = len(city.holders)
    on = np.array([reported])
    consignor = city.holder_names(lots.consignor[[lot]], on)[0] if lot % 9 else "佛山市示例进出口有限公司"
    rows: list[list[Cell]] = []
    for right in range(start, end):
        holder = lots.right_holder[[right]]
        name = str(city.holder_names(holder, on)[0])
        inside = int(holder[0]) < size
        where = (
            addresses(city.holders, holder, on, np.array([0.5]), with_postcode=False)[0]
            if inside
            else str(city.outside_addresses[int(holder[0]) - size]).lstrip("0123456789")
        )
        kind = int(lots.right_kind[right])
        number = f"{'' if kind == 0 else 'CR' if kind == 1 else 'ZL'}{int(lots.right_number[right])}"
        detained = int(lots.detained[lot])
        rows.append([
            f"IPR{442000 + int(lots.office[lot])}{lot:06d}", OFFICES[int(lots.office[lot])],
            ExcelDay(int(lots.measured[lot])), ExcelDay(detained) if detained else None, STAGES[stage],
            CHANNELS[int(lots.channel[lot])], GOODS[int(lots.goods[lot])], int(lots.articles[lot]),
            int(lots.value[lot]) / 10000, RIGHTS[kind], number, name, where, consignor, ExcelDay(reported),
        ])  # fmt: skip
    for row in rows[1:]:
        for column in LOT_COLUMNS:
            row[column] = None
    return rows


def write_customs(city: City, output: Output) -> None:
    """Write one workbook for each month (an empty month has its header alone)."""
    reports = _reports(city.lots, stream(city.plan.seed, "customs reports"))
    months = months_of(np.array([row[0] for row in reports], dtype=np.int64)) - FIRST_MONTH_INDEX
    edges = np.searchsorted(months, np.arange(MONTHS + 1)).tolist()
    for n in range(MONTHS):
        month = FIRST_MONTH_INDEX + n
        if not city.has_day(month_last(month)):
            continue
        sheet = Sheet("海关")
        grouped_header(sheet, f"海关知识产权保护措施情况表（{month_label(month)}）", GROUPS)
        for reported, lot, stage in reports[edges[n] : edges[n + 1]]:
            start = len(sheet.rows)
            sheet.rows += _rows(city, city.lots, reported, lot, stage)
            for column in LOT_COLUMNS:
                sheet.merge(start, column, len(sheet.rows) - 1, column)
        output.write(FEED, Path(f"customs_{month_label(month)}.xlsx"), sheet.to_bytes(), month_last(month) + 12)
        city.progress(FEED, n, MONTHS)
