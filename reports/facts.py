"""The facts file: every published number once, with its unit, rounding, period, vintage and the query that gave it.

Text, tables and figures read this file only. It holds no build id, no clock and no path, so that equal inputs give
equal bytes; the schema of the build stands as `marts` in the recorded SQL.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports import wording

# Marks that are printed behind a value that is not final; the notes of a table or figure explain those it uses.
STATUS_MARKS = {"provisional": "*", "partial": "†", "estimated": "‡"}
STATUS_NOTES = {
    "provisional": "* 为初步数",
    "partial": "† 为数据不完整期间的部分数，不计算增速",
    "estimated": "‡ 为估计数",
}
STATUS_WORDS = {"not_reported": wording.NO_DATA, "not_applicable": wording.NOT_APPLICABLE, "suppressed": "不予公开"}
COMPARABLE = frozenset({"reported", "provisional", "estimated"})


class FactError(ValueError):
    """A fact is missing, doubled or malformed; the message names its id."""


@dataclass(frozen=True)
class Fact:
    """One published number.

    `value` is the exact decimal as text (None: no number); `formatted` the printed form with rounding to `decimals`.
    A fact is either queried (`query` names the SQL, `parameters` are its binds, `row` the key of the result row and
    `column` the value's column) or derived (`derived_from` and `formula`).
    """

    fact_id: str
    label: str
    value: str | None
    unit: str
    decimals: int
    formatted: str
    period: str
    as_of: str
    indicator_code: str | None = None
    status: str = "reported"
    coverage_pct: str | None = None
    query: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    row: Mapping[str, str] = field(default_factory=dict)
    column: str | None = None
    derived_from: tuple[str, ...] = ()
    formula: str | None = None

    @property
    def number(self) -> Decimal | None:
        """The exact value; None where there is none."""
        return None if self.value is None else Decimal(self.value)

    @property
    def comparable(self) -> Decimal | None:
        """The value if a growth rate may be taken from it (a partial period may not be compared)."""
        return self.number if self.status in COMPARABLE else None

    @property
    def marked(self) -> str:
        """The printed form with the mark of a value that is not final."""
        return self.formatted + STATUS_MARKS.get(self.status, "")


@dataclass(frozen=True)
class Column:
    """A column of a published table; `align` is left, right or center, `width` a Typst track (`auto`, `1fr`, `3em`)."""

    label: str
    align: str = "right"
    width: str = "auto"


@dataclass(frozen=True)
class Table:
    """A published table: cells are fact ids (`{"fact": id}`) or texts (`{"text": ...}`)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Mapping[str, str], ...], ...]
    unit: str = ""


class FactBook:
    """All facts of one publication. Ids are unique; series and tables are lists of fact ids, `texts` are reviewed
    notes.
    """

    def __init__(self, publication: str, period: str, as_of: str, *, is_sample: bool) -> None:
        self.publication = publication
        self.period = period
        self.as_of = as_of
        self.is_sample = is_sample
        self.facts: dict[str, Fact] = {}
        self.series: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, Table] = {}
        self.queries: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def add(self, fact: Fact) -> Fact:
        """Take in a fact; the same fact twice is one, another one under the same id raises FactError."""
        known = self.facts.setdefault(fact.fact_id, fact)
        if known != fact:
            raise FactError(f"two different facts are called {fact.fact_id}")
        return fact

    def derive(
        self,
        fact_id: str,
        label: str,
        value: Decimal | None,
        unit: str,
        decimals: int,
        sources: Sequence[Fact],
        formula: str,
    ) -> Fact:
        """Add a number computed from other facts; it takes the period of the first and the weakest status of all."""
        statuses = [source.status for source in sources]
        status = next((name for name in ("partial", "estimated", "provisional") if name in statuses), "reported")
        return self.add(
            Fact(
                fact_id=fact_id,
                label=label,
                value=None if value is None else _plain(value),
                unit=unit,
                decimals=decimals,
                formatted=wording.number(value, decimals),
                period=sources[0].period,
                as_of=self.as_of,
                status="not_reported" if value is None else status,
                derived_from=tuple(source.fact_id for source in sources),
                formula=formula,
            )
        )

    def growth(self, now: Fact, before: Fact, decimals: int = 1) -> Fact:
        """The growth rate of `now` on `before` in per cent as a fact of its own, without a value where none may be
        printed.
        """
        percent = wording.growth_percent(now.comparable, before.comparable)
        return self.derive(
            f"{now.fact_id}.growth", f"{now.label}同比增速", percent, "%", decimals, (now, before), "(a - b) * 100 / b"
        )

    def get(self, fact_id: str) -> Fact:
        """The fact of this id; raises FactError if the book has none."""
        try:
            return self.facts[fact_id]
        except KeyError:
            raise FactError(f"the facts file has no fact {fact_id}") from None

    def set_series(self, name: str, facts: Iterable[Fact]) -> None:
        """Name a row of facts, in the order given."""
        self.series[name] = tuple(fact.fact_id for fact in facts)

    def get_series(self, name: str) -> tuple[Fact, ...]:
        """The facts of a named row; raises FactError if there is none of that name."""
        if name not in self.series:
            raise FactError(f"the facts file has no series {name}")
        return tuple(self.get(fact_id) for fact_id in self.series[name])

    def set_table(self, name: str, table: Table) -> None:
        """Name a table; raises FactError for a cell that refers to an unknown fact."""
        for row in table.rows:
            for cell in row:
                if "fact" in cell:
                    self.get(cell["fact"])
        self.tables[name] = table

    def cell_text(self, cell: Mapping[str, str]) -> str:
        """The printed text of a table cell."""
        return self.get(cell["fact"]).marked if "fact" in cell else cell["text"]

    def to_json(self) -> str:
        """The file's text: sorted keys, UTF-8, one final line break; equal books give equal texts."""
        content = {
            "publication": self.publication,
            "period": self.period,
            "as_of": self.as_of,
            "is_sample": self.is_sample,
            "facts": {name: _compact(fact) for name, fact in self.facts.items()},
            "series": self.series,
            "tables": {name: asdict(table) for name, table in self.tables.items()},
            "queries": self.queries,
            "texts": self.texts,
        }
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def write(self, path: Path) -> None:
        """Write the facts file."""
        path.write_text(self.to_json(), encoding="utf-8")


def _compact(fact: Fact) -> dict[str, Any]:
    """A fact without its empty fields (`value` stays: null is "no number")."""
    return {name: value for name, value in asdict(fact).items() if name == "value" or value not in (None, {}, ())}


def read_facts(path: Path) -> FactBook:
    """Read a facts file back; publications are made from what this returns."""
    content = json.loads(path.read_text(encoding="utf-8"))
    book = FactBook(content["publication"], content["period"], content["as_of"], is_sample=content["is_sample"])
    book.queries = dict(content["queries"])
    book.texts = dict(content["texts"])
    for values in content["facts"].values():
        book.add(Fact(**{**values, "derived_from": tuple(values.get("derived_from", ()))}))
    book.series = {name: tuple(ids) for name, ids in content["series"].items()}
    for name, values in content["tables"].items():
        columns = tuple(Column(**column) for column in values["columns"])
        rows = tuple(tuple(row) for row in values["rows"])
        book.set_table(name, Table(values["title"], columns, rows, values["unit"]))
    return book


def format_value(value: Decimal | None, status: str, decimals: int) -> str:
    """The printed form of a queried value: its number, or the words of its status."""
    if value is None or status in STATUS_WORDS:
        return STATUS_WORDS.get(status, wording.NO_DATA)
    return wording.number(value, decimals)


def decimal_text(value: Decimal | None) -> str | None:
    """An exact decimal as plain text without an exponent or trailing zeros; None stays None."""
    return None if value is None else _plain(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
