"""Feed enterprise_register: a complete snapshot of the firms at the end of each year, CSV in GB18030."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city import anchors
from ipstat.sample_city.addresses import MERGER, addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import day, formatted, one
from ipstat.sample_city.holders import FIRM
from ipstat.sample_city.output import Output
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR
from ipstat.sample_city.randomness import Bools, Floats, Ints, Texts, stream, texts

FEED = "enterprise_register"
HEADER = (
    "统一社会信用代码,企业名称,曾用名,企业类型,住所,所属镇街,行业代码,成立日期,注销日期,所属集团,高新技术企业,规上工业企业,规上出口企业,"
    "梯度培育层级\n"
)
TIERS = ("", "入库", "培育", "优势", "示范")


def _top(scores: Floats, count: int) -> Bools:
    chosen = np.zeros(len(scores), dtype=np.bool_)
    chosen[np.argsort(-scores, kind="stable")[:count]] = True
    return chosen


def year_lists(city: City, rows: Ints, year: int) -> tuple[Bools, Bools, Bools]:
    """Return who of the living firms is high-tech, above scale, and an above-scale exporter at the end of a year."""
    holders, n = city.holders, year - (FIRST_YEAR - 1)
    alive = (holders.established[rows] <= day(year, 12, 31)) & (holders.closed[rows] > day(year, 12, 31))
    drift = stream(city.plan.seed, f"lists {year}").standard_normal(len(rows)) * 0.15
    rank = np.log1p(holders.rank[rows])
    low = np.where(alive & ~holders.sole_trader[rows], 0.0, -1e9)
    high_tech = _top(holders.high_tech_score[rows] - 0.5 * rank + drift + low,
                     city.plan.count(anchors.HIGH_TECH_ENTERPRISES[n], 3))  # fmt: skip
    above_count = city.plan.count(anchors.ABOVE_SCALE_ENTERPRISES[n], 5)
    above = _top(holders.size_score[rows] - 0.6 * rank + drift + low, above_count)
    share = int(above_count * anchors.EXPORTER_SHARE_OF_ABOVE_SCALE)
    exporters = _top(holders.new_style[rows] + np.where(above, 0.0, -1e9), share)
    return high_tech, above, exporters & above


def town_names(towns: Ints, day_number: int) -> Texts:
    """Return the towns' official names on a day (new ones from 2021-01-01)."""
    attribute = "name_now" if day_number >= MERGER else "name"
    return texts([str(getattr(town, attribute)) for town in TOWNS])[towns]


def _tiers(city: City, rows: Ints, year: int, high_tech: Bools) -> list[str]:
    out = np.zeros(len(rows), dtype=np.int64)
    score = city.holders.size_score[rows]
    out[high_tech & (score > 0.5)] = 1
    out[high_tech & (score > 1.3)] = 2
    place = {holder: n for n, holder in enumerate(rows.tolist())}
    for level, title in ((3, "国家知识产权优势企业"), (4, "国家知识产权示范企业")):
        for holder in city.honours.in_force(title, day(year, 12, 31)):
            if holder in place:
                out[place[holder]] = level
    return [TIERS[n] for n in out.tolist()]


def _types(city: City, rows: Ints) -> list[str]:
    names = city.holders.name[rows].tolist()
    sole = city.holders.sole_trader[rows].tolist()
    return [
        "个体工商户" if trader else "股份有限公司" if "股份" in name else "有限责任公司"
        for name, trader in zip(names, sole, strict=True)
    ]


def snapshot_lines(city: City, year: int) -> list[str]:
    """Return the rows of one snapshot: living firms, and those closed within the last year."""
    holders, on = city.holders, day(year, 12, 31)
    rows = np.flatnonzero((holders.kind == FIRM) & (holders.established <= on) & (holders.closed > on - 366))
    days = np.full(len(rows), on)
    luck = stream(city.plan.seed, f"register {year}").random(len(rows))
    names = holders.names_on(rows, days)
    former = np.where((holders.rename_day[rows] <= on), holders.name_before[rows], "")
    towns = town_names(holders.towns_on(rows, days), on)
    towns[(luck < 0.004)] = ""  # the town is missing
    closed = np.where(holders.closed[rows] <= on, holders.closed[rows], 0)
    high_tech, above, exporters = year_lists(city, rows, year)
    yes = texts(["否", "是"])
    where = addresses(holders, rows, days, luck, with_postcode=False)
    columns = zip(
        holders.credit_code[rows].tolist(), names.tolist(), former.tolist(), _types(city, rows), where, towns.tolist(),
        holders.industry_code[rows].tolist(), formatted(holders.established[rows]), formatted(closed),
        holders.group[rows].tolist(), yes[high_tech.astype(np.int64)].tolist(), yes[above.astype(np.int64)].tolist(),
        yes[exporters.astype(np.int64)].tolist(), _tiers(city, rows, year, high_tech), strict=True,
    )  # fmt: skip
    return [",".join(row) + "\n" for row in columns]


def write_register(city: City, output: Output) -> None:
    """Write the snapshots of 2011 to 2025; large ones bear a row with an impossible date beside its good copy."""
    for year in range(FIRST_YEAR - 1, LAST_YEAR + 1):
        if year != FIRST_YEAR - 1 and not city.years[0] <= year <= city.years[1]:
            continue
        lines = snapshot_lines(city, year)
        on = day(year, 12, 31)
        path = Path(f"register_{one(on)}.csv")
        if len(lines) >= 1100:
            cells = lines[5].split(",")
            lines.append(",".join([*cells[:7], "2015-02-30", *cells[8:]]))
        content = (HEADER + "".join(lines)).encode("gb18030")
        if year == FIRST_YEAR + 6:  # first sent without the last firm
            output.write(FEED, path, (HEADER + "".join(lines[:-1])).encode("gb18030"), on + 24)
            output.resend(FEED, path, content, on + 71, "corrected: a firm was missing")
        else:
            output.write(FEED, path, content, on + 24)
        city.progress(FEED, year - FIRST_YEAR + 1, LAST_YEAR - FIRST_YEAR + 2)
