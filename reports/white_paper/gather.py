"""Fill the white paper's fact book from the marts of one build: every number that any chapter prints."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from reports import rankings, wording
from reports.collect import Collector, Measure, Row
from reports.completeness import FeedCoverage
from reports.facts import Column, Fact, FactBook, Table, decimal_text, format_value
from reports.white_paper import queries

CITY = "442000"
TREND_YEARS = 7
RANKING_LIMIT = 30
MAX_DECIMALS = 2  # in print; the exact value stays in the facts file
CNY_10K_IN_CNY_100M = 10_000
GRANT_KINDS = ("patent_invention_grant_count", "patent_utility_grant_count", "patent_design_grant_count")
TOWN_INDICATORS = (
    *GRANT_KINDS,
    "patent_all_grant_count",
    "patent_invention_valid_count",
    "trademark_registration_count",
    "trademark_valid_count",
    "trademark_infringement_case_closed_count",
)
BREAKDOWNS = ("nice_class", "kind", "penalty_part", "customs", "channel")
_ASSETS = Path(__file__).resolve().parent.parent / "assets"


@dataclass(frozen=True)
class Gathering:
    """What the collecting steps share: the collector, the reporting year and the registry by indicator code."""

    collector: Collector
    year: int
    registry: Mapping[str, Row]

    @property
    def book(self) -> FactBook:
        return self.collector.book

    @property
    def years(self) -> range:
        return range(self.year - TREND_YEARS + 1, self.year + 1)

    def span(self, **others: Any) -> dict[str, Any]:
        """Query parameters: the years of the trends, and more."""
        return {"first_year": self.years[0], "last_year": self.year, **others}


def gather(
    connection: psycopg.Connection[Any],
    build_id: str,
    year: int,
    coverage: Sequence[FeedCoverage],
    *,
    is_sample: bool,
) -> FactBook:
    """The fact book of the white paper of `year`, from `marts_<build_id>` alone (coverage: from the calendar)."""
    as_of = connection.execute(
        "select coalesce(as_of, horizon_date) from ops.builds where build_id = %s", (build_id,)
    ).fetchone()
    book = FactBook("white-paper", str(year), "" if as_of is None else as_of[0].isoformat(), is_sample=is_sample)
    collector = Collector(connection, build_id, book)
    registry = {row["indicator_code"]: row for row in collector.rows("registry", queries.REGISTRY, {})}
    gathering = Gathering(collector, year, registry)
    _city(gathering)
    _towns(gathering)
    _clusters(gathering)
    _applicants(gathering)
    _breakdowns(gathering)
    _classes(gathering)
    _pledges(gathering)
    _plan(gathering)
    _registry_tables(gathering)
    _rankings(connection, build_id, gathering)
    _coverage(book, coverage)
    return book


def _indicator_facts(
    gathering: Gathering, query: str, sql: str, parameters: Mapping[str, Any], keys: Sequence[str]
) -> list[Fact]:
    """The fact book of the white paper of `year`, from `marts_<build_id>` alone; coverage is from the calendar."""
    made = []
    for row in gathering.collector.rows(query, sql, parameters):
        entry = gathering.registry[row["indicator_code"]]
        key = {name: str(row[name]) for name in keys}
        status = str(row["value_status"])
        decimals = min(entry["decimals"], MAX_DECIMALS)
        fact = Fact(
            fact_id=".".join(key.values()),
            label=entry["name_zh"],
            value=decimal_text(row["value"]),
            unit=entry["unit"],
            decimals=decimals,
            formatted=format_value(row["value"], status, decimals),
            period=str(row["data_year"]),
            as_of=gathering.book.as_of,
            indicator_code=row["indicator_code"],
            status=status,
            coverage_pct=decimal_text(row["coverage_pct"]),
            query=query,
            parameters=dict(parameters),
            row=key,
            column="value",
        )
        made.append(gathering.book.add(fact))
    return made


def _city(gathering: Gathering) -> None:
    keys = ("indicator_code", "data_year", "town_code")
    facts = _indicator_facts(gathering, "city_values", queries.CITY_VALUES, gathering.span(), keys)
    book = gathering.book
    for code in gathering.registry:
        rows = [fact for fact in facts if fact.indicator_code == code]
        book.set_series(f"city.{code}", rows)
        now = book.facts.get(f"{code}.{gathering.year}.{CITY}")
        before = book.facts.get(f"{code}.{gathering.year - 1}.{CITY}")
        if now is not None and before is not None:
            _compare(book, now, before)
        if now is not None and now.unit == "万元" and now.number is not None and abs(now.number) >= CNY_10K_IN_CNY_100M:
            book.derive(
                f"{now.fact_id}.cny_100m", now.label, now.number / CNY_10K_IN_CNY_100M, "亿元", 2, (now,), "a / 10000"
            )


def _in_cny_100m(book: FactBook, fact: Fact) -> None:
    """An amount of at least one 亿元 is also a fact in 亿元, for running text and cards."""
    if fact.number is not None and abs(fact.number) >= CNY_10K_IN_CNY_100M:
        value = fact.number / CNY_10K_IN_CNY_100M
        book.derive(f"{fact.fact_id}.cny_100m", fact.label, value, "亿元", 2, (fact,), "a / 10000")


def _compare(book: FactBook, now: Fact, before: Fact) -> None:
    """The growth rate, or for a percentage its change in points."""
    if now.unit != "%":
        book.growth(now, before)
        return
    is_known = now.comparable is not None and before.comparable is not None
    change = now.comparable - before.comparable if is_known else None  # type: ignore[operator]
    book.derive(f"{now.fact_id}.growth", f"{now.label}变动", change, "百分点", 2, (now, before), "a - b")


def _towns(gathering: Gathering) -> None:
    book = gathering.book
    parameters = gathering.span(indicator_codes=list(TOWN_INDICATORS))
    keys = ("indicator_code", "data_year", "town_code")
    facts = _indicator_facts(gathering, "town_values", queries.TOWN_VALUES, parameters, keys)
    by_id = {fact.fact_id: fact for fact in facts}
    for fact in facts:
        code, year, town = fact.fact_id.split(".")
        before = by_id.get(f"{code}.{int(year) - 1}.{town}")
        if year == str(gathering.year) and before is not None:
            book.growth(fact, before)
    rows = gathering.collector.rows("towns", queries.TOWNS, {})
    for code in TOWN_INDICATORS:
        _rank_towns(gathering, code, [row["town_code"] for row in rows], by_id)
    book.set_table(
        "towns",
        Table(
            "镇街",
            (Column("代码", "left"), Column("镇街", "left")),
            tuple(({"text": row["town_code"]}, {"text": row["town_name"]}) for row in rows),
        ),
    )
    history = gathering.collector.rows("town_history", queries.TOWN_HISTORY, {})
    columns = ("统计代码", "名称", "启用日期", "停用日期", "现行代码")
    fields = ("town_code", "town_name", "valid_from", "valid_to", "current_town_code")
    book.set_table(
        "town_history",
        Table(
            "镇街代码与沿革",
            tuple(Column(name, "left") for name in columns),
            tuple(tuple({"text": _date_text(row[name])} for name in fields) for row in history),
        ),
    )


def _rank_towns(gathering: Gathering, code: str, towns: Sequence[str], by_id: Mapping[str, Fact]) -> None:
    """Each town's share of the city and its rank among the towns of today (equal values share a rank)."""
    year, book = gathering.year, gathering.book
    city = book.facts.get(f"{code}.{year}.{CITY}")
    facts = [fact for town in towns if (fact := by_id.get(f"{code}.{year}.{town}")) and fact.number is not None]
    numbers = [fact.number for fact in facts if fact.number is not None]
    for fact in facts:
        if fact.number is None or city is None:
            continue
        share = wording.share_percent(fact.number, city.number)
        book.derive(f"{fact.fact_id}.share", f"{fact.label}占全市比重", share, "%", 1, (fact, city), "a * 100 / b")
        rank = Decimal(1 + sum(1 for number in numbers if number > fact.number))
        formula = "1 + 高于本镇街的镇街数"
        book.derive(f"{fact.fact_id}.rank", f"{fact.label}位次", rank, "位", 0, (fact,), formula)


def _date_text(value: object) -> str:
    text = "" if value is None else str(value)
    return "" if text.startswith(("1900-", "0001-")) else text


def _clusters(gathering: Gathering) -> None:
    parameters = gathering.span(indicator_codes=[*GRANT_KINDS, "patent_invention_valid_count"])
    keys = ("indicator_code", "data_year", "industry_code")
    _indicator_facts(gathering, "cluster_values", queries.CLUSTER_VALUES, parameters, keys)
    rows = gathering.collector.rows("clusters", queries.CLUSTERS, {})
    cells = tuple(({"text": row["industry_code"]}, {"text": row["industry_name"]}) for row in rows)
    gathering.book.set_table("clusters", Table("产业集群", (Column("代码", "left"), Column("产业", "left")), cells))


def _applicants(gathering: Gathering) -> None:
    parameters = gathering.span(indicator_codes=["patent_invention_grant_count"])
    keys = ("indicator_code", "data_year", "applicant_type")
    facts = _indicator_facts(gathering, "applicant_values", queries.APPLICANT_VALUES, parameters, keys)
    gathering.book.set_series("applicants", facts)


def _breakdowns(gathering: Gathering) -> None:
    codes = [
        "trademark_registration_count",
        "trademark_infringement_case_closed_count",
        "patent_administrative_case_filed_count",
        "ip_case_fine_amount_cny_10k",
        "customs_detention_lot_count",
    ]
    parameters = gathering.span(indicator_codes=codes, breakdown_types=list(BREAKDOWNS))
    keys = ("indicator_code", "data_year", "breakdown_type", "breakdown_code")
    facts = _indicator_facts(gathering, "breakdown_values", queries.BREAKDOWN_VALUES, parameters, keys)
    for code in codes:
        for kind in BREAKDOWNS:
            rows = [fact for fact in facts if fact.indicator_code == code and fact.row["breakdown_type"] == kind]
            gathering.book.set_series(f"breakdown.{code}.{kind}", rows)


def _classes(gathering: Gathering) -> None:
    names = class_names()
    facts = gathering.collector.facts(
        "grant_classes",
        queries.GRANT_CLASSES,
        gathering.span(),
        (Measure("grant_count", "授权量", "件"),),
        ("data_year", "class_scheme", "class_code"),
        _year_of,
        lambda row, _: f"{row['class_code']} {names.get((row['class_scheme'], row['class_code']), '未列名类别')}",
    )
    for scheme in ("ipc", "loc"):
        gathering.book.set_series(f"classes.{scheme}", [fact for fact in facts if fact.row["class_scheme"] == scheme])


def _pledges(gathering: Gathering) -> None:
    measures = (Measure("contract_count", "质押合同", "项"), Measure("amount_cny_10k", "担保金额", "万元", 2))
    keys = ("data_year", "pledge_kind")
    facts = gathering.collector.facts("pledges", queries.PLEDGES, gathering.span(), measures, keys, _year_of)
    gathering.book.set_series("pledges", facts)


def _year_of(row: Row) -> str:
    return str(row["data_year"])


def _plan(gathering: Gathering) -> None:
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


def _rankings(connection: psycopg.Connection[Any], build_id: str, gathering: Gathering) -> None:
    """The boards of `reports.rankings` as tables `ranking.<board>`, with their notes."""
    ranking = rankings.rank(connection, build_id, gathering.year)
    rankings.add_to_book(ranking, gathering.book, limit=RANKING_LIMIT)
    for board in ranking.boards:
        gathering.book.texts[f"ranking.{board.code}"] = board.note_zh


def _registry_tables(gathering: Gathering) -> None:
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


def _coverage(book: FactBook, coverage: Sequence[FeedCoverage]) -> None:
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


def class_names() -> dict[tuple[str, str], str]:
    """Chinese short names of IPC sections, Locarno classes and Nice classes by (scheme, code)."""
    return {(row["scheme"], row["code"]): row["name_zh"] for row in _read("class_names.csv")}


def _read(name: str) -> list[dict[str, str]]:
    with (_ASSETS / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
