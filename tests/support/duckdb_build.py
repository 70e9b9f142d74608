"""The same build on DuckDB: what the models read is carried over as Parquet, then dbt runs with its DuckDB target."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from ipstat.settings import PROJECT_ROOT

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
_BLOCK = 100_000
_TYPES = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def carry_sources(address: str, folder: Path, duckdb_path: Path) -> None:
    """Copy schemas landing and ops into a DuckDB file, table by table through Parquet files in `folder`."""
    with psycopg.connect(address) as source, duckdb.connect(str(duckdb_path)) as target:
        tables = source.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema in ('landing', 'ops') and table_type = 'BASE TABLE' order by 1, 2"
        ).fetchall()
        for schema, table in tables:
            path = folder / f"{schema}.{table}.parquet"
            _write_parquet(source, schema, table, path)
            target.execute(f"create schema if not exists {schema}")
            target.execute(f"create table {schema}.{table} as select * from read_parquet('{path}')")
            path.unlink()


def _write_parquet(source: psycopg.Connection[Any], schema: str, table: str, path: Path) -> None:
    described = source.execute(
        "select column_name, data_type, numeric_precision, numeric_scale from information_schema.columns"
        " where table_schema = %s and table_name = %s order by ordinal_position",
        [schema, table],
    ).fetchall()
    fields, selected = [], []
    for name, kind, precision, scale in described:
        arrow_type = pa.decimal128(precision, scale) if kind == "numeric" else _TYPES.get(kind, pa.string())
        fields.append(pa.field(name, arrow_type))
        selected.append(f'"{name}"' if arrow_type != pa.string() else f'"{name}"::text')
    arrow_schema = pa.schema(fields)
    with pq.ParquetWriter(path, arrow_schema) as writer, source.cursor(name="carried") as cursor:
        cursor.execute(f"select {', '.join(selected)} from {schema}.{table}".encode())
        while rows := cursor.fetchmany(_BLOCK):
            arrays = [
                pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), fields, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=arrow_schema))


def build(duckdb_path: Path, work_dir: Path, variables: dict[str, Any], *arguments: str) -> str:
    """Run dbt on the DuckDB file in a process of its own (one process holds one adapter); its output on failure."""
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "dbt"),
            "--quiet",
            *(arguments or ("build", "--resource-type", "seed", "--resource-type", "model")),
            *("--target", "duckdb", "--project-dir", str(DBT_PROJECT)),
            *("--profiles-dir", str(DBT_PROJECT / "profiles"), "--vars", json.dumps(variables)),
            *("--target-path", str(work_dir / "target"), "--log-path", str(work_dir / "logs")),
        ],
        env=os.environ | {"IPSTAT_DUCKDB_PATH": str(duckdb_path), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
