"""Who owns rights in the sample city: firms with a life story, natural persons, a few institutions.

A holder is a row of the arrays of `Holders`; rank 0 of a town is its largest applicant (Zipf's law within the town).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city import anchors
from ipstat.sample_city.dates import day, years_of
from ipstat.sample_city.identifiers import credit_code
from ipstat.sample_city.industries import INDUSTRIES, INDUSTRY_INDEX
from ipstat.sample_city.names import firm_name, is_sole_trader, person_names, trade_names
from ipstat.sample_city.places import BUILDINGS, PLAIN_ROADS, ROADS, TOWNS, ZONES
from ipstat.sample_city.plan import Plan
from ipstat.sample_city.randomness import Bools, Floats, Ints, Texts, draw, stream, texts, zipf_weights

FIRM, PERSON, UNIVERSITY, RESEARCH, INSTITUTION, GOVERNMENT = range(6)
TYPE_NAMES = ("enterprise", "individual", "university", "research_institute", "institution", "government")
INSTITUTIONS: tuple[tuple[str, int, int, int], ...] = (  # name, type, town, weight
    ("岭湾示例大学中山学院", UNIVERSITY, 0, 20),
    ("中山示例职业技术学院", UNIVERSITY, 1, 8),
    ("中山示例技师学院", UNIVERSITY, 2, 4),
    ("中山市示例先进技术研究院", RESEARCH, 2, 6),
    ("中山示例现代工业技术研究中心", RESEARCH, 1, 4),
    ("中山市示例人民医院", INSTITUTION, 0, 5),
    ("中山市示例中医院", INSTITUTION, 3, 3),
    ("中山市示例镇农业服务中心", INSTITUTION, 8, 1),
    ("中山市示例市政管理局", GOVERNMENT, 1, 1),
)
NEVER = day(2060, 1, 1)
TOWN_NAME_SHARE = 0.03  # firms whose address names no town


@dataclass(frozen=True)
class Holders:
    """Columns by holder. Days are days since 1970-01-01; ``NEVER`` means not (yet). Towns index `places.TOWNS`."""

    kind: Ints
    rank: Ints
    town: Ints
    town_after_move: Ints
    move_day: Ints
    industry: Ints
    industry_code: Texts
    name: Texts
    name_before: Texts
    rename_day: Ints
    credit_code: Texts
    sole_trader: Bools
    established: Ints
    closed: Ints
    group: Texts
    zone: Ints  # index of a zone named in place of the town, -1 none
    is_plain: Bools  # the address names no town at all
    postcode: Texts
    place: Texts  # what stands after the town: village, road, number
    place_after_move: Texts
    new_style: Floats  # below a town's adoption rate: uses the new town name after 2021
    high_tech_score: Floats
    size_score: Floats

    def __len__(self) -> int:
        return len(self.kind)

    def names_on(self, rows: Ints, days: Ints) -> Texts:
        """Return the registered name of each holder on a day."""
        found: Texts = np.where(days < self.rename_day[rows], self.name_before[rows], self.name[rows])
        return found

    def towns_on(self, rows: Ints, days: Ints) -> Ints:
        """Return the index of the town (of the time before 2021) in which each holder sits on a day."""
        return np.where(days < self.move_day[rows], self.town[rows], self.town_after_move[rows])


def _places(rng: np.random.Generator, towns: Ints) -> list[str]:
    roads = rng.integers(0, len(ROADS), len(towns)).tolist()
    numbers = rng.integers(1, 180, len(towns)).tolist()
    buildings = rng.integers(0, len(BUILDINGS), len(towns)).tolist()
    with_village = (rng.random(len(towns)) < 0.45).tolist()
    villages = rng.integers(0, 1000, len(towns)).tolist()
    out = []
    for n, town in enumerate(towns.tolist()):
        names = TOWNS[town].villages
        village = names[villages[n] % len(names)] + ("村" if villages[n] % 3 else "社区") if with_village[n] else ""
        out.append(f"{village}{ROADS[roads[n]]}{numbers[n]}号{BUILDINGS[buildings[n]]}")
    return out


def _postcodes(rng: np.random.Generator, towns: Ints) -> Texts:
    own = texts([town.postcode for town in TOWNS])[towns]
    luck = rng.random(len(towns))
    own[luck < 0.55] = "528400"
    own[luck > 0.992] = "528000"  # 佛山's and 深圳's postcodes stand on addresses of the city in the real file
    own[luck > 0.996] = "518000"
    return own


def _firm_lives(rng: np.random.Generator, plan: Plan) -> tuple[Ints, Ints]:
    """Return the days of establishment and closure; the register's size follows the plan at each year's end."""
    sizes = np.array([plan.count(n, 40) for n in anchors.REGISTERED_ENTERPRISES])
    closing = np.floor(sizes[:-1] * 0.035).astype(np.int64)
    opening = np.diff(sizes) + closing
    before = day(1996, 1, 1) + np.floor(rng.random(sizes[0]) ** 0.6 * (day(2011, 12, 30) - day(1996, 1, 1)))
    established = [np.sort(before.astype(np.int64))]
    closed = np.full(int(sizes[0] + opening.sum()), NEVER, dtype=np.int64)
    alive = int(sizes[0])
    for n, (count, ends) in enumerate(zip(opening.tolist(), closing.tolist(), strict=True)):
        start = day(2012 + n, 1, 1)
        established.append(np.sort(start + rng.integers(0, 364, count)))
        candidates = np.flatnonzero(closed[:alive] == NEVER)
        # the first tenth of each cohort are the large ones: they stay
        gone = rng.choice(candidates[len(candidates) // 10 :], size=ends, replace=False)
        closed[gone] = start + rng.integers(0, 364, ends)
        alive += count
    return np.concatenate(established), closed


def _firm_towns(rng: np.random.Generator, size: int) -> tuple[Ints, Ints]:
    towns = draw(rng, np.array([town.enterprise_weight for town in TOWNS]), size)
    towns[: len(TOWNS)] = np.arange(len(TOWNS))  # no town is empty at any scale
    industries = np.zeros(size, dtype=np.int64)
    for index, town in enumerate(TOWNS):
        rows = np.flatnonzero(towns == index)
        keys = [INDUSTRY_INDEX[key] for key, _ in town.industries]
        weights = np.array([weight for _, weight in town.industries])
        industries[rows] = np.array(keys)[draw(rng, weights, len(rows))]
    return towns, industries


def _person_towns(rng: np.random.Generator, size: int) -> tuple[Ints, Ints]:
    towns = draw(rng, np.array([t.design_weight + t.enterprise_weight for t in TOWNS]), size)
    towns[: len(TOWNS)] = np.arange(len(TOWNS))
    return towns, np.array([INDUSTRY_INDEX[t.industries[0][0]] for t in TOWNS])[towns]


def _codes(rng: np.random.Generator, industries: Ints) -> Texts:
    picks = rng.integers(0, 60, len(industries)).tolist()
    codes = [INDUSTRIES[i].codes[p % len(INDUSTRIES[i].codes)] for i, p in zip(industries.tolist(), picks, strict=True)]
    return texts(codes)


def _firm_names(rng: np.random.Generator, towns: Ints, industries: Ints, forms: Ints) -> tuple[Texts, Texts]:
    """Return present and earlier names; the earlier trade name differs, the trade often changes to 科技."""
    size = len(towns)
    trades = trade_names(rng, 2 * size)
    picks = rng.integers(0, 60, size).tolist()
    now, before = [], []
    for n, (town, industry, form) in enumerate(zip(towns.tolist(), industries.tolist(), forms.tolist(), strict=True)):
        words = INDUSTRIES[industry].trades
        product = words[picks[n] % len(words)]
        where = TOWNS[town].name
        now.append(firm_name(trades[n], product, form, where))
        earlier = trades[size + n] if picks[n] % 2 else trades[n]
        before.append(firm_name(earlier, "实业" if picks[n] % 2 == 0 else product, form if form < 86 else 0, where))
    return texts(now), texts(before)


def _credit_codes(established: Ints, sole: Bools) -> list[str]:
    is_new = established >= day(2015, 10, 1)
    rows = zip(sole.tolist(), is_new.tolist(), strict=True)
    return [credit_code(125_000_000 + n * 211 if new else n, trader, new) for n, (trader, new) in enumerate(rows)]


def _ranks(towns: Ints) -> Ints:
    order = np.argsort(towns, kind="stable")
    _, starts, sizes = np.unique(towns[order], return_index=True, return_counts=True)
    ranks = np.empty(len(towns), dtype=np.int64)
    ranks[order] = np.arange(len(towns)) - np.repeat(starts, sizes)
    return ranks


def _happens(rng: np.random.Generator, size: int, share: float, first: Ints) -> Ints:
    """Return a day between 2013 and 2025 for a share of the holders, at least a year after ``first``."""
    days = day(2013, 1, 1) + rng.integers(0, 4600, size)
    return np.where((rng.random(size) < share) & (days > first + 365), days, NEVER)


def _zones(rng: np.random.Generator, town: Ints, move_day: Ints) -> Ints:
    """Return the zone that one address in eight names instead of the town around it, -1 for the others."""
    zone_town = np.array([next(n for n, t in enumerate(TOWNS) if t.code == code) for _, code in ZONES])
    zone = rng.integers(0, len(ZONES), len(town))
    return np.where((zone_town[zone] == town) & (rng.random(len(town)) < 0.12) & (move_day == NEVER), zone, -1)


def _groups(rng: np.random.Generator, names: Texts, is_firm: Bools, town: Ints) -> Texts:
    """Return the group of each firm: the largest of each town leads one, a firm in fifty belongs to one."""
    groups = texts([""] * len(town))
    leaders = np.flatnonzero(is_firm & (_ranks(town) == 0))
    members = np.flatnonzero(is_firm & (rng.random(len(town)) < 0.02))
    groups[members] = names[leaders][members % len(leaders)]
    groups[leaders] = names[leaders]
    return groups


def make_holders(plan: Plan) -> Holders:
    """Return all holders of the city: firms first, then natural persons, then institutions."""
    rng = stream(plan.seed, "holders")
    established, closed = _firm_lives(rng, plan)
    firms = len(established)
    persons = plan.count(14000, 150)
    towns, industries = _firm_towns(rng, firms)
    person_towns, person_industries = _person_towns(rng, persons)
    forms = rng.integers(0, 100, firms)
    names, names_before = _firm_names(rng, towns, industries, forms)
    houses = len(INSTITUTIONS)
    town = np.concatenate([towns, person_towns, np.array([row[2] for row in INSTITUTIONS])])
    size = len(town)
    kind = np.concatenate([np.full(firms, FIRM), np.full(persons, PERSON), np.array([row[1] for row in INSTITUTIONS])])
    industry = np.concatenate([industries, person_industries, np.full(houses, INDUSTRY_INDEX["software"])])
    full_name = np.concatenate([names, texts(person_names(rng, persons)), texts([row[0] for row in INSTITUTIONS])])
    born = np.concatenate([established, np.full(persons + houses, day(1990, 1, 1))])
    is_firm = kind == FIRM
    rename_day = np.where(is_firm, _happens(rng, size, 0.05, born), NEVER)
    move_day = np.where(is_firm, _happens(rng, size, 0.03, born), NEVER)
    moved_to = np.where(move_day < NEVER, draw(rng, np.array([t.enterprise_weight for t in TOWNS]), size), town)
    plain = is_firm & (rng.random(size) < TOWN_NAME_SHARE)
    zone = _zones(rng, town, move_day)
    before = full_name.copy()
    before[:firms] = np.where(rename_day[:firms] < NEVER, names_before, names)
    sole = np.concatenate([np.array([is_sole_trader(f) for f in forms.tolist()]), np.zeros(persons + houses, np.bool_)])
    groups = _groups(rng, names, is_firm, town)
    place = texts(_places(rng, town))
    road = texts(list(PLAIN_ROADS))[rng.integers(0, len(PLAIN_ROADS), size)]
    place[plain] = [f"{r}{n % 170 + 1}号" for n, r in enumerate(road[plain].tolist())]
    return Holders(
        kind=kind, rank=_ranks(town * 10 + np.minimum(kind, 2)), town=town, town_after_move=moved_to, move_day=move_day,
        industry=industry, industry_code=_codes(rng, industry), name=full_name, name_before=before,
        rename_day=rename_day,
        credit_code=np.concatenate([texts(_credit_codes(established, sole[:firms])), texts([""] * (persons + houses))]),
        sole_trader=sole, established=born, closed=np.concatenate([closed, np.full(persons + houses, NEVER)]),
        group=groups, zone=zone, is_plain=plain, postcode=_postcodes(rng, town), place=place,
        place_after_move=texts(_places(rng, moved_to)), new_style=rng.random(size),
        high_tech_score=zipf_like_scores(rng, born, size), size_score=zipf_like_scores(rng, born, size),
    )  # fmt: skip


def zipf_like_scores(rng: np.random.Generator, born: Ints, size: int) -> Floats:
    """Return scores by which the yearly lists (high-tech, above scale) are filled: older firms first, with chance."""
    age = (2026 - years_of(born)).astype(np.float64)
    return age * 0.05 + rng.standard_normal(size)


def holder_weights(holders: Holders, rows: Ints) -> Floats:
    """Return the share of each candidate in its town's filings: Zipf with exponent 0.85 over the rank."""
    order = np.argsort(holders.rank[rows], kind="stable")
    weights = np.empty(len(rows), dtype=np.float64)
    weights[order] = zipf_weights(len(rows), 0.85)
    return weights
