"""The DDL of schema `marts`, derived from the contracts: real tables with keys, indexes, comments, grants and row
policies.
"""

from __future__ import annotations

import hashlib

from ipstat.marts_contract import Table

_NAME_BYTES = 63
_HEADER = """-- Derived from dbt_project/models/marts/**/*.yml by `ipstat dev derive`; do not edit.
-- The published star schema as its models want it. Builds never write here: `ipstat publish marts` applies the
-- difference of a gated build. Migrations bring a database there: after a change `ipstat dev migration NAME` drafts
-- the next one.
"""


def render(tables: tuple[Table, ...]) -> str:
    """DDL of every table of `marts` and of the vintages of the indicator values, parents first."""
    parts = [_HEADER, *(_table(table) for table in tables)]
    parts += [_policies(table, {item.name: item for item in tables}) for table in tables]
    if any(table.name == "fct_indicator_values" for table in tables):
        parts.append(_vintages(next(table for table in tables if table.name == "fct_indicator_values")))
    return "\n".join(part for part in parts if part)


def _table(table: Table) -> str:
    lines = [f"    {c.name} {c.data_type}{'' if c.is_nullable else ' not null'}" for c in table.columns]
    lines.append(f"    constraint {_name(table.name, 'pk')} primary key ({', '.join(table.primary_key)})")
    lines += [
        f"    constraint {_name(table.name, '_'.join(key.columns), 'fk')} foreign key ({', '.join(key.columns)})"
        f"\n        references marts.{key.table} ({', '.join(key.table_columns)}) deferrable initially immediate"
        for key in table.foreign_keys
    ]
    text = [f"create table marts.{table.name} (\n" + ",\n".join(lines) + "\n);"]
    for key in table.foreign_keys:
        if table.primary_key[: len(key.columns)] != key.columns:
            index = _name(table.name, "_".join(key.columns), "idx")
            text.append(f"create index {index} on marts.{table.name} ({', '.join(key.columns)});")
    text.append(f"comment on table marts.{table.name} is {_literal(table.description)};")
    text += [f"comment on column marts.{table.name}.{c.name} is {_literal(c.description)};" for c in table.columns]
    text.append(_grants(table))
    return "\n".join(text) + "\n"


def _grants(table: Table) -> str:
    """References are granted too: without them tools see no keys. Confidential columns are for the analyst only."""
    public = [column.name for column in table.columns if column.confidentiality == "public_register"]
    whole = f"grant select, references on marts.{table.name} to analyst"
    if len(public) == len(table.columns):
        return whole + ", bi_reader;"
    listed = ", ".join(public)
    return f"{whole};\ngrant select ({listed}), references ({listed}) on marts.{table.name} to bi_reader;"


def _policies(table: Table, tables: dict[str, Table]) -> str:
    """Rows that carry an indicator are shown to bi_reader only where the indicator comes from a public register."""
    if "indicator_code" not in table.column_names or table.name == "dim_indicator" or "dim_indicator" not in tables:
        return ""
    return f"""alter table marts.{table.name} enable row level security;
create policy {_name(table.name, "analyst")} on marts.{table.name} for select to analyst using (true);
create policy {_name(table.name, "public")} on marts.{table.name} for select to bi_reader using (
    indicator_code in (
        select dim_indicator.indicator_code from marts.dim_indicator
        group by dim_indicator.indicator_code
        having bool_and(dim_indicator.confidentiality = 'public_register')
    )
);
"""


def _vintages(values: Table) -> str:
    """Each value of fct_indicator_values that was ever published, with the build that first published it."""
    # No key over its dozen columns: the values come from a table that has one, and the index would double the work.
    return f"""create table publication.indicator_values (
    build_id text not null,
    like marts.{values.name} including comments,
    published_at timestamptz not null default now()
);
create index indicator_values_by_indicator on publication.indicator_values (indicator_code);
comment on table publication.indicator_values is
    'each value ever published, once: the build that brought it; a value holds until a later build replaces it';
comment on column publication.indicator_values.build_id is '首次公布该值的构建 / the build that brought it';
comment on column publication.indicator_values.published_at is '公布时间 / when the value was published';
"""


def _name(*parts: str) -> str:
    """A constraint's or index's name within PostgreSQL's 63 bytes."""
    text = "_".join(parts)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return text if len(text) <= _NAME_BYTES else f"{text[: _NAME_BYTES - 9]}_{digest}"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
