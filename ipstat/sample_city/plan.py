"""How much of everything happens in each month: the counts that the generators then fill with records.

`make_plan` writes nothing and draws only the monthly noise, so that the baselines can be tested at scale 1 in no time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city import anchors
from ipstat.sample_city.dates import FIRST_MONTH_INDEX, gazette_days, iso_day, month_index, months_of
from ipstat.sample_city.randomness import Floats, Ints, scaled, spread, stream

FIRST_YEAR, LAST_YEAR = 2012, 2025
MONTHS = (LAST_YEAR - FIRST_YEAR + 1) * 12

SERIES: dict[str, tuple[anchors.Window, ...]] = {
    "invention_grants": anchors.INVENTION_GRANTS,
    "utility_grants": anchors.UTILITY_GRANTS,
    "design_grants": anchors.DESIGN_GRANTS,
    "invention_publications": anchors.INVENTION_PUBLICATIONS,
    "invention_applications": anchors.INVENTION_APPLICATIONS,
    "utility_applications": anchors.UTILITY_APPLICATIONS,
    "design_applications": anchors.DESIGN_APPLICATIONS,
    "pct_applications": anchors.PCT_APPLICATIONS,
    "trademark_applications": anchors.TRADEMARK_APPLICATIONS,
    "trademark_registrations": anchors.TRADEMARK_REGISTRATIONS,
    "trademark_cases_closed": anchors.TRADEMARK_CASES_CLOSED,
    "patent_cases_filed": anchors.PATENT_CASES_FILED,
    "other_cases_closed": anchors.OTHER_CASES_CLOSED,
    "pledge_contracts": anchors.PLEDGE_CONTRACTS,
    "customs_lots": anchors.CUSTOMS_LOTS,
}
GAZETTE_SERIES = ("invention_grants", "utility_grants", "design_grants", "invention_publications")
SHORT_FEBRUARY = 0.72  # the Spring Festival: returns and applications fall


@dataclass(frozen=True)
class Plan:
    """Counts by month (168 from 2012-01) for each series, stocks at anchor days and yearly lists, all scaled."""

    scale: float
    seed: int
    monthly: dict[str, Ints]
    invention_stock: tuple[tuple[int, int], ...]
    trademark_stock: tuple[tuple[int, int], ...]

    def total(self, series: str, first: str, last: str) -> int:
        """Return the sum of a series over the months ``yyyy-mm`` .. ``yyyy-mm``, both inclusive."""
        start, end = month_index(first) - FIRST_MONTH_INDEX, month_index(last) - FIRST_MONTH_INDEX
        return int(self.monthly[series][start : end + 1].sum())

    def count(self, value: int, at_least: int = 0) -> int:
        """Scale one count, rounded half up, but never below ``at_least``."""
        return max(at_least, int(value * self.scale + 0.5))


def _issue_weights() -> Floats:
    months = months_of(np.array(gazette_days(FIRST_YEAR, LAST_YEAR), dtype=np.int64)) - FIRST_MONTH_INDEX
    return np.bincount(months, minlength=MONTHS).astype(np.float64)


def _monthly(windows: tuple[anchors.Window, ...], weights: Floats) -> Ints:
    counts = np.zeros(MONTHS, dtype=np.int64)
    expected = FIRST_MONTH_INDEX
    for first, last, value in windows:
        start, end = month_index(first), month_index(last)
        if start != expected:
            raise ValueError(f"anchor window {first}..{last} does not follow the one before it")
        part = slice(start - FIRST_MONTH_INDEX, end + 1 - FIRST_MONTH_INDEX)
        counts[part] = spread(value, weights[part])
        expected = end + 1
    if expected != FIRST_MONTH_INDEX + MONTHS:
        raise ValueError("anchor windows end before 2025-12")
    return counts


def make_plan(scale: float = 1.0, seed: int = 20260101) -> Plan:
    """Return the counts of every series by month; at scale 1 each anchor window is met exactly."""
    issues = _issue_weights()
    monthly: dict[str, Ints] = {}
    for name, windows in SERIES.items():
        noise = np.exp(0.07 * stream(seed, f"plan {name}").standard_normal(MONTHS))
        if name in GAZETTE_SERIES:
            weights = issues * noise
        else:
            weights = noise.copy()
            weights[1::12] *= SHORT_FEBRUARY
        monthly[name] = scaled(_monthly(windows, weights), scale)
    return Plan(
        scale=scale,
        seed=seed,
        monthly=monthly,
        invention_stock=tuple((iso_day(d), int(v * scale + 0.5)) for d, v in anchors.INVENTION_STOCK),
        trademark_stock=tuple((iso_day(d), int(v * scale + 0.5)) for d, v in anchors.TRADEMARK_STOCK),
    )


def by_issue(counts: Ints, rng: np.random.Generator) -> Ints:
    """Split monthly counts over the gazette issues of each month; returns one count an issue, in calendar order."""
    months = months_of(np.array(gazette_days(FIRST_YEAR, LAST_YEAR), dtype=np.int64)) - FIRST_MONTH_INDEX
    weights = np.exp(0.12 * rng.standard_normal(len(months)))
    out = np.zeros(len(months), dtype=np.int64)
    for month in range(MONTHS):
        rows = months == month
        out[rows] = spread(int(counts[month]), weights[rows])
    return out


def random_days(counts: Ints, rng: np.random.Generator, workdays: bool = True) -> Ints:
    """Return sorted days, ``counts[m]`` of them in month m; on workdays (Monday to Friday) unless told otherwise."""
    firsts = (np.arange(MONTHS) + FIRST_MONTH_INDEX - 1970 * 12).astype("datetime64[M]")
    start = firsts.astype("datetime64[D]").astype(np.int64)
    length = (firsts + 1).astype("datetime64[D]").astype(np.int64) - start
    month = np.repeat(np.arange(MONTHS), counts)
    days = start[month] + np.floor(rng.random(len(month)) * length[month]).astype(np.int64)
    if workdays:
        weekday = (days + 3) % 7
        shift = np.where(weekday >= 5, weekday - 4, 0)
        days = np.where(days - shift >= start[month], days - shift, days + (7 - weekday))
    return np.sort(days)
