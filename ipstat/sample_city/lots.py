"""The truth of the lots that the customs measured or detained, and of the rights that they touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.dates import day
from ipstat.sample_city.holders import FIRM, NEVER, Holders
from ipstat.sample_city.marks import Marks
from ipstat.sample_city.outside import SIZE as OUTSIDE_SIZE
from ipstat.sample_city.plan import LAST_YEAR, Plan, random_days
from ipstat.sample_city.randomness import Bools, Ints, draw, stream

GOODS_KINDS = 12
LAST_DAY = day(LAST_YEAR, 12, 31)


@dataclass(frozen=True)
class Lots:
    """Columns by lot, and by right (``right_lot`` points to the lot). Right holders >= len(holders) sit elsewhere."""

    measured: Ints
    detained: Ints  # 0: a measure without detention
    office: Ints
    channel: Ints
    goods: Ints
    articles: Ints
    value: Ints  # yuan
    consignor: Ints
    final_stage: Ints
    right_lot: Ints
    right_kind: Ints
    right_holder: Ints
    right_number: Ints

    def __len__(self) -> int:
        return len(self.measured)


def make_lots(plan: Plan, holders: Holders, marks: Marks) -> Lots:
    """Return the lots by day of the measure; lots at other customs offices always touch a right holder of the city."""
    rng = stream(plan.seed, "customs")
    measured = random_days(plan.monthly["customs_lots"], rng)
    size = len(measured)
    office = draw(rng, np.array([0.74, 0.1, 0.08, 0.04, 0.04]), size)
    counts = 1 + np.minimum(rng.geometric(0.78, size) - 1, 3)
    lot = np.repeat(np.arange(size), counts)
    is_first = np.insert(lot[1:] != lot[:-1], 0, True) if size else np.zeros(0, np.bool_)
    own: Bools = np.where(office[lot] == 0, rng.random(len(lot)) < 0.38, is_first)
    is_lasting = (holders.kind[marks.holder] == FIRM) & (holders.closed[marks.holder] == NEVER)
    is_old = (marks.registered > 0) & (marks.registered < day(2012, 1, 1)) & (marks.ended == 0)
    valid = np.flatnonzero(is_old & is_lasting)
    mark = valid[draw(rng, np.asarray(1.0 / (1.0 + holders.rank[marks.holder[valid]]), dtype=np.float64), len(lot))]
    kind = np.where(own, 0, draw(rng, np.array([0.94, 0.045, 0.015]), len(lot)))
    stage = draw(rng, np.array([0.12, 0.30, 0.08, 0.50]), size)
    detained = np.where(stage == 0, 0, measured + rng.integers(0, 6, size))
    firms = np.flatnonzero(holders.kind == FIRM)
    return Lots(
        measured=measured, detained=detained, office=office, channel=draw(rng, np.array([5.0, 2, 1, 1, 2]), size),
        goods=rng.integers(0, GOODS_KINDS, size),
        articles=np.maximum(1, np.exp(rng.normal(5.6, 2.0, size))).astype(np.int64),
        value=np.maximum(200, np.exp(rng.normal(9.6, 1.5, size))).astype(np.int64),
        consignor=firms[rng.integers(0, len(firms), size)], final_stage=stage, right_lot=lot, right_kind=kind,
        right_holder=np.where(own, marks.holder[mark], len(holders) + rng.integers(0, OUTSIDE_SIZE, len(lot))),
        right_number=np.where(own, marks.application[mark], 3000000 + np.arange(len(lot)) * 37),
    )  # fmt: skip
