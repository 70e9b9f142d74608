"""Feed patent_families: members abroad of a share of the city's inventions; a CSV a year of what became known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ipstat.sample_city.city import City
from ipstat.sample_city.dates import day, formatted, years_of
from ipstat.sample_city.documents import INVENTION
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR
from ipstat.sample_city.randomness import Ints, draw, stream, texts

FEED = "patent_families"
HEADER = "公开公告号,同族公开号,同族国家地区,同族授权日,同族失效日,数据日期\n"
FAMILY_SHARE = 0.055
COUNTRIES = ("US", "EP", "JP", "KR", "DE", "AU", "HK", "TW")
COUNTRY_SHARES = (0.46, 0.18, 0.12, 0.06, 0.05, 0.04, 0.05, 0.04)
LAST_DAY = day(LAST_YEAR, 12, 31)


def _members(city: City) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return document, country, and the days of publication, grant and end (0 none) of each member abroad."""
    rng = stream(city.plan.seed, FEED)
    documents = city.documents
    own = np.flatnonzero((documents.doc_class == INVENTION) & ~documents.is_outside)
    chosen = own[rng.random(len(own)) < FAMILY_SHARE]
    document = np.repeat(chosen, rng.integers(1, 4, len(chosen)))
    size = len(document)
    country = draw(rng, np.array(COUNTRY_SHARES), size)
    _, kept = np.unique(document * len(COUNTRIES) + country, return_index=True)  # one member in a country
    published = documents.issue[document] + rng.integers(20, 400, size)
    granted = np.where(rng.random(size) < 0.7, published + rng.integers(200, 1500, size), 0)
    ended = np.where((granted > 0) & (rng.random(size) < 0.2), granted + rng.integers(900, 3200, size), 0)
    return document[kept], country[kept], published[kept], granted[kept], ended[kept]


def _lines(city: City) -> tuple[list[str], Ints]:
    """Return the record of each step of each member in the order of its known day, and the year of that day."""
    document, country, published, granted, ended = _members(city)
    number = np.arange(len(document))
    steps = [
        (number, published, 0 * granted, 0 * ended),
        (number[granted > 0], granted[granted > 0] + 30, granted[granted > 0], 0 * ended[granted > 0]),
        (number[ended > 0], ended[ended > 0] + 45, granted[ended > 0], ended[ended > 0]),
    ]
    row, known, grant, end = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    order = np.lexsort((row, known))
    order = order[known[order] <= LAST_DAY]
    row, known, grant, end = row[order], known[order], grant[order], end[order]
    codes = texts(list(COUNTRIES))[country[row]].tolist()
    publication = city.numbers.publication[document[row]].tolist()
    columns = zip(
        publication, row.tolist(), codes, formatted(grant), formatted(end), formatted(known), strict=True
    )  # fmt: skip
    lines = [f"{cn},{code}{7_000_000 + n},{code},{given},{gone},{on}\n" for cn, n, code, given, gone, on in columns]
    return lines, np.maximum(years_of(known), FIRST_YEAR)


def write_families(city: City, output: Output) -> None:
    """Write one CSV (UTF-8) a year with the members that appeared, were granted or ended; the first has all before."""
    lines, years = _lines(city)
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        if not city.years[0] <= year <= city.years[1]:
            continue
        body = "".join(lines[n] for n in np.flatnonzero(years == year).tolist())
        path = Path(f"{FEED}_{year}.csv")
        output.write(FEED, path, (HEADER + body).encode(), day(year + 1, 1, 12))
        city.progress(FEED, year - FIRST_YEAR + 1, LAST_YEAR - FIRST_YEAR + 1)
