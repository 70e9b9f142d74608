"""The difference between one table of a build and the same table of `marts`, by primary key: logged, then applied."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from ipstat.marts_contract import Table
from ipstat.publish_checks import MARTS

VINTAGE_TABLE = "fct_indicator_values"


class _Names:
    """The pieces of SQL that every statement on one table needs."""

    def __init__(self, table: Table, build_id: str) -> None:
        self.table = table
        self.marts = sql.Identifier(MARTS, table.name)
        self.build = sql.Identifier(f"{MARTS}_{build_id}", table.name)
        self.key = sql.SQL(", ").join(map(sql.Identifier, table.primary_key))
        self.columns = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
        self.others = [name for name in table.column_names if name not in table.primary_key]

    def same_key(self, left: str, right: str) -> sql.Composed:
        """`left.k = right.k and ...` over the primary key."""
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(left, name), sql.Identifier(right, name))
            for name in self.table.primary_key
        )

    def key_json(self, alias: str) -> sql.Composed:
        """The primary key as jsonb."""
        pairs = sql.SQL(", ").join(
            sql.SQL("{}, {}").format(sql.Literal(name), sql.Identifier(alias, name)) for name in self.table.primary_key
        )
        return sql.SQL("jsonb_build_object({})").format(pairs)

    def listed(self, alias: str, names: Iterable[str]) -> sql.Composed:
        """`alias.a, alias.b`."""
        return sql.SQL(", ").join(sql.Identifier(alias, name) for name in names)


def insert_and_update(connection: psycopg.Connection, table: Table, build_id: str) -> tuple[int, int]:
    """Insert the rows of new keys and update the rows that differ; how many of each. Call parents before children.

    The first filling of a table is logged as one row with its count, later inserts by key, updates by key and column.
    """
    names = _Names(table, build_id)
    filled = connection.execute(sql.SQL("select exists (select from {})").format(names.marts)).fetchone() == (True,)
    _list_changed_keys(connection, names, filled)
    updated = _update(connection, names, build_id) if filled and names.others else 0
    inserted = connection.execute(
        sql.SQL(
            "insert into {marts} ({columns}) select {listed} from {build} as b join publication_inserted as i on {same}"
        ).format(
            marts=names.marts,
            columns=names.columns,
            listed=names.listed("b", table.column_names),
            build=names.build,
            same=names.same_key("i", "b"),
        )
    ).rowcount
    if filled:
        _log_keys(connection, build_id, names, "insert", sql.SQL("publication_inserted as k"))
    elif inserted:
        connection.execute(
            "insert into publication.changes (build_id, table_name, change_kind, row_count)"
            " values (%s, %s, 'insert', %s)",
            [build_id, table.name, inserted],
        )
    if table.name == VINTAGE_TABLE:
        _keep_vintages(connection, names, build_id)
    return inserted, updated


def _list_changed_keys(connection: psycopg.Connection, names: _Names, is_filled: bool) -> None:
    """Keys to insert and keys to update, each in a temporary table."""
    pieces = {
        "build": names.build,
        "marts": names.marts,
        "same": names.same_key("m", "b"),
        "keys": names.listed("b", names.table.primary_key),
        "differs": sql.SQL("row({}) is distinct from row({})").format(
            names.listed("m", names.others), names.listed("b", names.others)
        )
        if is_filled and names.others
        else sql.SQL("false"),
    }
    for statement in (
        "drop table if exists pg_temp.publication_inserted, pg_temp.publication_updated",
        "create temporary table publication_inserted on commit drop as select {keys} from {build} as b"
        " where not exists (select from {marts} as m where {same})",
        "create temporary table publication_updated on commit drop as select {keys} from {build} as b"
        " join {marts} as m on {same} where {differs}",
        "analyze publication_inserted",
        "analyze publication_updated",
    ):
        connection.execute(sql.SQL(statement).format(**pieces))


def _update(connection: psycopg.Connection, names: _Names, build_id: str) -> int:
    """Log and update the rows listed in publication_updated."""
    cells = sql.SQL(", ").join(
        sql.SQL("({}, {m}::text, {b}::text, {m} is distinct from {b})").format(
            sql.Literal(name), m=sql.Identifier("m", name), b=sql.Identifier("b", name)
        )
        for name in names.others
    )
    connection.execute(
        sql.SQL(
            "insert into publication.changes (build_id, table_name, record_key, column_name, value_before, value_after,"
            " change_kind) select {id}, {name}, {json}, v.column_name, v.value_before, v.value_after, 'update'"
            " from publication_updated as u join {marts} as m on {to_marts} join {build} as b on {to_build}"
            " cross join lateral (values {cells}) as v (column_name, value_before, value_after, is_changed)"
            " where v.is_changed"
        ).format(
            id=sql.Literal(build_id),
            name=sql.Literal(names.table.name),
            json=names.key_json("u"),
            marts=names.marts,
            build=names.build,
            to_marts=names.same_key("u", "m"),
            to_build=names.same_key("u", "b"),
            cells=cells,
        )
    )
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier("b", name)) for name in names.others
    )
    return connection.execute(
        sql.SQL(
            "update {marts} as m set {assignments} from {build} as b, publication_updated as u where {same} and {to_u}"
        ).format(
            assignments=assignments,
            build=names.build,
            marts=names.marts,
            same=names.same_key("m", "b"),
            to_u=names.same_key("u", "m"),
        )
    ).rowcount


def delete_gone(connection: psycopg.Connection, table: Table, build_id: str) -> int:
    """Log and delete the rows whose key the build does not have; how many. Call children before parents."""
    names = _Names(table, build_id)
    gone = sql.SQL("not exists (select from {} as b where {})").format(names.build, names.same_key("b", "k"))
    source = sql.SQL("{} as k where {}").format(names.marts, gone)
    _log_keys(connection, build_id, names, "delete", source)
    return connection.execute(sql.SQL("delete from {}").format(source)).rowcount


def _log_keys(connection: psycopg.Connection, build_id: str, names: _Names, kind: str, source: sql.Composable) -> None:
    connection.execute(
        sql.SQL(
            "insert into publication.changes (build_id, table_name, record_key, change_kind)"
            " select {}, {}, {}, {} from {}"
        ).format(sql.Literal(build_id), sql.Literal(names.table.name), names.key_json("k"), sql.Literal(kind), source)
    )


def _keep_vintages(connection: psycopg.Connection, names: _Names, build_id: str) -> None:
    """Keep what this build brought to the indicator values; a value that stays the same is kept once."""
    connection.execute(
        sql.SQL(
            "insert into publication.indicator_values (build_id, {columns}) select {id}, {listed} from {build} as b"
            " join (select * from publication_inserted union all select * from publication_updated) as k on {same}"
            " on conflict do nothing"
        ).format(
            columns=names.columns,
            id=sql.Literal(build_id),
            listed=names.listed("b", names.table.column_names),
            build=names.build,
            same=names.same_key("k", "b"),
        )
    )
