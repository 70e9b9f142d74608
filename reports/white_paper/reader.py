"""Sentences, points and table cells read from the fact book; chapters are written with these alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from reports import wording
from reports.blocks import Card, Cell
from reports.completeness import FEED_NAMES
from reports.facts import COMPARABLE, STATUS_NOTES, Fact, FactBook
from reports.figures import Point, Series, sparkline
from reports.white_paper import vintages
from reports.white_paper.gathering import CITY, TREND_YEARS

RETURNS = "department_returns"


class Reader:
    """The fact book of one white paper, as its chapters need it."""

    def __init__(self, book: FactBook) -> None:
        self.book = book
        self.year = int(book.period)
        self.years = range(self.year - TREND_YEARS + 1, self.year + 1)
        self._registry = {
            row[0]["text"]: {"name": row[1]["text"], "unit": row[2]["text"], "area": row[3]["text"]}
            | {"definition": row[4]["text"], "source": row[5]["text"], "additivity": row[6]["text"]}
            for row in book.tables["registry"].rows
        }

    def codes(self, area: str) -> list[str]:
        """The indicators of an area of the registry, by code."""
        return [code for code, entry in self._registry.items() if entry["area"] == area]

    def entry(self, code: str, field: str) -> str:
        """A field of the registry: name, unit, area, definition, source or additivity."""
        return self._registry[code][field]

    def city(self, code: str, year: int | None = None) -> Fact | None:
        """The city's fact of an indicator and year (the reporting year by default)."""
        return self.book.facts.get(f"{code}.{year or self.year}.{CITY}")

    def town(self, code: str, town_code: str, year: int | None = None) -> Fact | None:
        """A town's fact of an indicator and year."""
        return self.book.facts.get(f"{code}.{year or self.year}.{town_code}")

    def has(self, code: str) -> bool:
        """Whether the reporting year has a number for the city."""
        fact = self.city(code)
        return fact is not None and fact.number is not None

    def reported(self, codes: Iterable[str]) -> list[str]:
        """Those of the codes that have a number this year."""
        return [code for code in codes if self.has(code)]

    def value(self, code: str, year: int | None = None) -> str:
        """Number and unit for running text; amounts from one 亿元 upwards in 亿元."""
        fact = self.city(code, year)
        if fact is None or fact.number is None:
            return wording.NO_DATA
        large = self.book.facts.get(f"{fact.fact_id}.cny_100m")
        shown = large if large is not None else fact
        return f"{shown.formatted}{unit_in_text(shown.unit)}"

    def change(self, code: str) -> str:
        """The phrase for the change on the year before, to the letter of the wording rules."""
        now, before = self.city(code), self.city(code, self.year - 1)
        if now is None or now.number is None:
            return wording.NO_DATA
        if now.unit == "%":
            return self._point_phrase(now, before)
        if before is not None:
            before = vintages.base_of(self.book, now, before)
            if before is None:
                return vintages.MIXED
        is_stock = self.entry(code, "additivity").startswith("S")
        return change_phrase(now, before, is_stock=is_stock)

    def _point_phrase(self, now: Fact, before: Fact | None) -> str:
        if before is None or before.number is None:
            return wording.point_change(wording.Ratio(now.number or Decimal(0), vintages.NEWEST), None)
        phrase = vintages.point_phrase(self.book, now, before)
        return f"比上年{phrase}" if phrase.startswith(("提高", "降低")) else phrase

    def clause(self, code: str, name: str | None = None) -> str:
        """`专利授权量33,767件，同比增长12.0%`; empty where there is no number."""
        if not self.has(code):
            return ""
        return f"{name or self.entry(code, 'name')}{self.value(code)}，{self.change(code)}"

    def sentence(self, codes: Sequence[str], lead: str = "") -> str:
        """Clauses of the indicators with a number, joined by semicolons and ended; empty where none has one."""
        clauses = [self.clause(code) for code in self.reported(codes)]
        return f"{lead}{'；'.join(clauses)}。" if clauses else ""

    def missing_sentence(self, codes: Sequence[str]) -> str:
        """Names the indicators without a number, in one sentence; empty where all have one."""
        names = [self.entry(code, "name") for code in codes if code in self._registry and not self.has(code)]
        return f"以下指标本年度暂无数据：{'、'.join(names)}。" if names else ""

    def trend(self, code: str, name: str | None = None) -> Series:
        """Seven years of the city's values; years without a number stay gaps."""
        return Series(
            name or self.entry(code, "name"), tuple(self.point(self.city(code, y), str(y)) for y in self.years)
        )

    def point(self, fact: Fact | None, label: str) -> Point:
        """A figure's point from a fact; no fact is no number."""
        if fact is None or fact.number is None:
            return Point(label, None, wording.NO_DATA if fact is None else fact.formatted)
        return Point(label, fact.number, fact.marked)

    def margin_point(self, fact: Fact | None, whole: Fact | None, label: str) -> Point:
        """A point of a deeper margin: these are sparse, so no row is a zero where the city's own figure is reported,
        and unknown otherwise.
        """
        if fact is None and whole is not None and whole.status == "reported" and whole.number is not None:
            return Point(label, Decimal(0), "0")
        return self.point(fact, label)

    def cell(self, fact: Fact | None, *, strong: bool = False) -> Cell:
        """A table cell from a fact."""
        return Cell(wording.MISSING_MARK if fact is None else fact.marked, strong=strong)

    def growth_cell(self, fact: Fact | None) -> Cell:
        """A table cell with the growth rate of a fact, `—` where none may be printed."""
        growth = None if fact is None else self.book.facts.get(f"{fact.fact_id}.growth")
        if growth is None or growth.number is None:
            return Cell(wording.MISSING_MARK)
        return Cell(wording.signed(growth.number, growth.decimals, ""))

    def yearly_rows(self, codes: Iterable[str]) -> list[list[Cell]]:
        """Rows of a table of indicators: name, unit, this year, the year before, growth."""
        rows = []
        for code in codes:
            now, before = self.city(code), self.city(code, self.year - 1)
            cells = [Cell(self.entry(code, "name")), Cell(self.entry(code, "unit"))]
            rows.append([*cells, self.cell(now, strong=True), self.cell(before), self.growth_cell(now)])
        return rows

    def card(self, code: str, label: str) -> Card:
        """A key figure with its change and the line of seven years."""
        fact = self.city(code)
        if fact is None or fact.number is None:
            return Card(label, wording.NO_DATA, "", False, "", "", None)
        large = self.book.facts.get(f"{fact.fact_id}.cny_100m") or fact
        growth = self.book.facts.get(f"{fact.fact_id}.growth")
        is_stock = self.entry(code, "additivity").startswith("S")
        rate = "" if growth is None or growth.number is None else wording.signed(growth.number, 1)
        words = "" if not rate else ("较上年末" if is_stock else "同比")
        spark = sparkline(f"{label}：{self.years[0]}—{self.year}年", self.trend(code).points)
        return Card(label, large.marked, unit_in_text(large.unit), True, words or "无可比数", rate, spark)

    def source(self, codes: Sequence[str], note: str = "") -> str:
        """The source line under a figure or table, with the notes of the marks that its values carry."""
        feeds: dict[str, None] = {}
        statuses: dict[str, None] = {}
        for code in codes:
            for feed in self.entry(code, "source").split("+"):
                if feed in FEED_NAMES:
                    feeds[FEED_NAMES[feed][1]] = None
            for year in self.years:
                fact = self.city(code, year)
                if fact is not None and fact.status in STATUS_NOTES:
                    statuses[STATUS_NOTES[fact.status]] = None
        parts = [f"资料来源：{'、'.join(feeds)}。"] if feeds else []
        notes = [item for item in (note, *(f"{text}。" for text in statuses)) if item]
        return "".join([*parts, *(["注："] if notes else []), *notes])


def change_phrase(now: Fact, before: Fact | None, *, is_stock: bool) -> str:
    """The growth phrase between two facts; a partial period is said to be one and gets no rate."""
    comparison = wording.SINCE_YEAR_END if is_stock else wording.YEAR_ON_YEAR
    if now.status not in COMPARABLE:
        return f"数据不完整，{comparison.no_rate}"
    if before is not None and before.number is not None and before.status not in COMPARABLE:
        return f"{comparison.base}数据不完整，{comparison.no_rate}"
    return wording.growth(now.number, None if before is None else before.number, comparison=comparison)


def unit_in_text(unit: str) -> str:
    """A unit as running text says it: the bracketed qualifier of 件（类） is explained once, in the methods."""
    return unit.partition("（")[0]
