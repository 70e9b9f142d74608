"""Ground truth beside the feeds: who really holds what, where, and what became of it. No pipeline code reads it."""

from __future__ import annotations

import numpy as np

from ipstat.sample_city.city import City
from ipstat.sample_city.dates import formatted
from ipstat.sample_city.holders import NEVER, TYPE_NAMES
from ipstat.sample_city.legal_events import main_classes
from ipstat.sample_city.lives import CODES
from ipstat.sample_city.numbers import application_texts
from ipstat.sample_city.output import Output
from ipstat.sample_city.places import TOWNS
from ipstat.sample_city.randomness import Ints, texts

CLASS_NAMES = texts(["invention_published", "invention_granted", "utility_granted", "design_granted"])


def _days(days: Ints) -> list[str]:
    return formatted(np.where(days >= NEVER, 0, days))


def _holders(city: City) -> list[str]:
    holders = city.holders
    then, now = texts([t.code for t in TOWNS]), texts([t.code_now for t in TOWNS])
    columns = zip(
        range(len(holders)), texts(list(TYPE_NAMES))[holders.kind].tolist(), holders.name.tolist(),
        holders.name_before.tolist(), _days(holders.rename_day), holders.credit_code.tolist(),
        then[holders.town].tolist(), now[holders.town].tolist(), then[holders.town_after_move].tolist(),
        _days(holders.move_day), holders.industry_code.tolist(), _days(holders.established),
        _days(holders.closed), strict=True,
    )  # fmt: skip
    return [",".join(map(str, row)) + "\n" for row in columns]


def _patents(city: City) -> list[str]:
    documents, lives = city.documents, city.lives
    rows = np.arange(len(documents))
    size = len(city.holders)
    inside = documents.holder < size
    holder = np.where(inside, documents.holder, 0)
    towns = city.holders.towns_on(holder, documents.filing + 30)
    then = np.where(inside, texts([t.code for t in TOWNS])[towns], "outside")
    now = np.where(inside, texts([t.code_now for t in TOWNS])[towns], "outside")
    columns = zip(
        CLASS_NAMES[documents.doc_class].tolist(), city.numbers.publication.tolist(),
        application_texts(city.numbers, rows), _days(documents.filing), _days(documents.issue),
        np.where(inside, documents.holder, -1).tolist(), then.tolist(), now.tolist(),
        np.where(inside, city.holders.industry_code[holder], "").tolist(), main_classes(city, rows).tolist(),
        documents.is_opening.astype(np.int64).tolist(), _days(lives.enter), _days(lives.leave), _days(lives.restored),
        strict=True,
    )  # fmt: skip
    return [",".join(map(str, row)) + "\n" for row in columns]


def _events(city: City) -> list[str]:
    events = city.lives.events
    columns = zip(
        city.numbers.publication[events.document].tolist(), texts(list(CODES))[events.code].tolist(),
        formatted(events.announced), formatted(events.effective), strict=True,
    )  # fmt: skip
    return [",".join(row) + "\n" for row in columns]


def _marks(city: City) -> list[str]:
    marks = city.marks
    towns = city.holders.towns_on(marks.holder, marks.filed)
    columns = zip(
        marks.application.tolist(), marks.nice_class.tolist(), marks.holder.tolist(),
        texts([t.code for t in TOWNS])[towns].tolist(), formatted(marks.filed), formatted(marks.registered),
        formatted(marks.ended), _days(marks.enter), _days(marks.leave),
        strict=True,
    )  # fmt: skip
    return [",".join(map(str, row)) + "\n" for row in columns]


def write_truth(city: City, output: Output) -> None:
    """Write _truth/*.csv (UTF-8)."""
    output.truth(
        "holders.csv",
        "holder,type,name,name_before,renamed_on,uscc,town_code,town_code_now,town_code_after_move,moved_on,industry_code,"
        "established,closed",
        _holders(city),
    )
    output.truth(
        "patents.csv",
        "kind,publication_number,application_number,filed,announced,holder,town_code,town_code_now,industry_code,main_class,"
        "is_known_from_legal_events_only,in_stock_from,end_known_on,restored_on",
        _patents(city),
    )
    output.truth("events.csv", "publication_number,event_code,known_on,effective_on", _events(city))
    output.truth(
        "marks.csv",
        "application_number,nice_class,holder,town_code,filed,registered,ended,in_stock_from,left_stock_on",
        _marks(city),
    )
