"""What happens to the city's patents after grant: endings, restorations, moves, changes of name, with both clocks.

An event has an announcement day (known) and an effective day. Lapses for an unpaid fee are announced 343 to 473 days
after the filing anniversary on which they take effect, as measured in the real file. Their number is set so that the
published stock of inventions (as known on the day) meets the anchors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.dates import anniversary, day, years_of
from ipstat.sample_city.documents import DESIGN, INVENTION, UTILITY, Documents, next_issue
from ipstat.sample_city.holders import FIRM, NEVER, PERSON, Holders
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR, Plan
from ipstat.sample_city.randomness import Bools, Floats, Ints, draw, stream

CODES = ("CF01", "CX01", "AV01", "AR01", "IW01", "RR01", "TR01", "CP01", "CP02", "CP03",
         "EE01", "EC01", "PP01", "PD01", "DD01", "PE01", "PC01", "PM01")  # fmt: skip
CODE = {name: n for n, name in enumerate(CODES)}
LONG_DESIGNS = day(2021, 6, 1)  # designs filed from then on last 15 years
LAST_DAY = day(LAST_YEAR, 12, 31)
YEARLY_LAPSE_HAZARD = {UTILITY: 0.14, DESIGN: 0.23}


@dataclass(frozen=True)
class Events:
    """Columns by event; ``other`` is the new owner of a TR01 and the serial number of a contract or file."""

    document: Ints
    code: Ints
    announced: Ints
    effective: Ints
    other: Ints

    def taken(self, rows: Ints) -> Events:
        """Return some of the events."""
        return Events(
            self.document[rows], self.code[rows], self.announced[rows], self.effective[rows], self.other[rows]
        )


@dataclass(frozen=True)
class Lives:
    """The city's grants in time. ``enter`` to ``leave`` is the stay in the stock as known; -1 rows never belong."""

    events: Events
    enter: Ints  # day on which the right joins the city's stock (grant, or transfer from elsewhere)
    leave: Ints  # day on which its end is known (NEVER: still in force)
    restored: Ints  # day on which a restoration is known
    term: Ints  # first day after the longest possible term

    def stock(self, rows: Bools, on: int) -> int:
        """Return how many of some documents are in the city's stock on a day as known on that day."""
        back = (self.restored <= on) & (self.term > on)
        return int((rows & (self.enter <= on) & ((self.leave > on) | back)).sum())


def _terms(documents: Documents) -> Ints:
    long_design = (documents.doc_class == DESIGN) & (documents.filing >= LONG_DESIGNS)
    years = np.where(documents.doc_class == INVENTION, 20, np.where(long_design, 15, 10))
    return anniversary(documents.filing, years)


def _events(document: Ints, code: str, announced: Ints, effective: Ints, other: Ints | None = None) -> Events:
    extra = np.full(len(document), -1, dtype=np.int64) if other is None else other
    return Events(document, np.full(len(document), CODE[code]), announced, effective, extra)


def join(parts: list[Events]) -> Events:
    """Return all events of some lists as one."""
    names = ("document", "code", "announced", "effective", "other")
    return Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _sample(rng: np.random.Generator, rows: Ints, share: float) -> Ints:
    return rows[rng.random(len(rows)) < share]


def _endings(rng: np.random.Generator, documents: Documents, grants: Ints) -> list[Events]:
    """Return abandonments, surrenders and invalidations, as far as they would happen."""
    twins = np.flatnonzero(documents.twin >= 0)
    abandoned = _events(documents.twin[twins], "AR01", documents.issue[twins], documents.issue[twins])
    void = _sample(rng, grants, 0.0016)
    decided = documents.issue[void] + rng.integers(420, 1700, len(void))
    given_up = _sample(rng, grants, 0.0006)
    surrender = next_issue(documents.issue[given_up] + rng.integers(300, 2000, len(given_up)))
    return [
        abandoned,
        _events(void, "IW01", next_issue(decided + rng.integers(30, 90, len(void))), decided),
        _events(given_up, "AV01", surrender, surrender),
    ]


def _transfers(
    rng: np.random.Generator, holders: Holders, documents: Documents, grants: Ints
) -> tuple[Events, Events, Events]:
    """Return transfers inside the city, out of it, and into it."""
    firms = np.flatnonzero((holders.kind == FIRM) & (holders.closed == NEVER) & (holders.rank < 120))
    outside = np.flatnonzero(documents.is_outside & (documents.doc_class != 0))
    found = []
    for rows, is_inward, leaves in (
        (_sample(rng, grants, 0.011), True, False),
        (_sample(rng, grants, 0.004), False, True),
        (outside[rng.permutation(len(outside))[: max(2, int(len(grants) * 0.003))]], True, False),
    ):
        registered = documents.issue[rows] + rng.integers(120, 2200, len(rows))
        known = next_issue(registered + rng.integers(8, 25, len(rows)))
        inward = firms[rng.integers(0, len(firms), len(rows))]
        target = inward if is_inward and not leaves else len(holders) + rng.integers(0, 180, len(rows))
        found.append(_events(rows, "TR01", known, registered, target))
    return found[0], found[1], found[2]


def _lapse_lags(rng: np.random.Generator, size: int) -> Ints:
    return np.where(rng.random(size) < 0.07, rng.integers(425, 471, size), rng.integers(343, 421, size))


def _candidates(
    documents: Documents, rows: Ints, lag: Ints, term: Ints, period: tuple[int, int]
) -> tuple[Ints, Ints, Bools]:
    """Return for each right the fee anniversary whose lapse would become known within the period."""
    filing = documents.filing[rows]
    due = np.zeros(len(rows), dtype=np.int64)
    known = np.zeros(len(rows), dtype=np.int64)
    year = int(years_of(np.array([period[1]]))[0])
    for back in (2, 1):
        day_due = anniversary(filing, year - back - years_of(filing))
        announced = next_issue(day_due + lag[rows])
        fits = (announced >= period[0]) & (announced <= period[1]) & (day_due > documents.issue[rows])
        fits &= day_due < term[rows]
        due, known = np.where(fits, day_due, due), np.where(fits, announced, known)
    return due, known, known > 0


def _periods(plan: Plan) -> list[tuple[int, int, int]]:
    """Return (first day, last day, index of the anchor at or after it) of each year, cut at the anchors."""
    cuts = sorted({day(y, 12, 31) for y in range(FIRST_YEAR, LAST_YEAR + 1)} | {d for d, _ in plan.invention_stock[1:]})
    anchors = [d for d, _ in plan.invention_stock]
    start, out = day(FIRST_YEAR, 1, 1), []
    for cut in cuts:
        out.append((start, cut, next(n for n, d in enumerate(anchors) if d >= cut)))
        start = cut + 1
    return out


def _targets(plan: Plan, entries: Ints) -> dict[int, int]:
    """Return the published stock of inventions at the end of each period: one lapse rate between two anchors."""
    periods = _periods(plan)
    grants = {end: int(((entries >= start) & (entries <= end)).sum()) for start, end, _ in periods}
    targets: dict[int, int] = {}
    for anchor in range(1, len(plan.invention_stock)):
        part = [(start, end) for start, end, index in periods if index == anchor]
        opening, goal = plan.invention_stock[anchor - 1][1], plan.invention_stock[anchor][1]
        low, high = 0.0, 0.5
        for _ in range(50):
            rate, stock, path = (low + high) / 2, float(opening), []
            for start, end in part:
                stock = stock + grants[end] - rate * (end - start + 1) / 365.25 * (stock + grants[end] / 2)
                path.append(stock)
            low, high = (rate, high) if stock > goal else (low, rate)
        targets.update({end: round(value) for (_, end), value in zip(part, path, strict=True)})
        targets[part[-1][1]] = goal
    return targets


class _Clock:
    """The walk through the periods that decides which rights lapse for an unpaid fee."""

    def __init__(self, plan: Plan, holders: Holders, documents: Documents, enter: Ints, planned_end: Ints) -> None:
        self.rng = stream(plan.seed, "lapses")
        self.documents, self.plan = documents, plan
        self.enter, self.planned_end = enter, planned_end
        self.term = _terms(documents)
        size = len(documents)
        self.leave = np.full(size, NEVER, dtype=np.int64)
        self.restored = np.full(size, NEVER, dtype=np.int64)
        self.lag = _lapse_lags(self.rng, size)
        people = documents.holder < len(holders)
        self.is_person = people & (holders.kind[np.where(people, documents.holder, 0)] == PERSON)
        self.lapses: list[Events] = []

    def run(self) -> None:
        classes = self.documents.doc_class
        rows = {c: np.flatnonzero((classes == c) & (self.enter < NEVER)) for c in (INVENTION, UTILITY, DESIGN)}
        targets = _targets(self.plan, self.enter[rows[INVENTION]])
        for start, end, _ in _periods(self.plan):
            for doc_class, members in rows.items():
                self._end_planned(members, start, end)
                self._lapse(members, (start, end), targets[end] if doc_class == INVENTION else None, doc_class)

    def _end_planned(self, rows: Ints, start: int, end: int) -> None:
        """Apply endings other than fee lapses of the period to rights that are still in force."""
        alive = self.leave[rows] == NEVER
        ends = np.minimum(self.planned_end[rows], self.term[rows])
        now = rows[alive & (ends >= start) & (ends <= end) & (self.enter[rows] < ends)]
        self.leave[now] = np.minimum(self.planned_end[now], self.term[now])

    def _stock(self, rows: Ints, on: int) -> int:
        back = (self.restored[rows] <= on) & (self.term[rows] > on)
        return int(((self.enter[rows] <= on) & ((self.leave[rows] > on) | back)).sum())

    def _lapse(self, rows: Ints, period: tuple[int, int], target: int | None, doc_class: int) -> None:
        alive = rows[(self.leave[rows] == NEVER) & (self.enter[rows] < period[1])]
        due, known, fits = _candidates(self.documents, alive, self.lag, self.term, period)
        fits &= (self.enter[alive] < known) & (self.term[alive] > period[1])
        pool = np.flatnonzero(fits)
        if target is None:
            count = int(len(pool) * YEARLY_LAPSE_HAZARD[doc_class] + 0.5)
        else:
            count = min(len(pool), max(0, self._stock(rows, period[1]) - target))
        age = (due[pool] - self.documents.filing[alive[pool]]) / 365.25
        weight: Floats = (0.6 + 0.05 * age) * np.where(self.is_person[alive[pool]], 1.8, 1.0)
        order = np.argsort(-np.log(self.rng.random(len(pool))) / weight, kind="stable")
        chosen = np.sort(pool[order[:count]])
        lapsed = alive[chosen]
        self.leave[lapsed] = known[chosen]
        self.lapses.append(_events(lapsed, "CF01", known[chosen], due[chosen]))
        back = np.flatnonzero(self.rng.random(len(lapsed)) < 0.008)
        waiting = np.maximum(known[chosen][back] + 90, period[1] + 8) + self.rng.integers(0, 80, len(back))
        self.restored[lapsed[back]] = next_issue(waiting)
        self.lapses.append(_events(lapsed[back], "RR01", next_issue(waiting), due[chosen][back]))


def make_lives(plan: Plan, holders: Holders, documents: Documents) -> Lives:
    """Return the lives of the city's grants with all events but those of pledges."""
    rng = stream(plan.seed, "lives")
    grants = np.flatnonzero((documents.doc_class != 0) & ~documents.is_outside)
    inside, outward, inward = _transfers(rng, holders, documents, grants)
    endings = join([*_endings(rng, documents, grants), outward])
    planned = np.full(len(documents), NEVER, dtype=np.int64)
    np.minimum.at(planned, endings.document, endings.announced)
    enter = np.full(len(documents), NEVER, dtype=np.int64)
    enter[grants] = documents.issue[grants]
    enter[inward.document] = inward.announced
    clock = _Clock(plan, holders, documents, enter, planned)
    clock.run()
    effective_end = endings.taken(np.flatnonzero(clock.leave[endings.document] == endings.announced))
    living = join([inside, inward, *_changes(rng, holders, documents, grants)])
    living = living.taken(np.flatnonzero(
        (living.announced < np.minimum(clock.leave, clock.term)[living.document])
        & (living.announced > documents.issue[living.document])
    ))  # fmt: skip
    expired = np.flatnonzero((clock.leave == clock.term) | ((clock.restored < clock.term) & (clock.term <= LAST_DAY)))
    notice = next_issue(clock.term[expired] + rng.integers(15, 45, len(expired)))
    events = join([effective_end, living, *clock.lapses, _events(expired, "CX01", notice, clock.term[expired])])
    events = events.taken(np.flatnonzero(events.announced <= LAST_DAY))
    return Lives(events=events, enter=enter, leave=clock.leave, restored=clock.restored, term=clock.term)


def _changes(rng: np.random.Generator, holders: Holders, documents: Documents, grants: Ints) -> list[Events]:
    """Return changes of name and address, licences, preservations and notices by publication."""
    firm = grants[documents.holder[grants] < len(holders)]
    owner = documents.holder[firm]
    out = []
    for code, happened, share in (("CP01", holders.rename_day, 0.35), ("CP03", holders.rename_day, 0.1),
                                  ("CP02", holders.move_day, 0.35)):  # fmt: skip
        rows = firm[
            (happened[owner] < NEVER) & (happened[owner] > documents.issue[firm]) & (rng.random(len(firm)) < share)
        ]
        since = happened[documents.holder[rows]]
        known = next_issue(since + rng.integers(40, 170, len(rows)))
        out.append(_events(rows, code, known, known))
    licensed = _sample(rng, grants, 0.002)
    recorded = documents.issue[licensed] + rng.integers(60, 1500, len(licensed))
    out.append(_events(licensed, "EE01", next_issue(recorded + 12), recorded, np.arange(len(licensed))))
    cancelled = np.flatnonzero(rng.random(len(licensed)) < 0.2)
    ended = recorded[cancelled] + rng.integers(300, 1100, len(cancelled))
    out.append(_events(licensed[cancelled], "EC01", next_issue(ended + 12), ended, cancelled))
    held = _sample(rng, grants, 0.0006)
    frozen = documents.issue[held] + rng.integers(200, 1500, len(held))
    out.append(_events(held, "PP01", next_issue(frozen + 7), frozen))
    out.append(_events(held, "PD01", next_issue(frozen + 740), frozen + 730))
    told = _sample(rng, grants, 0.003)
    notice = next_issue(documents.issue[told] + draw(rng, np.ones(900), len(told)) + 100)
    out.append(_events(told, "DD01", notice, notice))
    return out
