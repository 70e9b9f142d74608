"""A small star schema for tests of publication: its contracts, their tables in `marts`, and builds of given rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ipstat import builds, marts_contract, marts_ddl
from ipstat.marts_contract import Table

CONTRACT = """
models:
  - name: dim_town
    description: 镇街 / towns
    constraints:
      - {type: primary_key, columns: [town_key]}
    columns:
      - {name: town_key, data_type: varchar, description: 镇街键 / town key, constraints: [{type: not_null}]}
      - {name: town_name, data_type: varchar, description: 镇街名称 / name, constraints: [{type: not_null}]}
  - name: dim_indicator
    description: 指标 / indicators
    constraints:
      - {type: primary_key, columns: [indicator_code, indicator_version]}
    columns:
      - {name: indicator_code, data_type: varchar, description: 代码 / code, constraints: [{type: not_null}]}
      - {name: indicator_version, data_type: integer, description: 版本 / version, constraints: [{type: not_null}]}
      - {name: confidentiality, data_type: varchar, description: 保密 / secrecy, constraints: [{type: not_null}]}
  - name: fct_pledges
    description: 质押 / pledges
    constraints:
      - {type: primary_key, columns: [record_key]}
      - {type: foreign_key, columns: [town_key], to: ref('dim_town'), to_columns: [town_key]}
    columns:
      - {name: record_key, data_type: varchar, description: 键 / key, constraints: [{type: not_null}]}
      - {name: town_key, data_type: varchar, description: 镇街 / town, constraints: [{type: not_null}]}
      - name: secured_amount_cny_10k
        data_type: decimal(18, 4)
        description: 担保金额（万元） / secured amount, 10,000 CNY
        config: {meta: {confidentiality: administrative}}
  - name: fct_indicator_values
    description: 指标值 / indicator values
    constraints:
      - {type: primary_key, columns: [indicator_code, town_key]}
      - {type: foreign_key, columns: [indicator_code, indicator_version], to: ref('dim_indicator'),
         to_columns: [indicator_code, indicator_version]}
      - {type: foreign_key, columns: [town_key], to: ref('dim_town'), to_columns: [town_key]}
    columns:
      - {name: indicator_code, data_type: varchar, description: 代码 / code, constraints: [{type: not_null}]}
      - {name: town_key, data_type: varchar, description: 镇街 / town, constraints: [{type: not_null}]}
      - {name: indicator_version, data_type: integer, description: 版本 / version, constraints: [{type: not_null}]}
      - {name: value, data_type: "decimal(24, 6)", description: 数值 / value}
"""

Rows = dict[str, list[tuple[Any, ...]]]

FIRST: Rows = {
    "dim_town": [("a", "石岐"), ("b", "东升"), ("c", "小榄")],
    "dim_indicator": [("grants", 1, "public_register"), ("loans", 1, "administrative")],
    "fct_pledges": [("p1", "a", "100.0000"), ("p2", "b", None)],
    "fct_indicator_values": [("grants", "a", 1, "10"), ("grants", "b", 1, "20"), ("loans", "a", 1, "7.5")],
}
"""What the first build holds."""

SECOND: Rows = {
    # Town b is gone with what hung on it, town d is new, one value changes and one becomes null.
    "dim_town": [("a", "石岐"), ("c", "小榄镇"), ("d", "民众")],
    "dim_indicator": [("grants", 1, "public_register"), ("loans", 1, "administrative")],
    "fct_pledges": [("p1", "a", None), ("p3", "d", "3.2500")],
    "fct_indicator_values": [("grants", "a", 1, "10"), ("grants", "d", 1, "2"), ("loans", "a", 1, "7.6")],
}
"""What the second build holds."""


def contracts(folder: Path) -> tuple[Table, ...]:
    """The contracts, read from a file as those of dbt are."""
    folder.mkdir(exist_ok=True)
    (folder / "marts.yml").write_text(CONTRACT, encoding="utf-8")
    return marts_contract.load(folder)


def make_marts(address: str, tables: tuple[Table, ...]) -> None:
    """Replace the tables of `marts` by those of the contracts."""
    with psycopg.connect(address) as connection:
        names = connection.execute("select tablename from pg_tables where schemaname = 'marts'").fetchall()
        for (name,) in names:
            connection.execute(f"drop table marts.{name} cascade")
        connection.execute("drop table if exists publication.indicator_values")
        connection.execute(marts_ddl.render(tables))


def make_build(
    address: str, tables: tuple[Table, ...], rows: Rows, status: str = "gated", as_of: date | None = None
) -> str:
    """A finished build with these rows, as dbt and the gate leave it."""
    build_id = builds.new_build_id()
    with psycopg.connect(address) as connection:
        connection.execute(
            "insert into ops.builds (build_id, horizon_date, code_version, seeds_hash, corrections_hash,"
            " decisions_hash, status, as_of)"
            " values (%s, '2020-12-31', 'test', repeat('0', 64), repeat('0', 64), repeat('0', 64), %s, %s)",
            [build_id, status, as_of],
        )
        connection.execute(
            "insert into ops.gate_results (build_id, check_name, layer, severity, success)"
            " values (%s, 'x', 'dbt', 'stop', true)",
            [build_id],
        )
        connection.execute("set local role builder")
        connection.execute(f"create schema marts_{build_id}")
        for table in tables:
            columns = ", ".join(f"{c.name} {c.data_type}{'' if c.is_nullable else ' not null'}" for c in table.columns)
            connection.execute(f"create table marts_{build_id}.{table.name} ({columns})")
            marks = ", ".join(["%s"] * len(table.columns))
            with connection.cursor() as cursor:
                cursor.executemany(f"insert into marts_{build_id}.{table.name} values ({marks})", rows[table.name])
    return build_id
