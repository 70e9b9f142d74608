"""Rankings in a publication's facts file: each printed count is a fact, each board a table of facts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from reports.facts import Column, Fact, FactBook, Table
from reports.rankings.definitions import Definitions, load_definitions
from reports.rankings.queries import QUERIES
from reports.rankings.rank import RankedBoard, RankedEnterprise, Ranking, query_parameters
from reports.wording import number


def add_to_book(ranking: Ranking, book: FactBook, *, limit: int = 50, definitions: Definitions | None = None) -> None:
    """Add the first `limit` ranks of every board as table `ranking.<board>`, its counts as facts
    `ranking.<board>.<year>.<enterprise key>.<measure>`; the columns are rank, change, name, town, then the measures.
    """
    used = definitions or load_definitions()
    for board in ranking.boards:
        query = f"ranking_{board.code}"
        book.queries[query] = QUERIES[board.code]
        parameters = {
            name: value if isinstance(value, int | list) else value.isoformat()
            for name, value in query_parameters(ranking.year, used).items()
        }
        rows = [_table_row(ranking, board, row, book, query, parameters) for row in board.top(limit)]
        columns = (
            Column("位次", "center"),
            Column("较上年", "center"),
            Column("企业名称", "left", "1fr"),
            Column("所在镇街", "left"),
            *(Column(f"{measure.name_zh}（{measure.unit}）") for measure in board.measures),
        )
        book.set_table(f"ranking.{board.code}", Table(f"{ranking.year}年{board.title_zh}", columns, tuple(rows)))


def change_text(row: RankedEnterprise) -> str:
    """`▲3`, `▼2`, `—` for no change, `新进` for one that was not on the board the year before."""
    if row.previous_rank is None:
        return "新进"
    if row.previous_rank == row.rank:
        return "—"
    return f"▲{row.previous_rank - row.rank}" if row.previous_rank > row.rank else f"▼{row.rank - row.previous_rank}"


def _table_row(
    ranking: Ranking,
    board: RankedBoard,
    row: RankedEnterprise,
    book: FactBook,
    query: str,
    parameters: Mapping[str, object],
) -> tuple[Mapping[str, str], ...]:
    counts = []
    for measure, value in zip(board.measures, row.values, strict=True):
        fact = Fact(
            fact_id=f"ranking.{board.code}.{ranking.year}.{row.enterprise_key}.{measure.code}",
            label=f"{row.enterprise_name}{measure.name_zh}",
            value=str(value),
            unit=measure.unit,
            decimals=0,
            formatted=number(Decimal(value)),
            period=str(ranking.year),
            as_of=book.as_of,
            query=query,
            parameters=dict(parameters),
            row={"enterprise_key": row.enterprise_key},
            column=measure.code,
        )
        counts.append({"fact": book.add(fact).fact_id})
    texts = [str(row.rank), change_text(row), row.enterprise_name, row.town_name]
    return (*({"text": text} for text in texts), *counts)
