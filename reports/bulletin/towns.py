"""The bulletin's table of patents by town: applications and grants of the year to a month, with the year before.

The shape is that of the city's own notice of November 2016. Counts are those of the towns as they were in the month;
growth in per cent has two decimals, rounded half away from zero, and exists only where both periods are complete
and the base is not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql

from reports import wording

# The side of the table and its kinds, with the indicator of each.
INDICATORS = {
    "app_inv": "patent_invention_application_count",
    "app_um": "patent_utility_application_count",
    "app_des": "patent_design_application_count",
    "app_total": "patent_all_application_count",
    "gr_inv": "patent_invention_grant_count",
    "gr_um": "patent_utility_grant_count",
    "gr_des": "patent_design_grant_count",
    "gr_total": "patent_all_grant_count",
}
# The columns in the notice's order; `_prev` is the year before, `_yoy_pct` the growth.
COLUMNS = (
    "app_inv", "app_inv_prev", "app_inv_yoy_pct", "app_um", "app_des", "app_total", "app_total_prev",
    "app_total_yoy_pct", "gr_inv", "gr_inv_prev", "gr_inv_yoy_pct", "gr_um", "gr_des", "gr_total", "gr_total_prev",
    "gr_total_yoy_pct",
)  # fmt: skip
GROWTH_DECIMALS = 2
_COMPLETE = frozenset({"reported", "provisional", "estimated"})

_VALUES = """
select cells.town_code, town.town_name, town.sort_order, cells.indicator_code,
    extract(year from cells.period_start)::integer as data_year, cells.value, cells.value_status
from {schema}.fct_indicator_values as cells
inner join {schema}.dim_town as town on cells.town_key = town.town_key
where cells.indicator_code = any(%(codes)s)
    and cells.series = 'published' and cells.period_type = 'year_to_date' and cells.town_basis = 'then'
    and cells.counting_basis = 'first' and cells.industry_code = 'ALL' and cells.applicant_type = 'ALL'
    and cells.breakdown_type = 'ALL' and cells.value is not null
    and cells.period_start in (%(now)s, %(before)s)
order by town.sort_order, cells.town_code
"""


@dataclass(frozen=True)
class TownRow:
    """One town: (value, status) by (column of INDICATORS, whether of the year before)."""

    town_code: str
    town_name: str
    values: Mapping[tuple[str, bool], tuple[Decimal, str]]

    def count(self, column: str, *, is_before: bool = False) -> Decimal | None:
        """The count in 件; None where nothing is reported."""
        found = self.values.get((column, is_before))
        return found[0] if found else None

    def growth(self, column: str) -> Decimal | None:
        """Growth on the year before in per cent, two decimals; None where one of the periods is not complete."""
        now, before = self.values.get((column, False)), self.values.get((column, True))
        if now is None or before is None or now[1] not in _COMPLETE or before[1] not in _COMPLETE:
            return None
        percent = wording.growth_percent(now[0], before[0])
        return None if percent is None else wording.round_half_away(percent, GROWTH_DECIMALS)

    def cells(self) -> tuple[str, ...]:
        """The row as the notice prints it, by COLUMNS; empty where there is no number."""
        return tuple(self._cell(column) for column in COLUMNS)

    def _cell(self, column: str) -> str:
        if column.endswith("_yoy_pct"):
            growth = self.growth(column.removesuffix("_yoy_pct"))
            return "" if growth is None else f"{growth:f}"
        count = self.count(column.removesuffix("_prev"), is_before=column.endswith("_prev"))
        return "" if count is None else f"{count:.0f}"


def town_table(connection: psycopg.Connection[Any], schema: str, year: int, month: int) -> list[TownRow]:
    """The table of the year to `month`, one row a town (the city first) in the order of the registry of towns.

    `schema` is that of the build's marts. Reads `fct_indicator_values` and `dim_town` only.
    """
    now, before = date(year, month, 1), date(year - 1, month, 1)
    columns = {code: column for column, code in INDICATORS.items()}
    statement = sql.SQL(_VALUES).format(schema=sql.Identifier(schema))
    names: dict[str, str] = {}
    values: dict[str, dict[tuple[str, bool], tuple[Decimal, str]]] = {}
    for town_code, name, _, code, data_year, value, status in connection.execute(
        statement, {"codes": list(columns), "now": now, "before": before}
    ):
        is_before = data_year == before.year
        values.setdefault(town_code, {})[columns[code], is_before] = (value, status)
        # A town is called what it is called now; a name of the year before serves only where there is no other.
        if not is_before or town_code not in names:
            names[town_code] = name
    return [TownRow(code, names[code], cells) for code, cells in values.items()]
