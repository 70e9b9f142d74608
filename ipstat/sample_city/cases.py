"""The truth of the city's enforcement cases: kinds, parties, and the days of each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.dates import day, years_of
from ipstat.sample_city.holders import FIRM, PERSON, Holders
from ipstat.sample_city.plan import LAST_YEAR, Plan, random_days
from ipstat.sample_city.randomness import Bools, Ints, draw, stream

TRADEMARK, COUNTERFEIT, DISPUTE, GEOGRAPHICAL, OTHER = range(5)
LAST_DAY = day(LAST_YEAR, 12, 31)


@dataclass(frozen=True)
class Cases:
    """Columns by case; days are 0 where the step never happened."""

    kind: Ints
    party: Ints
    town: Ints
    accepted: Ints
    filed: Ints
    decided: Ints
    closed: Ints
    transferred: Ints
    revoked: Ints
    fine: Ints  # yuan
    confiscated: Ints  # yuan
    is_penalised: Bools

    def __len__(self) -> int:
        return len(self.kind)


def _parties(rng: np.random.Generator, holders: Holders, filed: Ints) -> Ints:
    people = np.flatnonzero((holders.kind == FIRM) | (holders.kind == PERSON))
    weights = np.where(holders.sole_trader[people], 5.0, np.where(holders.kind[people] == PERSON, 0.8, 0.4))
    picked = people[draw(rng, weights, len(filed))]
    for _ in range(5):
        late = np.flatnonzero((holders.established[picked] > filed) | (holders.closed[picked] < filed))
        picked[late] = people[draw(rng, weights, len(late))]
    return picked


def make_cases(plan: Plan, holders: Holders) -> Cases:
    """Return all cases; closed trademark cases and filed patent cases follow the plan's months."""
    rng = stream(plan.seed, "cases")
    trademark = random_days(plan.monthly["trademark_cases_closed"], rng)
    patent = random_days(plan.monthly["patent_cases_filed"], rng)
    other = random_days(plan.monthly["other_cases_closed"], rng)
    pending = LAST_DAY - rng.integers(2, 80, plan.count(70, 1))  # filed in 2025 and closed after it
    kind = np.concatenate([
        np.full(len(trademark), TRADEMARK), np.where(rng.random(len(patent)) < 0.62, COUNTERFEIT, DISPUTE),
        np.where((rng.random(len(other)) < 0.12) & (years_of(other) >= 2018), GEOGRAPHICAL, OTHER),
        np.full(len(pending), TRADEMARK),
    ])  # fmt: skip
    size = len(kind)
    span = np.where(kind == DISPUTE, rng.integers(25, 150, size), rng.integers(15, 110, size))
    known = np.concatenate([trademark, patent, other, pending])
    by_closing = (kind == TRADEMARK) | (kind == GEOGRAPHICAL) | (kind == OTHER)
    filed = np.where(by_closing, known - span, known)
    closed = np.where(by_closing, known, known + span)
    filed[size - len(pending) :], closed[size - len(pending) :] = pending, 0
    closed = np.where(closed > LAST_DAY, 0, closed)
    penalised = (closed > 0) & (kind != DISPUTE) & (rng.random(size) < 0.94)
    moved = (rng.random(size) < 0.03) & (kind == TRADEMARK) & (closed > 0)
    transferred = np.where(moved, filed + span // 2, 0)
    decided = np.where(penalised, closed - rng.integers(0, 6, size), 0)
    revoked = np.where(penalised & (rng.random(size) < 0.006), decided + rng.integers(40, 200, size), 0)
    party = _parties(rng, holders, filed)
    fine = np.where(penalised, np.floor(np.exp(rng.normal(8.9, 1.1, size)) / 100).astype(np.int64) * 100, 0)
    taken = np.where(penalised & (rng.random(size) < 0.4), np.floor(np.exp(rng.normal(8.0, 1.2, size))), 0)
    return Cases(
        kind=kind, party=party, town=holders.towns_on(party, filed), accepted=filed - rng.integers(1, 12, size),
        filed=filed, decided=decided, closed=closed, transferred=transferred,
        revoked=np.where(revoked > LAST_DAY, 0, revoked), fine=fine, confiscated=taken.astype(np.int64),
        is_penalised=penalised,
    )  # fmt: skip
