"""The patent documents of the city and a share of others: what the gazette announces, with the truth behind it.

One row is one document (a published application or a grant). Opening rows were granted before 2012 and appear in no
gazette of the sample, only in the legal-event feed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city import anchors
from ipstat.sample_city.dates import day, gazette_days, months_of, years_of
from ipstat.sample_city.holders import (
    FIRM,
    GOVERNMENT,
    INSTITUTION,
    NEVER,
    PERSON,
    RESEARCH,
    UNIVERSITY,
    Holders,
    holder_weights,
)
from ipstat.sample_city.outside import SIZE as OUTSIDE_SIZE
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR, MONTHS, Plan, by_issue
from ipstat.sample_city.pools import VARIANTS
from ipstat.sample_city.randomness import Bools, Floats, Ints, draw, stream

PUBLISHED, INVENTION, UTILITY, DESIGN = range(4)
CLASS_SERIES = ("invention_publications", "invention_grants", "utility_grants", "design_grants")
#: Share of the first applicant's type by document class: firm, person, university, research, institution, government.
TYPE_SHARES = (
    (0.785, 0.125, 0.070, 0.012, 0.006, 0.002),
    (0.820, 0.080, 0.080, 0.014, 0.005, 0.001),
    (0.815, 0.155, 0.020, 0.005, 0.004, 0.001),
    (0.730, 0.262, 0.006, 0.001, 0.001, 0.000),
)
TYPE_ORDER = (FIRM, PERSON, UNIVERSITY, RESEARCH, INSTITUTION, GOVERNMENT)
OUTSIDE_SHARE = 0.10
SAME_DAY_SHARE = 0.07  # invention grants with a utility model filed on the same day


@dataclass(frozen=True)
class Documents:
    """Columns by document; ``holder`` >= ``len(holders)`` points to a holder outside the city."""

    doc_class: Ints
    issue: Ints  # the day on which it is announced
    filing: Ints
    holder: Ints
    partner: Ints  # second party, -1 none
    pool: Ints  # row of the text pools
    inventor: Ints
    luck: Floats
    is_opening: Bools
    is_outside: Bools
    family: Ints  # published and granted documents of one application share it
    twin: Ints  # row of the utility model filed on the same day as this invention, -1 none

    def __len__(self) -> int:
        return len(self.doc_class)


def choose_holders(rng: np.random.Generator, holders: Holders, doc_class: int, filing: Ints) -> Ints:
    """Return a first applicant for each filing: type, then town, then rank; firms exist on their filing day."""
    kinds = np.array(TYPE_ORDER)[draw(rng, np.array(TYPE_SHARES[doc_class]), len(filing))]
    out = np.zeros(len(filing), dtype=np.int64)
    for kind in TYPE_ORDER[2:]:
        rows, people = np.flatnonzero(kinds == kind), np.flatnonzero(holders.kind == kind)
        out[rows] = people[draw(rng, holder_weights(holders, people), len(rows))]
    attribute = ("invention_weight", "invention_weight", "utility_weight", "design_weight")[doc_class]
    weights = np.array([float(getattr(town, attribute)) for town in TOWNS])
    towns = draw(rng, weights, len(filing))
    for kind in (FIRM, PERSON):
        for town in range(len(TOWNS)):
            rows = np.flatnonzero((kinds == kind) & (towns == town))
            people = np.flatnonzero((holders.kind == kind) & (holders.town == town))
            if len(rows):
                out[rows] = _living(rng, holders, people, filing[rows])
    return out


def _living(rng: np.random.Generator, holders: Holders, people: Ints, days: Ints) -> Ints:
    weights = holder_weights(holders, people)
    picked = people[draw(rng, weights, len(days))]
    for _ in range(4):
        wrong = np.flatnonzero((holders.established[picked] > days) | (holders.closed[picked] < days + 400))
        picked[wrong] = people[draw(rng, weights, len(wrong))]
    oldest = people[np.argmin(holders.established[people] + np.where(holders.closed[people] < NEVER, 40000, 0))]
    wrong = np.flatnonzero((holders.established[picked] > days) | (holders.closed[picked] < days))
    picked[wrong] = oldest
    return picked


def lags(rng: np.random.Generator, doc_class: int, size: int) -> Ints:
    """Return the days between filing and announcement."""
    if doc_class == PUBLISHED:
        return np.floor(
            np.where(rng.random(size) < 0.7, rng.uniform(120, 260, size), rng.uniform(300, 560, size))
        ).astype(np.int64)
    if doc_class == INVENTION:
        return np.clip(rng.gamma(6.0, 165.0, size), 330, 2300).astype(np.int64)
    if doc_class == UTILITY:
        return rng.integers(150, 400, size)
    return rng.integers(70, 250, size)


def next_issue(days: Ints) -> Ints:
    """Return the first gazette day on or after each day (the last one for days beyond the calendar)."""
    calendar = np.array(gazette_days(FIRST_YEAR - 8, LAST_YEAR + 3), dtype=np.int64)
    return calendar[np.minimum(np.searchsorted(calendar, days), len(calendar) - 1)]


def _opening(rng: np.random.Generator, plan: Plan, doc_class: int) -> Ints:
    """Return announcement days before 2012 of the rights in force at the end of 2011."""
    size = (0, plan.invention_stock[0][1], plan.count(anchors.OPENING_UTILITY_STOCK, 5),
            plan.count(anchors.OPENING_DESIGN_STOCK, 5))[doc_class]  # fmt: skip
    span = (0, 8, 6, 4)[doc_class]
    start = day(FIRST_YEAR - span, 1, 10)
    days = start + np.floor(rng.random(size) ** 0.55 * (day(FIRST_YEAR, 1, 1) - 8 - start)).astype(np.int64)
    return np.sort(next_issue(days))


def _granted(plan: Plan, holders: Holders, doc_class: int) -> tuple[Ints, Ints, Ints, Bools]:
    """Return issue, filing, holder and opening flag of the city's documents of a class, by day."""
    rng = stream(plan.seed, f"documents {doc_class}")
    calendar = np.array(gazette_days(FIRST_YEAR, LAST_YEAR), dtype=np.int64)
    opening = _opening(rng, plan, doc_class)
    running = np.repeat(calendar, by_issue(plan.monthly[CLASS_SERIES[doc_class]], rng))
    issue = np.concatenate([opening, running])
    filing = issue - lags(rng, doc_class, len(issue))
    is_opening = np.arange(len(issue)) < len(opening)
    return issue, filing, choose_holders(rng, holders, doc_class, filing), is_opening


def _publications(plan: Plan, holders: Holders, grants: tuple[Ints, Ints, Ints, Bools]) -> tuple[Ints, ...]:
    """Return issue, filing, holder and the row of the later grant (-1 none) of the published applications."""
    rng = stream(plan.seed, "publications")
    issue, filing, holder, _ = grants
    first = next_issue(np.minimum(filing + lags(rng, PUBLISHED, len(filing)), issue - 60))
    own = np.flatnonzero(first >= day(FIRST_YEAR, 1, 1))
    months = months_of(first[own]) - FIRST_YEAR * 12
    rest = np.maximum(plan.monthly["invention_publications"] - np.bincount(months, minlength=MONTHS), 0)
    calendar = np.array(gazette_days(FIRST_YEAR, LAST_YEAR), dtype=np.int64)
    other_issue = np.repeat(calendar, by_issue(rest, rng))
    other_filing = other_issue - lags(rng, PUBLISHED, len(other_issue))
    other_holder = choose_holders(rng, holders, PUBLISHED, other_filing)
    return (
        np.concatenate([first[own], other_issue]),
        np.concatenate([filing[own], other_filing]),
        np.concatenate([holder[own], other_holder]),
        np.concatenate([own, np.full(len(other_issue), -1)]),
    )


def _same_day(rng: np.random.Generator, classes: Ints, issue: Ints, filing: Ints) -> Ints:
    """Pair a share of the inventions with a utility model announced about seven months after their filing."""
    twin = np.full(len(classes), -1, dtype=np.int64)
    utilities = np.flatnonzero(classes == UTILITY)
    inventions = np.flatnonzero((classes == INVENTION) & (rng.random(len(classes)) < SAME_DAY_SHARE))
    inventions = inventions[np.argsort(filing[inventions], kind="stable")]
    place = np.searchsorted(issue[utilities], filing[inventions] + 190)
    step = np.arange(len(place))
    place = np.maximum.accumulate(place - step) + step  # one utility model for each invention
    inside = place < len(utilities)
    inventions, chosen = inventions[inside], utilities[place[inside]]
    fits = (issue[chosen] > filing[inventions] + 100) & (issue[chosen] < issue[inventions] - 30)
    fits &= filing[inventions] > day(FIRST_YEAR - 3, 1, 1)
    twin[inventions[fits]] = chosen[fits]
    return twin


def _outside_issues(rng: np.random.Generator, classes: Ints, issue: Ints) -> tuple[Ints, Ints]:
    """Return class and issue of documents elsewhere: a tenth of all, and one where a file would have no row."""
    calendar = np.array(gazette_days(FIRST_YEAR, LAST_YEAR), dtype=np.int64)
    out_class, out_issue = [], []
    for doc_class in range(4):
        counts = np.bincount(np.searchsorted(calendar, issue[classes == doc_class]), minlength=len(calendar))
        extra = np.maximum(rng.binomial(counts, OUTSIDE_SHARE), (counts == 0).astype(np.int64))
        out_class.append(np.full(int(extra.sum()), doc_class))
        out_issue.append(np.repeat(calendar, extra))
    return np.concatenate(out_class), np.concatenate(out_issue)


def make_documents(plan: Plan, holders: Holders) -> Documents:
    """Return every document of the sample: opening rows, the city's documents and those of others."""
    rng = stream(plan.seed, "documents")
    grants = [_granted(plan, holders, doc_class) for doc_class in (INVENTION, UTILITY, DESIGN)]
    published = _publications(plan, holders, grants[0])
    sizes = [len(published[0]), *(len(part[0]) for part in grants)]
    classes = np.repeat(np.arange(4), sizes)
    issue = np.concatenate([published[0], *(part[0] for part in grants)])
    filing = np.concatenate([published[1], *(part[1] for part in grants)])
    holder = np.concatenate([published[2], *(part[2] for part in grants)])
    is_opening = np.concatenate([np.zeros(sizes[0], np.bool_), *(part[3] for part in grants)])
    family = np.arange(len(issue))
    family[: sizes[0]] = np.where(published[3] >= 0, published[3] + sizes[0], family[: sizes[0]])
    running = ~is_opening
    outside_class, outside_issue = _outside_issues(rng, classes[running], issue[running])
    extra = len(outside_class)
    twin = _same_day(rng, classes, issue, filing)
    pairs = np.flatnonzero(twin >= 0)
    filing[twin[pairs]], holder[twin[pairs]] = filing[pairs], holder[pairs]
    outside_lag = np.select([outside_class == c for c in range(4)], [lags(rng, c, extra) for c in range(4)])
    size = len(issue) + extra
    all_holders = np.concatenate([holder, len(holders) + draw(rng, np.ones(OUTSIDE_SIZE), extra)])
    industry = np.concatenate([holders.industry[holder], rng.integers(0, 20, extra)])
    pool = industry * VARIANTS + rng.integers(0, VARIANTS, size)
    inventor = rng.integers(0, 3000, size)
    partner = _partners(rng, holders, all_holders, np.concatenate([filing, outside_issue - outside_lag]))
    family = np.concatenate([family, np.arange(len(issue), size)])
    for column in (pool, inventor, partner):  # one application: same title, same inventors, same parties
        column[: sizes[0]] = column[family[: sizes[0]]]
        column[twin[pairs]] = column[pairs]
    return Documents(
        doc_class=np.concatenate([classes, outside_class]), issue=np.concatenate([issue, outside_issue]),
        filing=np.concatenate([filing, outside_issue - outside_lag]), holder=all_holders, partner=partner, pool=pool,
        inventor=inventor, luck=rng.random(size),
        is_opening=np.concatenate([is_opening, np.zeros(extra, np.bool_)]), is_outside=np.arange(size) >= len(issue),
        family=family, twin=np.concatenate([twin, np.full(extra, -1)]),
    )  # fmt: skip


def _partners(rng: np.random.Generator, holders: Holders, holder: Ints, filing: Ints) -> Ints:
    """Return a second party for one document in twenty-five: a firm of the city, a university, or one elsewhere."""
    size = len(holder)
    kind = draw(rng, np.array([0.96, 0.02, 0.012, 0.008]), size)
    firms = np.flatnonzero((holders.kind == FIRM) & (holders.closed == NEVER) & (holders.rank < 40))
    schools = np.flatnonzero(holders.kind == UNIVERSITY)
    firm = firms[rng.integers(0, len(firms), size)]
    firm = np.where(holders.established[firm] < filing, firm, -1)
    elsewhere = len(holders) + rng.integers(0, OUTSIDE_SIZE, size)
    found = np.select(
        [kind == 1, kind == 2, kind == 3], [firm, schools[rng.integers(0, len(schools), size)], elsewhere], -1
    )
    return np.where(found == holder, -1, found)


def document_years(documents: Documents) -> Ints:
    """Return the year of announcement of each document."""
    return years_of(documents.issue)
