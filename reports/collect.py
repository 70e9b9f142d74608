"""Run queries on the marts of one resolved build and turn their rows into facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from reports.facts import Fact, FactBook, FactError, decimal_text, format_value

_BUILD_ID = re.compile(r"b\d{8}t\d{6}[0-9a-f]{4}")


@dataclass(frozen=True)
class Measure:
    """What the value column of a query holds: label, unit, decimals in print, and the indicator it belongs to."""

    column: str
    label: str
    unit: str
    decimals: int = 0
    indicator_code: str | None = None


Row = Mapping[str, Any]


class Collector:
    """Reads `marts_<build_id>` and fills a fact book; `marts.` in a query's text stands for that schema."""

    def __init__(self, connection: psycopg.Connection[Any], build_id: str, book: FactBook) -> None:
        self.book = book
        self._connection = connection
        self._schema = build_schema(build_id)

    def rows(self, query: str, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a query; its text is recorded under `query` (FactError if another text has that name)."""
        known = self.book.queries.setdefault(query, sql)
        if known != sql:
            raise FactError(f"two different queries are called {query}")
        return run(self._connection, self._schema, sql, parameters)

    def has_table(self, table: str) -> bool:
        """Whether the build has this mart."""
        found = self._connection.execute("select to_regclass(%s)", (f"{self._schema}.{table}",)).fetchone()
        return found is not None and found[0] is not None

    def facts(
        self,
        query: str,
        sql: str,
        parameters: Mapping[str, Any],
        measures: Sequence[Measure],
        keys: Sequence[str],
        period_of: Callable[[Row], str],
        label_of: Callable[[Row, Measure], str] | None = None,
    ) -> list[Fact]:
        """One fact for each row and measure; its id is `query.<key values>.<column>` and `row` holds the key values."""
        made = []
        for row in self.rows(query, sql, parameters):
            key = {name: _text(row[name]) for name in keys}
            for measure in measures:
                value = None if row[measure.column] is None else Decimal(row[measure.column])
                status = str(row.get("value_status") or ("not_reported" if value is None else "reported"))
                made.append(
                    self.book.add(
                        Fact(
                            fact_id=".".join([query, *key.values(), measure.column]),
                            label=label_of(row, measure) if label_of else measure.label,
                            value=decimal_text(value),
                            unit=measure.unit,
                            decimals=measure.decimals,
                            formatted=format_value(value, status, measure.decimals),
                            period=period_of(row),
                            as_of=self.book.as_of,
                            indicator_code=measure.indicator_code,
                            status=status,
                            coverage_pct=decimal_text(row.get("coverage_pct")),
                            query=query,
                            parameters={name: _plain_parameter(value) for name, value in parameters.items()},
                            row=key,
                            column=measure.column,
                        )
                    )
                )
        return made


def build_schema(build_id: str) -> str:
    """`marts_<build_id>`; raises FactError for a text that is not a build id (it becomes part of SQL)."""
    if not _BUILD_ID.fullmatch(build_id):
        raise FactError(f"{build_id!r} is not a build id like b20261122t171500a1f3")
    return f"marts_{build_id}"


def run(
    connection: psycopg.Connection[Any], schema: str, sql: str, parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Execute a recorded query on one build's schema; the rows as dictionaries."""
    text = re.sub(r"\bmarts\.", f"{schema}.", sql).encode()
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(text, parameters).fetchall()


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain_parameter(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain_parameter(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
