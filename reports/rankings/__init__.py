"""专利创新企业排行榜 and 品牌企业排行榜: definitions in one reviewed file, ranks from the marts of one build."""

from __future__ import annotations

from reports.rankings.definitions import Definitions, load_definitions
from reports.rankings.facts import add_to_book
from reports.rankings.rank import RankedBoard, RankedEnterprise, Ranking, rank
from reports.rankings.writers import write_csv, write_workbook

__all__ = [
    "Definitions",
    "RankedBoard",
    "RankedEnterprise",
    "Ranking",
    "add_to_book",
    "load_definitions",
    "rank",
    "write_csv",
    "write_workbook",
]
