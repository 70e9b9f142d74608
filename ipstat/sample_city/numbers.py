"""Publication and application numbers: unique, rising with time, a thin sample of the national sequences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ipstat.sample_city.dates import day, iso_day, years_of
from ipstat.sample_city.documents import DESIGN, INVENTION, PUBLISHED, UTILITY, Documents, next_issue
from ipstat.sample_city.identifiers import application_checks
from ipstat.sample_city.randomness import Floats, Ints, Texts, slots, stream

#: The national sequences at some days (the middle ones read off the real gazette of 2019-07-09), linear between.
SEQUENCES: dict[int, tuple[tuple[str, int], ...]] = {
    INVENTION: (("1998-01-01", 100100000), ("2012-01-01", 102300000), ("2019-07-09", 109984000),
                ("2030-01-01", 127000000)),
    UTILITY: (("2004-01-01", 200500000), ("2012-01-01", 202100000), ("2019-07-09", 209072000),
              ("2030-01-01", 229000000)),
    DESIGN: (("2006-01-01", 300500000), ("2012-01-01", 301800000), ("2019-07-09", 305247000),
             ("2030-01-01", 312000000)),
}  # fmt: skip
NEW_KIND_CODES = day(2010, 4, 7)  # C, Y and D until then
KIND_LETTERS = {PUBLISHED: ("A", "A"), INVENTION: ("C", "B"), UTILITY: ("Y", "U"), DESIGN: ("D", "S")}
TYPE_DIGITS = {PUBLISHED: 1, INVENTION: 1, UTILITY: 2, DESIGN: 3}
APPLICATIONS_A_YEAR = 880_000


@dataclass(frozen=True)
class Numbers:
    """Texts by document: ``CN209072114U``, 12 digits of the application number, its check character."""

    publication: Texts
    application: Ints
    check: Texts


def _sequence(doc_class: int, days: Ints) -> Floats:
    points = SEQUENCES[doc_class]
    return np.interp(days, [iso_day(text) for text, _ in points], [number for _, number in points])


def _publication_digits(documents: Documents, rng: np.random.Generator) -> Ints:
    out = np.zeros(len(documents), dtype=np.int64)
    first_known = documents.issue.copy()
    late = documents.doc_class == INVENTION
    first_known[late] -= 400  # published before the sample's first issue, unless the row below says otherwise
    published = np.flatnonzero(documents.doc_class == PUBLISHED)
    first_known[documents.family[published]] = documents.issue[published]
    for doc_class in (INVENTION, UTILITY, DESIGN):
        rows = np.flatnonzero(documents.doc_class == doc_class)
        if doc_class == INVENTION:
            alone = published[documents.family[published] == published]
            rows = np.concatenate([rows, alone])
        days = next_issue(first_known[rows])
        order = np.argsort(days, kind="stable")
        ordered = days[order]
        start = _sequence(doc_class, ordered)
        width = np.floor(_sequence(doc_class, next_issue(ordered + 1)) - start)
        out[rows[order]] = np.floor(start).astype(np.int64) + slots(ordered, width, rng)
    shared = documents.family[published]
    out[published] = out[shared]
    return out


def _applications(documents: Documents, rng: np.random.Generator) -> Ints:
    types = np.array([TYPE_DIGITS[c] for c in range(4)])[documents.doc_class]
    own = np.flatnonzero(documents.family == np.arange(len(documents)))
    types[own[rng.random(len(own)) < 0.003]] += 7  # PCT national phase: 8 for an invention, 9 for a utility model
    types = np.minimum(np.where(types == 10, 3, types), 9)
    years = years_of(documents.filing)
    group = years[own] * 10 + types[own]
    order = np.lexsort((documents.filing[own], group))
    serial = slots(group[order], np.full(len(own), float(APPLICATIONS_A_YEAR)), rng) + 1000
    out = np.zeros(len(documents), dtype=np.int64)
    out[own[order]] = group[order] * 10_000_000 + serial
    shared: Ints = out[documents.family]
    return shared


def make_numbers(documents: Documents, seed: int) -> Numbers:
    """Return the numbers of all documents; a published application and its grant share both numbers but the letter."""
    rng = stream(seed, "numbers")
    digits = _publication_digits(documents, rng).tolist()
    is_new = (documents.issue >= NEW_KIND_CODES).astype(np.int64)
    letters = np.array([KIND_LETTERS[c] for c in range(4)], dtype=object)[documents.doc_class, is_new].tolist()
    publication = np.empty(len(documents), dtype=object)
    publication[:] = [f"CN{number}{letter}" for number, letter in zip(digits, letters, strict=True)]
    application = _applications(documents, rng)
    return Numbers(publication=publication, application=application, check=application_checks(application))


def application_texts(numbers: Numbers, rows: Ints, form: str = "plain") -> list[str]:
    """Return application numbers as ``2019304325389`` (plain), ``201930432538.9`` (dot) or ``CN...`` with the dot."""
    prefix, dot = ("CN" if form == "country" else ""), ("" if form == "plain" else ".")
    pairs = zip(numbers.application[rows].tolist(), numbers.check[rows].tolist(), strict=True)
    return [f"{prefix}{number}{dot}{check}" for number, check in pairs]
