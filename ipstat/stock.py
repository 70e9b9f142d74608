"""The stock of valid patents on two clocks, for any day D as known on any day K: `ipstat stock`.

The rule is the macro `valid_rights` of the dbt project, rendered here and run on the models of a build; the data tests
of every build hold the published and the restated flows against the same macro, so that the two can't drift apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import psycopg
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from psycopg import sql

from ipstat.errors import RefusedError, UsageError
from ipstat.settings import PROJECT_ROOT

CITY: Final = "442000"
OUTSIDE: Final = "outside"
EACH: Final = "each"
TOTAL: Final = "ALL"
THEN: Final = "then"
NOW: Final = "now"
KINDS: Final = ("invention_granted", "utility_granted", "design_granted")
_SHORT_KINDS: Final = {"invention": KINDS[0], "utility": KINDS[1], "design": KINDS[2]}
_READABLE: Final = ("built", "gated", "refused")
_CELLS: Final = """
with clocks as (
    select cast(%(at)s as date) as stock_day, cast(%(known)s as date) as known_day
),
valid as ({valid})
select valid.patent_kind, places.town_code, places.current_town_code, valid.place_code <> 'outside', count(*)
from valid
left join {places} as places on valid.place_code = places.place_code
    and places.valid_from <= valid.stock_day and (places.valid_to is null or places.valid_to > valid.stock_day)
group by 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Question:
    """What is asked: `known` None is `at` itself; `towns` and `kinds` empty are all in one row or by kind."""

    at: date
    known: date | None = None
    is_city: bool = True
    is_invalidation_restated: bool = False
    kinds: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    town_basis: str | None = None


@dataclass(frozen=True)
class StockRow:
    """One line of the answer; `kind` and `town_code` ALL in a total."""

    kind: str
    town_code: str
    town_name: str
    town_basis: str
    count: int


@dataclass(frozen=True)
class Stock:
    """The answer, and what it rests on: the first and last day on which a patent or event of the build became known."""

    build_id: str
    at: date
    known: date
    first_known: date
    last_known: date
    rows: tuple[StockRow, ...]


@dataclass(frozen=True)
class _Cell:
    kind: str
    town_then: str
    town_now: str
    is_in_city: bool
    count: int


@dataclass(frozen=True)
class _Area:
    code: str
    name: str
    basis: str


def choose_build(connection: psycopg.Connection, wanted: str | None) -> str:
    """The build to read: the wanted one, else the newest that knows everything (none made with --as-of) and that the
    gate has not refused; a refused one only where there is no other.

    Raises RefusedError where there is none, or its schemas are gone.
    """
    row = connection.execute(
        "select build_id from ops.builds"
        " where coalesce(build_id = %(wanted)s, as_of is null and status = any(%(read)s))"
        " order by status = 'refused', started_at desc limit 1",
        {"wanted": wanted, "read": list(_READABLE)},
    ).fetchone()
    if row is None:
        known = "there is no build yet" if wanted is None else f"there is no build {wanted}"
        raise RefusedError(known, "run `ipstat build`; `ipstat status` lists the builds")
    build_id = str(row[0])
    present = connection.execute(
        "select to_regclass(%s) is not null", [f"intermediate_{build_id}.int_patent_right_terms"]
    ).fetchone()
    if present != (True,):
        raise RefusedError(
            f"the models of the stock are not there for build {build_id}",
            "its schemas were dropped, or it was made by an older version: run `ipstat build`",
        )
    return build_id


def known_range(connection: psycopg.Connection, build_id: str) -> tuple[date, date]:
    """The first and the last day on which any patent or legal event of the build became known."""
    row = connection.execute(
        sql.SQL(
            "select min(known_on), max(known_on) from (select min(known_on) as known_on from {patents}"
            " union all select max(known_on) from {patents} union all select max(known_on) from {events}) as days"
        ).format(
            patents=sql.Identifier(f"marts_{build_id}", "fct_patents"),
            events=sql.Identifier(f"marts_{build_id}", "fct_patent_events"),
        )
    ).fetchone()
    if row is None or row[0] is None:
        raise RefusedError("no patent is loaded", "ingest the gazette or the legal events, then `ipstat build`")
    return row[0], row[1]


def read_stock(
    connection: psycopg.Connection,
    question: Question,
    *,
    today: date,
    is_latest: bool = False,
    build_id: str | None = None,
) -> Stock:
    """The stock that is asked for. `is_latest` takes the last known date as K (the day itself, if D is later).

    Raises UsageError on days, kinds and towns that make no sense, RefusedError without data.
    """
    chosen = choose_build(connection, build_id)
    first, last = known_range(connection, chosen)
    known = max(last, question.at) if is_latest else question.known or question.at
    _check_days(question.at, known, today)
    kinds = _kinds(question.kinds)
    areas = _areas(connection, chosen, question)
    cells = _cells(connection, chosen, question, known)
    return Stock(chosen, question.at, known, first, last, tuple(_rows(cells, kinds, areas, question)))


def _check_days(at: date, known: date, today: date) -> None:
    if known < at:
        raise UsageError(
            f"--known {known} lies before --at {at}: what is known on a day says nothing of a later one",
            "give a later --known, or leave it out: it is then the day itself",
        )
    if known > today:
        option = "--at" if at > today else "--known"
        raise UsageError(f"{option} {at if at > today else known} lies in the future", f"today is {today}")


def _kinds(wanted: Sequence[str]) -> tuple[str, ...]:
    """The kinds asked for, in the order of KINDS; all without a filter."""
    named = {_SHORT_KINDS.get(kind, kind) for kind in wanted if kind != EACH}
    if unknown := sorted(named - set(KINDS)):
        raise UsageError(f"--kind {unknown[0]!r} is no kind of granted patent", f"one of {', '.join(_SHORT_KINDS)}")
    return tuple(kind for kind in KINDS if kind in named) if named else KINDS


def _areas(connection: psycopg.Connection, build_id: str, question: Question) -> tuple[_Area, ...]:
    """The towns asked for; without any, one area: the city, or all."""
    if not question.towns:
        return (_Area(CITY, "全市", "both") if question.is_city else _Area(TOTAL, "全部", "both"),)
    now, then = _towns(connection, build_id, None), _towns(connection, build_id, question.at)
    if EACH in question.towns:
        basis = question.town_basis or NOW
        listed = {code: name for code, name in (now if basis == NOW else then).items() if code != CITY}
        return tuple(
            _Area(code, name, basis) for code, name in listed.items() if code != OUTSIDE or not question.is_city
        )
    return tuple(_area(wanted, now, then, question) for wanted in dict.fromkeys(question.towns))


def _area(wanted: str, now: dict[str, str], then: dict[str, str], question: Question) -> _Area:
    """A town by code or name: today's first, else one of the day D; the given basis alone where there is one."""
    if wanted == OUTSIDE and question.is_city:
        raise UsageError("--town outside is no part of the city", "add --scope all")
    bases = {NOW: now, THEN: then} if question.town_basis is None else {}
    bases = bases or {question.town_basis or NOW: then if question.town_basis == THEN else now}
    for basis, towns in bases.items():
        for code, name in towns.items():
            if wanted in (code, name):
                return _Area(code, name, "both" if code == CITY else basis)
    day = f" or of {question.at}" if THEN in bases else ""
    listed = "、".join(name for code, name in now.items() if code not in (CITY, OUTSIDE))
    raise UsageError(f"--town {wanted!r} is no town of today{day}", f"a code of dim_town, or one of {listed}")


def _towns(connection: psycopg.Connection, build_id: str, at: date | None) -> dict[str, str]:
    """Names by code of the town versions of a day, or of today's (`at` None), in the order of the dimension."""
    rows = connection.execute(
        sql.SQL(
            "select town_code, town_name from {} where case when %(at)s::date is null then valid_to is null"
            " else (valid_from is null or valid_from <= %(at)s) and (valid_to is null or valid_to > %(at)s) end"
            " order by sort_order, town_code"
        ).format(sql.Identifier(f"marts_{build_id}", "dim_town")),
        {"at": at},
    ).fetchall()
    return dict(rows)


def render_valid_rights(build_id: str, *, is_invalidation_restated: bool) -> str:
    """The macro `valid_rights` as SQL over the models of a build; it reads a relation `clocks`."""
    macros = Environment(
        loader=FileSystemLoader(PROJECT_ROOT / "dbt_project" / "macros"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - SQL, and nothing of a user's goes into it
    )
    relation = f'"intermediate_{build_id}".'
    names = ("int_patent_rights", "int_patent_right_terms", "int_patent_right_endings", "int_patent_right_moves")
    module = macros.get_template("stock.sql").make_module()
    return str(module.valid_rights("clocks", *(relation + name for name in names), is_invalidation_restated))  # type: ignore[attr-defined]


def _cells(connection: psycopg.Connection, build_id: str, question: Question, known: date) -> list[_Cell]:
    statement = _CELLS.format(
        valid=render_valid_rights(build_id, is_invalidation_restated=question.is_invalidation_restated),
        places=f'"intermediate_{build_id}".int_places_dated',
    )
    found = connection.execute(statement.encode(), {"at": question.at, "known": known}).fetchall()
    return [_Cell(*row) for row in found]


def _rows(
    cells: Iterable[_Cell], kinds: Sequence[str], areas: Sequence[_Area], question: Question
) -> Iterable[StockRow]:
    """One row for each town and kind, then the total where there are several."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for cell in cells:
        counted[cell.kind, cell.town_now, NOW] += cell.count
        counted[cell.kind, cell.town_then, THEN] += cell.count
        counted[cell.kind, TOTAL, "both"] += cell.count
        counted[cell.kind, CITY, "both"] += cell.count if cell.is_in_city else 0
    rows = [
        StockRow(kind, area.code, area.name, area.basis, counted[kind, area.code, area.basis])
        for area in areas
        for kind in kinds
    ]
    yield from rows
    is_disjoint = len(areas) == 1 or (len({area.basis for area in areas}) == 1 and areas[0].basis != "both")
    if len(rows) > 1 and is_disjoint:
        area = areas[0] if len(areas) == 1 else _Area(TOTAL, "合计", areas[0].basis)
        kind = kinds[0] if len(kinds) == 1 else TOTAL
        yield StockRow(kind, area.code, area.name, area.basis, sum(row.count for row in rows))
