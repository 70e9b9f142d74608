"""Tables that are no figures of the marts: the plan's baselines, the registry, the coverage, names of classes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from reports.collect import Row
from reports.completeness import FeedCoverage
from reports.facts import Column, Fact, FactBook, Table
from reports.white_paper.gathering import Gathering

_ASSETS = Path(__file__).resolve().parent.parent / "assets"


def gather_plan(gathering: Gathering) -> None:
    """Baselines of the plan as facts with the plan's own words as their source; only indicators of the registry."""
    book = gathering.book
    rows = []
    for row in _read("plan_2021_2025.csv"):
        entry = gathering.registry.get(row["indicator_code"])
        if entry is None:
            continue
        value = row["base_value"] or None
        baseline = Fact(
            fact_id=f"plan.{row['indicator_code']}.baseline",
            label=row["short_name"],
            value=value,
            unit=row["unit"],
            decimals=0,
            formatted=f"{int(value):,}" if value else "—",
            period=row["base_period"],
            as_of=book.as_of,
            indicator_code=row["indicator_code"],
            status="reported" if value else "not_applicable",
            formula=f"《中山市知识产权事业发展“十四五”规划》：{row['source_text']}",
        )
        book.add(baseline)
        texts = ({"text": row["indicator_code"]}, {"text": row["short_name"]}, {"text": row["target_kind"]})
        rows.append((*texts, {"fact": baseline.fact_id}))
    columns = (Column("指标", "left"), Column("简称", "left"), Column("规划目标类型", "left"), Column("规划基期值"))
    book.set_table("plan", Table("规划指标", columns, tuple(rows)))


def gather_registry(gathering: Gathering) -> None:
    """The registry in the order of areas, for the annex: code, name, unit, area, definition, source."""
    fields: tuple[tuple[str, Callable[[Row], str]], ...] = (
        ("指标代码", lambda row: row["indicator_code"]),
        ("指标", lambda row: row["name_zh"]),
        ("单位", lambda row: row["unit"]),
        ("领域", lambda row: row["area"]),
        ("指标解释", lambda row: row["definition"]),
        ("资料来源", lambda row: row["source"]),
        ("可加性", lambda row: row["additivity"]),
    )
    order = {row["indicator_code"]: int(row["sort_order"]) for row in _read("indicator_order.csv")}
    entries = sorted(gathering.registry.values(), key=lambda row: order.get(row["indicator_code"], len(order) + 1))
    rows = tuple(tuple({"text": str(read(row) or "")} for _, read in fields) for row in entries)
    columns = tuple(Column(name, "left") for name, _ in fields)
    gathering.book.set_table("registry", Table("指标目录", columns, rows))


def gather_coverage(book: FactBook, coverage: Sequence[FeedCoverage]) -> None:
    """Expected and delivered batches of each feed in the year."""
    rows = tuple(
        (
            {"text": item.name_zh},
            {"text": f"{item.expected_count:,}"},
            {"text": f"{item.delivered_count:,}"},
            {"text": item.feed},
        )
        for item in coverage
    )
    columns = (Column("数据来源", "left"), Column("应收批次"), Column("实收批次"), Column("来源代码", "left"))
    book.set_table("coverage", Table("数据来源与覆盖", columns, rows))


def _read(name: str) -> list[dict[str, str]]:
    with (_ASSETS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
