"""The truth of one sample city, made once and shared by the writers of all feeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.cases import Cases, make_cases
from ipstat.sample_city.dates import years_of
from ipstat.sample_city.documents import Documents, make_documents
from ipstat.sample_city.holders import Holders, make_holders
from ipstat.sample_city.honours import Honours, make_honours
from ipstat.sample_city.lives import Lives, make_lives
from ipstat.sample_city.lots import Lots, make_lots
from ipstat.sample_city.marks import Marks, make_marks
from ipstat.sample_city.names import inventor_cells, mark_names
from ipstat.sample_city.numbers import Numbers, make_numbers
from ipstat.sample_city.output import csv_cell
from ipstat.sample_city.outside import make_outside
from ipstat.sample_city.plan import Plan, make_plan
from ipstat.sample_city.pledges import Contract, make_pledges
from ipstat.sample_city.pools import Pools, make_pools
from ipstat.sample_city.randomness import Ints, Texts, stream, texts
from ipstat.sample_city.returns import Figure, make_figures

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class City:
    """Everything that the writers read; ``years`` limits what is written, not what exists."""

    plan: Plan
    years: tuple[int, int]
    holders: Holders
    documents: Documents
    numbers: Numbers
    lives: Lives
    honours: Honours
    marks: Marks
    cases: Cases
    lots: Lots
    contracts: tuple[Contract, ...]
    figures: list[list[Figure]]
    pools: Pools
    design_title_cells: Texts
    technical_title_cells: Texts
    inventors: Texts
    mark_names: Texts
    outside_names: Texts
    outside_addresses: Texts
    progress: Progress

    def holder_names(self, rows: Ints, days: Ints) -> Texts:
        """Return the registered name of each holder on a day; rows beyond the city's holders are those elsewhere."""
        size = len(self.holders)
        inside = rows < size
        own = self.holders.names_on(np.where(inside, rows, 0), days)
        found: Texts = np.where(inside, own, self.outside_names[np.where(inside, 0, rows - size)])
        return found

    def has_day(self, day_number: int) -> bool:
        """Tell whether a day lies in the years to be written."""
        return self.years[0] <= int(years_of(np.array([day_number]))[0]) <= self.years[1]


def make_city(scale: float, seed: int, years: tuple[int, int], progress: Progress) -> City:
    """Make the truth of a city; nothing is written."""
    plan = make_plan(scale, seed)
    holders = make_holders(plan)
    documents = make_documents(plan, holders)
    pools = make_pools(seed)
    names, where, _ = make_outside(seed)
    lives = make_lives(plan, holders, documents)
    marks = make_marks(plan, holders)
    return City(
        plan=plan, years=years, holders=holders, documents=documents, numbers=make_numbers(documents, seed),
        lives=lives, honours=make_honours(plan, holders, documents, lives),
        marks=marks,
        cases=make_cases(plan, holders), lots=make_lots(plan, holders, marks),
        contracts=make_pledges(plan, holders, documents, lives, marks), figures=make_figures(plan), pools=pools,
        design_title_cells=texts([csv_cell(t) for t in pools.design_titles.tolist()]),
        technical_title_cells=texts([csv_cell(t) for t in pools.technical_titles.tolist()]),
        inventors=inventor_cells(stream(seed, "inventors"), 3000),
        mark_names=mark_names(stream(seed, "mark names"), 6000), outside_names=names, outside_addresses=where,
        progress=progress,
    )  # fmt: skip
