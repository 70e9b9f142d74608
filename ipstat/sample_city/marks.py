"""The truth of the city's trademarks: applications, registrations, renewals and endings, one row a mark and class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.dates import add_months, anniversary, day, months_of
from ipstat.sample_city.holders import FIRM, NEVER, PERSON, Holders, holder_weights
from ipstat.sample_city.industries import INDUSTRIES
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import LAST_YEAR, Plan, random_days
from ipstat.sample_city.randomness import Bools, Ints, draw, slots, stream

RENEWAL_GRACE_MONTHS = 6
OPENING_PENDING = 12500  # class lines filed from October 2010 and still open at the end of 2011
LAST_DAY = day(LAST_YEAR, 12, 31)
#: Application numbers at some days, linear between (the national sequence in broad lines).
SEQUENCE = (("2001-01-01", 2100000), ("2012-01-01", 10300000), ("2020-01-01", 43400000), ("2026-01-01", 89000000))
POPULAR_CLASSES = (35, 25, 30, 9, 11, 43, 3, 5, 20, 21, 29, 41, 7, 28, 18)
CANCELLED, SURRENDERED, VOID, PENDING, REGISTERED = "已撤销", "已注销", "已无效", "申请中", "已注册"
REFUSALS = ("已驳回", "已撤回")


@dataclass(frozen=True)
class Marks:
    """Columns by mark and class; days are 0 where the thing never happened."""

    application: Ints
    nice_class: Ints
    holder: Ints
    name: Ints  # index into the pool of invented names
    filed: Ints
    registered: Ints
    refused: Ints
    renewed: Ints  # day on which the first renewal is known
    expires: Ints  # first term's last day
    ended: Ints  # day of a cancellation, surrender or invalidation, or of a term that ran out
    enter: Ints  # day on which the register shows the registration (NEVER: none)
    leave: Ints  # day on which the register shows the end, or the renewal grace is over
    is_expiry: Bools
    transferred: Ints
    new_holder: Ints
    ending: Ints  # 0 cancelled, 1 surrendered, 2 void
    gi_rank: Ints  # -1 an ordinary mark, 0.. collective or certification marks
    is_gi: Bools

    def __len__(self) -> int:
        return len(self.filed)

    @property
    def renewed_again(self) -> Ints:
        """The day on which a second renewal is known: two months before the second term ends, never missed."""
        days = anniversary(self.expires + 1, 10) - 61
        return np.where((self.renewed > 0) & ((self.ended == 0) | (self.ended > days)), days, 0)

    def stock(self, on: int) -> int:
        """Return the valid marks (registration x class) as the register shows them on a day, renewal grace counted."""
        return int(((self.enter <= on) & (self.leave > on)).sum())


def _gazette_days(days: Ints) -> Ints:
    """Move days to the trademark gazette's days of their month: the 7th, 14th, 21st and 28th."""
    first = days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    found: Ints = first + np.minimum((days - first) // 7, 3) * 7 + 6
    return found


def _match(filed: Ints, registered: Ints, rng: np.random.Generator) -> Ints:
    """Return the application of each registration: filed eight to fourteen months before, each used once."""
    wanted = np.sort(registered - rng.integers(240, 420, len(registered)))
    place = np.searchsorted(filed, wanted)
    step = np.arange(len(place))
    place = np.maximum.accumulate(place - step) + step
    return np.minimum(place, len(filed) - len(place) + step)


def _choose(rng: np.random.Generator, holders: Holders, filed: Ints) -> Ints:
    towns = draw(rng, np.array([town.enterprise_weight for town in TOWNS]), len(filed))
    is_person = rng.random(len(filed)) < 0.27
    out = np.zeros(len(filed), dtype=np.int64)
    for town in range(len(TOWNS)):
        for kind, flag in ((FIRM, False), (PERSON, True)):
            rows = np.flatnonzero((towns == town) & (is_person == flag))
            people = np.flatnonzero((holders.kind == kind) & (holders.town == town))
            weights = holder_weights(holders, people) ** 0.8
            picked = people[draw(rng, weights, len(rows))]
            for _ in range(4):
                late = np.flatnonzero(
                    (holders.established[picked] > filed[rows]) | (holders.closed[picked] < filed[rows])
                )
                picked[late] = people[draw(rng, weights, len(late))]
            out[rows] = picked
    return out


def _classes(rng: np.random.Generator, holders: Holders, holder: Ints) -> Ints:
    own = np.array([[i.nice[n % len(i.nice)] for n in range(3)] for i in INDUSTRIES])
    popular = np.array(POPULAR_CLASSES)
    luck = rng.random(len(holder))
    picked = own[holders.industry[holder], draw(rng, np.array([0.6, 0.25, 0.15]), len(holder))]
    other = popular[draw(rng, 1.0 / np.arange(1.0, len(popular) + 1), len(holder))]
    return np.where(luck < 0.62, picked, np.where(luck < 0.9, other, rng.integers(1, 46, len(holder))))


def _same_application(rng: np.random.Generator, filed: Ints, columns: tuple[Ints, ...], nice: Ints) -> Ints:
    """Make one application in fifteen name a second class; return which rows continue the row before."""
    second = np.zeros(len(filed), dtype=np.int64)
    chosen = np.flatnonzero(rng.random(len(filed)) < 0.065)
    chosen = chosen[(chosen > 0)]
    chosen = chosen[np.insert(np.diff(chosen) > 1, 0, True)]
    chosen = chosen[months_of(filed[chosen]) == months_of(filed[chosen - 1])]
    second[chosen] = 1
    for column in columns:
        column[chosen] = column[chosen - 1]
    same = chosen[nice[chosen] == nice[chosen - 1]]
    nice[same] = nice[same] % 45 + 1
    return second


def _application_numbers(rng: np.random.Generator, filed: Ints, second: Ints) -> Ints:
    days = np.array([np.datetime64(text).astype(np.int64) for text, _ in SEQUENCE])
    month = months_of(filed)
    start = (month - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    numbers = np.interp(start, days, [number for _, number in SEQUENCE])
    width = np.interp(start + 28, days, [number for _, number in SEQUENCE]) - numbers
    out = np.floor(numbers).astype(np.int64) + slots(month, np.maximum(width, 2.0 * np.bincount(month)[month]), rng)
    rows = np.flatnonzero(second)
    out[rows] = out[rows - 1]
    return out


def _endings(
    plan: Plan, rng: np.random.Generator, enter: Ints, expires: Ints, renewed: Ints
) -> tuple[Ints, Bools, Ints]:
    """Return when each mark ends, whether its term ran out, and when it leaves the stock.

    Cancellations fill what expiry leaves open towards the anchors.
    """
    not_renewed = (enter < NEVER) & (renewed == 0) & (expires < LAST_DAY)
    ended = np.where(not_renewed, expires + 1, 0)
    leave = np.where(not_renewed, add_months(expires, RENEWAL_GRACE_MONTHS) + 1, NEVER)
    is_expiry = not_renewed.copy()
    for (start, _), (end, goal) in zip(plan.trademark_stock, plan.trademark_stock[1:], strict=False):
        alive = (enter <= end) & (leave > end)
        surplus = int(alive.sum()) - goal
        if surplus <= 0:
            continue
        rows = np.flatnonzero(alive & (enter < end - 200))
        rows = np.sort(rows[rng.permutation(len(rows))[:surplus]])
        earliest = np.maximum(enter[rows] + 90, start + 1)
        ended[rows] = earliest + np.floor(rng.random(len(rows)) * (end - earliest)).astype(np.int64)
        leave[rows] = np.minimum(ended[rows] + rng.integers(1, 7, len(rows)), end)
        is_expiry[rows] = False
    return ended, is_expiry, leave


def _registrations(plan: Plan, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return filing and registration (0 none) of all marks: in force at the end of 2011, pending then, filed later."""
    opening = plan.trademark_stock[0][1]
    old_start, early = day(2002, 1, 20), day(2010, 10, 1)
    old = np.sort(old_start + np.floor(rng.random(opening) ** 0.6 * (day(2011, 12, 20) - old_start)).astype(np.int64))
    pending = np.sort(early + rng.integers(0, day(2012, 1, 1) - early, plan.count(OPENING_PENDING, 5)))
    running = random_days(plan.monthly["trademark_applications"], rng)
    filed = np.concatenate([_gazette_days(old) - rng.integers(300, 500, opening), pending, running])
    registered = np.zeros(len(filed), dtype=np.int64)
    registered[:opening] = _gazette_days(old)
    new = np.sort(_gazette_days(random_days(plan.monthly["trademark_registrations"], rng, workdays=False)))
    registered[opening + _match(filed[opening:], new, rng)] = new
    order = np.argsort(filed, kind="stable")
    return filed[order], registered[order]


def _renewals(rng: np.random.Generator, registered: Ints, expires: Ints) -> Ints:
    """Return the day on which a first renewal is known (0 none): mostly before the term's end, else in its grace."""
    size = len(registered)
    renews = (registered > 0) & (expires < LAST_DAY) & (rng.random(size) < 0.62)
    on_time = rng.random(size) < 0.85
    known = np.where(on_time, expires - rng.integers(5, 300, size), expires + rng.integers(5, 170, size))
    return np.where(renews, np.maximum(known, day(2012, 1, 5)), 0)  # the opening file knows of none


def _transfers(rng: np.random.Generator, registered: Ints, ended: Ints) -> Ints:
    days = registered + rng.integers(200, 2500, len(registered))
    moves = (registered > 0) & (rng.random(len(registered)) < 0.008) & ((ended == 0) | (ended > days + 15))
    return np.where(moves & (days < LAST_DAY), days, 0)


def make_marks(plan: Plan, holders: Holders) -> Marks:
    """Return all marks: those in force or pending at the end of 2011, and the applications of 2012 to 2025."""
    rng = stream(plan.seed, "marks")
    filed, registered = _registrations(plan, rng)
    size = len(filed)
    expires = anniversary(registered, 10) - 1
    renewed = _renewals(rng, registered, expires)
    enter = np.where(registered > 0, registered + rng.integers(1, 3, size), NEVER)
    ended, is_expiry, leave = _endings(plan, rng, enter, expires, renewed)
    renewed = np.where((ended == 0) | (ended > renewed), renewed, 0)
    is_open = (registered == 0) & (filed < LAST_DAY - 300)
    refused = np.where(is_open, filed + rng.integers(170, 420, size), 0)
    transferred = _transfers(rng, registered, ended)
    holder = _choose(rng, holders, filed)
    firms = np.flatnonzero((holders.kind == FIRM) & (holders.closed == NEVER) & (holders.rank < 60))
    name = rng.integers(0, 6000, size)
    nice = _classes(rng, holders, holder)
    second = _same_application(rng, filed, (filed, holder, name), nice)
    collective, is_gi = _collective(filed, registered, ended, second)
    return Marks(
        application=_application_numbers(rng, filed, second), nice_class=nice, holder=holder, name=name, filed=filed,
        registered=registered, refused=refused, renewed=renewed, expires=expires, ended=ended, is_expiry=is_expiry,
        enter=enter, leave=leave,
        transferred=transferred, new_holder=firms[rng.integers(0, len(firms), size)], ending=rng.integers(0, 3, size),
        gi_rank=collective, is_gi=is_gi,
    )  # fmt: skip


def _collective(filed: Ints, registered: Ints, ended: Ints, second: Ints) -> tuple[Ints, Bools]:
    """Mark eight collective and certification marks; the first GI marks are registered in 2023 and 2024."""
    rank = np.full(len(filed), -1, dtype=np.int64)
    is_gi = np.zeros(len(filed), dtype=np.bool_)
    years = (2012, 2014, 2016, 2017, 2019, 2021, 2023, 2024)
    single = (second == 0) & (np.roll(second, -1) == 0) & (ended == 0)
    for n, year in enumerate(years):
        inside = single & (registered >= day(year, 2, 1)) & (registered < day(year, 12, 1)) & (rank < 0)
        chosen = np.flatnonzero(inside)[:1]
        rank[chosen] = n
        is_gi[chosen] = year >= 2023
    return rank, is_gi
