"""Fill the white paper's fact book from the marts of one build: every number that any chapter prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import psycopg

from reports import rankings, wording
from reports.collect import Collector
from reports.completeness import FeedCoverage
from reports.facts import Column, Fact, FactBook, Table
from reports.white_paper import queries, vintages
from reports.white_paper.gathering import CITY, GRANT_KINDS, Gathering, indicator_facts
from reports.white_paper.margins import gather_margins
from reports.white_paper.reference_tables import gather_coverage, gather_plan, gather_registry

RANKING_LIMIT = 30
TEXT_COLUMNS = 4  # of a board: rank, change, name, town
CNY_10K_IN_CNY_100M = 10_000
TOWN_INDICATORS = (
    *GRANT_KINDS,
    "patent_all_grant_count",
    "patent_invention_valid_count",
    "trademark_registration_count",
    "trademark_valid_count",
    "trademark_infringement_case_closed_count",
)


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
    gather_margins(gathering)
    gather_plan(gathering)
    gather_registry(gathering)
    gather_coverage(book, coverage)
    _rankings(connection, build_id, gathering)
    return book


def _city(gathering: Gathering) -> None:
    keys = ("indicator_code", "data_year", "town_code")
    facts = indicator_facts(gathering, "city_values", queries.CITY_VALUES, gathering.span(), keys)
    revised = gathering.span(indicator_codes=list(vintages.REVISED_AT_SOURCE))
    indicator_facts(gathering, "city_restated", queries.CITY_RESTATED, revised, (*keys, "series"))
    book = gathering.book
    for code in gathering.registry:
        rows = [fact for fact in facts if fact.indicator_code == code]
        book.set_series(f"city.{code}", rows)
        now = book.facts.get(f"{code}.{gathering.year}.{CITY}")
        before = book.facts.get(f"{code}.{gathering.year - 1}.{CITY}")
        base = vintages.base_of(book, now, before) if now is not None and before is not None else None
        if now is not None and base is not None:
            _compare(book, now, base)
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
    facts = indicator_facts(gathering, "town_values", queries.TOWN_VALUES, parameters, keys)
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


def _rankings(connection: psycopg.Connection[Any], build_id: str, gathering: Gathering) -> None:
    """The boards of `reports.rankings` as tables `ranking.<board>`, with their notes; a board of several measures also
    gets the number that it ranks by, before them.
    """
    book = gathering.book
    ranking = rankings.rank(connection, build_id, gathering.year)
    rankings.add_to_book(ranking, book, limit=RANKING_LIMIT)
    for board in ranking.boards:
        name = f"ranking.{board.code}"
        book.texts[name] = board.note_zh
        if len(board.measures) < 2:
            continue
        table = book.tables[name]
        formula = " + ".join(f"{measure.weight} * {measure.code}" for measure in board.measures)
        rows = []
        for cells, row in zip(table.rows, board.top(RANKING_LIMIT), strict=True):
            sources = [book.get(cell["fact"]) for cell in cells if "fact" in cell]
            label = f"{row.enterprise_name}合计"
            score = book.derive(
                f"{name}.{ranking.year}.{row.enterprise_key}", label, row.score, "件", 0, sources, formula
            )
            rows.append((*cells[:TEXT_COLUMNS], {"fact": score.fact_id}, *cells[TEXT_COLUMNS:]))
        columns = (*table.columns[:TEXT_COLUMNS], Column("合计（件）"), *table.columns[TEXT_COLUMNS:])
        book.set_table(name, Table(table.title, columns, tuple(rows), table.unit))
