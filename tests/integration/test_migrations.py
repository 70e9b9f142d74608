"""Migrations: released ones stay as they are, they give what the contracts ask for, and an older database follows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ipstat import catalog, database, migrate, schema_state
from ipstat.errors import MigrationError
from ipstat.settings import PROJECT_ROOT, Settings

RELEASED = {
    "0001_ops": "d08737cb288d5535becfb39b99b25d0ec641095b2649fa4a9127731311be2d1b",
    "0002_landing": "aff8fc54a29aaa0b64d1dbb3f696bb806517a4c76b9242ec59e48cf97cfc5092",
    "0003_marts": "3abaf1d4932756cbaee5862646d20b14d5610851adbe4c5dac035f4d3ffad80a",
}
"""sha256 of every migration of a released version. A release adds its own; nothing here is ever changed."""

BUILD_ID = "b20200101t0000000000"
# One value for each type makes every foreign key fit; a build's id is the only text that has a form.
VALUES = {
    "text": f"'{BUILD_ID}'",
    "character varying": f"'{BUILD_ID}'",
    "character": "repeat('0', 32)",
    "integer": "1",
    "bigint": "1",
    "numeric": "1",
    "boolean": "true",
    "date": "date '2020-01-01'",
    "timestamp with time zone": "timestamptz '2020-01-01 00:00:00+00'",
    "jsonb": "'{}'",
    "bytea": "'\\x00'",
    "ARRAY": "'{}'",
}
ALLOWED = {
    "severity": "'stop'",
    "change_kind": "'update'",
    "quarantined_row_count": "0",
    "header_repeat_count": "0",
}
"""Columns whose checks allow only some values."""


def test_released_migrations_are_never_edited() -> None:
    found = {migration.name: migration.checksum for migration in migrate.load()}
    assert dict(list(found.items())[: len(RELEASED)]) == RELEASED, (
        "a released migration was edited: databases that applied it refuse this version;"
        " restore the file and put the change into a new one (`ipstat dev migration NAME`)"
    )


def test_migrations_give_what_the_contracts_ask_for(server_settings: Settings) -> None:
    states = schema_state.read_states(server_settings, PROJECT_ROOT)
    assert len([key for key in states.migrated if key.kind == "relation"]) >= 16 + 19 + 1
    assert states.differences == [], "draft what is missing with `ipstat dev migration NAME` and commit it"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "alter table marts.dim_town drop column sort_order",
            "column marts.dim_town.sort_order: migrations give nothing",
        ),
        ("alter table landing.population alter column _source_row type integer", "contracts ask for `bigint"),
        (
            "alter table marts.dim_town alter column valid_to set not null",
            "give `date not null`, contracts ask for `date`",
        ),
        (
            "alter table marts.dim_town alter column sort_order set default 0",
            "migrations give `integer default 0 not null`",
        ),
        ("create table landing.left_over (a int)", "relation landing.left_over: migrations give `table of pipeline`"),
        (
            "drop index landing.population_by_batch",
            "index landing.population.population_by_batch: migrations give nothing",
        ),
        ("comment on table marts.dim_town is 'x'", "comment marts.dim_town: migrations give `x`"),
        (
            "comment on column marts.dim_town.town_key is null",
            "comment marts.dim_town.town_key: migrations give nothing",
        ),
        ("revoke references on marts.dim_town from bi_reader", "grant marts.dim_town.references to bi_reader"),
        ("grant select (town_key) on marts.dim_town to builder", "grant marts.dim_town.select (town_key) to builder"),
        ("revoke select on landing.population from builder", "grant landing.population.select to builder"),
        ("alter table marts.fct_patents drop constraint fct_patents_town_key_fk", "constraint marts.fct_patents."),
        ("alter table marts.fct_returns disable row level security", "relation marts.fct_returns: "),
        ("drop policy fct_returns_public on marts.fct_returns", "policy marts.fct_returns.fct_returns_public: "),
        ("alter table publication.indicator_values drop column value", "column publication.indicator_values.value: "),
    ],
)
def test_every_kind_of_difference_is_named(server: str, statement: str, said: str) -> None:
    with psycopg.connect(server) as connection:
        whole = catalog.read(connection)
        connection.execute(statement.encode())
        found = catalog.differences(catalog.read(connection), whole)
        connection.rollback()
    assert said in "\n".join(found)
    assert "contracts ask for" in found[0]
    assert len(found) <= 3, "only what was changed, and what hangs on it"


def released(folder: Path) -> Path:
    """The migrations of the previous release, in a folder of their own."""
    folder.mkdir()
    for name in RELEASED:
        shutil.copy(migrate.MIGRATIONS_DIR / f"{name}.sql", folder)
    return folder


def fill(connection: psycopg.Connection[Any]) -> dict[str, list[dict[str, Any]]]:
    """A row in every table, parents first; the rows as they lie there."""
    tables = connection.execute(
        "select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname in ('ops', 'landing', 'marts', 'publication') and c.relkind = 'r' order by c.oid"
    ).fetchall()
    held = {}
    for schema, table in tables:
        if table == "migrations":
            continue
        columns = connection.execute(
            "select column_name, data_type from information_schema.columns where table_schema = %s and table_name = %s"
            " and is_identity = 'NO' and (column_default is null or column_name = any(%s)) order by ordinal_position",
            [schema, table, list(ALLOWED)],
        ).fetchall()
        connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(schema, table),
                sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
                sql.SQL(", ").join(sql.SQL(ALLOWED.get(name, VALUES[kind])) for name, kind in columns),
            )
        )
        held[f"{schema}.{table}"] = rows_of(connection, f"{schema}.{table}")
    return held


def rows_of(connection: psycopg.Connection[Any], table: str) -> list[dict[str, Any]]:
    return [row for (row,) in connection.execute(f"select to_jsonb(t) from {table} as t".encode()).fetchall()]


def test_the_previous_releases_database_is_upgraded_with_its_data(
    server_settings: Settings, server: str, tmp_path: Path
) -> None:
    with schema_state.scratch_database(server_settings) as address:
        assert migrate.apply(address, released(tmp_path / "released")) == list(RELEASED)
        with psycopg.connect(address) as connection:
            before = fill(connection)
            connection.execute("create schema desk")
            connection.execute("create view desk.towns as select town_key, town_name from marts.dim_town")
            connection.execute("grant select on marts.dim_town to builder")
        assert len(before) >= 50
        assert all(len(rows) == 1 for rows in before.values())
        done = migrate.apply(address)
        assert done == [migration.name for migration in migrate.load()][len(RELEASED) :]
        with psycopg.connect(address) as connection:
            assert connection.execute("select count(*) from desk.towns").fetchone() == (1,)
            after = {table: rows_of(connection, table) for table in before}
            connection.execute("revoke select on marts.dim_town from builder")
            found = catalog.read(connection)
        kept = {
            table: [{name: row[name] for name in before[table][0] if name in row} for row in rows]
            for table, rows in after.items()
        }
        assert kept == before, "a row was lost or changed"
        with psycopg.connect(server) as connection:
            assert catalog.differences(found, catalog.read(connection)) == []
        # The archive of the previous release was loaded as it came: nothing of it waits to be loaded again.
        assert all(
            row["action"] == "deliver" and row["loaded_at"] == row["received_at"] for row in after["ops.deliveries"]
        )


def test_a_migration_that_fails_leaves_the_database_as_it_was(server_settings: Settings, tmp_path: Path) -> None:
    folder = released(tmp_path / "next")
    (folder / "0004_broken.sql").write_text(
        "alter table marts.dim_town add column area integer;\nalter table marts.no_such_table add column a integer;\n",
        encoding="utf-8",
    )
    with schema_state.scratch_database(server_settings) as address:
        with pytest.raises(MigrationError, match=r"0004_broken failed.*no_such_table"):
            migrate.apply(address, folder)
        with psycopg.connect(address) as connection:
            assert catalog.Key("column", "marts.dim_town", "area") not in catalog.read(connection)
        assert migrate.apply(address, folder, last_version=3) == []


def test_a_draft_with_an_open_question_is_refused(tmp_path: Path) -> None:
    folder = released(tmp_path / "next")
    (folder / "0004_draft.sql").write_text("-- WHY\n\n-- DECIDE: drop it?\n--     drop table x;\n", encoding="utf-8")
    with pytest.raises(MigrationError, match=r"0004_draft\.sql, line 3 asks for a decision: drop it\?"):
        migrate.load(folder)


def test_an_edited_migration_is_refused_by_a_database_that_applied_it(
    server_settings: Settings, tmp_path: Path
) -> None:
    folder = released(tmp_path / "edited")
    with schema_state.scratch_database(server_settings) as address:
        migrate.apply(address, folder)
        path = folder / "0003_marts.sql"
        path.write_text(path.read_text(encoding="utf-8") + "-- edited\n", encoding="utf-8")
        with pytest.raises(MigrationError, match="0003_marts was changed after it was applied"):
            migrate.apply(address, folder)


def test_a_scratch_database_is_gone_afterwards(server_settings: Settings) -> None:
    with schema_state.scratch_database(server_settings) as address:
        name = address.rpartition("/")[2]
    with psycopg.connect(database.url(server_settings)) as connection:
        assert connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None
