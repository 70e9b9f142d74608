"""Feed cnipa_gazette: four CSV files an issue in GB18030, with the faults of the real issue of 2019-07-09."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ipstat.sample_city.addresses import addresses
from ipstat.sample_city.city import City
from ipstat.sample_city.dates import formatted, gazette_days, one, years_of
from ipstat.sample_city.documents import DESIGN, INVENTION, PUBLISHED, UTILITY
from ipstat.sample_city.holders import FIRM, PERSON
from ipstat.sample_city.names import name_variant
from ipstat.sample_city.output import Output
from ipstat.sample_city.plan import FIRST_YEAR, LAST_YEAR
from ipstat.sample_city.pools import loc_for_years
from ipstat.sample_city.randomness import Bools, Ints, stream, texts

FEED = "cnipa_gazette"
STEMS = {
    PUBLISHED: "invention_published", INVENTION: "invention_authorized", UTILITY: "utility_new",
    DESIGN: "appearance_designed",
}  # fmt: skip
HEADER = "item,name,authorization_notice_id,authorized_announcement_date,filing_id,filing_date,patentee,{},Int.Cl.\n"
RIGHT_ORDER, WRONG_ORDER = HEADER.format("designer,address"), HEADER.format("address,designer")
REPEATED = {PUBLISHED: 0.12, INVENTION: 0.10, UTILITY: 0.07, DESIGN: 0.0}  # measured in the real files
CONFLICTING_SHARE = 0.02  # of the repeated rows
VARIANT_SHARE = 0.03  # firms whose name a row spells differently
CORRECTION_SHARE = 0.0005
MISFILED_SHARE = 0.0007  # utility models of the issue before, in the file of published inventions
CRAWL2_EVERY = 97  # one issue in so many is delivered with the second crawl
CUT_OFF_EVERY = 211  # one issue in so many is first delivered without a part of its utility models
LATE_EVERY = 173
BROKEN_ROW_NEEDS = 400  # an issue this large bears one row for the quarantine


@dataclass(frozen=True)
class Rows:
    """The rows of all files in order: document, the issue and file they lie in, and whether they are a repetition."""

    document: Ints
    issue: Ints
    file_class: Ints
    is_copy: Bools
    is_conflicting: Bools

    def taken(self, rows: Ints) -> Rows:
        """Return some of the rows."""
        return Rows(self.document[rows], self.issue[rows], self.file_class[rows], self.is_copy[rows],
                    self.is_conflicting[rows])  # fmt: skip


def _rows(city: City) -> Rows:
    rng = stream(city.plan.seed, "gazette rows")
    documents = city.documents
    kept = np.flatnonzero(~documents.is_opening)
    repeats = np.array([REPEATED[c] for c in range(4)])[documents.doc_class[kept]]
    copies = kept[rng.random(len(kept)) < repeats]
    again = copies[rng.random(len(copies)) < 0.1]
    document = np.concatenate([kept, copies, again])
    issue, file_class = documents.issue[document].copy(), documents.doc_class[document].copy()
    calendar = np.array(gazette_days(FIRST_YEAR, LAST_YEAR), dtype=np.int64)
    position = np.searchsorted(calendar, issue)
    misfiled = (file_class == UTILITY) & (np.arange(len(document)) < len(kept)) & (position < len(calendar) - 1)
    misfiled &= rng.random(len(document)) < MISFILED_SHARE
    issue[misfiled] = calendar[position[misfiled] + 1]
    file_class[misfiled] = PUBLISHED
    is_copy = np.arange(len(document)) >= len(kept)
    conflicting = is_copy & (rng.random(len(document)) < CONFLICTING_SHARE)
    order = np.lexsort((rng.random(len(document)), is_copy, file_class, issue))
    return Rows(document, issue, file_class, is_copy, conflicting).taken(order)


def destroyed(numbers: Ints, digits: int) -> list[str]:
    """Return 13-digit numbers as a spreadsheet shows them: ``2.0193E+12`` with at most ``digits`` decimals."""
    rounded = np.round(numbers / 1e12, digits)
    values, inverse = np.unique(rounded, return_inverse=True)
    shown = texts([f"{value:.{digits}f}".rstrip("0").rstrip(".") + "E+12" for value in values.tolist()])
    return list(shown[inverse])


def _filing_ids(city: City, rows: Rows, rng: np.random.Generator, is_second_crawl: bool) -> list[str]:
    document = rows.document
    number, check = city.numbers.application[document], city.numbers.check[document]
    plain = [f"{n}{c}" for n, c in zip(number.tolist(), check.tolist(), strict=True)]
    as_digits = number * 10 + np.where(check == "X", 0, check).astype(np.int64)
    coarse, fine = destroyed(as_digits, 2), destroyed(as_digits, 5)
    luck = rng.random(len(document))
    kind = rows.file_class
    intact_share = np.where((kind == PUBLISHED) | ((kind == UTILITY) & is_second_crawl), 0.065, 0.001)
    is_fine = (kind == DESIGN) | (luck > 0.77) & (kind == UTILITY) | (kind == INVENTION) & (not is_second_crawl)
    is_intact = (check == "X") | (luck < intact_share)
    cells = zip(plain, coarse, fine, is_intact.tolist(), is_fine.tolist(), strict=True)
    return [whole if intact else (long if exact else short) for whole, short, long, intact, exact in cells]


def party_cells(city: City, document: Ints) -> list[str]:
    """Return the parties of each document as registered on its filing day, joined by the real separator."""
    documents = city.documents
    first = city.holder_names(documents.holder[document], documents.filing[document])
    partner = documents.partner[document]
    rows = np.flatnonzero(partner >= 0)
    first[rows] = first[rows] + ";??" + city.holder_names(partner[rows], documents.filing[document[rows]])
    return list(first)


def _patentees(city: City, rows: Rows, rng: np.random.Generator) -> list[str]:
    names = party_cells(city, rows.document)
    size = len(names)
    owner = city.documents.holder[rows.document]
    kinds = np.where(owner < len(city.holders), city.holders.kind[np.minimum(owner, len(city.holders) - 1)], -1)
    misspelt = np.flatnonzero((kinds == FIRM) & (rng.random(size) < VARIANT_SHARE))
    forms = rng.integers(0, 6, size)
    for row in misspelt.tolist():
        first, mark, rest = names[row].partition(";??")
        names[row] = name_variant(first, int(forms[row])) + mark + rest
    trailing = (rng.random(size) < 0.045).tolist()
    return [name + (";" if tail else "") for name, tail in zip(names, trailing, strict=True)]


def _classes(city: City, rows: Rows) -> list[str]:
    pool = city.documents.pool[rows.document]
    designs = city.documents.doc_class[rows.document] == DESIGN
    years = years_of(city.documents.issue[rows.document])
    return list(np.where(designs, loc_for_years(city.pools, pool, years), city.pools.ipc_cells[pool]))


def row_texts(city: City, rows: Rows, is_second_crawl: bool = False) -> list[str]:
    """Return everything of each row after its running number, ready to be written."""
    rng = stream(city.plan.seed, f"gazette cells {is_second_crawl}")
    documents, document = city.documents, rows.document
    pool, designs = documents.pool[document], documents.doc_class[document] == DESIGN
    titles = np.where(designs, city.design_title_cells[pool], city.technical_title_cells[pool])
    owner = documents.holder[document]
    inside = owner < len(city.holders)
    where = city.outside_addresses[np.where(inside, 0, owner - len(city.holders))]
    city_rows = np.flatnonzero(inside)
    where[city_rows] = addresses(city.holders, owner[city_rows], documents.filing[document[city_rows]] + 30,
                                 documents.luck[document[city_rows]])  # fmt: skip
    where[rows.is_conflicting] = where[rows.is_conflicting] + "之三"
    persons = inside & (city.holders.kind[np.where(inside, owner, 0)] == PERSON) & (documents.luck[document] < 0.7)
    people = np.where(persons, city.holder_names(owner, documents.filing[document]),
                      city.inventors[documents.inventor[document]])  # fmt: skip
    publication = city.numbers.publication[document]
    corrected = np.flatnonzero(rows.is_copy & (rng.random(len(document)) < CORRECTION_SHARE * 10))
    publication[corrected] = [text + "8" for text in publication[corrected].tolist()]
    announced, filed = formatted(documents.issue[document], "."), formatted(documents.filing[document], ".")
    parts = zip(titles.tolist(), publication.tolist(), announced, _filing_ids(city, rows, rng, is_second_crawl), filed,
                _patentees(city, rows, rng), people.tolist(), where.tolist(), _classes(city, rows),
                strict=True)  # fmt: skip
    return [f"{t},{p},{a},{n},{f},{o},{d},{w},{c}\n" for t, p, a, n, f, o, d, w, c in parts]


def broken(line: str, number: int) -> str:
    """Return a copy of a row that no reader can accept: an impossible date, or cells shifted to the left."""
    cells = line.split(",")
    if number % 2:
        cells[4] = cells[4][:5] + "02.30"
        return ",".join(cells)
    return ",".join(cells[1:])


def _numbered(lines: list[str], extra: str | None) -> str:
    body = "".join([f"{n},{line}" for n, line in enumerate(lines, 1)])
    return body if extra is None else f"{body}{len(lines) + 1},{extra}"


def write_gazette(city: City, output: Output) -> None:
    """Write every issue: four files, and for one issue in ~100 the second crawl of two of them."""
    rows = _rows(city)
    in_years = (years_of(rows.issue) >= city.years[0]) & (years_of(rows.issue) <= city.years[1])
    rows = rows.taken(np.flatnonzero(in_years))
    lines = row_texts(city, rows)
    calendar = [n for n in gazette_days(FIRST_YEAR, LAST_YEAR) if city.has_day(n)]
    keys = (np.array(calendar)[:, None] * 10 + np.arange(4)).ravel()
    bounds = np.searchsorted(rows.issue * 10 + rows.file_class, np.append(keys, keys[-1] + 1)).tolist()
    plan = [(n, calendar[n // 4], n % 4, bounds[n], bounds[n + 1]) for n in range(len(keys))]
    for n, issue, file_class, start, end in plan:
        large = file_class == UTILITY and bounds[n - n % 4 + 4] - bounds[n - n % 4] >= BROKEN_ROW_NEEDS
        extra = next((broken(line, issue) for line in lines[start:end] if '"' not in line), None) if large else None
        content = (WRONG_ORDER if file_class == INVENTION else RIGHT_ORDER) + _numbered(lines[start:end], extra)
        path = Path(one(issue)) / f"CN_patent_{STEMS[file_class]}.csv"
        if file_class == UTILITY and (n // 4) % CUT_OFF_EVERY == 57 and end - start > 3:
            _send_twice(output, path, content, issue)
        else:
            late = file_class == DESIGN and (n // 4) % LATE_EVERY == 90
            on, note = (issue + 24, "late: the other files of the issue came first") if late else (issue + 5, "")
            output.write(FEED, path, content.encode("gb18030"), on, note)
        if file_class == 0:
            city.progress(FEED, n, len(keys))
    _write_second_crawl(city, output, rows, plan)


def _send_twice(output: Output, path: Path, content: str, issue: int) -> None:
    """Send a file that lacks its last third of rows, and the whole of it some weeks later."""
    lines = content.splitlines(keepends=True)
    output.write(FEED, path, "".join(lines[: -(len(lines) // 3)]).encode("gb18030"), issue + 5)
    output.resend(FEED, path, content.encode("gb18030"), issue + 26, "corrected: the first file ended early")


def _write_second_crawl(city: City, output: Output, rows: Rows, plan: list[tuple[int, int, int, int, int]]) -> None:
    rng = stream(city.plan.seed, "second crawl")
    chosen = [p for p in plan if (p[0] // 4) % CRAWL2_EVERY == 40 and p[2] in (INVENTION, UTILITY) and p[4] > p[3]]
    for _, issue, file_class, start, end in chosen:
        part = np.arange(start, end)
        if file_class == UTILITY:
            part = np.union1d(part[:1], part[rng.random(len(part)) < 0.82])
        lines = row_texts(city, rows.taken(part), is_second_crawl=True)
        path = Path(one(issue)) / f"CN_patent_{STEMS[file_class]}_crawl2.csv"
        output.write(FEED, path, (RIGHT_ORDER + _numbered(lines, None)).encode("gb18030"), issue + 40)
