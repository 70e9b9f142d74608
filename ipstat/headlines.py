"""The ten headline numbers that `ipstat run` prints, read from the facts file of the white paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from reports.completeness import IncompletePeriodError, require_complete
from reports.facts import read_facts

CITY = "442000"
WANTED = (
    "patent_all_grant_count",
    "patent_invention_grant_count",
    "patent_utility_grant_count",
    "patent_design_grant_count",
    "patent_invention_valid_count",
    "trademark_application_count",
    "trademark_registration_count",
    "trademark_valid_count",
    "trademark_infringement_case_closed_count",
    "customs_detention_lot_count",
)
"""Ten numbers over creation, use and protection; where one has no number another of the city's facts takes its place.
"""


@dataclass(frozen=True)
class Headline:
    """One number as it is printed in the white paper."""

    name_zh: str
    name_en: str
    value: str
    unit: str


def last_complete_year(connection: psycopg.Connection, build_id: str) -> int | None:
    """The last year of which every expected delivery is in the build, or None."""
    row = connection.execute(
        "select extract(year from horizon_date)::int from ops.builds where build_id = %s", [build_id]
    ).fetchone()
    first = connection.execute(
        "select extract(year from min(period_start))::int from ops.expected_deliveries"
    ).fetchone()
    if row is None or first is None or first[0] is None:
        return None
    for year in range(row[0], first[0] - 1, -1):
        try:
            require_complete(connection, build_id, year)
        except IncompletePeriodError:
            continue
        return year
    return None


def read_headlines(connection: psycopg.Connection, edition: Path, year: int) -> list[Headline]:
    """Ten numbers of the year from `facts.json` of the edition; English names from the registry in marts."""
    book = read_facts(edition / "facts.json")
    rows = connection.execute("select indicator_code, name_en from marts.dim_indicator").fetchall()
    names = {str(code): str(name) for code, name in rows}
    mine = {
        fact.indicator_code: fact
        for fact in book.facts.values()
        if fact.indicator_code is not None
        and fact.fact_id == f"{fact.indicator_code}.{year}.{CITY}"
        and fact.number is not None
    }
    chosen = [code for code in WANTED if code in mine]
    chosen += [code for code in mine if code not in chosen][: len(WANTED) - len(chosen)]
    return [Headline(mine[code].label, names.get(code, code), mine[code].marked, mine[code].unit) for code in chosen]
