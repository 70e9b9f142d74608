"""Changes of figures that their source revises: a change is taken on one vintage only (acceptance case 3).

The white paper prints a year's figure as first published. Where the source has revised the year before since then, the
change is taken from the revised figure; where it has revised the year itself too, no change is printed.
"""

from __future__ import annotations

from reports import wording
from reports.facts import Fact, FactBook

# Indicators whose senders publish every year in several vintages (population, economic accounts).
REVISED_AT_SOURCE = (
    "gdp_cny_100m",
    "high_tech_manufacturing_value_added_share_pct",
    "patent_intensive_value_added_cny_100m",
    "patent_intensive_value_added_gdp_share_pct",
    "population_resident_count",
    "rd_expenditure_gdp_ratio_pct",
)
FIRST, NEWEST = "首次公布", "最新修订"
MIXED = "上年数据口径已修订，不计算变动"


def newest(book: FactBook, fact: Fact) -> Fact:
    """The newest vintage of a fact, or the fact itself where its source has no other."""
    return book.facts.get(f"{fact.fact_id}.restated", fact)


def is_revised(book: FactBook, fact: Fact) -> bool:
    """Whether the source has revised the figure since it was first published."""
    return newest(book, fact).number != fact.number


def vintage_of(book: FactBook, fact: Fact) -> str:
    """The vintage that a printed figure stands on: the first one only where there is a newer one."""
    return FIRST if is_revised(book, fact) else NEWEST


def base_of(book: FactBook, now: Fact, before: Fact) -> Fact | None:
    """The figure of the year before on the vintage of `now`; None where the two can't be brought on one vintage."""
    return newest(book, before) if vintage_of(book, now) == NEWEST else None


def point_phrase(book: FactBook, now: Fact, before: Fact) -> str:
    """`提高0.44个百分点` on one vintage; the sentence that none is computed where the vintages differ."""
    base = newest(book, before)
    if now.number is None or base.number is None:
        return wording.point_change(None if now.number is None else wording.Ratio(now.number, NEWEST), None)
    try:
        return wording.point_change(
            wording.Ratio(now.number, vintage_of(book, now)), wording.Ratio(base.number, NEWEST)
        )
    except wording.MixedVintagesError:
        return MIXED
