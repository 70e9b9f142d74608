"""Rank the city's enterprises of one year from the marts of one build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import psycopg

from reports.collect import build_schema, run
from reports.rankings.definitions import Board, Definitions, Measure, load_definitions
from reports.rankings.queries import QUERIES


@dataclass(frozen=True)
class RankedEnterprise:
    """One line of a board. `values` are the counts in the order of the board's measures; `score` is never rounded;
    `previous_rank` is that of the year before, None where the enterprise was not on that board.
    """

    rank: int
    enterprise_key: str
    uscc: str
    enterprise_name: str
    town_code: str
    town_name: str
    values: tuple[int, ...]
    score: Decimal
    previous_rank: int | None


@dataclass(frozen=True)
class RankedBoard:
    """One board of a year in rank order; enterprises of one rank by name."""

    code: str
    title_zh: str
    note_zh: str
    measures: tuple[Measure, ...]
    rows: tuple[RankedEnterprise, ...]

    def top(self, limit: int) -> tuple[RankedEnterprise, ...]:
        """The first `limit` ranks with all who share the last of them: a tie is never cut."""
        return tuple(row for row in self.rows if row.rank <= limit)


@dataclass(frozen=True)
class Ranking:
    """All boards of one year, with the version of the definitions that made them."""

    year: int
    definitions_version: int
    boards: tuple[RankedBoard, ...]

    def board(self, code: str) -> RankedBoard:
        """The board of that code; raises KeyError if there is none."""
        return {board.code: board for board in self.boards}[code]


def rank(
    connection: psycopg.Connection[Any], build_id: str, year: int, definitions: Definitions | None = None
) -> Ranking:
    """The boards of `year` from `marts_<build_id>`: stocks at the year's last day as known then, flows of the year.

    An enterprise with a score of zero is not ranked. Raises reports.facts.FactError for a malformed build id. Whether
    the year is complete is for the caller to know (`reports.completeness`).
    """
    used = definitions or load_definitions()
    schema = build_schema(build_id)
    boards = []
    for board in used.boards:
        before = {row.enterprise_key: row.rank for row in _board_rows(connection, schema, board, year - 1, used, {})}
        rows = _board_rows(connection, schema, board, year, used, before)
        boards.append(RankedBoard(board.code, board.title_zh, board.note_zh, board.measures, rows))
    return Ranking(year, used.version, tuple(boards))


def query_parameters(year: int, definitions: Definitions) -> dict[str, Any]:
    """What the queries bind for one year."""
    parameters = definitions.parameters
    return {
        "year_start": date(year, 1, 1),
        "year_end": date(year, 12, 31),
        **{name: list(value) if isinstance(value, tuple) else value for name, value in parameters.model_dump().items()},
    }


def competition_ranks(scores: Sequence[Decimal]) -> list[int]:
    """Ranks of scores sorted from high to low; equal scores share a rank and the next one skips: 9, 9, 7 → 1, 1, 3."""
    if any(earlier < later for earlier, later in pairwise(scores)):
        raise ValueError("scores must be sorted from high to low")
    ranks: list[int] = []
    for position, score in enumerate(scores, 1):
        ranks.append(ranks[-1] if position > 1 and score == scores[position - 2] else position)
    return ranks


def _board_rows(
    connection: psycopg.Connection[Any],
    schema: str,
    board: Board,
    year: int,
    definitions: Definitions,
    before: Mapping[str, int],
) -> tuple[RankedEnterprise, ...]:
    rows = run(connection, schema, QUERIES[board.code], query_parameters(year, definitions))
    return order_rows(rows, board.measures, before)


def order_rows(
    rows: Iterable[Mapping[str, Any]], measures: Sequence[Measure], before: Mapping[str, int]
) -> tuple[RankedEnterprise, ...]:
    """Score, sort and rank the rows of a board's query; `before` are the ranks of the year before."""
    scored = [(sum((m.weight * int(row[m.code]) for m in measures), Decimal(0)), row) for row in rows]
    kept = sorted(
        ((score, row) for score, row in scored if score > 0),
        key=lambda pair: (-pair[0], str(pair[1]["enterprise_name"]), str(pair[1]["enterprise_key"])),
    )
    ranks = competition_ranks([score for score, _ in kept])
    return tuple(
        RankedEnterprise(
            rank=position,
            enterprise_key=str(row["enterprise_key"]),
            uscc=str(row["uscc"]),
            enterprise_name=str(row["enterprise_name"]),
            town_code=str(row["town_code"]),
            town_name=str(row["town_name"]),
            values=tuple(int(row[m.code]) for m in measures),
            score=score,
            previous_rank=before.get(str(row["enterprise_key"])),
        )
        for position, (score, row) in zip(ranks, kept, strict=True)
    )
