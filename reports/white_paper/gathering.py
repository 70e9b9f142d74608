"""What the collecting steps of the white paper share: constants, the reporting year, facts of the indicator table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.collect import Collector, Row
from reports.facts import Fact, FactBook, decimal_text, format_value

CITY = "442000"
TREND_YEARS = 7
MAX_DECIMALS = 2  # in print; the exact value stays in the facts file
GRANT_KINDS = ("patent_invention_grant_count", "patent_utility_grant_count", "patent_design_grant_count")


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


def indicator_facts(
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
