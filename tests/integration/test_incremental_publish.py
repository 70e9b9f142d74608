"""A correction of a file, through the real pipeline: what is published is its difference, and taken back it leaves none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest import spool
from ipstat import database, marts_contract, pipeline, steps
from ipstat.marts_contract import Table
from ipstat.publish import Publication
from ipstat.settings import Settings
from tests.support.ingest import csv_bytes, put, row, rows
from tests.support.table_hash import table_hash

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # three real builds, three gates

FEED = "cnipa_gazette"
PLACE = "2019-07-09/CN_patent_utility_new.csv"
TABLES = marts_contract.load(pipeline.MARTS_MODELS)
ORIGINAL = csv_bytes(rows(12))
# Row 3 gets another title and another town, row 5 is gone, row 20 is new.
CORRECTED = csv_bytes(
    [
        row(number, name="更正后的名称", address="528415广东省中山市小榄镇民安路2号") if number == 3 else row(number)
        for number in (*range(1, 13), 20)
        if number != 5
    ]
)
Key = str
Change = tuple[str, str, Key | None, str | None, str | None, str | None, int]
"""Table, kind, key, column, before, after, number of rows."""


@dataclass(frozen=True)
class Line:
    """A row of marts: its cells as text by column, and the transaction that wrote it."""

    cells: Mapping[str, str | None]
    xmin: str


State = dict[str, dict[Key, Line]]


def read_state(connection: psycopg.Connection[Any]) -> State:
    """Every row of every table of `marts`, by its key as `publication.changes` spells it."""
    state: State = {}
    for table in TABLES:
        key = ", ".join(f"'{name}', {name}" for name in table.primary_key)
        cells = ", ".join(f"{name}::text" for name in table.column_names)
        query = f"select jsonb_build_object({key})::text, xmin::text, array[{cells}] from marts.{table.name}"
        state[table.name] = {
            key: Line(dict(zip(table.column_names, cells, strict=True)), xmin)
            for key, xmin, cells in connection.execute(query.encode())
        }
    return state


def difference(before: State, after: State) -> set[Change]:
    """What `publication.changes` has to list for the step from one state to the other, worked out here anew."""
    expected: set[Change] = set()
    for table in TABLES:
        old, new = before[table.name], after[table.name]
        if not old:
            if new:
                expected.add((table.name, "insert", None, None, None, None, len(new)))
            continue
        expected |= {(table.name, "insert", key, None, None, None, 1) for key in new.keys() - old.keys()}
        expected |= {(table.name, "delete", key, None, None, None, 1) for key in old.keys() - new.keys()}
        for key in old.keys() & new.keys():
            pairs = {name: (old[key].cells[name], new[key].cells[name]) for name in table.column_names}
            expected |= {
                (table.name, "update", key, name, *pair, 1) for name, pair in pairs.items() if pair[0] != pair[1]
            }
    return expected


def logged(connection: psycopg.Connection[Any], build_id: str) -> list[Change]:
    return connection.execute(
        "select table_name, change_kind, record_key::text, column_name, value_before, value_after, row_count::int"
        " from publication.changes where build_id = %s",
        [build_id],
    ).fetchall()


def marts_hash(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    def one(table: Table) -> tuple[int, str]:
        columns = [(column.name, column.data_type) for column in table.columns]
        cells = connection.execute(f"select {', '.join(table.column_names)} from marts.{table.name}".encode())
        return table_hash(cells.fetchall(), columns, table.primary_key)

    return {table.name: one(table) for table in TABLES}


def orphans(connection: psycopg.Connection[Any]) -> list[str]:
    """Rows whose foreign key meets no row, counted by a query and not by the constraint."""
    found = []
    for table in TABLES:
        for key in table.foreign_keys:
            met = " and ".join(f"p.{a} = c.{b}" for a, b in zip(key.table_columns, key.columns, strict=True))
            query = f"select count(*) from marts.{table.name} as c where not exists (select from marts.{key.table} as p where {met})"
            if connection.execute(query.encode()).fetchone() != (0,):
                found.append(f"{table.name} {key.columns}")
    return found


def receive(settings: Settings, files: Mapping[str, Path], *withdrawn: spool.WithdrawnFile) -> steps.Loaded:
    """One turn of the sender, archived and loaded."""
    spool.write_turn(settings.spool_dir, FEED, "cnipa", files, withdrawn)
    steps.archive(settings, FEED)
    return steps.load(settings, FEED)


def publish(settings: Settings) -> Publication:
    build_id = steps.build(settings)
    steps.gate(settings, build_id)
    return steps.publish_marts(settings, build_id)


def test_a_correction_publishes_its_difference_and_withdrawn_leaves_none(
    database_url: str, server_settings: Settings, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", database_url=database_url, pseudonym_key_text="key-of-the-tests")
    analyst = database.with_database(database.url(server_settings, "analyst"), database_url.rpartition("/")[2])
    assert receive(settings, {PLACE: put(tmp_path / "sent", ORIGINAL)}).row_count == 12
    assert publish(settings).is_first
    with psycopg.connect(database_url) as connection:
        connection.execute("create schema desk")
        connection.execute("create view desk.titles as select title, town_code from marts.fct_patents")
        connection.execute("grant usage on schema desk to analyst")
        connection.execute("grant select on desk.titles to analyst")
        first, first_hash = read_state(connection), marts_hash(connection)
    assert len(first["fct_patents"]) == 12

    assert receive(settings, {PLACE: put(tmp_path / "again", CORRECTED)}).batch_count == 1
    second = publish(settings)
    with psycopg.connect(database_url) as connection:
        after = read_state(connection)
        found = logged(connection, second.build_id)
        assert orphans(connection) == []
    expected = difference(first, after)
    assert len(found) == len(set(found)) and set(found) == expected
    assert patents_of(expected, first, after) == {
        ("CN209000003U", "update", "title", "一种灯具（3）", "更正后的名称"),
        ("CN209000003U", "update", "town_code", "442000105", "442000100"),
        ("CN209000005U", "delete", None, None, None),
        ("CN209000020U", "insert", None, None, None),
    }
    for table, lines in first.items():
        for key in lines.keys() & after[table].keys():
            is_same = lines[key].cells == after[table][key].cells
            assert (lines[key].xmin == after[table][key].xmin) is is_same, f"{table} {key}"
    with psycopg.connect(analyst) as reader:
        seen = reader.execute(
            "select count(*), count(*) filter (where title = '更正后的名称') from desk.titles"
        ).fetchone()
        assert seen == (12, 1), "the user's view and its grant are as they were"
        assert reader.execute("select count(*) from marts.fct_patents").fetchone() == (12,)

    # The sender takes its correction back and sends what it had sent before: A, B, A.
    gone = spool.WithdrawnFile(path=PLACE, sha256=hashlib.sha256(CORRECTED).hexdigest())
    receive(settings, {PLACE: put(tmp_path / "sent", ORIGINAL)}, gone)
    third = publish(settings)
    with psycopg.connect(database_url) as connection:
        assert marts_hash(connection) == first_hash
        assert set(logged(connection, third.build_id)) == difference(after, first)
        assert orphans(connection) == []


def patents_of(changes: set[Change], before: State, after: State) -> set[tuple[str | None, ...]]:
    """The changes of fct_patents by publication number, without the keys of dimensions that follow from them."""
    lines = {**before["fct_patents"], **after["fct_patents"]}
    named = ("title", "town_code", None)
    return {
        (lines[key].cells["publication_number"], kind, column, old, new)
        for table, kind, key, column, old, new, _ in changes
        if table == "fct_patents" and key is not None and column in named
    }
